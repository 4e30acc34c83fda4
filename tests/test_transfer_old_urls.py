"""Old URLs: where a post was found on its old blog, by its own word and by its system's rules."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blogapp.transfer.reading import permalinks

from .old_blogs import OldBlog, header

DATED = "date: 2013-09-06 22:02:41 -0400"


def addresses(folder: Path, settings: dict[str, str], name: str, text: str) -> tuple[str, ...]:
    return OldBlog(folder, settings).post(name, text).addresses


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["permalink: /a/b/"], ("/a/b/",)),
        (["permalink: a/b.html"], ("/a/b.html",)),
        (["permalink: https://example.org/a/"], ("/a/",)),
        (["permalink: pretty"], ()),
        (["permalink: false"], ()),
        (["permalink: /{{ page.fileSlug }}/"], ()),
        (["permalink: /:year/:month/:title/"], ("/2013/09/name/",)),
        (["permalink: /:unknown/:title/"], ()),
        (["url: /a/"], ("/a/",)),
        (["url: https://example.org/elsewhere"], ()),
        (["path: /2013/a"], ("/2013/a",)),
        (["path: a/b"], ()),
        (["path: /img/a.png"], ()),
        (["slug: /a/b"], ("/a/b",)),
        (["slug: b"], ()),
        (["aliases: [/a, /b/]"], ("/a", "/b/")),
        (["aliases:", "- https://example.org/a/", "- A word"], ("/a/",)),
        (["redirect_from: a"], ("/a",)),
        (["redirect_from:", "- /a/", "- /a/", "permalink: /b/"], ("/b/", "/a/")),
        (["old_url: /a"], ("/a",)),
    ],
)
def test_a_post_names_its_addresses_itself(
    tmp_path: Path, lines: list[str], found: tuple[str, ...]
) -> None:
    assert addresses(tmp_path, {}, "name.md", header(DATED, *lines)) == found


@pytest.mark.parametrize(
    ("settings", "name", "lines", "address"),
    [
        ("title: B", "2013-09-06-a-Name.md", [], "/2013/09/06/a-Name.html"),
        ("permalink: pretty", "2013-09-06-a.b.md", ["categories: X Y"], "/x/y/2013/09/06/a.b/"),
        ("permalink: none", "2013-09-06-a.md", ["slug: b"], "/b.html"),
        ("permalink: /:year-:y_day/:slug", "2013-09-06-A_b.md", [], "/2013-249/a-b"),
        ("permalink: /:author/:title", "2013-09-06-a.md", [], None),
        ("baseurl: /blog\npermalink: /:title/", "2013-09-06-a.md", [], "/blog/a/"),
        ("baseurl: /blog", "2013-09-06-a.md", ["permalink: /c/"], "/blog/c/"),
        ("timezone: Asia/Tokyo\npermalink: /:day", "2013-09-06-a.md", [DATED], "/07"),
        ("permalink: /:day/:i_day", "2013-09-06-a.md", [DATED], "/06/6"),
        (
            "defaults:\n- scope: {path: '', type: posts}\n  values: {permalink: /d/:title}",
            "2013-09-06-a.md", [], "/d/a",
        ),
        ("collections: {posts: {permalink: /c/:title}}", "2013-09-06-a.md", [], "/c/a"),
    ],
)  # fmt: skip
def test_jekyll_publishes_by_its_permalink(
    tmp_path: Path, settings: str, name: str, lines: list[str], address: str | None
) -> None:
    found = addresses(tmp_path, {"_config.yml": settings}, f"_posts/{name}", header(*lines))

    assert found == ((address,) if address else ())


def test_folders_above_jekylls_posts_are_categories(tmp_path: Path) -> None:
    settings = {"site/_config.yml": "permalink: /:categories/:title/"}

    assert addresses(tmp_path, settings, "site/Talks/_posts/2013-09-06-a.md", header()) == (
        "/talks/a/",
    )


def test_without_settings_jekylls_addresses_are_not_sure(tmp_path: Path) -> None:
    assert addresses(tmp_path, {}, "_posts/2013-09-06-a.md", header()) == ()


@pytest.mark.parametrize(
    ("settings", "name", "lines", "address"),
    [
        ("", "posts/My Name.md", [], "/posts/my-name/"),
        ("", "posts/2013/bundle/index.md", [], "/posts/2013/bundle/"),
        ("", "posts/a.md", ["slug: B"], "/posts/B/"),
        ("", "posts/a.md", ["url: /c/d"], "/c/d"),
        ("uglyURLs = true", "posts/a.md", [], "/posts/a.html"),
        ("disablePathToLower = true", "posts/My Name.md", [], "/posts/My-Name/"),
        ("[permalinks]\nposts = '/:year/:month/:title/'", "posts/a.md", [DATED], "/2013/09/t/"),
        ("[permalinks]\nposts = '/:sections/:filename'", "posts/x/a.md", [], "/posts/x/a/"),
        ("[permalinks.page]\nposts = ':slug'", "posts/a.md", ["slug: b"], "/b/"),
        ("[permalinks]\nposts = '/:author/'", "posts/a.md", [], None),
        ("", "posts/a.ru.md", [], "/ru/posts/a/"),
        ("defaultContentLanguage = 'ru'", "posts/a.ru.md", [], "/posts/a/"),
        ("contentDir = 'text'", "posts/a.md", [], None),
    ],
)
def test_hugo_publishes_by_folder_or_permalinks(
    tmp_path: Path, settings: str, name: str, lines: list[str], address: str | None
) -> None:
    files = {"hugo.toml": f"baseURL = 'https://example.org/x/'\n{settings}"}

    found = addresses(tmp_path, files, f"content/{name}", header("date: 2013-09-06", *lines))

    assert found == ((address.replace("/", "/x/", 1),) if address else ())


def test_hugos_aliases_may_stand_beside_the_page(tmp_path: Path) -> None:
    files = {"config.yaml": "baseURL: https://example.org"}
    text = header("date: 2013-09-06", "aliases: [old-name, /other/]")

    assert addresses(tmp_path, files, "content/posts/a.md", text) == (
        "/posts/a/", "/posts/old-name", "/other/",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("settings", "name", "lines", "address"),
    [
        (None, "essays/a-name.md", "", "/essays/a-name/"),
        (None, "essays/A.b.md", "", None),
        (None, "essays/2013-09-06-a.md", "", None),
        (None, "essays/2013/a/index.md", "", "/essays/2013/a/"),
        (None, "a.md", "path = '2013/09/06/A'", "/2013/09/06/A"),
        ("", "essays/A.b.md", "", "/essays/a-b/"),
        ("", "essays/2013-09-06-a.md", "slug = 'B c'", "/essays/b-c/"),
        ("", "essays/2013-09-06-a.md", "", "/essays/a/"),
        ("", "essays/имя.md", "", None),
        ("[slugify]\npaths = 'off'\npaths_keep_dates = true", "2013-09-06-A.b.md", "",
         "/2013-09-06-A.b/"),
        ("", "a.ru.md", "", "/ru/a/"),
        ("default_language = 'ru'", "a.ru.md", "", "/a/"),
    ],
)  # fmt: skip
def test_zola_publishes_by_folder(
    tmp_path: Path, settings: str | None, name: str, lines: str, address: str | None
) -> None:
    files = {"content/other.md": "+++\ntitle = 'O'\n[taxonomies]\ntags = []\n+++\n"}
    if settings is not None:
        files["config.toml"] = f"base_url = 'https://example.org'\n{settings}"
    text = f"+++\ntitle = 'T'\ndate = 2013-09-06\n{lines}\n[extra]\n+++\nText\n"

    found = addresses(tmp_path, files, f"content/{name}", text)

    assert found == ((address,) if address else ())


@pytest.mark.parametrize(
    ("settings", "text", "address"),
    [
        ("SITENAME = 'x'", "title: My Post\ndate: 2013-09-06\n\nx", "/my-post.html"),
        ("ARTICLE_URL = 'blog/{slug}/'", "title: T\ndate: 2013-09-06\nslug: s\n\nx", "/blog/s/"),
        (
            "ARTICLE_URL = '{date:%Y}/{date:%b}/{slug}'\nSITEURL = 'https://example.org/b'",
            "title: T\ndate: 2013-09-06\n\nx", "/b/2013/Sep/t",
        ),
        ("ARTICLE_URL = '{category}/{slug}'", "title: T\ndate: 2013-09-06\n\nx", None),
        ("ARTICLE_URL = f'{x}'", "title: T\ndate: 2013-09-06\n\nx", None),
        ("this is no Python", "title: T\ndate: 2013-09-06\n\nx", None),
    ],
)  # fmt: skip
def test_pelican_publishes_by_its_pattern(
    tmp_path: Path, settings: str, text: str, address: str | None
) -> None:
    found = addresses(tmp_path, {"pelicanconf.py": settings}, "content/a.md", text)

    assert found == ((address,) if address else ())


@pytest.mark.parametrize(
    ("files", "name", "lines", "address"),
    [
        ({}, "content/2.blog/27.a-name.md", [], "/blog/a-name"),
        ({"nuxt.config.ts": ""}, "content/2.blog/27.a-name.md", [], "/blog/a-name"),
        ({"nuxt.config.ts": ""}, "content/blog/27.a.b.md", [], None),
        ({"_config.yml": "permalink: :year/:title/\nroot: /b"},
         "source/_posts/x/a.md", [], "/b/2013/x/a/"),
        ({"_config.yml": "title: x"}, "source/_posts/2013-09-06-a.md", [], None),
        ({"_config.yml": "new_post_name: :year-:month-:day-:title.md"},
         "source/_posts/2013-09-06-a.md", [], "/2013/09/06/a/"),
        ({"docusaurus.config.js": "baseUrl: '/x/',"},
         "blog/2013-09-06-a.md", [], "/x/blog/2013/09/06/a"),
        ({"docusaurus.config.js": ""}, "blog/2013/09/06/a.md", ["slug: b"], "/blog/b"),
        ({"mkdocs.yml": "plugins:\n- blog"}, "docs/blog/posts/a.md", [], "/blog/2013/09/06/t/"),
        ({"mkdocs.yml": "plugins:\n- blog:\n    post_url_format: '{slug}'\nx: !!python/name:y"},
         "docs/blog/posts/a.md", ["slug: s"], "/blog/s/"),
        ({"mkdocs.yml": "site_url: https://example.org/m"}, "docs/a/b.md", [], "/m/a/b/"),
        ({"mkdocs.yml": "use_directory_urls: false"}, "docs/a/b.md", [], "/a/b.html"),
        ({"astro.config.mjs": ""}, "src/pages/posts/a.md", [], "/posts/a/"),
        ({"astro.config.mjs": ""}, "src/content/blog/a.md", [], None),
        ({"gatsby-config.js": ""}, "content/blog/a/index.md", [], None),
    ],
)  # fmt: skip
def test_other_systems_publish_by_their_rules(
    tmp_path: Path, files: dict[str, str], name: str, lines: list[str], address: str | None
) -> None:
    found = addresses(tmp_path, files, name, header("date: 2013-09-06", *lines))

    assert found == ((address,) if address else ())


def test_addresses_on_other_hosts_are_not_the_old_blogs(tmp_path: Path) -> None:
    lines = ["aliases: ['https://other.example/z', 'https://www.example.org/a', /b]"]

    found = addresses(
        tmp_path, {"hugo.toml": "baseURL = 'https://example.org/'"},
        "content/posts/a.md", header("date: 2013-09-06", *lines),
    )  # fmt: skip

    assert found == ("/posts/a/", "/a", "/b")


def test_what_would_end_a_path_is_escaped_in_what_is_derived(tmp_path: Path) -> None:
    found = addresses(
        tmp_path, {"hugo.toml": "disablePathToLower = true\nbaseURL = '/'"},
        "content/a/C# 100%?.md", header("date: 2013-09-06"),
    )  # fmt: skip

    assert found == ("/a/C%23-100%25%3F/",)


@pytest.mark.parametrize(
    ("lines", "slug"),
    [
        (["slug: a/b/"], "b"),
        (["permalink: /x/My.Name.html"], "My.Name"),
        (["permalink: /x/index.html"], "x"),
        (["path: 2013/09/06/other"], "other"),
        (["permalink: /:title/"], "name"),
        (["permalink: /"], "name"),
        ([], "name"),
    ],
)
def test_the_slug_is_the_one_of_the_old_address(
    tmp_path: Path, lines: list[str], slug: str
) -> None:
    found = OldBlog(tmp_path).post("2013-09-06-name.md", header(*lines))

    assert found.slug == slug


@given(st.text(), st.text())
def test_any_pattern_is_filled_or_refused(pattern: str, value: str) -> None:
    for found in (
        permalinks.fill(pattern, {"title": lambda: value}),
        permalinks.fill_pelican(pattern, value, None, ""),
    ):
        assert found is None or isinstance(found, str)
