"""Old blogs: folders of another system, written and read in a test."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

from blogapp.transfer.files import trees
from blogapp.transfer.reading import sources, systems
from blogapp.transfer.reading.sources import Skipped, SourcePost

BERLIN = ZoneInfo("Europe/Berlin")
POST = "---\ntitle: T\ndate: 2020-01-01T12:00Z\n---\nText\n"


class OldBlog:
    """A folder that a test fills; each read looks at all of it anew."""

    def __init__(self, folder: Path, files: dict[str, str] | None = None) -> None:
        self.folder = folder
        for name, text in (files or {}).items():
            self.write(name, text)

    def write(self, name: str, content: str | bytes = POST) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def read(self, name: str, *, system: str | None = None) -> SourcePost | Skipped:
        with trees.opened(self.folder) as tree:
            found = systems.detect(tree, system)
            return sources.read(tree, name, system=found, zone=BERLIN)

    def post(self, name: str, content: str | bytes = POST) -> SourcePost:
        """Write a file and read it as a post."""
        self.write(name, content)
        found = self.read(name)
        assert isinstance(found, SourcePost), found
        return found

    def refusal(self, name: str, content: str | bytes = POST) -> Skipped:
        """Write a file and read why it is no post."""
        self.write(name, content)
        found = self.read(name)
        assert isinstance(found, Skipped), found
        return found


def header(*lines: str, body: str = "Text\n") -> str:
    """Write a file with YAML front matter, a title in it."""
    return "\n".join(["---", "title: T", *lines, "---", body])


def notes_of(post: SourcePost) -> list[str]:
    return [str(note) for note in post.notes]
