"""Copies of images: made where they save something, offered to browsers, served as they are."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import feedparser
import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Pillow
from PIL import ImageCms

from blogapp import images, markdown, texts
from blogapp.cli import rendering
from blogapp.extensions import db
from blogapp.images import copies
from blogapp.markdown.pictures import Candidate, Facts
from blogapp.models import Image, Post

from .conftest import PAST, CheckedClient, MakePost

PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def photograph(width: int, height: int, mode: str = "RGB") -> Pillow.Image:
    """What does not become small by itself."""
    return Pillow.effect_noise((width // 8, height // 8), 90).resize((width, height)).convert(mode)


def encoded(kind: str, image: Pillow.Image, **settings: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **settings)
    return file.getvalue()


def made(data: bytes) -> dict[int, Pillow.Image]:
    """The copies of an image, by their widths."""
    found: dict[int, Pillow.Image] = {}
    for copy in copies.make(images.accept(data)):
        image = Pillow.open(io.BytesIO(copy.data))
        image.load()
        assert image.format == "WEBP" and image.width == copy.width
        found[copy.width] = image
    return found


LARGE = encoded("JPEG", photograph(1700, 340), quality=90)
SMALL = encoded("PNG", photograph(480, 240), icc_profile=PROFILE)


@pytest.mark.parametrize(
    ("width", "widths"), [(480, []), (481, [480]), (1600, [480, 960]), (1700, [480, 960, 1600])]
)
def test_a_copy_is_made_for_each_width_that_is_smaller(width: int, widths: list[int]) -> None:
    data = encoded("PNG", photograph(width, 200))

    assert list(made(data)) == widths


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA", "P", "1", "CMYK"])
def test_a_copy_looks_like_its_image(mode: str) -> None:
    image = Pillow.new("RGB", (1000, 500), "white")
    image.paste("black" if mode == "1" else "red", (0, 0, 500, 500))
    kind = "JPEG" if mode == "CMYK" else "PNG"
    data = encoded(kind, image.convert(mode), compress_level=0)
    opened = Pillow.open(io.BytesIO(data)).convert("RGBA")

    small = next(iter(made(data).values())).convert("RGBA")

    for x in (0.25, 0.75):
        was = opened.getpixel((int(opened.width * x), 100))
        now = small.getpixel((int(small.width * x), 100))
        assert isinstance(was, tuple) and isinstance(now, tuple)
        assert max(abs(a - b) for a, b in zip(was, now, strict=True)) < 12


def test_a_copy_is_as_transparent_and_as_colourful() -> None:
    image = photograph(700, 350, "RGBA")
    image.putalpha(Pillow.linear_gradient("L").resize((700, 350)))

    small = made(encoded("PNG", image, icc_profile=PROFILE))[480]

    assert small.getchannel("A").getextrema() == (0, 255)
    assert small.info["icc_profile"] == PROFILE


def test_a_copy_of_what_lies_on_its_side_stands_upright() -> None:
    lying = Pillow.Exif()
    lying[0x0112] = 6
    data = encoded("AVIF", photograph(300, 500), exif=lying.tobytes(), quality=100)

    accepted = images.accept(data)

    assert (accepted.width, accepted.height) == (500, 300)
    assert [image.size for image in made(data).values()] == [(480, 288)]


def test_a_copy_that_saves_nothing_is_not_made() -> None:
    assert made(encoded("JPEG", photograph(1700, 200), quality=3)) == {}


def test_an_animation_and_colours_that_webp_has_not_are_left_alone() -> None:
    frames = [photograph(600, 300), photograph(600, 300).rotate(180)]

    assert made(encoded("GIF", frames[0], save_all=True, append_images=frames[1:])) == {}
    assert made(encoded("PNG", photograph(1000, 500, "I;16"))) == {}


@pytest.fixture
def take(app: Flask) -> Callable[..., str]:
    """Take an image in; returns its name."""

    def take(data: bytes = LARGE, name: str = "Hills.jpg") -> str:
        with app.app_context():
            image = images.take(data, name)
            db.session.commit()
            return image.name

    return take


def body_html(app: Flask, post_id: int) -> str:
    with app.app_context():
        return db.session.get_one(Post, post_id).body_html


def test_readers_get_a_copy_and_no_other_width(
    client: CheckedClient, take: Callable[..., str]
) -> None:
    stem = take().removesuffix(".jpg")

    response = client.get(f"/media/{stem}-480w.webp")

    assert response.status_code == 200 and response.content_type == "image/webp"
    assert Pillow.open(io.BytesIO(response.data)).size == (480, 96)
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    again = client.get(
        f"/media/{stem}-480w.webp", headers={"If-None-Match": response.headers["ETag"]}
    )
    assert again.status_code == 304
    for other in ("481w.webp", "1w.webp", "480w.jpg", "480w.png", "99999w.webp", "0480w.webp"):
        name = f"{stem}-{other}"
        assert client.get(f"/media/{name}").status_code in {301, 404}
        assert client.get(f"/media/{name}", follow_redirects=True).data != response.data


def test_an_article_offers_copies_and_keeps_their_place(
    app: Flask, client: CheckedClient, take: Callable[..., str], make_post: MakePost
) -> None:
    name = take()
    stem = name.removesuffix(".jpg")
    post = make_post(
        body=f"![Hills](/media/{name})\n\n![](/media/{name})\n\n![x](/media/none.png)"
    )

    first, second, third = re.findall("<img [^>]*>", body_html(app, post.id))

    expected = ", ".join(f"/media/{stem}-{width}w.webp {width}w" for width in (480, 960, 1600))
    assert f'srcset="{expected}"' in first
    assert 'width="1700" height="340"' in first
    assert 'sizes="(min-width: 45rem) 42rem, 100vw"' in first
    assert "lazy" not in first and 'loading="lazy"' in second
    assert 'decoding="async"' in first and "srcset" in second
    assert "srcset" not in third and "width" not in third
    assert "srcset=" in client.get("/blog/hello").text
    assert client.get("/blog/hello.md").text.count(f"(/media/{name})") == 2


def test_the_image_itself_is_offered_where_no_copy_is_wide_enough(
    app: Flask, take: Callable[..., str], make_post: MakePost
) -> None:
    name = take(encoded("PNG", photograph(1000, 500)), "a.png")
    post = make_post(body=f"![a](/media/{name}){{: width=300 }}")

    [image] = re.findall("<img [^>]*>", body_html(app, post.id))

    assert f"/media/{name} 1000w" in image
    assert 'width="300"' in image and 'height="150"' in image
    assert 'sizes="(min-width: 332px) 300px, 100vw"' in image


def test_feeds_offer_copies_by_their_whole_addresses(
    client: CheckedClient, take: Callable[..., str], make_post: MakePost
) -> None:
    stem = take().removesuffix(".jpg")
    make_post("Hello", PAST, body=f"![Hills](/media/{stem}.jpg)")

    [entry] = feedparser.parse(client.get("/feed.xml").data, sanitize_html=False).entries

    assert f"https://blog.example/media/{stem}-480w.webp 480w, https://" in entry.content[0].value


def test_the_same_text_gives_the_same_html_by_save_preview_and_command(
    app: Flask, author_client: CheckedClient, take: Callable[..., str], make_post: MakePost
) -> None:
    body = f"![Hills](/media/{take()})"
    post = make_post(body=body)
    before = body_html(app, post.id)

    app.test_cli_runner().invoke(rendering.render)
    preview = author_client.post(
        "/admin/preview",
        data={"title": "x", "body": body, "csrf_token": author_client.token("/admin/posts/new")},
    )

    assert body_html(app, post.id) == before
    assert re.findall("<img [^>]*>", before)[0] in preview.text


def test_an_author_cannot_offer_files_of_others(app: Flask, make_post: MakePost) -> None:
    post = make_post(
        body='<img src="/media/a.png" srcset="https://evil.example/x 1w" sizes="1px" alt="a" '
        'loading="eager" onerror="x()">'
    )

    html = body_html(app, post.id)

    assert "evil" not in html and "srcset" not in html and "onerror" not in html


def test_words_in_code_stay_as_they_are(app: Flask, make_post: MakePost) -> None:
    code = '`<img src="/media/a.png" loading="lazy">`'
    post = make_post(body=f"{code}\n\n![a](b.png)\n\n![a](c.png)")

    html = body_html(app, post.id)

    assert '&lt;img src="/media/a.png" loading="lazy"&gt;' in html
    assert [('loading="lazy"' in tag) for tag in re.findall("<img [^>]*>", html)] == [False, True]


@given(
    width=st.sampled_from(["", "300", "300px", "50%", "0", "99999999", "x"]),
    height=st.sampled_from(["", "200", "200px", "1e3"]),
    known=st.builds(Facts, st.integers(1, 9000), st.integers(1, 9000)),
)
def test_what_an_author_said_of_a_size_stays(width: str, height: str, known: Facts) -> None:
    said = "".join(f' {n}="{v}"' for n, v in (("width", width), ("height", height)) if v)
    facts = replace(known, candidates=(Candidate("/media/a-480w.webp", 480),))

    html = markdown.dress(f'<img src="/media/a.png" alt=""{said}>', {"/media/a.png": facts})

    for value in filter(None, (width, height)):
        assert f'"{value}"' in html
    assert html.count("srcset=") == html.count("sizes=") == 1
    assert markdown.dress(html, {"/media/a.png": facts}) == html


def test_images_of_an_older_version_get_their_copies_and_posts_show_them(
    app: Flask, take: Callable[..., str], make_post: MakePost
) -> None:
    name = take()
    folder = Path(app.config["BLOG"].instance) / "media"
    for copy in folder.glob("*w.webp"):
        copy.unlink()
    with app.app_context():
        image = images.find(name)
        assert image is not None
        image.widths = []
        db.session.commit()
    post = make_post(body=f"![Hills](/media/{name})")
    assert "srcset" not in body_html(app, post.id)

    result = app.test_cli_runner().invoke(rendering.render)

    assert result.exit_code == 0
    assert len(list(folder.glob("*w.webp"))) == 3
    assert "-1600w.webp 1600w" in body_html(app, post.id)


def test_an_image_whose_file_is_broken_does_not_stop_the_others(
    app: Flask, take: Callable[..., str]
) -> None:
    broken, other = take(), take(encoded("PNG", photograph(700, 300)), "other.png")
    folder = Path(app.config["BLOG"].instance) / "media"
    for copy in folder.glob("*w.webp"):
        copy.unlink()
    (folder / broken).write_bytes(b"no image")

    result = app.test_cli_runner().invoke(rendering.render)

    assert result.exit_code == 0
    assert [path.name for path in folder.glob("*w.webp")] == [f"{other[:-4]}-480w.webp"]


def test_decoding_takes_turns_and_does_not_wait_for_ever(
    core: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with images._turn(None), pytest.raises(images.Busy) as refused:
        images.prepare(SMALL, "a.png", patience=0.01)

    assert refused.value.headers["Retry-After"]
    assert images.prepare(SMALL, "a.png", patience=0.01).widths == ()


def test_an_image_that_is_here_already_is_not_decoded_again(
    core: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = images.take(SMALL, "a.png")
    db.session.commit()
    monkeypatch.setattr(images, "accept", None)

    assert images.take(SMALL, "b.png").id == first.id
    assert db.session.get_one(Image, first.id).called == "a.png"


def test_texts_are_asked_for_images_only_if_they_have_any(
    core: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db.session, "scalars", None)

    for body in ("words", "![a](https://x.example/media/a.png)", "[a](/media/a.png)"):
        rendered = markdown.render(texts.normalise(body))
        assert images.shown(rendered) is rendered
