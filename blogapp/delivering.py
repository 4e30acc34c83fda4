"""Delivering: takes what is due out of the outbox and sends it; commits at each step.

A delivery is claimed, sent and recorded, each committed on its own, so that nothing is sent that
others could send as well, and nothing holds the database while a server thinks.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol

import sqlalchemy as sa
from flask import Flask

from . import claims, deliveries, dispatching, erasing, previews, shelves
from .channels.outcomes import Outcome
from .claims import Claim
from .deliveries import Channel
from .extensions import db
from .models import Delivery, utcnow

log = logging.getLogger(__name__)

PAUSE = 1.0  # seconds between two looks into the outbox
TIDY_EVERY = 24 * 60 * 60.0  # seconds
TIDY_AGAIN = 10 * 60.0  # seconds, where it failed
# A letter that was taken and not recorded would be sent again.
RECORD_AFTER = (0.0, 0.5, 2.0, 10.0)  # seconds
UNFIT = "The server’s answer could not be stored."
# What is slow or away must not hold up the other: each server has a thread of its own.
LINES = ((Channel.MAIL, Channel.CONFIRMATION), (Channel.WEBHOOK,))


class Stop(Protocol):
    """Tells when to end; ``threading.Event`` is one."""

    def is_set(self) -> bool:
        """Whether to begin nothing any more."""

    def wait(self, timeout: float) -> bool:
        """Wait for the end, so many seconds at most; tells whether it has come."""


class EndOfProcess:
    """The moment when the main thread ends."""

    def is_set(self) -> bool:
        """Whether it has ended."""
        return not threading.main_thread().is_alive()

    def wait(self, timeout: float) -> bool:
        """Wait for it, *timeout* seconds at most."""
        threading.main_thread().join(timeout)
        return self.is_set()


@dataclass(frozen=True, slots=True)
class Report:
    """What became of one delivery, for who watches."""

    reference: str
    channel: str
    occasion: str
    outcome: Outcome


class _NotNow(Exception):
    """The delivery is somebody else's, or not to be sent now but after a *wait*."""

    def __init__(self, wait: timedelta | None = None) -> None:
        super().__init__()
        self.wait = wait


def start(app: Flask, stop: Stop | None = None) -> list[threading.Thread]:
    """Deliver in the background for as long as this process lives.

    The threads are no daemons: at the end of the process Python waits for the dialogue that is
    open, and they begin no other.
    """
    stop = stop or EndOfProcess()
    with app.app_context():
        channels = deliveries.configured()
    lines = [[each for each in line if each in channels] for line in LINES]
    threads = [
        threading.Thread(target=_work, args=(app, line, stop, at == 0), name=f"delivering-{at}")
        for at, line in enumerate(lines)
        if line or at == 0
    ]
    for thread in threads:
        thread.start()
    return threads


def deliver_due(channels: Collection[Channel], stop: Stop) -> Iterator[Report]:
    """Send all that is due on *channels*, and tell of each attempt."""
    while channels and not stop.is_set():
        claim = claims.claim(channels)
        db.session.commit()
        if claim is None:
            return
        report = _deliver(claim, stop)
        if report:
            yield report


def tidy() -> None:
    """Delete the messages and the posts in the trash whose time is over, and old links."""
    claims.sweep()
    messages, thrown = erasing.purge(), shelves.purge()
    previews.purge()
    db.session.commit()
    if messages or thrown:
        log.info("deleted after their time: %s messages, %s posts", messages, thrown)


def _work(app: Flask, channels: Collection[Channel], stop: Stop, tidies: bool) -> None:
    tidy_at = time.monotonic()
    while True:
        try:
            with app.app_context():
                for _ in deliver_due(channels, stop):
                    pass
                if tidies and time.monotonic() >= tidy_at:
                    tidy_at = time.monotonic() + TIDY_AGAIN
                    tidy()
                    tidy_at = time.monotonic() + TIDY_EVERY
        except Exception:  # a locked database, a full disk: the next message must go out
            log.exception("delivering failed; it goes on")
        if stop.wait(PAUSE):
            return


def _deliver(claim: Claim, stop: Stop) -> Report | None:
    delivery = db.session.get(Delivery, claim.delivery_id)
    if delivery is None:
        return None
    told = delivery.message.reference, delivery.channel, delivery.occasion
    gate = _Gate(claim, stop)
    try:
        outcome = _send(delivery, gate)
    except _NotNow as reason:
        _give_back(claim, reason)
        return None
    except Exception as error:  # a mistake of ours is an attempt, too, and holds up nothing
        log.exception("delivery %s failed", claim.delivery_id)
        outcome = Outcome(False, f"Something broke on our side: {type(error).__name__}.")
    db.session.rollback()
    if outcome is None:
        claims.drop(claim)
        db.session.commit()
        return None
    _record(claim, outcome, gate)
    if not outcome.delivered:
        log.warning("%s of %s: %s", told[1], told[0], outcome.answer)
    return Report(*told, outcome)


def _send(delivery: Delivery, gate: _Gate) -> Outcome | None:
    parcel = dispatching.pack(delivery)
    db.session.rollback()  # holds no snapshot while a server thinks
    if parcel is None:
        return None
    return dispatching.send(parcel, lambda: gate.open(parcel))


class _Gate:
    """What every notice passes right before it may arrive."""

    def __init__(self, claim: Claim, stop: Stop) -> None:
        self.counted = ""  # an address, as one that a confirmation goes to
        self._claim = claim
        self._stop = stop

    def open(self, parcel: dispatching.Parcel) -> None:
        """Begin the lease anew, or end the dialogue."""
        if self._stop.is_set():
            raise _NotNow()
        try:
            held = claims.renew(self._claim)
            wait = timedelta()
            if held and parcel.channel == Channel.CONFIRMATION:
                wait = deliveries.admit_confirmation(parcel.to)
                self.counted = "" if wait else parcel.to
            db.session.commit()
        except BaseException:  # an interrupt, too, must leave no transaction open
            db.session.rollback()
            raise
        if not held or wait:
            raise _NotNow(wait)


def _give_back(claim: Claim, reason: _NotNow) -> None:
    if reason.wait:
        claims.postpone(claim, utcnow() + reason.wait)
    else:
        claims.release(claim)
    db.session.commit()


def _record(claim: Claim, outcome: Outcome, gate: _Gate) -> None:
    for seconds in RECORD_AFTER:
        time.sleep(seconds)
        try:
            claims.record(claim, outcome)
            if gate.counted and not outcome.delivered and not outcome.in_doubt:
                deliveries.discount_confirmation(gate.counted)
            db.session.commit()
        except sa.exc.OperationalError:
            db.session.rollback()
        except Exception:  # whatever it has against the answer: that there was one is kept
            log.exception("the answer to delivery %s is not kept", claim.delivery_id)
            db.session.rollback()
            outcome = replace(outcome, answer=UNFIT)
        else:
            return
    log.error("delivery %s is not recorded: it will be sent again", claim.delivery_id)
