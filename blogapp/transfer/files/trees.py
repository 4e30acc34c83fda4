"""Trees: a folder, one file or a zip, opened to be read in the same way."""

from __future__ import annotations

from pathlib import Path

from .folders import Folder, SingleFile
from .tree import Tree, Unreadable, cause
from .zips import Zip, is_zip

__all__ = ["Tree", "Unreadable", "opened"]


def opened(path: Path) -> Tree:
    """Open a folder, a zip or one file; raises ``Unreadable``."""
    try:
        if path.is_dir():
            return Folder(path)
        if not path.is_file():
            path.stat()
            raise Unreadable("neither a file nor a folder")
        return Zip(path) if is_zip(path) else SingleFile(path)
    except (OSError, ValueError) as error:
        raise Unreadable(f"cannot be opened: {cause(error)}") from None
