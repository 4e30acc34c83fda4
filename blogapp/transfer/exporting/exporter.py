"""Export: everything that the blog is, read in one moment and written file by file."""

from __future__ import annotations

import contextlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa

from ... import config, images, posts, trash
from ...extensions import db
from ...markdown import fallback
from ...models import (
    Addition,
    Author,
    Gone,
    Image,
    Message,
    OldAddress,
    Post,
    PreviewLink,
    Redirect,
    Revision,
    SpamWord,
    Tag,
    TagRedirect,
    post_tags,
    utcnow,
)
from . import archive, documents, readme
from .archive import Manifest, Rows
from .rows import (
    KINDS,
    AdditionRow,
    GoneRow,
    ImageRow,
    MessageRow,
    PostRow,
    PreviewRow,
    RevisionRow,
    TagRow,
    WordRow,
)
from .targets import Target

SETTINGS = (  # what pages depend on; no secret is among them
    *("title", "tagline", "author", "url", "timezone", "language"),
    *("cta_question", "cta_text"),
)
_AT_ONCE = 20  # posts with their bodies in memory


class Export:
    """One export. What is saved while it is made is not in it: all is of one moment.

    Nor is a post that has been in the trash for its term, whether it is purged already or not.
    *number* is how many files have to be written. *written* counts what was, by kind; *notes*
    tell what could not be.
    """

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._now = utcnow()
        self.written: Counter[str] = Counter()
        self.notes: list[str] = []
        self.number = self._count(Post, ~trash.is_over(self._now)) + self._count(Image)

    def counts(self) -> Counter[str]:
        """Count what there is, by kind."""
        number = {
            name: self._count(Post, state) for name, state in posts.states(self._now).items()
        }
        return Counter(
            posts=number["published"] + number["scheduled"],
            drafts=number["draft"],
            trash=number["trash"],
            revisions=self._count(Revision),
            tags=self._count(Tag),
            images=self._count(Image),
            messages=self._count(Message),
        )

    def write(self, target: Target) -> Iterator[None]:
        """Write everything; yields after each file of a post or image."""
        kinds = {kind: Rows(kind, target.add) for kind in KINDS}
        target.add(archive.README, readme.TEXT.encode())
        self._write_tags(kinds["tags"])
        yield from self._write_images(kinds["images"], target)
        yield from self._write_posts(kinds["posts"], target)
        self._write_revisions(kinds["revisions"])
        self._write_previews(kinds["previews"])
        self._write_gone(kinds["gone"])
        self._write_messages(kinds["messages"])
        self._write_additions(kinds["additions"])
        self._write_words(kinds["words"])
        for rows in kinds.values():
            rows.close()
        parts = tuple(part for rows in kinds.values() for part in rows.parts)
        target.add(archive.MANIFEST, archive.write_manifest(Manifest(settings(), parts)))

    def _write_tags(self, rows: Rows) -> None:
        query = sa.select(TagRedirect.tag_id, TagRedirect.name)
        former = self._grouped(query)
        found = self._connection.execute(sa.select(Tag.id, Tag.name, Tag.description)).all()
        for tag in sorted(found, key=lambda tag: tag.name):
            names = tuple(former[tag.id])
            rows.add(TagRow(name=tag.name, description=tag.description, former_names=names))
            self.written["tags"] += 1

    def _write_images(self, rows: Rows, target: Target) -> Iterator[None]:
        for image in self._each(Image):
            data = _content(image.name)
            if data is None:
                self.notes.append(
                    f"media/{image.name} is missing in the media folder. Put it back there "
                    "from a backup, then export again"
                )
            else:
                if archive.digest(data) != image.digest:
                    self.notes.append(
                        f"media/{image.name} is not what was stored once: it is damaged in the "
                        "media folder, and in this export. Put it back from a backup"
                    )
                target.add(f"media/{image.name}", data)
                self.written["images"] += 1
            rows.add(ImageRow(missing=data is None, **_values(image, ImageRow)))
            yield

    def _write_posts(self, rows: Rows, target: Target) -> Iterator[None]:
        zone = config.current().timezone
        for group in self._groups(Post, ~trash.is_over(self._now)):
            ids = [post.id for post in group]
            tags = self._grouped(
                sa.select(post_tags.c.post_id, Tag.name)
                .join(Tag, Tag.id == post_tags.c.tag_id)
                .where(post_tags.c.post_id.in_(ids))
            )
            slugs = self._grouped(
                sa.select(Redirect.post_id, Redirect.slug).where(Redirect.post_id.in_(ids))
            )
            paths = self._grouped(
                sa.select(OldAddress.post_id, OldAddress.path).where(OldAddress.post_id.in_(ids))
            )
            for post in group:
                row = _row(
                    post,
                    file=documents.place(
                        post.slug, post.uid, post.published_at, zone, trashed=post.shelf == "trash"
                    ),
                    tags=tuple(tags[post.id]),
                    redirects=tuple(slugs[post.id]),
                    old_addresses=tuple(paths[post.id]),
                )
                data = documents.write(row, post.body, zone)
                target.add(row.file, data)
                rows.add(archive.signed(row, data))
                self.written[_kind(post)] += 1
                yield

    def _write_revisions(self, rows: Rows) -> None:
        names: dict[int | None, str] = dict(
            self._connection.execute(sa.select(Author.id, Author.name)).all()
        )
        for revision, post in self._of_posts(Revision):
            if post is None:
                continue
            values = _values(revision, RevisionRow) | {"tags": tuple(revision.tags)}
            rows.add(RevisionRow(post=post, author=names.get(revision.author_id), **values))
            self.written["revisions"] += 1

    def _write_previews(self, rows: Rows) -> None:
        for link, post in self._of_posts(PreviewLink):
            if post is not None:
                rows.add(PreviewRow(post=post, **_values(link, PreviewRow)))

    def _write_gone(self, rows: Rows) -> None:
        for gone in self._connection.execute(
            sa.select(Gone.path, Gone.gone_at).order_by(Gone.path)
        ):
            rows.add(GoneRow(path=gone.path, gone_at=gone.gone_at))

    def _write_messages(self, rows: Rows) -> None:
        for message, post in self._of_posts(Message):
            values = _values(message, MessageRow) | {"spam_reasons": tuple(message.spam_reasons)}
            rows.add(MessageRow(post=post, **values))
            self.written["messages"] += 1

    def _write_additions(self, rows: Rows) -> None:
        for group in self._groups(Addition):
            ids = {addition.message_id for addition in group}
            query = sa.select(Message.id, Message.token_hash).where(Message.id.in_(ids))
            tokens: dict[int, str] = dict(self._connection.execute(query).all())
            for addition in group:
                values = _values(addition, AdditionRow)
                rows.add(AdditionRow(message=tokens[addition.message_id], **values))

    def _write_words(self, rows: Rows) -> None:
        for word in self._connection.scalars(sa.select(SpamWord.word).order_by(SpamWord.word)):
            rows.add(WordRow(word=word))

    def _of_posts(self, table: type[Any]) -> Iterator[tuple[sa.Row[Any], str | None]]:
        """Read a table by id, each row with the uid of its post, if that is in the export."""
        for group in self._groups(table):
            ids = {row.post_id for row in group}
            query = sa.select(Post.id, Post.uid).where(Post.id.in_(ids))
            query = query.where(~trash.is_over(self._now))
            uids: dict[int | None, str] = dict(self._connection.execute(query).all())
            for row in group:
                yield row, uids.get(row.post_id)

    def _count(self, table: type[Any], *conditions: sa.ColumnElement[bool]) -> int:
        number = sa.select(sa.func.count()).select_from(table).where(*conditions)
        return self._connection.scalar(number) or 0

    def _each(self, table: type[Any]) -> Iterator[sa.Row[Any]]:
        for rows in self._groups(table):
            yield from rows

    def _groups(
        self, table: type[Any], *conditions: sa.ColumnElement[bool]
    ) -> Iterator[list[sa.Row[Any]]]:
        """Read a table by id, some rows at a time."""
        made = _MADE if table is Post else frozenset[str]()
        columns = [column for column in table.__table__.columns if column.name not in made]
        query, last = sa.select(*columns).where(*conditions).order_by(table.id), 0
        query = query.limit(_AT_ONCE)
        while rows := list(self._connection.execute(query.where(table.id > last))):
            yield rows
            last = rows[-1].id

    def _grouped(self, query: sa.Select[int, str]) -> defaultdict[int, list[str]]:
        """Read pairs of an id and a name: the names of each, sorted."""
        names: defaultdict[int, list[str]] = defaultdict(list)
        for id_, name in sorted(self._connection.execute(query).all()):
            names[id_].append(name)
        return names


# What rendering makes of a body, and nobody asks for here.
_MADE = frozenset({"headings", "plain", "excerpt", "minutes", "renderer_version"})


@contextlib.contextmanager
def opened() -> Iterator[Export]:
    """Begin an export of the blog as it is now, on a connection of its own."""
    with db.engine.connect() as plain:
        if plain.dialect.name == "sqlite":
            # sqlite3 itself begins a transaction only with a write.
            plain.connection.cursor().execute("BEGIN")
            connection = plain
        else:
            connection = plain.execution_options(isolation_level="REPEATABLE READ")
        yield Export(connection)


def settings() -> dict[str, str]:
    """Name the settings that pages depend on, with their values."""
    current = config.current()
    return {name: str(getattr(current, name)) for name in SETTINGS}


def counted(written: Counter[str]) -> str:
    """Say what was written: ``12 posts, 3 drafts, 1 tag``."""
    kinds = ("posts", "drafts", "tags", "images", "messages", "revisions")
    numbers = ((written[kind], kind) for kind in kinds)
    parts = [f"{number} {kind if number != 1 else kind[:-1]}" for number, kind in numbers]
    if written["trash"]:
        parts.insert(2, f"{written['trash']} in the trash")
    return ", ".join(parts)


def _kind(post: sa.Row[Any]) -> str:
    if post.shelf == "trash":
        return "trash"
    return "posts" if post.published_at else "drafts"


def _row(post: sa.Row[Any], **rest: Any) -> PostRow:
    came = post.imported_tags
    tags = None if came is None else tuple(came)
    values = _values(post, PostRow) | {"imported_tags": tags}
    return PostRow(**values, as_code=_is_code(post), sha256="", **rest)


def _is_code(post: sa.Row[Any]) -> bool:
    """Whether all that pages show of a text is the text: it was too much for the renderer."""
    if not post.body_html.startswith('<figure class="code"><pre'):
        return False
    return bool(post.body_html == fallback.as_code(post.body, notice="").html)


def _values(row: sa.Row[Any], kind: type[Any]) -> dict[str, Any]:
    """Take the columns that a kind of rows has fields for."""
    return {name: value for name, value in row._mapping.items() if name in _fields(kind)}


def _fields(kind: type[Any]) -> Iterable[str]:
    return kind.__dataclass_fields__.keys()  # type: ignore[no-any-return] # dataclasses' own


def _content(name: str) -> bytes | None:
    try:
        return images.path(name).read_bytes()
    except FileNotFoundError:
        return None
