"""Messages between the renderer's processes: JSON behind its length in four bytes."""

from __future__ import annotations

import json
import struct
from typing import IO, Any

_LENGTH = struct.Struct(">I")


def send(stream: IO[bytes], value: Any) -> None:
    """Write one message."""
    write(stream, packed(value))


def packed(value: Any) -> bytes:
    """Pack one message."""
    body = json.dumps(value).encode("ascii")
    return _LENGTH.pack(len(body)) + body


def write(stream: IO[bytes], message: bytes) -> None:
    """Write a message that was packed; the pipe may take it in pieces."""
    rest = memoryview(message)
    while rest:
        rest = rest[stream.write(rest) :]
    stream.flush()


def receive(stream: IO[bytes]) -> Any | None:
    """Read one message; None if the other side has gone away."""
    head = _read(stream, _LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    body = _read(stream, length)
    return json.loads(body) if len(body) == length else None


def _read(stream: IO[bytes], size: int) -> bytes:
    parts = []
    while size and (part := stream.read(size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
