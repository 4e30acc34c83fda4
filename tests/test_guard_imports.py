"""Guards: who may import whom."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import blogapp

PACKAGE = Path(blogapp.__file__).parent

EDGES = {"blog", "contact", "admin", "auth"}
# What holds the core and the edges together: it may know both HTTP and the core.
FRAME = {
    *("__init__", "config", "extensions", "errors", "htmx", "identity", "security"),
    *("assets", "templating", "forms", "cli", "migrations"),
}
# Everything else is core. Of the frame it may use what is about settings, tables, failures.
FRAME_FOR_CORE = {"config", "extensions", "errors"}
HTTP = {"flask_wtf", "wtforms", "htmx_flask", "werkzeug.wrappers", "werkzeug.exceptions"}
HTTP_OF_FLASK = {"request", "session", "g", "render_template", "url_for", "flash", "redirect"}

MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "versions" not in path.parts)


def group_of(path: Path) -> str:
    """The name under ``blogapp`` that *path* belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[tuple[str, str]]:
    """Yield what *path* imports: a module's absolute name, and a name from it or nothing."""
    package = ["blogapp", *path.relative_to(PACKAGE).parts[:-1]]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*above, *filter(None, [node.module])])
            yield from ((module, alias.name) for alias in node.names)


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


def test_the_groups_name_what_there_is() -> None:
    there = {group_of(path) for path in MODULES}

    assert there >= EDGES | FRAME
    assert {"posts", "tags", "filters", "messages", "authors", "markdown", "transfer"} <= there


def test_the_guard_sees_relative_and_absolute_imports(tmp_path: Path) -> None:
    assert ("blogapp", "messages") in set(imports(PACKAGE / "contact/views.py"))
    assert ("blogapp.contact.forms", "ContactForm") in set(imports(PACKAGE / "contact/views.py"))
    assert ("flask", "request") in set(imports(PACKAGE / "contact/views.py"))
    assert ours(PACKAGE / "admin/views/posts.py") >= {"posts", "identity", "htmx", "admin"}


@pytest.mark.parametrize("path", files(edges=True), ids=name)
def test_an_edge_imports_no_other_edge(path: Path) -> None:
    assert ours(path) & EDGES <= {group_of(path)}


@pytest.mark.parametrize("path", files(core=True), ids=name)
def test_the_core_imports_no_edge_and_of_the_frame_only_settings_tables_and_failures(
    path: Path,
) -> None:
    assert ours(path) & (EDGES | FRAME) <= FRAME_FOR_CORE


@pytest.mark.parametrize("path", files(core=True), ids=name)
def test_the_core_knows_no_request_no_form_and_no_template(path: Path) -> None:
    for module, imported in imports(path):
        assert not module.startswith(tuple(HTTP)), module
        assert not (module == "flask" and imported in {"", *HTTP_OF_FLASK}), imported


@pytest.mark.parametrize("path", files(frame=True), ids=name)
def test_only_the_application_itself_imports_the_edges(path: Path) -> None:
    assert not ours(path) & EDGES or name(path) == "__init__.py" or group_of(path) == "cli"


def test_cli_modules_that_share_a_name_with_an_edge_do_not_import_it() -> None:
    for path in files(frame=True):
        if group_of(path) == "cli":
            assert not {module for module, _ in imports(path)} & {
                f"blogapp.{edge}" for edge in EDGES
            }


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_only_the_markdown_package_makes_markup(path: Path) -> None:
    makes = {imported for _, imported in imports(path)} & {"Markup", "escape_silent"}

    assert not makes or group_of(path) == "markdown"


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_only_the_policy_itself_touches_htmx_flask(path: Path) -> None:
    touches = any(module.startswith("htmx_flask") for module, _ in imports(path))

    assert not touches or name(path) in {"extensions.py", "htmx.py"}


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_who_decides_what_readers_see_is_asked_and_not_copied(path: Path) -> None:
    """Only ``posts`` compares ``published_at`` in SQL with a moment."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Compare) and "Post.published_at" in ast.unparse(node.left):
            place = ast.unparse(node)
            assert name(path) == "posts.py" or place.startswith("sa.tuple_("), place
