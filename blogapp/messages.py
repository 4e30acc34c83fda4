"""Messages: contact requests, each stored once, and what becomes of them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass, replace
from enum import StrEnum

import sqlalchemy as sa
from flask import current_app

from . import deliveries, posts, spam, throttling, turns
from .channels.notices import RECEIVED
from .errors import Conflict, Missing
from .extensions import db
from .models import MAX_ID, Addition, Delivery, DeliveryAttempt, Message, utcnow

# Characters that form no words and are not taken for each other (Open Location Code, 1.0).
ALPHABET = "23456789CFGHJMPQRVWX"
BY_HAND = "The author put it aside."
_NOT_HERE = "There is no message at this address. Did the whole link arrive?"
TAKEN_BACK = "This request was taken back. What you have to say is welcome as a new one."


class Folder(StrEnum):
    """Where the author finds messages."""

    INBOX = "inbox"
    ARCHIVE = "archive"
    SPAM = "spam"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a visitor sent: the words, and what the form says about how they came.

    *post* is the slug of the article that it was written under, *key* the hidden random key of
    the form, *network* the visitor's address, *seconds* how long ago the form was given out
    (None if nothing trustworthy says so), *trap* what stood in the field that people leave empty.
    """

    name: str
    email: str
    body: str
    post: str = ""
    key: str = ""
    network: str = ""
    seconds: float | None = None
    trap: str = ""


def receive(request: Request) -> Message:
    """Store what a visitor sent, and announce it unless it looks like spam.

    The same words from the same form are the same message, whoever is faster; it is neither
    counted nor announced again. One that was taken back may be sent again. Raises
    ``TooManyRequests``, and has then written nothing.
    """
    once, known = _look_up(request)
    if known is not None:
        return known
    turns.take(Message)
    once, known = _look_up(request)
    if known is not None:
        return known
    throttling.admit_message(request.network)
    message = _made_of(request, once)
    db.session.add(message)
    db.session.flush()
    if message.folder == Folder.INBOX:
        deliveries.announce(message)
    return message


def by_token(token: str) -> Message:
    """Find the message of a status page; raises ``Missing``."""
    message = db.session.scalar(sa.select(Message).where(Message.token_hash == _hash(token)))
    if message is None:
        raise Missing(_NOT_HERE)
    return message


def is_of(message: Message, request: Request) -> bool:
    """Whether *message* was sent from the form that *request* comes from, whatever it said."""
    if not request.key:
        return False
    same = replace(request, name=message.name, email=message.email, body=message.body)
    return any(message.once == _once(request.key, same, time) for time in range(1, 4))


def token(message: Message) -> str | None:
    """Derive the token of a message's status page, /r/<token>; the table holds only its hash.

    None for one that was taken back, and for one that an installation with another secret gave
    its token: only who sent it knows the address then.
    """
    derived = _token(message.once) if message.once else ""
    return derived if _hash(derived) == message.token_hash else None


def get(message_id: int) -> Message:
    """Find a message for the author; raises ``Missing``."""
    message = db.session.get(Message, message_id) if 0 < message_id <= MAX_ID else None
    if message is None:
        raise Missing("There is no such message.")
    return message


def mark_read(*messages: Message, read: bool = True) -> None:
    """Mark *messages* as read, or as unread again; the time of the first reading stays."""
    for message in messages:
        message.unread = not read
        message.read_at = (message.read_at or utcnow()) if read else message.read_at
    db.session.flush()


def mark_answered(*messages: Message, answered: bool = True) -> None:
    """Mark *messages* as answered, since the first time, or as not answered after all."""
    if answered:
        mark_read(*messages)
    for message in messages:
        message.answered_at = (message.answered_at or utcnow()) if answered else None
    db.session.flush()


def archive(*messages: Message, archived: bool = True) -> None:
    """Put *messages* into the archive, or back into the inbox."""
    for message in messages:
        message.folder = Folder.ARCHIVE if archived else Folder.INBOX
    db.session.flush()


def release(*messages: Message) -> None:
    """Put what of *messages* is spam into the inbox, and announce it; its reasons stay."""
    released = [message for message in messages if message.folder == Folder.SPAM]
    for message in released:
        message.folder = Folder.INBOX
    there = [message for message in released if not message.withdrawn_at]
    lines = [(message, _occasion(line)) for message in there for line in message.additions]
    deliveries.announce_all([*((message, RECEIVED) for message in there), *lines])


def quarantine(*messages: Message) -> None:
    """Put *messages* aside as spam; what has not been delivered of them is not delivered."""
    for message in messages:
        message.folder = Folder.SPAM
        message.spam_reasons = message.spam_reasons or [BY_HAND]
    db.session.flush()
    deliveries.forget(*messages)


def add_line(message: Message, body: str, *, key: str, network: str) -> Addition:
    """Add what its sender has to add, and announce it; the same line of a form once.

    Raises ``Conflict`` for a message that was taken back, ``Missing`` for one that was deleted
    meanwhile, and ``TooManyRequests``.
    """
    once = _digest([message.id, key, _plain(body)])
    known = sa.select(Addition).where(Addition.once == once)
    turns.take(Message)
    _look_again(message)
    if message.withdrawn_at:
        raise Conflict(TAKEN_BACK)
    if (addition := db.session.scalar(known)) is not None:
        return addition
    throttling.admit_message(network)
    addition = Addition(message_id=message.id, once=once, body=body)
    db.session.add(addition)
    message.folded = f"{message.folded}\n{fold(body)}"
    message.unread = True
    if message.folder == Folder.ARCHIVE:
        message.folder = Folder.INBOX
    db.session.flush()
    db.session.expire(message, ["additions"])
    if message.folder != Folder.SPAM:
        deliveries.announce(message, _occasion(addition))
    return addition


def withdraw(message: Message) -> None:
    """Take a message back: its words go, with all that has not been delivered of it.

    Its reference, its times and its address stay, so that its sender can see what became of it.
    """
    turns.take(Message)
    _look_again(message)
    if message.withdrawn_at:
        return
    message.withdrawn_at = utcnow()
    message.once = None
    message.name = message.email = message.body = ""
    message.address = message.digest = message.folded = ""
    message.spam_reasons = []
    for addition in message.additions:
        addition.once, addition.body = None, ""
    db.session.flush()
    deliveries.forget(message)
    # Servers repeat addresses in what they answer.
    own = sa.select(Delivery.id).where(Delivery.message_id == message.id)
    db.session.execute(sa.delete(DeliveryAttempt).where(DeliveryAttempt.delivery_id.in_(own)))


def fold(*texts: str) -> str:
    """Write texts the way in which messages are found by their words."""
    return "\n".join(texts).casefold()


def fold_address(email: str) -> str:
    """Write an address the way in which messages are found by it."""
    return email.casefold()[:254]


def digest(body: str) -> str:
    """Tell a text from others, whatever its case and its spaces."""
    return hashlib.sha256("".join(body.casefold().split()).encode()).hexdigest()


def free_reference() -> str:
    """Draw a reference that no message has: ``ABCD-EFGH``, some 34 bits."""
    while True:
        letters = "".join(secrets.choice(ALPHABET) for _ in range(8))
        reference = f"{letters[:4]}-{letters[4:]}"
        taken = sa.select(Message.id).where(Message.reference == reference)
        if db.session.scalar(taken) is None:
            return reference


def _look_up(request: Request) -> tuple[str, Message | None]:
    """Find the message that *request* is a repeat of; else its digest is free to be used.

    One that was taken back has none any more, but its address, so the next one has another.
    """
    key = request.key or secrets.token_urlsafe()
    time = 0
    while True:
        time += 1
        once = _once(key, request, time)
        its = sa.or_(Message.once == once, Message.token_hash == _hash(_token(once)))
        known = db.session.scalar(sa.select(Message).where(its).limit(1))
        if known is None or token(known) is not None:
            return once, known


def _once(key: str, request: Request, time: int) -> str:
    return _digest([key, request.name, request.email, _plain(request.body), request.post, time])


def _plain(body: str) -> str:
    """Write the ends of lines in one way: browsers do it in two."""
    return "\n".join(body.splitlines())


def _look_again(message: Message) -> None:
    """Read *message* as it is now; raises ``Missing``."""
    try:
        db.session.refresh(message)
    except sa.exc.InvalidRequestError as gone:
        raise Missing(_NOT_HERE) from gone


def _made_of(request: Request, once: str) -> Message:
    reasons = spam.reasons(request)
    post = posts.visible(request.post) or posts.moved(request.post)
    return Message(
        reference=free_reference(),
        token_hash=_hash(_token(once)),
        once=once,
        post_id=post.id if post else None,
        folder=Folder.SPAM if reasons else Folder.INBOX,
        spam_reasons=reasons,
        address=fold_address(request.email),
        digest=digest(request.body),
        name=request.name,
        email=request.email,
        body=request.body,
        folded=fold(request.name, request.email, request.body),
    )


def _occasion(addition: Addition) -> str:
    return f"added-{addition.id}"


def _token(once: str) -> str:
    secret = str(current_app.config["SECRET_KEY"]).encode()
    derived = hmac.digest(secret, f"receipt{once}".encode(), "sha256")
    return base64.urlsafe_b64encode(derived).decode().rstrip("=")


def _digest(parts: list[object]) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
