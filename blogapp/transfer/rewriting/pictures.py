"""Pictures: the images of an old blog come along, each once, and texts show them from here."""

from __future__ import annotations

import posixpath
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass

from ... import images
from ...errors import Invalid
from ..files.trees import Tree, Unreadable
from .spellings import Target
from .whereabouts import Whereabouts

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
        self._waiting = tempfile.TemporaryFile()  # noqa: SIM115 - closed by close()

    def take(self, target: Target, source: str) -> Taken | None:
        """Take in the image that *target* means in the text at *source*; None without one."""
        path = self._whereabouts.find(target, source)
        if path is None or not path.lower().endswith(SUFFIXES):
            return None
        if path not in self._by_path:
            self._by_path[path] = self._read(path)
        return self._by_path[path]

    def keep(self, files: Iterable[images.File]) -> None:
        """Make images of the files that stored texts show; flushes."""
        for file in {file.digest: file for file in files}.values():
            if file.digest in self._places:
                self._waiting.seek(self._places[file.digest])
                images.keep(file.name, self._waiting.read(file.size))
                del self._places[file.digest]
            images.add(file)

    def close(self) -> None:
        """Let go of what nothing was made of."""
        self._waiting.close()

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
            self._places[file.digest] = self._waiting.seek(0, 2)
            self._waiting.write(picture.data)
        file = self._files[file.digest]
        return Taken(digest, f"/media/{file.name}", file)
