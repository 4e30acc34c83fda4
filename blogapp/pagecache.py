"""Answers readers from ready bytes, before Flask wakes up.

A page is kept for one generation of the site, and never past the next scheduled article. It was
asked for without a session, and its view says that all readers see the same (``cacheable``).
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache, wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import sqlalchemy as sa
from flask import Flask, request

from . import answers, cached, htmx, negotiation
from .answers import Answer
from .cached import OVERHEAD, Page, Ready
from .eras import Eras
from .generation import Generation
from .kept import Asked, Key, Pages, Recent

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

P = ParamSpec("P")
R = TypeVar("R")

log = logging.getLogger(__name__)

MOST_BYTES = 32 * 1024 * 1024  # of all pages that are kept, in each worker
LARGEST = 4 * 1024 * 1024  # bytes of a page, uncompressed
MOST_NOTED = 4_096  # addresses that are remembered to have been asked for
ALL = cached.ALL  # generations
# Nothing here is the same for all readers, or it is a large file: not even looked up.
NEVER = ("/admin", "/contact", "/healthz", "/media/", "/p/", "/r/", "/readyz")
_ASKED, _MARKED = "blog.cache.asked", "blog.cache.marked"


def init_app(app: Flask) -> None:
    """Put the cache before *app*; where it is being changed, each page is made anew."""
    if app.debug:
        return
    cache = PageCache(app)
    app.extensions["pagecache"] = cache
    app.wsgi_app = cache.answer  # type: ignore[method-assign] # Flask's own documented way


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
    cache: PageCache | None = request.environ.get(_ASKED)
    if cache is not None:
        page = Page(ALL, math.inf, cache.started) if for_ever else cache.begun()
        page.any_query = any_query
        request.environ[_MARKED] = page


class PageCache:
    """A WSGI layer that keeps pages, the least recently used ones going first."""

    def __init__(self, app: Flask, most_bytes: int = MOST_BYTES) -> None:
        self.app: WSGIApplication = app.wsgi_app  # behind the cache
        self._flask = app
        self._generation: Generation = app.extensions["generation"]
        self._eras: Eras = app.extensions["eras"]
        self.started = int(time.time())  # templates and settings are as old as the application
        self._session = f"{app.config['SESSION_COOKIE_NAME']}="
        self._pages = Pages(most_bytes)
        self._shortcuts = self._pages.shortcuts
        self._seen = Recent(MOST_NOTED)
        self._unkept = Recent(MOST_NOTED)  # since the last change
        self._unkept_of: tuple[int, float, bool] | None = None
        self._filling: dict[Key, threading.Lock] = {}
        self._lock = threading.Lock()
        self.fills = 0

    def answer(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer from what is kept, or let the application answer and keep that.

        A reader whose page is kept waits for no more than this function.
        """
        asked = self.asked(environ)
        if asked is None:
            return self.app(environ, start_response)
        ready = self.ready(asked)
        if ready is None:
            return self._look(asked, environ, start_response)
        return _send(ready, environ, start_response)

    def ready(self, asked: Asked) -> Ready | None:
        """Find what ``answer`` sends, if nobody has to be asked for it; takes no lock."""
        ready = self._shortcuts.get(asked)
        if ready is None or not self._is_current(ready.generation, ready.until):
            return None
        return ready

    def asked(self, environ: Mapping[str, Any]) -> Asked | None:
        """Tell what is asked for; None if the answer is not for all.

        Of WSGI's *environ*, what is looked at here is enough.
        """
        get, method = environ.get, environ["REQUEST_METHOD"]
        if (method != "GET" and method != "HEAD") or self._session in get("HTTP_COOKIE", ""):
            return None
        return (
            environ["PATH_INFO"],
            get("QUERY_STRING", ""),
            get("HTTP_ACCEPT", ""),
            get("HTTP_ACCEPT_ENCODING", ""),
            "HTTP_HX_REQUEST" in environ and htmx.is_partial(environ),
        )

    def begun(self) -> Page:
        """Begin a page: as old as the site is now, and good until the next article."""
        era = self._eras.present()
        modified = max(era.modified, self.started)
        # Of what changes within a second, the date (RFC 9110, 8.8.2.2) could not tell.
        is_told = time.time() - modified >= 2
        return Page(era.generation, era.until, int(modified) if is_told else None)

    def clear(self) -> None:
        """Forget all pages."""
        self._pages.clear()
        self._seen.clear()
        self._unkept.clear()
        self._eras.forget()

    @property
    def size(self) -> int:
        """Bytes of all that is kept."""
        return self._pages.size

    def __len__(self) -> int:
        return len(self._pages)

    def _is_current(self, generation: int, until: float) -> bool:
        """Whether readers still see that, as far as this is known without the database."""
        if not self._generation.is_now(generation) and generation != ALL:
            return False
        return until == math.inf or until > time.time()

    def _look(
        self, asked: Asked, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """Negotiate, and find the page or have it made; who asks alike is then spared that."""
        path, query, accept, accept_encoding, is_partial = asked
        wish, encoding = _wishes(accept, accept_encoding)
        key = (path, query, wish + is_partial)
        page: Page | Answer | None = self._find(key)
        if page is None and path.startswith(NEVER):
            return self.app(environ, start_response)
        if page is None:
            page = self._fill(key, encoding, environ)
        if isinstance(page, Answer):
            return _pass_on(page, environ, start_response)
        ready = page.ready.get(encoding) or self._encode(page, encoding)
        self._pages.shorten(asked, page, ready)
        return _send(ready, environ, start_response)

    def _find(self, key: Key) -> Page | None:
        page = self._pages.get(key)
        if page is None:
            page = self._pages.get((key[0], "", key[2])) if key[1] else None
            if page is None or not page.any_query:
                return None
        try:
            is_current = page.generation == ALL or page.generation == self._generation.now()
        except sa.exc.SQLAlchemyError:
            return None  # the application says what is wrong with the database
        return page if is_current and page.until > time.time() else None

    def _fill(self, key: Key, encoding: str, environ: WSGIEnvironment) -> Page | Answer:
        """Let one thread ask the application; the others wait for what it gets."""
        made: Page | Answer | None = None
        with self._turn(key):
            made = self._find(key)
            if made is None and not self._is_unkept(key):
                made = self._make(key, encoding, environ)
        # Nobody could have waited for what is not kept.
        return made or self._make(key, encoding, environ)

    @contextmanager
    def _turn(self, key: Key) -> Iterator[None]:
        """Wait until no other thread fills *key*, and be the one that does."""
        while True:
            with self._lock:
                turn = self._filling.setdefault(key, threading.Lock())
            with turn:
                if self._filling.get(key) is not turn:
                    continue  # it was over while this thread waited; there may be a new one
                try:
                    yield
                finally:
                    del self._filling[key]
                return

    def _make(self, key: Key, encoding: str, environ: WSGIEnvironment) -> Page | Answer:
        """Ask the application, and keep what it answers if that is for all."""
        self.fills += 1
        asked = environ | {"REQUEST_METHOD": "GET", _ASKED: self}
        answer = answers.of(self.app, asked)
        if _MARKED not in asked or answer.status != "200 OK" or self._is_own(answer):
            self._unkept.note(key)
            return answer
        body = answer.read()
        page: Page = asked[_MARKED]
        page.describe(answer.headers, body)
        ready = page.encode(encoding, body)
        page.size = OVERHEAD + len(ready.body)
        if len(body) <= LARGEST:
            self._keep((key[0], "" if page.any_query else key[1], key[2]), page)
        return page

    def _is_own(self, answer: Answer) -> bool:
        """Whether what a view calls the same for all is somebody's own: a mistake of ours.

        The reader who asked gets the page all the same; where somebody tests, it fails.
        """
        own = answers.own(answer.headers)
        if own and self._flask.testing:
            raise AssertionError(f"a page for all readers has {own}")
        if own:
            log.error("a page for all readers is not kept: it has %s", own.partition(":")[0])
        return bool(own)

    def _encode(self, page: Page, encoding: str) -> Ready:
        """Keep *page* in one more encoding; who asks for it meanwhile waits."""
        with page.turn:
            ready = page.ready.get(encoding)
            if ready is None:
                ready = page.encode(encoding, page.decoded())
                self._pages.grow(page, ready)
        return ready

    def _keep(self, key: Key, page: Page) -> None:
        # A search is kept from the second time on: made-up words push no article out.
        if not key[1] or self._seen.note(key):
            self._unkept.forget(key)
            self._pages.keep(key, page)

    def _is_unkept(self, key: Key) -> bool:
        """Whether the answer to *key* is one that is not kept; any change may make it another."""
        try:
            now = self._eras.mark()
        except sa.exc.SQLAlchemyError:
            return True  # nothing is kept without the database
        if now != self._unkept_of:
            self._unkept.clear()
            self._unkept_of = now
        return key in self._unkept


def _send(
    ready: Ready, environ: WSGIEnvironment, start_response: StartResponse
) -> Iterable[bytes]:
    """Send lists: granian sends them in one piece, and anything else as a stream."""
    ready.used = True
    tags, since = environ.get("HTTP_IF_NONE_MATCH"), environ.get("HTTP_IF_MODIFIED_SINCE")
    # PEP 3333 lets a server change the headers that it is given.
    if (tags or since) and cached.is_held(ready, tags, since):
        start_response(cached.NOT_MODIFIED, ready.not_modified[:])
        return []
    start_response(cached.OK, ready.headers[:])
    return [ready.body] if environ["REQUEST_METHOD"] == "GET" else []


def _pass_on(
    answer: Answer, environ: WSGIEnvironment, start_response: StartResponse
) -> Iterable[bytes]:
    """Send what is not kept."""
    start_response(answer.status, answer.headers)
    if environ["REQUEST_METHOD"] == "GET":
        return answer.chunks
    answer.close()
    return []


@lru_cache(256)
def _wishes(accept: str, accept_encoding: str) -> tuple[int, str]:
    """Tell what a client would rather have: 2 for Markdown, 0 for HTML; and in which encoding."""
    return 2 * negotiation.prefers_markdown(accept), cached.encoding(accept_encoding)
