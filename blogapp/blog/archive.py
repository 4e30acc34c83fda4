"""The archive: all articles by year and month."""

from __future__ import annotations

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from .. import pagecache, years
from ..paging import Cursor
from . import asking
from .views import bp


@bp.get("/archive/")
@pagecache.cacheable()
def archive() -> ResponseReturnValue:
    """All articles by year and month, a thousand on a page."""
    after = Cursor.parse(request.args.get("after", ""))
    if asking.is_spelled_otherwise(f"after={after}" if after else ""):
        return redirect(_address(after), 301)
    page = years.page(after)
    older = _address(page.next) if page.next else None
    return render_template("blog/archive.html", years=page.years, older=older, after=after)


def _address(after: Cursor | None) -> str:
    return f"/archive/?after={after}" if after else "/archive/"
