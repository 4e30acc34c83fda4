"""Spam: why a contact request is put aside, in words; it is kept all the same.

None of it is proof. Whoever is put aside is told so and why, and the author can release it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import lazyload

from . import messages, spam_words  # messages imports this one: neither uses the other at once
from .extensions import db
from .models import Message, utcnow
from .search.words import fold

SECONDS = 2.0  # in which nobody can read a form and fill it in
LINKS = 5  # a repository, a page, a picture or two; not more in a first message
REPEATED = 20  # characters; two people may well write the same few words
DAYS = 7  # in which texts are compared
TIMES = 3  # a text comes from one sender; twice is somebody who was not sure the first time
_KNOWN = 50  # messages of an address that are looked at
_NAMED = 5  # words

_LINK = re.compile(r"(?<![a-z0-9])(?:[a-z][a-z0-9+.-]{1,9}://(?:www\.)?|www\.)[^\s<>\"]")


def reasons(request: messages.Request) -> list[str]:
    """Say what speaks against a message, a sentence each; nothing for most.

    Links and words do not count against somebody whom the author has answered or released.
    """
    found = [*_of_machines(request), *_of_repeats(request)]
    text = spam_words.text_of(request.name, request.email, request.body)
    of_text = [*_of_links(text), *_of_words(text)]
    if of_text and not _is_known(messages.fold_address(request.email)):
        found += of_text
    return found


def _of_machines(request: messages.Request) -> Iterator[str]:
    """Say what people do not do. No time says nothing: see ``contact.traps``."""
    if request.trap:
        yield "A field was filled in that people do not see."
    if request.seconds is not None and request.seconds < SECONDS:
        yield f"It was sent {request.seconds:.1f} seconds after the form was opened."


def _of_repeats(request: messages.Request) -> Iterator[str]:
    """Compare the words with those of the last days.

    Who has the same name, the same address or the same form is the same sender: people mistype
    an address, and send again.
    """
    if len("".join(request.body.split())) < REPEATED:
        return
    since = utcnow() - timedelta(days=DAYS)
    query = (
        sa.select(Message)
        .where(Message.digest == messages.digest(request.body), Message.received_at > since)
        .where(Message.withdrawn_at.is_(None))
        .order_by(Message.id.desc())
        .limit(TIMES - 1)
        .options(lazyload(Message.post))
    )
    earlier = db.session.scalars(query).all()
    if not all(_is_sender(message, request) for message in earlier):
        yield f"The same words came from another sender within {DAYS} days."
    elif len(earlier) == TIMES - 1:
        yield f"The same words came {TIMES} times within {DAYS} days."


def _is_sender(message: Message, request: messages.Request) -> bool:
    return (
        message.address == messages.fold_address(request.email)
        or fold(message.name) == fold(request.name)
        or messages.is_of(message, request)
    )


def _of_links(text: str) -> Iterator[str]:
    links = sum(1 for _ in _LINK.finditer(text))
    if links >= LINKS:
        yield f"It holds {links} links."


def _of_words(text: str) -> Iterator[str]:
    caught = spam_words.caught(text)
    if not caught:
        return
    named = ", ".join(f"“{word}”" for word in caught[:_NAMED])
    more = f" and {len(caught) - _NAMED} more" if len(caught) > _NAMED else ""
    yield f"The filter looks for {named}{more}."


def _is_known(address: str) -> bool:
    """Whether the author has answered this address, or has released something from it."""
    judged = db.session.execute(
        sa.select(Message.answered_at, Message.folder, Message.spam_reasons)
        .where(Message.address == address)
        .order_by(Message.id.desc())
        .limit(_KNOWN)
    )
    return any(
        answered or (reasons and folder != messages.Folder.SPAM)
        for answered, folder, reasons in judged
    )
