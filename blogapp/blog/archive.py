"""The archive: all articles by year and month."""

from __future__ import annotations

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from .. import pagecache, years
from ..paging import Cursor
from . import asking


@pagecache.cacheable()
def archive() -> ResponseReturnValue:
    """All articles by year and month, and the years to go to."""
    after = Cursor.parse(request.args.get("after", ""))
    if asking.is_spelled_otherwise(f"after={after}" if after else ""):
        return redirect(_address(after), 301)
    page = years.page(after)
    return render_template(
        "blog/archive.html",
        years=page.years,
        places=_places(page, after),
        older=_address(page.next) if page.next else None,
        after=after,
    )


def _places(page: years.Page, after: Cursor | None) -> list[tuple[int, str]]:
    """Say where each year begins: on this page, or on one of its own."""
    shown = [year for year, _ in page.years]
    here = shown[1:] if after else shown  # of the first there may be more on the page before
    return [
        (year, f"#year-{year}" if year in here else _address(place))
        for year, place in years.starts()
    ]


def _address(after: Cursor | None) -> str:
    return f"/archive/?after={after}" if after else "/archive/"
