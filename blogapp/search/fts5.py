"""The index on SQLite: an FTS5 table (sqlite.org/fts5.html) of tokens that are cut in Python.

Its rows are in the order of publication, the newest first: a row's number is the place of a post
(``places.py``) with all its bits turned round. So the newest that have a word are the beginning of
the word's list, and reading stops as soon as enough are found. FTS5 reads its lists forwards twice
as fast as backwards. ``search_places`` tells where a post is.

What stands in title, tags or description begins with the sign of its column, so that each has
words of its own. With FTS5's column filters a search in the titles would read all texts that
have the word.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache

import sqlalchemy as sa

from ..extensions import db
from ..prepared import Prepared, given
from . import entries, places, words
from .entries import COLUMNS, EVERY, Entry, label
from .query import Query, Row, Term, Wanted

PAGES = 1000  # of the index that are merged while writers wait: some 4 MB

# Of private use, as the sign of labels is: no text has a token that begins with one.
_SIGNS = {"title": "\ue001", "tags": "\ue002", "description": "\ue003", "body": ""}
# FTS5 notes the column of each word but those of the first, so that is the longest.
_STORED = ("body", "title", "tags", "description")
# A prefix of two letters behind a sign is one of three.
_CREATE = (
    f"CREATE VIRTUAL TABLE search USING fts5({', '.join(_STORED)},"
    f""" tokenize = "ascii tokenchars '{words.SIGNS}'", prefix = '2 3')"""
)
_CREATE_WORDS = "CREATE VIRTUAL TABLE search_words USING fts5vocab(search, row)"
_CREATE_PLACES = "CREATE TABLE search_places (post_id INTEGER PRIMARY KEY, place INTEGER NOT NULL)"
# FTS5 knows its words, but to read one it counts all posts that have it.
_CREATE_SPELLING = (
    "CREATE TABLE search_spelling (length INTEGER NOT NULL, word TEXT NOT NULL,"
    " PRIMARY KEY (length, word)) WITHOUT ROWID"
)
# FTS5 keeps its data in tables of these names (sqlite.org/fts5.html, 9).
_SHADOWS = ("search_data", "search_idx", "search_content", "search_docsize", "search_config")
_OWN = ("search_words", "search_places", "search_spelling")
_DAMAGED = {sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT}  # not: locked, full, read only

_SEARCH = sa.table(
    "search",
    sa.column("rowid", sa.BigInteger),
    sa.column("search", sa.Text),
    *(sa.column(name, sa.Text) for name in _STORED),
)
_PLACES = sa.table(
    "search_places", sa.column("post_id", sa.Integer), sa.column("place", sa.BigInteger)
)
_SPELLING = sa.table(
    "search_spelling", sa.column("length", sa.Integer), sa.column("word", sa.Text)
)
# Text: of a statement of its own, SQLAlchemy would look through each row of a thousand.
_STORE = "INSERT INTO search (rowid, body, title, tags, description) VALUES (?, ?, ?, ?, ?)"
_PLACE = "INSERT INTO search_places (post_id, place) VALUES (?, ?)"
_FOUND = Prepared(
    sa.select(_SEARCH.c.rowid)
    .where(
        _SEARCH.c.search.op("MATCH")(given("asked", sa.Text)),
        _SEARCH.c.rowid.between(given("first", sa.BigInteger), given("last", sa.BigInteger)),
    )
    .order_by(_SEARCH.c.rowid)
    .limit(given("most", sa.Integer))
)
_COUNT = (
    "SELECT count(*) FROM (SELECT 1 FROM search WHERE search MATCH ? AND rowid BETWEEN ? AND ?"
    " LIMIT ?)"
)


def wait() -> None:
    """Nothing is needed: here, whoever has written anything is the only one who writes."""


def store(found: Sequence[Entry]) -> None:
    """Put entries in the place of what the index has of these posts."""
    if not found:
        return
    remove([entry.id for entry in found])
    # FTS5 writes what it has gathered whenever a row comes before the last one.
    ordered = sorted(found, key=lambda entry: ~entry.place)
    connection = db.session.connection()
    connection.exec_driver_sql(_STORE, [_row_of(entry) for entry in ordered])
    connection.exec_driver_sql(_PLACE, [(entry.id, entry.place) for entry in ordered])
    _learn(entries.spelled(found))


def remove(ids: Iterable[int]) -> None:
    """Take these posts out."""
    gone = list(ids)
    where = sa.select(_PLACES.c.place).where(_PLACES.c.post_id.in_(gone))
    rows = [{"gone": ~place} for place in db.session.scalars(where)]
    if rows:
        chosen = sa.delete(_SEARCH).where(_SEARCH.c.rowid == sa.bindparam("gone"))
        db.session.connection().execute(chosen, rows)
        db.session.execute(sa.delete(_PLACES).where(_PLACES.c.post_id.in_(gone)))


def ids() -> sa.Select[int]:
    """Select the ids of all posts in the index."""
    return sa.select(_SEARCH.c.rowid.bitwise_not().op("&")(places.ID))


def entry(post_id: int) -> Entry | None:
    """Read what the index has of a post."""
    query = sa.select(_PLACES.c.place, *(_SEARCH.c[name] for name in COLUMNS))
    query = query.join(_SEARCH, _SEARCH.c.rowid == _PLACES.c.place.bitwise_not())
    row = db.session.execute(query.where(_PLACES.c.post_id == post_id)).first()
    if row is None:
        return None
    tokens = {name: _unsigned(name, getattr(row, name)) for name in COLUMNS}
    return Entry(id=post_id, place=row.place, **tokens)


def find(
    query: Query,
    *,
    columns: Sequence[str] = COLUMNS,
    tags: Iterable[str] = (),
    without: Iterable[str] = (),
    but: Iterable[Wanted] = (),
    within: range,
    most: int,
) -> list[int]:
    """List the places *within* which *columns* have all that is wanted: the last *most*, reversed.

    What is not wanted must be in no column. What has all of one of *but* is left out.
    """
    parts = [_term(term, columns) for term in query.wanted]
    parts += [_tag(name) for name in tags]
    refused = [_term(term, COLUMNS) for term in query.unwanted] + [_tag(name) for name in without]
    refused += [_all(each) for each in but]
    expression = " AND ".join(parts or [_phrase("tags", [EVERY])])
    if refused:
        expression = f"({expression}) NOT ({' OR '.join(refused)})"
    first, last = _numbers(within)
    rows = _FOUND.all(asked=expression, first=first, last=last, most=most)
    return [~row[0] for row in rows]


def count(found: Sequence[str], within: range, most: int) -> list[int]:
    """Count the posts *within* these places that have each word, up to *most* of them."""
    counts = " UNION ALL ".join([_COUNT] * len(found))
    asked = [
        value for word in found for value in (_row(Row((word,)), COLUMNS), *_numbers(within), most)
    ]
    return list(db.session.connection().exec_driver_sql(counts, tuple(asked)).scalars())


def words_like(beginning: str, lengths: Sequence[int], most: int) -> list[str]:
    """List the first *most* words of these *lengths*, in their order, that begin so.

    Perhaps no post has them.
    """
    after = beginning[:-1] + chr(ord(beginning[-1]) + 1)
    asked = {"beginning": beginning, "after": after, "most": most}
    chosen = {f"length{at}": length for at, length in enumerate(lengths)}
    [[found]] = _like(len(chosen)).all(**asked, **chosen)
    return found.split() if found else []


@cache
def _like(lengths: int) -> Prepared:
    """Prepare to read words of so many lengths: in one row, which is passed on much faster."""
    words_of = sa.select(_SPELLING.c.word).where(
        _SPELLING.c.word >= given("beginning", sa.Text),
        _SPELLING.c.word < given("after", sa.Text),
    )
    each = (
        words_of.where(_SPELLING.c.length == given(f"length{at}", sa.Integer))
        for at in range(lengths)
    )
    # One is read after the other: a sort would read them all.
    found = sa.union_all(*each).limit(given("most", sa.Integer)).subquery()
    return Prepared(sa.select(sa.func.group_concat(found.c.word, " ")))


def problem() -> str | None:
    """Tell why the index cannot be trusted, or ``None``.

    FTS5 compares the index with the tokens that it was made of (sqlite.org/fts5.html, 6.4).
    Nothing is changed, but writers wait: some seconds for ten thousand posts.
    """
    try:
        with db.engine.connect() as connection:
            connection.exec_driver_sql("INSERT INTO search(search) VALUES('integrity-check')")
            return _unlike(connection)
    except sa.exc.DatabaseError as error:
        if isinstance(error.orig, sqlite3.Error) and _primary_code(error.orig) in _DAMAGED:
            return str(error.orig)
        raise


def mend() -> None:
    """Make the tables anew if they cannot be trusted; the index is empty then."""
    if problem():
        make()


def make() -> None:
    """Make the tables in the place of what is left of them; the index is empty then."""
    connection = db.session.connection()
    # DROP TABLE opens the table that it drops, which fails if that is damaged.
    connection.exec_driver_sql("PRAGMA writable_schema=ON")
    connection.exec_driver_sql("DELETE FROM sqlite_master WHERE name = 'search'")
    connection.exec_driver_sql("PRAGMA writable_schema=RESET")
    for table in (*_SHADOWS, *_OWN):
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {table}")
    for create in (_CREATE, _CREATE_WORDS, _CREATE_PLACES, _CREATE_SPELLING):
        connection.exec_driver_sql(create)


def merge() -> Iterator[None]:
    """Merge the index into one piece, which is the fastest to search.

    A negative number begins what FTS5 calls "optimize", and positive ones go on with it until
    there is nothing left to do (sqlite.org/fts5.html, 6.8): writers need not wait for all of it.
    """
    pages = -PAGES
    while _merge(pages):
        yield
        pages = PAGES


def tidy() -> Iterator[None]:
    """Merge the index, and forget old words."""
    yield from merge()
    yield
    connection = db.session.connection()
    known = _spelled(connection)
    connection.exec_driver_sql("DELETE FROM search_spelling")
    _learn(known)


def take_turn() -> None:
    """Let nobody else write until the commit: what is read now is what stays."""
    db.session.connection().exec_driver_sql("BEGIN IMMEDIATE")


@contextmanager
def snapshot() -> Iterator[None]:
    """See the database as it is at this moment."""
    db.session.connection().exec_driver_sql("BEGIN")
    try:
        yield
    finally:
        db.session.rollback()


def _merge(pages: int) -> bool:
    """Merge some *pages* of the index; tells whether there was anything to do."""
    before = _changes()
    db.session.connection().exec_driver_sql(
        "INSERT INTO search(search, rank) VALUES('merge', ?)", (pages,)
    )
    return _changes() - before >= 2


def _changes() -> int:
    return db.session.scalar(sa.select(sa.func.total_changes())) or 0


def _primary_code(error: sqlite3.Error) -> int:
    return error.sqlite_errorcode & 0xFF  # sqlite.org/rescode.html, 2


def _unlike(connection: sa.Connection) -> str | None:
    """Tell in what the tables beside the index are not like it, or ``None``."""
    rows = "SELECT ~rowid FROM search EXCEPT SELECT place FROM search_places LIMIT 1"
    if connection.exec_driver_sql(rows).first():  # those that lack a row are told one by one
        return "it has rows of which nobody knows"
    known = set(connection.exec_driver_sql("SELECT word FROM search_spelling").scalars())
    unknown = len(_spelled(connection) - known)
    return f"words that are no spelling: {unknown}" if unknown else None


def _spelled(connection: sa.Connection) -> set[str]:
    """Read from the index which words there are that others can be a misspelling of."""
    terms = connection.exec_driver_sql("SELECT term FROM search_words").scalars()
    return entries.spellable(term.lstrip("".join(_SIGNS.values())) for term in terms)


def _learn(found: Iterable[str]) -> None:
    """Keep words, in the order in which they are stored."""
    ordered = json.dumps(sorted(sorted(found), key=len))
    query = "INSERT OR IGNORE INTO search_spelling SELECT length(value), value FROM json_each(?)"
    db.session.connection().exec_driver_sql(query, (ordered,))


def _numbers(within: range) -> tuple[int, int]:
    """Number the first and the last row of these places."""
    return ~(within.stop - 1), ~within.start


def _row_of(entry: Entry) -> tuple[object, ...]:
    return (~entry.place, *(_signed(name, getattr(entry, name)) for name in _STORED))


def _signed(column: str, tokens: str) -> str:
    sign = _SIGNS[column]
    return " ".join([sign + token for token in tokens.split()]) if sign else tokens


def _unsigned(column: str, tokens: str) -> str:
    return tokens.replace(_SIGNS[column], "") if _SIGNS[column] else tokens


def _tag(name: str) -> str:
    return _phrase("tags", [label(name)])


def _all(wanted: Wanted) -> str:
    return "(" + " AND ".join(_term(term, wanted.columns) for term in wanted.query.wanted) + ")"


def _term(term: Term, columns: Sequence[str]) -> str:
    return "(" + " AND ".join(_row(row, columns) for row in term.rows) + ")"


def _row(row: Row, columns: Sequence[str]) -> str:
    """Write that one of *columns* has the tokens of *row*, together."""
    star = "*" if row.is_prefix else ""
    return "(" + " OR ".join(_phrase(column, row.tokens) + star for column in columns) + ")"


def _phrase(column: str, tokens: Sequence[str]) -> str:
    """Quote tokens in a row (sqlite.org/fts5.html, 3.1): nothing in them is an operator then."""
    text = " ".join(_SIGNS[column] + token for token in tokens)
    return '"' + text.replace('"', '""') + '"'
