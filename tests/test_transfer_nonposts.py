"""Files that are no posts: each is left out with a reason that its author agrees with."""

from __future__ import annotations

from pathlib import Path

import pytest

from blogapp.transfer.files import trees
from blogapp.transfer.reading import sources, systems
from blogapp.transfer.reading.sources import Skipped, SourcePost

from .old_blogs import BERLIN, POST, OldBlog, header

JEKYLL = {"_config.yml": "title: x", "_posts/2020-01-01-a.md": POST}
HUGO = {"hugo.toml": "baseURL = '/'", "content/posts/a.md": POST}
NOTE = "# A note\n\nText\n"
PAGE = "a page, not a post: nothing says its date; import it alone to take it as a draft"


@pytest.mark.parametrize(
    ("files", "name", "text", "reason"),
    [
        ({}, "README.md", NOTE, "a README is about its folder, not a post"),
        ({}, "sqlite/readme.md", NOTE, "a README is about its folder, not a post"),
        ({}, "README.zh-CN.md", NOTE, "a README is about its folder, not a post"),
        ({}, "LICENSE.md", NOTE, "about the repository, not a post"),
        ({}, "docs/contributing.md", NOTE, "about the repository, not a post"),
        ({}, "CHANGELOG.md", NOTE, "about the repository, not a post"),
        ({}, "history.md", NOTE, "about the repository, not a post"),
        ({}, "x/SECURITY.md", NOTE, "about the repository, not a post"),
        ({}, "archetypes/default.md", POST, "a template of the old blog, not a post"),
        ({}, "x/_layouts/post.md", POST, "a template of the old blog, not a post"),
        ({}, "a.md", header("date: {{ now }}"), "a template of the old blog, not a post"),
        ({}, "a.md", header("date: '<% tp.date.now() %>'"), "a template of the old blog, not"),
        ({}, "a.md", "---\ntitle: ${title}\n---\n", "a template of the old blog, not a post"),
        ({}, "_template.md", header(), "a template of the old blog, not a post"),
        ({}, "post-template.md", NOTE, "a template of the old blog, not a post"),
        (HUGO, "themes/x/content/a.md", POST, "part of a theme of the old blog, not a post"),
        (HUGO, "layouts/a.md", POST, "a template of the old blog, not a post"),
        (HUGO, "content/posts/_index.md", POST, "the page of a section, not a post; lists of"),
        ({}, "_index.ru.md", POST, "the page of a section, not a post; lists of"),
        ({}, "index.md", header(), "the page of its folder, not a post"),
        ({"x/a.md": NOTE}, "x/index.md", NOTE, "the page of its folder, not a post"),
        ({}, "about.md", header("layout: page"), PAGE),
        ({}, "a.md", header("template: search.html"), PAGE),
        (JEKYLL, "a.md", header(), PAGE),
        (JEKYLL, "docs/a.md", NOTE, PAGE),
        (HUGO, "content/about.md", header(), PAGE),
        ({"astro.config.mjs": ""}, "src/pages/a.md", header(), PAGE),
        ({"mkdocs.yml": "plugins:\n- blog"}, "docs/a.md", header(), PAGE),
        ({"docusaurus.config.js": ""}, "docs/a.md", header(), PAGE),
        ({}, "empty.md", "", "the file is empty"),
        ({}, "blank.md", "\ufeff \n\n", "the file is empty"),
    ],
)
def test_what_is_no_post_is_left_out_with_the_reason(
    tmp_path: Path, files: dict[str, str], name: str, text: str, reason: str
) -> None:
    found = OldBlog(tmp_path, files).refusal(name, text)

    assert found.reason.startswith(reason)
    assert (found.path, found.failed, found.line) == (name, False, None)


@pytest.mark.parametrize(
    ("files", "name", "text"),
    [
        ({}, "README.md", POST),
        ({}, "2020-01-01-a/README.md", NOTE),
        ({}, "git/history.md", NOTE),
        ({}, "python/install.md", NOTE),
        ({}, "go/template.md", NOTE),
        ({}, "post-template.md", POST),
        ({}, "jinja/templates/a.md", NOTE),
        ({}, "bundle/index.md", NOTE),
        ({"x/a.md": NOTE}, "x/index.md", POST),
        ({}, "about.md", POST),
        ({}, "about.md", NOTE),
        ({}, "a.md", "---\ntitle: T\nlayout: page\ndate: 2020-01-01\n---\nx"),
        ({"_config.yml": "theme: x"}, "a.md", NOTE),
        ({"_config.yml": "x: y"}, "_til/a.md", header()),
        (JEKYLL, "_drafts/a.md", header()),
        (HUGO, "content/posts/b.md", header()),
        ({"mkdocs.yml": "plugins:\n- blog"}, "docs/blog/posts/a.md", header()),
        ({"mkdocs.yml": "x: y"}, "docs/a.md", header()),
        ({}, "licensed-to-code.md", NOTE),
    ],
)
def test_what_may_be_a_post_comes_in(
    tmp_path: Path, files: dict[str, str], name: str, text: str
) -> None:
    assert OldBlog(tmp_path, files).post(name, text).path == name


@pytest.mark.parametrize(
    ("files", "name", "original"),
    [
        ({"a/index.md": POST}, "a/index.ru.md", "a/index.md"),
        ({"a.en.md": POST}, "a.ru.md", "a.en.md"),
        ({"content/en/x/a.md": POST}, "content/ru/x/a.md", "content/en/x/a.md"),
        ({"_posts/2020-01-01-a.md": POST}, "_posts/2020-01-01-a.pt-br.md",
         "_posts/2020-01-01-a.md"),
    ],
)  # fmt: skip
def test_a_translation_is_left_out_for_its_original(
    tmp_path: Path, files: dict[str, str], name: str, original: str
) -> None:
    blog = OldBlog(tmp_path, files)

    found = blog.refusal(name)

    assert found.reason == f"a translation of {original}; import it alone to have it, too"
    assert isinstance(blog.read(original), SourcePost)


def test_the_language_that_comes_first_is_the_one_of_the_old_blog(tmp_path: Path) -> None:
    files = {"hugo.toml": "baseURL = '/'\ndefaultContentLanguage = 'ru'"}
    blog = OldBlog(tmp_path, {**files, "content/a.ru.md": POST, "content/a.en.md": POST})

    original, translation = blog.read("content/a.ru.md"), blog.read("content/a.en.md")

    assert isinstance(original, SourcePost)
    assert original.language == "ru"
    assert isinstance(translation, Skipped)


def test_a_text_in_one_language_alone_is_no_translation(tmp_path: Path) -> None:
    found = OldBlog(tmp_path).post("a/index.ru.md")

    assert (found.language, found.slug) == ("ru", "a")


def test_a_file_that_was_chosen_is_taken_whatever_it_is_called(tmp_path: Path) -> None:
    blog = OldBlog(tmp_path, {"a.md": POST})
    for name in ("README.md", "about.md", "index.md", "a.ru.md", "LICENSE.txt"):
        path = blog.write(name, header("layout: page"))
        with trees.opened(path) as tree:
            assert sources.find(tree) == [name]
            found = sources.read(tree, name, system=systems.detect(tree), zone=BERLIN)

        assert isinstance(found, SourcePost), found
        assert found.draft
