"""Letters: notices as mails. Visitors' words stand in the text only, each line marked."""

from __future__ import annotations

import contextlib
import re
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from . import servers
from .notices import RECEIVED, Notice

# 7bit: no server on the way needs 8BITMIME.
_POLICY = SMTP.clone(cte_type="7bit")
# All that any program takes for the end of a line, and what begins an encoded word (RFC 2047):
# CPython before 3.11.10 and 3.12.5 makes lines of their own of what is encoded there.
_UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]|=\?")
# What no program shows in a text, and terminals obey; tabs and ends of lines stay.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_TEMPLATES = Environment(  # noqa: S701 - plain text: nothing in it is markup
    loader=FileSystemLoader(Path(__file__).parent / "letters"),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
_MAX_TITLE = 150  # characters of an article's title in a subject


def to_author(notice: Notice, *, sender: str, to: str) -> EmailMessage:
    """Write to the author of what a visitor wrote; an answer goes to the visitor."""
    begin = f"Message {notice.reference}" if notice.is_new else f"Added to {notice.reference}"
    subject = _about(begin, notice.article) if notice.article else begin
    letter = _letter("received.txt", sender=sender, to=to, subject=subject, notice=notice)
    _identify(letter, sender, f"{notice.key}.mail", submitted="auto-generated")
    if not notice.is_new:
        letter["References"] = message_id(sender, f"{notice.reference}-{RECEIVED}.mail".lower())
    with contextlib.suppress(ValueError):  # the address stands in the text
        letter["Reply-To"] = fit(servers.mailbox(notice.email))
    return letter


def to_visitor(notice: Notice, *, sender: str) -> EmailMessage:
    """Confirm to a visitor that a message is there, with none of their words.

    Whoever typed somebody else's address must not be able to write to them by it. Raises
    ``ValueError`` for an address that no mail can be sent to.
    """
    to = fit(servers.mailbox(notice.email))
    subject = f"We have your message {notice.reference}"
    letter = _letter("confirmation.txt", sender=sender, to=to, subject=subject, notice=notice)
    _identify(letter, sender, f"{notice.key}.confirmation", submitted="auto-replied")
    return letter


def trial(*, site: str, sender: str, to: str, key: str) -> EmailMessage:
    """Write a test message."""
    letter = _letter("trial.txt", sender=sender, to=to, subject="Test message", site=site)
    _identify(letter, sender, f"{key}.trial", submitted="auto-generated")
    return letter


def message_id(sender: str, key: str) -> str:
    """Name a mail: at each attempt the same, so that a second copy can be told from a new one."""
    return f"<{fit(key)}@{sender.rpartition('@')[2]}>"


def fit(value: str) -> str:
    """Return *value* if it may stand in a header field; raises ``ValueError``."""
    if _UNFIT.search(value):
        raise ValueError("no line break, no control character and no encoded word in a header")
    return value


def _about(begin: str, title: str) -> str:
    short = title if len(title) <= _MAX_TITLE else f"{title[:_MAX_TITLE].rstrip()}…"
    try:
        return f"{begin}: {fit(short)}"
    except ValueError:
        return begin  # the title stands in the text


def _letter(template: str, *, sender: str, to: str, subject: str, **values: Any) -> EmailMessage:
    text = _TEMPLATES.get_template(template).render(values | {"quoted": _quoted, "line": _line})
    letter = EmailMessage(policy=_POLICY)
    letter["From"] = fit(sender)
    letter["To"] = fit(to)
    letter["Subject"] = fit(subject)
    shown = _CONTROLS.sub("\ufffd", text)
    letter.set_content(shown.encode("utf-8", "replace").decode("utf-8"))
    return letter


def _identify(letter: EmailMessage, sender: str, key: str, *, submitted: str) -> None:
    letter["Date"] = datetime.now(UTC)
    letter["Message-ID"] = message_id(sender, key)
    letter["Auto-Submitted"] = submitted  # RFC 3834: no automaton answers it


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


def _line(text: str) -> str:
    return " ".join(text.split())
