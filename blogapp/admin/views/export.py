"""Export: everything that the blog is, as one zip."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from flask import Response, render_template, stream_with_context
from flask.typing import ResponseReturnValue

from ... import config, slugs
from ...models import utcnow

log = logging.getLogger(__name__)


def export() -> ResponseReturnValue:
    """What an export holds, and where it is."""
    from ...transfer.exporting import exporter, readme  # here: nobody exports every day

    with exporter.opened() as work:
        there = work.counts()
    counted = exporter.counted(there)
    return render_template("admin/export.html", counted=counted, without=readme.NOT_INCLUDED)


def export_zip() -> ResponseReturnValue:
    """Everything, sent while it is read; one that breaks off has no directory, and is no zip."""
    site = config.current()
    day = utcnow().astimezone(site.timezone).date()
    title = slugs.make(site.title)
    name = f"{title if title.isascii() else 'blog'}-{day.isoformat()}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(stream_with_context(_pieces()), headers=headers, mimetype="application/zip")


def _pieces() -> Iterator[bytes]:
    from ...transfer.exporting import exporter, targets  # as above

    pipe = targets.Pipe()
    target = targets.ZipTarget(pipe)
    try:
        with exporter.opened() as work:
            for _ in work.write(target):
                yield pipe.drain()
    except Exception:  # the status was sent long ago, so only the log can tell
        log.exception("an export broke off")
        raise
    finally:
        target.close()
    yield pipe.drain()
