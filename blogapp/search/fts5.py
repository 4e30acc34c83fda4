"""The index on SQLite: an FTS5 table (sqlite.org/fts5.html) of tokens that are cut in Python."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

import sqlalchemy as sa

from ..extensions import db
from . import words
from .entries import COLUMNS, Entry, label
from .query import Query, Row, Term

PAGES = 1000  # of the index that are merged while writers wait: some 4 MB

_CREATE = (
    f"CREATE VIRTUAL TABLE search USING fts5({', '.join(COLUMNS)},"
    f""" tokenize = "ascii tokenchars '{words.SIGNS}'", prefix = '2 3')"""
)
_CREATE_WORDS = "CREATE VIRTUAL TABLE search_words USING fts5vocab(search, row)"
# FTS5 keeps its data in tables of these names (sqlite.org/fts5.html, 9).
_SHADOWS = ("search_data", "search_idx", "search_content", "search_docsize", "search_config")
_DAMAGED = {sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT}  # not: locked, full, read only

_SEARCH = sa.table(
    "search",
    sa.column("rowid", sa.Integer),
    sa.column("search", sa.Text),
    *(sa.column(name, sa.Text) for name in COLUMNS),
)
_WORDS = sa.table("search_words", sa.column("term", sa.Text), sa.column("doc", sa.Integer))


def store(entries: Sequence[Entry]) -> None:
    """Put *entries* in the place of what the index has of these posts."""
    if not entries:
        return
    remove([entry.id for entry in entries])
    rows = [{"rowid": entry.id, **entry.columns()} for entry in entries]
    db.session.execute(sa.insert(_SEARCH), rows)


def remove(ids: Iterable[int]) -> None:
    """Take these posts out."""
    chosen = sa.delete(_SEARCH).where(_SEARCH.c.rowid == sa.bindparam("gone"))
    rows = [{"gone": post_id} for post_id in ids]
    if rows:
        db.session.connection().execute(chosen, rows)


def ids() -> sa.Select[int]:
    """Select the ids of all posts in the index."""
    return sa.select(_SEARCH.c.rowid)


def entry(post_id: int) -> Entry | None:
    """Read what the index has of a post."""
    query = sa.select(_SEARCH.c.rowid, *(_SEARCH.c[name] for name in COLUMNS))
    row = db.session.execute(query.where(_SEARCH.c.rowid == post_id)).first()
    return Entry(*row) if row else None


def matching(
    query: Query, *, columns: Sequence[str], tags: Iterable[str], without: Iterable[str], most: int
) -> sa.Select[int]:
    """Select the ids of posts whose *columns* have all that is wanted: the last *most* of them."""
    wanted = " AND ".join(_term(term) for term in query.wanted)
    parts = [f"{{{' '.join(columns)}}} : ({wanted})"]
    parts += [f"tags : {_string([label(tag)])}" for tag in tags]
    refused = [_term(term) for term in query.unwanted]
    refused += [f"tags : {_string([label(tag)])}" for tag in without]
    expression = " AND ".join(f"({part})" for part in parts)
    if refused:
        expression = f"({expression}) NOT ({' OR '.join(refused)})"
    return _matches(expression).order_by(_SEARCH.c.rowid.desc()).limit(most)


def having(terms: Iterable[Term]) -> sa.Select[int]:
    """Select the ids of the posts that have any of *terms*."""
    return _matches(" OR ".join(_term(term) for term in terms))


def words_like(initial: str, lengths: range) -> dict[str, int]:
    """Count the posts that have each word that begins with this character."""
    length = sa.func.length(_WORDS.c.term)
    query = sa.select(_WORDS.c.term, _WORDS.c.doc).where(
        _WORDS.c.term >= initial,
        _WORDS.c.term < chr(ord(initial) + 1),
        length >= lengths.start,
        length < lengths.stop,
    )
    return {row.term: row.doc for row in db.session.execute(query)}


def problem() -> str | None:
    """Tell why the index cannot be trusted, or ``None``.

    FTS5 compares the index with the tokens that it was made of (sqlite.org/fts5.html, 6.4).
    Nothing is changed, but writers wait: some seconds for ten thousand posts.
    """
    try:
        with db.engine.connect() as connection:
            connection.exec_driver_sql("INSERT INTO search(search) VALUES('integrity-check')")
            connection.exec_driver_sql("SELECT term FROM search_words LIMIT 1")
    except sa.exc.DatabaseError as error:
        if isinstance(error.orig, sqlite3.Error) and _primary_code(error.orig) in _DAMAGED:
            return str(error.orig)
        raise
    return None


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
    for table in (*_SHADOWS, "search_words"):
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {table}")
    connection.exec_driver_sql(_CREATE)
    connection.exec_driver_sql(_CREATE_WORDS)


def tidy() -> Iterator[None]:
    """Merge the index into one piece, which is the fastest to search.

    A negative number begins what FTS5 calls "optimize", and positive ones go on with it until
    there is nothing left to do (sqlite.org/fts5.html, 6.8): writers need not wait for all of it.
    """
    pages = -PAGES
    while _merge(pages):
        yield
        pages = PAGES


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


def _matches(expression: str) -> sa.Select[int]:
    return sa.select(_SEARCH.c.rowid).where(_SEARCH.c.search.op("MATCH")(expression))


def _term(term: Term) -> str:
    return "(" + " AND ".join(_row(row) for row in term.rows) + ")"


def _row(row: Row) -> str:
    return _string(row.tokens) + ("*" if row.is_prefix else "")


def _string(tokens: Sequence[str]) -> str:
    """Quote tokens in a row (sqlite.org/fts5.html, 3.1): nothing in them is an operator then."""
    return '"' + " ".join(tokens).replace('"', '""') + '"'
