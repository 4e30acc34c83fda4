"""Pictures: the images of an old blog come along, each once, and texts show them from here."""

from __future__ import annotations

import os
import posixpath
import tempfile
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

from ... import images
from ...errors import Invalid
from ..files.trees import Tree, Unreadable
from .spellings import Target
from .whereabouts import Whereabouts

WORKERS = 2  # that make smaller copies, while texts are rendered and stored
SUFFIXES = (
    *(".png", ".jpg", ".jpeg", ".jpe", ".gif", ".webp", ".avif", ".svg"),
    *(".bmp", ".tif", ".tiff", ".ico", ".heic", ".apng", ".jfif"),
)


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an image: its *url* here, or the *reason* why it stays where it was.

    *digest* sums up what was found, to be compared by the next import. *file* is to be added
    with the text that shows it, unless it is known.
    """

    digest: str
    url: str = ""
    file: images.File | None = None
    reason: str = ""


class Pictures:
    """The images in *tree*; cleaned ones wait on disk until ``keep``, but in a *rehearsal*."""

    def __init__(self, tree: Tree, *, rehearsal: bool = False) -> None:
        self._tree = tree
        self._whereabouts = Whereabouts(tree, SUFFIXES)
        self._rehearsal = rehearsal
        self._by_path: dict[str, Taken] = {}
        self._by_digest: dict[str, Taken] = {}
        self._files: dict[str, images.File] = {}  # by the digest of what is served
        self._places: dict[str, int] = {}  # of those that wait, by the same
        self._copies: dict[str, Future[list[images.Copy]]] = {}  # of these, by the same
        self._workers = ThreadPoolExecutor(WORKERS)
        self._waiting = tempfile.TemporaryFile()  # noqa: SIM115 - closed by close()

    def take(self, target: Target, source: str) -> Taken | None:
        """Take in the image that *target* means in the text at *source*; None without one."""
        path = self._whereabouts.find(target, source)
        if path is None or not path.lower().endswith(SUFFIXES):
            return None
        if path not in self._by_path:
            self._by_path[path] = self._read(path)
        return self._by_path[path]

    def complete(self, files: Iterable[images.File]) -> list[images.File]:
        """Wait until it is known which copies there are of the files that texts show."""
        known = [self._copied(file.digest) for file in files]
        return [*{file.digest: file for file in known}.values()]

    def add(self, files: Iterable[images.File]) -> None:
        """Make images of files that are complete, before the texts are stored; flushes."""
        for file in files:
            images.add(file)

    def keep(self, files: Iterable[images.File]) -> None:
        """Write the files, once the texts that show them are stored."""
        for file in files:
            if file.digest in self._places:
                images.keep(file.name, self._waited(self._places.pop(file.digest), file.size))
                images.copy(file.name, self._copies.pop(file.digest).result())

    def close(self) -> None:
        """Let go of what nothing was made of."""
        self._workers.shutdown(cancel_futures=True)
        self._waiting.close()

    def _copied(self, digest: str) -> images.File:
        """Wait until it is known which copies there are of a file."""
        if digest in self._copies:
            widths = tuple(copy.width for copy in self._copies[digest].result())
            self._files[digest] = replace(self._files[digest], widths=widths)
        return self._files[digest]

    def _made(self, picture: images.Picture, place: int, size: int) -> list[images.Copy]:
        return images.copies.make(replace(picture, data=self._waited(place, size)))

    def _waited(self, place: int, size: int) -> bytes:
        return os.pread(self._waiting.fileno(), size, place)

    def _read(self, path: str) -> Taken:
        try:
            data = self._tree.read(path, images.MOST_BYTES)
        except Unreadable as error:
            return Taken("", reason=str(error))
        digest = images.digest(data)
        if digest not in self._by_digest:
            self._by_digest[digest] = self._taken(data, posixpath.basename(path), digest)
        return self._by_digest[digest]

    def _taken(self, data: bytes, name: str, digest: str) -> Taken:
        if known := images.known(digest):
            return Taken(digest, f"/media/{known.name}")
        try:
            picture = images.accept(data)
        except Invalid as error:
            return Taken(digest, reason=error.message)
        if self._rehearsal:
            return Taken(digest, f"/media/{name}")
        file = images.name_file(picture, name, original_digest=digest)
        if file.digest not in self._files:
            self._files[file.digest] = file
            place = self._places[file.digest] = self._waiting.seek(0, 2)
            self._waiting.write(picture.data)
            self._waiting.flush()
            still = replace(picture, data=b"")  # else all that wait would be in memory
            made = self._workers.submit(self._made, still, place, file.size)
            self._copies[file.digest] = made
        file = self._files[file.digest]
        return Taken(digest, f"/media/{file.name}", file)
