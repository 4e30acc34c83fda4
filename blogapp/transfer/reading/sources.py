"""Sources: the texts of another blog, each read as a post or refused with a reason."""

from __future__ import annotations

from datetime import UTC, datetime
from html import unescape
from zoneinfo import ZoneInfo

from ..files.trees import Tree, Unreadable
from ..found import Note, Skipped, SourcePost
from ..headers import frontmatter
from . import (
    excerpts,
    meanings,
    moments,
    names,
    nonposts,
    notes,
    old_urls,
    places,
    shortcodes,
    titles,
)
from .derived_urls import Facts
from .fields import Fields
from .places import SUFFIXES
from .systems import System

__all__ = ["SUFFIXES", "Note", "Skipped", "SourcePost", "find", "read"]

MAX_BYTES = 2_000_000  # what the editor can take, too

_LIQUID = {"eleventy", "hexo", "jekyll"}  # and so reads {% raw %}
_NO_SYSTEM = System(())


def find(tree: Tree) -> list[str]:
    """List the texts of *tree*, sorted; a file that was chosen may be called ``.txt``, too."""
    suffixes = (*SUFFIXES, ".txt", ".text") if tree.is_one_file else SUFFIXES
    return [path for path in tree.paths() if path.lower().endswith(suffixes)]


def read(tree: Tree, path: str, *, system: System | None, zone: ZoneInfo) -> SourcePost | Skipped:
    """Read a file of *tree* as a post; never raises.

    A post whose date neither its header nor its name, its address or git tells is a draft.
    Dates without an offset are local to the zone that the old blog names, else to *zone*.
    """
    try:
        return _Reading(tree, path, system or _NO_SYSTEM, zone).post()
    except frontmatter.FrontMatterError as error:
        return Skipped(path, error.cause, failed=True, line=error.line)
    except _Refused as refusal:
        return Skipped(path, str(refusal), refusal.failed, refusal.line)


class _Refused(Exception):
    def __init__(self, reason: str, *, failed: bool = False, line: int | None = None) -> None:
        super().__init__(reason)
        self.failed = failed
        self.line = line


class _Reading:
    """A file on its way to a post."""

    def __init__(self, tree: Tree, path: str, system: System, zone: ZoneInfo) -> None:
        self.tree, self.path, self.system = tree, path, system
        self.site = system.at(path)
        self.zone = self.site.zone or zone
        self.notes: list[Note] = []
        self.is_misdated = False
        self.place = places.of(path, top=tree.name, short=self.site.name == "pelican")
        if reason := nonposts.by_place(tree, system, path, self.place):
            raise _Refused(reason)
        self.fields = Fields.of(_decoded(tree, path))
        self.body, self.body_line = self.fields.body, self.fields.body_line

    def post(self) -> SourcePost:
        fields = self.fields
        if not fields.notation and not self.body.strip():
            raise _Refused("the file is empty")
        published_at = self._published_at()
        self._refuse_what_is_no_post(is_dated=published_at is not None)
        updated_at, wrong = fields.moment(names.UPDATES, self.zone)
        self._tell(wrong, "the post comes in without it")
        draft, why = meanings.draft(fields, self.place, datetime.now(UTC))
        self.notes += why
        if published_at is None and not draft:
            published_at = self._added_at()
            draft = published_at is None

        self._translate()
        title = self._title()
        separators = (fields.text("excerptseparator"), self.site.separator)
        self.body, excerpt = excerpts.take_out(self.body, separators)
        language = self._language()
        self.notes += fields.guessed.values()
        self.notes += notes.of(
            fields, self.body, self.body_line, mdx=self.path.lower().endswith(".mdx")
        )
        return SourcePost(
            path=self.path,
            title=title,
            body=self.body,
            slug=self._slug(),
            description=self._shown(meanings.description(fields)) or excerpt,
            tags=meanings.tags(fields, self.site),
            published_at=published_at.astimezone(UTC) if published_at else None,
            updated_at=updated_at.astimezone(UTC) if updated_at else None,
            draft=draft,
            unlisted=meanings.unlisted(fields),
            minutes=meanings.minutes(fields),
            language=language,
            series=meanings.series(fields),
            addresses=self._addresses(title, published_at, language),
            body_line=self.body_line,
            notes=tuple(self.notes),
        )

    def _published_at(self) -> datetime | None:
        """Find the date in the header, the name or an address, in the zone that it has there."""
        found, wrong = self.fields.moment(names.DATES, self.zone)
        day = self.place.day or places.day_in(old_urls.written(self.fields))
        if found is None and day is not None:
            try:
                found = moments.read(day, self.zone)
            except ValueError as error:
                wrong.append(Note(f"its name: {error}"))
            else:
                self._tell(wrong, f"{day} is taken, from its name")
                return found
        self._tell(wrong, "it is left out")
        self.is_misdated = found is None and bool(wrong)
        return found

    def _refuse_what_is_no_post(self, *, is_dated: bool) -> None:
        reason = nonposts.by_content(
            self.tree, self.system, self.path, self.place, self.fields, is_dated=is_dated
        )
        if reason:
            raise _Refused(reason)

    def _added_at(self) -> datetime | None:
        found = None if self.is_misdated else self.tree.added_at(self.path)
        if found is None:
            cause = "its date is wrong" if self.is_misdated else "no date in it, its name or git"
            self.notes.append(
                Note(f"{cause}: it comes in as a draft; date it, or publish it here")
            )
        return found

    def _translate(self) -> None:
        """Turn what other systems have for code into fences."""
        site, fields = self.site.name, self.fields
        self.body = shortcodes.as_fences(
            self.body,
            liquid=site in _LIQUID and fields.notation == "yaml",
            indented=site in ("mkdocs", "pelican") or fields.notation == "keys",
        )

    def _title(self) -> str:
        """Find the title, and take it off the text where it stands there again."""
        title = self.fields.text("title")
        if not title and self.fields.values.get("title"):
            cause = "the title is not text; put it in quotes"
            raise _Refused(cause, failed=True, line=self.fields.line("title"))
        heading = titles.on_top(self.body, title) if title else titles.first(self.body)
        if heading:
            self.body, lines = titles.without(self.body, heading)
            self.body_line += lines
        if title:
            return self._shown(title)
        if heading:
            return heading.words
        self.notes.append(Note("no title: it is made of the file's name"))
        return places.name_in_words(self.place.slug) if self.place.slug else self.place.stem

    def _shown(self, text: str) -> str:
        """Read entities as the templates of blog systems did; elsewhere ``&amp;`` is text."""
        return unescape(text) if self.site.name not in ("", "plain") else text

    def _language(self) -> str | None:
        written, wrong = meanings.language(self.fields)
        self.notes += wrong
        inside = self.system.language(self.path)
        return written or self.place.language or (inside[1] if inside else None)

    def _slug(self) -> str | None:
        written = self.fields.text("slug").strip("/").rpartition("/")[2]
        return written or old_urls.last_name(self.fields) or self.place.slug

    def _addresses(
        self, title: str, published_at: datetime | None, language: str | None
    ) -> tuple[str, ...]:
        here = self.site.name in ("hexo", "jekyll") and self.site.zone
        inside = self.system.language(self.path)
        facts = Facts(
            path=self.path,
            place=self.place,
            title=title,
            slug=self.fields.text("slug"),
            when=published_at.astimezone(here) if published_at and here else published_at,
            categories=tuple(meanings.categories(self.fields, self.site)),
            language=language,
            language_folder=inside[0] if inside else "",
        )
        return old_urls.of(self.site, self.fields, facts)

    def _tell(self, wrong: list[Note], consequence: str) -> None:
        self.notes += (Note(f"{note.text} ({consequence})", note.line) for note in wrong)


def _decoded(tree: Tree, path: str) -> str:
    try:
        data = tree.read(path, MAX_BYTES)
    except Unreadable as error:
        raise _Refused(str(error), failed=True) from None
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _Refused("not UTF-8; save the file as UTF-8", failed=True, line=line) from None
    if "\0" in text:
        raise _Refused("holds zero bytes; save the file as text in UTF-8", failed=True)
    return text
