"""A developer's blog in Flask and HTMX."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import collecting, waiting

with collecting.paused():
    from flask import Flask, Request

    waiting.let(__name__)
    from . import (
        assets,
        bytecode,
        config,
        driver,
        eras,
        errors,
        extensions,
        generation,
        identity,
        pagecache,
        pieces,
        rules,
        security,
        series,
        tallies,
        templating,
        theme,
    )
    from .search import following

if TYPE_CHECKING:
    from flask.templating import Environment
    from werkzeug.routing import MapAdapter

PACKAGE = Path(__file__).parent


class Blog(Flask):
    """The application: no view of it is a coroutine, and none is looked at for being one."""

    url_rule_class = rules.LateRule

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """Find views by the path alone."""
        if request is None:
            return super().create_url_adapter(request)
        return rules.Addresses.of(self.url_map, request)

    def create_jinja_environment(self) -> Environment:
        """Make ours, late: the main process of `serve` may need none."""
        self.jinja_environment = templating.Environment
        return super().create_jinja_environment()

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Call *func* as it is."""
        return func


def create_app(settings: config.Settings | None = None) -> Flask:
    """Make the application: wires everything, decides nothing.

    Without *settings* they are read from ``instance/config.toml`` and ``BLOG_*``.
    Raises ``config.SettingError`` for a value that cannot be used.
    """
    settings = settings or config.load()
    app = Blog(
        __name__,
        instance_path=str(settings.instance),
        template_folder=_assets("templates"),
        static_folder=_assets("static"),
    )
    app.config.from_mapping(config.flask_settings(settings))

    waiting.run(following, pieces, series, tallies)  # they listen to what is written
    extensions.init_app(app)
    driver.init_app(app)
    security.init_app(app)
    identity.init_app(app)
    templating.init_app(app)
    errors.init_app(app)
    assets.init_app(app)
    theme.init_app(app)
    _register_edges(app)
    bytecode.keep(app.jinja_env, Path(_assets("templates")))
    generation.init_app(app)
    eras.init_app(app)
    pagecache.init_app(app)
    return app


def _assets(name: str) -> str:
    """Find a folder of files: inside an installed package, or beside it in a checkout."""
    packaged = PACKAGE / name
    return str(packaged if packaged.is_dir() else PACKAGE.parent / name)


def _register_edges(app: Flask) -> None:
    from . import admin, auth, blog, contact

    for edge in (blog, contact, auth, admin):
        app.register_blueprint(edge.bp)
