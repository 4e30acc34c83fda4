"""History: the day on which git first had a file, if it can tell."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from blogapp.transfer.files import history, trees

DAY = datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)
Commit = Callable[..., None]


def git(folder: Path, *arguments: str, **environment: str) -> str:
    own = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    names = {
        f"GIT_{who}_{what}": "x" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
    }
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments],
        check=True, capture_output=True, text=True,
        env={**os.environ, **own, **names, **environment},
    )  # fmt: skip
    return done.stdout


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "--quiet")
    return folder


@pytest.fixture
def commit(repository: Path) -> Commit:
    """Commit all that has changed, as of a moment."""

    def commit(moment: str) -> None:
        git(repository, "add", "--all")
        git(repository, "commit", "--quiet", "--message", "m", GIT_AUTHOR_DATE=moment)

    return commit


def test_a_file_has_the_day_of_the_commit_that_added_it(repository: Path, commit: Commit) -> None:
    (repository / "ä b.md").write_text("one")
    commit("2020-01-02T03:04:05Z")
    (repository / "ä b.md").write_text("two")
    (repository / "later.md").write_text("later")
    commit("2021-01-02T03:04:05+01:00")
    (repository / "never.md").touch()

    assert history.first_commits(repository) == {
        "ä b.md": DAY,
        "later.md": datetime(2021, 1, 2, 2, 4, 5, tzinfo=UTC),
    }


def test_a_file_that_was_renamed_keeps_its_day(repository: Path, commit: Commit) -> None:
    text = "\n".join(f"line {number}" for number in range(50))
    (repository / "old.md").write_text(text)
    commit("2020-01-02T03:04:05Z")
    (repository / "posts").mkdir()
    (repository / "old.md").rename(repository / "posts/new.md")
    (repository / "posts/new.md").write_text(f"{text}\nmore")
    commit("2021-01-01T00:00:00Z")

    assert history.first_commits(repository / "posts") == {"new.md": DAY}


def test_where_history_was_cut_off_nothing_is_said(
    repository: Path, commit: Commit, tmp_path: Path
) -> None:
    (repository / "a.md").write_text("a")
    commit("2020-01-02T03:04:05Z")
    (repository / "b.md").write_text("b")
    commit("2021-01-02T03:04:05Z")
    git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{repository}", "shallow")

    assert history.first_commits(tmp_path / "shallow") == {}


def test_without_a_repository_or_git_nothing_is_said(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert history.first_commits(tmp_path) == {}
    assert history.first_commits(repository) == {}  # no commit yet
    monkeypatch.setenv("PATH", str(tmp_path))
    assert history.first_commits(repository) == {}


def test_a_history_that_takes_too_long_is_left_alone(
    repository: Path, commit: Commit, monkeypatch: pytest.MonkeyPatch
) -> None:
    (repository / "a.md").write_text("a")
    commit("2020-01-02T03:04:05Z")
    monkeypatch.setattr(history, "SECONDS", 0.0)

    assert history.first_commits(repository) == {}


def test_the_settings_of_a_strangers_repository_run_nothing(
    repository: Path, commit: Commit, tmp_path: Path
) -> None:
    (repository / "a.md").write_text("a")
    commit("2020-01-02T03:04:05Z")
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    trap.chmod(0o755)
    for name in ("core.fsmonitor", "core.pager", "gpg.program", "diff.external", "pager.log"):
        git(repository, "config", name, str(trap))
    git(repository, "config", "log.showSignature", "true")

    assert history.first_commits(repository) == {"a.md": DAY}
    assert not (tmp_path / "ran").exists()


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_what_a_repository_lacks_is_not_fetched_by_a_program_that_it_names(
    repository: Path, commit: Commit, tmp_path: Path
) -> None:
    (repository / "a.md").write_text("a")
    commit("2020-01-02T03:04:05Z")
    for name, value in (
        ("core.repositoryFormatVersion", "1"),
        ("extensions.partialClone", "origin"),
        ("remote.origin.promisor", "true"),
        ("remote.origin.url", f"ext::touch {tmp_path}/ran"),
        ("protocol.ext.allow", "always"),
    ):
        git(repository, "config", name, value)
    for place in (repository / ".git/objects").glob("??/*"):
        kind = git(repository, "cat-file", "-t", f"{place.parent.name}{place.name}")
        if kind.strip() == "tree":
            place.unlink()

    assert history.first_commits(repository) == {}
    assert not (tmp_path / "ran").exists()


def test_all_files_of_a_tree_are_asked_for_at_once(
    repository: Path, commit: Commit, monkeypatch: pytest.MonkeyPatch
) -> None:
    (repository / "a.md").write_text("a")
    (repository / "b.md").write_text("b")
    commit("2020-01-02T03:04:05Z")
    calls = []

    def first_commits(folder: Path) -> dict[str, datetime]:
        calls.append(folder)
        return {"a.md": DAY}

    monkeypatch.setattr("blogapp.transfer.files.folders.history.first_commits", first_commits)
    tree = trees.opened(repository)

    assert [tree.added_at(path) for path in tree.paths()] == [DAY, None]
    assert calls == [repository.resolve()]
