"""The webhook: what is told by a POST, signed as Standard Webhooks 1.0 says.

*text* is a sentence of ours, for chats: in Slack a visitor's words could call everybody in a room
or hide where a link goes. The words themselves stand in *data*.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import http.client
import json
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass

from .deadlines import Deadline
from .notices import Notice
from .outcomes import Outcome, cause_of
from .servers import WebServer, webhook_key

SETTING = "BLOG_WEBHOOK_URL"
WHOLE = 60.0  # seconds for all of it; others give a receiver half of that and less
_MAX_ANSWER = 2000  # bytes that are read of its text
_TEXT = 2.0  # seconds to read them in: the status says it all


@dataclass(frozen=True, slots=True)
class Event:
    """What is told; *key* is the same at each attempt, and holds no dot (the signature's mark)."""

    key: str
    body: bytes


def event_of(notice: Notice) -> Event:
    """Write what is told of *notice*."""
    kind = "message.received" if notice.is_new else "message.added"
    what = "New message" if notice.is_new else "A line was added to message"
    under = f" about “{notice.article}”" if notice.article else ""
    article = {"title": notice.article, "url": notice.article_url} if notice.article else None
    return _event(
        notice.key,
        kind,
        f"{what} {notice.reference}{under}: {notice.link}",
        {
            "reference": notice.reference,
            "name": notice.name,
            "email": notice.email,
            "body": notice.body,
            "article": article,
            "received_at": notice.received_at.isoformat(timespec="seconds"),
            "url": notice.link,
        },
        at=notice.received_at.isoformat(timespec="seconds"),
    )


def trial(*, site: str, key: str, at: str) -> Event:
    """Write a test."""
    return _event(f"{key}-trial", "test", f"This is a test of {site}.", {}, at=at)


def post(
    event: Event,
    server: WebServer,
    secret: str,
    *,
    ready: Callable[[], None],
    seconds: float = WHOLE,
) -> Outcome:
    """Post *event*; *ready* is called right before, and ends it by raising.

    A redirect is not followed: what is fetched is the operator's address and no other. What the
    status says counts, whatever becomes of the text behind it.
    """
    place = f"{server.host}:{server.port}" if server.port else server.host
    deadline = Deadline(seconds)
    connection = _connection(server)
    try:
        with deadline:
            handle = connection.sock = _connected(connection, deadline)
            ready()
            connection.request("POST", server.target, event.body, _headers(event, secret))
            response = connection.getresponse()
            deadline.begin(_TEXT)
            handle.settimeout(_TEXT)
            return _outcome(response, _text_of(response))
    except OSError as error:
        cause = error if deadline.left else TimeoutError()
        return Outcome(False, cause_of(cause, place, SETTING))
    except http.client.HTTPException as error:
        said = f"{type(error).__name__} {error}".strip()
        return Outcome(False, f"{place} does not speak HTTP ({said}). Check {SETTING}.")
    finally:
        connection.close()


def signature(event: Event, moment: int, secret: str) -> str:
    """Sign *event* at a *moment* (seconds of Unix)."""
    signed = f"{event.key}.{moment}.".encode() + event.body
    digest = hmac.digest(webhook_key(secret), signed, hashlib.sha256)
    return f"v1,{base64.b64encode(digest).decode()}"


def _event(key: str, kind: str, text: str, data: dict[str, object], *, at: str) -> Event:
    told = {"type": kind, "timestamp": at, "text": text, "data": data}
    return Event(f"msg_{key}", json.dumps(told, ensure_ascii=False).encode("utf-8", "replace"))


def _headers(event: Event, secret: str) -> dict[str, str]:
    moment = int(time.time())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "blogapp",
        "webhook-id": event.key,
        "webhook-timestamp": str(moment),
    }
    if secret:
        headers["webhook-signature"] = signature(event, moment, secret)
    return headers


def _connection(server: WebServer) -> http.client.HTTPConnection:
    # With its port: http.client takes what is behind a colon of an IPv6 address for one.
    kind = http.client.HTTPSConnection if server.tls else http.client.HTTPConnection
    return kind(server.host, server.port or kind.default_port)


def _connected(connection: http.client.HTTPConnection, deadline: Deadline) -> socket.socket:
    """Connect in the place of http.client, whose timeout is for each address anew."""
    handle = deadline.connect(connection.host, connection.port)
    handle.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    handle.settimeout(deadline.wait(WHOLE))
    if isinstance(connection, http.client.HTTPSConnection):
        context = ssl.create_default_context()
        handle = context.wrap_socket(handle, server_hostname=connection.host)
    return handle


def _text_of(response: http.client.HTTPResponse) -> bytes:
    """Read what can be had of an answer's text."""
    text = b""
    with contextlib.suppress(OSError, http.client.HTTPException, ValueError):
        while len(text) < _MAX_ANSWER and (part := response.read1(_MAX_ANSWER - len(text))):
            text += part
    return text


def _outcome(response: http.client.HTTPResponse, body: bytes) -> Outcome:
    said = " ".join(body.decode("utf-8", "replace").split())
    answer = f"{response.status} {response.reason}{': ' if said else ''}{said}"
    if response.status // 100 == 2:
        return Outcome(True, answer)
    if response.status // 100 == 3:
        where = response.headers.get("Location", "nowhere")[:300]
        return Outcome(False, f"{answer}. It leads to {where}: set {SETTING} to where it ends.")
    return Outcome(False, f"{answer}. Check {SETTING}; the server’s log may say more.")
