"""Deliveries: the outbox. What is announced is delivered once, or its author sees that it is not.

Who works on a delivery holds its claim (``claims``).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from . import claims, config, throttling
from .channels import servers
from .channels.notices import RECEIVED
from .extensions import db
from .models import Delivery, Message, utcnow

ONCE_A_DAY = throttling.Quota(1, timedelta(days=1))  # a confirmation to the same address


class Channel(StrEnum):
    """A way out: two to the author, one to the visitor."""

    MAIL = "mail"
    WEBHOOK = "webhook"
    CONFIRMATION = "confirmation"


TO_AUTHOR = (Channel.MAIL, Channel.WEBHOOK)


class State(StrEnum):
    """How a delivery stands."""

    DELIVERED = "delivered"
    SENDING = "sending"
    WAITING = "waiting"
    UNCONFIGURED = "not configured"
    GIVEN_UP = "not delivered"


@dataclass(frozen=True, slots=True)
class Undelivered:
    """How much the author was not told, and for how many seconds the oldest of it.

    *number* is what is *waiting* and what was *given_up*.
    """

    waiting: int
    given_up: int
    oldest_seconds: int

    @property
    def number(self) -> int:
        """All of it."""
        return self.waiting + self.given_up


def configured() -> list[Channel]:
    """List the channels that the operator has set up."""
    settings = config.current()
    there = {
        Channel.MAIL: settings.mail_url,
        Channel.WEBHOOK: settings.webhook_url,
        Channel.CONFIRMATION: settings.mail_url and settings.mail_confirm,
    }
    return [channel for channel in Channel if there[channel]]


def announce(message: Message, occasion: str = RECEIVED) -> None:
    """Put a delivery into the outbox for each channel; what was announced before stays.

    *message* has its id. The visitor hears of a new message only. What was forgotten and is still
    on its way is due again, should it not arrive.
    """
    announce_all([(message, occasion)])


def announce_all(occasions: Sequence[tuple[Message, str]]) -> None:
    """Announce many, each message for its occasion, with as many queries as one."""
    wanted = {(message.id, occasion): message for message, occasion in occasions}
    own = (
        Delivery.message_id.in_({message_id for message_id, _ in wanted}),
        sa.tuple_(Delivery.message_id, Delivery.occasion).in_(list(wanted)),
    )
    again = sa.update(Delivery).where(*own, ~claims.is_remembered())
    claims.run(again.values(due_at=utcnow()))
    query = sa.select(Delivery.message_id, Delivery.occasion, Delivery.channel).where(*own)
    known = {tuple(row) for row in db.session.execute(query)}
    ways: dict[Channel, Collection[tuple[int, str]]] = dict.fromkeys(configured(), wanted)
    if Channel.CONFIRMATION in ways:
        ways[Channel.CONFIRMATION] = _to_confirm(wanted)
    rows = [
        {"message_id": each[0], "occasion": each[1], "channel": channel}
        for each in wanted
        for channel, told in ways.items()
        if each in told and (*each, channel) not in known
    ]
    if rows:
        db.session.execute(sa.insert(Delivery), rows)


def _to_confirm(wanted: Mapping[tuple[int, str], Message]) -> set[tuple[int, str]]:
    """Tell of which new messages the visitor is to hear: one a day, of an address."""
    first: dict[str, Message] = {}
    for (_, occasion), message in wanted.items():
        if occasion == RECEIVED and message.once is not None and _is_mailbox(message.email):
            first.setdefault(message.address, message)
    query = (
        sa.select(Message.address)
        .join(Delivery, Message.id == Delivery.message_id)
        .where(Message.address.in_(first), Delivery.channel == Channel.CONFIRMATION)
        .where(Delivery.due_at.is_not(None) | (Delivery.created_at > utcnow() - ONCE_A_DAY.within))
    )
    heard = set(db.session.scalars(query))
    return {(each.id, RECEIVED) for address, each in first.items() if address not in heard}


def _is_mailbox(email: str) -> bool:
    try:
        servers.mailbox(email)
    except ValueError:
        return False
    return True


def admit_confirmation(address: str) -> timedelta:
    """Count a confirmation to *address*, or tell how long it has to wait and count nothing."""
    counted = throttling.Counted(_confirmation(address), ONCE_A_DAY)
    refusal = throttling.admit([counted])
    return timedelta(seconds=refusal.seconds if refusal else 0)


def discount_confirmation(address: str) -> None:
    """Count the confirmation to *address* no more: the server has not taken it."""
    throttling.forget([_confirmation(address)])


def _confirmation(address: str) -> str:
    return f"confirmation:{address.casefold()}"


def retry_now(message: Message) -> int:
    """Let all that is not delivered of *message* be tried at once, for another term."""
    return _retry(Delivery.message_id == message.id)


def retry_all() -> int:
    """Let all that is not delivered be tried at once, for another term."""
    return _retry(sa.true())


def _retry(which: sa.ColumnElement[bool]) -> int:
    now = utcnow()
    lapsed = claims.free(now).where(which, is_outstanding(), Delivery.claim.is_not(None))
    for found in db.session.execute(lapsed).all():
        claims.settle(found, now)
    update = sa.update(Delivery).where(which, is_outstanding())
    return claims.run(update.values(due_at=now, failures=0))


def forget(*messages: Message) -> None:
    """Delete what is not delivered of *messages*; what somebody works on goes with that work.

    It may be taken at this moment, and is delivered then.
    """
    ids = [message.id for message in messages]
    own = (Delivery.message_id.in_(ids), Delivery.delivered_at.is_(None))
    claims.run(sa.delete(Delivery).where(*own, Delivery.claim.is_(None)))
    claims.run(sa.update(Delivery).where(*own).values(due_at=None))
    for message in messages:
        db.session.expire(message, ["deliveries"])


def dismiss(delivery_id: int) -> bool:
    """Delete a delivery that was given up, for the author has seen it; tells whether there was."""
    given_up = is_outstanding() & Delivery.due_at.is_(None)
    return claims.run(sa.delete(Delivery).where(Delivery.id == delivery_id, given_up)) == 1


def of(message: Message) -> Sequence[Delivery]:
    """List the deliveries of *message* with their attempts, oldest first."""
    query = sa.select(Delivery).where(Delivery.message_id == message.id).order_by(Delivery.id)
    attempts = selectinload(Delivery.attempts)
    return db.session.scalars(
        query.options(attempts).execution_options(populate_existing=True)
    ).all()


def state_of(delivery: Delivery) -> State:
    """Tell how *delivery* stands."""
    if delivery.delivered_at:
        return State.DELIVERED
    if claims.is_held(delivery):
        return State.SENDING
    if delivery.due_at is None:
        return State.GIVEN_UP
    return State.WAITING if delivery.channel in configured() else State.UNCONFIGURED


def tells(delivery: Delivery) -> bool:
    """Whether *delivery* is to tell the author of a new message, or has."""
    is_news = delivery.channel in TO_AUTHOR and delivery.occasion == RECEIVED
    return is_news and not claims.is_forgotten(delivery)


def told_at(message: Message) -> datetime | None:
    """Tell when the author was first told of *message*, by mail or webhook."""
    query = sa.select(sa.func.min(Delivery.delivered_at)).where(
        Delivery.message_id == message.id,
        Delivery.channel.in_(TO_AUTHOR),
        Delivery.occasion == RECEIVED,
    )
    return db.session.scalar(query)


def is_on_its_way(message: Message) -> bool:
    """Whether the author is still to be told of *message*, on a way that is set up."""
    query = sa.select(Delivery.id).where(
        Delivery.message_id == message.id,
        Delivery.channel.in_([each for each in configured() if each in TO_AUTHOR]),
        Delivery.occasion == RECEIVED,
        Delivery.due_at.is_not(None),
    )
    return bool(db.session.scalar(sa.select(query.exists())))


def is_outstanding() -> sa.ColumnElement[bool]:
    """Tell in SQL whether a delivery waits or was given up."""
    return Delivery.delivered_at.is_(None) & claims.is_remembered()


def is_untold() -> sa.ColumnElement[bool]:
    """Tell in SQL whether a delivery to the author waits or was given up."""
    return is_outstanding() & Delivery.channel.in_(TO_AUTHOR)


def undelivered() -> Undelivered:
    """Count what the author was not told; what visitors were not told is theirs."""
    counts = sa.func.count(Delivery.due_at), sa.func.count(Delivery.id)
    query = sa.select(*counts, sa.func.min(Delivery.created_at)).where(is_untold())
    waiting, number, oldest = db.session.execute(query).one()
    age = utcnow() - oldest if oldest else timedelta()
    return Undelivered(waiting, number - waiting, max(int(age.total_seconds()), 0))


def number_outstanding() -> int:
    """Count all that waits or was given up, for visitors as well."""
    return db.session.scalar(sa.select(sa.func.count(Delivery.id)).where(is_outstanding())) or 0


def outstanding(most: int) -> Sequence[Delivery]:
    """List what is not delivered with its attempts, oldest first, *most* of it at most."""
    query = sa.select(Delivery).where(is_outstanding())
    loaded = selectinload(Delivery.attempts), joinedload(Delivery.message)
    return db.session.scalars(
        query.order_by(Delivery.created_at, Delivery.id).limit(most).options(*loaded)
    ).all()
