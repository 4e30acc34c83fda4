"""Settings: what the configuration of an old blog says of its posts' addresses and times."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ..files.trees import Tree, Unreadable
from ..headers import typed_header, yaml_header
from ..headers.header import FrontMatterError

_MOST = 200_000  # bytes: what is longer is no configuration
_JEKYLL_STYLES = {
    "date": "/:categories/:year/:month/:day/:title.html",
    "pretty": "/:categories/:year/:month/:day/:title/",
    "ordinal": "/:categories/:year/:y_day/:title.html",
    "weekdate": "/:categories/:year/W:week/:short_day/:title.html",
    "none": "/:categories/:title.html",
}


@dataclass(frozen=True, slots=True)
class Site:
    """One blog in a tree: its software, and what its settings say.

    *root* is its folder, ``""`` or ending in a slash. *host* is its domain, without ``www.``,
    and *base* the path that all of its addresses begin with. *permalink* is the pattern of
    posts' addresses; *permalinks* the ones of single folders. Without settings (*sure* is
    false) only what has no settings is known.
    """

    name: str
    root: str = ""
    sure: bool = False
    host: str = ""
    base: str = ""
    permalink: str = ""
    permalinks: Mapping[str, str] = field(default_factory=dict)
    zone: ZoneInfo | None = None
    separator: str = ""
    language: str = ""
    options: Mapping[str, str] = field(default_factory=dict)


UNKNOWN = Site("")


def read(tree: Tree, name: str, root: str) -> Site:
    """Read the settings of the system *name* in the folder *root*."""
    site = Site(name, root)
    for file in _FILES.get(name, ()):
        if tree.has(root + file):
            found = values(tree, root + file)
            site = replace(site, sure=bool(found), host=_host(found))
            return _READERS[name](site, found)
    return site


def values(tree: Tree, path: str) -> dict[str, Any]:
    """Read a file of settings, its keys in small letters; empty if that is not possible."""
    try:
        text = tree.read(path, _MOST).decode("utf-8-sig")
        if path.endswith(".toml"):
            return typed_header.from_toml(text.replace("\r\n", "\n"), 0).values
        if path.endswith(".json"):
            return typed_header.from_json(text, 0, 0)[0].values
        if path.endswith(".py"):
            return _assigned(text)
        if path.endswith(("js", "ts")):
            return _quoted(text)
        return yaml_header.read(text.replace("\r\n", "\n"), 0).values
    except (Unreadable, UnicodeDecodeError, FrontMatterError):
        return {}


_FILES = {
    "docusaurus": [f"docusaurus.config.{end}" for end in ("js", "ts", "mjs", "cjs")],
    "hexo": ["_config.yml", "_config.yaml"],
    "hugo": [
        f"{place}.{end}"
        for place in ("hugo", "config", "config/_default/hugo", "config/_default/config")
        for end in ("toml", "yaml", "yml", "json")
    ],
    "jekyll": ["_config.yml", "_config.yaml", "_config.toml"],
    "mkdocs": ["mkdocs.yml", "mkdocs.yaml"],
    "pelican": ["pelicanconf.py"],
    "zola": ["config.toml", "zola.toml"],
}


def _jekyll(site: Site, found: dict[str, Any]) -> Site:
    posts = _dict(_dict(found.get("collections")).get("posts"))
    style = _text(posts.get("permalink")) or _text(found.get("permalink")) or "date"
    by_folder: dict[str, str] = {}
    for default in found.get("defaults") or []:
        scope, set_ = _dict(_dict(default).get("scope")), _dict(_dict(default).get("values"))
        if _text(scope.get("type")) in ("", "posts") and _text(set_.get("permalink")):
            by_folder[_text(scope.get("path")).strip("/")] = _style(_text(set_["permalink"]))
    return replace(
        site,
        base=_text(found.get("baseurl")).rstrip("/"),
        permalink=_style(by_folder.pop("", style)),
        permalinks=by_folder,
        zone=_zone(found.get("timezone")),
        separator=_text(found.get("excerpt_separator")),
        language=_text(found.get("lang")),
    )


def _style(written: str) -> str:
    return _JEKYLL_STYLES.get(written, written)


def _hexo(site: Site, found: dict[str, Any]) -> Site:
    language = found.get("language")
    return replace(
        site,
        base=_text(found.get("root")).rstrip("/"),
        permalink=_text(found.get("permalink")) or ":year/:month/:day/:title/",
        zone=_zone(found.get("timezone")),
        language=_text(language[0] if isinstance(language, list) and language else language),
        options={"name": _text(found.get("new_post_name"))},
    )


def _hugo(site: Site, found: dict[str, Any]) -> Site:
    patterns = _dict(found.get("permalinks"))
    patterns = {**patterns, **_dict(patterns.get("page"))}
    return replace(
        site,
        base=_base(found.get("baseurl")),
        permalinks={key: _text(value) for key, value in patterns.items() if _text(value)},
        zone=_zone(found.get("timezone")),
        language=_text(found.get("defaultcontentlanguage")) or "en",
        options={
            name: _text(found.get(name)).lower()
            for name in ("uglyurls", "disablepathtolower", "defaultcontentlanguageinsubdir")
        }
        | {"content": _text(found.get("contentdir")).strip("/") or "content"},
    )


def _zola(site: Site, found: dict[str, Any]) -> Site:
    slugify = _dict(found.get("slugify"))
    return replace(
        site,
        base=_base(found.get("base_url")),
        language=_text(found.get("default_language")) or "en",
        options={
            "paths": _text(slugify.get("paths")) or "on",
            "keepdates": _text(slugify.get("paths_keep_dates")) or "false",
        },
    )


def _pelican(site: Site, found: dict[str, Any]) -> Site:
    return replace(
        site,
        base=_base(found.get("siteurl")),
        permalink=_text(found.get("article_url", "{slug}.html")),
        zone=_zone(found.get("timezone")),
        language=_text(found.get("default_lang")),
        options={"source": _text(found.get("slugify_source")) or "title"},
    )


def _mkdocs(site: Site, found: dict[str, Any]) -> Site:
    blog: dict[str, Any] | None = None
    for plugin in found.get("plugins") or []:
        if plugin == "blog":
            blog = {}
        elif isinstance(plugin, dict) and "blog" in plugin:
            blog = _dict(plugin["blog"])
    options = {
        "docs": _text(found.get("docs_dir")).strip("/") or "docs",
        "files": _text(found.get("use_directory_urls")).lower(),
    }
    if blog is not None:
        options["blog"] = _text(blog.get("blog_dir")).strip("/. ") or "blog"
        options["post_dir"] = _text(blog.get("post_dir"))
    pattern = "" if blog is None else _text(blog.get("post_url_format")) or "{date}/{slug}"
    day = "" if blog is None else _text(blog.get("post_url_date_format")) or "yyyy/MM/dd"
    return replace(
        site,
        base=_base(found.get("site_url")),
        permalink=pattern.replace("{date}", day),
        options=options,
    )


def _docusaurus(site: Site, found: dict[str, Any]) -> Site:
    route = _text(found.get("routebasepath"))
    return replace(site, base=_text(found.get("baseurl")).rstrip("/"), options={"route": route})


_READERS: dict[str, Callable[[Site, dict[str, Any]], Site]] = {
    "docusaurus": _docusaurus,
    "hexo": _hexo,
    "hugo": _hugo,
    "jekyll": _jekyll,
    "mkdocs": _mkdocs,
    "pelican": _pelican,
    "zola": _zola,
}


def _assigned(source: str) -> dict[str, Any]:
    """List what a Python file assigns, empty where it is no plain text; nothing is ever run."""
    found: dict[str, Any] = {}
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return found
    for node in body:
        if isinstance(node, ast.Assign):
            value = node.value.value if isinstance(node.value, ast.Constant) else ""
            for target in node.targets:
                if isinstance(target, ast.Name):
                    found[target.id.lower()] = value if isinstance(value, str) else ""
    return found


def _quoted(source: str) -> dict[str, Any]:
    """List the ``name: "text"`` of a JavaScript file; a name that stands twice is not sure."""
    pairs = re.findall(r"\b(\w+):\s*(['\"`])([^'\"`\n$]*)\2", source)
    times = Counter(name.lower() for name, _, _ in pairs)
    return {name.lower(): text for name, _, text in pairs if times[name.lower()] == 1}


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _base(url: object) -> str:
    try:
        return urlsplit(_text(url)).path.rstrip("/")
    except ValueError:
        return ""


def _host(found: dict[str, Any]) -> str:
    urls = (
        _text(found.get(name)) for name in ("url", "base_url", "baseurl", "siteurl", "site_url")
    )
    for url in filter(None, urls):
        try:
            if host := urlsplit(url).hostname:
                return host.removeprefix("www.")
        except ValueError:
            continue
    return ""


def _zone(name: object) -> ZoneInfo | None:
    try:
        return ZoneInfo(_text(name)) if _text(name) else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
