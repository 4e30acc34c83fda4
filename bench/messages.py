"""What the first page of the inbox costs with few messages and with many.

`python -m bench.messages` makes two inboxes and fetches the same number of rows of each, in turns,
with all the numbers beside them. Exits with 1 if the goal is missed.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade

from blogapp import config, create_app
from blogapp.extensions import db
from blogapp.inbox import Choice
from blogapp.models import Addition, Delivery, Message

FEW, MANY = 10, 10_000  # messages
MOST_GROWTH = 1.5
ROUNDS = 200

_FIRST = datetime(2020, 1, 1, tzinfo=UTC)
_AT_ONCE = 1000  # messages
_LISTS = {
    "inbox": Choice(),
    "unread": Choice(state="unread"),
    "open": Choice(state="open"),
}


@click.command()
@click.option("--messages", default=MANY, show_default=True, help="In the larger inbox.")
def main(messages: int) -> None:
    """Compare the first pages of a small inbox and a large one; milliseconds of the processor."""
    with tempfile.TemporaryDirectory() as place:
        apps = [_made(Path(place, str(number)), number) for number in (FEW, messages)]
        click.echo(f"{'':<8} {FEW:>9,} {messages:>9,} messages")
        growths = [_compared(title, choice, apps) for title, choice in _LISTS.items()]
        for app in apps:
            with app.app_context():
                db.engine.dispose()
    click.echo(f"goal: {messages:,} messages cost at most {MOST_GROWTH} × as much as {FEW}")
    sys.exit(max(growths) > MOST_GROWTH)


def _made(folder: Path, number: int) -> Flask:
    app = create_app(config.Settings(instance=folder))
    with app.app_context():
        upgrade()
        rows = list(_rows(number))
        for at in range(0, number, _AT_ONCE):
            some = rows[at : at + _AT_ONCE]
            db.session.execute(sa.insert(Message), some)
            db.session.execute(sa.insert(Delivery), [_delivered(row) for row in some])
        db.session.execute(sa.insert(Addition), [_added(row) for row in rows[::10]])
        db.session.commit()
    return app


def _rows(number: int) -> Iterator[dict[str, Any]]:
    """Messages of years; of many, most are in the archive or in spam, and all but few answered."""
    for id_ in range(1, number + 1):
        is_new = number - id_ < max(FEW, number // 20)
        folder = "inbox" if is_new or id_ % 4 == 0 else "spam" if id_ % 4 == 1 else "archive"
        body = f"A request, number {id_}. " + "We need help with a project of ours. " * 20
        words = {
            "name": f"Visitor {id_}",
            "email": f"visitor{id_ % 997}@example.org",
            "body": body,
        }
        at = _FIRST + timedelta(minutes=id_)
        yield words | {
            **{"id": id_, "reference": f"{id_:09}", "token_hash": f"{id_:064}", "once": None},
            **{"folder": folder, "unread": is_new, "spam_reasons": [], "digest": f"{id_:064}"},
            **{"address": words["email"], "received_at": at, "folded": body.casefold()},
            "answered_at": None if is_new else at + timedelta(hours=1),
        }


def _delivered(row: dict[str, Any]) -> dict[str, Any]:
    told = {"channel": "mail", "occasion": "received", "due_at": None}
    return told | {"message_id": row["id"], "delivered_at": row["received_at"]}


def _added(row: dict[str, Any]) -> dict[str, Any]:
    return {"message_id": row["id"], "body": "One more thing.", "added_at": row["received_at"]}


def _compared(title: str, choice: Choice, apps: Sequence[Flask]) -> float:
    """Fetch a list of both inboxes in turns, so that a noisy moment meets both; its growth."""
    times: list[list[float]] = [[] for _ in apps]
    for _ in range(ROUNDS):
        for app, taken in zip(apps, times, strict=True):
            taken.append(_timed(app, choice))
    few, many = (statistics.median(taken) for taken in times)
    click.echo(f"{title:<8} {few:6.2f} ms {many:6.2f} ms {many / few:6.2f} ×")
    return many / few


def _timed(app: Flask, choice: Choice) -> float:
    """Fetch a page with a session of its own, as a request has; milliseconds."""
    with app.app_context():
        begin = time.process_time()
        page = choice.page(FEW)
        taken = (time.process_time() - begin) * 1000
        assert len(page.messages) == FEW
    return taken


if __name__ == "__main__":
    main(prog_name="python -m bench.messages")
