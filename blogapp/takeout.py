"""Takeout: messages as a table (CSV) or as documents (JSON), for other programs and for people.

What visitors wrote reaches spreadsheets here, and those take what looks like a formula for one
(OWASP, "CSV Injection"): the table has a mark before it. The documents have every word as it is.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa

from . import urls
from .extensions import db
from .models import Addition, Delivery, DeliveryAttempt, Message, Post

COLUMNS = (
    *("reference", "folder", "received", "read", "answered", "taken back", "name", "e-mail"),
    *("article", "text", "added later", "looked like spam"),
)
MARK = "'"  # makes a cell text for Excel and LibreOffice
_SOME = 100  # messages in memory
# A formula begins with one of these, or with what programs take for one of these.
_FORMULA = "=+-@＝＋－＠﹦﹢﹣﹫⁼⁺⁻₌₊₋"
# A reader that knows other separators, or no quotes, begins a cell behind each of these.
_BETWEEN = re.compile(r"([,;|\t\r\n\v\f\x1c-\x1e\x85\u2028\u2029])")
_BEFORE = re.compile(r"[\s\"\x00-\x1f\x7f-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]*")

Document = dict[str, Any]


def csv_of(ids: Sequence[int]) -> Iterator[str]:
    """Write messages as a table: RFC 4180, with a byte order mark, for Excel."""
    yield f"\ufeff{_line(COLUMNS)}"
    for document in documents(ids):
        yield _line(_cells(document))


def json_of(ids: Sequence[int]) -> Iterator[str]:
    """Write messages as one list of documents (RFC 8259); one that broke off is no JSON."""
    before = "[\n"
    for document in documents(ids):
        yield before + json.dumps(document, ensure_ascii=False)
        before = ",\n"
    yield "\n]\n" if ids and before != "[\n" else "[]\n"


def documents(ids: Sequence[int]) -> Iterator[Document]:
    """Read all that there is about messages, some at a time; what is deleted meanwhile is not."""
    for at in range(0, len(ids), _SOME):
        yield from _read(ids[at : at + _SOME])


def cell(text: str) -> str:
    """Write a text so that it starts no formula, wherever a program has a cell begin in it."""
    guarded = "".join(_guarded(piece) for piece in _BETWEEN.split(text))
    return f"{MARK}{guarded}" if _BETWEEN.match(guarded) else guarded


def _guarded(piece: str) -> str:
    first = _BEFORE.match(piece)
    start = first.end() if first else 0
    return f"{MARK}{piece}" if piece[start : start + 1] in set(_FORMULA) else piece


def _line(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow(map(cell, cells))
    return line.getvalue()


def _cells(document: Document) -> list[str]:
    article = document["article"]
    added = (f"{line['added_at']}: {line['body']}" for line in document["additions"])
    return [
        document["reference"],
        document["folder"],
        *(document[f"{name}_at"] or "" for name in ("received", "read", "answered", "withdrawn")),
        document["name"],
        document["email"],
        f"{article['title']} {article['url']}" if article else "",
        document["body"],
        "\n\n".join(added),
        " ".join(document["spam_reasons"]),
    ]


def _read(ids: Sequence[int]) -> Iterator[Document]:
    query = sa.select(Message.__table__, Post.title.label("title"), Post.slug.label("slug"))
    query = query.select_from(Message).outerjoin(Post, Post.id == Message.post_id)
    found = db.session.execute(query.where(Message.id.in_(ids)).order_by(Message.id)).all()
    additions, deliveries = _additions(ids), _deliveries(ids)
    for row in found:
        article = {"title": row.title, "url": urls.absolute(f"/blog/{quote(row.slug or '')}")}
        yield {
            "reference": row.reference,
            "folder": row.folder,
            "unread": row.unread,
            "received_at": _moment(row.received_at),
            "read_at": _moment(row.read_at),
            "answered_at": _moment(row.answered_at),
            "withdrawn_at": _moment(row.withdrawn_at),
            "name": row.name,
            "email": row.email,
            "article": article if row.slug else None,
            "body": row.body,
            "additions": additions[row.id],
            "spam_reasons": row.spam_reasons,
            "deliveries": deliveries[row.id],
        }


def _additions(ids: Sequence[int]) -> dict[int, list[Document]]:
    query = sa.select(Addition.message_id, Addition.added_at, Addition.body)
    query = query.where(Addition.message_id.in_(ids)).order_by(Addition.id)
    found = defaultdict[int, list[Document]](list)
    for id_, added_at, body in db.session.execute(query):
        found[id_].append({"added_at": _moment(added_at), "body": body})
    return found


def _deliveries(ids: Sequence[int]) -> dict[int, list[Document]]:
    own = sa.select(Delivery.id).where(Delivery.message_id.in_(ids))
    attempts = defaultdict[int, list[Document]](list)
    query = sa.select(DeliveryAttempt.__table__).where(DeliveryAttempt.delivery_id.in_(own))
    for row in db.session.execute(query.order_by(DeliveryAttempt.id)):
        said = {"at": _moment(row.at), "delivered": row.delivered, "answer": row.answer}
        attempts[row.delivery_id].append(said)
    found = defaultdict[int, list[Document]](list)
    every = sa.select(Delivery.__table__).where(Delivery.message_id.in_(ids))
    for row in db.session.execute(every.order_by(Delivery.id)):
        found[row.message_id].append(
            {
                "channel": row.channel,
                "occasion": row.occasion,
                "created_at": _moment(row.created_at),
                "delivered_at": _moment(row.delivered_at),
                "attempts": attempts[row.id],
            }
        )
    return found


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None
