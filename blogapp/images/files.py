"""Files of the media folder: named by what is in them, written wholly or not at all."""

from __future__ import annotations

import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path, PurePath

from .. import config, slugs

_LONGEST_NAME = 60  # characters of what the author called it
_LONGEST_CALL = 200  # characters of a file name that is kept


@dataclass(frozen=True, slots=True)
class File:
    """A file in the media folder: what a row of ``Image`` says of it."""

    name: str
    digest: str
    original_digest: str
    type: str
    width: int
    height: int
    size: int
    called: str = ""
    widths: tuple[int, ...] = ()  # of the smaller copies


def path(name: str) -> Path:
    """Return where the file of the image with this name is, if nobody has taken it away."""
    return config.current().instance / "media" / name


def digest(data: bytes) -> str:
    """Sum up the bytes of a file."""
    return hashlib.sha256(data).hexdigest()


def name(digest: str, called: str) -> str:
    """Put what an author *called* a file, made fit for URLs, behind the digest's beginning."""
    slug = slugs.make(PurePath(called).stem.removeprefix(f"{digest[:16]}-"))
    shown = slug if slug.isascii() and slug != slugs.FALLBACK else "image"
    return f"{digest[:16]}-{shown[:_LONGEST_NAME].strip('-')}"


def called(name: str) -> str:
    """Tidy the file *name* that came with an upload: no folders, a line, nothing invisible."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(c if c.isprintable() else " " for c in last).strip()[:_LONGEST_CALL]


def keep(name: str, data: bytes) -> None:
    """Write the file of this name, which is there wholly then, and stays through a power cut."""
    file = path(name)
    if file.is_file() and file.stat().st_size == len(data):
        return
    file.parent.mkdir(mode=0o755, exist_ok=True)
    draft = file.with_name(f".{name}.{secrets.token_hex(4)}")
    try:
        with draft.open("wb") as opened:
            opened.write(data)
            opened.flush()
            os.fsync(opened.fileno())
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
    _sync_folder(file.parent)


def _sync_folder(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
