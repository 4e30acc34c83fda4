"""What reading a file of another blog finds: a post, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Note:
    """What the author should know of a file that came in; *line* is the file's, from 1."""

    text: str
    line: int | None = None

    def __str__(self) -> str:
        return f"line {self.line}: {self.text}" if self.line else self.text


@dataclass(frozen=True, slots=True)
class SourcePost:
    """A post as its author wrote it elsewhere; only dates are in this blog's terms.

    *path* is relative to what is imported, POSIX, NFC. Times are aware, UTC. *language* is a
    BCP 47 tag. *addresses* are root-relative paths at which the post was found before, the
    most certain first. *body* starts on line *body_line* of the file.
    """

    path: str
    title: str
    body: str
    slug: str | None
    description: str
    tags: tuple[str, ...]
    published_at: datetime | None
    updated_at: datetime | None
    draft: bool
    unlisted: bool
    minutes: int | None
    language: str | None
    series: str | None
    addresses: tuple[str, ...]
    body_line: int
    notes: tuple[Note, ...]

    def __reduce__(self) -> tuple[type[SourcePost], tuple[object, ...]]:
        """Tell ``pickle`` what it is made of: a dataclass would look for its fields each time."""
        return type(self), tuple([getattr(self, name) for name in self.__slots__])


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that is not brought in; *failed* if it wants to be a post and is broken."""

    path: str
    reason: str
    failed: bool
    line: int | None = None
