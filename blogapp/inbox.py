"""Inbox: messages as the author lists them, by folder, state, article and words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa

from . import deliveries, messages
from .errors import Missing
from .extensions import db
from .messages import Folder
from .models import MAX_ID, Addition, Delivery, Message, Post

STATES = ("unread", "open", "answered", "undelivered", "withdrawn")
PAGE_SIZE = 25
MOST = 100  # what is counted; beyond it the number says no more
MAX_TEXT = 200  # characters
_EXCERPT = 300  # characters
_PLACE = re.compile(r"([01])-([0-9]{1,10})")
_SEEN = re.compile(r"([0-9]{1,10})-([0-9]{1,10})")

Conditions = Sequence[sa.ColumnElement[bool]]

_OPEN = sa.and_(Message.answered_at.is_(None), Message.withdrawn_at.is_(None))
_UNDELIVERED = sa.select(Delivery.message_id).where(deliveries.is_untold())
_CONDITIONS = {
    "unread": Message.unread.is_(True),
    "open": _OPEN,
    "answered": Message.answered_at.is_not(None),
    "undelivered": Message.id.in_(_UNDELIVERED),
    "withdrawn": Message.withdrawn_at.is_not(None),
}
_UNREAD_FIRST = ("", "open")  # the other states are ordered by id alone
_LINE = (
    *(Message.id, Message.reference, Message.unread, Message.name, Message.received_at),
    *(Message.answered_at, Message.withdrawn_at, Message.spam_reasons, Message.post_id),
    sa.func.substr(Message.body, 1, _EXCERPT).label("excerpt"),
    Post.title.label("post_title"),
)


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a list that has the unread first: behind the message with this *id*."""

    unread: bool
    id: int

    def __str__(self) -> str:
        return f"{self.unread:d}-{self.id}"

    @classmethod
    def parse(cls, text: str) -> Place | None:
        """Read what ``str`` wrote; anything else is no place."""
        match = _PLACE.fullmatch(text)
        return cls(match[1] == "1", min(int(match[2]), MAX_ID)) if match else None


@dataclass(frozen=True, slots=True)
class Seen:
    """How far the author has seen: no *message* and no *addition* with a higher id."""

    message: int
    addition: int

    def __str__(self) -> str:
        return f"{self.message}-{self.addition}"

    @classmethod
    def parse(cls, text: str) -> Seen | None:
        """Read what ``str`` wrote; anything else says nothing."""
        match = _SEEN.fullmatch(text)
        return cls(min(int(match[1]), MAX_ID), min(int(match[2]), MAX_ID)) if match else None


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the list: its messages, what is next, and how many there are elsewhere.

    *lines* counts what was added to a message later; *waiting* tells whether a message is not
    delivered yet (True) or was given up (False). Numbers, by folder and by state, go up to
    ``MOST``; *seen* is how far it shows what there is.
    """

    messages: list[sa.Row[Any]]
    lines: Mapping[int, int]
    waiting: Mapping[int, bool]
    next: Choice | None
    folders: Mapping[str, int]
    states: Mapping[str, int]
    seen: Seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What of all messages is listed: of a *folder* ("" is all), in a *state*, if any.

    *post* is the id of the article that they came from, *text* what they have to say, *address*
    whose they are. The unread come first where that matters, then the newest.
    """

    folder: str = Folder.INBOX
    state: str = ""
    post: int = 0
    text: str = ""
    address: str = ""
    after: Place | None = None

    @classmethod
    def parse(cls, values: Mapping[str, str]) -> Choice:
        """Read a query's values; what is none is left out. Raises ``Missing`` for a folder.

        With an address, no folder means all of them.
        """
        address = messages.fold_address(_line(values.get("address", ""), 254))
        folder = values.get("folder", "" if address else Folder.INBOX.value)
        if folder and folder not in set(Folder):
            raise Missing(f"There is no such folder. There are: {', '.join(Folder)}.")
        state, post = values.get("state", ""), values.get("post", "")
        return cls(
            folder=folder or ("" if address else Folder.INBOX.value),
            state=state if state in STATES else "",
            post=int(post) if re.fullmatch("[0-9]{1,9}", post) else 0,
            text=_line(values.get("q", ""), MAX_TEXT),
            address=address,
            after=Place.parse(values.get("after", "")),
        )

    @property
    def values(self) -> dict[str, str]:
        """The values of the query that asks for it."""
        usual = "" if self.address else Folder.INBOX
        every = {
            "folder": "" if self.folder == usual else str(self.folder),
            "state": self.state,
            "post": str(self.post or ""),
            "q": self.text,
            "address": self.address,
            "after": str(self.after or ""),
        }
        return {name: value for name, value in every.items() if value}

    @property
    def query(self) -> str:
        """The query that asks for it, with its question mark if there is anything to ask."""
        return f"?{urlencode(self.values)}" if self.values else ""

    @property
    def url(self) -> str:
        """The address of the list."""
        return f"/admin/messages{self.query}"

    def but(self, **changed: Any) -> Choice:
        """This choice with another folder, state, post or text, from its first page on."""
        return replace(self, **changed, after=None)

    def page(self, size: int = PAGE_SIZE) -> Page:
        """Fetch the page that begins after the cursor."""
        so_far = seen()  # before anything is fetched: what comes meanwhile is seen the next time
        query = sa.select(*_LINE).outerjoin(Post, Post.id == Message.post_id)
        query = query.where(*self._conditions(), *self._behind()).order_by(*self._order())
        found = list(db.session.execute(query.limit(size + 1)))
        shown, ids = found[:size], [row.id for row in found[:size]]
        after = None
        if len(found) > size:
            after = replace(self, after=Place(shown[-1].unread, shown[-1].id))
        folders, states = self._counts()
        return Page(shown, _lines(ids), _waiting(ids), after, folders, states, so_far)

    def number(self) -> int:
        """Count all of it, up to ``MOST``."""
        return db.session.scalar(sa.select(_number(self._conditions()))) or 0

    def ids(self, *, until: int = MAX_ID) -> list[int]:
        """List the ids of all of it, the oldest first, *until* one that was seen."""
        query = sa.select(Message.id).where(*self._conditions(), Message.id <= until)
        return list(db.session.scalars(query.order_by(Message.id)))

    def _conditions(self) -> Conditions:
        state = [_CONDITIONS[self.state]] if self.state else []
        # What is not delivered is found by the index of the outbox: it is little of any folder.
        column = sa.func.lower(Message.folder) if self.state == "undelivered" else Message.folder
        folder = [column == self.folder] if self.folder else []
        return [*folder, *state, *self._narrowed()]

    def _narrowed(self) -> Conditions:
        """The conditions that hold for every folder and state that is counted."""
        post = [Message.post_id == self.post] if self.post else []
        address = [Message.address == self.address] if self.address else []
        return [*post, *address, *_having(self.text)]

    def _order(self) -> list[sa.ColumnElement[Any]]:
        unread = [Message.unread.desc()] if self.state in _UNREAD_FIRST else []
        return [*unread, Message.id.desc()]

    def _behind(self) -> Conditions:
        if self.after is None:
            return []
        if self.state not in _UNREAD_FIRST:
            return [Message.id < self.after.id]
        here = sa.tuple_(sa.literal(self.after.unread), sa.literal(self.after.id))
        return [sa.tuple_(Message.unread, Message.id) < here]

    def _counts(self) -> tuple[dict[str, int], dict[str, int]]:
        """Count by folder, and in this one by state: each number is a piece of an index."""
        wanted = {("folder", name.value): self.but(folder=name.value, state="") for name in Folder}
        wanted |= {("state", name): self.but(state=name) for name in STATES}
        queries = [
            sa.select(sa.literal(kind), sa.literal(name), _number(choice._conditions()))
            for (kind, name), choice in wanted.items()
        ]
        found: dict[str, dict[str, int]] = {"folder": {}, "state": {}}
        for kind, name, number in db.session.execute(sa.union_all(*queries)):
            found[kind][name] = number
        return found["folder"], found["state"]


def unread() -> int:
    """Count what of the inbox the author has not read yet, up to ``MOST``."""
    waiting = [Message.folder == Folder.INBOX.value, _CONDITIONS["unread"]]
    return db.session.scalar(sa.select(_number(waiting))) or 0


def shown_unread() -> str:
    """Write how much of the inbox is unread; nothing if nothing is."""
    number = unread()
    return shown(number) if number else ""


def seen() -> Seen:
    """Tell how far somebody sees who looks now."""
    highest = (sa.select(sa.func.max(of.id)).scalar_subquery() for of in (Message, Addition))
    message, addition = db.session.execute(sa.select(*highest)).one()
    return Seen(message or 0, addition or 0)


def added_since(addition: int) -> set[int]:
    """List the ids of the messages that have a later addition than this one."""
    query = sa.select(Addition.message_id).where(Addition.id > addition)
    return set(db.session.scalars(query))


def shown(number: int) -> str:
    """Write a number that was counted up to ``MOST``."""
    return f"{MOST - 1}+" if number >= MOST else str(number)


def _number(conditions: Conditions) -> sa.ScalarSelect[int]:
    some = sa.select(sa.literal(1)).select_from(Message).where(*conditions).limit(MOST).subquery()
    return sa.select(sa.func.count()).select_from(some).scalar_subquery()


def _having(text: str) -> list[sa.ColumnElement[bool]]:
    """What has each of these words, or a piece of one, or is the message of this reference."""
    words: list[sa.ColumnElement[bool]] = [
        Message.folded.contains(word.casefold(), autoescape=True)
        | Message.reference.contains(word.upper(), autoescape=True)
        for word in text.split()
    ]
    letters = re.sub(r"[\s-]", "", text).upper()
    if len(letters) == 8 and set(letters) <= set(messages.ALPHABET):
        reference = f"{letters[:4]}-{letters[4:]}"
        return [sa.or_(Message.reference == reference, sa.and_(*words))]
    return words


def _lines(ids: list[int]) -> dict[int, int]:
    query = sa.select(Addition.message_id, sa.func.count()).where(Addition.message_id.in_(ids))
    return dict(db.session.execute(query.group_by(Addition.message_id)).all())


def _waiting(ids: list[int]) -> dict[int, bool]:
    """Tell of what is not delivered whether it is still tried: False if any was given up."""
    query = sa.select(Delivery.message_id, Delivery.due_at).where(
        Delivery.message_id.in_(ids), deliveries.is_untold()
    )
    waiting: dict[int, bool] = {}
    for message_id, due_at in db.session.execute(query):
        waiting[message_id] = waiting.get(message_id, True) and due_at is not None
    return waiting


def _line(text: str, most: int) -> str:
    """One line of what was typed, without what no database takes."""
    return " ".join(text.replace("\0", "").split())[:most]
