"""Search on PostgreSQL: it finds what SQLite finds, in the same order.

``BLOG_TEST_POSTGRESQL_URL=postgresql+psycopg://…`` names a database to test in; what is there
stays as it is. Without it, only what needs no server is tested.
"""

from __future__ import annotations

import os
import re
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from hypothesis import example, given, settings
from hypothesis import strategies as st
from jinja2 import BytecodeCache

from blogapp import counting, differences, listing, models, posts, search
from blogapp.cli import cli
from blogapp.extensions import db, is_modelled
from blogapp.filters import MAX_TEXT, Filter
from blogapp.models import Post
from blogapp.search import engine, entries, finding, places, tsvector
from blogapp.search.entries import Entry, label
from blogapp.texts import Text

from .conftest import PAST, application, browser

URL = os.environ.get("BLOG_TEST_POSTGRESQL_URL", "")

on_server = pytest.mark.skipif(not URL, reason="BLOG_TEST_POSTGRESQL_URL names no database")

# A lexeme as PostgreSQL reads it (postgresql.org/docs/current/datatype-textsearch.html).
LEXEME = re.compile(r"'((?:[^'\\]|''|\\.)+)'(?: |$)", re.S)

# Without a server


def lexemes(text: str) -> list[str]:
    """Read a tsvector's text form."""
    found = list(LEXEME.finditer(text))
    assert "".join(match[0] for match in found) == text
    return [re.sub(r"\\(.)|'(')", r"\1\2", match[1], flags=re.S) for match in found]


def asked(text: str, **tags: list[str]) -> str:
    """The tsquery that a search in the titles becomes."""
    chosen: dict[str, list[str]] = {"tags": [], "without": []} | tags
    return tsvector.asked(search.parse(text), columns=["title"], **chosen)


@given(st.sets(st.text(st.characters(exclude_categories=["Z", "C"]), min_size=1, max_size=64)))
@example({"it's", "''", "\\", "\\'", "'\\", "a:*", "&", "!", "<->", "()", ":1A", "*"})
def test_every_token_is_a_lexeme_whatever_is_in_it(tokens: set[str]) -> None:
    entry = Entry(1, title="", tags="", description="", body=" ".join(tokens), place=1)

    assert set(lexemes(tsvector.document(entry))) == {f"D{token}" for token in tokens - {"|"}}


def test_a_lexeme_tells_its_column_and_what_separates_is_none() -> None:
    entry = Entry(
        1, title="a b", tags=f"c | {label('c')}", description="a", body="a a | a-b", place=1
    )

    assert lexemes(tsvector.document(entry)) == [
        *("Aa", "Ab", "Bc", f"B{label('c')}", "Ca", "Da", "Da-b")
    ]


def test_a_text_of_more_words_than_fit_keeps_the_first_ones() -> None:
    body = " ".join(f"{number:050}" for number in range(50_000))

    kept = lexemes(tsvector.document(Entry(1, "title", "", "", body, 1)))

    assert kept[:2] == ["Atitle", f"D{0:050}"]
    assert 990_000 < sum(map(len, kept)) < 2**20


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("a ", "(('Aa'))"),
        ("ab", "(('Aab':*))"),
        ("c++ ", "(('Ac') & ('Ac++'))"),
        ("hx-get", "(('Ahx' & 'Aget':*) & ('Ahx-get':*))"),
        ('"a b" c ', "(('Aa' & 'Ab')) & (('Ac'))"),
        ("a -b", "(('Aa')) & !(('Ab' | 'Bb' | 'Cb' | 'Db'))"),
        (r"x\n ", r"(('Ax' & 'An') & ('Ax\\n'))"),
        ("a && |:* ", "(('Aa')) & (('A&&')) & (('A|:*'))"),
    ],
)
def test_a_search_is_a_tsquery_of_quoted_lexemes(text: str, query: str) -> None:
    assert asked(text) == query


def test_a_tag_is_asked_for_as_a_label_and_not_as_a_word() -> None:
    query = asked("a ", tags=["c"], without=["it's"])

    assert query == f"(('Aa')) & 'B{label('c')}' & !'B{label('it')}''s'"


# On a server


@contextmanager
def schema() -> Iterator[str]:
    """Make a schema that nobody else uses; yields an address that leads into it."""
    name = f"test_{uuid.uuid4().hex}"
    server = sa.create_engine(URL)
    try:
        with server.begin() as connection:
            connection.exec_driver_sql(f"CREATE SCHEMA {name}")
        address = sa.make_url(URL).update_query_dict({"options": f"-csearch_path={name}"})
        yield address.render_as_string(hide_password=False)
    finally:
        with server.begin() as connection:
            connection.exec_driver_sql(f"DROP SCHEMA IF EXISTS {name} CASCADE")
        server.dispose()


@pytest.fixture
def new(
    compiled_templates: BytecodeCache, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """A blog on PostgreSQL whose tables have never been made; tests stand inside it."""
    folder = tmp_path_factory.mktemp("postgresql")
    with schema() as address:
        app = application(folder, compiled_templates, database_url=address)
        with app.app_context():
            yield app
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def blank(new: Flask) -> Flask:
    """A blank blog on PostgreSQL."""
    upgrade()
    return new


def store(title: str, plain: str) -> int:
    """Put an article with these words into the blog and its index, without Markdown."""
    dates = {"published_at": PAST, "updated_at": PAST}
    post = Post(slug=uuid.uuid4().hex, title=title, plain=plain, minutes=1, headings=[], **dates)
    db.session.add(post)
    db.session.flush()
    search.index(post)
    return post.id


def found(text: str, *tags: str, without: str = "") -> list[str]:
    """The titles of what a search finds, in its order."""
    chosen = Filter.parse(tags, without=without.split(), text=text)
    return [db.session.get_one(Post, post_id).title for post_id in listing.ids(chosen)]


def counted() -> dict[str, int]:
    """How many posts have each word."""
    rows = db.session.execute(sa.text("SELECT word, posts FROM search_words WHERE posts <> 0"))
    return {row.word: row.posts for row in rows}


def tables() -> set[tuple[str, ...]]:
    """Every column and index."""
    columns = sa.text(
        "SELECT table_name, column_name, udt_name, is_nullable, collation_name"
        " FROM information_schema.columns WHERE table_schema = current_schema()"
    )
    indexes = sa.text(
        "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema()"
    )
    with db.engine.connect() as connection:
        rows = [*connection.execute(columns), *connection.execute(indexes)]
    return {tuple(row) for row in rows}


@on_server
def test_the_migrations_go_up_down_and_up_again(new: Flask) -> None:
    upgrade()
    first = tables()
    downgrade(revision="base")
    none = tables()
    upgrade()

    assert {table for table, *_ in none} == {"alembic_version"}
    assert tables() == first
    assert {"search", "search_words", "posts"} <= {table for table, *_ in first}


@on_server
def test_the_models_leave_nothing_to_generate(blank: Flask) -> None:
    with db.engine.connect() as connection:
        options: dict[str, Any] = {"compare_type": True, "compare_server_default": True}
        options |= {"include_name": is_modelled}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, models.metadata()) == []


@on_server
def test_an_entry_comes_back_as_it_was_stored(blank: Flask) -> None:
    post_id = store("It's c++", "hx-push-url \\ 日本語 'x' 🎉")

    assert engine.current() is tsvector
    assert [tsvector.entry(post_id)] == entries.of([db.session.get_one(Post, post_id)])
    assert list(db.session.scalars(tsvector.ids())) == [post_id]
    assert tsvector.entry(post_id + 1) is None


@on_server
def test_what_a_post_said_before_is_found_and_counted_no_more(blank: Flask) -> None:
    store("Other", "old")
    post = db.session.get_one(Post, store("Old", "old words here"))

    post.title, post.plain = "New", "new words here"
    search.index(post)

    assert (found("new"), found("old"), found("here")) == (["New"], ["Other"], ["New"])
    assert counted() == {"new": 1, "old": 1, "other": 1, "words": 1, "here": 1}


@on_server
def test_what_is_removed_or_deleted_is_found_no_more(blank: Flask) -> None:
    removed, deleted = store("Removed", "gone"), store("Deleted", "gone")

    tsvector.remove([removed])
    tsvector.remove([])
    db.session.execute(sa.delete(Post).where(Post.id == deleted))

    assert found("gone") == []
    assert list(db.session.scalars(tsvector.ids())) == []


@on_server
def test_check_finds_words_that_are_counted_wrong_and_reindex_counts_them_again(
    blank: Flask,
) -> None:
    gone = store("Gone", "old words")
    posts.publish(posts.create(Text(title="Words", tags=["c#"], body="日本 x-y")), PAST)
    db.session.commit()
    right = differences.of_index()
    db.session.execute(sa.delete(Post).where(Post.id == gone))
    db.session.execute(sa.text("DELETE FROM search_words WHERE word = 'x-y'"))
    db.session.commit()
    run = blank.test_cli_runner()

    check = run.invoke(cli, ["check"])
    reindex = run.invoke(cli, ["reindex"])
    again = run.invoke(cli, ["check"])

    assert right == []
    assert (check.exit_code, check.stdout) == (1, "search index: wrong counts of words: 4\n")
    assert "Next: blogapp reindex" in str(check.exception)
    assert (reindex.exit_code, reindex.stdout) == (0, "1 posts indexed\n")
    assert (again.exit_code, again.stdout) == (0, "everything is in step: 1 posts\n")
    assert counted() == dict.fromkeys(["words", "c", "x", "y", "x-y"], 1)
    assert db.session.scalar(sa.text("SELECT min(posts) FROM search_words")) == 1


@on_server
def test_a_tag_is_itself_and_no_word_of_another(blank: Flask) -> None:
    for name in ("c", "c#", "c++", "c-api"):
        posts.publish(posts.create(Text(title=name, tags=[name], body="code")), PAST)

    assert found("code", "c") == ["c"]
    assert found("code", without="c") == ["c-api", "c++", "c#"]


@on_server
def test_a_long_text_is_found_by_its_last_words_and_by_what_stands_in_a_row(blank: Flask) -> None:
    store("Long", " ".join(f"w{number} the" for number in range(40_000)) + " very end")
    store("Other", "end very")

    assert found("w39999 ") == found('"w39998 the w39999"') == ["Long"]
    assert found('"the very end"') == found('"very end"') == ["Long"]
    assert found('"w5 w6"') == found('"the the"') == []


@on_server
def test_a_text_of_more_words_than_fit_is_stored_and_found_by_the_first(blank: Flask) -> None:
    def word(number: int) -> str:
        return f"{number:x}".zfill(60)

    store("Enormous", " ".join(map(word, range(40_000))))

    assert found("enormous") == found(f"{word(0)} ") == found(f"{word(9999)} ") == ["Enormous"]
    assert found(f"{word(39_999)} ") == []


@on_server
def test_of_too_many_the_last_ones_are_found(blank: Flask) -> None:
    ids = [store("Same", "same words") for _ in range(5)]

    def last(most: int, text: str) -> list[int]:
        within = range(places.FIRST, places.END)
        found = tsvector.find(search.parse(text), within=within, most=most)
        return places.ids_of(found)

    assert last(2, "same") == last(2, '"same words"') == ids[:2:-1]
    assert last(9, "same") == ids[::-1]


@on_server
def test_who_writes_at_the_same_time_waits_and_both_are_in(blank: Flask) -> None:
    failures = list[BaseException]()

    def write_second() -> None:
        try:
            with blank.app_context():
                store("Second", "a z")
                db.session.commit()
        except BaseException as error:
            failures.append(error)

    other = threading.Thread(target=write_second)
    store("First", "z")
    other.start()
    other.join(0.5)
    assert other.is_alive()
    store("Third", "a")  # without turns, each would have a word that the other waits for
    db.session.commit()
    other.join(10)

    assert failures == []
    assert set(found("a ")) == {"Second", "Third"}
    assert counted() == {"first": 1, "second": 1, "third": 1, "a": 2, "z": 2}


@on_server
def test_a_misspelt_word_leads_to_one_that_the_blog_has(blank: Flask) -> None:
    for number in range(2):
        store(f"Flask {number}", "flask")
    store("Flash", "日本 hx-flask")
    db.session.commit()

    assert tsvector.words_like("f", range(4, 6), 9) == ["flash", "flask"]
    assert tsvector.words_like("h", range(1, 99), 9) == ["hx", "hx-flask"]
    assert tsvector.words_like("h", (8, 2), 1) == ["hx-flask"]
    assert next(search.corrections("flasc")) == "flask"
    assert 'href="/?q=flask"' in browser(blank).get("/?q=flasc").text


@on_server
def test_pages_and_feeds_of_a_search_are_there(blank: Flask) -> None:
    for number in range(25):
        text = Text(title=f"Cache {number}", tags=["a", "b"][: 1 + number % 2])
        posts.publish(posts.create(text), PAST + timedelta(minutes=number // 3))
    db.session.commit()
    client = browser(blank)

    def numbers(address: str) -> list[int]:
        listed = re.findall("<h3>.*?</h3>", client.get(address).text)
        return [int(re.sub("<.*?>", "", heading).split()[-1]) for heading in listed]

    after = re.search(
        r"/\?tag=a&amp;q=cache&amp;(after=[^\"]+)", client.get("/?tag=a&q=cache").text
    )
    assert after is not None
    assert [*numbers("/?tag=a&q=cache"), *numbers(f"/?tag=a&q=cache&{after[1]}")] == [
        *range(24, -1, -1)
    ]
    assert numbers("/?tag=a&not=b&q=-x") == [*range(24, -1, -2)]
    assert client.get("/feed.xml?q=cache").text.count("<title>Cache ") == 20


# As SQLite

ARTICLES = [
    Text(title="HTMX and hx-push-url", tags=["htmx"], body="Push the `hx-push-url` now."),
    Text(title="Push", tags=["hx-push", "c"], body="hx push url; url push hx. it's done"),
    Text(title="C", tags=["c-api"], description="Of C, C++ and C#.", body="int main"),
    Text(title="C++ cache", tags=["c++"], body="std::cache a; !a && b || c => d | d:*"),
    Text(title="Cache me", tags=["flask", "cache"], body="cache cache, full text"),
    Text(title="Full text", tags=["flask"], body="search in full-text. Text full."),
    Text(title="日本語の検索", tags=["日本"], body="東京都に住む。 検索 の 日本。"),
    Text(title="한국어", tags=["日本"], body="한국어를 찾다 ภาษาไทย हिन्दी"),
    Text(title="Łódź", description="Naïve café", body="Straße søster ﬃ ½ éé"),
    Text(title="Signs", tags=[".net"], body="`C:\\new\\'x'` `__init__` `--dry-run` @app $x"),
    Text(title="🎉", body=f"🎉🎉 party → done ☃ x{'y' * 90}"),
    Text(title="self.name", tags=["a.b"], body="`self.__name__.upper()` a/b/c 1.2.3"),
    Text(title="AND OR NOT", tags=["c#"], body="near(a b) and | or: * ' \" end"),
    Text(title="Empty"),
]
QUERIES = [
    *("hx-push-url", "hx-", "hx-pu", "push", "push url", '"push url"', '"url push"', "pu -url"),
    *('"hx push url"', '-"push url"', 'push -"push url"', "push -hx-push-url", "-hx-push-url -c"),
    *('-"url push"', '-"url push" -c++ -"text full"', 'push -"url push" -htmx'),
    *("c", "c++", "c#", "c -c++", "c++ -c#", "C ", "cache", "cach", "ca", '"cache me"', "-ca"),
    *("full text", '"full text"', '"text full"', "full-text", '-"full text"', "full -full-text"),
    *(
        "-cache -full -push",
        "日",
        "日本",
        "日本語",
        "本",
        "検索",
        "京都",
        "東京",
        '"日本"',
        "の検索",
    ),
    *(
        "한국",
        "한국어",
        "국어",
        "ไทย",
        "हिन्दी",
        "lodz",
        "Łódź",
        "naive",
        "cafe",
        "strasse",
        "Straße",
    ),
    *("soster", "ffi", "½", "ee", "__init__", "init", "--dry-run", "dry-run", "-dry", "@app"),
    *("app", "$x", "C:\\new", "\\new", "new\\", "'x'", "\\", "\\\\", "\\'", "'", "''", '"', "'\""),
    *(
        "it's",
        "its",
        "it’s",
        "🎉",
        "🎉🎉",
        "→",
        "☃",
        "self.__name__",
        "__name__",
        ".upper",
        "self.",
    ),
    *("a/b/c", "a/b", "1.2", "1.2.3", ".net", "net", "a.b", "and", "AND", "or not", "near(a b)"),
    *("a <-> b", "a & b", "a | b", "!a", "!", "&&", "||", "=>", "d:*", ":*", "a*", "()", "(a|b)"),
    *("std::cache", "std::", '"unbalanced', 'un"balanced', '"full" text"', '"" full', "- full"),
    *(
        "--full",
        "-",
        '"end',
        '-"end"',
        "done -🎉",
        "x" + "y" * 6,
        "x" + "y" * 80,
        "flush",
        "pusch",
    ),
]


@pytest.fixture(scope="module")
def blogs(
    compiled_templates: BytecodeCache, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[Flask]]:
    """The same articles on SQLite and on PostgreSQL."""
    with schema() as address:
        made = [
            application(tmp_path_factory.mktemp("blog"), compiled_templates, database_url=url)
            for url in ("", address)
        ]
        for app in made:
            with app.app_context():
                upgrade()
                for number, text in enumerate(ARTICLES):
                    posts.publish(posts.create(text), PAST + timedelta(minutes=number // 2))
                db.session.commit()
        yield made
        for app in made:
            with app.app_context():
                db.engine.dispose()


def results(app: Flask, text: str, tag: str = "") -> tuple[list[str], list[str], object]:
    """What a search finds, what is found without it, and what may have been meant."""
    with app.app_context():
        chosen = Filter.parse([tag], text=text)
        left = found(f"a -{chosen.text}", tag)
        chips = counting.of(chosen, chosen.found()).chips
        texts = list(search.corrections(chosen.text))
        return found(text, tag), left, (texts, chips)


def joined(texts: list[str]) -> str:
    """Write *texts* as one, as long as a search may be that ``results`` puts words before."""
    return "".join(texts)[: MAX_TEXT - len("a -")]


@on_server
@pytest.mark.parametrize("text", QUERIES)
def test_both_find_the_same_in_the_same_order_behind_the_first_ones_too(
    blogs: list[Flask], text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_sqlite, on_postgresql = (results(app, text) for app in blogs)
    monkeypatch.setattr(finding, "MOST", 1)
    behind = [results(app, text)[:2] for app in blogs]

    assert on_postgresql == on_sqlite
    assert behind == [on_sqlite[:2]] * 2


@on_server
@given(
    st.lists(st.sampled_from([*QUERIES, "-", '"', " ", "a", "本"]), max_size=4).map(joined)
    | st.text("ab- \"'\\|&!:*()<>日本é+#_./🎉", max_size=12),
    st.sampled_from(["", "", "c", "日本"]),
)
@settings(max_examples=60)
def test_both_find_the_same_whatever_is_typed(blogs: list[Flask], text: str, tag: str) -> None:
    on_sqlite, on_postgresql = (results(app, text, tag) for app in blogs)

    assert on_postgresql == on_sqlite


@on_server
def test_both_keep_the_same_of_each_article(blogs: list[Flask]) -> None:
    def kept(app: Flask) -> list[Entry | None]:
        with app.app_context():
            index = engine.current()
            return [index.entry(number) for number in sorted(db.session.scalars(index.ids()))]

    on_sqlite, on_postgresql = map(kept, blogs)

    assert on_postgresql == on_sqlite
    assert len(on_sqlite) == len(ARTICLES)
