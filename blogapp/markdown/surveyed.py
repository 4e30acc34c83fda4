"""Surveyed: the headings, links and images of a text, with their lines."""

from __future__ import annotations

from typing import Any, NamedTuple

LONGEST_URL = 2000  # characters; an image may be one of a million


class Head(NamedTuple):
    """A heading, of the *level* that it is written with; *words* are Markdown still."""

    line: int
    level: int
    words: str


class Link(NamedTuple):
    """A link; *words* is None where they are not known, or it has an image alone."""

    line: int
    url: str
    words: str | None


class Image(NamedTuple):
    """An image; it *speaks* if it has an alternative text, or is said to need none."""

    line: int
    url: str
    speaks: bool


class Survey(NamedTuple):
    """What stands where: lines count from 1, and are in order. What is code is none of it."""

    headings: list[Head]
    links: list[Link]
    images: list[Image]
    bare_fences: list[int]  # without a language
    bare_tables: list[int]  # without a header


def read(answer: dict[str, Any]) -> Survey:
    """Read a survey that came as JSON."""
    return Survey(
        headings=[Head(*each) for each in answer["headings"]],
        links=[Link(*each) for each in answer["links"]],
        images=[Image(*each) for each in answer["images"]],
        bare_fences=answer["bare_fences"],
        bare_tables=answer["bare_tables"],
    )
