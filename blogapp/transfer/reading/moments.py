"""Moments: dates and times, in all the ways in which bloggers write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_MONTH = r"(?P<m>[^\W\d_]{3,9})"
_WEEKDAY = r"(?:[^\W\d_]{2,11},?\s+)?"
_DAYS = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?P<y>[0-9]{4})([-/.])(?P<m>[0-9]{1,2})\2(?P<d>[0-9]{1,2})(?![0-9])",
        r"(?P<y>[0-9]{4})(?P<m>[0-9]{2})(?P<d>[0-9]{2})(?![0-9])",
        r"(?P<y>[0-9]{4})\s*年\s*(?P<m>[0-9]{1,2})\s*月\s*(?P<d>[0-9]{1,2})\s*日",
        r"(?P<d>[0-9]{1,2})\.(?P<m>[0-9]{1,2})\.(?P<y>[0-9]{4})(?![0-9])",
        r"(?P<d>1[3-9]|2[0-9]|3[01])/(?P<m>[0-9]{1,2})/(?P<y>[0-9]{4})(?![0-9])",
        r"(?P<m>[0-9]{1,2})/(?P<d>1[3-9]|2[0-9]|3[01])/(?P<y>[0-9]{4})(?![0-9])",
        rf"{_WEEKDAY}{_MONTH}\.?\s+(?P<d>[0-9]{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y>[0-9]{{4}})",
        rf"{_WEEKDAY}(?P<d>[0-9]{{1,2}})(?:st|nd|rd|th|\.)?[\s-]+{_MONTH}[.,]?[\s-]+"
        r"(?P<y>[0-9]{4})(?:\s+г(?:ода|\.))?",
    )
]
_CLOCK = re.compile(
    r"""(?:(?:T|[\s,]+(?:at\s+)?)
          (?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:[.,](?P<part>[0-9]+))?)?
          (?:\s*(?P<half>[ap])\.?m\b\.?)?
          (?:\s*(?P<zone>[a-z]{1,5}(?![a-z+/-])|[a-z_]+(?:/[a-z0-9_+-]+){1,2}|(?:utc|gmt)?[+-][0-9]{1,2}(?::?[0-9]{2})?))?
          (?:\s*\([^()]*\))?
        )?""",
    re.ASCII | re.IGNORECASE | re.VERBOSE,
)
_OFFSET = re.compile(r"(?:utc|gmt)?([+-])([0-9]{1,2}):?([0-9]{2})?")
_SLASHES = re.compile(r"[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}\b")
_MONTHS = {
    name: number
    for names in (
        "jan feb mar apr may jun jul aug sep oct nov dec",
        "янв фев мар апр май июн июл авг сен окт ноя дек",
        "янв фев мар апр мая июн июл авг сен окт ноя дек",
        "jan feb mär apr mai jun jul aug sep okt nov dez",
    )
    for number, name in enumerate(names.split(), 1)
}
_HOURS = {  # RFC 5322, section 4.3, and the few others that bloggers write
    "z": 0, "ut": 0, "utc": 0, "gmt": 0,
    "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
    "cet": 1, "cest": 2, "msk": 3, "jst": 9,
}  # fmt: skip
_LONGEST = 100  # characters


class UnknownZoneError(ValueError):
    """A date in a zone that has no known offset; *local* is it in the zone that was asked for."""

    def __init__(self, cause: str, local: datetime) -> None:
        super().__init__(cause)
        self.local = local


def read(value: object, zone: ZoneInfo) -> datetime:
    """Read a date as bloggers write it; aware, in the zone that it was written in.

    Without an offset it is local to *zone*, and a day without a time is its midnight there.
    A time that the clock jumped over moves forward by the jump, and of two equal ones it is
    the first: PEP 495's fold=0. Raises ValueError with the cause and what to write instead:
    UnknownZoneError where only the name of a zone is not understood.
    """
    text = " ".join(value.split())[:_LONGEST] if isinstance(value, str) else ""
    shown = f"“{text[:60]}”" if text else "this"
    for pattern in _DAYS:
        day = pattern.match(text)
        clock = _CLOCK.fullmatch(text, day.end()) if day else None
        if day and clock:
            break
    else:
        if _SLASHES.match(text):
            raise ValueError(f"{shown} may be two different days; write it as YYYY-MM-DD")
        raise ValueError(
            f"{shown} is not a date; write it as 2013-04-30 or 2013-04-30 18:05 +0200"
        )
    away = _zone(clock["zone"]) if clock["zone"] else zone
    cause = f"{shown} has an unknown time zone; write it as an offset such as +0200"
    if away is None and _OFFSET.fullmatch(clock["zone"].lower()):
        raise ValueError(cause)
    found = _datetime(day, clock)
    if found is None or not 1000 <= found.year < 9999:  # pages show it in any zone
        raise ValueError(f"{shown} does not exist in the calendar; correct it")
    if away is None:
        raise UnknownZoneError(cause, _placed(found, zone))
    return _placed(found, away)


def switch(value: object) -> bool | None:
    """Read ``true``, ``no``, ``off``, ``1`` …; None for what is neither on nor off."""
    word = value.strip().lower() if isinstance(value, str) else ""
    if word in ("true", "yes", "on", "y", "1"):
        return True
    return False if word in ("false", "no", "off", "n", "0") else None


def _placed(found: datetime, zone: tzinfo) -> datetime:
    return found.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)


def _datetime(day: re.Match[str], clock: re.Match[str]) -> datetime | None:
    month = day["m"].lower()
    hour = int(clock["hour"] or 0)
    if clock["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if clock["half"] in "pP" else 0)
    try:
        return datetime(
            int(day["y"]),
            int(month) if month.isdecimal() else _MONTHS.get(month[:3], 0),
            int(day["d"]),
            hour,
            int(clock["minute"] or 0),
            int(clock["second"] or 0),
            int((clock["part"] or "0")[:6].ljust(6, "0")),
        )
    except ValueError:
        return None


def _zone(written: str) -> tzinfo | None:
    """Read an offset, one of RFC 5322's abbreviations or a name of IANA's database."""
    name = written.lower()
    if name in _HOURS:
        return timezone(timedelta(hours=_HOURS[name]))
    found = _OFFSET.fullmatch(name)
    if not found:
        return _named(written)
    if int(found[2]) > 23 or int(found[3] or 0) > 59:
        return None
    away = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    return timezone(-away if found[1] == "-" else away)


def _named(zone: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
