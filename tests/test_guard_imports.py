"""Guards: who may import whom."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

from flask import Flask

import blogapp

from .conftest import MakePost

PACKAGE = Path(blogapp.__file__).parent

EDGES = {"blog", "contact", "admin", "auth"}
# What holds the core and the edges together: it may know both HTTP and the core.
FRAME = {
    *("__init__", "config", "extensions", "errors", "htmx", "identity", "security"),
    *("assets", "frames", "origins", "templating", "theme", "forms", "cli", "migrations"),
    *("answers", "cached", "eras", "generation", "kept", "negotiation", "pagecache"),
    *("bytecode", "proxy", "rules", "waiting"),
}
# Everything else is core. Of the frame it may use what is about settings, tables, failures.
FRAME_FOR_CORE = {"config", "extensions", "errors"}
HTTP = {"flask_wtf", "wtforms", "htmx_flask", "werkzeug.wrappers", "werkzeug.exceptions"}
HTTP_OF_FLASK = {"request", "session", "g", "render_template", "url_for", "flash", "redirect"}

MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "versions" not in path.parts)


def group_of(path: Path) -> str:
    """The name under ``blogapp`` that *path* belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@cache
def nodes(path: Path) -> list[ast.AST]:
    return list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


@cache
def imports(path: Path) -> set[tuple[str, str]]:
    """Return what *path* imports: a module's absolute name, and a name from it or nothing."""
    package = ["blogapp", *path.relative_to(PACKAGE).parts[:-1]]
    found = set()
    for node in nodes(path):
        if isinstance(node, ast.Import):
            found |= {(alias.name, "") for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*above, *filter(None, [node.module])])
            found |= {(module, alias.name) for alias in node.names}
    return found


def ours(path: Path) -> set[str]:
    """The groups of ``blogapp`` that *path* imports."""
    found = set()
    for module, name in imports(path):
        parts = [*module.split("."), name]
        if parts[0] == "blogapp" and parts[1]:
            found.add(parts[1])
    return found - {"Flask", "PACKAGE", "create_app"}


def files(*, edges: bool = False, core: bool = False, frame: bool = False) -> list[Path]:
    def wanted(group: str) -> bool:
        if group in EDGES:
            return edges
        return frame if group in FRAME else core

    return [path for path in MODULES if wanted(group_of(path))]


def name(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def offenders(paths: list[Path], offence: Callable[[Path], object]) -> dict[str, object]:
    """The names of those *paths* that have something of *offence*, and what."""
    assert len(paths) > 4
    return {name(path): found for path in paths if (found := offence(path))}


def test_the_groups_name_what_there_is() -> None:
    there = {group_of(path) for path in MODULES}

    assert there >= EDGES | FRAME
    assert {"posts", "tags", "filters", "messages", "authors", "markdown", "transfer"} <= there


def test_the_guard_sees_relative_and_absolute_imports(tmp_path: Path) -> None:
    assert ("blogapp", "messages") in set(imports(PACKAGE / "contact/views.py"))
    assert ("blogapp.contact.forms", "ContactForm") in set(imports(PACKAGE / "contact/views.py"))
    assert ("flask", "request") in set(imports(PACKAGE / "contact/views.py"))
    assert ours(PACKAGE / "admin/views/editor.py") >= {"posts", "identity", "htmx", "admin"}


def test_an_edge_imports_no_other_edge() -> None:
    def offence(path: Path) -> object:
        return ours(path) & EDGES - {group_of(path)}

    assert offenders(files(edges=True), offence) == {}


def test_the_core_imports_no_edge_and_of_the_frame_only_settings_tables_and_failures() -> None:
    def offence(path: Path) -> object:
        return (ours(path) & (EDGES | FRAME)) - FRAME_FOR_CORE

    assert offenders(files(core=True), offence) == {}


def test_the_core_knows_no_request_no_form_and_no_template() -> None:
    def is_http(module: str, imported: str) -> bool:
        of_flask = module == "flask" and imported in {"", *HTTP_OF_FLASK}
        return of_flask or module.startswith(tuple(HTTP))

    def offence(path: Path) -> object:
        return [found for found in imports(path) if is_http(*found)]

    assert offenders(files(core=True), offence) == {}


def test_only_the_application_itself_imports_the_edges() -> None:
    def offence(path: Path) -> object:
        allowed = name(path) == "__init__.py" or group_of(path) == "cli"
        return not allowed and ours(path) & EDGES

    assert offenders(files(frame=True), offence) == {}


def test_cli_modules_that_share_a_name_with_an_edge_do_not_import_it() -> None:
    edges = {f"blogapp.{edge}" for edge in EDGES}

    def offence(path: Path) -> object:
        return group_of(path) == "cli" and {module for module, _ in imports(path)} & edges

    assert offenders(files(frame=True), offence) == {}


def test_only_the_markdown_package_makes_markup() -> None:
    def offence(path: Path) -> object:
        makes = {imported for _, imported in imports(path)} & {"Markup", "escape_silent"}
        return group_of(path) != "markdown" and makes

    assert offenders(MODULES, offence) == {}


def test_only_the_policy_itself_touches_htmx_flask() -> None:
    def offence(path: Path) -> object:
        allowed = name(path) in {"extensions.py", "htmx.py"}
        return not allowed and [m for m, _ in imports(path) if m.startswith("htmx_flask")]

    assert offenders(MODULES, offence) == {}


def test_who_decides_what_readers_see_is_asked_and_not_copied() -> None:
    """Only ``posts`` compares ``published_at`` in SQL with a moment."""

    def offence(path: Path) -> object:
        if name(path) == "posts.py":
            return None
        places = [
            ast.unparse(node)
            for node in nodes(path)
            if isinstance(node, ast.Compare) and "Post.published_at" in ast.unparse(node.left)
        ]
        return [place for place in places if not place.startswith("sa.tuple_(")]

    assert offenders(MODULES, offence) == {}


def test_who_serves_readers_runs_nothing_that_only_authors_and_operators_need(
    app: Flask, make_post: MakePost
) -> None:
    make_post("Hello")
    folder = app.config["BLOG"].instance
    heavy = {"alembic", "markdown", "PIL", "pygit2", "pygments.lexers", "smtplib", "tomllib"}
    heavy |= {"wtforms", "yaml", "pygments.formatters", "sqlalchemy.dialects.postgresql"}
    of_ours = {
        *("admin.views.editor", "admin.forms", "contact.views", "auth.views", "inbox", "saving"),
        *("dispatching", "comparing", "transfer.reading", "transfer.storing", "images"),
        *("search.fts5", "authors", "tags", "models.later", "models.messages"),
    }
    serve = (
        "import pathlib, sys, types\n"
        "from blogapp import config, create_app\n"
        "from blogapp.cli import serving\n"
        "serving.serve\n"
        f"folder = pathlib.Path({str(folder)!r})\n"
        "app = create_app(config.Settings(instance=folder, url='https://blog.example'))\n"
        "assert app.test_client().get('/blog/hello').status_code == 200\n"
        "from blogapp.models import Post\n"
        "assert not Post.__mapper__.configured, 'the mapper is configured for readers'\n"
        "print(*(name for name, one in sys.modules.items() if type(one) is types.ModuleType))"
    )

    answer = subprocess.run([sys.executable, "-c", serve], capture_output=True, text=True)

    ran = {*answer.stdout.split()}
    assert answer.returncode == 0, answer.stderr
    assert "blogapp.cli.serving" in ran
    assert ran & {*heavy, *(f"blogapp.{name}" for name in of_ours)} == set()
