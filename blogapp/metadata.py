"""Metadata of images: what cameras and programs write beside the picture, taken out.

The picture itself is not touched, byte for byte. Colour profiles stay, for they are part of how
it looks, and so do animations. All functions raise ``ValueError`` for a file that is not built as
its format says.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator

from PIL.Image import Exif

_JPEG_END = 0xD9
_JPEG_SCAN = 0xDA
_JPEG_ALONE = {0x01, *range(0xD0, 0xD9)}  # markers without a length
_JPEG_KEPT = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}  # of the APP segments
_JPEG_COMMENT = 0xFE
_JPEG_MARKER = re.compile(rb"\xff++([^\x00\xd0-\xd7])")
_JPEG_DATA = re.compile(rb"(?:[^\xff]++|\xff++[\x00\xd0-\xd7])*+")  # of a scan

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PNG_DROPPED = {b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"}

_WEBP_DROPPED = {b"EXIF", b"XMP "}
_WEBP_FLAGS = 0x08 | 0x04  # in VP8X: that there is Exif, XMP

_SHORTEST = 16  # bytes of Exif or XMP that say anything; fewer might stand elsewhere, too
_EMPTY_EXIF = b"MM\0*\0\0\0\x08\0\0\0\0\0\0"  # a TIFF header and a directory without entries


def strip(data: bytes, kind: str, *, exif: bytes = b"", xmp: bytes = b"") -> bytes:
    """Take the metadata out of a file of this *kind*, as Pillow calls it.

    *exif* and *xmp* are what a decoder found in it. Returns *data* itself if there is nothing to
    take out. A GIF stays as it is: no camera writes one.
    """
    strippers: dict[str, Callable[[], bytes]] = {
        "JPEG": lambda: b"".join(_jpeg(data)),
        "PNG": lambda: b"".join(_png(data)),
        "WEBP": lambda: _webp(data),
        "AVIF": lambda: _avif(data, exif, xmp),
    }
    stripped = strippers[kind]() if kind in strippers else data
    return data if stripped == data else stripped


def orientation(exif: bytes) -> int:
    """Tell how the camera was held, 1 to 8 (Exif 2.32, 4.6.4); 1 is upright."""
    found = Exif()
    found.load(exif)
    value = found.get(0x0112, 1)
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _jpeg(data: bytes) -> Iterator[bytes]:
    """Yield the segments that stay (ITU-T T.81, annex B); the first image of several."""
    if not data.startswith(b"\xff\xd8"):
        raise ValueError("no JPEG")
    yield data[:2]
    at = 2
    while True:
        found = _JPEG_MARKER.match(data, at)
        if not found:
            raise ValueError(f"no marker at byte {at}")
        marker, at = found[1][0], found.end()
        if marker == _JPEG_END:
            yield b"\xff\xd9"
            return
        if marker in _JPEG_ALONE:
            yield bytes((0xFF, marker))
            continue
        length = _number(">H", data, at)
        segment = data[at : at + length]
        at += length
        if _is_picture(marker, segment[2:]):
            yield bytes((0xFF, marker)) + segment
        if marker == _JPEG_SCAN:
            scan = _JPEG_DATA.match(data, at)
            if scan:
                yield scan[0]
                at = scan.end()


def _is_picture(marker: int, content: bytes) -> bool:
    if 0xE0 <= marker <= 0xEF:
        return marker in _JPEG_KEPT and content.startswith(_JPEG_KEPT[marker])
    return marker != _JPEG_COMMENT


def _png(data: bytes) -> Iterator[bytes]:
    """Yield the chunks that stay (www.w3.org/TR/png-3, 5.3)."""
    if not data.startswith(_PNG_SIGNATURE):
        raise ValueError("no PNG")
    yield _PNG_SIGNATURE
    at, name = len(_PNG_SIGNATURE), b""
    while name != b"IEND":
        end = at + 12 + _number(">I", data, at)
        name = data[at + 4 : at + 8]
        if end > len(data):
            raise ValueError(f"no end of the chunk at byte {at}")
        if name not in _PNG_DROPPED:
            yield data[at:end]
        at = end


def _webp(data: bytes) -> bytes:
    """Leave out chunks (developers.google.com/speed/webp/docs/riff_container)."""
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        raise ValueError("no WebP")
    kept, at = [b"WEBP"], 12
    end = min(8 + _number("<I", data, 4), len(data))
    while at + 8 <= end:
        name, length = data[at : at + 4], _number("<I", data, at + 4)
        chunk = data[at : at + 8 + length + length % 2]
        if len(chunk) < 8 + length:
            raise ValueError(f"no end of the chunk at byte {at}")
        at += len(chunk)
        if name == b"VP8X":
            chunk = chunk[:8] + bytes((chunk[8] & ~_WEBP_FLAGS,)) + chunk[9:]
        if name not in _WEBP_DROPPED:
            kept.append(chunk)
    body = b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _avif(data: bytes, exif: bytes, xmp: bytes) -> bytes:
    """Blank what boxes hold: to take it out would move all that other boxes point to."""
    exif = exif.removeprefix(b"Exif\0\0")
    for written, blank in ((exif, _EMPTY_EXIF.ljust(len(exif), b"\0")), (xmp, b" " * len(xmp))):
        if len(written) < _SHORTEST or not written.strip(b"\0 ") or written == blank:
            continue
        if written not in data:
            raise ValueError("metadata that cannot be found")
        data = data.replace(written, blank)
    return data


def _number(form: str, data: bytes, at: int) -> int:
    try:
        number: int = struct.unpack_from(form, data, at)[0]
    except struct.error:
        raise ValueError(f"cut off at byte {at}") from None
    return number
