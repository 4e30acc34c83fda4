"""Claims: the right to work on a delivery, and what came of the work.

A claim is a lease of some minutes: of several workers one gets it, and what a worker leaves behind
that was stopped comes free by itself. That was an attempt as well, though nobody knows its end.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from .channels.outcomes import Outcome
from .extensions import db
from .models import Delivery, DeliveryAttempt, utcnow

# A claim is renewed right before the letter. No dialogue takes longer than 15 minutes until then,
# nor after it (channels.mail.Times): the rest is for clocks that differ.
LEASE = timedelta(minutes=20)
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=12)
TERM = timedelta(days=7)  # of pauses, all together; then the delivery is given up
LATEST = timedelta(days=1)  # until which anything is put off
CLOCKS = timedelta(minutes=5)  # by which machines may differ; what is later was a wrong clock's
MAX_ANSWER = 1000  # characters that are kept of what a server says
CUT_OFF = "No answer: the process that was sending this was stopped. It may have arrived."
TOO_LATE = "It was on its way before it was put aside or taken back."


_Row = sa.Row[int, str | None, datetime | None, int]  # id, claim, claimed_until, failures


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to work on a delivery, until its lease ends or another takes it."""

    delivery_id: int
    key: str


def _pauses() -> Iterator[timedelta]:
    """List the pauses after a failure: 1, 2, 4 … minutes, 12 hours at most."""
    pause, whole = FIRST_PAUSE, timedelta()
    while whole + pause <= TERM:
        yield pause
        whole += pause
        pause = min(pause * 2, LONGEST_PAUSE)


PAUSES = tuple(_pauses())


def claim(channels: Collection[str]) -> Claim | None:
    """Take the delivery of these *channels* that is due longest, or nothing.

    The claim holds for others once it is committed: commit before anything is sent. One that was
    not kept until its end was a failure, and is paused after.
    """
    while True:
        now = utcnow()
        found = _find(channels, now)
        if found is None:
            return None
        if found.claim is not None:
            changed = settle(found, now)
        else:
            taken = Claim(found.id, secrets.token_hex(16))
            update = sa.update(Delivery).where(Delivery.id == found.id, *_takeable(now))
            changed = run(update.values(claim=taken.key, claimed_until=now + LEASE)) == 1
            if changed:
                return taken
        if not changed:
            db.session.rollback()  # somebody was faster; their change is to be seen


def _find(channels: Collection[str], now: datetime) -> _Row | None:
    query = free(now).where(Delivery.channel.in_(channels), Delivery.delivered_at.is_(None))
    query = query.order_by(Delivery.due_at).limit(1)
    found = db.session.execute(query.where(Delivery.due_at <= now)).first()
    return found or db.session.execute(query.where(_is_too_late(now))).first()


def free(now: datetime) -> sa.Select[int, str | None, datetime | None, int]:
    """Ask for deliveries that nobody works on, with what ``settle`` needs to know."""
    columns = (Delivery.id, Delivery.claim, Delivery.claimed_until, Delivery.failures)
    return sa.select(*columns).where(_is_free(now))


def settle(found: _Row, now: datetime) -> bool:
    """End a claim whose worker was stopped: the attempt failed, as far as anybody knows.

    False if it was renewed, or somebody was faster.
    """
    ended = min(found.claimed_until or now, now)
    values = {"due_at": next_attempt(found.failures, ended), "failures": found.failures + 1}
    update = _held(Claim(found.id, found.claim)).where(_is_free(now))
    if run(update.values(claim=None, claimed_until=None, **values)) != 1:
        return False
    _note(found.id, ended, delivered=False, answer=CUT_OFF)
    return True


def next_attempt(failures: int, at: datetime) -> datetime | None:
    """Tell when to try again after a failure *at* a time, with so many *failures* before it.

    Attempts are counted, not days: while the machine is off, nothing is given up.
    """
    return at + PAUSES[failures] if failures < len(PAUSES) else None


def _takeable(now: datetime) -> Collection[sa.ColumnElement[bool]]:
    due = (Delivery.due_at <= now) | _is_too_late(now)
    return Delivery.delivered_at.is_(None), due, _is_free(now), Delivery.claim.is_(None)


def _is_too_late(now: datetime) -> sa.ColumnElement[bool]:
    """Tell in SQL whether a delivery is put off to a time that only a wrong clock can have set."""
    return Delivery.due_at > now + LATEST + CLOCKS


def _is_free(now: datetime) -> sa.ColumnElement[bool]:
    until = Delivery.claimed_until
    return until.is_(None) | (until < now) | (until > now + LEASE + CLOCKS)


def is_held(delivery: Delivery) -> bool:
    """Whether somebody works on *delivery* now."""
    now, until = utcnow(), delivery.claimed_until
    return until is not None and now <= until <= now + LEASE + CLOCKS


def renew(claim: Claim) -> bool:
    """Begin the lease anew; false if the claim is lost: then nothing may be sent."""
    held = _held(claim).where(Delivery.due_at.is_not(None))
    return run(held.values(claimed_until=utcnow() + LEASE)) == 1


def release(claim: Claim) -> None:
    """Give the delivery back as if it had not been claimed."""
    _end(claim)


def postpone(claim: Claim, until: datetime) -> None:
    """Give the delivery back, to be tried not before *until*; this is no attempt."""
    _end(claim, due_at=until)


def drop(claim: Claim) -> None:
    """Delete the delivery: there is nothing to tell any more."""
    gone = sa.delete(Delivery).where(Delivery.id == claim.delivery_id, Delivery.claim == claim.key)
    run(gone)


def record(claim: Claim, outcome: Outcome) -> bool:
    """Keep the answer, and end the claim: delivered, due again later, or given up.

    What was delivered is, whoever holds the claim by now. False if the claim was lost otherwise:
    then another has it, or the message was taken back.
    """
    now = utcnow()
    delivery = db.session.get(Delivery, claim.delivery_id, populate_existing=True)
    if delivery is None:
        return False
    answer = outcome.answer
    if outcome.delivered:
        answer = TOO_LATE if is_forgotten(delivery) else answer
        done = sa.update(Delivery).where(Delivery.id == claim.delivery_id)
        ended = {"claim": None, "claimed_until": None}
        kept = run(done.values(delivered_at=now, due_at=None, **ended)) == 1
    else:
        due_at = None if outcome.final else next_attempt(delivery.failures, now)
        kept = _end(claim, due_at=due_at, failures=delivery.failures + 1)
    if kept:
        _note(claim.delivery_id, now, delivered=outcome.delivered, answer=answer)
    return kept


def run(change: sa.Update | sa.Delete) -> int:
    """Run *change* past what is loaded, which is read again where it matters; counts the rows."""
    result = db.session.execute(change.execution_options(synchronize_session=False))
    return int(getattr(result, "rowcount", 0))


def sweep() -> None:
    """Delete what was forgotten while a worker had it that was stopped."""
    run(sa.delete(Delivery).where(~is_remembered(), _is_free(utcnow())))


def is_remembered() -> sa.ColumnElement[bool]:
    """Tell in SQL whether a delivery is to be told of at all: it was not forgotten."""
    delivered, due = Delivery.delivered_at.is_not(None), Delivery.due_at.is_not(None)
    return delivered | due | Delivery.claim.is_(None)


def is_forgotten(delivery: Delivery) -> bool:
    """Whether *delivery* goes as soon as the work on it ends."""
    return not (delivery.delivered_at or delivery.due_at or delivery.claim is None)


def _end(claim: Claim, **values: object) -> bool:
    """End *claim*; what was forgotten meanwhile goes. False if it was lost."""
    gone = sa.delete(Delivery).where(
        Delivery.id == claim.delivery_id, Delivery.claim == claim.key, ~is_remembered()
    )
    if run(gone):
        return False
    return run(_held(claim).values(claim=None, claimed_until=None, **values)) == 1


def _held(claim: Claim) -> sa.Update:
    return sa.update(Delivery).where(
        Delivery.id == claim.delivery_id,
        Delivery.claim == claim.key,
        Delivery.delivered_at.is_(None),
    )


def _note(delivery_id: int, at: datetime, *, delivered: bool, answer: str) -> None:
    attempt = DeliveryAttempt(delivery_id=delivery_id, at=at, delivered=delivered)
    attempt.answer = answer[:MAX_ANSWER]
    db.session.add(attempt)
    db.session.flush()
