"""Derived URLs: where an old system published a file, by its own rules and settings."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from . import permalinks
from .places import Place, unordered
from .settings import Site

_DATED = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[-_]")
_PLAIN = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Facts:
    """What the address of a post can depend on; *when* is the local time of the old blog."""

    path: str
    place: Place
    title: str
    slug: str
    when: datetime | None
    categories: tuple[str, ...]
    language: str | None
    language_folder: str


def of(site: Site, facts: Facts) -> str | None:
    """Say at which root-relative path *site* published a post; None if that is not certain."""
    rule = _RULES.get(site.name)
    found = rule(site, facts) if rule else None
    return f"{site.base}/{found.lstrip('/')}" if found else None


def filled(site: Site, facts: Facts, pattern: str) -> str | None:
    """Fill the pattern ``/:year/:title/`` that stands in a post itself."""
    values = _jekyll_values(facts) if site.name in ("jekyll", "") else _hexo_values(facts)
    return permalinks.fill(pattern, values)


def _jekyll(site: Site, facts: Facts) -> str | None:
    if not site.sure or "_posts" not in _below(site.root, facts.path):
        return None
    inside = facts.path.removeprefix(site.root)
    pattern = next(
        (value for folder, value in site.permalinks.items() if inside.startswith(f"{folder}/")),
        site.permalink,
    )
    return permalinks.fill(pattern.replace(":output_ext", ".html"), _jekyll_values(facts, site))


def _jekyll_values(facts: Facts, site: Site | None = None) -> permalinks.Values:
    folders = _below(site.root if site else "", facts.path)
    above = folders[: folders.index("_posts")] if "_posts" in folders else []
    categories = [name.lower() for name in [*above, *facts.categories]]
    name = facts.slug or facts.place.slug or ""
    return {
        **permalinks.dates(facts.when),
        "title": lambda: permalinks.jekyll_title(name) or None,
        "slug": lambda: permalinks.jekyll_slug(name) or None,
        "categories": lambda: "/".join(dict.fromkeys(categories)),
    }


def _hexo(site: Site, facts: Facts) -> str | None:
    named_by_title = facts.place.day and ":year" not in site.options.get("name", "")
    if not site.sure or "_posts" not in _below(site.root, facts.path) or named_by_title:
        return None
    return permalinks.fill(f"/{site.permalink}", _hexo_values(facts))


def _hexo_values(facts: Facts) -> permalinks.Values:
    inside = f"/{facts.path}".rpartition("/_posts/")[2].split("/")[:-1]
    name = facts.slug or "/".join([*inside, facts.place.slug or ""])
    return {
        **permalinks.dates(facts.when),
        "title": lambda: name or None,
        "name": lambda: facts.place.slug,
    }


def _hugo(site: Site, facts: Facts) -> str | None:
    root = f"{site.root}{site.options.get('content', 'content')}/"
    if not site.sure or not facts.path.startswith(root):
        return None
    if facts.language_folder.startswith(root):
        root = f"{facts.language_folder}/"
    folders, name = _folders_and_name(root, facts)
    lower = site.options.get("disablepathtolower") != "true"
    made = permalinks.hugo_name if lower else _hyphenated
    folders, name = [made(folder) for folder in folders], made(name)
    own = facts.slug or name
    pattern = site.permalinks.get(folders[0] if folders else "/")
    if pattern:
        address = permalinks.fill(
            pattern.replace(":sections", "/".join(folders)),
            {
                **permalinks.dates(facts.when),
                "title": lambda: permalinks.hugo_name(facts.title),
                "slug": lambda: facts.slug or permalinks.hugo_name(facts.title),
                "slugorfilename": lambda: own,
                "slugorcontentbasename": lambda: own,
                "filename": lambda: name,
                "contentbasename": lambda: name,
                "section": lambda: folders[0] if folders else "",
            },
        )
    else:
        address = "/".join([*folders, own]) + ("" if own else "/")
    if address is None:
        return None
    ending = ".html" if site.options.get("uglyurls") == "true" else "/"
    return f"{_language(site, facts)}{address.strip('/')}{ending}"


def _zola(site: Site, facts: Facts) -> str | None:
    root = f"{site.root}content/"
    if not facts.path.startswith(root):
        return None
    folders, name = _folders_and_name(root, facts)
    if site.options.get("keepdates", "false") != "true":
        if not site.sure and _DATED.match(name):
            return None
        name = _DATED.sub("", name, count=1)
    parts = [*folders, facts.slug or name]
    if not site.sure:
        certain = all(_PLAIN.fullmatch(part) for part in parts)
        return f"{'/'.join(parts)}/" if certain and not facts.language else None
    if site.options.get("paths") == "on":
        made = [permalinks.zola_name(part) for part in parts]
        if None in made:
            return None
        parts = [part for part in made if part]
    return f"{_language(site, facts)}{'/'.join(parts)}/"


def _pelican(site: Site, facts: Facts) -> str | None:
    if not site.sure or not site.permalink:
        return None
    by_title = site.options.get("source") == "title"
    made = permalinks.pelican_name(facts.title) if by_title else facts.place.stem
    return permalinks.fill_pelican(
        site.permalink, facts.slug or made, facts.when, facts.language or site.language
    )


def _nuxt(site: Site, facts: Facts) -> str | None:
    root = f"{site.root}content/"
    if not facts.path.startswith(root):
        return None
    folders, name = _folders_and_name(root, facts)
    parts = [unordered(part).lower() for part in [*folders, name]]
    return "/".join(parts) if all(_PLAIN.fullmatch(part) for part in parts) else None


def _docusaurus(site: Site, facts: Facts) -> str | None:
    folders = _below(site.root, facts.path)
    route = site.options.get("route") or "blog"
    if folders[:1] != ["blog"]:
        return None
    if facts.slug:
        return f"{route}/{facts.slug.strip('/')}"
    day = f"{facts.place.day.replace('-', '/')}/" if facts.place.day else ""
    return f"{route}/{day}{facts.place.slug}" if facts.place.slug else None


def _mkdocs(site: Site, facts: Facts) -> str | None:
    root = f"{site.root}{site.options.get('docs', 'docs')}/"
    if not site.sure or not facts.path.startswith(root):
        return None
    folders, name = _folders_and_name(root, facts)
    ending = ".html" if site.options.get("files") == "false" else "/"
    blog = site.options.get("blog")
    if not blog:
        return "/".join([*folders, name]) + ending
    if not facts.when or "posts" not in folders:
        return None
    slug = facts.slug or permalinks.mkdocs_name(facts.title)
    found = permalinks.fill_mkdocs(site.permalink, slug, facts.when)
    return f"{blog}/{found}{ending}" if found else None


def _astro(site: Site, facts: Facts) -> str | None:
    root = f"{site.root}src/pages/"
    if not facts.path.startswith(root):
        return None
    folders, name = _folders_and_name(root, facts)
    return f"{'/'.join([*folders, name])}/"


_RULES: dict[str, Callable[[Site, Facts], str | None]] = {
    "astro": _astro,
    "docusaurus": _docusaurus,
    "hexo": _hexo,
    "hugo": _hugo,
    "jekyll": _jekyll,
    "mkdocs": _mkdocs,
    "nuxt": _nuxt,
    "pelican": _pelican,
    "zola": _zola,
}


def _below(root: str, path: str) -> list[str]:
    return path.removeprefix(root).split("/")[:-1]


def _folders_and_name(root: str, facts: Facts) -> tuple[list[str], str]:
    """Part a path below *root* into its folders and its name, a bundle's being its folder's."""
    folders = _below(root, facts.path)
    if facts.place.stem == "index" and folders:
        return folders[:-1], folders[-1]
    return folders, facts.place.stem


def _language(site: Site, facts: Facts) -> str:
    in_folder = site.options.get("defaultcontentlanguageinsubdir") == "true"
    if not facts.language or (facts.language == site.language and not in_folder):
        return ""
    return f"{facts.language.lower()}/"


def _hyphenated(name: str) -> str:
    return re.sub(r"\s+", "-", name)
