"""Saving: a text that began from some version of a post becomes its next one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from . import (
    authors,
    comparing,
    markdown,
    merging,
    permalinks,
    posts,
    revisions,
    slugs,
    tags,
    texts,
)
from .errors import Conflict
from .extensions import db
from .models import Post, Revision
from .revisions import Hand
from .texts import Text

UNTITLED = "Untitled"
TRIES = 3  # to save before others have to wait for what takes its time


@dataclass(frozen=True, slots=True)
class Saved:
    """A post that was saved: whether it *changed*, and whether by a text *merged* of two.

    The first save of a draft that an autosave has begun is a change, too, whatever it says.
    """

    post: Post
    changed: bool
    merged: bool = False


class Overlap(Conflict):
    """Two people, or two tabs, have changed the same; nothing was saved.

    *merged* is the text with both sides of what overlaps marked in its body. *fields* are the
    others that both have changed: they hold *mine*. *version* is what the next save begins from,
    *begun_from* what this one began from.
    """

    title = "Both of you changed the same"

    def __init__(
        self,
        mine: Text,
        theirs: Text,
        merged: Text,
        fields: tuple[str, ...],
        *,
        post: Post,
        begun_from: int,
    ) -> None:
        super().__init__(
            "This post was saved elsewhere since you opened it here, and the same was changed. "
            "Nothing is lost: your text is below, with both sides marked where they differ. "
            "Choose, then save once more."
        )
        self.mine, self.theirs, self.merged, self.fields = mine, theirs, merged, fields
        self.post_id, self.version, self.begun_from = post.id, post.version, begun_from


def create(text: Text, *, by: Hand, unanswered: bool = False) -> Saved:
    """Write a new draft; one that its sitting has begun already is saved again instead.

    Takes and raises what ``save`` does.
    """
    if _begun(by) is None:
        rendered, change = _ahead(text)
        _hold_author(by)
        if _begun(by) is None:
            post = posts.create(text, rendered=rendered, change=change, by=by)
            return Saved(post, changed=True)
    post = posts.get(_begun(by) or 0)
    begun_from = revisions.drafted_in(post, by.sitting)
    return save(post, text, begun_from=begun_from, by=by, unanswered=unanswered)


def keep(
    post: Post | None, text: Text, *, begun_from: int, by: Hand, unanswered: bool = False
) -> tuple[Post, Revision | None]:
    """Keep *text* without saving it: what began from nothing begins a draft.

    What was sent before its sitting saved, and comes after it, is not kept; unless it is sent
    on purpose, because the save has been *unanswered*.
    Returns the post, and what is kept, if there is anything that the post does not say; flushes.
    Raises ``Missing``.
    """
    if post is None and _begun(by) is None:
        rendered, change = _ahead(text)
        _hold_author(by)
        if _begun(by) is None:
            return _begin_draft(text, rendered, change, by)
    is_again = post is None  # from the page of a new post, which knows of no version
    post = posts.hold(post.id if post else _begun(by) or 0)
    if is_again:
        begun_from = revisions.drafted_in(post, by.sitting)
    elif not unanswered and by.sitting and revisions.saved_in(post, by.sitting) > begun_from:
        return post, None
    begun_from = _base(post, begun_from, by, unanswered)
    return post, revisions.keep(post, text, begun_from=begun_from, by=by)


def save(post: Post, text: Text, *, begun_from: int, by: Hand, unanswered: bool = False) -> Saved:
    """Give *post* a text that began from its version *begun_from* (0: from none); flushes.

    If the post has changed since, line by line: what only one side has changed is taken from it.
    After a save that was *unanswered*, what the sitting has saved itself is no change of the
    other side: the text has gone on from that. Without the word of who sends it, it may as well
    come from a second tab with the same form, which has not seen what the first has saved.

    What takes its time is done before others have to wait: call this before anything is written,
    for it begins the transaction anew if others were faster.
    Raises ``Overlap`` if both have changed the same, ``Missing``, and what ``posts.revise`` does.
    """

    def plan(found: Post) -> _Plan:
        return _planned(found, text, _base(found, begun_from, by, unanswered), by)

    return _carry_out(post, plan, by)


def restore(post: Post, revision_id: int, saved_at: str, *, by: Hand) -> Saved:
    """Let *post* say what a revision says that was shown as it was at *saved_at* (ISO 8601).

    That is a new revision; what was kept is dropped, for it is saved by that. Raises what ``save``
    and ``revisions.shown`` do.
    """

    def plan(found: Post) -> _Plan:
        said = revisions.shown(found, revision_id, saved_at)
        return _plan(found, revisions.restored(found, said))

    saved = _carry_out(post, plan, by)
    revision = revisions.shown(saved.post, revision_id, saved_at)  # now that nobody writes it
    if revision.version is None and posts.says(saved.post, revisions.text(revision)):
        revisions.drop(revision)
    return saved


def keep_mine(overlap: Overlap, by: Hand, begun_from: int) -> Post:
    """Keep what an overlap has refused as its author sent it; returns the post; flushes.

    Call it after a rollback. Raises ``Missing``.
    """
    post = posts.hold(overlap.post_id)
    begun_from = max(overlap.begun_from, begun_from if begun_from <= post.version else 0)
    revisions.keep(post, overlap.mine, begun_from=begun_from, by=by)
    return post


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """What a post, at its *version*, is to say, and all of it that takes its time."""

    version: int
    text: Text
    rendered: markdown.Rendered | None
    change: comparing.Change
    merged: bool


def _carry_out(post: Post, plan: Callable[[Post], _Plan], by: Hand) -> Saved:
    """Do what is planned for *post* as it is when nobody else can change it any more."""
    post_id = post.id
    for _ in range(TRIES):
        planned = plan(post)
        post = _hold(post_id, by)
        if post.version == planned.version:
            return _done(post, planned, by)
        db.session.rollback()  # somebody was faster; let the next one go on, too
        post = posts.get(post_id)
    post = _hold(post_id, by)  # enough: now they wait
    return _done(post, plan(post), by)


def _done(post: Post, plan: _Plan, by: Hand) -> Saved:
    by = replace(by, kind="merge") if plan.merged else by
    is_first = bool(revisions.drafted_in(post, by.sitting))
    changed = posts.revise(post, plan.text, rendered=plan.rendered, change=plan.change, by=by)
    return Saved(post, changed or is_first, plan.merged)


def _planned(post: Post, text: Text, begun_from: int, by: Hand) -> _Plan:
    if begun_from == post.version or posts.says(post, text):
        return _plan(post, text)
    theirs = texts.of(post)
    sides = _wishing(post, _begun_text(post, begun_from, by), _as_stored(text), theirs)
    merged, fields = merge(*sides)
    if fields:
        raise Overlap(text, theirs, merged, fields, post=post, begun_from=begun_from)
    return _plan(post, merged, merged=merged != sides[1])


def _plan(post: Post, text: Text, *, merged: bool = False) -> _Plan:
    return _Plan(
        version=post.version,
        text=text,
        rendered=posts.ahead(post, text),
        change=comparing.change(post.body, texts.normalise(text.body)),
        merged=merged,
    )


def _ahead(text: Text) -> tuple[markdown.Rendered, comparing.Change]:
    """Render and count a text of which nothing is stored yet."""
    body = texts.normalise(text.body)
    return markdown.render(body), comparing.change("", body)


def _begun(by: Hand) -> int | None:
    """Find the id of the post that a sitting has begun."""
    return revisions.post_of(by.sitting)


def _hold_author(by: Hand) -> None:
    """Let others who write as this author wait: two requests of one sitting begin one post.

    Always before a post is held, for who saves may write the author, too.
    """
    if by.author_id is not None:
        authors.hold(by.author_id)


def _hold(post_id: int, by: Hand) -> Post:
    _hold_author(by)
    return posts.hold(post_id)


def _base(post: Post, begun_from: int, by: Hand, unanswered: bool) -> int:
    """The version that a text began from; 0 if that is none of this post's.

    After a save that was unanswered, it is what the sitting has saved last. A merge does not
    count: what others wrote in it, the sitting may not have seen.
    """
    own = 0
    if unanswered and by.sitting:
        own = revisions.saved_in(post, by.sitting, merges=False)
    return max(own, begun_from if begun_from <= post.version else 0)


def _begun_text(post: Post, begun_from: int, by: Hand) -> Text:
    """Read what a text began from: nothing is known of a version that the post never had."""
    if adopted := revisions.adopted(post, by.sitting):
        return revisions.text(adopted)
    return revisions.at(post, begun_from) if begun_from else Text(title="")


def _begin_draft(
    text: Text, rendered: markdown.Rendered, change: comparing.Change, by: Hand
) -> tuple[Post, Revision | None]:
    """Begin a draft; what may be refused, such as a slug, is kept beside it."""
    titled = _titled(text)
    sound = replace(titled, slug="", minutes=None, language=None, series=None)
    by_itself = replace(by, kind="autosave")
    post = posts.create(sound, rendered=rendered, change=change, by=by_itself)
    if sound == titled:
        return post, None
    return post, revisions.keep(post, text, begun_from=post.version, by=by)


def _titled(text: Text) -> Text:
    """Give a text that has no title yet the beginning of its first line as one."""
    first = next((line for line in text.body.splitlines() if line.strip(" #")), "").strip(" #")
    return text if texts.line(text.title) else replace(text, title=first[:60] or UNTITLED)


def _as_stored(text: Text) -> Text:
    """Write *text* as one that was read of a post is, but for the slug."""
    return posts.stored(text, text.slug.strip())


def _wishing(post: Post, base: Text, mine: Text, theirs: Text) -> tuple[Text, Text, Text]:
    """Leave out the slugs of a draft that are made of the title: they go with it.

    Of a post that is out, an empty one is the one that is there.
    """
    if post.published_at is not None:
        return base, replace(mine, slug=mine.slug or post.slug), theirs
    was_made = slugs.is_made_of(base.slug, slugs.make(base.title))
    now = "" if permalinks.is_made(post) else post.slug
    before = now if theirs.slug == base.slug else "" if was_made else base.slug
    wish = now if mine.slug == theirs.slug else mine.slug
    if mine.slug == base.slug or (was_made and not mine.slug):
        wish = before
    return replace(base, slug=before), replace(mine, slug=wish), replace(theirs, slug=now)


def merge(base: Text, mine: Text, theirs: Text) -> tuple[Text, tuple[str, ...]]:
    """Merge field by field; returns what overlaps, too, which stays as it is in *mine*.

    Tags are those of now; what they were called in *base* is looked up.
    """
    body = merging.merge(base.body, mine.body, theirs.body)
    merged: dict[str, Any] = {
        "body": body.text,
        "tags": tuple(sorted(merging.sets(tags.resolved(base.tags), mine.tags, theirs.tags))),
    }
    overlapping = ["body"] if body.overlaps else []
    for name in ("title", "slug", "description", "minutes", "language", "series"):
        values = (getattr(text, name) for text in (base, mine, theirs))
        chosen = merging.choose(*values)
        if chosen.overlaps:
            overlapping.append(name)
        merged[name] = chosen.value
    return replace(mine, **merged), tuple(overlapping)
