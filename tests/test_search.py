"""Search: what readers find, in which order, and that nothing they type can break it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import example, given, settings
from hypothesis import strategies as st

from blogapp import listing, posts, search, tags, texts
from blogapp.extensions import db
from blogapp.filters import Filter
from blogapp.models import Post, utcnow
from blogapp.search import finding

from .conftest import PAST, CheckedClient, MakePost, browser
from .pages import parse

DAY = timedelta(days=1)


@pytest.fixture
def quick(app: Flask) -> CheckedClient:
    """A browser that does not look at its pages, for many requests."""
    return browser(app, checked=False)


def asked(client: CheckedClient, text: str) -> str:
    """Type *text* into the search: the page that comes, wherever it is."""
    page = client.get(f"/?q={spelled(text)}", follow_redirects=True)
    assert page.status_code == 200
    return page.text


def spelled(text: str) -> str:
    """Write *text* as our own addresses have it."""
    return quote(text, safe="!()*~")


def titles(html: str) -> list[str]:
    headings = re.findall(r"<h3><a [^>]*>(.*?)</a></h3>", html)
    return [unescape(re.sub("</?mark>", "", heading)) for heading in headings]


def found(client: CheckedClient, text: str) -> list[str]:
    """The titles that the page lists; the feed of the same search must list them, too."""
    listed = titles(asked(client, text))
    feed = client.get(f"/feed.json?q={spelled(text)}", follow_redirects=True)
    assert feed.json is not None
    assert [item["title"] for item in feed.json["items"]] == listed
    return listed


def store(plain: str, title: str = "Stored") -> int:
    """Put an article with these words into the blog and its index, without Markdown."""
    dates = {"published_at": PAST, "updated_at": PAST}
    post = Post(slug=str(utcnow()), title=title, plain=plain, minutes=1, headings=[], **dates)
    db.session.add(post)
    db.session.flush()
    search.index(post)
    return post.id


def ids(text: str) -> list[int]:
    """The ids of the articles that a search finds, in its order."""
    chosen = Filter.parse(text=text)
    assert chosen.text, f"nothing to look for in {text!r}"
    return listing.ids(chosen)


# Ranking


def test_the_title_ranks_over_tags_over_description_over_text(
    client: CheckedClient, make_post: MakePost
) -> None:
    make_post("Cache", PAST)
    make_post("By tag", PAST + DAY, tags=["cache"])
    make_post("Described", PAST + 2 * DAY, description="Of the cache.")
    make_post("Written", PAST + 3 * DAY, body="The `cache`.")
    make_post("Newer cache", PAST + DAY)
    make_post("Written later", PAST + 4 * DAY, body="A cache, a cache, a cache.")
    make_post("Other", PAST + 5 * DAY, body="Nothing.")

    assert found(client, "cache") == [
        *("Newer cache", "Cache", "By tag", "Described", "Written later", "Written")
    ]


def test_words_may_stand_in_different_places_and_the_worst_one_ranks(
    client: CheckedClient, make_post: MakePost
) -> None:
    make_post("Flask and the cache", PAST)
    make_post("Flask", PAST + DAY, tags=["cache"])
    make_post("Flask at last", PAST + 2 * DAY, body="No cache.")
    make_post("Neither", PAST + 3 * DAY, description="Of flask.", body="The cache.")
    make_post("One of two", PAST + 4 * DAY, body="A cache.")

    expected = ["Flask and the cache", "Flask", "Neither", "Flask at last"]

    assert found(client, "flask cache") == found(client, "cache flask") == expected


def test_a_tag_is_found_as_the_lists_write_it(client: CheckedClient, make_post: MakePost) -> None:
    make_post("Tagged", tags=["python", "c++"])
    make_post("Written", body="python")

    assert found(client, "#python") == found(client, "#c++") == ["Tagged"]


def test_a_phrase_never_runs_from_one_tag_into_the_next(
    client: CheckedClient, make_post: MakePost
) -> None:
    make_post("Two", tags=["learning", "machine"])
    make_post("One", tags=["learning-machine"])

    assert found(client, '"learning machine"') == ["One"]


def test_what_stands_in_several_places_is_listed_once_and_counted_once(
    client: CheckedClient, make_post: MakePost
) -> None:
    make_post("Cache", tags=["cache", "a"], description="Cache.", body="Cache, cache.")

    page = client.get("/?q=cache").text

    assert titles(page) == ["Cache"]
    assert "1 article about ‘cache’" in page


def test_of_a_common_word_the_last_articles_are_looked_at(
    core: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = [store("A word.") for _ in range(5)]
    monkeypatch.setattr(finding, "MOST", 3)

    assert [*search.found(search.parse("word")).ids] == stored[:1:-1]


def test_what_a_search_has_not_counted_is_listed_all_the_same(
    client: CheckedClient, make_post: MakePost, monkeypatch: pytest.MonkeyPatch
) -> None:
    for title in ("One word", "Two words", "Three words"):
        make_post(title)
    monkeypatch.setattr(finding, "MOST", 2)

    of_many, of_one = client.get("/?q=word").text, client.get("/?q=two").text
    misspelt = client.get("/?q=wrod").text

    assert titles(of_many) == ["Three words", "Two words", "One word"]
    assert "at least 2 articles about ‘word’" in of_many
    assert "1 article about ‘two’" in of_one
    assert "(at least 2 articles)?" in misspelt


def test_in_texts_a_whole_word_comes_before_one_that_only_begins_so(
    client: CheckedClient, make_post: MakePost
) -> None:
    make_post("Titles", PAST, body="Nothing.")
    make_post("Whole", PAST + DAY, body="A title.")
    make_post("Begun", PAST + 2 * DAY, body="Some titles.")

    assert found(client, "title") == ["Titles", "Whole", "Begun"]
    assert found(client, "some title") == ["Begun"]


# Words, phrases, exclusions


ALL_FULL = {"Body", "Hyphen", "Reverse", "Apart", "Full", "Plain"}
SEARCHES = {
    '"full text"': {"Body", "Hyphen"},
    '"text full"': {"Reverse"},
    "full text": ALL_FULL - {"Plain"},
    '"full text" search': {"Body"},
    '"full text search': {"Body"},  # still being typed
    '"full text sea': {"Body"},
    '"full text sea"': set(),
    "“full text”": {"Body", "Hyphen"},
    "full-text": {"Hyphen"},
    "full -text": {"Plain"},
    'full -"full text"': ALL_FULL - {"Body", "Hyphen"},
    "-full": {"Other"},
    '-"full text" -reverse -apart -plain -other': {"Full"},
    "full -ful": ALL_FULL,
    "full -full": set(),
    "FULL": ALL_FULL,
    "ful": ALL_FULL,
    "ful text": set(),
    "f": set(),
    "AND": set(),
    "full - text": ALL_FULL - {"Plain"},
}


def test_words_phrases_and_exclusions(quick: CheckedClient, make_post: MakePost) -> None:
    make_post("Body", body="A full text search.")
    make_post("Hyphen", body="It is full-text.")
    make_post("Reverse", body="Text, full of words.")
    make_post("Apart", description="Full", body="text")
    make_post("Full", tags=["text"])
    make_post("Plain", body="Full of water.")
    make_post("Other", body="Something else.")

    assert {text: set(found(quick, text)) for text in SEARCHES} == SEARCHES


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("lodz", "Łódź"),
        ("ŁÓDŹ", "Łódź"),
        ("strasse", "Straße"),
        ("straße", "STRASSE"),
        ("kobenhavn", "København"),
        ("aerø", "Ærø"),
        ("dorde", "Đorđe"),
        ("istanbul", "İstanbul"),
        ("οδος", "ΟΔΟΣ"),
        ("ОДОС", "одос"),
        ("cafe\u0301", "café"),
        ("cafe", "cafe\u0301"),
        ("שלום", "שָׁלוֹם"),
        ("हिन्दी", "हिन्दी में"),
        ("response", "re\u00adsponse"),
        ("hx-push", "hx\u2011push"),
        ("日", "日本語"),
        ("本", "日本語"),
        ("語", "日本語"),
        ("日本", "日本語"),
        ("本語", "日本語"),
        ("日本語", "ここは日本語です。"),
        ("ガイド", "ｶﾞｲﾄﾞ"),
        ("한국", "한국어를"),
        ("국어", "한국어를"),
        ("ภาษา", "เขียนภาษาไทย"),
        ("日本 flask", "Flaskと日本語"),
        ('"flaskと日"', "Flaskと日本語"),
    ],
)
def test_letters_of_all_scripts_are_found_as_they_are_typed(
    core: None, typed: str, written: str
) -> None:
    in_text = store(f"Some {written} here.")
    in_title = store("Nothing", title=f"Here: {written}")

    assert ids(typed) == [in_title, in_text]


@pytest.mark.parametrize(
    ("typed", "written"),
    [("日語", "日本語"), ("本日", "日本"), ("かき", "がき"), ("कि", "क"), ('"日本 語"', "日本語")],
)
def test_other_letters_are_not(core: None, typed: str, written: str) -> None:
    store(f"Some {written} here.")

    assert ids(typed) == []


# Identifiers

IDENTIFIERS = [
    *("hx-push-url", "__init__", "C++", "C#", ".NET", "std::vector", "@app.get", "--dry-run"),
    *("node.js", "utf-8", "/etc/hosts", "~/.config", "$HOME", "%s", "**kwargs", "x86_64", "1.5"),
    *("user@example.com", "https://example.com/a", "key=value", "#main", "data-", "a->b"),
]
PLACES = [
    *("{}", "We use {} here.", "We use {}.", "Is it {}?", "{}!", "{}, then", "{}; then"),
    *("{}: this", "({})", "[{}]", "{{{}}}", "<{}>", '"{}"', "'{}'", "“{}”", "‘{}’", "«{}»"),
    *("`{}`", "—{}—", "{}…", "the {}’s", "{}\n{}", "f({}, {})", "({}).", "日本{}語"),
]  # fmt: skip


@pytest.mark.parametrize("name", IDENTIFIERS)
def test_an_identifier_is_found_wherever_it_stands(core: None, name: str) -> None:
    stored = {store(place.replace("{}", name)): place for place in PLACES}
    store("Nothing of the kind.")

    for text in (name, f'"{name}"', f"«{name.upper()}»"):
        listed = ids(text)
        assert {stored[post_id] for post_id in stored.keys() - set(listed)} == set()
        assert len(listed) == len(stored)


def test_identifiers_are_found_in_code_and_in_titles(
    quick: CheckedClient, make_post: MakePost
) -> None:
    fenced = "\n\n".join(f"```python\nfirst(line)\nx = [{name}, 1]\n```" for name in IDENTIFIERS)
    make_post("Fenced", PAST, body=fenced)
    make_post("Inline", PAST + DAY, body=" and ".join(f"`{name}`" for name in IDENTIFIERS))
    for name in IDENTIFIERS:
        make_post(f"On {name}")

    for name in IDENTIFIERS:
        assert found(quick, name) == [f"On {name}", "Inline", "Fenced"]


def test_typing_an_identifier_never_loses_it(core: None) -> None:
    missed = []
    for name in IDENTIFIERS:
        post_id = store(f"The famous {name}.")
        begun = [name[:length] for length in range(2, len(name) + 1)]
        missed += [
            text for text in begun if re.search(r"[^\W_]", text) and post_id not in ids(text)
        ]

    assert missed == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("__init__", "self.__init__(name)"),
        ("__init__", "super().__init__()"),
        ("__init__", "pkg/__init__.py"),
        ("__init__.py", "src/pkg/__init__.py"),
        ("__init__", "Base.__init__.__doc__"),
        ("C++", "since C++17"),
        ("C++", "the C++/Rust boundary"),
        ("C++", "C/C++"),
        ("C++", "a C++-like language"),
        ("C++17", "since C++17, too"),
        ("C#", "C#/.NET"),
        (".NET", "C#/.NET"),
        (".NET", "the non-.NET world"),
        ("ASP.NET", "with ASP.NET Core"),
        ("std::vector", "std::vector<int> numbers;"),
        ("std::vector", "::std::vector"),
        ("vector", "std::vector<int>"),
        ("@app.get", '@app.get("/items/{id}")'),
        ("app.get", "@app.get"),
        ("--dry-run", "import --dry-run=1"),
        ("--dry-run", "[--dry-run|--force]"),
        ("--dry-run", "import\u00a0--dry-run"),
        ("dry-run", "--dry-run"),
        ("hx-push-url", '<a hx-push-url="true">'),
        ("hx-push-url", "data-hx-push-url"),
        ("push-url", "hx-push-url"),
        ("hx-", "hx-push-url"),
        ("std::", "std::vector"),
        (".config", "~/.config/blog"),
        ("hosts", "/etc/hosts"),
        ("kwargs", "**kwargs"),
        ("TIL:", "TIL: a colon"),
        ("=>", "x => y"),
        ("->", "a -> b"),
        ('"-v"', "run it with -v"),
    ],
)
def test_a_part_of_what_is_written_in_one_is_found(core: None, name: str, text: str) -> None:
    expected = [store(text)]

    assert ids(name) == expected


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("hx-push-url", ["hx push url", "hx_push_url", "hx-push url", "hx-push", "hxpushurl"]),
        ("hx-push-url", ["push-url hx-push", "hx-push and push-url", "hx-replace-url"]),
        ("__init__", ["init", "_init_", "__init", "init__", "a__init__b", "__ init __"]),
        ("C++", ["C", "C#", "C+", "C + +", "C--", "ABC++", "c c", "++c"]),
        ("C#", ["C", "C++", "F#", "# C", "#c"]),
        ("C", ["CSS", "B", "ABC"]),
        (".NET", ["net", "a net.", "ASP.NET", "example.net", "internet"]),
        ("std::vector", ["std vector", "std:vector", "std.vector", "std::map vector"]),
        ("@app.get", ["app.get", "@app get", "@app.post", "app@get", "me@app.get"]),
        ("--dry-run", ["dry run", "dry-run", "-dry-run", "--dry --run", "--dry run"]),
        ('"-v"', ["v", "--v", "a-v"]),
        ("=>", ["=", "= >", "=="]),
        ("$HOME", ["home"]),
    ],
)  # fmt: skip
def test_what_only_looks_like_an_identifier_is_not_found(
    core: None, name: str, texts: list[str]
) -> None:
    stored = {store(text): text for text in texts}

    assert [stored[post_id] for post_id in ids(name)] == []


# All searches

PARTS = st.text(alphabet="ab1é_-.+#:/@=$*łß", min_size=1, max_size=7)
NAMES = PARTS.filter(lambda text: re.search(r"[^\W_]", text))
LETTERS = "abAé\u0301ßæłŁøİıςΣжשא\u05b8नक\u093f\u094d"
UNSPACED = "日本語かカガ한국"


@pytest.fixture
def blank(core: None) -> Iterator[None]:
    """A blog to which each example adds its own."""
    yield
    db.session.rollback()


def empty() -> None:
    db.session.rollback()
    assert db.session.scalar(sa.select(sa.func.count(Post.id))) == 0


@settings(max_examples=20)
@given(st.lists(NAMES, min_size=1, max_size=5), st.data())
@example(["a-", "b"], None)
def test_every_name_and_every_phrase_is_found_where_it_stands(
    blank: None, names: list[str], data: st.DataObject | None
) -> None:
    empty()
    expected = [store(" ".join(names))]
    first = data.draw(st.integers(0, len(names) - 1)) if data else 0
    last = data.draw(st.integers(first + 1, len(names))) if data else 1

    for name in names:
        assert ids(f'"{name}"') == expected, name
        excludes = name.startswith("-") and not name.startswith("--")
        assert excludes or ids(name) == expected, name
    assert ids(f'"{" ".join(names[first:last])}"') == expected
    assert ids(f'"{" ".join(names[first:last])}') == expected


@settings(max_examples=25)
@given(NAMES, PARTS)
def test_every_beginning_of_a_name_finds_it(blank: None, name: str, before: str) -> None:
    empty()
    if re.search(r"[\W_]{4}", name) or re.match(r"-[^-]|[\W_]*=[^\W_]", name):
        return  # one hyphen excludes; names have at most three signs in a row, and = never first
    expected = [store(f"{before} {name} behind")]

    for length in range(2, len(name) + 1):
        begun = name[:length]
        if re.search(r"[^\W_]", begun):
            assert ids(begun) == expected, begun


def plainly(text: str) -> str:
    """Fold *text* in the way that Unicode's names suggest."""
    text = unicodedata.normalize("NFKD", text.casefold()).casefold()
    for letter, plain in [("ł", "l"), ("ø", "o"), ("æ", "ae"), ("ı", "i")]:
        text = text.replace(letter, plain)
    accents = re.compile("COMBINING (?!KATAKANA)|HEBREW POINT")
    kept = [char for char in text if not accents.match(unicodedata.name(char))]
    return unicodedata.normalize("NFC", "".join(kept))


def scanned(word: str, texts: list[str], *, exact: bool) -> int:
    """Look through one text after the other: the number of the first with *word*, or 0."""
    wanted = plainly(word)
    for number, text in enumerate(texts, 1):
        text = plainly(text)
        if word[0] in UNSPACED and wanted in text:
            return number
        for other in re.findall(f"(?:(?![{UNSPACED}])[^\\W_]|[\u093f\u094d])+", text):
            if other == wanted or (len(wanted) > 1 and not exact and other.startswith(wanted)):
                return number
    return 0


TEXTS = st.text(alphabet=LETTERS * 2 + UNSPACED + " _-.+#:/@'\"|, ", max_size=15)
TAGS = st.lists(st.sampled_from(["a", "ab", "łab", "日本", "c++", "aéa"]), max_size=2, unique=True)
ENTRIES = st.tuples(TEXTS, TAGS, TEXTS, TEXTS)


@settings(max_examples=40)
@given(
    st.lists(ENTRIES, min_size=1, max_size=4),
    st.text(alphabet=LETTERS, min_size=1, max_size=3)
    | st.text(alphabet=UNSPACED, min_size=1, max_size=3),
)
def test_a_search_for_a_word_equals_a_scan_of_all_texts(
    blank: None, entries: list[tuple[str, list[str], str, str]], word: str
) -> None:
    empty()
    if not plainly(word):
        return
    texts: dict[int, list[str]] = {}
    for title, names, description, plain in entries:
        post = Post(slug=str(len(texts)), title=title, description=description, plain=plain)
        post.published_at = post.updated_at = PAST + DAY * (len(texts) % 2)
        post.minutes, post.headings = 1, []
        db.session.add(post)
        post.tags = tags.named(names)
        db.session.flush()
        search.index(post)
        texts[post.id] = [title, " ".join(names), description, plain]

    def listed(*, exact: bool) -> list[int]:
        ranks = {post_id: scanned(word, found, exact=exact) for post_id, found in texts.items()}
        newest = sorted(ranks, key=lambda i: (db.session.get_one(Post, i).published_at, i))
        return sorted((i for i in newest[::-1] if ranks[i]), key=lambda i: ranks[i])

    assert ids(word) == listed(exact=False)
    assert ids(f'"{word}"') == listed(exact=True)
    assert set(ids(f"-{word}")) == texts.keys() - set(listed(exact=True))


# Any input

NASTY = [
    *('"', '""', '"""', '" "', '"a', 'a"', 'a"b"c', '-"', '-"a', '-""', "-", "--", "---", "- -"),
    *("-a", "--a", "-a -b", "-- a", "a -", "+a", "*", "a*", "^a", "^", "a^2", "{title}: a"),
    *("title:a", "col:", "{title tags} : a", "-{title}", "AND", "OR", "NOT", "a AND"),
    *("a AND OR NOT NEAR(b, 2)", "NEAR(", "NEAR(a b)", "a NOT", "(", ")", "((((", "a)"),
    *("(a OR b", "'", "it's", "' OR 1=1 --", ";", "a;b", "%", "%%", "_", "__", "\\", "\\0"),
    *("a\\", "?", "??", "a?b", ":a", "$1", "@p", "`", "|", "a|b", "||", "\0", "a\0b", "\x01"),
    *("\x7f", "\x1b[0m", "\r\n", "a\r\nb", "\u2028", "\ufeff", "\u202eabc", "\u200d", "\u200b"),
    *("\ufe0f", "😀", "👩‍💻", "-😀", "🇩🇪", "e\u0301", "\u0301", "\u0301" * 100, "İ", "ß", "ſ"),
    *("ﷺ", "㍻", "日", "\ue000a", "\ue000flask", "\U0010ffff", "\ufffe", "…", "“", "„a“", "«»"),
    *("<script>alert(1)</script>", "a&b=c", "a=b&tag=c", "#", "a#b", "//", "..", "a " * 100),
    *("a " * 99 + "a", "-a " * 66, "-a " * 100, "日" * 200, "-" * 200, '"' * 200, '"a" ' * 50),
    *('-"a b" ' * 28, "(" * 200, "a-" * 100, "a" * 200, "a" * 201, "x" * 10_000, "日" * 9_999),
    *("a-b.c/d:e " * 20, "💥" * 5_000, "- " * 5_000, '" ' * 5_000, "\0" * 10_000),
]  # fmt: skip
RAW = [
    *(b"%", b"%0", b"%zz", b"%00", b"%ff", b"%ED%A0%80", b"%ed%a0%80%ed%b0%80", b"%C3", b"+"),
    *(b"%2b", b"%F0%9F%98", b"'", b"it's", b"%27", b"\xff", b"\xc3\xa9", b"a&q=b", b"a;q=b"),
    *(b"a#b", b"%26"),
]


def answered(client: CheckedClient, query: bytes) -> None:
    """Ask, as browsers do: one step at most leads to the page."""
    address = "/?q=" + query.decode("latin-1")
    response = client.get(address)
    if response.status_code == 301:
        location = response.headers["Location"]
        assert location.replace("'", "%27") == location, "browsers would write it otherwise"
        response = client.get(location)
    assert response.status_code == (400 if "takes at most" in response.text else 200)


@pytest.fixture
def small_blog(make_post: MakePost) -> None:
    make_post("A small 日本 blog", tags=["flask"], body='a-b.c "a" | b 😀 日日日 %s __ a\\b ||')
    make_post("Draft", published_at=None)


def test_nothing_that_is_typed_breaks_the_search(quick: CheckedClient, small_blog: None) -> None:
    for text in NASTY:
        answered(quick, quote(text, safe="'!()*~").encode())
    for query in RAW:
        answered(quick, query)


@settings(max_examples=25)
@given(
    st.text(max_size=60)
    | st.lists(st.sampled_from(NASTY).filter(lambda text: len(text) < 20)).map(" ".join)
    | st.text(alphabet="ab\"- '*()日é.:+_", max_size=40)
)
def test_no_text_breaks_the_search(quick: CheckedClient, small_blog: None, text: str) -> None:
    answered(quick, quote(text, safe="", errors="surrogatepass").encode())


def test_a_page_with_anything_in_the_search_is_a_good_page(
    client: CheckedClient, small_blog: None
) -> None:
    for text in ('"<script>&amp;', "a&b='c'", '日 -x "y', "</title>", "{{7*7}}", "a" * 200):
        page = client.get("/", query_string={"q": text}, follow_redirects=True)

        [field] = [e for e in parse(page.text) if e.attrib.get("id") == "field-q"]
        assert field.attrib["value"] == text


@pytest.mark.parametrize("text", ["a" * 201, "日 " * 101, "x" * 10_000, "- a" * 4_000])
def test_too_long_a_search_is_told_so(quick: CheckedClient, text: str) -> None:
    page = quick.get("/", query_string={"q": text})

    assert page.status_code == 400
    assert "at most 200 characters" in page.text


# What readers may not see, and what changes


def test_drafts_and_scheduled_posts_are_never_found(
    client: CheckedClient, make_post: MakePost
) -> None:
    make_post("Secret draft", None, tags=["secret"], description="Secret.", body="Secret.")
    make_post("Secret plan", utcnow() + DAY, tags=["secret"], body="Secret.")
    make_post("Public", body="Nothing here.")

    for text in ("secret", '"secret draft"', "secre", "-public"):
        assert found(client, text) == []
        assert "no articles about" in asked(client, text)
    for misspelt in ("secert", "sekret"):
        assert "secret" not in asked(client, misspelt).casefold()
    assert found(client, "-secret") == ["Public"]


def test_a_post_is_found_from_its_time_on_and_until_it_is_taken_back(
    client: CheckedClient, make_post: MakePost, app: Flask
) -> None:
    post = make_post("A comet", None)
    before = found(client, "comet")

    with app.app_context():
        posts.publish(posts.get(post.id))
        db.session.commit()
    published = found(client, "comet")

    with app.app_context():
        posts.unpublish(posts.get(post.id))
        db.session.commit()
    unpublished = found(client, "comet")

    assert (before, published, unpublished) == ([], ["A comet"], [])


def test_a_change_is_found_at_once_and_what_it_replaced_no_more(
    client: CheckedClient, make_post: MakePost, app: Flask
) -> None:
    post = make_post("Old title", tags=["oldtag"], description="Olddesc", body="Oldbody")

    with app.app_context():
        text = texts.Text(title="New name", tags=["newtag"], description="Newdesc", body="Newbody")
        posts.revise(posts.get(post.id), text)
        db.session.commit()

    for old, new in [("title", "name"), ("oldtag", "newtag"), ("olddesc", "newdesc")]:
        assert (found(client, old), found(client, new)) == ([], ["New name"])
    assert (found(client, "oldbody"), found(client, "newbody")) == ([], ["New name"])


def test_a_renamed_and_a_merged_tag_are_found_by_their_new_name(
    client: CheckedClient, make_post: MakePost, app: Flask
) -> None:
    make_post("One", tags=["colour", "paint"])
    make_post("Draft", None, tags=["varnish"])

    with app.app_context():
        colour, paint, varnish = tags.named(["colour", "paint", "varnish"])
        tags.rename(colour, "hue")
        tags.merge(paint, varnish)
        db.session.commit()

    for old, new in [("colour", "hue"), ("paint", "varnish")]:
        assert (found(client, old), found(client, new)) == ([], ["One"])


def test_what_was_not_committed_is_not_found(
    client: CheckedClient, make_post: MakePost, app: Flask
) -> None:
    post = make_post("Kept")

    with app.app_context():
        posts.revise(posts.get(post.id), texts.Text(title="Lost"))

    assert (found(client, "kept"), found(client, "lost")) == (["Kept"], [])


def test_a_post_that_is_deleted_is_found_no_more(
    client: CheckedClient, make_post: MakePost, app: Flask
) -> None:
    gone = make_post("Atlantis", tags=["sunken"], body="Water.")
    with app.app_context():
        db.session.delete(posts.get(gone.id))
        db.session.commit()
    after = [found(client, text) for text in ("atlantis", "sunken", "water")]

    make_post("Vineta", body="Sand.")

    assert after == [[], [], []]
    assert [found(client, text) for text in ("atlantis", "sunken", "water")] == after
    assert found(client, "sand") == ["Vineta"]
