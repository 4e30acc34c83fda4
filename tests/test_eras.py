"""Eras: what pages share is asked for once, until readers could see something else."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from blogapp import eras, tags
from blogapp.eras import Eras
from blogapp.errors import Missing
from blogapp.extensions import db
from blogapp.generation import Generation
from blogapp.models import utcnow

from .conftest import CheckedClient, MakePost


class Asked:
    """Counts how often it is asked."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, name: str) -> str:
        self.times += 1
        if name == "nothing":
            raise Missing("There is none.")
        return f"{name} {self.times}"


def test_an_answer_is_remembered_until_something_changes(app: Flask, make_post: MakePost) -> None:
    asked = Asked()
    with app.app_context():
        first = [eras.remembered(asked, name) for name in ("a", "b", "a")]

        make_post("Hello")

        assert first == ["a 1", "b 2", "a 1"]
        assert eras.remembered(asked, "a") == "a 3"


def test_it_is_remembered_until_the_next_article_comes_out(
    app: Flask, make_post: MakePost
) -> None:
    asked, moment = Asked(), utcnow() + timedelta(days=1)
    make_post("Planned", moment)

    with app.app_context():
        for until, expected in ((-1, "a 1"), (-1, "a 1"), (0, "a 2"), (1, "a 2")):
            with time_machine.travel(moment + timedelta(seconds=until), tick=False):
                assert eras.remembered(asked, "a") == expected


def test_what_failed_is_asked_again(app: Flask) -> None:
    asked = Asked()

    with app.app_context():
        for _ in range(2):
            with pytest.raises(Missing):
                eras.remembered(asked, "nothing")

    assert asked.times == 2


def test_only_so_much_is_remembered(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(eras, "MOST", 2)
    asked = Asked()

    with app.app_context():
        for name in "abca":
            eras.remembered(asked, name)

    assert asked.times == 4


def test_every_worker_of_a_machine_asks_anew_after_a_change(
    app: Flask, make_post: MakePost
) -> None:
    asked = Asked()
    with app.app_context():
        place = app.config["BLOG"].instance / "generation"
        workers = [Eras(Generation(db.engine, place)) for _ in range(2)]
        first = [worker.remembered(asked, "a") for worker in workers * 2]

        make_post("Hello")

        assert first == ["a 1", "a 2", "a 1", "a 2"]
        assert [worker.remembered(asked, "a") for worker in workers * 2] == [
            *("a 3", "a 4", "a 3", "a 4")
        ]


def test_nothing_is_remembered_where_another_machine_may_write(tmp_path: Path) -> None:
    """Its change would be in the list at once, and in the numbers above it half a second later."""
    asked = Asked()
    server = sa.create_engine("sqlite://")  # it is never called
    server.dialect.name = "postgresql"
    machines = [Eras(Generation(server, tmp_path / name)) for name in "ab"]

    answers = [machine.remembered(asked, "a") for machine in machines * 2]

    assert answers == ["a 1", "a 2", "a 3", "a 4"]


# What pages that the page cache does not keep say: the sentence, and the number of each chip.
BEFORE = {
    "/": ("2 articles", {"chip-flask": "2", "chip-htmx": "1", "without-htmx": "1"}),
    "/?tag=htmx": ("1 article tagged htmx", {"chip-htmx": "", "chip-flask": "1"}),
    "/tags/htmx": ("1 article tagged htmx", {}),
}
WITH_ONE_MORE = {
    "/": (
        "3 articles",
        {"chip-flask": "2", "chip-htmx": "2", "without-flask": "1", "without-htmx": "1"},
    ),
    "/?tag=htmx": (
        "2 articles tagged htmx",
        {"chip-htmx": "", "chip-flask": "1", "without-flask": "1"},
    ),
    "/tags/htmx": ("2 articles tagged htmx", {}),
}
RENAMED = {
    "/": ("2 articles", {"chip-flask": "2", "chip-ajax": "1", "without-ajax": "1"}),
    "/?tag=ajax": ("1 article tagged ajax", {"chip-ajax": "", "chip-flask": "1"}),
    "/tags/ajax": ("1 article tagged ajax", {}),
}
Said = dict[str, tuple[str, dict[str, str]]]


@pytest.fixture
def said(client: CheckedClient, make_post: MakePost) -> Callable[[Said], Said]:
    """Let two articles be there, and fetch what the pages that are expected say, twice."""
    make_post("One", tags=["flask"])
    make_post("Two", tags=["flask", "htmx"])
    client.set_cookie("blog_session", "nobody")

    def fetch(expected: Said) -> Said:
        first, second = ({path: read(path) for path in expected} for _ in range(2))
        assert first == second
        return second

    def read(path: str) -> tuple[str, dict[str, str]]:
        page = client.get(path).text
        [sentence] = re.findall(r'id="sentence"[^>]*>([^<]+)<', page)
        chips = re.findall(r'id="((?:chip|without)-\w+)".*?(?:<small>(\d+)|×)', page)
        return sentence.strip(), dict(chips)

    return fetch


def test_numbers_and_chips_follow_what_is_published(
    said: Callable[[Said], Said], make_post: MakePost
) -> None:
    before = said(BEFORE)

    make_post("Three", tags=["htmx"])

    assert (before, said(WITH_ONE_MORE)) == (BEFORE, WITH_ONE_MORE)


def test_numbers_and_chips_follow_a_planned_article(
    said: Callable[[Said], Said], make_post: MakePost
) -> None:
    moment = utcnow() + timedelta(days=1)
    make_post("Three", moment, tags=["htmx"])

    with time_machine.travel(moment - timedelta(seconds=1), tick=False) as clock:
        before = said(BEFORE)
        clock.shift(timedelta(seconds=1))

        assert (before, said(WITH_ONE_MORE)) == (BEFORE, WITH_ONE_MORE)


def test_names_follow_a_tag_that_is_renamed(
    app: Flask, client: CheckedClient, said: Callable[[Said], Said]
) -> None:
    before = said(BEFORE)

    with app.app_context():
        htmx = tags.by_name("htmx")
        assert htmx is not None
        tags.rename(htmx, "ajax")
        db.session.commit()

    assert (before, said(RENAMED)) == (BEFORE, RENAMED)
    assert client.get("/tags/htmx").location == "/tags/ajax"
    assert client.get("/?tag=htmx").location == "/?tag=ajax"
