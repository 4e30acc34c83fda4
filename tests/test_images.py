"""Images: taken by what they are, cleaned of what they tell, kept as they look, and served."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image as Pillow
from PIL import ImageCms, ImageSequence, PngImagePlugin

from blogapp import images, metadata
from blogapp.errors import Invalid
from blogapp.extensions import db
from blogapp.images import accepting
from blogapp.models import Image

from .conftest import CheckedClient

SECRET = b"Secretville"  # stands wherever a format has room beside the picture
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
GPS = 0x8825
ORIENTATION = 0x0112
UPRIGHT = 1


def picture(width: int = 40, height: int = 24) -> Pillow.Image:
    """A picture in which every corner differs: red, green, blue and white."""
    image = Pillow.new("RGB", (width, height), "white")
    image.paste("red", (0, 0, width // 2, height // 2))
    image.paste("lime", (width // 2, 0, width, height // 2))
    image.paste("blue", (0, height // 2, width // 2, height))
    return image


def exif(orientation: int) -> bytes:
    """Exif with a place and a description, as a telephone writes it."""
    found = Pillow.Exif()
    found[ORIENTATION] = orientation
    found[0x010E] = SECRET.decode()
    found.get_ifd(GPS)[1] = "N"
    found.get_ifd(GPS)[2] = (52.0, 31.0, 12.0)
    return found.tobytes()


def encoded(kind: str, image: Pillow.Image | None = None, **settings: object) -> bytes:
    file = io.BytesIO()
    (image or picture()).save(file, kind, **settings)
    return file.getvalue()


def decoded(data: bytes) -> Pillow.Image:
    image = Pillow.open(io.BytesIO(data))
    image.load()
    return image


def pixels(data: bytes) -> list[bytes]:
    """What a browser shows: the pixels of each frame."""
    frames = ImageSequence.Iterator(decoded(data))
    return [frame.convert("RGBA").tobytes() for frame in frames]


def corner(image: Pillow.Image, right: bool, bottom: bool) -> tuple[int, ...]:
    """The colour near a corner, rounded, for JPEG is not exact."""
    x = image.width - 4 if right else 3
    y = image.height - 4 if bottom else 3
    colour = image.convert("RGB").getpixel((x, y))
    assert isinstance(colour, tuple)
    return tuple(round(part / 255) for part in colour)


def png_text() -> PngImagePlugin.PngInfo:
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", SECRET.decode())
    text.add_text("Hidden", SECRET.decode(), zip=True)
    text.add_itxt("XML:com.adobe.xmp", SECRET.decode())
    return text


def frames() -> list[Pillow.Image]:
    return [picture(), picture().rotate(90), picture().rotate(180)]


def with_xmp(gif: bytes) -> bytes:
    """A GIF in which XMP stands, as Adobe puts it there (XMP part 3, 1.1.2), and a plain text."""
    xmp = b"!\xff\x0bXMP DataXMP" + SECRET + b"\x01" + bytes(range(255, -1, -1)) + b"\0"
    xmp = xmp.replace(SECRET, bytes((len(SECRET),)) + SECRET)
    text = b"!\x01\x0c" + bytes(12) + bytes((len(SECRET),)) + SECRET + b"\0"
    return gif[:-1] + xmp + text + b";"


TELLING: dict[str, bytes] = {
    "JPEG": encoded(
        "JPEG", exif=exif(UPRIGHT), xmp=SECRET, comment=SECRET, icc_profile=PROFILE, quality=80
    ),
    "progressive JPEG": encoded("JPEG", exif=exif(UPRIGHT), progressive=True),
    "JPEG with a preview behind it": encoded("JPEG", exif=exif(UPRIGHT)) + SECRET,
    "CMYK JPEG": encoded("JPEG", picture().convert("CMYK"), exif=exif(UPRIGHT)),
    "PNG": encoded("PNG", exif=exif(UPRIGHT), pnginfo=png_text(), icc_profile=PROFILE),
    "PNG with a palette": encoded("PNG", picture().quantize(8), exif=exif(UPRIGHT)),
    "animated PNG": encoded(
        "PNG", save_all=True, append_images=frames(), exif=exif(UPRIGHT), pnginfo=png_text()
    ),
    "WebP": encoded("WEBP", exif=exif(UPRIGHT), xmp=SECRET, icc_profile=PROFILE),
    "lossless WebP": encoded("WEBP", exif=exif(UPRIGHT), lossless=True),
    "animated WebP": encoded(
        "WEBP", save_all=True, append_images=frames(), exif=exif(UPRIGHT), xmp=SECRET
    ),
    "AVIF": encoded("AVIF", exif=exif(UPRIGHT), xmp=b"<x>" + SECRET * 3, icc_profile=PROFILE),
    "GIF": with_xmp(encoded("GIF", comment=SECRET)),
    "animated GIF": encoded("GIF", save_all=True, append_images=frames(), comment=SECRET, loop=0),
}
SILENT: dict[str, bytes] = {
    "JPEG": encoded("JPEG", icc_profile=PROFILE),
    "grey JPEG": encoded("JPEG", picture().convert("L")),
    "PNG": encoded("PNG", picture().convert("RGBA")),
    "GIF": encoded("GIF", save_all=True, append_images=frames(), duration=90, loop=0),
    "WebP": encoded("WEBP"),
    "animated WebP": encoded("WEBP", save_all=True, append_images=frames()),
    "AVIF": encoded("AVIF"),
}


@pytest.mark.parametrize("kind", TELLING)
def test_what_stands_beside_the_picture_goes_and_the_picture_stays(kind: str) -> None:
    before = TELLING[kind]

    accepted = images.accept(before)

    after = decoded(accepted.data)
    assert SECRET in before or decoded(before).info["exif"]
    assert SECRET not in accepted.data
    assert SECRET not in b"".join(_inflated(accepted.data))
    assert not after.getexif().get_ifd(GPS)
    assert ORIENTATION not in after.getexif()
    assert pixels(accepted.data) == pixels(before)
    assert after.info.get("icc_profile") == decoded(before).info.get("icc_profile")
    assert (accepted.width, accepted.height) == (40, 24)


@pytest.mark.parametrize("kind", SILENT)
def test_an_image_that_tells_nothing_keeps_its_bytes(kind: str) -> None:
    assert images.accept(SILENT[kind]).data == SILENT[kind]


@pytest.mark.parametrize("kind", TELLING)
def test_what_is_clean_is_cleaned_to_the_same_bytes(kind: str) -> None:
    once = images.accept(TELLING[kind])

    assert images.accept(once.data) == once


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        ("JPEG", {"quality": 95}),
        ("JPEG", {"quality": 70, "subsampling": 1, "progressive": True}),
        ("PNG", {}),
        ("WEBP", {"lossless": True}),
    ],
)
def test_a_picture_comes_upright(kind: str, settings: dict[str, object], orientation: int) -> None:
    upright = picture()
    operation = {
        2: Pillow.Transpose.FLIP_LEFT_RIGHT,
        3: Pillow.Transpose.ROTATE_180,
        4: Pillow.Transpose.FLIP_TOP_BOTTOM,
        5: Pillow.Transpose.TRANSPOSE,
        6: Pillow.Transpose.ROTATE_90,
        7: Pillow.Transpose.TRANSVERSE,
        8: Pillow.Transpose.ROTATE_270,
    }.get(orientation)
    as_taken = upright if operation is None else upright.transpose(operation)
    data = encoded(kind, as_taken, exif=exif(orientation), icc_profile=PROFILE, **settings)

    accepted = images.accept(data)

    seen = decoded(accepted.data)
    assert (accepted.width, accepted.height) == seen.size == (40, 24)
    assert ORIENTATION not in seen.getexif() and SECRET not in accepted.data
    assert seen.info["icc_profile"] == PROFILE
    assert corner(seen, right=False, bottom=False) == (1, 0, 0)
    assert corner(seen, right=True, bottom=False) == (0, 1, 0)
    assert corner(seen, right=False, bottom=True) == (0, 0, 1)
    assert corner(seen, right=True, bottom=True) == (1, 1, 1)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_an_avif_stays_turned_as_its_own_boxes_say(orientation: int) -> None:
    data = encoded("AVIF", exif=exif(orientation))  # which become irot and imir

    accepted = images.accept(data)

    lies = orientation >= 5
    assert (accepted.width, accepted.height) == ((24, 40) if lies else (40, 24))
    assert SECRET in data and SECRET not in accepted.data
    assert not decoded(accepted.data).getexif().get_ifd(GPS)
    assert decoded(accepted.data).getexif().get(ORIENTATION, 1) == orientation
    assert pixels(accepted.data) == pixels(data)


def test_a_photograph_with_others_behind_it_comes_upright_and_alone() -> None:
    lying = picture().transpose(Pillow.Transpose.ROTATE_90)
    data = encoded("MPO", lying, save_all=True, append_images=frames()[1:], exif=exif(6))
    assert decoded(data).format == "MPO"

    accepted = images.accept(data)

    assert (accepted.kind, accepted.width, accepted.height) == ("JPEG", 40, 24)
    assert decoded(accepted.data).format == "JPEG"
    assert corner(decoded(accepted.data), right=False, bottom=False) == (1, 0, 0)


def test_a_gif_without_its_end_is_taken() -> None:
    assert images.accept(SILENT["GIF"][:-1]).data == SILENT["GIF"]


@pytest.mark.parametrize(("orientation", "back"), [(3, 180), (6, 90), (8, 270)])
def test_a_photograph_that_is_turned_looks_as_it_did(orientation: int, back: int) -> None:
    noise = Pillow.effect_noise((160, 96), 60).convert("RGB")
    data = encoded("JPEG", noise, quality=80, exif=exif(orientation))

    turned = decoded(images.accept(data).data).rotate(back, expand=True)

    before = decoded(data).tobytes()
    errors = [abs(a - b) for a, b in zip(before, turned.tobytes(), strict=True)]
    assert sum(errors) / len(errors) < 0.5


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no image"),
        (b"<html>Not found</html>", "no image"),
        (encoded("BMP"), "neither JPEG, PNG"),
        (encoded("TIFF"), "neither JPEG, PNG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- a -->\n<SVG/>', "SVG"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "git lfs pull"),
        (SILENT["PNG"][:-30], "broken"),
        (SILENT["JPEG"][:400], "broken"),
        (b"\x89PNG\r\n\x1a\n", "no image|broken"),
        (SILENT["PNG"] + b"\0" * images.MOST_BYTES, "larger than 20 MB"),
    ],
)
def test_what_is_no_image_is_refused_with_a_reason(data: bytes, reason: str) -> None:
    with pytest.raises(Invalid, match=reason):
        images.accept(data)


@pytest.mark.parametrize("end", [b"", b"\0\xff\xd9", b"\xd0\xff\xd9"])
def test_a_jpeg_of_fill_bytes_alone_is_refused_at_once(end: bytes) -> None:
    scan = SILENT["JPEG"].index(b"\xff\xda")
    data = SILENT["JPEG"][: scan + 14] + b"\xff" * 1_000_000 + end

    if end:
        assert metadata.strip(data, "JPEG") == data
    else:
        with pytest.raises(ValueError, match="no marker"):
            metadata.strip(data, "JPEG")


def png_of(width: int, height: int) -> bytes:
    """A PNG that says that it is so large, and holds next to nothing."""

    def chunk(name: bytes, content: bytes) -> bytes:
        checked = name + content
        return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.parametrize("size", [(8000, 5001), (60_000, 60_000), (2**31 - 1, 2**31 - 1)])
def test_a_bomb_is_refused_before_it_is_unpacked(size: tuple[int, int]) -> None:
    with pytest.raises(Invalid, match=r"megapixels|broken"):
        images.accept(png_of(*size))


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_an_animation_is_refused_that_is_a_bomb_in_all_its_frames(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accepting, "MOST_MOVING_PIXELS", 2 * 40 * 24)
    data = encoded(kind, save_all=True, append_images=frames(), duration=90)

    with pytest.raises(Invalid, match=r"megapixels in its [34] frames"):
        images.accept(data)


def test_a_small_file_of_many_large_frames_is_refused() -> None:
    head = b"GIF89a" + struct.pack("<HHBBB", 6000, 6000, 0x80, 0, 0) + bytes(6)
    frame = b"," + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\2\2D\1\0"

    with pytest.raises(Invalid, match="more than 400 megapixels in its 12 frames"):
        images.accept(head + frame * 12 + b";")


@given(
    kind=st.sampled_from(sorted(TELLING)),
    at=st.integers(0, 2000),
    junk=st.binary(max_size=12),
    keep=st.booleans(),
)
@example(kind="AVIF", at=20, junk=b"\xff\xff\xff\xff", keep=True)
def test_a_damaged_file_is_refused_or_cleaned_and_never_an_error(
    kind: str, at: int, junk: bytes, keep: bool
) -> None:
    data = TELLING[kind]
    at %= len(data)
    data = data[:at] + junk + (data[at + len(junk) :] if keep else b"")

    try:
        accepted = images.accept(data)
    except Invalid:
        return

    assert len(accepted.data) <= len(data) + 2000
    decoded(accepted.data)


@pytest.fixture
def take(core: None) -> Callable[..., Image]:
    def take(data: bytes = SILENT["PNG"], name: str = "A picture.png") -> Image:
        image = images.take(data, name)
        db.session.commit()
        return image

    return take


def test_an_image_is_stored_under_its_digest_and_its_authors_name(
    take: Callable[..., Image],
) -> None:
    image = take(SILENT["JPEG"], "Some/Folder/Über uns.PNG")

    assert image.name == f"{images.digest(SILENT['JPEG'])[:16]}-uber-uns.jpg"
    assert images.path(image.name).read_bytes() == SILENT["JPEG"]
    assert (image.type, image.width, image.height) == ("image/jpeg", 40, 24)
    assert image.size == len(SILENT["JPEG"])


@pytest.mark.parametrize("name", ["../../../etc/passwd", ".png", "", "图.png", "a" * 300, "a/\0b"])
def test_a_name_never_leads_out_of_the_folder(take: Callable[..., Image], name: str) -> None:
    image = take(name=name)

    assert images.path(image.name).parent == images.path(image.name).parent.resolve()
    assert "/" not in image.name and image.name.isascii() and len(image.name) <= 100


def test_the_same_image_comes_once_whatever_it_is_called(take: Callable[..., Image]) -> None:
    first = take(TELLING["JPEG"], "a.jpg")
    second = take(TELLING["JPEG"], "b.jpg")
    cleaned = take(images.accept(TELLING["JPEG"]).data, "c.jpg")

    assert first.id == second.id == cleaned.id
    assert [file.name for file in images.path(first.name).parent.iterdir()] == [first.name]
    assert db.session.scalar(sa.select(sa.func.count(Image.id))) == 1


def test_an_image_that_was_stored_here_comes_back_by_its_name(take: Callable[..., Image]) -> None:
    image = take()
    name, data = image.name, images.path(image.name).read_bytes()
    db.session.delete(image)
    db.session.commit()

    assert take(data, name).name == name


def test_a_file_that_was_lost_is_written_again(take: Callable[..., Image]) -> None:
    images.path(take().name).unlink()

    assert images.path(take().name).read_bytes() == SILENT["PNG"]


def test_a_disk_that_is_full_leaves_no_half_a_file(
    take: Callable[..., Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)

    with pytest.raises(OSError, match="No space"):
        take()

    assert list(images.path("x").parent.iterdir()) == []


def test_readers_get_an_image_that_never_changes(
    app: Flask, client: CheckedClient, take: Callable[..., Image]
) -> None:
    image = take(SILENT["WebP"], "x.webp")
    url = f"/media/{image.name}"

    response = client.get(url)
    again = client.get(url, headers={"If-None-Match": response.headers["ETag"]})

    assert (response.status_code, response.data) == (200, SILENT["WebP"])
    assert response.content_type == "image/webp"
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Set-Cookie" not in response.headers
    assert (again.status_code, again.data) == (304, b"")


def test_an_image_is_found_by_each_name_that_it_had(
    client: CheckedClient, take: Callable[..., Image]
) -> None:
    first = take(SILENT["PNG"], "first.png")
    picture = images.Picture(SILENT["PNG"], "PNG", first.width, first.height)
    file = images.name_file(picture, "x.png", original_digest="0" * 64)
    other = f"/media/{first.digest[:16]}-second.png"

    assert images.add(file).name == file.name == first.name
    assert client.get(other).location == f"/media/{first.name}"
    assert client.get(f"/media/{'0' * 16}-first.png").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        *("/media/", "/media/none.png", "/media/../blog.db", "/media/..%2fblog.db"),
        *("/media/%2e%2e/blog.db", "/media//etc/passwd", "/media/%00", "/media/secret"),
    ],
)
def test_there_is_nothing_else_to_get(
    app: Flask, client: CheckedClient, take: Callable[..., Image], path: str
) -> None:
    folder: Path = images.path(take().name).parent
    (folder / "secret").write_bytes(SECRET)

    response = client.get(path)

    assert response.status_code == 404
    assert SECRET not in response.data


def test_an_image_whose_file_is_gone_is_not_found(
    client: CheckedClient, take: Callable[..., Image]
) -> None:
    image = take()
    images.path(image.name).unlink()

    assert client.get(f"/media/{image.name}").status_code == 404


def _inflated(data: bytes) -> list[bytes]:
    """What is packed in the text chunks of a PNG."""
    found, at = [], data.find(b"zTXt")
    while at >= 0:
        found.append(zlib.decompressobj().decompress(data[data.index(b"\0", at + 4) + 2 :]))
        at = data.find(b"zTXt", at + 4)
    return found
