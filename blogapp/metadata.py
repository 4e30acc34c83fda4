"""Metadata of images: what cameras and programs write beside the picture, taken out.

The picture itself is not touched, byte for byte. Colour profiles stay, for they are part of how
it looks, and so do animations. All functions raise ``ValueError`` for a file that is not built as
its format says.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator
from itertools import islice

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

_GIF_LOOPS = {b"NETSCAPE2.0", b"ANIMEXTS1.0"}  # applications whose extensions are of the picture
_GIF_PROFILE = b"ICCRGBG1012"
_GIF_CONTROL = 0xF9

_WEBP_DROPPED = {b"EXIF", b"XMP "}
_WEBP_FLAGS = 0x08 | 0x04  # in VP8X: that there is Exif, XMP

_AVIF_FOLDERS = {b"moov", b"trak"}  # boxes of boxes in which there may be a meta box, too
_AVIF_TOLD = {b"Exif", b"mime"}  # types of items: Exif, XMP
_SHORTEST = 16  # bytes of Exif or XMP that say anything; fewer might stand elsewhere, too
_MOST_PARTS = 10_000  # of items; zero bytes are enough for any number of empty ones
_EMPTY_EXIF = b"\0\0\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0"  # TIFF, with no entry at all


def strip(data: bytes, kind: str, *, exif: bytes = b"", xmp: bytes = b"") -> bytes:
    """Take the metadata out of a file of this *kind*, as Pillow calls it.

    *exif* and *xmp* are what a decoder found in it. Returns *data* itself if there is nothing to
    take out.
    """
    strippers: dict[str, Callable[[], bytes]] = {
        "JPEG": lambda: b"".join(_jpeg(data)),
        "PNG": lambda: b"".join(_png(data)),
        "GIF": lambda: b"".join(_gif(data)),
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


def _gif(data: bytes) -> Iterator[bytes]:
    """Yield the blocks that stay (GIF89a, appendix B): no comments, no texts, no XMP."""
    if data[:6] not in {b"GIF87a", b"GIF89a"}:
        raise ValueError("no GIF")
    at = 13 + _gif_colours(_number("B", data, 10))
    yield data[:at]
    while (kind := data[at : at + 1]) not in {b";", b""}:
        if kind == b"\0":  # some programs write one block end too many
            end = at + 1
        elif kind == b",":
            pixels = at + 10 + _gif_colours(_number("B", data, at + 9))
            end = _gif_blocks(data, pixels + 1)
            yield data[at:end]
        elif kind == b"!":
            end = _gif_blocks(data, at + 2)
            if _is_of_gif(data[at + 1 : at + 2], data[at + 3 : at + 14]):
                yield data[at:end]
        else:
            raise ValueError(f"no block at byte {at}")
        at = end
    yield b";"


def _gif_colours(flags: int) -> int:
    """How many bytes of colours follow, as packed *flags* say."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _gif_blocks(data: bytes, at: int) -> int:
    """Find the end of blocks that each begin with their length; one of none ends them."""
    while length := _number("B", data, at):
        at += 1 + length
    return at + 1


def _is_of_gif(label: bytes, application: bytes) -> bool:
    if label == b"\xff":
        return application in _GIF_LOOPS or application == _GIF_PROFILE
    return label == bytes((_GIF_CONTROL,))


def _avif(data: bytes, exif: bytes, xmp: bytes) -> bytes:
    """Blank what items hold: to take them out would move all that other boxes point to.

    Raises ``ValueError`` if something that the decoder found is still there then.
    """
    blanked = bytearray(data)
    for start, end in _avif_boxes(data, 0, len(data)):
        for kind, at, length in _avif_items(data, start, end):
            empty = _EMPTY_EXIF[:length] if kind == b"Exif" else b" " * length
            blanked[at : at + length] = empty.ljust(length, b"\0")
    for found in (exif.removeprefix(b"Exif\0\0"), xmp):
        told = found.strip(b"\0 ") not in _EMPTY_EXIF and len(found) >= _SHORTEST
        if told and found in blanked:
            raise ValueError("metadata that cannot be taken out")
    return bytes(blanked)


def _avif_boxes(data: bytes, at: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield where the content of each meta box is (ISO/IEC 14496-12, 4.2 and 8.11)."""
    for name, start, stop in _boxes(data, at, end):
        if name == b"meta":
            yield start + 4, stop
        elif name in _AVIF_FOLDERS:
            yield from _avif_boxes(data, start, stop)


def _avif_items(data: bytes, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield the kind, place and length of what items of metadata hold (8.11.3, 8.11.6)."""
    inside = {name: (start, stop) for name, start, stop in _boxes(data, at, end)}
    if not inside.keys() >= {b"iinf", b"iloc"}:
        return
    kinds = dict(_avif_kinds(data, *inside[b"iinf"]))
    own = inside.get(b"idat", (0, 0))[0]
    parts = islice(_avif_extents(data, inside[b"iloc"][0]), _MOST_PARTS)
    for item, place, length, is_own in parts:
        if kinds.get(item) not in _AVIF_TOLD:
            continue
        place += own if is_own else 0
        if place + length > len(data):
            raise ValueError(f"an item behind the end, at byte {place}")
        yield kinds[item], place, length


def _avif_kinds(data: bytes, at: int, end: int) -> Iterator[tuple[int, bytes]]:
    """Yield the ids of items, and their types."""
    short = _number("B", data, at) == 0
    for _, start, _ in _boxes(data, at + (6 if short else 8), end):
        version = _number("B", data, start)
        form, size = (">H", 2) if version < 3 else (">I", 4)
        place = start + 4 + size + 2
        yield _number(form, data, start + 4), data[place : place + 4]


def _avif_extents(data: bytes, at: int) -> Iterator[tuple[int, int, int, bool]]:
    """Yield of each part of an item: its id, place, length, and whether that is in ``idat``."""
    version, sizes = _number("B", data, at), _number(">H", data, at + 4)
    of_place, of_length, of_base = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15
    of_index = sizes & 15 if version else 0
    id_size = 2 if version < 2 else 4
    reader = _Reader(data, at + 6)
    for _ in range(reader.number(id_size)):
        item = reader.number(id_size)
        method = reader.number(2) & 15 if version else 0
        reader.number(2)  # which file: always this one
        base = reader.number(of_base)
        for _ in range(reader.number(2)):
            reader.number(of_index)
            place = base + reader.number(of_place)
            yield item, place, reader.number(of_length), method == 1


class _Reader:
    """Reads numbers of several sizes, one after the other."""

    def __init__(self, data: bytes, at: int) -> None:
        self._data = data
        self._at = at

    def number(self, size: int) -> int:
        piece = self._data[self._at : self._at + size]
        if len(piece) < size:
            raise ValueError(f"cut off at byte {self._at}")
        self._at += size
        return int.from_bytes(piece, "big")


def _boxes(data: bytes, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield the name of each box, and where its content begins and ends."""
    while at + 8 <= end:
        length, name, begin = _number(">I", data, at), data[at + 4 : at + 8], at + 8
        if length == 1:
            length, begin = _number(">Q", data, begin), begin + 8
        stop = end if length == 0 else at + length
        if not begin <= stop <= end:
            raise ValueError(f"no end of the box at byte {at}")
        yield name, begin, stop
        at = stop


def _number(form: str, data: bytes, at: int) -> int:
    try:
        number: int = struct.unpack_from(form, data, at)[0]
    except struct.error:
        raise ValueError(f"cut off at byte {at}") from None
    return number
