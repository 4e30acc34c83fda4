"""The inbox: what is listed, in which order, and what is done to many messages at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from blogapp import erasing, inbox, messages, sorting
from blogapp.errors import Invalid, Missing
from blogapp.extensions import db
from blogapp.inbox import Choice, Place
from blogapp.messages import Folder
from blogapp.models import Addition, Delivery, DeliveryAttempt, Message

from .conftest import MakeApp, MakeMessage, MakePost

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
WORDS = {"name": "Vera", "email": "vera@example.org", "body": "A project."}

core = pytest.mark.usefixtures("core")


def put(number: int, **values: Any) -> None:
    """Store a message as the table has it, with this number as its id."""
    defaults: dict[str, Any] = {
        "reference": f"{number:04}-{number:04}",
        "token_hash": f"{number:064}",
        "address": "vera@example.org",
        "digest": "",
        "received_at": NOW,
        "folded": "vera\nvera@example.org\na project.",
    }
    row = {"id": number, "folder": "inbox", "unread": False, "spam_reasons": []} | defaults
    db.session.execute(sa.insert(Message).values(row | WORDS | values))


def put_delivery(message_id: int, due_at: datetime | None, delivered_at: datetime | None) -> None:
    values = {"message_id": message_id, "channel": "mail", "occasion": "received"}
    times = {"due_at": due_at, "delivered_at": delivered_at}
    db.session.execute(sa.insert(Delivery).values(values | times))


def listed(choice: Choice | None = None) -> list[int]:
    return [message.id for message in (choice or Choice()).page().messages]


# The list


@core
def test_the_unread_come_first_then_the_newest() -> None:
    for number in range(1, 7):
        put(number, unread=number in {2, 5}, folder="archive" if number == 6 else "inbox")

    assert listed() == [5, 2, 4, 3, 1]
    assert listed(Choice(folder="archive")) == [6]
    assert listed(Choice(folder="")) == [5, 2, 6, 4, 3, 1]


@core
def test_a_state_lists_what_is_in_it() -> None:
    put(1, unread=True)
    put(2, answered_at=NOW)
    put(3, withdrawn_at=NOW, name="", email="", body="", address="", folded="")
    put(4)
    put_delivery(4, due_at=None, delivered_at=None)
    put(5)
    put_delivery(5, due_at=NOW, delivered_at=None)
    put(6, folder="spam")
    put_delivery(2, due_at=None, delivered_at=NOW)

    found = {state: listed(Choice(state=state)) for state in inbox.STATES}
    page = Choice().page()

    assert found == {
        "unread": [1],
        "open": [1, 5, 4],
        "answered": [2],
        "undelivered": [5, 4],
        "withdrawn": [3],
    }
    assert page.states == {state: len(ids) for state, ids in found.items()}
    assert page.folders == {"inbox": 5, "archive": 0, "spam": 1}
    assert page.waiting == {4: False, 5: True}
    assert str(page.seen) == "6-0"


@core
@pytest.mark.parametrize(
    ("text", "found"),
    [
        *(("DJANGO", [1]), ("zagreb django", [1]), ("django nothing", []), ("100%", [2])),
        *(("1_0", []), ("straße", [2]), ("STRASSE", [2]), ("vera@ex", [2, 1])),
        *(("qq23-4567", [1]), ("QQ23 4567", [1]), (" qq234567 ", [1]), ("4567", [1])),
        (r"\ ", []),
    ],
)
def test_words_find_messages_by_all_of_them_and_a_reference_its_own(
    text: str, found: list[int]
) -> None:
    put(1, reference="QQ23-4567", folded="vera\nvera@example.org\na django shop in zagreb")
    put(2, reference="PP23-4568", folded=messages.fold("Vera", "vera@example.org", "100% Straße"))

    assert listed(Choice.parse({"q": text})) == found


@core
def test_the_messages_of_an_article_are_found_and_counted(make_post: MakePost) -> None:
    post = make_post("Hello")
    put(1, post_id=post.id)
    put(2)
    put(3, post_id=post.id, folder="archive")

    page = Choice(post=post.id).page()

    assert [(message.id, message.post_title) for message in page.messages] == [(1, "Hello")]
    assert page.folders == {"inbox": 1, "archive": 1, "spam": 0}


@core
@given(
    st.lists(st.booleans(), max_size=25), st.integers(1, 6), st.sampled_from(["", *inbox.STATES])
)
def test_pages_follow_one_another_without_a_gap_or_a_repeat(
    unread: list[bool], size: int, state: str
) -> None:
    db.session.execute(sa.delete(Message))
    for number, is_unread in enumerate(unread, start=1):
        put(number, unread=is_unread, answered_at=NOW if number % 3 == 0 else None)
    whole = listed(Choice(state=state))

    found: list[int] = []
    choice: Choice | None = Choice(state=state)
    while choice is not None:
        page = choice.page(size)
        found += [message.id for message in page.messages]
        choice = page.next and Choice.parse(page.next.values)

    assert found == whole
    assert sorted(found) == Choice(state=state).ids()


@pytest.mark.parametrize("text", ["", "1", "2-1", "1-", "-1", "1-99999999999", "0-1x", "1-1-1"])
def test_what_is_no_place_is_none(text: str) -> None:
    assert Place.parse(text) is None


def test_a_choice_is_read_as_it_was_written() -> None:
    for choice in (
        Choice(),
        Choice(folder="spam", state="open", post=3, text="a b", after=Place(True, 7)),
        Choice(folder="", address="vera@example.org"),
        Choice(folder="archive", address="vera@example.org"),
    ):
        assert Choice.parse(choice.values) == choice


def test_there_is_no_other_folder() -> None:
    with pytest.raises(Missing):
        Choice.parse({"folder": "attic"})


@core
def test_counting_ends_where_the_number_says_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "MOST", 3)
    for number in range(1, 6):
        put(number, unread=True)

    page = Choice().page()

    assert (page.folders["inbox"], page.states["unread"], inbox.unread()) == (3, 3, 3)
    assert [inbox.shown(number) for number in (0, 2, 3)] == ["0", "2", "2+"]
    assert inbox.shown_unread() == "2+"


@pytest.fixture
def asked(core: None) -> Iterator[list[tuple[str, Any]]]:
    """Every statement with its values."""
    seen: list[tuple[str, Any]] = []

    def listen(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        if not statement.startswith("EXPLAIN"):
            seen.append((statement, values))

    sa.event.listen(db.engine, "before_cursor_execute", listen)
    yield seen
    sa.event.remove(db.engine, "before_cursor_execute", listen)


@pytest.mark.parametrize("after", [None, Place(True, 5)])
@pytest.mark.parametrize("state", ["", *inbox.STATES])
def test_a_page_and_its_counts_walk_indexes_and_sort_nothing(
    asked: list[tuple[str, Any]], state: str, after: Place | None
) -> None:
    Choice(state=state, after=after).page()
    if state in {"", "unread"}:  # of one article the other states are few
        Choice(state=state, after=after, post=1).page()
    inbox.unread()

    steps = []
    for statement, values in list(asked):
        rows = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        steps += [row.detail for row in rows]
    own = [step for step in steps if re.search(r"\bmessages\b", step)]
    assert len(own) >= 10
    walks = "SEARCH messages($| USING ((COVERING )?INDEX ix_messages_|INTEGER PRIMARY KEY))"
    assert [step for step in own if not re.match(walks, step)] == []
    assert not any("ORDER BY" in step for step in steps)


# The same done to many


@core
@pytest.mark.parametrize(
    ("action", "before", "after"),
    [
        ("read", {"unread": True}, {"unread": False}),
        ("unread", {}, {"unread": True}),
        ("answered", {"unread": True}, {"unread": False}),
        ("unanswered", {"answered_at": NOW}, {"answered_at": None}),
        ("archive", {}, {"folder": "archive"}),
        ("restore", {"folder": "archive"}, {"folder": "inbox"}),
        ("spam", {}, {"folder": "spam", "spam_reasons": [messages.BY_HAND]}),
        ("release", {"folder": "spam"}, {"folder": "inbox"}),
    ],
)
def test_an_action_is_done_once_to_each_and_what_is_left_is_told(
    action: str, before: dict[str, Any], after: dict[str, Any]
) -> None:
    for number in (1, 2):
        put(number, **before)

    first = sorting.act(action, [2, 1, 2, 77])
    again = sorting.act(action, [1])

    for message in db.session.scalars(sa.select(Message)):
        assert {name: getattr(message, name) for name in after} == after
    assert (first.done.total(), first.left) == (2, {"deleted meanwhile": ["no. 77"]})
    assert first.sentence().startswith("2 messages ")
    assert again.done.total() == 0
    assert "(" not in again.sentence() and "0001-0001 Vera" in again.sentence()


@core
def test_a_message_that_was_taken_back_is_not_answered_and_spam_not_archived() -> None:
    put(1, withdrawn_at=NOW)
    put(2, folder="spam")

    sorting.act("answered", [1])
    sorting.act("archive", [2])

    assert db.session.get_one(Message, 1).answered_at is None
    assert db.session.get_one(Message, 2).folder == Folder.SPAM


@core
@pytest.mark.parametrize(("action", "ids"), [("burn", [1]), ("read", []), ("read", [0, 2**40])])
def test_what_is_no_action_or_has_no_message_is_refused(action: str, ids: list[int]) -> None:
    with pytest.raises(Invalid):
        sorting.act(action, ids)


@core
def test_many_are_done_in_steps_and_each_step_does_what_is_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sorting, "AT_ONCE", 2)
    for number in range(1, 6):
        put(number, unread=True)

    notes = [sorting.act("read", Choice().ids()).note for _ in range(3)]

    assert inbox.unread() == 0
    assert [bool(note) for note in notes] == [True, True, False]


@core
def test_what_came_after_the_list_was_seen_is_not_among_all_of_it() -> None:
    put(1)
    seen = Choice().page().seen
    put(2)

    assert Choice().ids(until=seen.message) == [1]


@pytest.mark.parametrize("action", ["spam", "release"])
def test_a_hundred_cost_as_many_statements_as_one(make_app: MakeApp, action: str) -> None:
    mail = {"mail_url": "smtp://127.0.0.1", "mail_from": "a@b.example", "mail_to": "c@d.example"}
    with make_app(mail_confirm=True, **mail).app_context():
        for number in range(1, 102):
            folder = "inbox" if action == "spam" else "spam"
            address = f"{number}@example.org"
            put(number, folder=folder, once=f"{number}", email=address, address=address)
            db.session.add(Addition(message_id=number, body="More."))
        db.session.flush()
        asked: list[Any] = []
        sa.event.listen(db.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))

        sorting.act(action, [1])
        one = len(asked)
        sorting.act(action, range(2, 102))

        assert len(asked) <= 2 * one
        told = db.session.scalar(sa.select(sa.func.count(Delivery.id)))
        assert told == (0 if action == "spam" else 101 * 3)


# Erasing


@core
def test_a_deleted_message_goes_with_all_that_belongs_to_it() -> None:
    for number in (1, 2):
        put(number, unread=number == 1)
        put_delivery(number, due_at=NOW, delivered_at=None)
        delivery = db.session.scalars(sa.select(Delivery).filter_by(message_id=number)).one()
        db.session.add(DeliveryAttempt(delivery_id=delivery.id, delivered=False, answer="No."))
        db.session.add(Addition(message_id=number, body="More."))
    db.session.flush()

    content = erasing.content([1])
    number = erasing.delete([1, 1, 99])

    assert (content.messages, content.additions, content.deliveries) == (1, 1, 1)
    assert (content.unread, content.first[0].reference) == (1, "0001-0001")
    assert number == 1
    for table in (Message, Addition, Delivery, DeliveryAttempt):
        assert db.session.scalar(sa.select(sa.func.count()).select_from(table)) == 1, table


@pytest.mark.parametrize(("days", "left"), [(0, [1, 2, 3]), (30, [2, 3]), (1, [3])])
def test_messages_go_after_their_days_wherever_they_are(
    make_app: MakeApp, days: int, left: list[int]
) -> None:
    app: Flask = make_app(messages_kept=days)
    with app.app_context():
        put(1, received_at=NOW - 31 * DAY, folder="archive")
        put(2, received_at=NOW - 30 * DAY, folder="spam", unread=True)
        put(3, received_at=NOW - DAY)

        number = erasing.purge(NOW)

        assert Choice(folder="").ids() == left
        assert number == 3 - len(left)
        goes = erasing.deleted_at(db.session.get_one(Message, 3))
        assert goes == (NOW - DAY + days * DAY if days else None)


def test_what_the_author_has_not_heard_of_stays_and_a_line_begins_the_days_anew(
    make_app: MakeApp,
) -> None:
    mail = {"mail_url": "smtp://127.0.0.1", "mail_from": "a@b.example", "mail_to": "c@d.example"}
    with make_app(messages_kept=30, **mail).app_context():
        for number in range(1, 9):
            put(number, received_at=NOW - 40 * DAY, unread=number in {1, 2})
        put(9, received_at=NOW - DAY)
        db.session.execute(sa.update(Message).where(Message.id == 2).values(withdrawn_at=NOW))
        put_delivery(3, due_at=NOW + DAY, delivered_at=None)
        put_delivery(4, due_at=None, delivered_at=None)
        put_delivery(5, due_at=None, delivered_at=NOW)
        db.session.execute(
            sa.insert(Delivery).values(message_id=6, channel="webhook", occasion="received")
        )
        db.session.add(Addition(message_id=7, body="More.", added_at=NOW - 10 * DAY))
        db.session.add(Addition(message_id=8, body="More.", added_at=NOW - 35 * DAY))
        db.session.flush()

        goes = erasing.deleted_at(db.session.get_one(Message, 7))
        erasing.purge(NOW)

        assert goes == NOW + 20 * DAY
        assert Choice(folder="").ids() == [1, 3, 7, 9]


def test_a_clock_that_is_ahead_of_all_that_was_stored_deletes_nothing(make_app: MakeApp) -> None:
    with make_app(messages_kept=30).app_context():
        put(1, received_at=NOW - 31 * DAY)
        put(2, received_at=NOW)

        ahead = [erasing.purge(NOW + 365 * DAY + DAY / 2 * time) for time in (0, 0.1, 0.9)]
        right = erasing.purge(NOW + 7 * DAY)

        assert (ahead, right, Choice().ids()) == ([0, 0, 0], 1, [2])


def test_where_nothing_happens_messages_go_a_day_later(make_app: MakeApp) -> None:
    with make_app(messages_kept=30).app_context():
        put(1, received_at=NOW)

        assert [erasing.purge(NOW + days * DAY) for days in (30, 31, 32, 33)] == [0, 1, 0, 0]


@core
def test_real_messages_are_listed_with_what_was_added(make_message: MakeMessage) -> None:
    number, _ = make_message(body="A\nproject. " + "x" * 20_000)
    message = messages.get(number)
    messages.add_line(message, "One more thing", key="k", network="192.0.2.99")

    page = Choice(text="one more").page()

    assert page.lines == {number: 1}
    assert len(page.messages[0].excerpt) == 300
