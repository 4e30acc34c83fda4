"""The command: data on stdout, the rest on stderr; exit 0 done, 1 failed, 2 misused."""

from __future__ import annotations

import io
import json
import re
import socket
import sqlite3
import stat
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from blogapp import authors, cli, config, create_app
from blogapp.errors import Invalid
from blogapp.extensions import db

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
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        code = ended.value.code
        return Answer(said.out, said.err, code if isinstance(code, int) else int(code is not None))

    return blogapp


@pytest.fixture
def ready(blogapp: Command) -> Command:
    """The command, on a blog that has been made."""
    assert blogapp("init").code == 0
    return blogapp


def rows(instance: Path, table: str) -> int:
    connection = sqlite3.connect(instance / "blog.db")
    try:
        query = f"SELECT count(*) FROM {table}"  # noqa: S608 - our own words
        return int(connection.execute(query).fetchone()[0])
    finally:
        connection.close()


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
    "arguments", [("author", "add", "sam"), ("render",), ("serve",), ("demo",)]
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
    connection = sqlite3.connect(instance / "blog.db")
    connection.execute("UPDATE posts SET body_html = 'old', renderer_version = 0")
    connection.commit()

    answer = ready("render")

    found = connection.execute("SELECT body_html FROM posts").fetchall()
    connection.close()
    assert (answer.code, answer.out) == (0, "1 posts rendered\n")
    assert found == [("<p>Text.</p>",)]


def test_a_demo_adds_samples_and_an_author_once(ready: Command, instance: Path) -> None:
    first, second = ready("demo"), ready("demo")

    assert "with the password" in first.out
    assert (first.code, second.code, second.out) == (0, 0, "")
    assert rows(instance, "authors") == 1
    assert rows(instance, "posts") >= 9


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


@pytest.mark.parametrize("verb", ["run", "shell", "routes", "db"])
def test_flasks_own_verbs_are_there(ready: Command, verb: str) -> None:
    assert ready(verb, "--help").code == 0


def test_help_names_every_verb(ready: Command) -> None:
    answer = ready("--help")

    for verb in ("init", "author", "import", "render", "serve", "demo"):
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
