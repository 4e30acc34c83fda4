"""Throttling: how often things may be done, counted in the database for all workers."""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import NamedTuple, Protocol

import sqlalchemy as sa
from flask import current_app

from . import turns
from .errors import TooManyRequests
from .extensions import db
from .models import Attempt, utcnow

KEPT = timedelta(days=1)  # no rule looks further back
CLOCKS = timedelta(minutes=1)  # by which machines may differ; what is later was a wrong clock's
# An address as some proxies write it: in brackets, with a port.
_WITH_PORT = re.compile(r"\[([^\]]*)\](?::\d+)?|([^:]*):\d+")


class Rule(Protocol):
    """How often something may be done."""

    @property
    def looks_at(self) -> int:
        """How many of the newest times it wants to see."""

    @property
    def within(self) -> timedelta:
        """How far back it looks."""

    def wait(self, times: Sequence[datetime], now: datetime) -> timedelta:
        """Tell for how long it may not be done again; *times* are the newest, newest first."""


@dataclass(frozen=True, slots=True)
class Quota:
    """So many within any time of that length; the next when the first of them is that old."""

    looks_at: int
    within: timedelta

    def wait(self, times: Sequence[datetime], now: datetime) -> timedelta:
        """Tell when the oldest of as many as are allowed will be old enough."""
        if len(times) < self.looks_at:
            return timedelta(0)
        return times[-1] + self.within - now


@dataclass(frozen=True, slots=True)
class Pauses:
    """Some are *free*, and after each one more the pause doubles, up to *longest* seconds."""

    free: int
    longest: int
    within: timedelta = timedelta(hours=1)

    @property
    def looks_at(self) -> int:
        """The free ones, and those after which the pause still grows."""
        return self.free + self.longest.bit_length()

    def wait(self, times: Sequence[datetime], now: datetime) -> timedelta:
        """Tell how much of the pause after the newest is left."""
        if len(times) < self.free:
            return timedelta(0)
        seconds = min(2 ** (len(times) - self.free + 1), self.longest)
        return times[0] + timedelta(seconds=seconds) - now


class Counted(NamedTuple):
    """What is counted, for whom or what, by which rule, and how a refusal begins."""

    subject: str
    rule: Rule
    cause: str = ""


class Refusal(NamedTuple):
    """Why something may not be done now, and in how many *seconds* it may."""

    seconds: int
    cause: str


_HERE = "Many messages came from your network."
_EVERYWHERE = "Many messages came from everywhere."
# A person who has forgotten something writes again, twice or so; a school or a company may share
# one address. Nobody has five requests in ten minutes, or twenty in a day.
FROM_NETWORK = Quota(5, timedelta(minutes=10)), Quota(20, timedelta(days=1))
# One machine can have all addresses of a neighbourhood: it must not use up what all may send.
FROM_NEIGHBOURHOOD = Quota(20, timedelta(hours=1))
# More than an author reads, and far more than come: whoever has many addresses is stopped here.
FROM_ALL = Quota(100, timedelta(hours=1))


def admit_message(address: str) -> None:
    """Count a new message from *address*, or raise ``TooManyRequests`` and count nothing.

    What is counted stands with the commit. Until then nobody else is admitted.
    """
    network, neighbourhood = network_of(address), _neighbourhood_of(address)
    refused = admit(
        [
            *(Counted(f"message network:{network}", rule, _HERE) for rule in FROM_NETWORK),
            Counted(f"message neighbourhood:{neighbourhood}", FROM_NEIGHBOURHOOD, _HERE),
            Counted("message", FROM_ALL, _EVERYWHERE),
        ]
    )
    if refused:
        raise TooManyRequests(*refused)


def admit(counted: Sequence[Counted]) -> Refusal | None:
    """Count something once for each of its subjects, unless a rule has it wait: say how long.

    The longest wait is told, so that who keeps to it is admitted. A refusal writes nothing.
    """
    turns.take(Attempt)
    now = utcnow()  # after the wait for the turn
    waits = [(_wait(each, now), each.cause) for each in counted]
    seconds, cause = max(waits, key=lambda wait: wait[0])
    if seconds:
        return Refusal(seconds, cause)
    db.session.execute(sa.delete(Attempt).where(Attempt.at < now - KEPT))
    subjects = dict.fromkeys(each.subject for each in counted)
    db.session.add_all(Attempt(subject=_hash(subject), at=now) for subject in subjects)
    db.session.flush()
    return None


def forget(subjects: Iterable[str]) -> None:
    """Count from the beginning again for these *subjects*."""
    hashed = [_hash(subject) for subject in subjects]
    db.session.execute(sa.delete(Attempt).where(Attempt.subject.in_(hashed)))


def network_of(address: str) -> str:
    """Name the network that one visitor has: of IPv4 the address itself.

    An IPv6 host owns at least a /64 (RFC 6177): count its network, not its addresses. What is no
    address is told apart by its text.
    """
    parsed = _parsed(address)
    return _within(parsed, 32, 64).removesuffix("/32") if parsed else address


def _neighbourhood_of(address: str) -> str:
    """Name what one customer of a data centre may have: 256 addresses, or a /48 (RFC 6177)."""
    parsed = _parsed(address)
    return _within(parsed, 24, 48) if parsed else address


def _within(address: IPv4Address | IPv6Address, of_four: int, of_six: int) -> str:
    bits = of_four if address.version == 4 else of_six
    return str(ip_network((address.packed, bits), strict=False))


def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    """Read an address, also with a port, or of IPv4 in the clothes of IPv6."""
    bare = _WITH_PORT.fullmatch(address)
    try:
        parsed = ip_address(bare[1] or bare[2] if bare else address)
    except ValueError:
        return None
    return (parsed.ipv4_mapped or parsed) if isinstance(parsed, IPv6Address) else parsed


def _wait(counted: Counted, now: datetime) -> int:
    """Whole seconds until the rule allows one more."""
    rule = counted.rule
    times = (
        sa.select(Attempt.at)
        .where(Attempt.subject == _hash(counted.subject))
        .where(Attempt.at > now - rule.within, Attempt.at < now + CLOCKS)
        .order_by(Attempt.at.desc())
        .limit(rule.looks_at)
    )
    wait = rule.wait(db.session.scalars(times).all(), now)
    return max(0, -(-wait // timedelta(seconds=1)))


def _hash(subject: str) -> str:
    """Hash with the blog's secret: some type their password as name, addresses are personal.

    Without a secret, all IPv4 addresses are tried in minutes.
    """
    secret = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(secret, f"attempt {subject}".encode(), "sha256").hexdigest()
