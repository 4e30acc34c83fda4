"""Filling: the fields of the editor, from the front matter on top of a pasted text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from .. import config, tags, times
from ..errors import Invalid
from ..transfer.found import Note
from .forms import PostForm

if TYPE_CHECKING:
    from ..transfer.pasted import Pasted


@dataclass(frozen=True, slots=True)
class Change:
    """What the field *name* would say, and says *before*."""

    name: str
    label: str
    value: str
    before: str


@dataclass(frozen=True, slots=True)
class Filling:
    """What the front matter in the editor would do; if it is *broken*, where and why."""

    found: Pasted | None
    changes: tuple[Change, ...] = ()
    broken: Note | None = None


def of(form: PostForm) -> Filling | None:
    """Find out what the front matter on top of the body would fill, if there is some."""
    from ..transfer import pasted  # here: it knows all that other systems write

    zone = _zone(form)
    try:
        found = pasted.front_matter(form.body.data or "", zone)
    except pasted.FrontMatterError as error:
        return Filling(None, broken=Note(error.cause, error.line))
    return Filling(found, tuple(_changes(form, found, zone))) if found else None


def fill(form: PostForm, filling: Filling) -> None:
    """Put it into the fields, and take it off the body; what else was typed stays."""
    for change in filling.changes:
        form[change.name].data = int(change.value) if change.name == "minutes" else change.value
    if filling.found:
        form.body.data = filling.found.body


def _changes(form: PostForm, found: Pasted, zone: ZoneInfo) -> Iterator[Change]:
    wanted = {
        "title": found.title,
        "slug": found.slug,
        "description": found.description,
        "tags": _tags(form, found),
        "publish_at": times.to_form(found.published_at, zone) if found.published_at else "",
        "language": found.language,
        "series": found.series,
        "minutes": str(found.minutes or ""),
    }
    for name, value in wanted.items():
        before = str(form[name].data or "")
        if value and value != before:
            yield Change(name, form[name].label.text, value, before)


def _tags(form: PostForm, found: Pasted) -> str:
    """Put the tags that are new behind those that were typed."""
    typed = form.tags.data or ""
    known = set(tags.normalised(typed.split(",")))
    new = [tag for tag in found.tags if not known.issuperset(tags.normalised([tag]))]
    return ", ".join([*filter(None, [typed.strip(" ,")]), *new])


def _zone(form: PostForm) -> ZoneInfo:
    try:
        return form.time_zone()
    except Invalid:  # told when the form is sent
        return config.current().timezone
