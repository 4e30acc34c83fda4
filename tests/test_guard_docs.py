"""Guards: every setting and every command is documented, and nothing else is."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from blogapp import config
from blogapp.cli import VERBS as PLACES
from blogapp.cli import cli

ROOT = Path(__file__).resolve().parent.parent
RUNNING = ROOT / "docs" / "running.md"
SETTINGS = [f"BLOG_{field.name.upper()}" for field in dataclasses.fields(config.Settings)]
ABOVE = click.Context(cli)
FOUND = [cli.get_command(ABOVE, name) for name in PLACES if name != "db"]  # Flask-Migrate's own
OURS = [command for command in FOUND if command]


def verbs(command: click.Command, above: str = "blogapp") -> Iterator[str]:
    """Name a command, or all the commands of a group, as they are typed."""
    name = f"{above} {command.name}"
    if isinstance(command, click.Group):
        for child in command.commands.values():
            yield from verbs(child, name)
    else:
        yield name


VERBS = [verb for command in OURS for verb in verbs(command)]


@pytest.mark.parametrize("name", SETTINGS)
def test_every_setting_is_documented(name: str) -> None:
    assert re.search(rf"`{name}`", RUNNING.read_text(encoding="utf-8"))


@pytest.mark.parametrize("verb", VERBS)
def test_every_command_is_documented(verb: str) -> None:
    assert re.search(rf"`{verb}\b", RUNNING.read_text(encoding="utf-8"))


def test_no_setting_is_documented_that_does_not_exist() -> None:
    named = re.findall(r"\bBLOG_[A-Z_]*[A-Z]\b", RUNNING.read_text(encoding="utf-8"))

    assert set(named) <= set(SETTINGS)


def test_no_command_is_documented_that_does_not_exist() -> None:
    text = RUNNING.read_text(encoding="utf-8")
    context = click.Context(cli)

    for verb in re.findall(r"`blogapp ([a-z]+)", text):
        assert cli.get_command(context, verb) is not None, verb


def test_every_setting_says_what_it_means() -> None:
    assert all(field.metadata["meaning"] for field in dataclasses.fields(config.Settings))


def test_every_command_says_what_it_does() -> None:
    assert all(command.help for command in OURS)


def test_the_architecture_names_every_module_of_the_core_and_none_that_is_not_there() -> None:
    listed = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8").split("```")[1]
    modules = set(re.findall(r"[a-z_]+\.py\b", listed))
    core = {path.name for path in (ROOT / "blogapp").glob("*.py")}
    packages = {path.parent.name for path in (ROOT / "blogapp").glob("*/__init__.py")}
    every = {path.name for path in (ROOT / "blogapp").rglob("*.py")}

    assert core - modules == set()
    assert {name for name in packages if f"{name}/" not in listed} == set()
    assert modules - every == {"wsgi.py", "hatch_build.py"}
