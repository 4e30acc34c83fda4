"""Bulk: the same done to many posts, and what of them was left, with the reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from . import posts, shelves, tags, texts, turns
from .errors import Invalid, Missing
from .models import Post
from .revisions import NOBODY, Hand

ACTIONS = ("publish", "unpublish", "tag", "untag", "trash", "restore")
_NAMED = 3  # titles that a sentence names
_LONGEST = 40  # characters of a title in it


class _Left(Exception):
    """A post stays as it is, for this reason."""


@dataclass(slots=True)
class Result:
    """How many became what, and the titles of those that were left, by the reason.

    They are posts, or other things of one *noun*; a *note* is said at the end.
    """

    noun: str = "post"
    done: Counter[str] = field(default_factory=Counter)
    left: dict[str, list[str]] = field(default_factory=dict)
    note: str = ""

    def sentence(self) -> str:
        """Say it: ``2 posts published. 1 left: it is published already (“Hello”).``"""
        parts = [f"{number} {what}" for what, number in self.done.items()]
        said = [f"{self._number(self.done.total())}: {', '.join(parts)}."] if parts[1:] else []
        said = said or [f"{self._number(n)} {what}." for what, n in self.done.items()]
        said = said or ["Nothing was changed."]
        for reason, titles in self.left.items():
            said.append(f"Left, {reason}: {_named(titles)}.")
        return " ".join([*said, self.note]).rstrip()

    def _number(self, number: int) -> str:
        return f"1 {self.noun}" if number == 1 else f"{number} {self.noun}s"


def act(action: str, ids: Iterable[int], *, tag: str = "", by: Hand = NOBODY) -> Result:
    """Do *action*, one of ``ACTIONS``, to these posts; flushes.

    Raises ``Invalid`` for what is no action, no tag, or nothing to do it to.
    """
    wanted = sorted(set(ids))
    if action not in ACTIONS:
        raise Invalid("action", "What is to be done with them? Press one of the buttons.")
    if not wanted:
        raise Invalid("posts", "No post is selected. Tick some first.")
    if action in {"tag", "untag"} and not tags.normalise(tag):
        raise Invalid("tag", "Which tag? It needs a letter or a digit.")
    turns.hold(wanted)
    step, result = _step(action, tag, by), Result()
    for post_id in wanted:
        title = f"no. {post_id}"
        try:
            post = posts.hold(post_id)
            title = post.title
            result.done[step(post)] += 1
        except Missing:
            result.left.setdefault("deleted meanwhile", []).append(title)
        except _Left as reason:
            result.left.setdefault(str(reason), []).append(title)
    return result


def _step(action: str, tag: str, by: Hand) -> Callable[[Post], str]:
    """What is done to each post; it tells what the post is then, or raises ``_Left``."""
    if action in {"tag", "untag"}:
        [name] = tags.resolved([tag])
        return lambda post: _retag(post, name, add=action == "tag", by=by)
    return {
        "publish": _publish,
        "unpublish": _unpublish,
        "trash": _trash,
        "restore": _restore,
    }[action]


def _publish(post: Post) -> str:
    _expect_kept(post)
    if post.published_at is not None:
        raise _Left(f"{post.state()} already")
    posts.publish(post, post.planned_at)
    return post.state()


def _unpublish(post: Post) -> str:
    _expect_kept(post)
    if post.published_at is None:
        raise _Left("drafts already")
    posts.unpublish(post)
    return "taken back"


def _retag(post: Post, name: str, *, add: bool, by: Hand) -> str:
    _expect_kept(post)
    text = texts.of(post)
    if (name in text.tags) is add:
        raise _Left(f"{'had' if add else 'did not have'} the tag “{name}”")
    rest = [each for each in text.tags if each != name]
    posts.revise(post, replace(text, tags=[*rest, name] if add else rest), by=by)
    return f"tagged “{name}”" if add else f"without the tag “{name}” now"


def _trash(post: Post) -> str:
    _expect_kept(post)
    shelves.to_trash(post)
    return "moved to the trash"


def _restore(post: Post) -> str:
    if post.shelf != "trash":
        raise _Left("not in the trash")
    shelves.restore(post)
    return "restored"


def _expect_kept(post: Post) -> None:
    if post.shelf == "trash":
        raise _Left("in the trash")


def _named(titles: list[str]) -> str:
    """Name some of the posts, and count the others."""
    short = (t if len(t) <= _LONGEST else f"{t[:_LONGEST].rstrip()}…" for t in titles[:_NAMED])
    rest = len(titles) - _NAMED
    return ", ".join([*(f"“{t}”" for t in short), *([f"{rest} more"] if rest > 0 else [])])
