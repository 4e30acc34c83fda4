"""Verbs about authors."""

from __future__ import annotations

import secrets
import sys

import click
from flask.cli import AppGroup

from .. import authors
from ..extensions import db
from .schema import with_current_schema

author = AppGroup("author", help="Who may write.")


def generated_password() -> str:
    """Make a password that can be typed: some 95 bits."""
    return "-".join(secrets.token_hex(3) for _ in range(4))


@author.command()
@click.argument("name")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@with_current_schema
def add(name: str, password_stdin: bool) -> None:
    """Add an author; prints a generated password once if none is given."""
    chosen = _read_password() if password_stdin else generated_password()
    authors.add(name, chosen)
    db.session.commit()
    if not password_stdin:
        _show_once(chosen)


@author.command()
@click.argument("name")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@with_current_schema
def password(name: str, password_stdin: bool) -> None:
    """Give an author a new password, and end their sessions."""
    chosen = _read_password() if password_stdin else generated_password()
    authors.change_password(name, chosen)
    db.session.commit()
    if not password_stdin:
        _show_once(chosen)


def _read_password() -> str:
    return sys.stdin.readline().rstrip("\r\n")


def _show_once(chosen: str) -> None:
    click.echo(chosen)
    click.echo("This password is shown only this once.", err=True)
