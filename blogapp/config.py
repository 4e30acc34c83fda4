"""Every setting: its name, default and meaning; a wrong or unsafe value stops the start."""

from __future__ import annotations

import dataclasses
import os
import re
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flask import current_app

from .channels import servers

PREFIX = "BLOG_"
DEFAULT_URL = "http://127.0.0.1:8000"
MAX_FORM_BYTES = 8 * 1024 * 1024  # 2 MB of any script, as forms encode it


class SettingError(Exception):
    """A setting has a value that cannot be used: says which, what it got, what it takes."""

    def __init__(self, name: str, got: object, takes: str) -> None:
        # Logs need no password, and no address of a webhook, which is as good as one.
        hidden = re.search("webh", name, re.IGNORECASE)
        shown = "'…'" if got and hidden else re.sub(r"(://[^:/@]*:).*@", r"\1…@", repr(got))
        super().__init__(f"{name} is {shown}, but it takes {takes}.")


def _setting(default: Any, meaning: str, *, shown: bool = True) -> Any:
    return dataclasses.field(default=default, metadata={"meaning": meaning}, repr=shown)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the operator decides; ``BLOG_<NAME>`` in the environment, ``<name>`` in the file."""

    instance: Path = _setting(Path("instance"), "folder of database, secret and media")
    database_url: str = _setting("", "database; empty is SQLite in the instance folder")
    url: str = _setting(DEFAULT_URL, "public address, for feeds and canonical links")
    title: str = _setting("blog", "name of the blog")
    tagline: str = _setting("Notes on software", "one line about it")
    author: str = _setting(
        "The author", "whose name feeds, search engines and the foot of the page tell"
    )
    timezone: ZoneInfo = _setting(ZoneInfo("UTC"), "zone of the dates that readers see")
    language: str = _setting("en", "language of the articles (BCP 47)")
    cta_question: str = _setting("need help with a project?", "asked at the end of an article")
    cta_text: str = _setting("get in touch", "what the link to the contact form says")
    trusted_proxies: int = _setting(0, "how many proxies stand in front")
    mail_url: str = _setting("", "mail server that takes notices of messages", shown=False)
    mail_from: str = _setting("", "address that notices come from")
    mail_to: str = _setting("", "address that notices go to")
    mail_confirm: bool = _setting(False, "whether visitors get a confirmation by mail")
    webhook_url: str = _setting("", "address that is told of messages by a POST", shown=False)
    webhook_secret: str = _setting("", "key that signs what the webhook is told", shown=False)
    messages_kept: int = _setting(0, "days that messages are kept; 0 is for ever")

    @property
    def database(self) -> Path:
        """SQLite's file, where no other database is named."""
        return self.instance / "blog.db"

    @property
    def secure(self) -> bool:
        """Whether readers come by https."""
        return self.url.startswith("https:")


def load(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings: defaults, then ``instance/config.toml``, then ``BLOG_*``."""
    instance = Path(environ.get(f"{PREFIX}INSTANCE") or _default_instance()).resolve()
    from_file = _read_file(instance / "config.toml")
    values = {"instance": instance} | from_file | _read_environment(environ)
    settings = Settings(**values)
    _check_together(settings)
    return settings


def current() -> Settings:
    """Return the settings of the running application."""
    settings = current_app.config["BLOG"]
    assert isinstance(settings, Settings)  # noqa: S101 - put there by flask_settings
    return settings


def flask_settings(settings: Settings) -> dict[str, Any]:
    """Translate the settings into Flask's and its extensions' own."""
    _make_folder(settings.instance)
    database_url = settings.database_url or f"sqlite:///{settings.database}"
    return {
        "BLOG": settings,
        "SECRET_KEY": _secret(settings.instance / "secret"),
        "SQLALCHEMY_DATABASE_URI": database_url,
        "MAX_CONTENT_LENGTH": MAX_FORM_BYTES,
        "MAX_FORM_MEMORY_SIZE": MAX_FORM_BYTES,
        "SESSION_COOKIE_NAME": "blog_session",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SECURE": settings.secure,
        "SESSION_COOKIE_SAMESITE": "Lax",
        # Else every answer to a signed-in author would set it anew, public pages included.
        "SESSION_REFRESH_EACH_REQUEST": False,
        # A form may stay open for days; the session that the token belongs to is its limit.
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_CHECK_DEFAULT": False,
        "WTF_CSRF_SSL_STRICT": False,
        "WTF_CSRF_METHODS": {"POST", "PUT", "PATCH", "DELETE"},
        "WTF_CSRF_FIELD_NAME": "csrf_token",
        "WTF_CSRF_HEADERS": ["X-CSRFToken", "X-CSRF-Token"],
    }


def _default_instance() -> Path:
    """The checkout's ``instance/``, or one in the working folder of an installed package."""
    root = Path(__file__).resolve().parent.parent
    return root / "instance" if (root / "templates").is_dir() else Path("instance")


def _read_file(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
        import tomllib  # here: most blogs have no such file

        raw = tomllib.loads(text)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise SettingError(str(path), error.strerror, "a file that we can read") from error
    except ValueError as error:  # no TOML, or no UTF-8
        raise SettingError(str(path), str(error), 'TOML, such as: title = "My blog"') from error

    known = [field.name for field in dataclasses.fields(Settings) if field.name != "instance"]
    for name in raw:
        if name not in known:
            raise SettingError(f"a name in {path}", name, f"one of {', '.join(known)}")
    return {name: _parse(f"{name} in {path}", name, value) for name, value in raw.items()}


def _read_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    """Read ``BLOG_*``; others may share the prefix, so only a near miss is an error."""
    known = {PREFIX + field.name.upper(): field.name for field in dataclasses.fields(Settings)}
    for name in environ:
        if name.startswith(PREFIX) and name not in known:
            import difflib  # here, as below: most have nothing to be told

            near = difflib.get_close_matches(name, known, n=1, cutoff=0.9)
            if near:
                raise SettingError(name, environ[name], f"its right name, {near[0]}")
    return {
        field: _parse(name, field, environ[name])
        for name, field in known.items()
        if environ.get(name) and field != "instance"
    }


def _parse(label: str, field: str, value: object) -> Any:
    parser, takes = _PARSERS.get(field, (_text, "a line of text"))
    try:
        return parser(value)
    except (ValueError, TypeError) as error:
        raise SettingError(label, value, takes) from error


def _check_together(settings: Settings) -> None:
    """Refuse mail that is set up by half: nobody would notice until a message was missed."""
    if settings.mail_confirm and not settings.mail_url:
        raise SettingError(f"{PREFIX}MAIL_URL", "", "a mail server, for BLOG_MAIL_CONFIRM is on")
    for name in ("mail_from", "mail_to"):
        if settings.mail_url and not getattr(settings, name):
            takes = f"{_MAILBOX}, for BLOG_MAIL_URL is set"
            raise SettingError(PREFIX + name.upper(), "", takes)


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise ValueError(value)
    return value.strip()


def _url(value: object) -> str:
    parts = urlsplit(_text(value))
    plain = not (parts.query or parts.fragment or parts.username or parts.path.strip("/"))
    known = re.fullmatch(r"[\w.-]+|[0-9a-f:.]+", parts.hostname or "")
    if parts.scheme not in {"http", "https"} or not known or not plain:
        raise ValueError(value)
    _ = parts.port  # raises ValueError for one out of range
    return f"{parts.scheme}://{parts.netloc}"


def _database(value: object) -> str:
    import sqlalchemy as sa  # here: most settings name no database, and so are soon known

    text = _text(value)
    try:
        url = sa.make_url(text)
    except sa.exc.ArgumentError as error:
        raise ValueError(value) from error
    if url.drivername not in {"sqlite", "postgresql+psycopg"}:
        raise ValueError(value)
    try:
        url.get_dialect().import_dbapi()
    except ImportError as error:
        raise ValueError(value) from error
    return text


def _zone(value: object) -> ZoneInfo:
    try:
        return ZoneInfo(_text(value))
    except (ZoneInfoNotFoundError, OSError) as error:
        raise ValueError(value) from error


def _language(value: object) -> str:
    text = _text(value)
    if not re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", text):
        raise ValueError(value)
    return text


def _up_to(most: int) -> Callable[[object], int]:
    def parse(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int | str):
            raise TypeError(value)
        number = int(value)
        if not 0 <= number <= most:
            raise ValueError(value)
        return number

    return parse


def _switch(value: object) -> bool:
    known = {"on": True, "off": False, "true": True, "false": False, "1": True, "0": False}
    if isinstance(value, bool):
        return value
    if not isinstance(value, str) or value.strip().lower() not in known:
        raise ValueError(value)
    return known[value.strip().lower()]


def _checked(check: Callable[[str], object]) -> Callable[[object], str]:
    """Take the text as it is, if *check* does not raise ``ValueError`` for it."""

    def parse(value: object) -> str:
        text = _text(value)
        check(text)
        return text

    return parse


# A lambda asks for what is in `servers` when there is such a value; until then the module waits.
_MAILBOX = "one address of mail, such as blog@example.org"
_PARSERS: dict[str, tuple[Callable[[object], Any], str]] = {
    "url": (_url, "an address without a path, such as https://blog.example.org"),
    "database_url": (
        _database,
        "sqlite:///… or, with blogapp[postgresql] installed, postgresql+psycopg://…",
    ),
    "timezone": (_zone, "a name of the IANA time zone database, such as Europe/Berlin"),
    "language": (_language, "a BCP 47 tag, such as en or pt-BR"),
    "trusted_proxies": (_up_to(10), "a whole number from 0 to 10"),
    "mail_url": (
        _checked(lambda value: servers.mail_server(value)),
        "smtps://user:password@host or smtp://user:password@host (with STARTTLS), user and "
        "password percent-encoded; without TLS only smtp://host?starttls=no",
    ),
    "mail_from": (lambda value: servers.mailbox(_text(value)), _MAILBOX),
    "mail_to": (lambda value: servers.mailbox(_text(value)), _MAILBOX),
    "mail_confirm": (_switch, "on or off"),
    "webhook_url": (
        _checked(lambda value: servers.web_server(value)),
        "an address that starts with https://",
    ),
    "webhook_secret": (
        _checked(lambda value: servers.webhook_key(value)),
        "whsec_ and 24 to 64 bytes in base64, such as: echo whsec_$(openssl rand -base64 32)",
    ),
    "messages_kept": (_up_to(36500), "a whole number of days, 0 for ever"),
}


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        takes = "a folder that this user can write to"
        raise SettingError(f"{PREFIX}INSTANCE", str(path), takes) from error


def _secret(path: Path) -> str:
    """Read the secret; the first start makes it, for its owner's eyes only."""
    try:
        if not path.exists():
            _write_once(path, secrets.token_hex(32))
        secret = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError("the secret file", str(path), "a file we can read") from error
    if len(secret) < 32:
        takes = "at least 32 characters; delete it, and the next start makes a new one"
        raise SettingError("the secret file", str(path), takes)
    return secret


def _write_once(path: Path, text: str) -> None:
    """Write a private file so that of several workers that start together one wins."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
