"""The index on PostgreSQL: the tokens that are cut in Python, in a GIN index of a tsvector.

A lexeme is a column's letter and a token: ``Dcache`` is the text's ``cache``. So the index alone
tells who has a word, and in which column. PostgreSQL's own weights and ``<->`` would make it read
the tsvector of each article that has the words, and know only the first positions of a text
(postgresql.org/docs/current/textsearch-limitations.html). What must stand in a row is looked for
in the tokens of the articles that have them all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from ..extensions import db
from . import entries, words
from .entries import COLUMNS, EVERY, Entry, label
from .query import Query, Row, Term, Wanted

_LETTERS = dict(zip(COLUMNS, "ABCD", strict=True))
_LONGEST = words.MAX_LENGTH + 1  # characters: a longer token finds nothing either
_READ_AT_ONCE = 100  # entries
_MOST_BYTES = 1_000_000  # of the lexemes of a post; PostgreSQL takes 2**20 - 1

_SEARCH = sa.table(
    "search",
    sa.column("post_id", sa.Integer),
    *(sa.column(name, sa.Text) for name in COLUMNS),
    sa.column("place", sa.BigInteger),
    sa.column("document", postgresql.TSVECTOR),
)
_WORDS = sa.table("search_words", sa.column("word", sa.Text), sa.column("posts", sa.Integer))
_TOKENS = [_SEARCH.c.post_id, *(_SEARCH.c[name] for name in COLUMNS), _SEARCH.c.place]


def wait() -> None:
    """Wait until nobody else writes to the index, and keep it until the commit.

    As with SQLite, one transaction at a time writes: else two that count the same words in
    another order would wait for each other.
    """
    turn = sa.cast(sa.cast(_WORDS.name, postgresql.REGCLASS), sa.BigInteger)
    db.session.execute(sa.select(sa.func.pg_advisory_xact_lock(turn)))


def store(found: Sequence[Entry]) -> None:
    """Put entries in the place of what the index has of these posts."""
    if not found:
        return
    before = _take_out([entry.id for entry in found])
    rows = [
        {
            "post_id": entry.id,
            **entry.columns(),
            "place": entry.place,
            "lexemes": document(entry),
        }
        for entry in found
    ]
    lexemes = sa.cast(sa.bindparam("lexemes", type_=sa.Text), postgresql.TSVECTOR)
    db.session.connection().execute(sa.insert(_SEARCH).values(document=lexemes), rows)
    _count(found, before)


def remove(ids: Iterable[int]) -> None:
    """Take these posts out."""
    _count([], _take_out(list(ids)))


def ids() -> sa.Select[int]:
    """Select the ids of all posts in the index."""
    return sa.select(_SEARCH.c.post_id)


def entry(post_id: int) -> Entry | None:
    """Read what the index has of a post."""
    row = db.session.execute(sa.select(*_TOKENS).where(_SEARCH.c.post_id == post_id)).first()
    return Entry(*row) if row else None


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
    others = list(but)
    refused = [~_is_written(term) for term in query.unwanted if _has_row(term)]
    refused += [~_is_all_written(each) for each in others if _has_rows(each)]
    here = _SEARCH.c.place.between(within.start, within.stop - 1)
    lexemes = [asked(query, columns=columns, tags=tags, without=without)]
    lexemes += [f"!({_all(each)})" for each in others if not _has_rows(each)]
    found = sa.select(_SEARCH.c.place).where(
        _has(" & ".join(lexemes)), here, *_in_rows(Wanted(query, columns)), *refused
    )
    return list(db.session.scalars(found.order_by(_SEARCH.c.place.desc()).limit(most)))


def count(found: Sequence[str], within: range, most: int) -> list[int]:
    """Count the posts *within* these places that have each word, up to *most* of them."""
    here = _SEARCH.c.place.between(within.start, within.stop - 1)

    def number(word: str) -> sa.ScalarSelect[int]:
        some = sa.select(sa.literal(1)).where(_has(_row(Row((word,)), COLUMNS)), here).limit(most)
        return sa.select(sa.func.count()).select_from(some.subquery()).scalar_subquery()

    return list(db.session.execute(sa.select(*map(number, found))).one())


def words_like(beginning: str, lengths: Sequence[int], most: int) -> list[str]:
    """List the first *most* words of these *lengths*, in their order, that begin so.

    Perhaps no post has them.
    """
    length = sa.func.length(_WORDS.c.word)
    query = sa.select(_WORDS.c.word).where(
        _WORDS.c.word >= beginning,
        _WORDS.c.word < beginning[:-1] + chr(ord(beginning[-1]) + 1),
        length.in_(lengths),
        _WORDS.c.posts > 0,
    )
    order = sa.case({each: at for at, each in enumerate(lengths)}, value=length)
    return list(db.session.scalars(query.order_by(order, _WORDS.c.word).limit(most)))


def problem() -> str | None:
    """Tell whether words are counted wrong. Nobody waits, but it reads the whole index."""
    with db.engine.connect() as connection:
        connection.execution_options(isolation_level="REPEATABLE READ")
        wrong = len(_miscounted(connection))
    return f"wrong counts of words: {wrong}" if wrong else None


def mend() -> None:
    """Nothing is in the way of storing: PostgreSQL looks after its own index."""


def merge() -> Iterator[None]:
    """Nothing is needed: PostgreSQL's own upkeep merges what is new into the index."""
    yield from ()


def tidy() -> Iterator[None]:
    """Count the words again: a post that is deleted takes its entry with it, but no counts.

    One step, for which those who save a post wait: some seconds for ten thousand posts.
    """
    wait()
    _add(_miscounted(db.session.connection()))
    db.session.execute(sa.delete(_WORDS).where(_WORDS.c.posts <= 0))
    yield from ()


def take_turn() -> None:
    """Nothing is needed: here, posts are locked when they are read for that.

    Whoever saves has locked the post before it waits for the index, here as everywhere. To have
    the index first, and wait for a post, would be to wait for each other.
    """


@contextmanager
def snapshot() -> Iterator[None]:
    """See the database as it is at this moment."""
    db.session.rollback()  # only a new transaction takes another level
    db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    try:
        yield
    finally:
        db.session.rollback()


def asked(
    query: Query, *, columns: Sequence[str], tags: Iterable[str] = (), without: Iterable[str] = ()
) -> str:
    """Write a search as a tsquery; who has it may still lack what must stand in a row."""
    lexemes = [_term(term, columns) for term in query.wanted]
    lexemes += [_lexeme("tags", label(tag)) for tag in tags]
    lexemes = lexemes or [_lexeme("tags", EVERY)]
    lexemes += [f"!{_lexeme('tags', label(tag))}" for tag in without]
    lexemes += [f"!{_term(term, COLUMNS)}" for term in query.unwanted if not _has_row(term)]
    return " & ".join(lexemes)


def document(entry: Entry) -> str:
    """Write an entry as a tsvector (postgresql.org/docs/current/datatype-textsearch.html).

    Of a text with more than a megabyte of different words, the last ones cannot be found.
    """
    lexemes = dict.fromkeys(
        _LETTERS[column] + token[:_LONGEST]
        for column, tokens in entry.columns().items()
        for token in tokens.split()
        if token != words.BREAK
    )
    kept, size = [], 0
    for lexeme in lexemes:
        size += len(lexeme.encode())
        if size > _MOST_BYTES:
            break
        kept.append(_quoted(lexeme))
    return " ".join(kept)


def _take_out(ids: Sequence[int]) -> list[Entry]:
    """Delete what the index has of these posts, and tell what it was."""
    wait()
    gone = sa.delete(_SEARCH).where(_SEARCH.c.post_id.in_(ids)).returning(*_TOKENS)
    return [Entry(*row) for row in db.session.execute(gone)]


def _count(added: Iterable[Entry], removed: Iterable[Entry]) -> None:
    """Keep the number of posts that have each word."""
    changes = Counter(word for entry in added for word in entries.spelled([entry]))
    changes.subtract(word for entry in removed for word in entries.spelled([entry]))
    _add(changes)


def _miscounted(connection: sa.Connection) -> dict[str, int]:
    """Tell by how much the number of each word is too low."""
    right = Counter[str]()
    every = sa.select(*_TOKENS).execution_options(yield_per=_READ_AT_ONCE)
    for row in connection.execute(every):
        right.update(entries.spelled([Entry(*row)]))
    counts = connection.execute(sa.select(_WORDS.c.word, _WORDS.c.posts))
    right.subtract({row.word: row.posts for row in counts})
    return {word: number for word, number in right.items() if number}


def _add(changes: Mapping[str, int]) -> None:
    changed = sorted((word, change) for word, change in changes.items() if change)
    if not changed:
        return
    found, numbers = zip(*changed, strict=True)
    rows = sa.select(
        sa.func.unnest(sa.literal(list(found), postgresql.ARRAY(sa.Text))),
        sa.func.unnest(sa.literal(list(numbers), postgresql.ARRAY(sa.Integer))),
    )
    new = postgresql.insert(_WORDS).from_select(["word", "posts"], rows)
    total = _WORDS.c.posts + new.excluded.posts
    db.session.execute(new.on_conflict_do_update(index_elements=["word"], set_={"posts": total}))


def _has(query: str) -> sa.ColumnElement[bool]:
    """Ask the index. A planner that saw a common word would rather read every tsvector."""
    unseen = sa.select(sa.cast(query, postgresql.TSQUERY)).scalar_subquery()
    return _SEARCH.c.document.bool_op("@@")(unseen)


def _has_rows(wanted: Wanted) -> bool:
    return any(map(_has_row, wanted.query.wanted))


def _has_row(term: Term) -> bool:
    return any(len(row.tokens) > 1 for row in term.rows)


def _is_written(term: Term) -> sa.ColumnElement[bool]:
    """The condition that a post has all rows of *term*."""
    return sa.and_(*(_stands(row, COLUMNS) for row in term.rows))


def _is_all_written(wanted: Wanted) -> sa.ColumnElement[bool]:
    """The condition that a post has all of *wanted*."""
    return sa.and_(*_in_rows(wanted), _has(_all(wanted)))


def _in_rows(wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    """The conditions that are more than to have the lexemes: what must stand in a row does so."""
    rows = (row for term in wanted.query.wanted for row in term.rows)
    return [_stands(row, wanted.columns) for row in rows if len(row.tokens) > 1]


def _stands(row: Row, columns: Sequence[str]) -> sa.ColumnElement[bool]:
    """The condition that the tokens of *row* stand together in one of *columns*."""
    text = f" {' '.join(row.tokens)}" + ("" if row.is_prefix else " ")
    return sa.or_(*(sa.func.strpos(" " + _SEARCH.c[name] + " ", text) > 0 for name in columns))


def _all(wanted: Wanted) -> str:
    return " & ".join(_term(term, wanted.columns) for term in wanted.query.wanted)


def _term(term: Term, columns: Sequence[str]) -> str:
    return "(" + " & ".join(_row(row, columns) for row in term.rows) + ")"


def _row(row: Row, columns: Sequence[str]) -> str:
    """Write that one of *columns* has all tokens of *row*, wherever they stand in it."""
    found = []
    for column in columns:
        *first, last = (_lexeme(column, token) for token in row.tokens)
        found.append(" & ".join([*first, last + (":*" if row.is_prefix else "")]))
    return "(" + " | ".join(found) + ")"


def _lexeme(column: str, token: str) -> str:
    return _quoted(_LETTERS[column] + token[:_LONGEST])


def _quoted(lexeme: str) -> str:
    """Quote a lexeme: nothing in it is an operator then."""
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"
