"""Rewriting: a text's links and images made to lead to what came in, and what stays told."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ...images import File
from ..found import Note, SourcePost
from . import destinations, links, pictures, spellings
from .destinations import Destination
from .links import Links
from .pictures import Pictures
from .spellings import Base, Home, Target

NAMED = 5  # links that a note names before it only counts


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A *body* whose links lead here, and the *files* that it shows.

    *led* sums up where it leads, to be compared by the next import.
    """

    body: str
    files: tuple[File, ...]
    led: tuple[tuple[str, str], ...]
    notes: tuple[Note, ...]


class Rewriter:
    """Rewrites the texts of a blog that was at *homes*."""

    def __init__(self, pictures: Pictures, links: Links, homes: Sequence[Home] = ()) -> None:
        self._pictures = pictures
        self._links = links
        self._homes = homes
        self._hosts = [home.host for home in homes]

    def may_change(self, found: SourcePost) -> bool:
        """Tell fast whether ``rewrite`` may put other destinations into the text."""
        return destinations.may_be_local(found.body, self._hosts)

    def rewrite(self, found: SourcePost, *, leads: bool) -> Rewritten:
        """Lead the links of *found* to the posts, and its images to the files, that are here.

        *leads* is what ``may_change`` has told of it.
        """
        work = _Work(found)
        if not leads:
            return work.done()
        for destination in destinations.find(found.body, local_to=self._hosts):
            target = spellings.read(destination.url, self._homes)
            if target is None:
                continue
            if target.base is not Base.POST and _is_picture(destination, target):
                self._show(work, destination, target)
            else:
                self._lead(work, destination, target)
        return work.done()

    def _show(self, work: _Work, destination: Destination, target: Target) -> None:
        taken = self._pictures.take(target, work.found.path)
        if taken and taken.url:
            work.put(destination, taken.url, taken.digest)
            if taken.file:
                work.files[taken.file.name] = taken.file
        elif taken:
            work.led.append((destination.url, taken.digest))
            work.note(destination, f"{destination.url} stays at its old address: {taken.reason}")
        elif not destination.is_elsewhere:
            work.note(destination, f"no file is there for {destination.url}, so this stays")

    def _lead(self, work: _Work, destination: Destination, target: Target) -> None:
        lead = self._links.lead(target, work.found.path)
        if lead.url:
            work.put(destination, lead.url, lead.url)
        elif lead.file.lower().endswith(links.TEXTS):
            work.note(destination, f"this link stays: {lead.file} does not come in as a post")
        elif lead.file:
            work.note(destination, f"this link stays: {lead.file} is no post and no image")
        elif not destination.is_elsewhere and not links.is_ours(target):
            work.lost.append(destination)


class _Work:
    """What has been found out about one text."""

    def __init__(self, found: SourcePost) -> None:
        self.found = found
        self.files: dict[str, File] = {}
        self.led: list[tuple[str, str]] = []
        self.lost: list[Destination] = []
        self._new: list[tuple[Destination, str]] = []
        self._notes: dict[str, Note] = {}

    def put(self, destination: Destination, url: str, digest: str) -> None:
        self._new.append((destination, url))
        self.led.append((destination.url, digest))

    def note(self, destination: Destination, text: str) -> None:
        """Tell it where it stands first."""
        self._notes.setdefault(text, Note(text, self._line(destination)))

    def done(self) -> Rewritten:
        notes = (*self._notes.values(), *self._lost())
        body = destinations.replace(self.found.body, self._new)
        return Rewritten(body, tuple(self.files.values()), tuple(self.led), notes)

    def _lost(self) -> Iterator[Note]:
        """Tell at once which links lead to what was not imported: a blog may have hundreds."""
        first = {each.url: each for each in reversed(self.lost)}
        lost = sorted(first.values(), key=lambda each: each.start)
        if not lost:
            return
        named = [f"{each.url} (line {self._line(each)})" for each in lost[1:NAMED]]
        more = [f"{len(lost) - NAMED} more"] if len(lost) > NAMED else []
        others = f"; so do {', '.join([*named, *more])}" if named else ""
        text = f"the link {lost[0].url} leads to nothing that came in, and stays{others}"
        yield Note(text, self._line(lost[0]))

    def _line(self, destination: Destination) -> int:
        return destination.line + self.found.body_line - 1


def _is_picture(destination: Destination, target: Target) -> bool:
    ending = posixpath.splitext(target.path)[1].lower()
    return destination.shows or ending in pictures.SUFFIXES
