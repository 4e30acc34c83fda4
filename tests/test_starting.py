"""A start: the collector pauses, and modules, views and templates wait for their first use."""

from __future__ import annotations

import ast
import gc
import importlib
import runpy
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from flask import Flask
from jinja2 import Environment, FileSystemLoader

import blogapp
from blogapp import bytecode, collecting, waiting

from .conftest import MakePost

PACKAGE = Path(blogapp.__file__).parent
# What runs with the application, for it listens to what is written, or is listened to.
LISTENERS = {
    *("blogapp.driver", "blogapp.extensions", "blogapp.generation", "blogapp.pieces"),
    *("blogapp.series", "blogapp.search.following", "blogapp.tallies"),
}


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package whose modules wait; each that runs appends its name to ``shop.ran``."""
    folder = tmp_path / "shop"
    (folder / "store").mkdir(parents=True)
    ran = "import shop\nshop.ran.append(__name__)\n"
    (folder / "__init__.py").write_text("ran = []\n")
    (folder / "prices.py").write_text(f"{ran}VAT = 19\n")
    (folder / "store/__init__.py").write_text(f"{ran}OPEN = True\n")
    (folder / "store/shelf.py").write_text(f"{ran}GOODS = 3\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path])
    waiting.let("shop")
    yield folder
    for name in [name for name in sys.modules if name.partition(".")[0] == "shop"]:
        del sys.modules[name]


@pytest.mark.parametrize("is_enabled", [True, False])
def test_the_collector_is_left_as_it_was(is_enabled: bool) -> None:
    was_enabled = gc.isenabled()
    (gc.enable if is_enabled else gc.disable)()
    try:
        with collecting.paused():
            assert not gc.isenabled()
        assert gc.isenabled() == is_enabled
    finally:
        (gc.enable if was_enabled else gc.disable)()


def test_a_module_runs_when_something_of_it_is_first_asked_for(shop: Path) -> None:
    namespace: dict[str, Any] = {}

    exec("import shop\nfrom shop import prices", namespace)  # noqa: S102 - a module of this test
    before = [*namespace["shop"].ran]
    asked = namespace["prices"].VAT, namespace["prices"].VAT

    assert (before, asked, namespace["shop"].ran) == ([], (19, 19), ["shop.prices"])


def test_what_is_set_in_a_module_that_waits_stays(shop: Path) -> None:
    namespace: dict[str, Any] = {}

    exec("from shop import prices\nprices.VAT = 7", namespace)  # noqa: S102 - as above

    assert namespace["prices"].VAT == 7


def test_a_package_does_not_run_for_one_of_its_modules(shop: Path) -> None:
    namespace: dict[str, Any] = {}

    exec("import shop\nfrom shop.store import shelf", namespace)  # noqa: S102 - as above
    asked = namespace["shelf"].GOODS

    assert (asked, namespace["shop"].ran) == (3, ["shop.store.shelf"])


def test_threads_that_ask_at_once_get_the_whole_module(shop: Path) -> None:
    slow = "import shop, threading\nFIRST = 1\nshop.begun.set()\nshop.go_on.wait(10)\nLAST = 2\n"
    (shop / "prices.py").write_text(slow)
    (shop / "__init__.py").write_text("import threading\nbegun = threading.Event()\ngo_on = 0\n")
    namespace: dict[str, Any] = {}
    exec("import shop\nfrom shop import prices", namespace)  # noqa: S102 - as above
    namespace["shop"].go_on = threading.Event()
    found: list[tuple[int, int]] = []

    def ask() -> None:
        found.append((namespace["prices"].FIRST, namespace["prices"].LAST))

    threads = [threading.Thread(target=ask) for _ in range(3)]
    threads[0].start()
    namespace["shop"].begun.wait(10)
    for thread in threads[1:]:
        thread.start()
    unfinished = not _has_run("shop.prices")
    namespace["shop"].go_on.set()
    for thread in threads:
        thread.join(10)

    assert (unfinished, found) == (True, [(1, 2)] * 3)
    assert _has_run("shop.prices")


def test_a_module_that_failed_can_be_asked_again(shop: Path) -> None:
    (shop / "prices.py").write_text("import shop\nFIRST = 1\nVAT = 1 / shop.people\n")
    (shop / "__init__.py").write_text("people = 0\n")
    namespace: dict[str, Any] = {}
    exec("import shop\nfrom shop import prices", namespace)  # noqa: S102 - as above

    with pytest.raises(ZeroDivisionError):
        _ = namespace["prices"].VAT
    with pytest.raises(ExceptionGroup, match="shop"):
        waiting.run_all("shop")
    left = {*ModuleType.__getattribute__(namespace["prices"], "__dict__")}
    namespace["shop"].people = 2

    assert "FIRST" not in left
    assert namespace["prices"].VAT == 0.5


def test_whoever_asks_for_all_of_a_module_gets_it(shop: Path) -> None:
    namespace: dict[str, Any] = {}

    exec("from shop import prices\nfrom shop.store import *", namespace)  # noqa: S102 - as above

    assert "VAT" in dir(namespace["prices"])
    assert vars(namespace["prices"])["VAT"] == 19
    assert namespace["OPEN"]


def test_a_module_that_waits_can_be_run_as_a_program(shop: Path) -> None:
    (shop / "prices.py").write_text("VAT = __name__\n")

    assert runpy.run_module("shop.prices")["VAT"] == "shop.prices"
    assert runpy.run_module("shop.prices", run_name="__main__")["VAT"] == "__main__"


def test_all_that_waits_and_what_it_brings_runs_in_the_end(shop: Path) -> None:
    (shop / "prices.py").write_text("from shop.store import shelf\n")
    exec("from shop import prices", {})  # noqa: S102 - as above

    waiting.run_all("shop")

    assert _has_run("shop.prices") and _has_run("shop.store.shelf")


def test_readers_who_ask_for_everything_at_once_get_it(app: Flask, make_post: MakePost) -> None:
    """In a process of its own, where nothing has run yet, while what waits is run behind."""
    make_post("Hello", tags=["python"])

    answer = subprocess.run(
        [sys.executable, "-c", _STAMPEDE, app.config["BLOG"].instance],
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert (answer.returncode, answer.stdout) == (0, "[]\n"), answer.stderr


def test_no_package_says_something_else_by_the_name_of_its_module() -> None:
    packages = [path.parent for path in PACKAGE.rglob("__init__.py")]
    modules = {folder: {path.stem for path in folder.glob("*.py")} for folder in packages}
    said = {folder: _defined(folder / "__init__.py") for folder in packages}

    assert len(packages) > 10
    assert {str(folder): modules[folder] & said[folder] for folder in packages} == {
        str(folder): set() for folder in packages
    }


def test_who_listens_to_what_is_written_runs_with_the_application(app: Flask) -> None:
    listening = {
        ".".join(["blogapp", *path.relative_to(PACKAGE).with_suffix("").parts])
        for path in PACKAGE.rglob("*.py")
        if "event.listen" in path.read_text(encoding="utf-8")
    }

    assert listening == LISTENERS
    assert all(_has_run(name) for name in LISTENERS)


def test_templates_are_compiled_once_and_again_when_they_change(tmp_path: Path) -> None:
    template, made = tmp_path / "a.html", []
    template.write_text("{{ 1 }}")

    for text in ("{{ 1 }}", "{{ 1 }}", "{{ 2 }}"):
        template.write_text(text)
        environment = _environment(tmp_path)
        shown = environment.get_template("a.html").render()
        made.append((shown, environment.compiled))

    assert made == [("1", 1), ("1", 0), ("2", 1)]


def test_a_changed_filter_compiles_templates_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Jinja calls a filter of a constant as it compiles: what it said is in the code."""
    (tmp_path / "a.html").write_text("{{ 1 | shown }}")
    module = tmp_path / "filters_of_a_test.py"
    monkeypatch.syspath_prepend(tmp_path)
    shown = []

    for said in ("before", "afterwards", "afterwards"):
        module.write_text(f"def shown(_): return {said!r}")
        monkeypatch.delitem(sys.modules, module.stem, raising=False)
        environment = _environment(tmp_path, shown=importlib.import_module(module.stem).shown)
        page = environment.get_template("a.html").render()
        shown.append((page, environment.compiled))
    monkeypatch.delitem(sys.modules, module.stem)

    assert shown == [("before", 1), ("afterwards", 1), ("afterwards", 0)]


def test_another_way_to_escape_compiles_templates_again(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("{{ '<' }}")

    for autoescape, shown in [(True, "&lt;"), (False, "<"), (lambda _: True, "&lt;")]:
        environment = _environment(tmp_path, autoescape)
        assert environment.get_template("a.html").render() == shown


def test_a_damaged_file_of_kept_code_is_written_again(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("{{ 1 }}")
    _environment(tmp_path).get_template("a.html")
    (kept,) = (tmp_path / "__pycache__").iterdir()
    whole, shown = kept.read_bytes(), set()

    for size in range(0, len(whole), 20):  # cut in Jinja's mark, the checksum and the code
        kept.write_bytes(whole[:size])
        page = _environment(tmp_path).get_template("a.html").render()
        shown.add((page, kept.stat().st_size))

    assert shown == {("1", len(whole))}


def test_code_that_another_user_kept_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("{{ 1 }}")

    _environment(tmp_path).get_template("a.html")

    (kept,) = (tmp_path / "__pycache__").iterdir()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o644


def test_where_nobody_may_write_templates_are_compiled_at_each_start(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("{{ 1 }}")
    (tmp_path / "__pycache__").write_text("no folder")

    assert _environment(tmp_path).get_template("a.html").render() == "1"


def _has_run(name: str) -> bool:
    return type(sys.modules[name]) is ModuleType


class _Counting(Environment):
    """Counts what it compiles."""

    compiled = 0

    def compile(self, *args: Any, **options: Any) -> Any:
        """Compile a template."""
        self.compiled += 1
        return super().compile(*args, **options)


def _environment(folder: Path, autoescape: Any = True, **filters: Any) -> _Counting:
    environment = _Counting(loader=FileSystemLoader(folder), autoescape=autoescape)
    environment.filters.update(filters)
    bytecode.keep(environment, folder)
    return environment


def _defined(path: Path) -> set[str]:
    """The names of what a package defines, or has from other modules."""
    names: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.ImportFrom):
            own = node.level == 1 and node.module is None
            names |= {alias.asname or alias.name for alias in node.names} - (
                {alias.name for alias in node.names} if own else set()
            )
    return names


_STAMPEDE = """
import pathlib, sys, threading, types
from blogapp import config, create_app, waiting

sys.setswitchinterval(1e-5)
app = create_app(config.Settings(instance=pathlib.Path(sys.argv[1])))
paths = (
    "/ /blog/hello /blog/hello.md /?q=hello /?q=helo /?tag=python /tags/ /tags/python /archive/"
    " /series/a /feed.xml /feed.json /sitemap.xml /robots.txt /contact /admin/ /admin/messages"
    " /login /p/x /media/x.png /readyz /nothing"
).split()
begin = threading.Barrier(len(paths) + 1)
bad = []

def get(path):
    begin.wait()
    status = app.test_client().get(path).status_code
    if status >= 500:
        bad.append((path, status))

def run_all():
    begin.wait()
    waiting.run_all("blogapp")

threads = [threading.Thread(target=get, args=[path]) for path in paths]
threads.append(threading.Thread(target=run_all))
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
bad += [name for name, one in sys.modules.items() if type(one) is waiting._Waiting]
print(bad)
"""
