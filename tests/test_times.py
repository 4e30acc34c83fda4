"""Times: from what an author types in a zone to UTC and back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blogapp import times
from blogapp.errors import Invalid

ZONES = st.sampled_from(sorted(available_timezones())).map(ZoneInfo)
MINUTES = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)).map(
    lambda moment: moment.replace(second=0, microsecond=0)
)
BERLIN = ZoneInfo("Europe/Berlin")


@given(ZONES, MINUTES)
def test_a_moment_comes_back_as_it_was_shown(zone: ZoneInfo, local: datetime) -> None:
    moment = local.replace(tzinfo=UTC)

    shown = times.to_form(moment, zone)
    read = times.from_form(shown, zone)

    assert read.utcoffset() == timedelta(0)
    # An hour that happens twice is read as its first time; else nothing is lost.
    twice = moment.astimezone(zone).fold == 1
    whole_minutes = moment.astimezone(zone).second == 0
    assert (read == moment) or twice or not whole_minutes
    assert times.to_form(read, zone) == shown


@given(ZONES, MINUTES)
def test_a_typed_time_is_kept_to_the_minute_or_refused(zone: ZoneInfo, local: datetime) -> None:
    typed = f"{local:%Y-%m-%d %H:%M}"
    exists = local.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)

    if exists.replace(tzinfo=None) == local:
        assert times.to_form(times.from_form(typed, zone), zone) == typed
    else:
        with pytest.raises(Invalid):
            times.from_form(typed, zone)


def test_a_time_is_read_in_its_zone() -> None:
    assert times.from_form("2026-07-01T12:00", BERLIN) == datetime(2026, 7, 1, 10, tzinfo=UTC)
    assert times.from_form("2026-01-01 12:00", BERLIN) == datetime(2026, 1, 1, 11, tzinfo=UTC)


def test_an_hour_that_the_clocks_skip_is_refused_with_the_next_that_exists() -> None:
    with pytest.raises(Invalid, match=r"02:30 does not exist in Europe/Berlin.* is 03:30"):
        times.from_form("2026-03-29T02:30", BERLIN)


def test_of_an_hour_that_happens_twice_the_first_is_meant() -> None:
    moment = times.from_form("2026-10-25T02:30", BERLIN)

    assert moment == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "typed",
    [
        *("", "soon", "2026-13-01T00:00", "2026-01-01T25:00", "2026-01-01T00:00Z", "\0", "\ud800"),
        *("0001-01-01T00:00", "9999-12-31T23:59", "2026-01-01T00:00+01:00", "x" * 10_000),
    ],
)
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/Los_Angeles", "UTC"])
def test_what_is_no_usable_time_is_refused_at_its_field(typed: str, zone: str) -> None:
    with pytest.raises(Invalid) as refused:
        times.from_form(typed, ZoneInfo(zone))

    assert refused.value.field == "publish_at"


@pytest.mark.parametrize(
    "name", ["", "Mars/Phobos", "../../etc/passwd", "/etc/passwd", "Europe", "\0", "\ud800"]
)
def test_what_is_no_zone_is_refused_at_its_field(name: str) -> None:
    with pytest.raises(Invalid) as refused:
        times.zone_named(name)

    assert refused.value.field == "zone"


def test_a_zone_may_have_blanks_around_it() -> None:
    assert times.zone_named(" Europe/Berlin ") == BERLIN
