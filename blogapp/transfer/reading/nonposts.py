"""Files that are no posts: templates, pages, translations, what is about a repository."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..files.trees import Tree
from .fields import Fields
from .places import Place, language_code
from .settings import Site
from .systems import System

_TEMPLATES = {"archetypes", "_includes", "_layouts", "_templates"}
_PARTS = {"layouts": "a template", "templates": "a template", "themes": "part of a theme"}
_TEMPLATE_NAME = re.compile(r"_?(?:(?:blog|note|article|post)[-_ ]?)?_?template", re.IGNORECASE)
_PLACEHOLDER = re.compile(
    r"\{\{(?:(?!\{\{|\}\}).)*+\}\}|<%(?:(?!<%|%>).)*+%>|\$\{(?:(?!\$\{)[^}\n])*+\}"
)
_README = re.compile(r"readme(?:[-_.].*)?", re.IGNORECASE)
_REPOSITORY = re.compile(
    r"agents|change-?log|claude|code[-_]of[-_]conduct|codeowners|contributing"
    r"|issue[-_]template|licen[cs]e(?:[-_.].*)?|pull[-_]request[-_]template",
    re.IGNORECASE,
)
_ON_TOP = re.compile(  # what a repository is told of there, and what notes may be called elsewhere
    r"authors|backers|changes|citation|contributors|copying|copyright|credits|funding|governance"
    r"|history|install|maintainers|notice|releasing|roadmap|security|sponsors|summary|support"
    r"|todo|upgrading",
    re.IGNORECASE,
)
_PAGES = {
    *("404", "about", "archive", "archives", "categories", "contact", "cv", "friends"),
    *("guestbook", "home", "imprint", "impressum", "index", "links", "now", "offline", "page"),
    *("pages", "privacy", "projects", "resume", "search", "sitemap", "tags", "uses"),
}
_KINDS = ("layout", "type", "template", "pagetype")
_ALONE = "import it alone to take it as a draft"


def by_place(tree: Tree, system: System, path: str, place: Place) -> str | None:
    """Say why the name and the folders of a file make it no post; None if they do not."""
    folders = {tree.name, *path.split("/")[:-1]}
    if _TEMPLATES & folders:
        return "a template of the old blog, not a post"
    if system.at(path).name not in ("", "plain"):
        for folder in path.split("/")[:-1]:
            if folder in _PARTS:
                return f"{_PARTS[folder]} of the old blog, not a post"
    if place.stem.lower() == "_index":
        return "the page of a section, not a post; lists of posts come by themselves here"
    return None if tree.is_one_file else _as_translation(tree, system, path, place)


def by_content(
    tree: Tree, system: System, path: str, place: Place, fields: Fields, *, is_dated: bool
) -> str | None:
    """Say why what stands in a file makes it no post; None if it is one."""
    if _is_template(place, fields, is_dated=is_dated):
        return "a template of the old blog, not a post"
    if is_dated or place.is_draft or tree.is_one_file:
        return None
    if not fields.notation and _README.fullmatch(place.stem):
        return "a README is about its folder, not a post"
    on_top = place.stem.isupper() or "/" not in path.removeprefix(system.at(path).root)
    if not fields.notation and (
        _REPOSITORY.fullmatch(place.stem) or (on_top and _ON_TOP.fullmatch(place.stem))
    ):
        return "about the repository, not a post"
    if place.stem.lower() == "index" and (system.neighbours(path) or "/" not in path):
        return "the page of its folder, not a post"
    if _is_page(system.at(path), path, place, fields):
        return f"a page, not a post: nothing says its date; {_ALONE}"
    return None


def _as_translation(tree: Tree, system: System, path: str, place: Place) -> str | None:
    """Find the same post in the language that comes first: the site's, then none, then English."""
    for original in _originals(tree, system, path, place):
        if tree.has(original):
            return f"a translation of {original}; import it alone to have it, too"
    return None


def _originals(tree: Tree, system: System, path: str, place: Place) -> Iterator[str]:
    main = system.at(path).language or "en"
    folder, _, name = path.rpartition("/")
    ending = name[len(place.stem) :]
    if place.language:
        ending = ending.partition(".")[2].partition(".")[2]
        before = f"{folder}/{place.stem}".lstrip("/")
        yield f"{before}.{ending}"
        if language_code(main) != place.language:
            yield f"{before}.{main}.{ending}"
    inside = system.language(path)
    if inside and inside[1] != language_code(main):
        parent = inside[0].rpartition("/")[0]
        rest = path.removeprefix(inside[0])
        yield f"{parent}/{main}{rest}".lstrip("/")
        if inside[1] != "en":
            yield f"{parent}/en{rest}".lstrip("/")


def _is_template(place: Place, fields: Fields, *, is_dated: bool) -> bool:
    names = ("title", "date", "created")
    if any(isinstance(fields.values.get(name), dict) for name in names):
        return True  # date: {{ now }}, which YAML reads as braces
    if any(_PLACEHOLDER.search(fields.text(name)) for name in names):
        return True
    named = _TEMPLATE_NAME.fullmatch(place.stem)
    bare = place.stem.lower() == "template" and not fields.notation  # a note about templates
    return bool(named) and not is_dated and not bare


def _is_page(site: Site, path: str, place: Place, fields: Fields) -> bool:
    folders = path.removeprefix(site.root).split("/")[:-1]
    if any(fields.text(kind).lower().partition(".")[0] in _PAGES for kind in _KINDS):
        return True
    if site.name in ("", "plain"):
        return False
    if place.stem.lower() in _PAGES or "pages" in folders:
        return True
    if site.name in ("jekyll", "hexo"):
        return not any(folder.startswith("_") for folder in folders)
    if site.name == "docusaurus":
        return "docs" in folders
    return site.name == "mkdocs" and "blog" in site.options and "posts" not in folders
