"""Frames: what stands around the parts of readers' pages, rendered once.

``base.html`` says the same for every page of a kind; only its blocks differ. It is kept in pieces,
and a page is its own blocks between them (jinja.palletsprojects.com/api, "The Low-Level API").
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import groupby
from typing import Any, NamedTuple

from flask import Response, current_app, request
from jinja2 import Environment, Template
from jinja2.runtime import Context

BASE = "base.html"
TYPE = "text/html; charset=utf-8"


class Frame(NamedTuple):
    """What is always so, encoded, between the names of blocks; and what templates may ask for."""

    parts: tuple[bytes | str, ...]
    given: dict[str, Any]


def render(name: str, /, **values: Any) -> Response:
    """Render the template *name*, which does nothing outside the blocks of its ``BASE``.

    Its parts are encoded one by one: most have ASCII only, which costs nothing, and a single
    arrow would let the whole page take ten times as long.
    """
    template = current_app.jinja_env.get_template(name)
    frame = _frame(template)
    context = template.new_context(frame.given | values, shared=True)
    parts: list[bytes] = []
    for part in frame.parts:
        if isinstance(part, bytes):
            parts.append(part)
        else:
            parts += [piece.encode() for piece in template.blocks[part](context)]
    return Response(b"".join(parts), content_type=TYPE)


def _frame(template: Template) -> Frame:
    """What stands around the blocks of *template*, which differs by the page that is shown."""
    frames: dict[tuple[str | None, str | None], Frame] = current_app.extensions["frames"]
    key = template.name, request.endpoint
    found = frames.get(key)
    if found is None or current_app.debug:
        found = frames[key] = _made(current_app.jinja_env, template)
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
