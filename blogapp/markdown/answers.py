"""Answers: what a renderer sent back of a text, or what is shown of it if that is an error."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from . import fallback
from .rendered import Heading, Rendered, trusted

_log = logging.getLogger(__name__)


def rendered(source: str, answer: Mapping[str, Any]) -> Rendered:
    """Read an *answer*; a text that breaks the renderer is shown as plain code."""
    if "error" in answer:
        return _broken(source, answer["error"])
    return Rendered(
        html=trusted(answer["html"]),
        headings=tuple(Heading(*heading) for heading in answer["headings"]),
        minutes=answer["minutes"],
        words=answer["words"],
        lead=answer["lead"],
        plain=answer["plain"],
        places=tuple((element, line) for element, line in answer["places"]),
    )


def failed(source: str, error: OSError, *, seconds: float) -> Rendered:
    """Show *source* as plain code: its renderer has died, perhaps as it took all its *seconds*."""
    if isinstance(error, TimeoutError):
        return fallback.as_code(
            source, notice=f"Shown as plain code: rendering took longer than {seconds:g} seconds."
        )
    return _broken(source, str(error))


def _broken(source: str, error: str) -> Rendered:
    _log.error("A text could not be rendered: %s", error)
    return fallback.as_code(
        source, notice="Shown as plain code: something in this text breaks the renderer."
    )
