"""Verbs that need the schema of this version."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask.cli import with_appcontext

from .. import health
from ..errors import BlogError

P = ParamSpec("P")
R = TypeVar("R")


def with_current_schema(verb: Callable[P, R]) -> Callable[P, R]:
    """Give a verb an application, and refuse it where ``blogapp init`` has to run first."""

    @with_appcontext
    @wraps(verb)
    def checked(*args: P.args, **kwargs: P.kwargs) -> R:
        problem = health.outdated()
        if problem:
            raise BlogError(problem)
        return verb(*args, **kwargs)

    return checked
