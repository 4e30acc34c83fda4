"""Telling: what an author is told after a save, in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .. import merging, proofreading, publishing, texts, times
from ..models import Post
from ..publishing import Order, Outcome
from ..saving import Saved

MAX_DOUBTS = 3  # the cookie that carries them to the next page is small


_NONE = Order()


@dataclass(frozen=True, slots=True)
class Told:
    """A save, and what came of the *order* that went with it; *moved* tells of another shelf."""

    saved: Saved
    outcome: Outcome = Outcome.NOTHING
    order: Order = _NONE
    moved: str = ""
    near_misses: Sequence[tuple[str, str]] = ()

    @property
    def post(self) -> Post:
        """The post that was saved."""
        return self.saved.post

    @property
    def sentences(self) -> list[str]:
        """What to tell, the most important first."""
        said = [self._done(), self.moved, self._merged(), self._unchosen()]
        said += [*self._doubts(), self._odd()]
        return [sentence for sentence in said if sentence]

    def _done(self) -> str:
        if self.post.shelf == "trash":
            return "Saved, and still in the trash."
        if self.outcome in {Outcome.NOTHING, Outcome.DONE_BEFORE}:
            changed = self.saved.changed or self.moved
            return "Saved." if changed else "Saved; nothing had changed."
        if self.outcome is Outcome.TAKEN_BACK:
            return "Taken back: it is a draft again, and readers do not find it any more."
        at = publishing.moment(self.post)
        when = times.shown(at, self.order.zone) if at else ""
        return {
            Outcome.PUBLISHED: "Published.",
            Outcome.SCHEDULED: f"Scheduled for {when}.",
            Outcome.DATED: f"Published, dated {when}.",
            Outcome.PLANNED: f"Saved as a draft, meant for {when}; “publish” schedules it.",
        }[self.outcome]

    def _merged(self) -> str:
        if not self.saved.merged:
            return ""
        return "It was saved elsewhere meanwhile; both changes are in the text now."

    def _unchosen(self) -> str:
        """Say where both sides of a merge still stand in the text."""
        marks = merging.conflicts(self.post.body)
        if not marks:
            return ""
        return f"Both sides of a merge still stand in the text, from line {marks[0]} on."

    def _doubts(self) -> list[str]:
        """Say which new tags an author may have meant as one that exists."""
        return [
            f"The tag “{new}” is new; there is also “{known}”. Are they one? /admin/tags"
            for new, known in self.near_misses[:MAX_DOUBTS]
        ]

    def _odd(self) -> str:
        """Say how much a look at what has just been published would find."""
        if self.order.action not in {"publish", "now"}:
            return ""
        found = proofreading.proofread(texts.of(self.post), self.post, html=self.post.body_html)
        things = f"{len(found)} thing{'s' if len(found) > 1 else ''}"
        return f"The preview lists {things} to look at." if found else ""
