"""Guards: what templates may hold, and what they name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from blogapp import assets
from blogapp.markdown.outline import RESERVED_IDS

from .conftest import HTMX, PAST, CheckedClient, MakePost, Place
from .pages import parse

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
FORBIDDEN = {
    "unescaped text": r"\|\s*safe\b|autoescape\s+false|\bMarkup\b",
    "an inline style": r"\sstyle\s*=|<style\b",
    "an inline handler": r"\son[a-z]+\s*=|javascript:",
    "an inline script": r"<script(?![^>]*\bsrc=)(?![^>]*application/ld\+json)",
    "htmx without data-": r"\shx-[a-z]",
    "htmx that runs code": r"\bdata-hx-(on|vals|vars|headers)\b",
    "another origin": r"(src|href|action)=\"(https?:)?//",
    "tabs": r"\t",
    "single quotes around a value": r"\s[a-z-]+='",
}
PROSE_STARTS = ("field-", "error-", "hint-")


def name(path: Path) -> str:
    return path.relative_to(ROOT / "templates").as_posix()


@pytest.mark.parametrize("what", FORBIDDEN)
def test_a_template_holds_no(what: str) -> None:
    for path in TEMPLATES:
        found = re.search(FORBIDDEN[what], path.read_text(encoding="utf-8"), re.IGNORECASE)

        assert found is None, f"{name(path)}: {found}"


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_the_files_that_a_template_names_exist(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    named = re.findall(r"static\(['\"]([^'\"]+)['\"]\)", text)
    files = [file for name in named for file in assets.BUNDLES.get(name, (name,))]
    parts = re.findall(r"{%-?\s*(?:include|extends|from|import)\s+['\"]([^'\"]+)['\"]", text)

    assert text.count("static(") == len(named)
    assert [file for file in files if not (ROOT / "static" / file).is_file()] == []
    assert [part for part in parts if not (ROOT / "templates" / part).is_file()] == []


def test_every_template_compiles(app: Flask) -> None:
    for path in TEMPLATES:
        assert app.jinja_env.get_template(name(path)).name == name(path)


def test_every_file_of_ours_is_used() -> None:
    texts = "".join(path.read_text(encoding="utf-8") for path in TEMPLATES)
    files = [path for kind in ("css", "js", "img") for path in (ROOT / "static" / kind).iterdir()]

    bundled = {part for parts in assets.BUNDLES.values() for part in parts}
    unused = [path for path in files if path.is_file() and path.name not in texts]
    assert {path.relative_to(ROOT / "static").as_posix() for path in unused} <= bundled


def ids_around_prose(html: str, *, partial: bool = False) -> set[str]:
    """The ids of a page or part that are not made by its author's text."""
    elements = list(parse(html, partial=partial))
    prose = [e for e in elements if "prose" in e.attrib.get("class", "").split()]
    inside = {id(child) for element in prose for child in element.iter()}
    return {e.attrib["id"] for e in elements if "id" in e.attrib and id(e) not in inside}


def test_no_heading_of_an_article_can_take_an_id_of_its_page(
    client: CheckedClient, author_client: CheckedClient, make_post: MakePost, place: Place
) -> None:
    token = {"csrf_token": author_client.token()}
    place("")
    make_post("Third", tags=["flask"])

    ids = ids_around_prose(client.get("/blog/hello").text)
    for response in (
        client.get("/contact?post=hello", headers=HTMX),
        client.post("/contact", data={"csrf_token": client.token()}, headers=HTMX),
        client.get(place("/r/{token}"), headers=HTMX),
        client.get("/blog/nothing", headers={"HX-Request": "true"}),
    ):
        html = response.text
        ids |= ids_around_prose(html, partial=not html.startswith("<!doctype"))
    preview = author_client.post("/admin/preview", data={"body": "# Title"} | token)
    ids |= ids_around_prose(preview.text)

    assert {"main", "contact", "contact-form", "related", "contact-sent", "post-preview"} <= ids
    free = {id_ for id_ in ids - RESERVED_IDS if not id_.startswith(PROSE_STARTS)}
    assert free == set()


def test_headings_that_would_take_a_reserved_id_get_another(
    client: CheckedClient, make_post: MakePost
) -> None:
    names = [*sorted(RESERVED_IDS), "field-name", "error-name", "hint-name"]
    make_post("Hello", PAST, body="\n\n".join(f"## {name}" for name in names))

    page = client.get("/blog/hello")

    assert page.status_code == 200  # the client has found every id once
    assert page.text.count('class="heading"') == len(names)
