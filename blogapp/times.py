"""Times: from what an author types in a zone to UTC and back."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .errors import Invalid

FORM = "%Y-%m-%d %H:%M"
YEARS = range(1000, 9999)  # so that every zone can show it


def zone_named(name: str, *, field: str = "zone") -> ZoneInfo:
    """Find a zone of the IANA database; raises ``Invalid`` for *field*."""
    try:
        return ZoneInfo(name.strip())
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Invalid(
            field, f"There is no time zone “{name}”. Take one such as Europe/Berlin or UTC."
        ) from error


def from_form(text: str, zone: ZoneInfo, *, field: str = "publish_at") -> datetime:
    """Read a local time such as ``2026-03-29 02:30`` (ISO 8601) in *zone*; returns UTC.

    Raises ``Invalid`` for what is no time, and for one that the clocks of *zone* skip. Of
    a time that happens twice the first one is meant (PEP 495, ``fold=0``).
    """
    try:
        local = datetime.fromisoformat(text.strip())
        if local.tzinfo is not None or local.year not in YEARS:
            raise ValueError(text)
        moment = local.replace(tzinfo=zone).astimezone(UTC)
        back = moment.astimezone(zone).replace(tzinfo=None)
    except (ValueError, OverflowError) as error:
        raise Invalid(
            field, f"“{text}” is no date and time. Write it like 2026-03-14 09:30."
        ) from error
    if back != local:
        raise Invalid(
            field,
            f"{local:%H:%M} does not exist in {zone.key} on that day: the clocks go forward "
            f"then. The next one that does is {back:%H:%M}.",
        )
    return moment


def to_form(moment: datetime, zone: ZoneInfo) -> str:
    """Write *moment* the way that authors type it."""
    return moment.astimezone(zone).strftime(FORM)
