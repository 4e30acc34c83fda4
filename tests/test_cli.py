"""The command: data on stdout, the rest on stderr; exit 0 done, 1 failed, 2 misused."""

from __future__ import annotations

import io
import json
import re
import shutil
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade
from granian import Granian

from blogapp import (
    authors,
    cli,
    config,
    create_app,
    delivering,
    drawing,
    posts,
    upkeep,
    waiting,
)
from blogapp.cli import importing, serving, setup, turns
from blogapp.cli import upkeep as upkeep_verbs
from blogapp.errors import Invalid
from blogapp.extensions import LaterModel, Model, db
from blogapp.models import Post

from .mailbox import free_port
from .test_migrations import add_migration, make_old

FILE = "---\ntitle: Hello\ndate: 2020-05-04\n---\nText.\n"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command said, and its exit status."""

    out: str
    err: str
    code: int


Command = Callable[..., Answer]


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The instance folder of the commands; nothing is in it yet."""
    monkeypatch.setenv("BLOG_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.setenv("FLASK_RUN_FROM_CLI", "")  # which Flask sets, and this takes back
    monkeypatch.setenv("BLOG_URL", "")
    monkeypatch.setattr(upkeep_verbs, "PAUSE", 0)
    return tmp_path / "instance"


@pytest.fixture
def blogapp(
    instance: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """Run ``blogapp`` with these arguments."""

    def blogapp(*arguments: str, given: str = "") -> Answer:
        monkeypatch.setattr(sys, "argv", ["blogapp", *arguments])
        monkeypatch.setattr(sys, "stdin", io.StringIO(given))
        capsys.readouterr()
        hangup = signal.getsignal(signal.SIGHUP)  # which `serve` takes over
        with pytest.raises(SystemExit) as ended:
            cli.main()
        signal.signal(signal.SIGHUP, hangup)
        said = capsys.readouterr()
        code = ended.value.code
        return Answer(said.out, said.err, code if isinstance(code, int) else int(code is not None))

    return blogapp


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where instances lie that were made by commands once, for tests to copy."""
    return tmp_path_factory.mktemp("kept")


@pytest.fixture
def ready(blogapp: Command, instance: Path, kept: Path) -> Command:
    """The command, on a blog that has been made."""

    def make() -> None:
        assert blogapp("init").code == 0

    make_once(instance, kept / "ready", make)
    return blogapp


@pytest.fixture
def three_posts(blogapp: Command, instance: Path, kept: Path, tmp_path: Path) -> Command:
    """The command, on a blog with the articles “ada”, “ben” and “cas”."""

    def make() -> None:
        (tmp_path / "three").mkdir()
        for name in ("ada", "ben", "cas"):
            file = f"---\ntitle: {name}\ndate: 2020-05-04\ntags: [a]\n---\nNeedle {name}.\n"
            (tmp_path / "three" / f"{name}.md").write_text(file)
        assert blogapp("init").code == 0
        assert blogapp("import", str(tmp_path / "three")).code == 0

    make_once(instance, kept / "three", make)
    return blogapp


def make_once(instance: Path, copy: Path, make: Callable[[], None]) -> None:
    """Fill *instance* by *make* the first time, then by a copy of what that made."""
    if copy.exists():
        shutil.copytree(copy, instance)
        return
    make()
    stored(instance)
    shutil.copytree(instance, copy, ignore=shutil.ignore_patterns("*-wal", "*-shm"))


def sql(instance: Path, *statements: str) -> list[tuple[Any, ...]]:
    """Change the database behind the application's back; return what the last one finds."""
    with closing(sqlite3.connect(instance / "blog.db")) as connection, connection:
        return [connection.execute(statement).fetchall() for statement in statements][-1]


def rows(instance: Path, table: str) -> int:
    return int(sql(instance, f"SELECT count(*) FROM {table}")[0][0])  # noqa: S608 - our own words


def stored(instance: Path) -> bytes:
    """The database file, with all that was committed."""
    sql(instance, "PRAGMA wal_checkpoint(TRUNCATE)")
    return (instance / "blog.db").read_bytes()


def found(instance: Path, address: str) -> str:
    """The page at *address* of the blog in *instance*."""
    app = create_app(config.Settings(instance=instance))
    page = app.test_client().get(address)
    with app.app_context():
        db.engine.dispose()
    return page.text


def test_init_makes_a_blog_and_can_be_repeated(blogapp: Command, instance: Path) -> None:
    first = blogapp("init")
    secret = (instance / "secret").read_text()
    second = blogapp("init")

    assert (first.code, first.out, second.code) == (0, "", 0)
    assert str(instance) in first.err
    assert (instance / "secret").read_text() == secret
    assert rows(instance, "posts") == 0


def test_an_author_is_added_with_a_generated_password_that_is_shown_once(
    ready: Command, instance: Path
) -> None:
    answer = ready("author", "add", "sam")

    assert answer.code == 0
    assert re.fullmatch(r"[0-9a-f]{6}(-[0-9a-f]{6}){3}\n", answer.out)
    assert "only this once" in answer.err
    assert rows(instance, "authors") == 1


def test_an_authors_password_can_be_given(ready: Command, instance: Path) -> None:
    answer = ready("author", "add", "sam", "--password-stdin", given="correct horse battery\n")

    assert (answer.code, answer.out) == (0, "")
    assert rows(instance, "authors") == 1


@pytest.mark.parametrize(
    ("given", "said"),
    [("short\n", "10 to 1000 characters"), ("", "10 to 1000 characters")],
)
def test_a_bad_password_fails_with_the_reason(
    ready: Command, instance: Path, given: str, said: str
) -> None:
    answer = ready("author", "add", "sam", "--password-stdin", given=given)

    assert (answer.code, answer.out) == (1, "")
    assert said in answer.err and "Traceback" not in answer.err
    assert rows(instance, "authors") == 0


def test_an_author_that_is_there_already_fails(ready: Command) -> None:
    ready("author", "add", "sam")
    answer = ready("author", "add", "SAM")

    assert (answer.code, answer.out) == (1, "")
    assert "There is an author “sam” already." in answer.err


@pytest.mark.parametrize(
    "arguments", [("author", "add", "sam"), ("render",), ("reindex",), ("serve",), ("demo",)]
)
def test_without_a_database_a_command_says_which_to_run_first(
    blogapp: Command, arguments: tuple[str, ...]
) -> None:
    answer = blogapp(*arguments)

    assert (answer.code, answer.out) == (1, "")
    assert "blogapp init" in answer.err and "Traceback" not in answer.err


@pytest.mark.parametrize(
    "arguments",
    [("nothing",), ("author", "add"), ("import", "/nowhere"), ("serve", "--port", "x")],
)
def test_a_misused_command_ends_with_two(ready: Command, arguments: tuple[str, ...]) -> None:
    answer = ready(*arguments)

    assert (answer.code, answer.out) == (2, "")
    assert "Error:" in answer.err


def test_a_wrong_setting_stops_every_command(
    ready: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BLOG_TRUSTED_PROXIES", "many")

    answer = ready("render")

    assert answer.code == 1
    assert "BLOG_TRUSTED_PROXIES is 'many', but it takes a whole number" in answer.err
    assert "Traceback" not in answer.err


def test_an_import_reports_each_file_and_sums_up(
    ready: Command, instance: Path, tmp_path: Path
) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "hello.md").write_text(FILE)

    answer = ready("import", str(tmp_path / "old"))
    again = ready("import", str(tmp_path / "old"))

    assert answer.code == again.code == 0
    assert answer.out == "added     hello.md → /blog/hello\n"
    assert "1 added" in answer.err and "1 unchanged" in again.err
    assert rows(instance, "posts") == 1


def test_while_an_import_is_at_work_another_is_refused(
    ready: Command, instance: Path, tmp_path: Path
) -> None:
    (tmp_path / "hello.md").write_text(FILE)

    with importing._only_one(instance):
        refused = ready("import", str(tmp_path / "hello.md"))
        rehearsed = ready("import", str(tmp_path / "hello.md"), "--dry-run")
    taken = ready("import", str(tmp_path / "hello.md"))

    assert (refused.code, refused.out) == (1, "")
    assert refused.err == f"blogapp: {importing._BUSY}\n"
    assert (rehearsed.code, taken.code, rows(instance, "posts")) == (0, 0, 1)


def test_a_dry_run_reports_and_stores_nothing(
    ready: Command, instance: Path, tmp_path: Path
) -> None:
    (tmp_path / "hello.md").write_text(FILE)

    answer = ready("import", str(tmp_path / "hello.md"), "--dry-run", "--json")

    report = json.loads(answer.out)
    assert [(entry["path"], entry["outcome"]) for entry in report] == [("hello.md", "added")]
    assert "nothing was stored" in answer.err
    assert rows(instance, "posts") == 0


def test_an_import_with_a_broken_file_ends_with_one_and_keeps_the_others(
    ready: Command, instance: Path, tmp_path: Path
) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "hello.md").write_text(FILE)
    (tmp_path / "old" / "broken.md").write_text("---\ntitle: [\n---\n")

    answer = ready("import", str(tmp_path / "old"))

    assert answer.code == 1
    assert "failed    broken.md" in answer.out
    assert rows(instance, "posts") == 1


def test_render_makes_all_html_again(ready: Command, instance: Path, tmp_path: Path) -> None:
    (tmp_path / "hello.md").write_text(FILE)
    ready("import", str(tmp_path / "hello.md"))
    before = sql(instance, "SELECT * FROM posts")
    sql(
        instance,
        "UPDATE posts SET body_html = 'old', plain = 'old', excerpt = 'old', minutes = 9,"
        " headings = '[1]', renderer_version = 0",
        "DELETE FROM search",
    )

    answer = ready("render")

    assert (answer.code, answer.out) == (0, "1 posts rendered\n")
    assert sql(instance, "SELECT * FROM posts") == before
    assert ready("check").out == "everything is in step: 1 posts\n"


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("DELETE FROM search WHERE ~rowid & 1023 = 2", "ben: missing in the index"),
        ("DELETE FROM search", "ada: missing in the index\n"),
        (
            "UPDATE search SET title = '' WHERE ~rowid & 1023 = 2",
            "ben: differs in the index: title",
        ),
        ("UPDATE posts SET plain = 'other' WHERE id = 2", "ben: differs in the index: body"),
        ("UPDATE tags SET name = 'other'", "cas: differs in the index: tags"),
        ("INSERT INTO search(rowid, title) VALUES (99, 'x')", "search index: it has rows"),
        ("UPDATE post_tags SET published_at = NULL", "ben: its tags are dated otherwise"),
        ("UPDATE tags SET articles = 7", "articles, tag a: stored are 7, there are 3"),
        ("UPDATE site SET articles = 2", "articles, all: stored are 2, there are 3"),
        ("INSERT INTO tag_pairs VALUES (1, 1, 4)", "two tags: 1 numbers are wrong"),
        ("UPDATE posts SET series = 'x y'", "series x y: not at its address"),
        ("DROP TABLE search", "search index: no such table: search"),
        ("DROP TABLE search_words", "search index: no such table: search_words"),
        ("DELETE FROM search_data", "search index: vtable constructor failed: search"),
        ("DELETE FROM search_content", "search index: database disk image is malformed"),
    ],
)
def test_check_finds_what_is_not_in_step_and_reindex_puts_it_right(
    three_posts: Command, instance: Path, damage: str, said: str
) -> None:
    sql(instance, damage)
    written = "SELECT id, slug, title, version, updated_at, body, body_html FROM posts"
    before, texts = stored(instance), sql(instance, written)

    check = three_posts("check")
    assert (check.code, stored(instance)) == (1, before)
    assert said in check.out
    assert check.err.endswith("Next: blogapp reindex\n")

    reindex = three_posts("reindex")
    assert (reindex.code, reindex.out) == (0, "3 posts indexed\n")
    assert sql(instance, written) == texts

    again = three_posts("check")
    assert (again.code, again.out) == (0, "everything is in step: 3 posts\n")


@pytest.mark.parametrize(
    ("verb", "said"),
    [
        ("init", "deleted, after their time in the trash: 1"),
        ("reindex", "deleted, after their time in the trash: 1"),
        ("deliver", None),
        ("serve", None),
    ],
)
def test_what_was_in_the_trash_too_long_is_deleted_on_the_way(
    three_posts: Command, instance: Path, verb: str, said: str | None
) -> None:
    thrown = "UPDATE posts SET shelf = 'trash', trashed_at = '{} 00:00:00' WHERE id = {}"
    sql(instance, thrown.format("2020-01-01", 2), thrown.format("2200-01-01", 3))

    answer = work_behind() if verb == "serve" else three_posts(verb)

    assert answer.code == 0
    assert said is None or said in answer.err
    assert sql(instance, "SELECT id FROM posts") == [(1,), (3,)]


def work_behind() -> Answer:
    """Do once what a worker of ``serve`` does behind its answers."""
    threads: list[threading.Thread] = []
    deliver, ended = delivering.start, threading.Event()

    def start(app: Flask) -> None:
        threads.extend(deliver(app, ended))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delivering, "start", start)
        patch.setattr(drawing, "start", lambda _: None)
        behind(patch, create_app())
    ended.set()
    for thread in threads:
        thread.join(10)
    return Answer("", "", len([thread for thread in threads if thread.is_alive()]))


def behind(patch: pytest.MonkeyPatch, app: Flask) -> None:
    """Let a worker begin at once what it does behind its answers, in a thread as there."""
    patch.setattr(serving, "HEAD_START", 0)
    thread = threading.Thread(target=serving._work, args=(app,))
    thread.start()
    thread.join(30)


@pytest.mark.parametrize("broken", ["run_all", "deliver", "draw"])
def test_what_a_worker_cannot_do_is_logged_and_keeps_it_from_nothing_else(
    broken: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    done: list[str] = []

    def work(name: str, _: object) -> None:
        if name == broken:
            raise RuntimeError("no more threads")
        done.append(name)

    monkeypatch.setattr(waiting, "run_all", partial(work, "run_all"))
    monkeypatch.setattr(delivering, "start", partial(work, "deliver"))
    monkeypatch.setattr(drawing, "start", partial(work, "draw"))

    behind(monkeypatch, Flask("blog"))

    assert done == [name for name in ("run_all", "deliver", "draw") if name != broken]
    assert "no more threads" in caplog.text


def test_check_names_rows_that_belong_to_nothing(three_posts: Command, instance: Path) -> None:
    sql(instance, "DELETE FROM posts WHERE id = 2", "DELETE FROM search WHERE ~rowid & 1023 = 2")

    answer = three_posts("check")

    assert answer.code == 1
    assert re.search(r"^database: row \d+ of post_tags belongs to no row of posts$", answer.out)
    assert "Next: restore a backup" in answer.err


def test_check_of_a_blog_that_was_not_upgraded_says_so(ready: Command, instance: Path) -> None:
    sql(instance, "UPDATE alembic_version SET version_num = '0001'")

    answer = ready("check")

    assert (answer.code, answer.err) == (1, "blogapp: differences: 1. Next: blogapp init\n")
    assert answer.out.startswith("the schema is 0001, this version needs ")


def test_a_verb_that_needs_the_tables_of_this_version_refuses_others_and_writes_nothing(
    ready: Command, instance: Path, tmp_path: Path
) -> None:
    (tmp_path / "a.md").write_text(FILE)
    arguments = {
        "author": ("add", "sam"),
        "export": (str(tmp_path / "out"),),
        "import": (str(tmp_path / "a.md"),),
    }
    sql(instance, "UPDATE alembic_version SET version_num = '0001'")
    before = stored(instance)

    answers = {
        verb: ready(verb, *arguments.get(verb, ()))
        for verb in cli.VERBS.keys() - {"check", "db", "init"}
    }

    for verb, answer in answers.items():
        assert (answer.code, answer.out) == (1, ""), verb
        assert answer.err.startswith("blogapp: the schema is 0001, this version needs "), verb
        assert answer.err.endswith(": run `blogapp init`\n"), verb
    assert stored(instance) == before
    assert not (tmp_path / "out").exists()


def test_init_upgrades_an_old_blog_to_one_that_can_be_searched(
    blogapp: Command, instance: Path
) -> None:
    make_old(instance)
    before = sql(instance, "SELECT version, updated_at, body FROM posts")

    first = blogapp("init")
    as_it_is = stored(instance)
    second = blogapp("init")

    assert (first.code, first.out) == (0, "")
    assert "2 posts rendered" in first.err and "rendered" not in second.err
    assert stored(instance) == as_it_is
    assert sql(instance, "SELECT version, updated_at, body FROM posts") == before
    assert "/blog/old" in found(instance, "/?q=needle")
    assert blogapp("check").code == 0


def test_init_goes_on_where_it_was_interrupted(
    three_posts: Command, instance: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sql(instance, "UPDATE posts SET renderer_version = 1", "DELETE FROM search")
    render, rendered = posts.render, list[Post]()

    def render_one(post: Post) -> str | None:
        if rendered:
            raise KeyboardInterrupt
        rendered.append(post)
        return render(post)

    with monkeypatch.context() as patch:
        patch.setattr(posts, "render", render_one)
        interrupted = three_posts("init")

    answer = three_posts("init")

    assert interrupted.code == 1
    assert "2 posts rendered" in answer.err
    assert three_posts("check").code == 0


def test_init_indexes_what_the_index_does_not_have(three_posts: Command, instance: Path) -> None:
    sql(instance, "DELETE FROM search WHERE ~rowid & 1023 > 1")

    answer = three_posts("init")

    assert "2 posts added to the search index" in answer.err
    assert "/blog/cas" in found(instance, "/?q=cas")


def test_init_keeps_the_addresses_of_series_and_reindex_forgets_those_of_none(
    three_posts: Command, instance: Path
) -> None:
    sql(instance, "UPDATE posts SET series = 'Queues & tables'", "DELETE FROM series_names")

    upgraded = three_posts("init").code, sql(instance, "SELECT name, slug FROM series_names")
    sql(instance, "UPDATE posts SET series = NULL")
    mended = three_posts("reindex").code, sql(instance, "SELECT name FROM series_names")

    assert upgraded == (0, [("Queues & tables", "queues-and-tables")])
    assert mended == (0, [])


def test_an_index_that_begins_with_the_oldest_is_made_anew(
    three_posts: Command, instance: Path
) -> None:
    sql(
        instance,
        "UPDATE search SET rowid = ~rowid",
        "UPDATE alembic_version SET version_num = '0010'",
    )

    answer = three_posts("init")

    assert "3 posts added to the search index" in answer.err
    assert three_posts("check").out == "everything is in step: 3 posts\n"


def test_between_a_few_posts_that_are_indexed_others_can_write(
    three_posts: Command, instance: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sql(instance, "DELETE FROM search")
    indexed = []

    def write(_seconds: float) -> None:
        sql(instance, "UPDATE posts SET source = NULL")
        indexed.append(rows(instance, "search"))

    with monkeypatch.context() as patch:
        patch.setattr(upkeep, "AT_ONCE", 1)
        patch.setattr("blogapp.cli.upkeep.time.sleep", write)
        answer = three_posts("init")

    assert (answer.code, indexed) == (0, [1, 2])


def test_a_migration_that_would_part_rows_is_told_in_a_sentence(
    three_posts: Command, instance: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = add_migration(tmp_path / "migrations", "op.execute('DELETE FROM posts')")
    before = stored(instance)

    with monkeypatch.context() as patch:
        patch.setattr(setup, "upgrade", partial(upgrade, directory=str(folder)))
        answer = three_posts("init")

    assert (answer.code, answer.out) == (1, "")
    said = answer.err.splitlines()[-1]
    assert said.startswith("blogapp: the database is as it was: ")
    assert said.endswith("3 of post_tags to no row of posts. Next: blogapp check")
    assert "Traceback" not in answer.err
    assert stored(instance) == before


def test_check_looks_through_a_database_that_was_not_upgraded(
    three_posts: Command, instance: Path
) -> None:
    sql(instance, "DELETE FROM posts", "UPDATE alembic_version SET version_num = '0001'")

    answer = three_posts("check")

    assert "of post_tags belongs to no row of posts\nthe schema is 0001" in answer.out
    assert "Traceback" not in answer.err


def test_a_migration_that_fails_is_told_in_a_sentence(ready: Command, instance: Path) -> None:
    sql(instance, "UPDATE alembic_version SET version_num = '0001'")
    before = stored(instance)

    answer = ready("init")

    assert answer.code == 1
    assert "the database is as it was" in answer.err and "Traceback" not in answer.err
    assert answer.err.endswith("Next: blogapp check\n")
    assert stored(instance) == before


def test_a_demo_adds_samples_and_an_author_once(ready: Command, instance: Path) -> None:
    first, second = ready("demo"), ready("demo")

    assert "with the password" in first.out
    assert (first.code, second.code, second.out) == (0, 0, "")
    assert rows(instance, "authors") == 1
    assert rows(instance, "posts") >= 9


def test_a_demo_whose_samples_fail_says_so_and_can_be_repeated(
    ready: Command, instance: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(setup, "SAMPLES", tmp_path / "samples")
        setup.SAMPLES.mkdir()
        (setup.SAMPLES / "broken.md").write_text("---\ntitle: [\n---\n")
        failed = ready("demo")

    assert (failed.code, failed.out) == (1, "")
    assert "broken.md: " in failed.err and "Traceback" not in failed.err
    assert "with the password" in ready("demo").out


def test_serve_names_a_port_that_is_taken_and_another(
    ready: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        answer = ready("serve", "--port", str(port))

    assert answer.code == 1
    assert f"cannot serve on 127.0.0.1:{port}" in answer.err
    assert f"--port {port + 1}" in answer.err


@pytest.mark.parametrize("host", ["nosuch.invalid", "192.0.2.7"])
def test_serve_names_a_host_that_is_not_here_and_another(ready: Command, host: str) -> None:
    answer = ready("serve", "--host", host)

    assert answer.code == 1
    assert f"cannot serve on {host}:8000" in answer.err
    assert "--host 127.0.0.1" in answer.err and "--port" not in answer.err


@pytest.fixture
def hangups() -> Iterator[list[int]]:
    """The SIGHUPs that were not taken by ``serve``: they would have ended the process."""
    taken: list[int] = []
    before = signal.signal(signal.SIGHUP, lambda number, _: taken.append(number))
    yield taken
    signal.signal(signal.SIGHUP, before)


def test_a_hangup_before_workers_start_is_taken_when_they_do(
    ready: Command, served: list[Any], hangups: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "_listen", lambda *_: signal.raise_signal(signal.SIGHUP))
    assert ready("serve").code == 0
    before = len(hangups)

    [start] = served[0].hooks_startup
    start()  # once granian takes them

    assert (before, hangups) == (0, [signal.SIGHUP])


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The servers that ``serve`` would have run."""
    served: list[Any] = []
    monkeypatch.setattr(serving, "_ways", [])
    monkeypatch.setattr(serving, "_listen", lambda *_: None)
    monkeypatch.setattr(serving, "_work", lambda _: None)
    monkeypatch.setattr(turns, "take_whole", lambda: None)  # of this process they are not
    monkeypatch.setattr(Granian, "serve", lambda server: served.append(server))
    return served


def test_workers_take_the_application_that_was_made_and_another_after_a_hangup(
    ready: Command, served: list[Any]
) -> None:
    assert ready("serve", "--workers", "2").code == 0
    app, first, second = serving._ways[0](), serving.make_worker(), serving.make_worker()
    with app.app_context():
        pool = db.engine.pool
    [reload] = served[0].hooks_reload
    reload()
    other = serving._ways[0]()

    assert isinstance(pool, sa.QueuePool)
    assert pool.checkedin() + pool.checkedout() == 0  # no connection crosses the fork
    assert first is second is app
    assert serving.make_worker() is other is not first


def test_one_worker_makes_the_application_itself(ready: Command, served: list[Any]) -> None:
    """In a process of its own: what starts the worker has neither Flask's nor a database."""
    script = (
        "import sys, granian\n"
        "from blogapp import cli\n"
        "granian.Granian.serve = lambda server: print('served', 'sqlalchemy' in sys.modules)\n"
        "sys.argv = ['blogapp', 'serve', '--port', sys.argv[1]]\n"
        "cli.main()\n"
    )

    answer = subprocess.run(
        [sys.executable, "-c", script, str(free_port())],
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert (answer.returncode, answer.stdout) == (0, "served False\n"), answer.stderr


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_database_of_another_version_is_not_served(
    ready: Command, instance: Path, served: list[Any], workers: str
) -> None:
    sql(instance, "UPDATE alembic_version SET version_num = '0001'")

    answer = ready("serve", "--workers", workers)

    assert (answer.code, served) == (1, [])
    assert "the schema is 0001" in answer.err and "run `blogapp init`" in answer.err


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_hangup_takes_an_address_from_the_settings_and_leaves_what_cannot_be_used(
    ready: Command, instance: Path, served: list[Any], workers: str
) -> None:
    assert ready("serve", "--port", "8123", "--workers", workers).code == 0
    first = config.load().url
    [reload] = served[0].hooks_reload
    shown = []

    for file in ("url = [", 'url = "https://blog.example"', "url = ["):
        (instance / "config.toml").write_text(file)
        reload()
        shown.append(serving._ways[0]().config["BLOG"].url)

    assert first == "http://127.0.0.1:8123"
    assert shown == [first, "https://blog.example", "https://blog.example"]


@pytest.mark.parametrize("verb", ["run", "shell", "routes", "db"])
def test_flasks_own_verbs_are_there(ready: Command, verb: str) -> None:
    assert ready(verb, "--help").code == 0


def test_the_shell_knows_all_tables(app: Flask) -> None:
    tables = {mapper.class_ for base in (Model, LaterModel) for mapper in base.registry.mappers}

    with app.app_context():
        known = app.make_shell_context()

    assert len(tables) > 15
    assert {table.__name__: table for table in tables}.items() <= known.items()
    assert known["db"] is db


def test_help_names_every_verb(ready: Command) -> None:
    answer = ready("--help")

    for verb in ("init", "author", "import", "render", "reindex", "check", "serve", "demo"):
        assert re.search(rf"^  {verb} ", answer.out, re.MULTILINE)


def test_a_new_password_takes_the_place_of_the_old_one(ready: Command, instance: Path) -> None:
    ready("author", "add", "sam", "--password-stdin", given="correct horse battery\n")

    answer = ready("author", "password", "Sam")

    app = create_app(config.Settings(instance=instance))
    with app.app_context():
        assert authors.sign_in("sam", answer.out.strip(), "192.0.2.1")
        with pytest.raises(Invalid):
            authors.sign_in("sam", "correct horse battery", "192.0.2.1")
        db.engine.dispose()


def test_a_password_for_nobody_fails(ready: Command) -> None:
    answer = ready("author", "password", "nobody")

    assert answer.code == 1
    assert "blogapp author add NAME" in answer.err


def test_only_its_owner_reads_the_database(ready: Command, instance: Path) -> None:
    assert stat.S_IMODE((instance / "blog.db").stat().st_mode) == 0o600
