"""The author's pages of tags: the list, a tag's name and description, two that become one."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from blogapp import tags
from blogapp.extensions import db

from .conftest import PAST, CheckedClient, MakePost
from .pages import fields_of, parse, text_of

MakeTag = Callable[..., str]
Send = Callable[..., TestResponse]


@pytest.fixture
def make_tag(app: Flask) -> MakeTag:
    """Store a tag that was called *former* before; returns the address of its page."""

    def make(name: str, former: str = "", description: str = "") -> str:
        with app.app_context():
            [tag] = tags.named([name])
            db.session.flush()
            tags.describe(tag, description)
            tags.rename(tag, former or name)
            tags.rename(tag, name)
            db.session.commit()
            return f"/admin/tags/{tag.id}"

    return make


@pytest.fixture
def send(author_client: CheckedClient) -> Send:
    """Send the form with a button of this name as it stands at *path*, with fields changed."""

    def send(path: str, button: str, **changed: str) -> TestResponse:
        form = next(e for e in forms(author_client.get(path)) if button in text_of(e))
        fields = {e.attrib["name"]: value_of(e) for e in form.iter() if "name" in e.attrib}
        method = author_client.post if form.attrib["method"] == "post" else author_client.get
        kind = "data" if form.attrib["method"] == "post" else "query_string"
        return method(form.attrib["action"], **{kind: fields | changed})

    return send


def forms(page: TestResponse) -> list[ET.Element]:
    return [element for element in parse(page.text) if element.tag == "form"]


def value_of(field: ET.Element) -> str:
    return (field.text or "") if field.tag == "textarea" else field.attrib.get("value", "")


def told_by(page: TestResponse) -> str:
    """All that a page says, without its frame."""
    return next(text_of(e) for e in parse(page.text) if e.tag == "main")


def rows(page: TestResponse) -> list[str]:
    """What the rows of a page's lists say, without their forms' tokens."""
    found = [e for e in parse(page.text) if "tag-rows" in e.attrib.get("class", "")]
    return [text_of(row) for element in found for row in element if row.tag == "li"]


def links(page: TestResponse) -> dict[str, str]:
    return {text_of(e): e.attrib["href"] for e in parse(page.text) if e.tag == "a"}


def error_at(page: TestResponse) -> dict[str, str]:
    ids = {e.attrib.get("id", ""): text_of(e) for e in parse(page.text)}
    return {id_: text for id_, text in ids.items() if id_.startswith("error-")}


def all_names(app: Flask) -> list[str]:
    with app.app_context():
        return tags.names()


# The list


def test_each_tag_stands_with_its_articles_and_its_names(
    author_client: CheckedClient, make_post: MakePost, make_tag: MakeTag
) -> None:
    make_post("One", tags=["flask", "python"])
    make_post("Two", tags=["python"])
    make_post("Draft", None, tags=["python", "web"])
    make_tag("python", description="Snakes & <b>more</b>")
    make_tag("spare", "unused")

    page = author_client.get("/admin/tags")

    assert rows(page) == [
        "flask 1 article",
        "python 2 articles · 1 not published Snakes & <b>more</b>",
        "spare no posts remove spare was unused",
        "web 1 not published",
    ]
    assert 'href="/admin/tags" aria-current="page"' in page.text


def test_without_tags_the_list_says_where_they_come_from(author_client: CheckedClient) -> None:
    page = told_by(author_client.get("/admin/tags"))

    assert "No tags yet." in page and "Nearly the same" not in page


def test_what_is_nearly_the_same_can_be_merged_either_way(
    author_client: CheckedClient, make_post: MakePost
) -> None:
    for title in ("One", "Two"):
        make_post(title, tags=["ci-cd", "c#", "c++"])
    make_post("Three", tags=["cicd"])

    page = author_client.get("/admin/tags")

    assert rows(page)[0] == "cicd 1, ci-cd 2 merge cicd → ci-cd or ci-cd → cicd"
    for ends in (("cicd", "ci-cd"), ("ci-cd", "cicd")):
        preview = author_client.get(links(page)[" → ".join(ends)])
        assert f"After it, {ends[1]} has 3 articles." in told_by(preview)


# Renaming and describing


def test_a_renamed_tag_answers_301_at_its_old_address(
    client: CheckedClient, make_post: MakePost, make_tag: MakeTag, send: Send
) -> None:
    make_post("One", tags=["js"])
    path = make_tag("js")

    response = send(path, "save", name=" #JavaScript ")

    assert (response.status_code, response.location) == (303, path)
    for old, new in (
        ("/tags/js", "/tags/javascript"),
        ("/tags/js/feed.xml", "/tags/javascript/feed.xml"),
        ("/?tag=js", "/?tag=javascript"),
    ):
        moved = client.get(old)
        assert (moved.status_code, moved.location) == (301, new)
        assert client.get(new).status_code == 200


def test_the_page_says_what_was_done_once(
    author_client: CheckedClient, make_tag: MakeTag, send: Send
) -> None:
    path = make_tag("c-sharp")
    said = "Saved. /tags/c-sharp leads to /tags/c%23 now."

    send(path, "save", name="C#")

    assert f'<p class="done" data-saved>{said}</p>' in author_client.get(path).text
    assert said not in author_client.get(path).text


def test_a_description_is_one_paragraph_on_the_readers_page(
    client: CheckedClient,
    author_client: CheckedClient,
    make_post: MakePost,
    make_tag: MakeTag,
    send: Send,
) -> None:
    make_post("One", tags=["flask"])
    path = make_tag("flask")

    send(path, "save", description="Small\r\n\r\n<b>web</b> {{ 1 }}  framework")

    assert "Small &lt;b&gt;web&lt;/b&gt; {{ 1 }} framework" in client.get("/tags/flask").text
    kept = fields_of(author_client.get(path).text)["description"]
    assert kept == "Small <b>web</b> {{ 1 }} framework"


@pytest.mark.parametrize(
    ("name", "said", "offered"),
    [
        ("", "A tag needs a name.", None),
        ("##", "A tag needs a letter or a digit.", None),
        ("Python", "“python” is a tag already. The two can be merged.", "python"),
        ("py", "“py” leads to “python” already. The two can be merged.", "python"),
    ],
)
def test_a_name_that_is_refused_comes_back_with_the_way_out(
    app: Flask,
    author_client: CheckedClient,
    make_tag: MakeTag,
    send: Send,
    name: str,
    said: str,
    offered: str | None,
) -> None:
    make_tag("python", "py")
    path = make_tag("snake", description="before")

    response = send(path, "save", name=name, description="Every word.")

    assert response.status_code == 422
    assert error_at(response) == {"error-name": said}
    kept = fields_of(response.text)
    assert (kept["name"], kept["description"]) == (name, "Every word.")
    merge = links(response).get(f"merge snake into {offered} …")
    assert merge == (f"{path}/merge?into={offered}" if offered else None)
    assert all_names(app) == ["python", "snake"]
    assert fields_of(author_client.get(path).text)["description"] == "before"


def test_a_save_over_a_newer_one_is_refused_with_both_texts_and_then_taken(
    app: Flask, author_client: CheckedClient, make_tag: MakeTag, send: Send
) -> None:
    path = make_tag("js", description="old")
    opened = fields_of(author_client.get(path).text)
    send(path, "save", name="javascript", description="theirs")

    refused = author_client.post(path, data=opened | {"description": "mine"})

    assert refused.status_code == 409
    assert "It is “javascript” now, described as “theirs”." in refused.text
    assert fields_of(refused.text)["description"] == "mine"
    assert all_names(app) == ["javascript"]

    again = author_client.post(path, data=fields_of(refused.text))
    assert again.status_code == 303
    assert all_names(app) == ["js"]


def test_a_form_that_was_sent_twice_is_no_conflict(
    author_client: CheckedClient, make_tag: MakeTag
) -> None:
    path = make_tag("js")
    form = fields_of(author_client.get(path).text) | {"name": "JavaScript", "description": " x "}

    assert [author_client.post(path, data=form).status_code for _ in range(2)] == [303, 303]


@pytest.mark.parametrize("page", ["", "/merge"])
def test_a_stale_form_comes_back_with_every_word(
    app: Flask, author_client: CheckedClient, make_tag: MakeTag, page: str
) -> None:
    path = make_tag("js") + page
    make_tag("javascript")
    form = {"name": "typed", "description": "Words.", "into": "javascript", "csrf_token": "stale"}

    response = author_client.post(path, data=form)

    assert response.status_code == 422
    assert "was open for too long" in response.text
    assert fields_of(response.text)["name"] == "typed"
    assert all_names(app) == ["javascript", "js"]


def test_an_open_editor_that_lists_the_old_name_means_the_tag(
    app: Flask, author_client: CheckedClient, make_post: MakePost, make_tag: MakeTag, send: Send
) -> None:
    make_post("One", tags=["js"])
    make_tag("js")
    opened = fields_of(author_client.get("/admin/posts/1").text)
    send("/admin/tags/1", "save", name="javascript")

    saved = author_client.post("/admin/posts/1", data=opened | {"body": "new", "action": "save"})

    assert saved.status_code == 303
    assert all_names(app) == ["javascript"]
    assert fields_of(author_client.get("/admin/posts/1").text)["tags"] == "javascript"


# Merging


@pytest.fixture
def two_tags(make_post: MakePost, make_tag: MakeTag) -> str:
    """Posts that have “javascript”, “js” or both; the address of the first tag's page."""
    for number in range(3):
        make_post(f"Old {number}", tags=["javascript"])
    make_post("New", tags=["js"])
    make_post("Both", tags=["js", "javascript"])
    make_post("Draft", None, tags=["javascript"])
    make_tag("js", "es")
    return make_tag("javascript", "ecmascript", description="Of browsers.")


def test_before_a_merge_its_counts_are_told_in_words(
    app: Flask, author_client: CheckedClient, two_tags: str, send: Send
) -> None:
    chosen = send(f"{two_tags}/merge", "what would that do?", into=" ES ")

    assert chosen.status_code == 200
    told = told_by(chosen)
    assert "javascript: 4 articles, js: 2, both: 1." in told
    assert "After it, js has 5 articles and 1 not published." in told
    assert "/tags/javascript leads to /tags/js." in told
    assert "It takes the description of javascript: “Of browsers.”" in told
    assert all_names(app) == ["javascript", "js"]


def test_after_a_merge_the_old_address_leads_to_the_tag_that_remains(
    app: Flask, client: CheckedClient, author_client: CheckedClient, two_tags: str, send: Send
) -> None:
    response = send(f"{two_tags}/merge?into=js", "new name")

    page = author_client.get(response.location)
    assert (response.status_code, page.status_code) == (303, 200)
    assert "Merged. /tags/javascript leads to /tags/js now." in page.text
    for old in ("javascript", "ecmascript", "es"):
        assert client.get(f"/tags/{old}").location == "/tags/js"
    assert "5 articles tagged js" in client.get("/tags/js").text
    assert all_names(app) == ["js"]


def test_with_another_name_both_old_addresses_lead_there(
    client: CheckedClient, author_client: CheckedClient, two_tags: str, send: Send
) -> None:
    response = send(f"{two_tags}/merge?into=js", "new name", name="Web Scripts")

    page = author_client.get(response.location).text
    for old in ("javascript", "js"):
        moved = client.get(f"/tags/{old}")
        assert (moved.status_code, moved.location) == (301, "/tags/web-scripts")
        assert f"/tags/{old} leads to /tags/web-scripts now." in page


def test_the_description_that_goes_is_shown_before(
    author_client: CheckedClient, two_tags: str, make_tag: MakeTag
) -> None:
    make_tag("js", description="Short.")

    told = told_by(author_client.get(f"{two_tags}/merge?into=js"))

    assert "The description of js stays. That of javascript goes: “Of browsers.”" in told


@pytest.mark.parametrize(
    ("into", "said"),
    [
        ("nothing", "There is no tag “nothing”."),
        ("pyhton", "There is no tag “pyhton”. Is it “python”?"),
        ("javascrip", "There is no tag “javascrip”."),
        ("javascript", "This is “javascript” itself. Name another tag."),
        ("ecmascript", "This is “javascript” itself. Name another tag."),
    ],
)
def test_a_tag_that_cannot_be_merged_with_is_refused_in_its_field(
    app: Flask,
    author_client: CheckedClient,
    two_tags: str,
    make_tag: MakeTag,
    into: str,
    said: str,
) -> None:
    make_tag("python")
    form = {"into": into, "name": "typed", "csrf_token": author_client.token()}

    looked = author_client.get(f"{two_tags}/merge", query_string=form)
    sent = author_client.post(f"{two_tags}/merge", data=form)

    for response in (looked, sent):
        assert response.status_code == 422
        assert error_at(response) == {"error-into": said}
        assert fields_of(response.text)["into"] == into
        assert fields_of(response.text)["name"] == "typed"
    assert all_names(app) == ["javascript", "js", "python"]


def test_a_merge_into_nothing_is_refused(author_client: CheckedClient, two_tags: str) -> None:
    form = {"into": " ", "csrf_token": author_client.token()}

    assert author_client.get(f"{two_tags}/merge?into=").status_code == 200
    sent = author_client.post(f"{two_tags}/merge", data=form)

    assert (sent.status_code, error_at(sent)) == (422, {"error-into": "Which tag?"})


def test_a_new_name_that_another_tag_has_is_refused_in_its_field(
    app: Flask, two_tags: str, make_tag: MakeTag, send: Send
) -> None:
    make_tag("web")

    response = send(f"{two_tags}/merge?into=js", "new name", name="web")

    assert response.status_code == 422
    said = "“web” is a tag already. The two can be merged."
    assert error_at(response) == {"error-name": said}
    assert fields_of(response.text)["name"] == "web"
    assert all_names(app) == ["javascript", "js", "web"]


# Putting away


def test_a_name_that_is_taken_away_is_free_for_a_tag_of_its_own(
    app: Flask, author_client: CheckedClient, make_tag: MakeTag, send: Send
) -> None:
    path = make_tag("javascript", "js")
    assert rows(author_client.get(path)) == ["js take away js"]

    response = send(path, "take away")
    make_tag("js")

    assert response.location == path
    assert rows(author_client.get(path)) == []
    assert all_names(app) == ["javascript", "js"]


@pytest.mark.parametrize("on", ["the list", "its page"])
def test_an_unused_tag_can_be_removed(
    app: Flask, author_client: CheckedClient, make_tag: MakeTag, send: Send, on: str
) -> None:
    path = make_tag("spare")

    response = send("/admin/tags" if on == "the list" else path, "remove")

    assert response.location == "/admin/tags"
    assert "Removed." in author_client.get("/admin/tags").text
    assert all_names(app) == []


def test_a_tag_that_a_post_has_is_not_removed(
    app: Flask, author_client: CheckedClient, make_post: MakePost, make_tag: MakeTag
) -> None:
    make_post("Draft", None, tags=["used"])
    path = make_tag("used")

    response = author_client.post(f"{path}/remove", data={"csrf_token": author_client.token()})

    assert response.status_code == 409
    assert "A post has the tag “used”" in response.text
    assert "remove" not in told_by(author_client.get(path))
    assert all_names(app) == ["used"]


@pytest.mark.parametrize(
    "path", ["/admin/tags/99", "/admin/tags/99/merge", f"/admin/tags/{10**20}"]
)
def test_a_tag_that_is_not_there_is_missing(author_client: CheckedClient, path: str) -> None:
    assert author_client.get(path).status_code == 404


@pytest.mark.parametrize("action", ["", "/merge", "/forget", "/remove"])
def test_nothing_is_done_to_a_tag_that_is_gone(author_client: CheckedClient, action: str) -> None:
    form = {"name": "x", "into": "y", "csrf_token": author_client.token()}

    assert author_client.post(f"/admin/tags/99{action}", data=form).status_code == 404


# In the editor


def test_a_new_tag_that_is_nearly_an_old_one_is_pointed_out_once(
    author_client: CheckedClient, make_post: MakePost
) -> None:
    make_post("One", PAST, tags=["python", "c#"])
    make_post("Two", None)
    said = "The tag “pyton” is new; there is also “python”. Are they one? /admin/tags"

    def save() -> str:
        form = fields_of(author_client.get("/admin/posts/2").text)
        form |= {"tags": "pyton, c++", "action": "save"}
        return author_client.get(author_client.post("/admin/posts/2", data=form).location).text

    assert f"Saved. {said}</p>" in save()
    assert "Saved; nothing had changed.</p>" in save()


def test_many_near_misses_do_not_break_the_page(
    author_client: CheckedClient, make_post: MakePost
) -> None:
    names = [f"{'é' * 50}{letters}" for letters in ("aaaaa", "bbbbb", "ccccc", "ddddd")]
    make_post("One", tags=names)
    make_post("Two", None)
    form = fields_of(author_client.get("/admin/posts/2").text)

    saved = author_client.post(
        "/admin/posts/2", data=form | {"tags": ",".join(f"{n}s" for n in names)}
    )

    assert told_by(author_client.get(saved.location)).count("there is also") == 3
