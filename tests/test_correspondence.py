"""Messages that come home with an export: all that happened to them, and nobody is told again."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from blogapp import messages
from blogapp.extensions import db
from blogapp.models import Addition, Delivery, Message, SpamWord
from blogapp.transfer.exporting import archive, correspondence
from blogapp.transfer.exporting.rows import MessageRow
from blogapp.transfer.storing.storing import Outcome

from .conftest import PAST, MakeMessage
from .exported import (
    Exported,
    bring,
    copy,
    dump,
    empty,
    export,
    make_exported,
    of,
    outcomes,
    small,
)

__all__ = ["copy", "empty", "make_exported", "small"]  # fixtures

MOMENT = "2026-03-14T09:00:00+00:00"
REFERENCE = re.compile(r"[2-9CFGHJMPQRVWX]{4}-[2-9CFGHJMPQRVWX]{4}")


def told(app: Flask) -> list[tuple[Any, ...]]:
    """All that there is of messages, but for the ids of their posts."""
    columns = [column for column in Message.__table__.columns if column.name != "post_id"]
    lines = (Addition.message_id, Addition.once, Addition.added_at, Addition.body)
    with app.app_context():
        queries = (sa.select(*columns), sa.select(*lines), sa.select(SpamWord.word))
        return [tuple(row) for query in queries for row in db.session.execute(query)]


def replace_messages(folder: Path, rows: list[dict[str, Any]]) -> None:
    """Let an export have these messages, as version 2 wrote them, and no additions."""
    manifest = json.loads((folder / "blog.json").read_bytes())
    [part] = [part for part in manifest["parts"] if part["kind"] == "messages"]
    file = folder / part["path"]
    file.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    part |= {"sha256": archive.digest(file.read_bytes()), "rows": len(rows)}
    known = {"tags", "images", "posts", "revisions", "previews", "gone", "messages"}
    parts = [part for part in manifest["parts"] if part["kind"] in known]
    (folder / "blog.json").write_text(json.dumps(manifest | {"version": 2, "parts": parts}))


def test_messages_come_back_with_all_that_happened_to_them_and_nobody_is_told(
    small: Exported, empty: Flask
) -> None:
    bring(empty, small.export)

    assert told(empty) == told(small.blog.app)
    assert len(told(empty)) == 5 + 1 + 1
    with empty.app_context():
        assert db.session.scalar(sa.select(Delivery.id).limit(1)) is None


def test_a_second_import_changes_nothing_of_them_and_a_rehearsal_tells_the_same(
    small: Exported, empty: Flask
) -> None:
    names = ("messages-0001.jsonl", "additions-0001.jsonl", "words-0001.jsonl")
    rehearsed = bring(empty, small.export, rehearsal=True)
    nothing = told(empty)

    first = bring(empty, small.export)
    before = told(empty)
    second = bring(empty, small.export)

    assert nothing == []
    for name in names:
        assert of(rehearsed, name).reason == of(first, name).reason, name
    assert outcomes([of(first, name) for name in names]) == {Outcome.ADDED}
    assert outcomes([of(second, name) for name in names]) == {Outcome.UNCHANGED}
    assert told(empty) == before


def test_messages_of_an_older_export_find_their_folders(copy: Path, empty: Flask) -> None:
    words = {"name": "Véra", "email": "Vera@example.org", "body": "Hi", "post": None}
    times = {"received_at": MOMENT}
    put_away = {"id": 3, "token_hash": "a" * 64, "read_at": MOMENT, "archived_at": MOMENT}
    waiting = {"id": 4, "token_hash": "b" * 64, "read_at": None, "archived_at": None}
    replace_messages(copy, [words | times | put_away, words | times | waiting])

    results = bring(empty, copy)

    assert of(results, "messages-0001.jsonl").reason == "messages: 2 added"
    with empty.app_context():
        one, other = db.session.scalars(sa.select(Message).order_by(Message.id))
        assert (one.folder, one.unread) == ("archive", False)
        assert (other.folder, other.unread) == ("inbox", True)
        assert REFERENCE.fullmatch(one.reference) and one.reference != other.reference
        assert (other.address, other.folded) == (
            *("vera@example.org", "véra\nvera@example.org\nhi"),
        )


def test_a_message_of_no_folder_of_ours_is_told_with_its_line(copy: Path, empty: Flask) -> None:
    row = {"id": 3, "token_hash": "a" * 64, "name": "V", "email": "v@x.example", "body": "Hi"}
    row |= {"post": None, "received_at": MOMENT, "read_at": None}
    replace_messages(copy, [row | {"folder": "attic"}, row | {"token_hash": "b" * 64}])

    results = bring(empty, copy)

    [failed] = [result for result in results if result.outcome is Outcome.FAILED]
    assert (failed.line, "no folder “attic”" in failed.reason) == (1, True)
    with empty.app_context():
        assert db.session.scalars(sa.select(Message.token_hash)).all() == ["b" * 64]


def test_a_message_whose_reference_is_taken_here_gets_another(
    small: Exported, empty: Flask
) -> None:
    with small.blog.app.app_context():
        reference = str(db.session.scalar(sa.select(sa.func.min(Message.reference))))
    with empty.app_context():
        here = messages.receive(messages.Request(name="Ada", email="a@b.example", body="Hi."))
        here.reference = reference
        db.session.commit()

    results = bring(empty, small.export)

    assert of(results, "messages-0001.jsonl").outcome is Outcome.ADDED
    with empty.app_context():
        references = db.session.scalars(sa.select(Message.reference)).all()
        assert len(set(references)) == len(references) == 6


def test_messages_that_come_together_share_nothing_and_cost_no_query_each(app: Flask) -> None:
    asked: list[str] = []
    same: dict[str, Any] = {"name": "V", "email": "v@x.example", "body": "Hi", "post": None}
    same |= {"received_at": PAST, "read_at": None, "reference": "2222-2222", "once": "a" * 64}
    rows = [MessageRow(id=n, token_hash=f"{n:064}", **same) for n in range(1, 31)]
    with app.app_context():
        sa.event.listen(db.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
        free = iter(f"{number:04}-0000" for number in range(1000, 1100))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(messages, "free_reference", lambda: next(free))
            correspondence.messages_of(rows)
        found = db.session.execute(sa.select(Message.reference, Message.once)).all()

    assert len({reference for reference, _ in found}) == 30
    assert [once for _, once in found if once] == ["a" * 64]
    assert len(asked) < 15


def test_words_that_were_taken_back_since_do_not_come_back(
    app: Flask, make_message: MakeMessage, tmp_path: Path
) -> None:
    number, _ = make_message(body="Secret")
    with app.app_context():
        messages.add_line(messages.get(number), "Secret", key="k", network="192.0.2.77")
        db.session.commit()
    export(app, tmp_path / "export")
    with app.app_context():
        messages.withdraw(messages.get(number))
        db.session.commit()

    results = bring(app, tmp_path / "export")

    assert of(results, "additions-0001.jsonl").outcome is Outcome.UNCHANGED
    assert not any("Secret" in line for line in dump(app))
