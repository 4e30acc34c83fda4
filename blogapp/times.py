"""Times: from what an author types in a zone to UTC and back."""

from __future__ import annotations

import contextlib
import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .errors import Invalid

FORM = "%Y-%m-%d %H:%M"
YEARS = range(1000, 9999)  # so that every zone can show it
_TYPED = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}")


def zone_named(name: str, *, field: str = "zone") -> ZoneInfo:
    """Find a zone of the IANA database; raises ``Invalid`` for *field*."""
    try:
        return ZoneInfo(name.strip())
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Invalid(
            field, f"There is no time zone “{name}”. Take one such as Europe/Berlin or UTC."
        ) from error


def from_form(
    text: str, zone: ZoneInfo, *, fold: int | None = None, field: str = "publish_at"
) -> datetime:
    """Read a local time such as ``2026-03-29 02:30``, or with a T, in *zone*; returns UTC.

    Of a time that happens twice, *fold* says which one is meant: 0, or 1 for the second (PEP
    495). Raises ``Invalid`` for what is no time, for one that the clocks of *zone* skip, and
    for one that happens twice without *fold*.
    """
    local = _local(text, field)
    first, second = _moments(local, zone)
    if first.astimezone(zone).replace(tzinfo=None) != local:
        there = _next(second, first, zone)
        day = "" if there.date() == local.date() else f" on {there:%-d %B %Y}"
        raise Invalid(
            field,
            f"{local:%H:%M} does not exist in {zone.key} on that day: the clocks go forward "
            f"then. The next one that does is {there:%H:%M}{day}.",
        )
    if first != second and fold is None:
        raise Invalid(
            field,
            f"{local:%H:%M} happens twice in {zone.key} on that day: the clocks go back then. "
            "Choose one of the two.",
        )
    return second if fold else first


def twice(text: str, zone: ZoneInfo) -> tuple[datetime, ...]:
    """List both moments, UTC, of a local time that happens twice in *zone*; nothing of others."""
    with contextlib.suppress(Invalid):
        local = _local(text)
        first, second = _moments(local, zone)
        if first < second:  # of a time that the clocks skip, the first reading is the later one
            return first, second
    return ()


def to_form(moment: datetime, zone: ZoneInfo) -> str:
    """Write *moment* the way that authors type it."""
    return moment.astimezone(zone).strftime(FORM)


def shown(moment: datetime, zone: ZoneInfo) -> str:
    """Write ``14 March 2026, 09:30 (Europe/Berlin)``, and which one if that happens twice."""
    local = moment.astimezone(zone)
    which = f", {offset(moment, zone)}" if twice(to_form(moment, zone), zone) else ""
    return f"{local:%-d %B %Y, %H:%M} ({zone.key}{which})"


def offset(moment: datetime, zone: ZoneInfo) -> str:
    """Write how far *zone* is from UTC at *moment*: ``UTC+2``, ``UTC-3:30``."""
    minutes = round((moment.astimezone(zone).utcoffset() or timedelta()) / timedelta(minutes=1))
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")


def is_same_minute(one: datetime, other: datetime, zone: ZoneInfo) -> bool:
    """Whether two moments are one and the same minute on the clocks of *zone*."""
    minute = f"{FORM} %z"
    return one.astimezone(zone).strftime(minute) == other.astimezone(zone).strftime(minute)


def _local(text: str, field: str = "publish_at") -> datetime:
    typed = text.strip()
    if not _TYPED.fullmatch(typed):
        raise _no_time(text, field)
    try:
        local = datetime.fromisoformat(typed)
    except ValueError as error:
        raise _no_time(text, field) from error
    if local.year not in YEARS:
        raise _no_time(text, field)
    return local


def _moments(local: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Read *local* both ways, which differ where clocks are changed (PEP 495)."""
    first, second = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return first, second


def _next(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Find the first minute on the clocks of *zone* once they went forward between two moments."""
    new = after.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        if middle.astimezone(zone).utcoffset() == new:
            after = middle
        else:
            before = middle
    there = after.replace(microsecond=0).astimezone(zone)
    return there + timedelta(seconds=-there.second % 60)


def _no_time(text: str, field: str) -> Invalid:
    return Invalid(field, f"“{text}” is no date and time. Write it like 2026-03-14 09:30.")
