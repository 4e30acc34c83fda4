"""What is measured: pages, each of a server, and what they have to show."""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import brotli

from blogapp.cli.serving import THREADS

from . import files
from .content import URL, Content
from .servers import Failed, Server, Spec

LIKED = {"gzip": {"Accept-Encoding": "gzip"}, "br": {"Accept-Encoding": "br"}}
_DECODED = {"gzip": gzip.decompress, "br": brotli.decompress, "": bytes}
_HELD = {"If-None-Match": "etag", "If-Modified-Since": "last-modified"}
OURS = "ours"  # what readers are served by
_PEERS = "bench.serving.peers"

Page = tuple[str, str, Sequence[str]]  # what it is, where, and what it shows


@dataclass(frozen=True, slots=True)
class Target:
    """A page of a server; *shows* must be in it, in this order.

    A *conditional* one is asked for by who has it, and answered with 304. A *swift* one answers
    so many requests in a second that half the time tells as much.
    """

    name: str
    server: Spec
    path: str
    shows: Sequence[str] = ()
    encoding: str = ""
    conditional: bool = False
    swift: bool = False

    def asked(self, server: Server) -> tuple[dict[str, str], int]:
        """Look at the answer; returns the headers to ask with, and how many bytes are sent.

        Raises ``Failed`` for another answer than this target is to be measured with.
        """
        headers = dict(LIKED.get(self.encoding, {}))
        status, told, sent = server.ask(self.path, headers)
        if status != 200 or told.get("content-encoding", "") != self.encoding:
            raise Failed(f"answered {status}, encoding {told.get('content-encoding')!r}")
        self._expect_shown(_DECODED[self.encoding](sent).decode())
        if self.conditional:
            # A page that was made as soon as its worker began has no date.
            headers |= {asks: told[has] for asks, has in _HELD.items() if has in told}
            status, _, sent = server.ask(self.path, headers)
            if status != 304:
                raise Failed(f"answered {status} instead of 304")
        return headers, len(sent)

    def _expect_shown(self, text: str) -> None:
        at = 0
        for piece in self.shows:
            at = text.find(piece, at)
            if at < 0:
                raise Failed(f"does not show {piece[:60]!r} where it should")


def every(content: Content, folder: Path) -> list[Target]:
    """List all targets; what nginx serves is put into *folder*.

    Those that are compared stand near each other, and so are measured soon after each other.
    """
    article = f"/blog/{content.slug}"
    cached, uncached, trivial = _cached(content), _uncached(content), _trivial()
    nginx = files.nginx(content.page, folder, content.said, content.again)
    constant = _constant(content, folder / "html" / files.FILE[1:])
    own = _pages_of_our_own(content)
    pages = [*_pages(content)[1:], *own]
    swift = [
        Target("cached article", cached, article, content.article, "gzip"),
        Target("nginx: file", nginx, files.FILE, content.article, "gzip"),
        Target("granian: constant", constant, article, content.article, "gzip"),
        Target("cached 304", cached, article, content.article, "gzip", conditional=True),
        Target("nginx: 304", nginx, files.AGAIN, content.article, "gzip", conditional=True),
        Target("granian: 304", constant, article, content.article, "gzip", conditional=True),
        Target("cached article, br", cached, article, content.article, "br"),
        Target("FastAPI's JSON", trivial, "/", ['{"Hello":"World"}']),
    ]
    return [
        *(replace(target, swift=True) for target in swift),
        *_compared(content, uncached),
        *(Target(f"uncached {page}", uncached, path, shows) for page, path, shows in own),
        *(Target(f"cached {page}", cached, path, shows, "gzip") for page, path, shows in pages),
    ]


def starting(content: Content) -> list[Spec]:
    """List the servers whose start is timed, until the article is there: ours, and a plain one."""
    article = f"/blog/{content.slug}"
    return [replace(spec, serves=article) for spec in (_cached(content), _plain_flask(content))]


def _compared(content: Content, uncached: Spec) -> list[Target]:
    """List the pages that the peers have, too: first ours, then theirs.

    One of them also shows the article without what is near it, which ours never does.
    """
    peers = [_plain_flask(content), _fastapi(content), _django(content)]
    alone = f"/alone/{content.slug}"
    named = [("uncached {}", uncached), *((f"{peer.name}: {{}}", peer) for peer in peers)]
    return [
        Target(name.format(page), server, path, shows)
        for page, path, shows in _pages(content)
        for name, server in named
    ] + [Target(f"{peers[0].name}: article alone", peers[0], alone, content.article)]


def _pages(content: Content) -> list[Page]:
    return [
        ("article", f"/blog/{content.slug}", [*content.article, *content.near]),
        ("list", "/", content.newest),
        ("tag", f"/tags/{content.tag}", content.tagged),
    ]


def _pages_of_our_own(content: Content) -> list[Page]:
    one, other = content.tags
    return [
        ("two tags", f"/?tag={one}&tag={other}", [f"tagged {one} and {other}"]),
        ("search", f"/?q={content.word}", [f"about ‘{content.word}’", "<mark>"]),
        ("feed", "/feed.xml", content.newest),
    ]


def _cached(content: Content) -> Spec:
    """Our blog, as it is served to readers."""
    blogapp = str(Path(sys.executable).with_name("blogapp"))
    return Spec(OURS, [blogapp, "serve", "--port", "{port}"], environment=_settings(content))


def _uncached(content: Content) -> Spec:
    factory = "bench.uncached:served"
    return _on_granian(f"{OURS}, uncached", factory, _settings(content))


def _settings(content: Content) -> dict[str, str]:
    """The settings that the blog was made with: pieces of its pages are stored as those say."""
    return {"BLOG_INSTANCE": str(content.instance), "BLOG_URL": URL}


def _plain_flask(content: Content) -> Spec:
    environment = {"BENCH_DATABASE": str(content.database)}
    return _on_granian("Flask-SQLAlchemy", f"{_PEERS}.plain_flask:make_app", environment)


def _fastapi(content: Content) -> Spec:
    return _on_uvicorn("FastAPI", "on_fastapi", {"BENCH_DATABASE": str(content.database)})


def _django(content: Content) -> Spec:
    environment = {"BENCH_DATABASE": str(content.database)}
    spec = _on_granian("Django", f"{_PEERS}.on_django:make_app", environment)
    return replace(spec, modules=["django"])


def _constant(content: Content, page: Path) -> Spec:
    """The server that we are served by, with nothing to look up: its threads are as many."""
    told = {
        "BENCH_SAID": json.dumps(dict(content.said)),
        "BENCH_AGAIN": json.dumps(dict(content.again)),
    }
    spec = _on_granian("granian", f"{_PEERS}.constant:make_app", told | {"BENCH_PAGE": str(page)})
    return replace(
        spec, command=[*spec.command, "--http", "1", "--blocking-threads", str(THREADS)]
    )


def _trivial() -> Spec:
    return _on_uvicorn("FastAPI's JSON", "trivial", {})


def _on_granian(name: str, factory: str, environment: Mapping[str, str]) -> Spec:
    """An application on granian; one thread, for more would only wait for each other."""
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--factory", factory]
    command += ["--port", "{port}", "--blocking-threads", "1", "--no-ws", "--log-level", "warning"]
    return Spec(name, command, environment=environment)


def _on_uvicorn(name: str, module: str, environment: Mapping[str, str]) -> Spec:
    command = [sys.executable, "-m", "uvicorn", f"{_PEERS}.{module}:app", "--port", "{port}"]
    command += ["--no-access-log", "--log-level", "warning"]
    return Spec(name, command, environment=environment, modules=["fastapi", "uvicorn", "uvloop"])
