"""Languages: tags written one way, and articles that are not in the site's."""

from __future__ import annotations

import json
from datetime import timedelta

import feedparser
import pytest

from blogapp import languages

from .conftest import PAST, CheckedClient, MakeApp, MakePost
from .pages import parse, text_of

HEBREW = {"language": "he", "description": "תקציר", "body": "מילים.\n\n## א\n\n## ב\n\n## ג\n"}


@pytest.mark.parametrize(
    ("written", "tag"),
    [
        ("en", "en"),
        (" PT_br ", "pt-BR"),
        ("ZH-hant-tw", "zh-Hant-TW"),
        ("es-419", "es-419"),
        ("", None),
        ("german language", None),
        ("c", None),
        ("en-" + "a" * 9, None),
        ("en" + "-abcdefgh" * 4, None),
    ],
)
def test_a_tag_is_written_one_way(written: str, tag: str | None) -> None:
    assert languages.normalise(written) == tag


@pytest.mark.parametrize(
    ("tag", "way"),
    [
        *(("en", "ltr"), ("ar", "rtl"), ("fa-IR", "rtl"), ("ku-Arab", "rtl"), ("az", "ltr")),
        *(("ks-Deva", "ltr"), ("ar-Latn-EG", "ltr"), ("zh-Hant", "ltr")),
    ],
)
def test_a_script_says_which_way_it_is_written(tag: str, way: str) -> None:
    assert languages.direction(tag) == way


def test_an_article_in_another_language_says_so_of_its_words_only(
    client: CheckedClient, make_post: MakePost
) -> None:
    make_post("שלום", slug="shalom", **HEBREW)

    elements = list(parse(client.get("/blog/shalom").text))

    marked = {e.tag: text_of(e) for e in elements if e.attrib.get("lang") == "he"}
    assert marked["h1"] == "שלום"
    assert marked["p"] == "תקציר"
    assert marked["ol"] == "א ב ג"
    assert "מילים." in marked["article"]
    assert {e.attrib["dir"] for e in elements if e.attrib.get("lang") == "he"} == {"rtl"}
    assert elements[0].attrib["lang"] == "en"


@pytest.mark.parametrize("language", [None, "en", "EN"])
def test_an_article_in_the_sites_language_says_nothing(
    client: CheckedClient, make_post: MakePost, language: str | None
) -> None:
    make_post("Hello", language=language)

    assert client.get("/blog/hello").text.count("lang=") == 1
    assert client.get("/").text.count("lang=") == 1


@pytest.mark.parametrize("path", ["/", "/archive/", "/tags/a", "/?q=hallo", "/blog/here"])
def test_a_title_in_a_list_says_its_language(
    client: CheckedClient, make_post: MakePost, path: str
) -> None:
    make_post("Here", PAST + timedelta(days=1), tags=["a", "b"])
    make_post("Hallo", tags=["a"], language="de_at")

    elements = list(parse(client.get(path).text))

    marked = {(e.attrib["lang"], text_of(e)) for e in elements[1:] if "lang" in e.attrib}
    assert marked == {("de-AT", "Hallo")}


def test_feeds_and_search_engines_are_told_the_language(
    client: CheckedClient, make_post: MakePost
) -> None:
    make_post("שלום", slug="shalom", **HEBREW)
    make_post("Hello", PAST - timedelta(days=1))

    atom = client.get("/feed.xml")
    items = (client.get("/feed.json").json or {})["items"]
    page = parse(client.get("/blog/shalom").text)

    assert atom.text.count('<entry xml:lang="he">') == 1 and "<entry>" in atom.text
    assert [item.get("language") for item in items] == ["he", None]
    assert items[0]["content_html"].startswith('<div lang="he" dir="rtl">')
    assert not feedparser.parse(atom.data).bozo
    script = next(e for e in page if e.attrib.get("type") == "application/ld+json")
    assert json.loads(script.text or "")["inLanguage"] == "he"


def test_a_blog_in_a_language_from_right_to_left_runs_that_way(make_app: MakeApp) -> None:
    app = make_app(language="he")

    page = app.test_client().get("/").text

    assert '<html lang="he" dir="rtl">' in page
