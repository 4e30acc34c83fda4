"""Spelling: a search that finds nothing leads to one that does, made of words of this blog."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from blogapp import posts, search, suggestions, texts
from blogapp.extensions import db
from blogapp.filters import MAX_TEXT, Filter
from blogapp.models import utcnow

from .conftest import PAST, CheckedClient, MakePost

LINK = re.compile(r'Did you mean ‘<a id="suggestion" href="([^"]+)"[^>]*>(.*?)</a>’ \((.*?)\)\?')


@pytest.fixture
def blog(make_post: MakePost) -> None:
    """Some words that can be misspelt."""
    make_post("Bisecting with git", tags=["git"], body="A bisection finds the commit.")
    make_post("Flask and SQLite", tags=["flask", "sqlite"], body="Transactions in SQLAlchemy.")
    make_post("Flask caching", tags=["flask"], description="A cache.", body="Call `hx-push-url`.")
    make_post("Aus Łódź", body="Die Straße am Fluß, das Café. Die full-text search, C++.")
    make_post("Осень в городе", body="Часы и котёл.")
    make_post("Zeppelin", None, body="Zeppelins over unpublished airfields.")
    make_post("Gyroscope", utcnow() + timedelta(days=1), body="A gyroscope for tomorrow.")


def suggested(typed: str) -> tuple[str, int] | None:
    """The search that is suggested, and its number of articles."""
    found = suggestions.spelling(Filter.parse(text=typed))
    return (found.text, found.articles) if found else None


MEANT = {
    "falsk": ("flask", 2),
    "flsk": ("flask", 2),
    "flassk": ("flask", 2),
    "flusk": ("flask", 2),
    "lfask": ("flask", 2),
    "FALSK": ("flask", 2),
    "sqlalcemhy": ("sqlalchemy", 1),
    "transaktoins": ("transactions", 1),
    "bisectoin": ("bisection", 1),
    "flask cachng": ("flask caching", 1),
    "falsk cachng": ("flask caching", 1),
    "cachng falsk": ("caching flask", 1),
    '"flask cachng"': ('"flask caching"', 1),
    '"flask cachng': ('"flask caching', 1),
    "falsk -sqlite": ("flask -sqlite", 1),
    "hx-pusj-url": ("hx-push-url", 1),
    "hx-push-ulr": ("hx-push-url", 1),
    "(falsk)": ("(flask)", 2),
    "lodk": ("łódź", 1),
    "strase": ("straße", 1),
    "caffe": ("café", 1),
    "осеьн": ("осень", 1),
    "кател": ("котёл", 1),
    "cache-flask": ("cache flask", 1),
    "hx_push_url": ("hx push url", 1),
    "#flask": ("flask", 2),
    "fulltext": ("full-text", 1),
    "flask-cachng": ("flask caching", 1),
}
UNLIKE = [
    *("zepelin", "zeppelin", "airfeilds", "unpublishd", "gyrosocpe", "tomorow"),  # not published
    *("xyzzy", "qqqqqqqq", "flask zebra", "日本語", "...", "'", "++", "-falsk", "1234"),
    *("flask xyzzy", "c#", "a", "-flask -git -die -осень"),
]


def test_a_misspelt_word_leads_to_the_one_that_is_there(blog: None, core: None) -> None:
    assert {typed: suggested(typed) for typed in MEANT} == MEANT


def test_what_resembles_no_word_of_an_article_leads_nowhere(blog: None, core: None) -> None:
    assert [typed for typed in UNLIKE if suggested(typed)] == []


def test_the_page_has_the_suggestion_as_a_link_with_its_number(
    client: CheckedClient, blog: None
) -> None:
    page = client.get("/?q=falsk").text

    [(address, text, number)] = LINK.findall(page)
    assert (address, text, number) == ("/?q=flask", "flask", "2 articles")
    assert "no articles about ‘falsk’" in page
    assert LINK.findall(client.get("/?q=bisectoin").text)[0][2] == "1 article"


def test_a_search_that_finds_something_has_no_suggestion(
    client: CheckedClient, blog: None
) -> None:
    for text in ("flask", "cach", "git"):
        assert 'id="suggestion"' not in client.get(f"/?q={text}").text


@settings(max_examples=25)
@given(
    st.sampled_from(["flask", "sqlalchemy", "straße", "hx-push-url", "flask caching", "осень"]),
    st.integers(0, 20),
    st.sampled_from("aeilx-ж"),
)
def test_the_number_is_that_of_the_list_behind_the_link(
    client: CheckedClient, blog: None, word: str, at: int, letter: str
) -> None:
    typed = search.canonical(word[:at] + letter + word[at + 1 :])
    page = client.get(f"/?q={quote(typed, safe='!()*~')}").text
    number_found = len(re.findall("<h3>", page))

    for address, text, number in LINK.findall(page):
        response = client.get(unescape(address))

        assert response.status_code == 200
        listed = len(re.findall("<h3>", response.text))
        assert number == f"{listed} article{'s' * (listed != 1)}"
        assert parse_qs(urlsplit(unescape(address)).query)["q"] == [unescape(text)]
        assert listed and not number_found


def test_a_suggestion_stays_within_the_tags(client: CheckedClient, blog: None) -> None:
    page = client.get("/?tag=flask&not=sqlite&q=falsk").text

    assert LINK.findall(page) == [("/?tag=flask&amp;not=sqlite&amp;q=flask", "flask", "1 article")]
    assert LINK.findall(client.get("/?tag=git&q=falsk").text) == []


def test_the_word_that_more_articles_have_is_meant(make_post: MakePost, core: None) -> None:
    make_post("Casts")
    make_post("Carts")
    make_post("Carts again")

    assert suggested("cants") == ("carts", 2)


def test_after_a_change_the_suggestion_is_another(
    make_post: MakePost, client: CheckedClient, app: Flask
) -> None:
    post = make_post("Comets")
    before = LINK.findall(client.get("/?q=commets").text)

    with app.app_context():
        posts.revise(posts.get(post.id), texts.Text(title="Planets"))
        db.session.commit()

    assert [text for _, text, _ in before] == ["comets"]
    assert LINK.findall(client.get("/?q=commets").text) == []
    assert [text for _, text, _ in LINK.findall(client.get("/?q=plantes").text)] == ["planets"]


def test_accents_are_those_of_the_article_that_ranks_first(
    make_post: MakePost, core: None
) -> None:
    make_post("Old", PAST, body="A resume.")
    make_post("Résumé", PAST, body="Mine.")

    assert suggested("resumme") == ("résumé", 2)


@pytest.mark.parametrize(
    ("typed", "suggestions"),
    [("strase", []), ("izmri", ["izmir"])],  # strasse is longer, and so is what İzmir is in small
)
def test_a_suggestion_is_never_longer_than_a_search_may_be(
    make_post: MakePost, client: CheckedClient, typed: str, suggestions: list[str]
) -> None:
    make_post("Die Strasse nach İzmir")
    often = MAX_TEXT // len(f"{typed} ")

    page = client.get(f"/?q={quote(' '.join([typed] * often))}").text

    assert [text for _, text, _ in LINK.findall(page)] == [
        " ".join([text] * often) for text in suggestions
    ]
    for address, _, _ in LINK.findall(page):
        assert client.get(unescape(address)).status_code == 200
