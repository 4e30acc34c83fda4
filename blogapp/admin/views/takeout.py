"""Takeout: messages as files, and all that there is of one address."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence

from flask import Response, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue

from ... import config, erasing, inbox, takeout
from ...inbox import Choice
from ...models import utcnow

log = logging.getLogger(__name__)


def messages_of_address() -> ResponseReturnValue:
    """What there is of an address, to be given to who asks for it, or to be deleted."""
    seen, chosen = inbox.seen(), Choice.parse(request.args)
    return render_template(
        "admin/address.html",
        chosen=chosen,
        content=erasing.content(chosen.ids()) if chosen.address else None,
        mentions=Choice(folder="", text=chosen.address).number() if chosen.address else 0,
        seen=seen,
    )


def messages_csv() -> ResponseReturnValue:
    """The messages that the list has, as a table."""
    return _file("csv", "text/csv", takeout.csv_of)


def messages_json() -> ResponseReturnValue:
    """The messages that the list has, as documents."""
    return _file("json", "application/json", takeout.json_of)


def _file(ending: str, type_: str, write: Callable[[Sequence[int]], Iterator[str]]) -> Response:
    """Send a file while it is written."""
    ids = Choice.parse(request.args).ids()
    day = utcnow().astimezone(config.current().timezone).date().isoformat()
    headers = {"Content-Disposition": f'attachment; filename="messages-{day}.{ending}"'}
    pieces = stream_with_context(_logged(write(ids)))
    return Response(pieces, headers=headers, content_type=f"{type_}; charset=utf-8")


def _logged(pieces: Iterator[str]) -> Iterator[str]:
    try:
        yield from pieces
    except Exception:  # the status was sent long ago, so only the log can tell
        log.exception("an export of messages broke off")
        raise
