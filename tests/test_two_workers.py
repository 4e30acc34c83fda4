"""Two workers on one blog, as readers and authors use them: nobody sees a stale or mixed page."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import timedelta
from typing import ClassVar

import brotli
import sqlalchemy as sa
import time_machine
from flask import Flask
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test
from werkzeug.test import TestResponse

from blogapp import create_app, pieces, posts, shelves, tags, tallies, texts
from blogapp.errors import BlogError
from blogapp.extensions import db
from blogapp.models import Post

from .conftest import HTMX, PAST, MakeApp, browser

PATHS = ["/", "/?tag=flask", "/?q=one", "/?not=flask", "/blog/one", "/blog/two", "/blog/one.md"]
PATHS += ["/tags/", "/tags/flask", "/archive/", "/feed.xml", "/feed.json", "/sitemap.xml"]
HEADERS = [{}, HTMX, {"Accept": "text/markdown"}, {"Accept-Encoding": "br"}]
DECODED = {"br": brotli.decompress, "gzip": gzip.decompress, "identity": bytes}
TITLES = st.sampled_from(["One", "Two", "Three"])
WORKERS = st.integers(0, 1)
SECRET = "words that are no reader's"  # in drafts and in the trash only


def workers(make_app: MakeApp) -> list[Flask]:
    """Two applications on one instance folder, as two processes would be."""
    first = make_app()
    second = create_app(first.config["BLOG"])
    second.testing = True
    return [first, second]


class TwoWorkers(RuleBasedStateMachine):
    """Edits, clocks and readers, in any order; *make* makes the workers."""

    make: ClassVar[Callable[[], list[Flask]]]

    def __init__(self) -> None:
        super().__init__()
        self.workers = type(self).make()
        self.clock = time_machine.travel(PAST, tick=False)
        self.traveller = self.clock.start()
        self.ids: list[int] = []
        self.seen: dict[tuple[str, str], tuple[str, bytes]] = {}  # date and body of an answer

    def teardown(self) -> None:
        self.clock.stop()
        for app in self.workers:
            with app.app_context():
                db.engine.dispose()

    def _do(self, worker: int, change: Callable[[], object], *, commit: bool) -> None:
        with self.workers[worker].app_context():
            try:
                change()
            except BlogError:
                commit = False
            (db.session.commit if commit else db.session.rollback)()
            assert pieces.wrong(list(db.session.scalars(sa.select(Post.id)))) == set()
            assert tallies.stored() == tallies.counted()

    @rule(worker=WORKERS, title=TITLES, hours=st.sampled_from([None, -1, 0, 1]))
    def write(self, worker: int, title: str, hours: int | None) -> None:
        def create() -> None:
            words = SECRET if hours is None else "An article."
            post = posts.create(texts.Text(title=title, body=words, tags=["flask"]))
            if hours is not None:
                posts.publish(post, PAST + timedelta(hours=hours))
            self.ids.append(post.id)

        self._do(worker, create, commit=True)

    @rule(
        worker=WORKERS,
        which=st.integers(0, 9),
        kind=st.sampled_from(["edit", "publish", "unpublish", "trash", "restore", "rename"]),
        commit=st.booleans(),
    )
    def change(self, worker: int, which: int, kind: str, commit: bool) -> None:
        if not self.ids:
            return
        id_ = self.ids[which % len(self.ids)]
        text = texts.Text(title=f"One {which}", body=f"Edited {which}.", tags=["other"])
        kinds: dict[str, Callable[[], object]] = {
            "edit": lambda: posts.revise(posts.get(id_), text),
            "publish": lambda: self._publish(id_, text),
            "unpublish": lambda: posts.unpublish(posts.get(id_)),
            "trash": lambda: shelves.to_trash(posts.get(id_)),
            "restore": lambda: shelves.restore(posts.get(id_)),
            "rename": lambda: tags.rename(tags.get(1), f"flask{which}"),
        }
        self._do(worker, kinds[kind], commit=commit)

    @staticmethod
    def _publish(id_: int, text: texts.Text) -> None:
        """Publish a post; edited first, for what was a secret is none then."""
        post = posts.get(id_)
        posts.revise(post, text)
        posts.publish(post)

    @rule(minutes=st.sampled_from([1, 59, 60, 24 * 60]))
    def wait(self, minutes: int) -> None:
        self.traveller.shift(timedelta(minutes=minutes))

    @rule(
        worker=WORKERS,
        path=st.sampled_from(PATHS),
        headers=st.sampled_from(HEADERS),
        conditional=st.booleans(),
    )
    def read(self, worker: int, path: str, headers: dict[str, str], conditional: bool) -> None:
        cached = self._ask(worker, path, headers)
        plain = {name: value for name, value in headers.items() if name != "Accept-Encoding"}
        truth = self._ask(1 - worker, path, plain, session=True)

        assert cached.status_code == truth.status_code
        assert cached.location == truth.location
        assert cached.data == truth.data
        if cached.status_code == 200 and conditional:
            etag = {"If-None-Match": cached.headers["ETag"]}
            for other in (worker, 1 - worker):
                assert self._ask(other, path, headers | etag).status_code == 304
        if cached.status_code == 200 and "Last-Modified" in cached.headers:
            self.seen[path, str(headers)] = (cached.headers["Last-Modified"], cached.data)

    @rule(worker=WORKERS, path=st.sampled_from(PATHS), headers=st.sampled_from(HEADERS))
    def ask_by_date(self, worker: int, path: str, headers: dict[str, str]) -> None:
        if (path, str(headers)) not in self.seen:
            return
        date, was = self.seen[path, str(headers)]
        answer = self._ask(worker, path, headers | {"If-Modified-Since": date})
        if answer.status_code == 304:
            assert self._ask(worker, path, headers).data == was

    def _ask(
        self, worker: int, path: str, headers: dict[str, str], *, session: bool = False
    ) -> TestResponse:
        client = browser(self.workers[worker], checked=False)
        if session:  # answered by the application itself
            client.set_cookie("blog_session", "nobody")
        answer = client.get(path, headers=headers)
        decode = DECODED[answer.headers.get("Content-Encoding", "identity")]
        answer.set_data(decode(answer.data))
        assert SECRET.encode() not in answer.data
        return answer


def test_no_reader_sees_a_stale_mixed_or_private_byte(make_app: MakeApp) -> None:
    class Blog(TwoWorkers):
        make = staticmethod(lambda: workers(make_app))

    run_state_machine_as_test(
        Blog, settings=settings(max_examples=12, stateful_step_count=30, deadline=None)
    )
