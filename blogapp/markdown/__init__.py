"""Markdown: from an author's source to safe HTML; nothing else in the house makes Markup."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING

from markupsafe import Markup

from . import answers, fallback, outline, pictures, pool, sanitize, surveyed
from .rendered import SECONDS, VERSION, Heading, Rendered, trusted

if TYPE_CHECKING:
    from .pictures import Facts
    from .surveyed import Survey

__all__ = [
    "SECONDS",
    "VERSION",
    "Heading",
    "Rendered",
    "absolute",
    "dress",
    "moved",
    "render",
    "take_survey",
    "trusted",
]

_log = logging.getLogger(__name__)


def render(
    source: str, *, seconds: float = SECONDS, patience: float | None = None, placed: bool = False
) -> Rendered:
    """Render *source* in a process of its own, within *seconds*.

    Nothing is ever lost: a text that takes too long or breaks the renderer comes back as
    plain code, with a notice. So does one for which no process is free within *patience*
    (seconds; without it, it waits). With *placed*, it tells of elements which line they
    come from.
    """
    task = "preview" if placed else "render"
    try:
        answer = pool.pool.ask(source, seconds=seconds, patience=patience, task=task)
    except BlockingIOError:
        return fallback.as_code(
            source, notice="Shown as plain code: the renderer is busy. Try again in a moment."
        )
    except OSError as error:
        return answers.failed(source, error, seconds=seconds)
    return answers.rendered(source, answer)


def take_survey(
    source: str, *, seconds: float = SECONDS, patience: float | None = None
) -> Survey | None:
    """Find what stands where in *source*, as ``render`` reads it, in a process of its own.

    None if that takes more than *seconds*, or no process is free within *patience* (seconds).
    """
    try:
        answer = pool.pool.ask(source, seconds=seconds, patience=patience, task="survey")
    except OSError:
        return None
    if "error" in answer:
        _log.error("A text could not be surveyed: %s", answer["error"])
        return None
    return surveyed.read(answer)


def shown_pictures(html: str) -> list[str]:
    """List the addresses of the pictures in rendered HTML."""
    return pictures.find(html)


def dress(html: str, facts: Mapping[str, Facts]) -> Markup:
    """Write what is known of pictures, by their addresses, into rendered HTML."""
    return trusted(sanitize.ours(pictures.dress(html, facts)))


def absolute(html: str, base: str) -> Markup:
    """Fit rendered HTML for feeds: every URL resolved against *base*, no permalinks."""
    return trusted(sanitize.ours(outline.without_permalinks(html), base=base))


def moved(html: str, path: str) -> Markup:
    """Fit the rendered HTML of the page at *path* for a page elsewhere: its links stay right."""
    origin = f"https://{secrets.token_hex(16)}.invalid"
    within = str(absolute(html, origin + path)).replace(f'"{origin}{path}#', '"#')
    return trusted(within.replace(f"{origin}/", "/"))  # in a srcset there are several
