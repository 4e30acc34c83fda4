"""Modules that wait: they run when something of them is first asked for.

``from . import saving`` then costs a start nothing; ``from .saving import Saved`` asks at once.
What PEP 810 (``lazy import``, Python 3.15) does for a statement, this does for a package.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import find_spec
from types import ModuleType
from typing import Any


def let(package: str) -> None:
    """Let the modules of *package* wait from now on."""
    sys.meta_path.insert(0, _Finder(package))


def run(*modules: ModuleType) -> None:
    """Run modules that do more than define, such as listening to events."""
    for module in modules:
        if isinstance(module.__loader__, _Loader):
            module.__loader__.run(module)


def run_all(package: str) -> None:
    """Run all modules of *package* that wait, and those that these import.

    Raises what they raised as one ``ExceptionGroup``, after each has had its turn.
    """
    tried: set[ModuleType] = set()
    failures: list[Exception] = []
    while left := _waiting(package) - tried:
        tried |= left
        for module in left:
            try:
                run(module)
            except Exception as error:  # whatever it is: the others can run
                failures.append(error)
    if failures:
        raise ExceptionGroup(f"modules of {package} that cannot run", failures)


def _waiting(package: str) -> set[ModuleType]:
    return {
        module
        for name, module in sys.modules.copy().items()  # other threads import meanwhile
        if name.startswith(f"{package}.") and type(module) is _Waiting
    }


class _Finder(MetaPathFinder):
    """Finds the modules of a *package* that wait, and leaves the others to those after it."""

    def __init__(self, package: str) -> None:
        self._inside = f"{package}."

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if not name.startswith(self._inside):
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = _Loader(spec.loader)
        return spec


class _Loader(Loader):
    """Loads a module by another *loader*, later; what other threads ask of it then waits, too."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader
        self._lock = threading.RLock()
        self._is_running = self._has_run = False

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        module.__class__ = _Waiting

    def __getattr__(self, name: str) -> Any:
        """What else the *loader* can: tell its code, its source, whether it is a package."""
        return getattr(self._loader, name)

    def run(self, module: ModuleType) -> None:
        with self._lock:
            if self._is_running or self._has_run:
                return  # it is looked at by what it imports, or another thread has just run it
            self._is_running = True
            before = {*vars(module)}
            try:
                self._loader.exec_module(module)
            except BaseException:  # an interrupt, too: who asks next finds it as it was
                _forget(module, before)
                raise
            finally:
                self._is_running = False
            self._has_run = True
            module.__class__ = ModuleType


def _forget(module: ModuleType, before: set[str]) -> None:
    """Take out of *module* what a run has put in, but for other modules: those are as before."""
    names = vars(module)
    for name in names.keys() - before:
        if not isinstance(names[name], ModuleType):
            del names[name]


# What Python asks a module for when somebody wants all that is in it.
_WHOLE = {"__all__", "__dict__", "__dir__", "__doc__"}


class _Waiting(ModuleType):
    """A module that has not run: what Python itself notes of it is there, and what is in it.

    So a package need not run for one of its modules: none of them may have the name of something
    else that the package has.
    """

    def __getattribute__(self, name: str) -> Any:
        get = ModuleType.__getattribute__  # not super(): the class may change in between
        if name in _WHOLE:
            get(self, "__loader__").run(self)
        if name.startswith("__"):
            return get(self, name)
        spec = get(self, "__spec__")
        if spec.submodule_search_locations and find_spec(f"{spec.name}.{name}"):
            return import_module(f"{spec.name}.{name}")
        get(self, "__loader__").run(self)
        return get(self, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if not name.startswith("__") and not isinstance(value, ModuleType):
            run(self)  # else what the module says itself would win
        ModuleType.__setattr__(self, name, value)
