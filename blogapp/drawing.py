"""Drawing: pieces of pages that show other settings or names, anew, behind what is served.

Readers see the right thing meanwhile: who reads a faded piece draws it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

from flask import Flask

from . import pieces
from .delivering import EndOfProcess, Stop
from .extensions import db
from .search import engine

log = logging.getLogger(__name__)

LOOK = 5.0  # seconds between two looks for what has faded
PAUSE = 0.1  # seconds between two batches, in which others write


def start(app: Flask, stop: Stop | None = None) -> threading.Thread:
    """Draw in the background for as long as this process lives."""
    thread = threading.Thread(target=_work, args=(app, stop or EndOfProcess()), name="drawing")
    thread.start()
    return thread


def batch(ids: Sequence[int]) -> None:
    """Draw those of these posts, ``pieces.AT_ONCE`` at most, that nobody has drawn; commits."""
    engine.current().take_turn()  # so that nobody changes them before they are stored
    pieces.redraw(pieces.undrawn(ids))
    db.session.commit()


def _work(app: Flask, stop: Stop) -> None:
    """Draw all that another look has drawn, then what fades.

    Whose look is another one's again is left to them: two versions that serve one database
    would draw for ever.
    """
    find: Callable[[], list[int]] = pieces.undrawn
    while True:
        try:
            with app.app_context():
                _draw(find(), stop)
            find = pieces.faded
        except Exception:  # a locked database, a full disk: readers draw what they see
            log.exception("drawing failed; it goes on")
        if stop.wait(LOOK):
            return


def _draw(ids: Sequence[int], stop: Stop) -> None:
    for at in range(0, len(ids), pieces.AT_ONCE):
        batch(ids[at : at + pieces.AT_ONCE])
        if stop.wait(PAUSE):
            return
