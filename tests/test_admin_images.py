"""The library: uploads, search, descriptions, what is used and what may go."""

from __future__ import annotations

import contextlib
import io
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from PIL import Image as Pillow
from werkzeug.test import TestResponse

from blogapp import images, posts, revisions, texts
from blogapp.errors import Conflict
from blogapp.extensions import db
from blogapp.images import library
from blogapp.models import Image, Post

from .conftest import HTMX, IMAGE, CheckedClient, MakePost

JSON = {"Accept": "application/json"}
TEXT = b"just words"

Upload = Callable[..., TestResponse]


def png(width: int = 40, colour: str = "red") -> bytes:
    file = io.BytesIO()
    Pillow.new("RGB", (width, 30), colour).save(file, "PNG")
    return file.getvalue()


def multipart(token: str, *files: tuple[bytes, str]) -> dict[str, Any]:
    """What a browser sends of a form with files (RFC 7578); the client would leave some open."""
    head = '--b\r\nContent-Disposition: form-data; name="'
    parts = [f'{head}csrf_token"\r\n\r\n{token}\r\n'.encode()]
    for data, name in files:
        parts += [f'{head}files"; filename="{name}"\r\n\r\n'.encode(), data, b"\r\n"]
    body = b"".join([*parts, b"--b--\r\n"])
    return {"data": body, "content_type": "multipart/form-data; boundary=b"}


@pytest.fixture
def upload(author_client: CheckedClient) -> Upload:
    """Send files, each a pair of bytes and a name, as the form of the library does."""

    def upload(*files: tuple[bytes, str], headers: Any = None) -> TestResponse:
        sent = multipart(author_client.token("/admin/images"), *files)
        return author_client.post("/admin/images", headers=headers, **sent)

    return upload


@pytest.fixture
def taken(app: Flask) -> Callable[..., Image]:
    """Take an image in, without a request."""

    def taken(data: bytes, name: str = "a.png", alt: str = "") -> Image:
        with app.app_context():
            image = images.take(data, name)
            image.alt = alt
            db.session.commit()
            db.session.refresh(image)
            db.session.expunge(image)
            return image

    return taken


def media(app: Flask) -> list[str]:
    folder = Path(app.config["BLOG"].instance) / "media"
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def test_an_upload_is_in_the_library_with_its_markdown(
    author_client: CheckedClient, upload: Upload
) -> None:
    response = upload((png(), "My [first] Picture.PNG"))

    assert (response.status_code, response.location) == (303, "/admin/images")
    page = author_client.get("/admin/images").text
    assert "My [first] Picture.PNG is here." in page
    assert "-my-first-picture.png)" in page and "in no post" in page


def test_several_files_come_in_at_once_and_what_is_no_image_is_named(
    app: Flask, author_client: CheckedClient, upload: Upload
) -> None:
    response = upload((png(), "a.png"), (TEXT, "notes.png"), (png(colour="blue"), "b.png"))

    assert response.status_code == 422
    assert "notes.png was not taken: no image that browsers show" in response.text
    assert "2 others are here." in response.text
    assert len(media(app)) == 2


def test_the_editor_is_answered_with_what_it_needs(upload: Upload) -> None:
    told = upload((png(1000), "a.png"), (TEXT, "notes.png"), headers=JSON).get_json()

    [image], [reason] = told["images"], told["refused"]
    assert image["url"].startswith("/media/") and image["url"].endswith("-a.png")
    assert image["describe"] == f"/admin/images/{image['id']}"
    assert image["alt"] == "" and reason.startswith("notes.png was not taken: ")


@pytest.mark.parametrize("headers", [{}, JSON], ids=["browser", "editor"])
def test_nothing_is_refused_in_words(upload: Upload, headers: dict[str, str]) -> None:
    response = upload(headers=headers)

    assert "No file was chosen" in response.text


def test_a_large_file_is_taken_here_and_nowhere_else(
    app: Flask, author_client: CheckedClient, upload: Upload
) -> None:
    noise = io.BytesIO()
    Pillow.new("L", (3100, 3000)).save(noise, "PNG", compress_level=0)
    data = noise.getvalue()
    assert 9_000_000 < len(data) < images.MOST_BYTES

    assert upload((data, "noise.png")).status_code == 303
    sent = multipart(author_client.token("/admin/images"), (data, "noise.png"))
    other = author_client.post("/admin/preview", **sent)
    assert other.status_code == 413 and "at most 8 MB" in other.text


def test_too_much_is_refused_with_the_limit_and_visitors_are_to_sign_in_first(
    upload: Upload, client: CheckedClient
) -> None:
    refused = upload((b"x" * 100_000_001, "a.png"))
    sent = multipart(client.token(), (b"x" * 9_000_000, "a.png"))
    visitor = client.post("/admin/images", **sent)
    visitors_editor = client.post("/admin/images", headers=JSON, **sent)

    assert refused.status_code == 413 and "at most 100 MB" in refused.text
    assert (visitor.status_code, visitor.location) == (303, "/admin/login")
    assert visitors_editor.status_code == 401 and "session has ended" in visitors_editor.text
    assert upload((b"x" * 20_000_001, "a.png")).status_code == 422


def test_who_has_to_wait_too_long_is_told_when_to_come_back(
    monkeypatch: pytest.MonkeyPatch, upload: Upload
) -> None:
    monkeypatch.setattr("blogapp.admin.views.images.PATIENCE", 0.01)

    with images._turn(None):
        response = upload((png(), "a.png"), headers=JSON)

    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["boat.png", "hill.png"]),
        ("boat", ["boat.png"]),
        ("BLUE", ["boat.png"]),
        ("blue boat", ["boat.png"]),
        ("blue hill", []),
        ("100%", []),
        ("_", []),
        ("-hill.", ["hill.png"]),
    ],
)
def test_images_are_found_by_name_and_description(
    author_client: CheckedClient, taken: Callable[..., Image], query: str, found: list[str]
) -> None:
    taken(png(), "hill.png", "A green one")
    taken(png(50), "boat.png", "Something blue")

    page = author_client.get("/admin/images", query_string={"q": query}, headers=HTMX)

    assert [name for name in ("boat.png", "hill.png") if f">{name}</a>" in page.text] == found


def test_the_list_goes_on_behind_the_last(
    app: Flask, author_client: CheckedClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library, "PAGE_SIZE", 2)
    with app.app_context():
        made = [images.take(png(10 + number), f"n{number}.png") for number in range(5)]
        second = made[3].id
        db.session.commit()

    first = author_client.get("/admin/images")
    more = author_client.get(f"/admin/images?before={second}")

    assert f'href="/admin/images?before={second}"' in first.text
    assert [n for n in range(5) if f">n{n}.png</a>" in first.text] == [3, 4]
    assert [n for n in range(5) if f">n{n}.png</a>" in more.text] == [1, 2]


def test_an_empty_library_says_what_to_do(author_client: CheckedClient) -> None:
    assert "No images yet." in author_client.get("/admin/images").text
    assert "No image has “boat”" in author_client.get("/admin/images?q=boat").text


def test_words_for_an_image_are_kept_and_offered(
    author_client: CheckedClient, taken: Callable[..., Image], upload: Upload
) -> None:
    url = f"/admin/images/{taken(png()).id}"
    form = {"csrf_token": author_client.token(url), "alt": "  A [red]\n field "}

    response = author_client.post(url, data=form)

    assert (response.status_code, response.location) == (303, url)
    assert r"![A \[red\] field](/media/" in author_client.get(url).text
    [told] = upload((png(), "again.png"), headers=JSON).get_json()["images"]
    assert told["alt"] == "A [red] field"


def test_words_without_end_are_refused_and_stay_in_the_form(
    author_client: CheckedClient, taken: Callable[..., Image]
) -> None:
    url = f"/admin/images/{taken(png()).id}"

    response = author_client.post(
        url, data={"csrf_token": author_client.token(url), "alt": "ab" * 600}
    )

    assert response.status_code == 422
    assert "At most 1000 characters" in response.text and "ab" * 600 in response.text


def delete(client: CheckedClient, image: Image) -> TestResponse:
    url = f"/admin/images/{image.id}"
    return client.post(f"{url}/delete", data={"csrf_token": client.token(url)})


def test_an_image_that_nothing_uses_goes_with_its_copies(
    app: Flask, author_client: CheckedClient, taken: Callable[..., Image]
) -> None:
    noise = io.BytesIO()
    Pillow.effect_noise((600, 300), 100).save(noise, "PNG")
    image = taken(noise.getvalue())
    assert len(media(app)) == 2
    assert "Not used" in author_client.get(f"/admin/images/{image.id}").text

    response = delete(author_client, image)

    assert (response.status_code, response.location) == (303, "/admin/images")
    assert media(app) == []
    assert author_client.get(f"/media/{image.name}").status_code == 404
    assert author_client.get(f"/admin/images/{image.id}").status_code == 404


def test_an_image_that_a_post_shows_stays(
    app: Flask,
    author_client: CheckedClient,
    taken: Callable[..., Image],
    make_post: MakePost,
) -> None:
    image, other = taken(png()), taken(png(50), "b.png")
    make_post("A red field", body=f"![](/media/{image.name})")
    make_post("A former name", None, body=f"![](/media/{image.digest[:16]}-former.png)")
    trashed = make_post("Thrown away", body=f'<img src="/media/{image.name}">')
    with app.app_context():
        db.session.get_one(Post, trashed.id).shelf = "trash"
        db.session.commit()

    response = delete(author_client, image)

    assert response.status_code == 409
    for title in ("A red field", "A former name", "Thrown away"):
        assert title in response.text
    assert image.name in media(app)
    assert "in <a" in author_client.get("/admin/images").text
    assert delete(author_client, other).status_code == 303


def test_nobody_can_save_a_text_between_the_look_for_uses_and_the_deletion(
    app: Flask, taken: Callable[..., Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    image, looks = taken(png()), list[Image]()
    real = library.all_uses

    def look(looked_at: Image) -> list[library.Use]:
        looks.append(looked_at)
        other = sqlite3.connect(app.config["BLOG"].instance / "blog.db", timeout=0)
        with contextlib.closing(other), pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        return real(looked_at)

    monkeypatch.setattr(library, "all_uses", look)
    with app.app_context():
        library.remove(library.get(image.id))

    assert len(looks) == 1


def test_an_image_that_is_deleted_while_it_comes_again_is_never_a_row_without_its_file(
    app: Flask, taken: Callable[..., Image]
) -> None:
    image = taken(png())

    with app.app_context():
        prepared = images.prepare(png(), "again.png")
        names = library.remove(library.get(image.id))
        db.session.commit()
        library.discard(names)

        with pytest.raises(Conflict, match="Send it once more"):
            images.add(prepared, written=True)
        assert media(app) == []
        assert images.take(png(), "again.png").name in media(app)


def test_the_files_of_an_image_that_is_back_stay(app: Flask, taken: Callable[..., Image]) -> None:
    image = taken(png())

    with app.app_context():
        names = library.remove(library.get(image.id))
        db.session.commit()
        back = images.take(png(), "a.png")
        db.session.commit()
        library.discard(names)

        assert back.name == image.name and media(app) == [image.name]


def test_an_image_that_a_revision_or_a_kept_text_names_stays(
    app: Flask, author_client: CheckedClient, taken: Callable[..., Image], make_post: MakePost
) -> None:
    shown_before, kept = taken(png()), taken(png(50), "b.png")
    made = make_post("Hello", body=f"![](/media/{shown_before.name})")
    with app.app_context():
        post = posts.get(made.id)
        posts.revise(post, texts.Text(title="Hello", body="words"))
        by = revisions.Hand(sitting="sitting-that-is-kept")
        text = texts.Text(title="Hello", body=f"![](/media/{kept.name})")
        revisions.keep(post, text, begun_from=post.version, by=by)
        db.session.commit()

    for image in (shown_before, kept):
        response = delete(author_client, image)

        assert response.status_code == 409
        assert "in its <a" in response.text


def test_where_images_are_used_is_asked_once_for_a_page(
    app: Flask, author_client: CheckedClient, taken: Callable[..., Image], make_post: MakePost
) -> None:
    names = [taken(png(10 + number), f"{number}.png").name for number in range(4)]
    make_post("All", body=" ".join(f"![](/media/{name})" for name in names))

    with app.app_context():
        page = library.listed()
        used = library.uses(page.images)

    assert [[use.title for use in used[image.id]] for image in page.images] == [["All"]] * 4


def test_a_post_that_named_an_image_before_it_came_knows_it_then(
    app: Flask, make_post: MakePost, upload: Upload
) -> None:
    name = f"{images.digest(png(1000))[:16]}-late.png"
    post = make_post(body=f"![Late](/media/{name})")
    assert "width=" not in post.body_html

    upload((png(1000), "late.png"))

    with app.app_context():
        after = db.session.get_one(Post, post.id)
        assert 'width="1000" height="30"' in after.body_html
        assert after.version == post.version


def test_an_upload_needs_a_session(app: Flask, client: CheckedClient) -> None:
    form = {"csrf_token": client.token(), "files": (io.BytesIO(IMAGE), "a.gif")}
    response = client.post("/admin/images", data=form)

    assert (response.status_code, response.location) == (303, "/admin/login")
    assert media(app) == []
