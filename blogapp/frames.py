"""Frames: what stands around the parts of readers' pages, rendered once.

``base.html`` says the same for every page of a kind; only its blocks differ. It is kept in pieces,
and a page is its own blocks between them (jinja.palletsprojects.com/api, "The Low-Level API").
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache, partial
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from flask import Response, current_app, request
from jinja2 import Environment, Template
from jinja2.runtime import Context

from . import markdown

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

BASE = "base.html"
TYPE = "text/html; charset=utf-8"


class Frame(NamedTuple):
    """What is always so, encoded, between the names of blocks; and what templates may ask for."""

    parts: tuple[bytes | str, ...]
    given: dict[str, Any]


def render(name: str, ready: Mapping[str, bytes], /, **values: Any) -> Response:
    """Render the template *name*, which does nothing outside the blocks of its ``BASE``.

    What is *ready*, HTML as it is sent, stands in the template under its name, as a mark that
    gives way to it at the end; what is empty is false there. The other parts are encoded one by
    one: most have ASCII only, which costs nothing, and a single arrow would let the whole page
    take ten times as long.
    """
    environment = current_app.jinja_env
    template = environment.get_template(name)
    frame = _frame(environment, template)
    marks = {key: _mark(key) if html else "" for key, html in ready.items()}
    context = template.new_context(frame.given | values | marks, shared=True)
    marked = {mark: ready[key] for key, mark in marks.items()}
    parts: list[bytes] = []
    for part in frame.parts:
        if isinstance(part, bytes):
            parts.append(part)
        else:
            block = template.blocks[part](context)
            parts += [marked[text] if text in marked else text.encode() for text in block]
    return Whole(b"".join(parts), content_type=TYPE)


class Whole(Response):
    """An answer that is all there, and whose headers name no other address.

    It goes out as a list: what is none, granian sends piece by piece.
    """

    def get_wsgi_response(
        self, environ: WSGIEnvironment
    ) -> tuple[Iterable[bytes], str, list[tuple[str, str]]]:
        """Answer as it is."""
        body = [] if environ["REQUEST_METHOD"] == "HEAD" else [self.get_data()]
        return body, self.status, self.headers.to_wsgi_list()


@cache
def _mark(name: str) -> str:
    """What nothing else in a page is: no text of an author's has a NUL."""
    return markdown.trusted(f"\0{name}")


def _frame(environment: Environment, template: Template) -> Frame:
    """What stands around the blocks of *template*, which differs by the page that is shown."""
    frames: dict[tuple[str | None, str | None], Frame] = current_app.extensions["frames"]
    key = template.name, request.endpoint
    found = frames.get(key)
    if found is None or environment.auto_reload:  # while the blog is developed
        found = frames[key] = _made(environment, template)
    return found


def _made(environment: Environment, template: Template) -> Frame:
    base = environment.get_template(BASE)
    context = base.new_context()
    for name in template.blocks.keys() & context.blocks.keys():
        context.blocks[name] = [partial(_marked, _Slot(name))]
    found: list[bytes | str] = []
    for kind, parts in groupby(base.root_render_func(context), type):
        texts = list(parts)
        found += texts if kind is _Slot else ["".join(texts).encode()]
    return Frame(tuple(found), dict(template.globals))


class _Slot(str):
    """The name of a block that stands here."""

    __slots__ = ()


def _marked(slot: _Slot, _context: Context) -> Iterator[str]:
    yield slot
