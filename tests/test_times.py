"""Times: from what an author types in a zone to UTC and back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blogapp import times
from blogapp.errors import Invalid

from . import clocks

ZONES = st.sampled_from(sorted(available_timezones())).map(ZoneInfo)
MINUTES = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)).map(
    lambda moment: moment.replace(second=0, microsecond=0)
)
BERLIN = ZoneInfo("Europe/Berlin")
TWICE = "2026-10-25 02:30"
BOTH = (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC))


@pytest.fixture(params=clocks.PLACES, autouse=True)
def place_of_the_machine(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let the machine's own clock be somewhere else."""
    with clocks.machine_in(request.param):
        yield


@given(ZONES, MINUTES)
def test_a_moment_comes_back_as_it_was_shown(zone: ZoneInfo, local: datetime) -> None:
    moment = local.replace(tzinfo=UTC)
    there = moment.astimezone(zone)

    shown = times.to_form(moment, zone)
    read = times.from_form(shown, zone, fold=there.fold)

    assert read.utcoffset() == timedelta(0)
    assert read == moment - timedelta(seconds=there.second)  # of zones before there were zones
    assert times.is_same_minute(read, moment, zone)
    assert (moment in times.twice(shown, zone)) == bool(times.twice(shown, zone))


@given(ZONES, MINUTES)
def test_a_typed_time_is_kept_to_the_minute_asked_about_or_refused(
    zone: ZoneInfo, local: datetime
) -> None:
    typed = f"{local:%Y-%m-%d %H:%M}"
    moments = {local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    real = [m for m in moments if m.astimezone(zone).replace(tzinfo=None) == local]

    if len(real) == 1:
        assert times.from_form(typed, zone) == real[0]
    else:
        with pytest.raises(Invalid):
            times.from_form(typed, zone)
    assert sorted(real) == list(times.twice(typed, zone)) or len(real) == 1


def test_a_time_in_an_hour_that_happens_twice_is_not_guessed() -> None:
    with pytest.raises(Invalid, match=r"02:30 happens twice in Europe/Berlin.* Choose"):
        times.from_form(TWICE, BERLIN)

    assert times.twice(TWICE, BERLIN) == BOTH
    assert tuple(times.from_form(TWICE, BERLIN, fold=fold) for fold in (0, 1)) == BOTH
    assert not times.is_same_minute(*BOTH, BERLIN)


@pytest.mark.parametrize(
    ("moment", "zone", "shown"),
    [
        ("2026-03-14T08:30Z", "Europe/Berlin", "14 March 2026, 09:30 (Europe/Berlin)"),
        ("2026-10-25T00:30Z", "Europe/Berlin", "25 October 2026, 02:30 (Europe/Berlin, UTC+2)"),
        ("2026-10-25T01:30Z", "Europe/Berlin", "25 October 2026, 02:30 (Europe/Berlin, UTC+1)"),
        ("2026-11-01T04:00Z", "America/St_Johns", "1 November 2026, 01:30 (America/St_Johns, UTC-2:30)"),  # noqa: E501 - one case, one line
    ],
)  # fmt: skip
def test_a_time_is_shown_with_its_zone_and_which_of_two_it_is(
    moment: str, zone: str, shown: str
) -> None:
    assert times.shown(datetime.fromisoformat(moment), ZoneInfo(zone)) == shown


def test_a_time_is_read_in_its_zone() -> None:
    assert times.from_form("2026-07-01T12:00", BERLIN) == datetime(2026, 7, 1, 10, tzinfo=UTC)
    assert times.from_form("2026-01-01 12:00", BERLIN) == datetime(2026, 1, 1, 11, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "zone", "there"),
    [
        ("2026-03-29T02:30", "Europe/Berlin", "03:00"),
        ("2026-03-29 02:00", "Europe/Berlin", "03:00"),
        ("2026-10-04 02:15", "Australia/Lord_Howe", "02:30"),
        ("2011-12-30 10:00", "Pacific/Apia", "00:00 on 31 December 2011"),
        ("1893-04-01 00:03", "Europe/Berlin", "00:07"),  # from the sun's time, 6:32 behind
    ],
)
def test_a_time_that_the_clocks_skip_is_refused_with_the_next_that_exists(
    typed: str, zone: str, there: str
) -> None:
    with pytest.raises(Invalid) as refused:
        times.from_form(typed, ZoneInfo(zone))

    assert f"{typed[11:]} does not exist in {zone}" in refused.value.message
    assert refused.value.message.endswith(f" is {there}.")


@pytest.mark.parametrize(
    "typed",
    [
        *("", "soon", "2026-13-01T00:00", "2026-01-01T25:00", "2026-01-01T00:00Z", "\0", "\ud800"),
        *("2026-W11-6", "20260314", "2026-03-14", "2026-03-14 09:30:27", "2026-03-14 09"),
        *("2026-03-14T0930", "2026-03-14_09:30", "2026-03-14 09:30,5", "٢٠٢٦-03-14 09:30"),
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
