"""Rules: which view answers at which address; what they need is made when it is first used.

An edge lists its addresses, so that its views can wait for their first request (Flask's
documentation, "Lazily Loading Views").
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from flask import Blueprint, Request
from flask.typing import ResponseReturnValue
from werkzeug.routing import Map, MapAdapter, RequestRedirect, Rule

Table = Mapping[str, Mapping[str, str]]  # by module of views: method and address, and the view
Builder = Callable[..., tuple[str, str]]

_SAFE = "!$&'()*+,/:;=@"  # in a path (url.spec.whatwg.org, "URL path segment string")


def add(bp: Blueprint, package: str, table: Table) -> None:
    """Add the views that *table* lists to *bp*; their modules are in *package*.

    An endpoint is called as its view is. Of several addresses of a view the first is built.
    """
    for name, rules in table.items():
        module = import_module(f"{package}.{name}")
        for rule, view in rules.items():
            method, address = rule.split(" ")
            bp.add_url_rule(address, view, _view(module, view), methods=[method])


@cache
def _view(module: ModuleType, name: str) -> _LateView:
    return _LateView(module, name)


class _LateView:
    """A view by its name: its module, which may wait, runs when it is called or looked at."""

    # What Flask looks at when a rule is added.
    required_methods: Collection[str] = ()
    provide_automatic_options: bool | None = None

    def __init__(self, module: ModuleType, name: str) -> None:
        self._module = module
        self.__name__ = name

    def __call__(self, **values: Any) -> ResponseReturnValue:
        """Answer a request."""
        answer: ResponseReturnValue = getattr(self._module, self.__name__)(**values)
        return answer

    def __getattr__(self, mark: str) -> Any:
        """What is marked on the view itself."""
        return getattr(getattr(self._module, self.__name__), mark)


class Addresses(MapAdapter):
    """What a request asks for, by its path alone: its Host header is anybody's."""

    @classmethod
    def of(cls, url_map: Map, request: Request) -> Addresses:
        """Look at *request*; who it takes us for is neither read nor checked."""
        query = request.query_string.decode(errors="replace")
        given = request.environ.get("PATH_INFO", "")
        path = request.path if given else ""  # which leads to "/"
        path = f"/{path}" if given.startswith("//") else path  # of them `request` shows one
        own = (request.root_path, "", request.scheme, path, request.method, query)
        return cls(url_map, "localhost", *own)

    def match(self, *args: Any, **options: Any) -> Any:
        """Match a path that begins with one slash; Werkzeug takes more of them for the same.

        Raises ``RequestRedirect`` for one with more: no page has another address that says 200.
        """
        if self.path_info.startswith("//"):
            raise RequestRedirect(self.make_redirect_url(quote(self.path_info, safe=_SAFE)))
        return super().match(*args, **options)

    def make_redirect_url(self, *args: Any, **options: Any) -> str:
        """Redirect by path, not to that host."""
        parts = urlsplit(super().make_redirect_url(*args, **options))
        return urlunsplit(("", "", parts.path, parts.query, ""))


class LateRule(Rule):
    """A rule as Werkzeug's own, but that it compiles no Python code before an address is built.

    The method is private: where Werkzeug has none of this name, nothing is late, and all works.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Builder:
        compiled: Callable[[], Builder] = cache(
            lambda: super(LateRule, self)._compile_builder(append_unknown)
        )

        def build(rule: LateRule, /, **values: Any) -> tuple[str, str]:
            return compiled()(rule, **values)

        return build
