"""Markdown: from an author's source to safe HTML; nothing else in the house makes Markup."""

from __future__ import annotations

import logging

from markupsafe import Markup

from . import fallback, outline, pool, sanitize
from .outline import RESERVED_IDS
from .rendered import VERSION, Heading, Rendered, trusted

__all__ = [
    "RESERVED_IDS",
    "SECONDS",
    "VERSION",
    "Heading",
    "Rendered",
    "absolute",
    "render",
    "trusted",
]

SECONDS = 2.0  # the longest that one text may take

_log = logging.getLogger(__name__)


def render(source: str, *, seconds: float = SECONDS, patience: float | None = None) -> Rendered:
    """Render *source* in a process of its own, within *seconds*.

    Nothing is ever lost: a text that takes too long or breaks the renderer comes back as
    plain code, with a notice. So does one for which no process is free within *patience*
    (seconds; without it, it waits).
    """
    try:
        answer = pool.pool.ask(source, seconds=seconds, patience=patience)
    except BlockingIOError:
        return fallback.as_code(
            source, notice="Shown as plain code: the renderer is busy. Try again in a moment."
        )
    except TimeoutError:
        return fallback.as_code(
            source, notice=f"Shown as plain code: rendering took longer than {seconds:g} seconds."
        )
    except OSError as error:
        answer = {"error": str(error)}
    if "error" in answer:
        _log.error("A text could not be rendered: %s", answer["error"])
        return fallback.as_code(
            source, notice="Shown as plain code: something in this text breaks the renderer."
        )
    return Rendered(
        html=trusted(answer["html"]),
        headings=tuple(Heading(*heading) for heading in answer["headings"]),
        minutes=answer["minutes"],
        lead=answer["lead"],
        plain=answer["plain"],
    )


def absolute(html: str, base: str) -> Markup:
    """Fit rendered HTML for feeds: every URL resolved against *base*, no permalinks."""
    return trusted(sanitize.ours(outline.without_permalinks(html), base=base))
