"""Tags: how they are written, renamed and merged."""

from __future__ import annotations

import contextlib
import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy.orm.exc import StaleDataError

from . import likeness, pieces, search, tallies, turns
from .errors import Conflict, Invalid, Missing
from .extensions import db
from .models import MAX_ID, Post, Tag, TagRedirect, post_tags
from .search import engine

MAX_LENGTH = 60
_INDEXED_AT_ONCE = 100  # posts, with all their text
_RACED = "The tags were changed in the same moment. Try once more."


@lru_cache(2000)
def normalise(name: str) -> str:
    """Write a tag the one way it is stored: ``HTMX`` and `` #htmx `` are ``htmx``.

    Signs that tell names apart stay (``c#``, ``c++``, ``.net``, ``node.js``); every other
    run of signs and spaces is a hyphen. Empty if nothing is left.
    """
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    text = re.sub("-+", "-", "".join(char if _stays(char) else "-" for char in text))
    text = re.sub(r"^[-_#]+(?=\w)", "", text).lstrip("-_")[:MAX_LENGTH].rstrip("-_")
    return text if re.search(r"[^\W_]", text) else ""


def normalised(names: Iterable[str]) -> list[str]:
    """Write tags the stored way, each once, in the order given."""
    return list(dict.fromkeys(name for name in map(normalise, names) if name))


def resolved(names: Iterable[str]) -> list[str]:
    """Write tags the stored way, each once; a name that a tag had once is the one it has now."""
    wanted = normalised(names)
    if not wanted:
        return []
    query = (
        sa.select(TagRedirect.name, Tag.name)
        .join(Tag, Tag.id == TagRedirect.tag_id)
        .where(TagRedirect.name.in_(wanted))
    )
    current = dict(db.session.execute(query).all())
    return list(dict.fromkeys(current.get(name, name) for name in wanted))


def named(names: Iterable[str]) -> list[Tag]:
    """Find the tags that have these names, or had them, making those that do not exist yet.

    They are for posts, and stay what they are until the commit: whoever renames or merges waits.
    """
    engine.current().wait()
    wanted = resolved(names)
    stored = db.session.scalars(_fresh(Tag.name.in_(wanted)))
    known = {tag.name: tag for tag in stored}
    made = [Tag(name=name) for name in wanted if name not in known]
    db.session.add_all(made)
    return sorted([*known.values(), *made], key=lambda tag: tag.name)


def get(tag_id: int) -> Tag:
    """Find a tag for its author; raises ``Missing``."""
    tag = db.session.get(Tag, tag_id) if 0 < tag_id <= MAX_ID else None
    if tag is None:
        raise Missing("There is no such tag. All that there are: /admin/tags")
    return tag


def by_name(name: str) -> Tag | None:
    """Find the tag that has this name, or had it once."""
    return db.session.scalar(sa.select(Tag).where(Tag.name.in_(resolved([name]))))


def other(tag: Tag, name: str) -> Tag:
    """Find the tag to merge *tag* with; raises ``Invalid`` with those that may have been meant."""
    found = by_name(name)
    if found is None:
        others = (known for known in names() if known != tag.name)
        near = [f"“{known}”" for known in likeness.near(normalise(name), others)]
        meant = f" Is it {' or '.join(near)}?" if near else ""
        raise Invalid("into", f"There is no tag “{name}”.{meant}")
    _expect_two(tag, found)
    return found


def names() -> list[str]:
    """List all tags, for completion in the editor."""
    return list(db.session.scalars(sa.select(Tag.name).order_by(Tag.name)))


def former_names(tag: Tag) -> list[str]:
    """List the names that *tag* had, which lead to it."""
    query = sa.select(TagRedirect.name).where(TagRedirect.tag_id == tag.id)
    return list(db.session.scalars(query.order_by(TagRedirect.name)))


def version(tag: Tag) -> str:
    """Sum up what a form shows of *tag*, so that its save can tell what it began from."""
    return hashlib.sha256(f"{tag.name}\n{tag.description}".encode()).hexdigest()[:16]


def revise(tag: Tag, name: str, description: str, *, begun_from: str) -> None:
    """Give *tag* this name and description; *begun_from* is the ``version`` that was changed.

    Raises as ``rename`` does, and ``Conflict`` if it has changed since; a form that was sent
    twice is none.
    """
    before = (tag.name, tag.description)
    repeated = before == (normalise(name), _paragraph(description))
    if version(tag) != begun_from and not repeated:
        raise Conflict(
            f"This tag was changed since you opened it here. It is “{tag.name}” now, described as "
            f"“{tag.description}”. Yours is below and not saved; save it to put it in its place."
        )
    rename(tag, name)  # first: it waits for posts, and who has them may wait for the tag
    describe(tag, description)


def describe(tag: Tag, text: str) -> None:
    """Say what *tag* is about, in one paragraph without markup."""
    with _refusing_races():
        tag.description = _paragraph(text)


def rename(tag: Tag, name: str) -> None:
    """Give *tag* another name; whoever reads or writes the old one means it still.

    A name that it had before is its own again. One that another tag had stays with that one,
    for readers come by it and expect those articles. Raises ``Invalid``; ``Conflict`` if
    somebody was faster.
    """
    before = tag.name
    _rename(tag, name)
    if tag.name != before:
        _index(tag)


def merge(tag: Tag, into: Tag, name: str = "") -> None:
    """Make two tags one: posts that had either have *into*, and whatever led to *tag* leads there.

    *into* keeps its description, or takes that of *tag* if it has none. It keeps its name, or
    takes *name*. Raises as ``rename`` does.
    """
    _expect_two(tag, into)
    _hold(tag, into)
    moved = post_tags.c.post_id.not_in(having(into))
    tallies.note(db.session.scalars(having(tag)))
    with _refusing_races():
        into.description = into.description or tag.description
        db.session.execute(
            sa.update(post_tags)
            .where(post_tags.c.tag_id == tag.id, moved)
            .values(tag_id=into.id)  # the row's moment of publication stays
        )
        db.session.execute(
            sa.update(TagRedirect).where(TagRedirect.tag_id == tag.id).values(tag_id=into.id)
        )
        db.session.add(TagRedirect(name=tag.name, tag_id=into.id))
        db.session.delete(tag)
    if name:
        _rename(into, name)
    _index(into)


def forget_name(tag: Tag, name: str) -> None:
    """Let *name* lead to *tag* no more: it is free for another."""
    db.session.execute(
        sa.delete(TagRedirect).where(TagRedirect.name == name, TagRedirect.tag_id == tag.id)
    )


def remove(tag: Tag) -> None:
    """Remove a tag that no post has, with the names that led to it; raises ``Conflict``."""
    _hold(tag)
    unused = Tag.id.not_in(sa.select(post_tags.c.tag_id))
    gone = sa.delete(Tag).where(Tag.id == tag.id, unused).returning(Tag.id)
    if db.session.scalar(gone) is None:
        raise Conflict(f"A post has the tag “{tag.name}”, so it stays. It can be merged.")


def near_misses(typed: Iterable[str]) -> list[tuple[str, str]]:
    """Pair those names that would be new tags with the tags that may have been meant."""
    known = names()
    new = set(resolved(typed)).difference(known)
    pairs = likeness.alike([*known, *new]) if new else []
    return [pair if pair[0] in new else pair[::-1] for pair in pairs if len(new & {*pair}) == 1]


def having(*tags: Tag) -> sa.Select[int]:
    """Select the ids of the posts that have one of *tags*."""
    having = post_tags.c.tag_id.in_([tag.id for tag in tags])
    return sa.select(post_tags.c.post_id).where(having).distinct()


def _stays(char: str) -> bool:
    """Letters with their marks (half of a Hindi word is marks), digits, signs that count."""
    return char.isalnum() or char in "_+#." or unicodedata.category(char)[0] == "M"


def _paragraph(text: str) -> str:
    return " ".join(text.split())


def _rename(tag: Tag, name: str) -> None:
    wanted = normalise(name)
    if not wanted:
        raise Invalid("name", "A tag needs a letter or a digit.")
    if wanted != tag.name:
        _hold(tag)
    if wanted == tag.name:
        return
    other = by_name(wanted)
    if other is not None and other is not tag:
        had = "is a tag already" if other.name == wanted else f"leads to “{other.name}” already"
        raise Invalid("name", f"“{wanted}” {had}. The two can be merged.")
    with _refusing_races():
        forget_name(tag, wanted)
        db.session.add(TagRedirect(name=tag.name, tag_id=tag.id))
        tag.name = wanted


def _expect_two(tag: Tag, other: Tag) -> None:
    if tag is other:
        raise Invalid("into", f"This is “{tag.name}” itself. Name another tag.")


@contextlib.contextmanager
def _refusing_races() -> Iterator[None]:
    """Flush what is written inside; if somebody was faster, say so."""
    try:
        yield
        db.session.flush()
    except (sa.exc.IntegrityError, StaleDataError) as error:
        raise Conflict(_RACED) from error


def _hold(*wanted: Tag) -> None:
    """Let nobody else write these tags, or a post that has one; drafts are posts, too.

    Posts come first (``turns.hold``). Raises ``Conflict`` if a tag is gone, or was just given to
    a post that somebody writes.
    """
    held = turns.hold(having(*wanted))
    engine.current().wait()  # whoever gives a post a tag has waited for it, too
    ids = [tag.id for tag in wanted]
    found = db.session.scalars(_fresh(Tag.id.in_(ids)).order_by(Tag.id).with_for_update()).all()
    given = set(db.session.scalars(having(*wanted))) - held
    if len(found) < len(ids) or given - turns.hold(given, free=True):
        raise Conflict(_RACED)


def _fresh(wanted: sa.ColumnElement[bool]) -> sa.Select[Tag]:
    """Select tags as they are now, whatever the session has read of them before."""
    return sa.select(Tag).where(wanted).execution_options(populate_existing=True)


def _index(tag: Tag) -> None:
    """Let the posts of *tag*, and with them the search, know what their tags are called now."""
    ids = list(db.session.scalars(having(tag).order_by(post_tags.c.post_id)))
    for at in range(0, len(ids), _INDEXED_AT_ONCE):
        search.index_tags(ids[at : at + _INDEXED_AT_ONCE])
    for post in db.session.identity_map.values():
        if isinstance(post, Post):
            db.session.expire(post, ["tags"])
    pieces.renew(ids)
