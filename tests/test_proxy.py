"""The proxy before granian: who asks it gets what granian would have answered."""

from __future__ import annotations

import http.client
import itertools
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from blogapp import config, create_app, posts, texts
from blogapp.extensions import db

from .conftest import HTMX, PAST, MakePost
from .mailbox import free_port

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere granian accepts")
if sys.platform == "linux":
    from blogapp.proxy import clients, front, peers
    from blogapp.proxy.heads import Heads

PATIENCE = 20  # seconds for an answer
HELLO = "/blog/hello"
GZIP = {"Accept-Encoding": "gzip"}


class Served(NamedTuple):
    """A blog that is served by ``blogapp serve``; *app* is one more process on the same blog."""

    port: int
    app: Flask
    process: subprocess.Popen[bytes]


@pytest.fixture(scope="module")
def served(blank_instance: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served") / "instance"
    shutil.copytree(blank_instance, folder)
    app = create_app(config.Settings(instance=folder))
    with app.app_context():
        for title in ("Hello", "Other"):
            post = posts.create(texts.Text(title=title, body=f"Of {title}. " * 3_000))
            posts.publish(post, PAST)
        db.session.commit()
    try:
        with serving(folder) as (port, process):
            yield Served(port, app, process)
    finally:
        with app.app_context():
            db.engine.dispose()


@contextmanager
def serving(folder: Path, workers: int = 1) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    port = free_port()
    command = [sys.executable, "-c", "from blogapp import cli; cli.main()", "serve"]
    process = subprocess.Popen(
        [*command, f"--port={port}", f"--workers={workers}"],
        env=os.environ | {"BLOG_INSTANCE": str(folder)},
    )
    try:
        wait_until_it_answers(port)
        yield port, process
    finally:
        process.terminate()
        process.wait(PATIENCE)


def wait_until_it_answers(port: int) -> None:
    end = time.monotonic() + 3 * PATIENCE
    while time.monotonic() < end:
        with suppress(OSError), closing(connect(port, "127.0.0.9")) as connection:
            connection.sendall(request(HELLO, Connection="close"))
            if connection.recv(4) == b"HTTP":
                return
    pytest.fail("the server does not answer")


def connect(port: int, source: str = "127.0.0.1") -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), PATIENCE, source_address=(source, 0))


def request(path: str, method: str = "GET", body: bytes = b"", **headers: str) -> bytes:
    """A request as it is sent; of the names of headers ``_`` is ``-``."""
    told = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"{method} {path} HTTP/1.1\r\nHost: blog.example\r\n{told}\r\n".encode() + body


class Answer(NamedTuple):
    """What came."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def is_ready(self) -> bool:
        """Whether the proxy itself has answered: granian says that it was granian."""
        return "server" not in self.headers


class Talk:
    """One connection of a client."""

    def __init__(self, port: int) -> None:
        self.socket = connect(port)
        self._file = self.socket.makefile("rb")

    def __enter__(self) -> Talk:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._file.close()
        self.socket.close()

    def ask(self, path: str, method: str = "GET", **headers: str) -> Answer:
        self.socket.sendall(request(path, method, b"", **headers))
        return self.hear(method)

    def hear(self, method: str = "GET") -> Answer:
        """Read the next answer."""
        answer = http.client.HTTPResponse(_Kept(self._file), method=method)  # type: ignore[arg-type]
        answer.begin()
        headers = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, headers, answer.read())

    def is_over(self) -> bool:
        """Whether the server has closed, and nothing more came."""
        return self._file.read(1) == b""


class _Kept:
    """A file that stays open, whatever reads it."""

    def __init__(self, file: object) -> None:
        self._file = file

    def makefile(self, _mode: str) -> _Kept:
        return self

    def __getattr__(self, name: str) -> object:
        return (lambda: None) if name in {"close", "flush"} else getattr(self._file, name)


def until_ready(talk: Talk, path: str, method: str = "GET", **headers: str) -> Answer:
    """Ask until the proxy itself answers: now and then granian looks whether all is as it was."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        answer = talk.ask(path, method, **headers)
        if answer.is_ready:
            return answer
    pytest.fail("the proxy answers nothing itself")


def changing(answer: Answer) -> Answer:
    """What does not depend on who has answered, and when."""
    said = {name: told for name, told in answer.headers.items() if name not in ("server", "date")}
    return answer._replace(headers=said)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    ("path", "headers"),
    [
        (HELLO, {}),
        (HELLO, GZIP),
        (HELLO, {"Accept-Encoding": "br"}),
        (HELLO, {"Accept": "text/markdown"}),
        ("/", HTMX),
        ("/", HTMX | {"HX-Boosted": "true"}),
        ("/feed.xml", {}),
    ],
)
def test_the_proxy_answers_what_granian_answers(
    served: Served, method: str, path: str, headers: dict[str, str]
) -> None:
    named = {name.replace("-", "_"): value for name, value in headers.items()}
    with Talk(served.port) as talk:
        ready = until_ready(talk, path, method, **named)
        asked = talk.ask(path, method, **named, Content_Length="0")  # that only granian reads

        assert not asked.is_ready
        assert changing(ready) == changing(asked)
        assert ready.headers["date"][-4:] == " GMT" and ready.status == 200


def test_who_has_the_page_is_told_so(served: Served) -> None:
    with Talk(served.port) as talk:
        page = until_ready(talk, HELLO)
        held = {"If_None_Match": page.headers["etag"]}
        again = until_ready(talk, HELLO, **held)
        other = until_ready(talk, HELLO, If_None_Match='"other"')
        asked = talk.ask(HELLO, **held, Content_Length="0")

        assert again.status == 304 and not again.body
        assert other.status == 200
        assert changing(again) == changing(asked)


@pytest.mark.parametrize(
    "headers",
    [
        {"Cookie": "blog_session=somebody"},
        {"Cookie": "a=b; blog_session=somebody"},
        {"Content_Length": "0"},
    ],
)
def test_who_may_have_a_session_is_answered_by_the_application(
    served: Served, headers: dict[str, str]
) -> None:
    with Talk(served.port) as talk:
        until_ready(talk, HELLO)

        assert not talk.ask(HELLO, **headers).is_ready


@pytest.mark.parametrize(
    "raw",
    [
        request(HELLO).replace(b"HTTP/1.1", b"HTTP/1.0"),
        request(HELLO, Connection="close"),
        request(HELLO)
        .replace(b"HTTP/1.1", b"HTTP/1.0")
        .replace(b"Host", b"Connection: x\r\nHost"),
    ],
)
def test_a_connection_that_is_to_end_ends_with_the_answer(served: Served, raw: bytes) -> None:
    for _ in range(3):
        with Talk(served.port) as warm, Talk(served.port) as talk:
            until_ready(warm, HELLO)
            talk.socket.sendall(raw)

            assert talk.hear().status == 200
            assert talk.is_over()


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"GET /blog/hello\r\n\r\n", 400),
        (b"GET /blog/hello HTTP/1.1\r\nHost : x\r\n\r\n", 400),
        (b"GET /blog/hello HTTP/1.1\r\nHost: x\r\nA: " + b"b" * 100_000 + b"\r\n\r\n", 200),
        (request("/blog/h%65llo"), 200),
        (request("http://other.example/blog/hello"), 200),
        (
            request(HELLO).replace(
                b"Host", b"Accept-Encoding: gzip\r\nAccept-Encoding: br\r\nHost"
            ),
            200,
        ),
    ],
)
def test_what_the_proxy_does_not_understand_granian_answers(
    served: Served, raw: bytes, status: int
) -> None:
    with Talk(served.port) as talk:
        talk.socket.sendall(raw)
        answer = talk.hear()

        assert answer.status == status
        assert status != 200 or not answer.is_ready


STREAMS = {
    "ready": (request(HELLO), "GET"),
    "other": (request("/blog/other", Accept_Encoding="gzip"), "GET"),
    "head": (request(HELLO, "HEAD"), "HEAD"),
    "nothing": (request("/blog/nothing"), "GET"),
    "moved": (request("/blog/hello/"), "GET"),
    "static": (request("/favicon.ico"), "GET"),
    "options": (request("/", "OPTIONS"), "OPTIONS"),
    "form": (request("/contact", "POST", b"body=words", Content_Length="10"), "POST"),
    "pieces": (
        request("/contact", "POST", b"4\r\nbody\r\n0\r\n\r\n", Transfer_Encoding="chunked"),
        "POST",
    ),
    "body": (request(HELLO, "GET", b"abcd", Content_Length="4"), "GET"),
    "smuggled": (request(HELLO, "GET", request("/admin"), Content_Length="43"), "GET"),
}
assert len(request("/admin")) == 43


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    asked=st.lists(st.sampled_from(sorted(STREAMS)), min_size=1, max_size=8),
    cuts=st.lists(st.integers(0, 700), max_size=6),
)
def test_answers_come_in_order_however_requests_are_cut(
    served: Served, asked: list[str], cuts: list[int]
) -> None:
    truth = {}
    for name in {*asked}:  # a request that has a connection of its own
        raw, method = STREAMS[name]
        with Talk(served.port) as talk:
            talk.socket.sendall(raw)
            truth[name] = plain(talk.hear(method))

    stream = b"".join(STREAMS[name][0] for name in asked)
    places = [0, *sorted(cut for cut in cuts if cut < len(stream)), len(stream)]
    with Talk(served.port) as talk:
        talk.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for begin, end in itertools.pairwise(places):
            talk.socket.sendall(stream[begin:end])
        for name in asked:
            assert plain(talk.hear(STREAMS[name][1])) == truth[name], asked


def plain(answer: Answer) -> tuple[int, str, bytes]:
    """What is the same whenever it is asked for: of a page for all, all of it."""
    etag = answer.headers.get("etag", "")
    return answer.status, etag, answer.body if etag else b""


def test_a_reader_sees_a_change_at_once_while_others_read(served: Served) -> None:
    """Whoever asks after a change was committed never sees what was before it."""
    committed = 0
    errors: list[object] = []
    is_over = threading.Event()

    def read() -> None:
        with Talk(served.port) as talk:
            while not is_over.is_set():
                least = committed
                answer = talk.ask("/blog/other.md")
                seen = int(answer.body.rpartition(b"Version ")[2].split(b".")[0] or 0)
                if answer.status != 200 or seen < least:
                    errors.append((answer.status, seen, least))

    readers = [threading.Thread(target=read) for _ in range(16)]
    write(served, 0)
    for reader in readers:
        reader.start()
    try:
        for version in range(1, 13):
            write(served, version)
            committed = version
    finally:
        is_over.set()
        for reader in readers:
            reader.join()

    assert errors == []
    with Talk(served.port) as talk:
        assert b"Version 12." in until_ready(talk, "/blog/other.md").body


def write(served: Served, version: int) -> None:
    with served.app.app_context():
        post = posts.visible("other")
        assert post
        posts.revise(post, texts.Text(title="Other", body=f"Version {version}."))
        db.session.commit()


class Inside(NamedTuple):
    """A proxy of this process; *listener* gets what granian would get."""

    front: front.Front
    port: int
    listener: socket.socket

    def accept(self) -> tuple[socket.socket, str]:
        connection, (address, _) = self.listener.accept()
        connection.settimeout(PATIENCE)
        return connection, address


@contextmanager
def proxied(app: Flask) -> Iterator[Inside]:
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    proxy = front.Front(listener)
    accepting = socket.socket(fileno=os.dup(proxy.upstream.get_fd()))
    accepting.settimeout(PATIENCE)
    proxy.open(app)
    try:
        yield Inside(proxy, port, accepting)
    finally:
        accepting.close()
        proxy.end()
        assert proxy.join(PATIENCE)


@pytest.fixture
def inside(app: Flask) -> Iterator[Inside]:
    with proxied(app) as inside:
        yield inside


def said(connection: socket.socket, ending: bytes) -> bytes:
    """What comes until it ends so."""
    got = b""
    while not got.endswith(ending):
        piece = connection.recv(65_536)
        assert piece, got
        got += piece
    return got


EMPTY = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nServer: inside\r\n\r\n"


def test_granian_is_told_the_address_of_each_client(inside: Inside) -> None:
    seen = []

    def app(environ: dict[str, Any], _start: object) -> list[bytes]:
        seen.append(environ["REMOTE_ADDR"])
        return []

    def start(*_: object) -> Callable[[bytes], object]:
        raise NotImplementedError

    told = inside.front.peers.before(app)
    for source in ("127.0.0.5", "127.0.0.6"):
        with closing(connect(inside.port, source)) as client:
            client.sendall(request("/x"))
            connection, address = inside.accept()
            with closing(connection):
                assert said(connection, b"\r\n\r\n") == request("/x")
                told({"REMOTE_ADDR": address}, start)

    assert seen == ["127.0.0.5", "127.0.0.6"]


def test_who_comes_to_the_inside_is_sent_away(served: Served) -> None:
    children = Path(f"/proc/{served.process.pid}/task/{served.process.pid}/children").read_text()
    ports = {port for child in children.split() for port in listening(int(child))}

    assert served.port in ports and len(ports) == 2
    with Talk(*(ports - {served.port})) as talk:
        answer = talk.ask(HELLO)
    assert (answer.status, answer.body) == (403, b"This is the inside of a server.\n")


def listening(process: int) -> set[int]:
    """The ports on which a process listens (proc(5))."""
    names = {os.readlink(entry.path) for entry in os.scandir(f"/proc/{process}/fd")}
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return {
        int(row[1].partition(":")[2], 16)
        for row in rows
        if row[3] == "0A" and f"socket:[{row[9]}]" in names
    }


def test_no_two_clients_share_a_connection(inside: Inside) -> None:
    with Talk(inside.port) as one, Talk(inside.port) as other:
        seen = set()
        connections = []
        for talk in (one, other):
            talk.socket.sendall(request("/x"))
            connection, address = inside.accept()
            connections.append(connection)
            for _ in range(3):  # the same one again and again
                said(connection, request("/x"))
                connection.sendall(EMPTY)
                assert talk.hear().status == 200
                talk.socket.sendall(request("/x"))
            seen.add(address)
        for connection in connections:
            connection.close()

    assert len(seen) == 2


def test_what_comes_meanwhile_waits_for_the_answer(inside: Inside) -> None:
    with Talk(inside.port) as talk:
        talk.socket.sendall(request("/a") + request("/b"))
        connection, _ = inside.accept()
        with closing(connection):
            assert said(connection, b"\r\n\r\n") == request("/a")
            connection.sendall(EMPTY[:20])
            connection.sendall(EMPTY[20:])
            assert said(connection, b"\r\n\r\n") == request("/b")
            connection.sendall(EMPTY)

            assert [talk.hear().status, talk.hear().status] == [200, 200]


def test_large_bodies_go_both_ways_as_fast_as_they_are_read(inside: Inside) -> None:
    large = os.urandom(1_000_000) * 24
    with Talk(inside.port) as talk:
        sending = threading.Thread(
            target=talk.socket.sendall,
            args=(request("/x", "POST", large, Content_Length=str(len(large))),),
        )
        sending.start()
        connection, _ = inside.accept()
        with closing(connection):
            got = said(connection, large[-1_000:])
            sending.join()
            assert got.endswith(large)
            head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(large)}\r\n\r\n".encode()
            answering = threading.Thread(target=connection.sendall, args=(head + large,))
            answering.start()
            assert talk.hear().body == large
            answering.join()


def test_who_sends_without_end_is_held_up(inside: Inside) -> None:
    """Requests that wait for their turn are not collected without bound."""
    with closing(connect(inside.port)) as client:
        client.sendall(request("/first"))
        connection, _ = inside.accept()
        client.settimeout(0.5)
        sent = 0
        with suppress(TimeoutError):
            while sent < 64_000_000:
                sent += client.send(request("/next") * 10_000)

        assert sent < 32_000_000  # what the system keeps for both sides
        connection.close()


def test_a_client_whose_request_nobody_answers_is_not_left_alone(inside: Inside) -> None:
    with Talk(inside.port) as talk:
        talk.socket.sendall(request("/x"))
        connection, _ = inside.accept()
        connection.close()

        assert talk.is_over()


def test_who_cannot_be_passed_on_is_told_so(inside: Inside) -> None:
    inside.front.inside = free_port()
    with Talk(inside.port) as talk:
        answer = talk.ask("/x")

        assert answer.status == 503 and answer.headers["retry-after"] == "1"
        assert talk.is_over()


def test_an_answer_that_is_under_way_at_the_end_comes_whole(inside: Inside) -> None:
    with Talk(inside.port) as talk, Talk(inside.port) as idle:
        talk.socket.sendall(request("/x"))
        connection, _ = inside.accept()
        inside.front.end()
        assert idle.is_over()
        with pytest.raises(OSError):
            connect(inside.port)
        with closing(connection):
            connection.sendall(EMPTY)

        assert talk.hear().status == 200
        assert talk.is_over()


def test_what_was_sent_before_the_end_is_answered(inside: Inside) -> None:
    with Talk(inside.port) as kept:
        kept.socket.sendall(request("/x"))
        connection, _ = inside.accept()
        with closing(connection):
            said(connection, request("/x"))
            connection.sendall(EMPTY)
            kept.hear()
            inside.front.loop.call_soon_threadsafe(time.sleep, 0.2)  # it is busy meanwhile
            kept.socket.sendall(request("/x"))
            with Talk(inside.port) as new:
                new.socket.sendall(request("/x"))
                inside.front.end()
                other, _ = inside.accept()
                with closing(other):
                    connection.sendall(EMPTY)
                    other.sendall(EMPTY)

                    assert [kept.hear().status, new.hear().status] == [200, 200]
                    assert kept.is_over() and new.is_over()


def test_what_is_ready_at_the_end_is_the_last_answer(
    app: Flask, make_post: MakePost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(front, "LATE", 1)
    make_post("Hello")
    app.test_client().get(HELLO)
    with proxied(app) as inside, Talk(inside.port) as talk:
        assert "connection" not in talk.ask(HELLO).headers
        inside.front.end()
        while not inside.front.is_ending:
            time.sleep(0)
        answer = talk.ask(HELLO)

        assert (answer.status, answer.headers["connection"]) == (200, "close")
        assert talk.is_over()


@pytest.fixture
def handlers() -> Iterator[None]:
    """Have this process's own handlers of signals again."""
    ends = (signal.SIGINT, signal.SIGTERM)
    before = [signal.getsignal(each) for each in ends]
    yield
    for each, handler in zip(ends, before, strict=True):
        signal.signal(each, handler)


@pytest.mark.parametrize("seconds", [0, PATIENCE])
def test_granian_ends_when_it_has_all_that_it_has_to_answer(
    handlers: None, inside: Inside, monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    monkeypatch.setattr(front, "PASSED_ON", seconds)
    stopped = threading.Event()
    inside.front.handle_signals(stopped.set)
    with Talk(inside.port) as talk:
        talk.socket.sendall(request("/x"))
        connection, _ = inside.accept()
        with closing(connection):
            signal.raise_signal(signal.SIGTERM)
            assert stopped.wait(0.3) == (seconds == 0)
            connection.sendall(EMPTY)
            assert talk.hear().status == 200

    assert stopped.wait(PATIENCE)


def test_a_server_that_ends_answers_what_it_was_sent_before(
    served: Served, tmp_path: Path
) -> None:
    folder = tmp_path / "instance"
    shutil.copytree(served.app.config["BLOG"].instance, folder)
    ended_at = float("inf")
    answered: list[int] = []
    lost: list[tuple[float, str, bool]] = []  # when it was sent, where, and how

    def read(path: str, *, is_kept: bool) -> None:
        talk = None
        while time.monotonic() < ended_at:
            sent_at = float("inf")
            try:
                talk = talk or Talk(port)
                talk.socket.sendall(request(path))
                sent_at = time.monotonic()
                answered.append(talk.hear().status)
            except (OSError, http.client.HTTPException, ValueError):
                lost.append((sent_at, path, is_kept))
                break
            if not is_kept:
                talk.close()
                talk = None
        if talk:
            talk.close()

    with serving(folder, workers=2) as (port, process):
        readers = [
            threading.Thread(target=read, args=(path,), kwargs={"is_kept": is_kept})
            for path in (HELLO, "/contact", "/?q=hello")
            for is_kept in (True, False)
        ]
        for reader in readers:
            reader.start()
        while len(answered) < 100:
            time.sleep(0)
        ended_at = time.monotonic()
        process.terminate()
        for reader in readers:
            reader.join()

        assert process.wait(PATIENCE) == 0
    assert {*answered} == {200}
    assert [each for each in lost if each[0] < ended_at] == []


def test_who_asks_for_nothing_is_sent_away(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front, "EVERY", 0.01)
    monkeypatch.setattr(clients, "IDLE", -1)
    with proxied(app) as inside, Talk(inside.port) as silent, Talk(inside.port) as slow:
        slow.socket.sendall(request("/x")[:-2])

        assert silent.is_over() and slow.is_over()


def test_who_takes_nothing_of_an_answer_is_sent_away(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(front, "EVERY", 0.01)
    monkeypatch.setattr(clients, "STUCK", -1)
    with proxied(app) as inside, closing(connect(inside.port)) as client:
        client.sendall(request("/x"))
        connection, _ = inside.accept()
        with closing(connection), pytest.raises(OSError):
            connection.sendall(EMPTY.replace(b"0", b"1" * 9) + bytes(64_000_000))


def test_an_idle_connection_to_granian_ends_and_a_new_one_is_made(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(front, "EVERY", 0.01)
    monkeypatch.setattr(clients, "SPARE", -1)
    with proxied(app) as inside, Talk(inside.port) as talk:
        for _ in range(3):
            talk.socket.sendall(request("/x"))
            connection, _ = inside.accept()
            with closing(connection):
                said(connection, b"\r\n\r\n")
                connection.sendall(EMPTY)
                assert talk.hear().status == 200
                assert connection.recv(1) == b""


def test_an_address_is_used_again_only_when_it_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peers, "MOST", 3)
    known = peers.Peers()
    first = [known.stand_in("192.0.2.1") for _ in range(3)]
    assert len({*first}) == 3 and known.stand_in("192.0.2.2") is None

    known.free(str(first[1]))
    assert known.stand_in("192.0.2.3") == first[1]


@given(st.binary(max_size=300))
def test_whatever_is_read_is_one_request_without_a_body_or_nothing(garbage: bytes) -> None:
    head = Heads().read(b"GET /a HTTP/1.1\r\n" + garbage.partition(b"\r\n\r\n")[0] + b"\r\n\r\n")
    if head:
        assert head.is_get
        assert head.environ is None or head.environ["PATH_INFO"] == "/a"


def test_what_is_known_by_its_bytes_is_bounded(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(front, "MOST_KNOWN", 3)
    with proxied(app) as inside, Talk(inside.port) as talk:
        talk.socket.sendall(request("/0"))
        connection, _ = inside.accept()
        with closing(connection):
            for number in range(9):
                said(connection, request(f"/{number}"))
                connection.sendall(EMPTY)
                assert talk.hear().status == 200
                assert len(inside.front.known) <= 3
                talk.socket.sendall(request(f"/{number + 1}"))
