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

from flask import Blueprint
from flask.typing import ResponseReturnValue
from werkzeug.routing import Rule

Table = Mapping[str, Mapping[str, str]]  # by module of views: method and address, and the view
Builder = Callable[..., tuple[str, str]]


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
