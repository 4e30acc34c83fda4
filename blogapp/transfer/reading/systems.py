"""Systems: which blog software made a folder, or each of several folders in it."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable

from ..files.trees import Tree, Unreadable
from ..headers import frontmatter
from . import settings
from .places import SUFFIXES, language_code
from .settings import UNKNOWN, Site

NAMES = (
    *("astro", "docusaurus", "eleventy", "gatsby", "hexo", "hugo", "jekyll", "mkdocs", "next"),
    *("nuxt", "pelican", "plain", "vuepress", "zenn", "zola"),
)

_FILES = {  # whose settings these are, where the name alone tells
    "hugo": r"hugo\.(?:toml|ya?ml|json)",
    "zola": r"zola\.toml",
    "pelican": r"pelicanconf\.py",
    "mkdocs": r"mkdocs\.ya?ml",
    "nuxt": r"nuxt\.config\.[cm]?[jt]s",
    "astro": r"astro\.config\.[cm]?[jt]s",
    "eleventy": r"eleventy\.config\.[cm]?js",
    "docusaurus": r"docusaurus\.config\.[cm]?[jt]s",
    "gatsby": r"gatsby-config\.[cm]?[jt]s",
    "next": r"next\.config\.[cm]?[jt]s",
}
_CERTAIN = re.compile("|".join(f"(?P<{name}>{file})" for name, file in _FILES.items()))
_PACKAGES = {
    "@11ty/eleventy": "eleventy", "@docusaurus/core": "docusaurus", "@nuxt/content": "nuxt",
    "astro": "astro", "gatsby": "gatsby", "hexo": "hexo", "next": "next", "nuxt": "nuxt",
    "vitepress": "vuepress", "vuepress": "vuepress", "zenn-cli": "zenn",
}  # fmt: skip
_MULTILINGUAL = {"articles", "blog", "content", "docs", "i18n", "pages", "posts", "_posts", "src"}
# What Jekyll publishes as posts, and not for itself.
_COLLECTED = re.compile(r"(?:^|/)_(?!data|includes|layouts|plugins|sass|site)\w[^/]*/.*\.m")
_ORDERED = re.compile(r"[0-9]+\.[^0-9]")
_SAMPLES = 12  # texts that are read where no settings tell
_MOST = 2_000_000  # bytes


class System:
    """What made a tree: one site, or several in their folders."""

    def __init__(self, sites: Iterable[Site], paths: Iterable[str] = ()) -> None:
        paths = list(paths)
        self.sites = sorted(sites, key=lambda site: (-len(site.root), site.root))
        self.language_folders = frozenset(_language_folders(paths))
        self._texts = Counter(
            path.rpartition("/")[0] for path in paths if path.lower().endswith(SUFFIXES)
        )

    @property
    def name(self) -> str:
        """Name the systems, for people; empty if nothing is sure."""
        return ", ".join(sorted({site.name for site in self.sites}))

    def at(self, path: str) -> Site:
        """Find the site that a file belongs to."""
        return next((site for site in self.sites if path.startswith(site.root)), UNKNOWN)

    def neighbours(self, path: str) -> int:
        """Count the other texts in the folder of a file."""
        return max(self._texts[path.rpartition("/")[0]] - 1, 0)

    def language(self, path: str) -> tuple[str, str] | None:
        """Find the folder of one language that a file is in, and the language."""
        parts = path.split("/")[:-1]
        for number, part in enumerate(parts):
            folder = "/".join(parts[: number + 1])
            if folder in self.language_folders and (language := language_code(part)):
                return folder, language
        return None


def detect(tree: Tree, name: str | None = None) -> System:
    """Find out what made *tree*, or take *name* (one of ``NAMES``) and only read its settings."""
    paths = tree.paths()
    places = _Places(tree, paths)
    if name:  # of all of it, wherever its settings are
        sites = [settings.read(tree, name, root) for root in {places.root_of(name), ""}]
    else:
        sites = [settings.read(tree, found, root) for root, found in places.all().items()]
    return System(sites, paths)


class _Places:
    """The folders of a tree in which a site begins, such as ``""`` or ``docs/``."""

    def __init__(self, tree: Tree, paths: list[str]) -> None:
        self._tree = tree
        self._paths = paths
        self._found: dict[str, str] = {}
        self._posts = _roots(paths, "_posts/")
        for path in sorted(paths, key=lambda path: path.count("/")):
            self._look_at(path)
        for root in sorted(self._posts):
            if not self._covers(root):
                self._put(root, "hexo" if root.endswith("source/") else "jekyll")
        for root in sorted(_roots(paths, "content/")):
            if not self._covers(root):
                self._put(root, self._by_headers(root))

    def all(self) -> dict[str, str]:
        return self._found

    def root_of(self, name: str) -> str:
        found = [root for root, what in self._found.items() if what == name]
        return min(found, key=len, default="")

    def _below(self, root: str) -> list[str]:
        return [path for path in self._paths if path.startswith(root)]

    def _put(self, root: str, name: str | None) -> None:
        if name:
            self._found.setdefault(root, name)

    def _covers(self, root: str) -> bool:
        return any(root.startswith(known) for known in self._found)

    def _look_at(self, path: str) -> None:
        folder, _, file = path.rpartition("/")
        root = f"{folder}/" if folder else ""
        if found := _CERTAIN.fullmatch(file):
            self._put(root, found.lastgroup)
        elif file in ("_config.yml", "_config.yaml", "_config.toml"):
            if f"{root}source/" in self._posts:
                self._put(root, "hexo")
            elif any(_COLLECTED.search(path[len(root) :]) for path in self._below(root)):
                self._put(root, "jekyll")
        elif re.fullmatch(r"config\.(?:toml|ya?ml|json)", file):
            self._put_hugo_or_zola(path, root)
        elif file == "package.json" and not self._covers(root):
            self._put(root, self._by_packages(path))

    def _put_hugo_or_zola(self, path: str, root: str) -> None:
        found = settings.values(self._tree, path)
        root = root.removesuffix("config/_default/")
        if "base_url" in found:
            self._put(root, "zola")
        elif found.keys() & {"baseurl", "languagecode", "permalinks", "taxonomies"}:
            self._put(root, "hugo")

    def _by_packages(self, path: str) -> str | None:
        try:
            found = json.loads(self._tree.read(path, _MOST))
            needed = {**found.get("dependencies", {}), **found.get("devDependencies", {})}
        except (Unreadable, ValueError, AttributeError, TypeError, RecursionError):
            return None
        return next((name for package, name in _PACKAGES.items() if package in needed), None)

    def _by_headers(self, root: str) -> str | None:
        """Guess from the texts in ``content/`` what no settings tell."""
        texts = [
            path for path in self._below(f"{root}content/") if path.lower().endswith(SUFFIXES)
        ]
        samples = texts[:: max(1, len(texts) // _SAMPLES)][:_SAMPLES]
        votes = Counter(filter(None, (self._vote(path) for path in samples)))
        if not votes:
            return None
        name, number = votes.most_common(1)[0]
        return name if number * 2 > len(samples) else None

    def _vote(self, path: str) -> str | None:
        try:
            text = self._tree.read(path, _MOST).decode("utf-8", "replace")
            parts = frontmatter.split(text)
        except (Unreadable, frontmatter.FrontMatterError):
            return None
        names = (parts.values or {}).keys()
        if parts.notation == "toml":
            return "zola" if names & {"extra", "taxonomies", "path", "updated"} else "hugo"
        if parts.notation == "keys":
            return "pelican"
        if _ORDERED.match(path.rpartition("/")[2]):
            return "nuxt"
        return "hugo" if parts.notation == "yaml" else None


def _roots(paths: list[str], folder: str) -> set[str]:
    """List what stands before the first *folder* in each of *paths*."""
    found = (f"/{path}".partition(f"/{folder}") for path in paths)
    return {f"{before}/".lstrip("/") for before, there, _ in found if there}


def _language_folders(paths: list[str]) -> Iterable[str]:
    """List the folders that hold one language each, beside each other or in a usual place."""
    below: defaultdict[str, set[str]] = defaultdict(set)
    for path in paths:
        parts = path.split("/")[:-1]
        for number, part in enumerate(parts):
            below["/".join(parts[:number])].add(part)
    for parent, folders in below.items():
        found = {folder for folder in folders if language_code(folder)}
        usual = parent.rpartition("/")[2] in _MULTILINGUAL
        if len(found) * 2 >= len(folders) and len(found) > (0 if usual else 1):
            yield from (f"{parent}/{folder}".lstrip("/") for folder in found)
