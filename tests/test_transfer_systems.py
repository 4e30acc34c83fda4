"""Systems: what made a folder, or each of several in it, and what its settings say."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as profile
from hypothesis import strategies as st

from blogapp.transfer.files import trees
from blogapp.transfer.reading import settings, systems
from blogapp.transfer.reading.systems import System

from .old_blogs import POST, OldBlog

TOML = "+++\ntitle = 'T'\n{}\n+++\n"


def detected(folder: Path, files: dict[str, str], name: str | None = None) -> System:
    OldBlog(folder, files)
    return systems.detect(trees.opened(folder), name)


@pytest.mark.parametrize(
    ("files", "name"),
    [
        ({"_config.yml": "title: x", "_posts/a.md": POST}, "jekyll"),
        ({"_config.yml": "title: x", "_notes/a.md": POST}, "jekyll"),
        ({"_posts/a.md": POST}, "jekyll"),
        ({"_config.yml": "title: x", "source/_posts/a.md": POST}, "hexo"),
        ({"source/_posts/a.md": POST}, "hexo"),
        ({"hugo.toml": "", "content/a.md": POST}, "hugo"),
        ({"config.toml": "baseURL = '/'", "content/a.md": POST}, "hugo"),
        ({"config/_default/config.yaml": "baseURL: /", "content/a.md": POST}, "hugo"),
        ({"content/a.md": POST}, "hugo"),
        ({"content/a.md": TOML.format("draft = true")}, "hugo"),
        ({"config.toml": "base_url = '/'", "content/a.md": POST}, "zola"),
        ({"content/a.md": TOML.format("[taxonomies]")}, "zola"),
        ({"pelicanconf.py": "", "content/a.md": POST}, "pelican"),
        ({"content/a.md": "title: T\ndate: 2020-01-01\n\nx"}, "pelican"),
        ({"nuxt.config.ts": "", "content/a.md": POST}, "nuxt"),
        ({"content/1.a.md": POST, "content/2.b.md": POST}, "nuxt"),
        ({"astro.config.mjs": "", "src/content/a.md": POST}, "astro"),
        ({"eleventy.config.js": "", "a.md": POST}, "eleventy"),
        ({"mkdocs.yml": "", "docs/a.md": POST}, "mkdocs"),
        ({"docusaurus.config.js": "", "blog/a.md": POST}, "docusaurus"),
        ({"gatsby-config.js": "", "a.md": POST}, "gatsby"),
        ({"next.config.js": "", "a.mdx": POST}, "next"),
        ({"package.json": '{"dependencies": {"zenn-cli": "1"}}', "articles/a.md": POST}, "zenn"),
        ({"package.json": '{"devDependencies": {"@11ty/eleventy": "1"}}'}, "eleventy"),
        ({"package.json": "[]", "a.md": POST}, ""),
        ({"package.json": '{"dependencies": 1}', "a.md": POST}, ""),
        ({"_config.yml": "theme: x", "a.md": "# A note\n"}, ""),
        ({"config.toml": "a = 1", "a.md": POST}, ""),
        ({"content/a.md": "# A note\n"}, ""),
        ({"sqlite/a.md": "# A note\n", "python/b.md": "# A note\n"}, ""),
        ({"blog/site/_config.yml": "", "blog/site/_posts/a.md": POST}, "jekyll"),
    ],
)
def test_a_system_is_known_by_its_files(tmp_path: Path, files: dict[str, str], name: str) -> None:
    assert detected(tmp_path, files).name == name


def test_several_blogs_in_one_folder_are_told_apart(tmp_path: Path) -> None:
    found = detected(
        tmp_path,
        {
            "one/_config.yml": "timezone: Asia/Tokyo",
            "one/_posts/2020-01-01-a.md": POST,
            "two/content/a.md": TOML.format("[extra]"),
            "three/a.md": "# A note\n",
        },
    )

    assert found.name == "jekyll, zola"
    assert found.at("one/_posts/2020-01-01-a.md").name == "jekyll"
    assert found.at("one/_posts/2020-01-01-a.md").zone is not None
    assert found.at("two/content/a.md").name == "zola"
    assert found.at("three/a.md") == settings.UNKNOWN


def test_the_author_may_say_what_it_is(tmp_path: Path) -> None:
    files = {
        "site/_config.yml": "timezone: Asia/Tokyo\nurl: https://www.example.org",
        "site/_posts/a.md": POST,
    }

    found = detected(tmp_path, files, "jekyll")

    assert [(site.name, site.root, site.host) for site in found.sites] == [
        ("jekyll", "site/", "example.org"),
        ("jekyll", "", ""),
    ]
    assert detected(tmp_path, files, "plain").at("site/_posts/a.md").name == "plain"
    assert set(systems.NAMES) >= {"jekyll", "hugo", "zola", "pelican", "nuxt", "plain"}


@pytest.mark.parametrize(
    ("paths", "folders"),
    [
        (["content/en/a.md"], {"content/en"}),
        (["content/en/a.md", "content/de/a.md", "content/x/a.md"], {"content/en", "content/de"}),
        (["content/it/a.md", "content/java/a.md", "content/go/a.md"], set()),
        (["posts/ru/a.md", "posts/zh-cn/a.md"], {"posts/ru", "posts/zh-cn"}),
        (["ru/a.md", "en/a.md"], {"ru", "en"}),
        (["en/a.md"], set()),
        (["ab/a.md", "go/a.md", "is/a.md", "jq/a.md"], set()),
    ],
)
def test_folders_of_languages_are_told_from_those_of_topics(
    paths: list[str], folders: set[str]
) -> None:
    assert System((), paths).language_folders == folders


def test_a_file_in_the_folder_of_a_language_is_in_it() -> None:
    system = System((), ["content/zh-cn/x/a.md", "content/en/a.md"])

    assert system.language("content/zh-cn/x/a.md") == ("content/zh-cn", "zh-CN")
    assert system.language("content/a.md") is None


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("_config.yml", "a: [" * 50_000),
        ("_config.yml", "permalink: {a: b}\ntimezone: Nowhere/Else\ndefaults: 5\nurl: 'http://['"),
        ("_config.yml", "defaults:\n- 5\n- scope: x\n- values: {permalink: [a]}\ncollections: x"),
        ("_config.yml", "\x00\x01"),
        ("hugo.toml", "permalinks = 5\nbaseURL = 3"),
        ("hugo.json", "[1]"),
        ("config.toml", f"base_url = 1\na = {'9' * 5000}"),
        ("config.toml", "base_url = 'x'\nslugify = 1"),
        ("mkdocs.yml", "plugins: 5"),
        ("mkdocs.yml", "plugins:\n- blog: 5\n- [x]\n"),
        ("pelicanconf.py", "("),
        ("pelicanconf.py", "(" * 5000),
        ("pelicanconf.py", "SITEURL = TIMEZONE = 1\nimport os; os.abort()"),
        ("docusaurus.config.js", "a: '" * 40_000),
        ("package.json", "[" * 100_000),
    ],
)
def test_settings_that_cannot_be_read_stop_nothing(tmp_path: Path, name: str, text: str) -> None:
    blog = OldBlog(tmp_path, {name: text, "_posts/2020-01-01-a.md": POST, "content/a.md": POST})
    started = time.process_time()

    assert blog.read("_posts/2020-01-01-a.md").path == "_posts/2020-01-01-a.md"
    assert time.process_time() - started < 2


@profile(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.sampled_from(["_config.yml", "hugo.toml", "config.toml", "mkdocs.yml", "pelicanconf.py"]),
    st.lists(
        st.tuples(
            st.sampled_from(
                ["permalink", "permalinks", "baseurl", "base_url", "plugins", "defaults",
                 "timezone", "collections", "SITEURL", "ARTICLE_URL", "slugify", "language"]
            ),
            st.sampled_from(["5", "'x'", "[]", "{}", "[1, {a: b}]", "null", "/:year/:title", ""]),
        )
    ),
    st.sampled_from([": ", " = "]),
)  # fmt: skip
def test_any_settings_are_taken_or_left(
    tmp_path: Path, name: str, pairs: list[tuple[str, str]], sign: str
) -> None:
    text = "\n".join(f"{key}{sign}{value}" for key, value in pairs)
    blog = OldBlog(tmp_path, {name: text, "_posts/2020-01-01-a.md": POST})

    assert blog.read("_posts/2020-01-01-a.md").path == "_posts/2020-01-01-a.md"
