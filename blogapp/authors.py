"""Authors: passwords, sessions, and what a wrong password costs."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from functools import cache
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from werkzeug.security import check_password_hash, generate_password_hash

from . import config, throttling
from .errors import Invalid, TooManyAttempts
from .extensions import db
from .models import Author, Session, utcnow
from .throttling import Counted, Pauses

MIN_PASSWORD = 10  # characters
MAX_PASSWORD = 1000
SESSION_AGE = timedelta(days=30)
WRONG = "Name or password is wrong."

# How many wrong passwords are free, and the longest pause after more.
FROM_NETWORK = Pauses(free=20, longest=900)
FOR_ACCOUNT_FROM_NETWORK = Pauses(free=5, longest=900)
# Short, for anybody can make an author wait here: it only slows down guesses from everywhere.
FOR_ACCOUNT = Pauses(free=20, longest=5)


def add(name: str, password: str) -> Author:
    """Make an author; raises ``Invalid`` for a name that is taken or a short password."""
    name = _name(name)
    if not name:
        raise Invalid("name", "An author needs a name.")
    hashed = _hashed(password)
    if find(name) is not None:
        raise Invalid("name", f"There is an author “{name}” already.")
    author = Author(name=name, password_hash=hashed)
    db.session.add(author)
    db.session.flush()
    return author


def change_password(name: str, password: str) -> None:
    """Give an author a new password and end all their sessions; raises ``Invalid``."""
    author = find(name)
    if author is None:
        raise Invalid("name", f"There is no author “{name}”. To add one: blogapp author add NAME")
    author.password_hash = _hashed(password)
    sign_out_everywhere(author)
    db.session.flush()


def find(name: str) -> Author | None:
    """Find an author by name, in any case."""
    return db.session.scalar(sa.select(Author).where(Author.name == _name(name)))


def hold(author_id: int) -> None:
    """Let others who write as this author wait for the commit."""
    itself = sa.update(Author).where(Author.id == author_id).values(name=Author.name)
    db.session.execute(itself, execution_options={"synchronize_session": False})


def exist() -> bool:
    """Tell whether there is any author."""
    return db.session.scalar(sa.select(Author.id).limit(1)) is not None


def admit(name: str, address: str) -> None:
    """Count an attempt to sign in before it is judged; raises ``TooManyAttempts``.

    Commit what this writes before the password is looked at: then attempts that come at the
    same time count as well. Each wrong password beyond the free ones doubles the pause.
    """
    refused = throttling.admit(_counted(name, address))
    if refused:
        raise TooManyAttempts(refused.seconds)


def sign_in(name: str, password: str, address: str) -> str:
    """Check the password and begin a new session; returns its token.

    Raises ``Invalid`` with one text for an unknown name and a wrong password; both take the
    time of one scrypt.
    """
    author = find(name)
    stored = author.password_hash if author else _nobody()
    matches = check_password_hash(stored, password[:MAX_PASSWORD])
    if author is None or not matches:
        raise Invalid("password", WRONG)

    throttling.forget(counted.subject for counted in _counted(name, address))
    db.session.execute(sa.delete(Session).where(Session.created_at < utcnow() - SESSION_AGE))
    token = secrets.token_urlsafe(32)
    db.session.add(Session(token_hash=_hash(token), author_id=author.id))
    db.session.flush()
    return token


def of_session(token: str) -> Author | None:
    """Find who signed in with this session, while it lasts."""
    session = db.session.scalar(
        sa.select(Session).where(
            Session.token_hash == _hash(token), Session.created_at > utcnow() - SESSION_AGE
        )
    )
    return session.author if session else None


def zone(author: Author | None) -> ZoneInfo:
    """The zone that *author* last gave a time in, else the site's."""
    named = author.timezone if author else None
    return ZoneInfo(named) if named else config.current().timezone


def sign_out(token: str) -> None:
    """End this session."""
    db.session.execute(sa.delete(Session).where(Session.token_hash == _hash(token)))


def sign_out_everywhere(author: Author) -> None:
    """End all sessions of *author*."""
    db.session.execute(sa.delete(Session).where(Session.author_id == author.id))


def _hashed(password: str) -> str:
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise Invalid("password", f"A password has {MIN_PASSWORD} to {MAX_PASSWORD} characters.")
    return generate_password_hash(password, "scrypt")


def _name(name: str) -> str:
    return " ".join(name.split()).casefold()[:100]


def _counted(name: str, address: str) -> list[Counted]:
    account, network = _name(name), throttling.network_of(address)
    return [
        Counted(f"account:{account} network:{network}", FOR_ACCOUNT_FROM_NETWORK),
        Counted(f"network:{network}", FROM_NETWORK),
        Counted(f"account:{account}", FOR_ACCOUNT),
    ]


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def _nobody() -> str:
    """A hash that no password has, so that unknown names take as long as known ones."""
    return generate_password_hash(secrets.token_urlsafe(), "scrypt")
