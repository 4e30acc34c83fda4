"""Replies: an answer to a message, begun for the author's mail program."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import quote

from . import config, times

if TYPE_CHECKING:
    from .models import Message

# What mail programs on Windows take from a link: 2,083 characters, with some to spare.
MAX_ADDRESS = 1800
CUT = "[…]"
_LONGEST = 30  # characters of a word that is kept whole; some scripts have no blanks
_BREAK = "%0D%0A"  # RFC 6068, 5


def mailto(message: Message) -> str:
    """Address an answer to *message*, with its words quoted as far as they go (RFC 6068)."""
    about = message.post.title if message.post else config.current().title
    subject = f"Re: {_cut(about, 100)} [{message.reference}]"
    start = f"mailto:{quote(message.email, safe='@+')}?subject={quote(subject, safe='')}"
    when = times.shown(message.received_at, config.current().timezone)
    opening = quote(f"On {when}, {_cut(message.name, 60)} wrote:", safe="")
    opening = f"&body={_BREAK}{_BREAK}{opening}"
    room = MAX_ADDRESS - len(start) - len(opening)
    if room <= 0:
        return start
    return start + opening + _quoted(message.body, room)


def _quoted(body: str, room: int) -> str:
    """Quote a text for a link, in at most *room* encoded characters, cut behind a word."""
    end = f"{_BREAK}{quote(f'> {CUT}', safe='')}"
    said, fits = "", ""
    for piece in _pieces(body):
        said += piece
        if len(said) > room:
            return fits + end if len(fits + end) <= room else ""
        if len(said) + len(end) <= room:
            fits = said
    return said


def _pieces(body: str) -> Iterator[str]:
    """Encode a text word by word, each line behind its mark."""
    for line in body.rstrip().splitlines():
        yield f"{_BREAK}{quote('>', safe='')}"
        for word in line.split(" "):
            for at in range(0, max(len(word), 1), _LONGEST):
                yield quote(f"{'' if at else ' '}{word[at : at + _LONGEST]}", safe="")


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most].rstrip()}…"
