"""Answers readers from ready bytes, before Flask wakes up.

A page is kept for one generation of the site, and never past the next scheduled article. It was
asked for without a session, and its view says that all readers see the same (``cacheable``).
"""

from __future__ import annotations

import math
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import sqlalchemy as sa
from flask import Flask, request

from . import cached, htmx, negotiation, posts
from .cached import OVERHEAD, Headers, Page, Ready
from .generation import Generation

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

P = ParamSpec("P")
R = TypeVar("R")
Key = tuple[str, str, int]

MOST_BYTES = 64 * 1024 * 1024  # of all pages that are kept, in each worker
LARGEST = 4 * 1024 * 1024  # bytes of a page, uncompressed
MOST_SEEN = 4_096  # addresses with a query that are remembered to have been asked for
ALL = -1  # generations
STARTED = int(time.time())  # templates and settings are as old as the process

# Nothing here is the same for all readers, or it is a large file: not even looked up.
NEVER = ("/admin", "/contact", "/healthz", "/media/", "/p/", "/r/", "/readyz")
_BY_PERSON = {"cookie", "authorization", "*"}
_PRIVATE = re.compile(r"private|no-store", re.IGNORECASE)
_ASKED, _MARKED = "blog.cache.asked", "blog.cache.marked"


def init_app(app: Flask) -> None:
    """Put the cache before *app*; where it is being changed, each page is made anew."""
    if app.debug:
        return
    cache = PageCache(app)
    app.extensions["pagecache"] = cache
    app.wsgi_app = cache  # type: ignore[method-assign] # Flask's own documented way


def cacheable(*, any_query: bool = False) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Mark a view whose pages are the same for all readers.

    With *any_query* they do not depend on the query; else only the canonical one gets 200.
    """

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def marked(*args: P.args, **kwargs: P.kwargs) -> R:
            mark(any_query=any_query)
            return view(*args, **kwargs)

        return marked

    return decorate


def mark(*, any_query: bool = False, for_ever: bool = False) -> None:
    """Let the answer to this request be kept; *for_ever*, whatever the authors change.

    To be called before anything is read that the answer shows.
    """
    if _ASKED in request.environ:
        page = Page(ALL, math.inf, STARTED) if for_ever else request.environ[_ASKED].begun()
        page.any_query = any_query
        request.environ[_MARKED] = page


def takes_over() -> bool:
    """Whether the cache gives the answer to this request its validators."""
    return _MARKED in request.environ


class PageCache:
    """A WSGI layer that keeps pages, the least recently used ones going first."""

    def __init__(self, app: Flask, most_bytes: int = MOST_BYTES) -> None:
        self._app: WSGIApplication = app.wsgi_app
        self._generation: Generation = app.extensions["generation"]
        self._session = f"{app.config['SESSION_COOKIE_NAME']}="
        self._most = most_bytes
        self._pages: OrderedDict[Key, Page] = OrderedDict()
        self._seen: OrderedDict[Key, None] = OrderedDict()
        self._unkept: OrderedDict[Key, None] = OrderedDict()  # since the last change
        self._unkept_of = ALL
        self._filling: dict[Key, threading.Lock] = {}
        self._lock = threading.Lock()
        self.size = 0  # bytes
        self.fills = 0

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer from what is kept, or let the application answer and keep that."""
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        if (method != "GET" and method != "HEAD") or path.startswith(NEVER):
            return self._app(environ, start_response)
        if self._session in environ.get("HTTP_COOKIE", ""):
            return self._app(environ, start_response)

        key = (path, environ.get("QUERY_STRING", ""), _variant(environ))
        page = self._find(key)
        if page is None:
            return self._fill(key, environ, start_response)
        return self._send(page, environ, start_response)

    def begun(self) -> Page:
        """Begin a page: as old as the site is now, and good until the next article."""
        now = time.time()
        state = self._generation.state()
        following = posts.next_publication()
        last = posts.last_publication()
        until = following.timestamp() if following else math.inf
        modified = max(state.since, last.timestamp() if last else 0.0, STARTED)
        # Of what changes within a second, the date (RFC 9110, 8.8.2.2) could not tell.
        return Page(state.number, until, int(modified) if now - modified >= 2 else None)

    def clear(self) -> None:
        """Forget all pages."""
        with self._lock:
            self._pages.clear()
            self._seen.clear()
            self._unkept.clear()
            self.size = 0

    def __len__(self) -> int:
        return len(self._pages)

    def _find(self, key: Key) -> Page | None:
        page = self._pages.get(key)
        if page is None and key[1]:
            key = (key[0], "", key[2])
            page = self._pages.get(key)
            if page is not None and not page.any_query:
                return None
        if page is None:
            return None
        try:
            now = page.generation if page.generation == ALL else self._generation.now()
        except sa.exc.SQLAlchemyError:
            return None  # the application says what is wrong with the database
        if page.generation != now or page.until <= time.time():
            return None
        with self._lock:
            if key in self._pages:  # another thread may just have dropped it
                self._pages.move_to_end(key)
        return page

    def _fill(
        self, key: Key, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Let one thread ask the application; the others wait for what it gets."""
        with self._lock:
            turn = self._filling.setdefault(key, threading.Lock())
        answer: Page | Iterable[bytes] | None = None
        with turn:
            try:
                answer = self._find(key)
                if answer is None and not self._is_unkept(key):
                    answer = self._make(key, environ, start_response)
            finally:
                with self._lock:
                    self._filling.pop(key, None)
        if answer is None:  # nobody could have waited for what is not kept
            answer = self._make(key, environ, start_response)
        return self._send(answer, environ, start_response) if isinstance(answer, Page) else answer

    def _make(
        self, key: Key, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Page | Iterable[bytes]:
        self.fills += 1
        asked = environ | {"REQUEST_METHOD": "GET", _ASKED: self}
        status, headers, chunks = _ask(self._app, asked)
        if _MARKED not in asked or status != "200 OK":
            self._note(self._unkept, key)
            start_response(status, headers)
            return chunks if environ["REQUEST_METHOD"] == "GET" else _closed(chunks)
        body = b"".join(chunks)
        _closed(chunks)
        _expect_public(headers)
        page: Page = asked[_MARKED]
        page.describe(headers, body)
        ready = page.encode(cached.encoding(environ.get("HTTP_ACCEPT_ENCODING", "")), body)
        page.size = OVERHEAD + len(ready.body)
        if len(body) > LARGEST:
            return page
        self._keep((key[0], "" if page.any_query else key[1], key[2]), page)
        return page

    def _send(
        self, page: Page, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        ready = page.ready.get(cached.encoding(environ.get("HTTP_ACCEPT_ENCODING", "")))
        if ready is None:
            ready = self._encode(page, cached.encoding(environ.get("HTTP_ACCEPT_ENCODING", "")))
        if cached.is_held(ready.etag, page.modified, environ):
            start_response("304 NOT MODIFIED", ready.not_modified)
            return ()
        start_response("200 OK", ready.headers)
        return (ready.body,) if environ["REQUEST_METHOD"] == "GET" else ()

    def _encode(self, page: Page, encoding: str) -> Ready:
        """Keep *page* in one more encoding."""
        ready = page.encode(encoding, page.decoded())
        with self._lock:
            page.size += len(ready.body)
            if page.key and self._pages.get(page.key) is page:
                self.size += len(ready.body)
                self._make_room()
        return ready

    def _keep(self, key: Key, page: Page) -> None:
        with self._lock:
            # A search is kept from the second time on: made-up words push no article out.
            if key[1] and not self._note(self._seen, key):
                return
            self._drop(key)
            self._unkept.pop(key, None)
            page.key = key
            self._pages[key] = page
            self.size += page.size
            self._make_room()

    def _make_room(self) -> None:
        while self.size > self._most:
            self._drop(next(iter(self._pages)))

    def _drop(self, key: Key) -> None:
        page = self._pages.pop(key, None)
        if page is not None:
            self.size -= page.size

    def _is_unkept(self, key: Key) -> bool:
        """Whether the answer to *key* is one that is not kept; any change may make it another."""
        try:
            now = self._generation.now()
        except sa.exc.SQLAlchemyError:
            return True  # nothing is kept without the database
        if now != self._unkept_of:
            self._unkept.clear()
            self._unkept_of = now
        return key in self._unkept

    @staticmethod
    def _note(keys: OrderedDict[Key, None], key: Key) -> bool:
        """Remember *key* among the newest; tells whether it was there."""
        known = key in keys
        keys[key] = None
        while len(keys) > MOST_SEEN:
            with suppress(KeyError):  # another thread has emptied it
                keys.popitem(last=False)
        return known


def _ask(app: WSGIApplication, environ: WSGIEnvironment) -> tuple[str, Headers, Iterable[bytes]]:
    """Call *app*: its status, its headers, and what it sends."""
    said: list[tuple[str, Headers]] = []

    def start(status: str, headers: Headers, _failure: object = None) -> Callable[[bytes], object]:
        said.append((status, headers))
        return _refuse_to_write

    chunks = app(environ, start)
    return *said[-1], chunks


def _refuse_to_write(_data: bytes) -> object:
    raise NotImplementedError("an application that writes, instead of returning what it sends")


def _closed(chunks: Iterable[bytes]) -> Iterable[bytes]:
    close = getattr(chunks, "close", None)
    if close:
        close()
    return ()


def _expect_public(headers: Headers) -> None:
    """Fail rather than keep what is somebody's own."""
    for name, value in headers:
        varies = {part.strip().lower() for part in value.split(",")} & _BY_PERSON
        own = name.lower() == "set-cookie" or (name.lower() == "vary" and varies)
        if own or (name.lower() == "cache-control" and _PRIVATE.search(value)):
            raise AssertionError(f"a page for all readers has {name}: {value}")


def _variant(environ: WSGIEnvironment) -> int:
    """Tell apart what the views tell apart at one address: part or page, Markdown or HTML."""
    accept = environ.get("HTTP_ACCEPT", "")
    return htmx.is_partial(environ) + 2 * negotiation.prefers_markdown(accept)
