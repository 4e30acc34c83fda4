"""Moments: dates and times as bloggers write them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blogapp.transfer.reading import moments

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("2019-11-06", "2019-11-05T23:00"),
        ("2019-7-6", "2019-07-05T22:00"),
        ("2019/11/06", "2019-11-05T23:00"),
        ("20191106", "2019-11-05T23:00"),
        ("06.11.2019", "2019-11-05T23:00"),
        ("2019年11月6日", "2019-11-05T23:00"),
        ("November 6, 2019", "2019-11-05T23:00"),
        ("6th Nov 2019", "2019-11-05T23:00"),
        ("6 ноября 2019 г.", "2019-11-05T23:00"),
        ("6. Mai 2019", "2019-05-05T22:00"),
        ("11/16/2019", "2019-11-15T23:00"),
        ("16/11/2019 8:30", "2019-11-16T07:30"),
        ("2019-11-06 8:30", "2019-11-06T07:30"),
        ("2019-11-06T08:30:15", "2019-11-06T07:30:15"),
        ("2019-11-06 08:30 PM", "2019-11-06T19:30"),
        ("2019-11-06 12:05 a.m.", "2019-11-05T23:05"),
        ("2013-04-13 00:39:32.000000000 +09:00", "2013-04-12T15:39:32"),
        ("2013-09-06 22:02:41 -0400", "2013-09-07T02:02:41"),
        ("2023-05-01T8:09:26-07:00", "2023-05-01T15:09:26"),
        ("2025-07-28T10:00:00.125Z", "2025-07-28T10:00:00.125"),
        ("2025-07-28 10:00 UTC", "2025-07-28T10:00"),
        ("2025-07-28 10:00:00 +0530", "2025-07-28T04:30"),
        ("2025-07-28 10:00:00 +2", "2025-07-28T08:00"),
        ("2012-08-13 12:00:00 EST", "2012-08-13T17:00"),
        ("Wed, 02 Oct 2002 13:00:00 GMT", "2002-10-02T13:00"),
        ("Sun Jan 05 2020 10:00:00 GMT+0100 (CET)", "2020-01-05T09:00"),
        ("2013-03-10 01:30 America/New_York", "2013-03-10T06:30"),
        ("2013-03-10 02:30 America/New_York", "2013-03-10T07:30"),
        (" 2019-11-06\n 10:00 ", "2019-11-06T09:00"),
    ],
)
def test_a_date_is_read_as_bloggers_write_it(written: str, utc: str) -> None:
    assert moments.read(written, BERLIN) == datetime.fromisoformat(utc).replace(tzinfo=UTC)


def test_a_time_that_the_clock_skips_moves_forward() -> None:
    skipped = moments.read("2021-03-28 02:30", BERLIN)

    assert skipped.astimezone(BERLIN).isoformat() == "2021-03-28T03:30:00+02:00"


def test_of_a_time_that_happens_twice_the_first_is_meant() -> None:
    assert moments.read("2021-10-31 02:30", BERLIN).astimezone(UTC).hour == 0


@pytest.mark.parametrize(
    ("written", "cause"),
    [
        ("2021-02-29", "“2021-02-29” does not exist"),
        ("2021-13-01", "does not exist"),
        ("2021-01-01 24:30", "does not exist"),
        ("2021-01-01 13:00 PM", "does not exist"),
        ("0001-01-01T00:00:00Z", "does not exist"),
        ("9999-12-31 23:59 -1200", "does not exist"),
        ("04/05/2013", "two different days"),
        ("2021-01-01 10:00 +2500", "offset"),
        ("2021-01-01 10:00 XYZ", "offset"),
        ("soon", "“soon” is not a date"),
        ("2021-01", "not a date"),
        ("2021-01-01 and more", "not a date"),
        ("2021-01-011", "not a date"),
        ("", "not a date"),
        (None, "not a date"),
        (["2021-01-01"], "not a date"),
    ],
)
def test_what_is_no_date_is_refused_with_the_cause(written: object, cause: str) -> None:
    with pytest.raises(ValueError, match=cause):
        moments.read(written, BERLIN)


@pytest.mark.parametrize("zone", ["BST", "Mars/Olympus_Mons"])
def test_of_a_date_in_an_unknown_zone_the_day_and_the_time_are_told(zone: str) -> None:
    with pytest.raises(moments.UnknownZoneError) as caught:
        moments.read(f"2013-04-30 18:05 {zone}", BERLIN)

    assert caught.value.local == datetime(2013, 4, 30, 16, 5, tzinfo=UTC)


@settings(deadline=None)
@given(
    st.one_of(st.text(), st.datetimes().map(str), st.from_regex(r"\d{4}-\d\d-\d\dT\d+:\d+ .{5}"))
)
def test_any_text_is_a_moment_or_refused(text: str) -> None:
    try:
        found = moments.read(text, BERLIN)
    except ValueError:
        return

    assert found.astimezone(UTC).tzinfo is UTC


def test_a_date_keeps_the_day_that_was_written() -> None:
    found = moments.read("2013-09-06 22:02:41 -0400", BERLIN)

    assert found.date().isoformat() == "2013-09-06"
    assert found.astimezone(UTC).date().isoformat() == "2013-09-07"


@pytest.mark.parametrize(
    ("written", "meaning"),
    [("true", True), ("Yes", True), ("off", False), ("0", False), ("maybe", None), (None, None)],
)
def test_a_switch_is_on_off_or_neither(written: object, meaning: bool | None) -> None:
    assert moments.switch(written) is meaning
