"""What every template may ask for: settings, addresses of files, dates as people write them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import MutableMapping
from datetime import datetime
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from flask import Flask, templating
from jinja2 import Template
from markupsafe import escape

from . import config, languages, linked_data, markdown, pieces, replies, urls
from .pieces import Pieces

if TYPE_CHECKING:
    from .articles import Article, Mention, Summary
    from .counting import Chips
    from .models import Post
    from .search import Hit

# htmx's own settings: see docs/architecture.md, "How HTMX is used".
HTMX_CONFIG = {
    "allowEval": False,
    "allowScriptTags": False,
    "historyRestoreAsHxRequest": False,
    "includeIndicatorStyles": False,
    "selfRequestsOnly": True,
    "scrollBehavior": "auto",
    "responseHandling": [
        {"code": "204", "swap": False},
        {"code": "[23]..", "swap": True},
        {"code": "(409|422)", "swap": True},
        {"code": "[45]..", "swap": False, "error": True},
    ],
}


def init_app(app: Flask) -> None:
    """Give *app*'s templates their globals and filters."""
    settings: config.Settings = app.config["BLOG"]
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        site=settings,
        site_language=_attributes(settings.language, languages.direction(settings.language)),
        htmx_config=escape(json.dumps(HTMX_CONFIG)),
        absolute=urls.absolute,
        article_url=urls.article,
        tag_url=urls.tag,
        body_of=_body_of,
        linked_data=linked_data.of,
        linked_series=linked_data.series,
        direction=languages.direction,
        spoken=partial(_spoken, settings.language),
        drawn_chips=lru_cache(256)(partial(_draw_chips, app)),
        mentioned=lru_cache(1024)(partial(_draw_mention, app)),
    )
    dates = Dates(settings.timezone)
    app.jinja_env.filters.update(
        day=dates.day, minute=dates.minute, clock=dates.clock, iso=dates.iso
    )
    app.jinja_env.filters["mailto"] = replies.mailto
    app.extensions["pieces"] = Look(app)
    app.extensions["frames"] = {}


class Environment(templating.Environment):
    """Flask's own, whose templates share its globals; each would chain its own to them.

    With each context Jinja goes through them all, those of includes, too.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Name what a template finds: what it is given itself, if it is, and what all find."""
        return super().make_globals(d) if d else self.globals

    def _load_template(self, name: str, globals: MutableMapping[str, Any] | None) -> Template:
        """Refuse what Jinja writes into a template's globals when it has that already."""
        if globals:
            raise TypeError(f"{name} shares its globals: give it {[*globals]} as values")
        return super()._load_template(name, globals)


class Look:
    """How pieces look: as their template says, with this site's settings."""

    TEMPLATE = "blog/pieces.html"

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._environment = app.jinja_env
        self._settings: config.Settings = app.config["BLOG"]
        self._stamp: str | None = None

    def draw(self, article: Article) -> Pieces:
        """Draw the pieces of *article*, which has a date."""
        macros = self._macros
        return Pieces(
            card=macros.card(article),
            head=macros.head(article, self._settings),
            intro=macros.intro(article),
            contents=macros.contents(article),
        )

    def card(self, article: Summary, hit: Hit | None = None, part: int | None = None) -> str:
        """Draw the card alone: with what a search found, or as that part of a series."""
        card: str = self._macros.card(article, hit, part)
        return card

    def preview(self, article: Article) -> Pieces:
        """Draw what the preview of a draft shows: it tells machines nothing, and has no card."""
        macros = self._macros
        intro = macros.intro(article, is_preview=True)
        return Pieces(card="", head="", intro=intro, contents=macros.contents(article))

    @property
    def stamp(self) -> str:
        """Tell this look from others: by what draws it, and the settings that it shows."""
        if self._stamp is None or self._app.debug:
            self._stamp = self._made_of()
        return self._stamp

    def _made_of(self) -> str:
        loader, own = self._environment.loader, self._settings
        assert loader is not None  # noqa: S101 - Flask gives every environment one
        source, _, _ = loader.get_source(self._environment, self.TEMPLATE)
        shown = (own.url, own.title, own.author, own.language, own.timezone.key, source)
        return hashlib.sha256("\n".join([str(pieces.VERSION), *shown]).encode()).hexdigest()[:16]

    @property
    def _macros(self) -> Any:
        return self._environment.get_template(self.TEMPLATE).module


def _draw_chips(app: Flask, chips: Chips) -> Any:
    """Draw the chips of a filter; while nothing changes, once."""
    macros: Any = app.jinja_env.get_template("blog/chips.html").module
    return macros.nav(chips)


def _draw_mention(app: Flask, way: str, other: Mention) -> Any:
    """Draw an article as the pages of others name it; it is near several of them."""
    macros: Any = app.jinja_env.get_template("blog/mentions.html").module
    return getattr(macros, way)(other)


def _body_of(post: Post) -> Any:
    return markdown.trusted(post.body_html)


@lru_cache(256)
def _spoken(site: str, language: str | None) -> str:
    """The attributes of a text in another *language* than the page around it."""
    tag = languages.normalise(language or "")
    if tag is None or tag.lower() == site.lower():
        return ""
    way = languages.direction(tag)
    return markdown.trusted(f" {_attributes(tag, way, languages.direction(site))}")


def _attributes(tag: str, way: str, around: str = "ltr") -> str:
    """Name a language, and its direction where it is another than that of the text *around*."""
    direction = f' dir="{way}"' if way != around else ""
    return markdown.trusted(f'lang="{tag}"{direction}')  # letters, digits and hyphens


class Dates:
    """Moments as people and machines read them, in the site's zone."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        # The neighbours of one article are those of others, too.
        self.day = lru_cache(1024)(self._day)
        self.iso = lru_cache(1024)(self._iso)

    def _day(self, moment: datetime, *, year: bool = True) -> str:
        """Write ``14 March 2026``, or without its year."""
        local = moment.astimezone(self._zone)
        return f"{local:%-d %B %Y}" if year else f"{local:%-d %B}"

    def minute(self, moment: datetime) -> str:
        """Write ``14 March 2026, 09:30 CET``."""
        return f"{moment.astimezone(self._zone):%-d %B %Y, %H:%M %Z}"

    def clock(self, moment: datetime) -> str:
        """Write ``09:30``."""
        return f"{moment.astimezone(self._zone):%H:%M}"

    def _iso(self, moment: datetime) -> str:
        """Write what machines read."""
        return moment.astimezone(self._zone).isoformat(timespec="seconds")
