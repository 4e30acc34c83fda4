"""Homecoming: an export of ours brought back, into an empty blog or one that has posts.

Posts are known again by their uid, messages by their token, so that a second import changes
nothing, and an interrupted one goes on where it stopped.
"""

from __future__ import annotations

import logging
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Self

import sqlalchemy as sa

from ... import config, markdown
from ...errors import BlogError
from ...extensions import db
from ...markdown import fallback, pool
from ..files.trees import Tree, Unreadable
from ..found import Note, Skipped
from ..storing.storing import Outcome, Result
from . import archive, arrivals, correspondence, documents, exporter, histories, restoring, rows
from .archive import Manifest, Part
from .arrivals import Arrival, Lacking
from .restoring import Said, Unfit
from .rows import KINDS, Damaged, ImageRow, PostRow

GROUP = 20  # posts in a transaction: so long other writers wait
AHEAD = 12  # posts that are rendered while a group is stored
_PATIENCE = 10.0  # seconds for a text: this machine may be slower than the one that rendered it
_ROWS = 100  # tags or messages in a transaction
_MOST = 100_000_000  # bytes of a file

_Item = Result | Arrival | Lacking
_log = logging.getLogger(__name__)

_AGAIN = "the export is incomplete or damaged. Copy it once more, then import again"


def of(tree: Tree, *, rehearsal: bool = False) -> Homecoming | None:
    """Begin to bring back what is in *tree*; None if that is no export of ours.

    It may lie in the one folder of a zip. Raises ``BlogError`` if the export as a whole cannot
    be read.
    """
    if tree.is_one_file and tree.paths() != [archive.MANIFEST]:
        return None
    below = _below(tree)
    if not tree.has(below + archive.MANIFEST):
        if any(tree.has(f"{below}data/{kind}-0001.jsonl") for kind in KINDS):
            raise BlogError(f"{archive.MANIFEST} is missing: {_AGAIN}")
        return None
    try:
        manifest = archive.read_manifest(tree.read(below + archive.MANIFEST, _MOST))
    except (Damaged, Unreadable) as error:
        raise BlogError(f"{archive.MANIFEST} cannot be read: {error}") from None
    if manifest is None:
        return None
    return Homecoming(tree, below, manifest, rehearsal=rehearsal)


class Homecoming:
    """An import of an export; a *rehearsal* is to be rolled back by who follows ``store``."""

    def __init__(self, tree: Tree, below: str, manifest: Manifest, *, rehearsal: bool) -> None:
        self._tree = tree
        self._below = below
        self._manifest = manifest
        self._rehearsal = rehearsal
        self._renderers = ThreadPoolExecutor(pool.SIZE)
        self._coming: set[str] = set()  # posts and messages that only a rehearsal has brought
        self._same: set[str] = set()  # uids of posts that are just what they are in the export
        self._restore: dict[str, Callable[[Sequence[Any]], list[Said]]] = {
            "tags": restoring.tags_of,
            "revisions": lambda rows: histories.revisions(rows, self._same, self._coming),
            "previews": lambda rows: histories.previews(rows, self._coming),
            "gone": histories.gone,
            "messages": self._messages,
            "additions": lambda rows: correspondence.additions(rows, self._coming),
            "words": correspondence.words,
        }
        self.paths = list(self._paths())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._renderers.shutdown(wait=False, cancel_futures=True)

    def read(self) -> Iterator[str]:
        """Yield the path of every file; all of them are read when their turn comes."""
        yield from self.paths

    def store(self) -> Iterator[list[Result]]:
        """Bring everything in; yields what became of some files, and of rows that differ.

        What came with them is flushed then: commit, and what follows cannot undo it.
        """
        yield [*map(_refused, self._tree.refused), *self._differing_settings()]
        for kind in KINDS:
            for part in self._manifest.parts:
                if part.kind == kind:
                    yield from self._store(part)

    def _store(self, part: Part) -> Iterator[list[Result]]:
        if part.kind == "posts":
            return self._store_posts(part)
        if part.kind == "images":
            return self._store_images(part)
        return self._store_table(part, self._restore[part.kind])

    def _paths(self) -> Iterator[str]:
        """Name the files that a report will tell of."""
        for part in self._manifest.parts:
            if part.kind in self._restore:
                yield part.path
                continue
            for _, row in self._rows(part, []):
                yield row.file if isinstance(row, PostRow) else f"media/{row.name}"

    def _differing_settings(self) -> Iterator[Result]:
        """Tell of settings that are others here: they are no part of what comes in."""
        here = exporter.settings()
        notes = tuple(
            Note(f"{config.PREFIX}{name.upper()} is “{here[name]}” here, and was “{before}”")
            for name, before in self._manifest.settings.items()
            if name in here and here[name] != before
        )
        if notes:
            reason = "the blog's settings stay as they are here; pages differ by these:"
            yield Result(archive.MANIFEST, Outcome.KEPT, reason=reason, notes=notes)

    def _store_images(self, part: Part) -> Iterator[list[Result]]:
        refused: list[Result] = []
        for _, row in self._rows(part, refused):
            yield [self._image(row)]
        yield refused

    def _image(self, row: ImageRow) -> Result:
        path = f"media/{row.name}"
        if row.missing:
            reason = "it was missing already when the blog was exported"
            return Result(path, Outcome.SKIPPED, reason=reason)
        try:
            restoring.expect_image(row)
            data = self._content(path, row.digest)
            return Result(path, restoring.image(row, data, rehearsal=self._rehearsal))
        except Exception as error:  # whatever it is: the other files can come in
            return _failed(path, error)

    def _store_posts(self, part: Part) -> Iterator[list[Result]]:
        refused: list[Result] = []
        waiting: deque[_Item] = deque()
        for _, row in self._rows(part, refused):
            waiting.append(self._prepared(row))
            if len(waiting) >= GROUP + AHEAD:
                yield from self._settle([waiting.popleft() for _ in range(GROUP)])
        yield from self._settle(list(waiting))
        yield refused

    def _prepared(self, row: PostRow) -> _Item:
        """Find out what is to be done with a post, and let its text be rendered."""
        try:
            arrivals.expect_post(row)
            body = documents.body_of(self._content(row.file, row.sha256))
            here = arrivals.compare(row, body)
        except Exception as error:  # as above
            return _failed(row.file, error)
        if here is None and self._rehearsal:
            self._coming.add(row.uid)
        if here is None or arrivals.is_same(here, row):
            self._same.add(row.uid)
        return here or Arrival(row, body, self._renderers.submit(_render, row, body))

    def _settle(self, group: list[_Item]) -> Iterator[list[Result]]:
        """Store a group at once or, if that fails, each post of it for itself."""
        for item in group:
            if isinstance(item, Arrival):
                item.rendered.exception()  # waits, before others have to
        try:
            results = _stored(group)
        except Exception:  # one of them: each alone tells which, and why
            db.session.rollback()
            for item in group:
                yield [_alone(item)]
        else:
            yield results

    def _store_table(
        self, part: Part, restore: Callable[[Sequence[Any]], list[Said]]
    ) -> Iterator[list[Result]]:
        """Bring in rows that have no files; of those that came in, only the numbers are told."""
        results: list[Result] = []
        numbers: Counter[Outcome] = Counter()
        found = list(self._rows(part, results))
        for at in range(0, len(found), _ROWS):
            some = found[at : at + _ROWS]
            try:
                said = restore([row for _, row in some])
            except Exception:  # one of them, as above
                db.session.rollback()
                for each in some:
                    numbers += _tell(part, [each], [_one(restore, each[1])], results)
                    yield []
            else:
                numbers += _tell(part, some, said, results)
                yield []
        if numbers:
            results.insert(0, _sum_up(part, numbers))
        yield results

    def _messages(self, rows: Sequence[Any]) -> list[Said]:
        if self._rehearsal:
            self._coming.update(row.token_hash for row in rows)
        return correspondence.messages_of(rows)

    def _rows(self, part: Part, refused: list[Result]) -> Iterator[tuple[int, Any]]:
        """Read the rows of a file, with their lines; what cannot be read becomes a failure."""
        try:
            lines = archive.lines(part, self._tree.read(self._below + part.path, _MOST))
        except (Damaged, Unreadable) as error:
            refused.append(_failed(part.path, Unfit(f"{error}: {_AGAIN}")))
            return
        for number, line in enumerate(lines, start=1):
            try:
                yield number, rows.decode(KINDS[part.kind], line)
            except Damaged as error:
                refused.append(_failed(part.path, Unfit(str(error)), number))

    def _content(self, path: str, digest: str) -> bytes:
        """Read a file of the export; raises ``Unfit`` if it is not what was written."""
        try:
            data = self._tree.read(self._below + path, _MOST)
        except Unreadable as error:
            raise Unfit(f"{error}: {_AGAIN}") from None
        if archive.digest(data) != digest:
            raise Unfit(
                "it was changed since the export. Put back what was exported; or, if the change "
                "is meant, import this file alone, as a post of its own"
            )
        return data


def _below(tree: Tree) -> str:
    """Find the folder of the export: the tree itself, or the only folder in it."""
    tops = {path.partition("/")[0] for path in tree.paths()}
    if archive.MANIFEST in tops or len(tops) != 1:
        return ""
    return f"{tops.pop()}/"


def _refused(file: Skipped) -> Result:
    outcome = Outcome.FAILED if file.failed else Outcome.SKIPPED
    return Result(file.path, outcome, reason=file.reason)


def _render(row: PostRow, body: str) -> markdown.Rendered:
    if row.as_code:
        notice = "Shown as plain code, as it was in the blog that was exported."
        return fallback.as_code(body, notice=notice)
    return markdown.render(body, seconds=_PATIENCE)


def _stored(group: list[_Item]) -> list[Result]:
    done = iter(arrivals.arrive([item for item in group if isinstance(item, Arrival)]))
    results = []
    for item in group:
        if isinstance(item, Lacking):
            results.append(arrivals.complete(item))
        else:
            results.append(item if isinstance(item, Result) else next(done))
    return results


def _alone(item: _Item) -> Result:
    """Store one; somebody may have taken its address meanwhile."""
    if isinstance(item, Result):
        return item
    try:
        if isinstance(item, Arrival):
            item = arrivals.compare(item.row, item.body) or item
        return _stored([item])[0]
    except Exception as error:  # it takes no other with it
        db.session.rollback()
        assert not isinstance(item, Result)  # noqa: S101 - those are stored without any work
        return _failed(item.row.file, error)


def _one(restore: Callable[[Sequence[Any]], list[Said]], row: Any) -> Said:
    try:
        return restore([row])[0]
    except Exception as error:  # as above
        db.session.rollback()
        return Outcome.FAILED, _failed("", error).reason


def _tell(
    part: Part, rows: list[tuple[int, Any]], said: list[Said], results: list[Result]
) -> Counter[Outcome]:
    """Count what became of *rows*; what there is to say of some is added to *results*."""
    for (line, _), (outcome, reason) in zip(rows, said, strict=True):
        if reason:
            results.append(Result(part.path, outcome, reason=reason, line=line))
    return Counter(outcome for outcome, _ in said)


def _sum_up(part: Part, numbers: Counter[Outcome]) -> Result:
    first = next(outcome for outcome in Outcome if numbers[outcome])
    came = ", ".join(f"{numbers[outcome]} {outcome}" for outcome in Outcome if numbers[outcome])
    outcome = Outcome.KEPT if first is Outcome.FAILED else first  # each failure has its own line
    return Result(part.path, outcome, reason=f"{part.kind}: {came}")


def _failed(path: str, error: Exception, line: int | None = None) -> Result:
    """Report a failure; one that nobody has foreseen is written down wholly."""
    if isinstance(error, sa.exc.OperationalError):
        raise error  # the database is not there for the next one, either
    if isinstance(error, BlogError):
        return Result(path, Outcome.FAILED, reason=error.message, line=line)
    db.session.rollback()
    _log.error("%s could not be imported", path, exc_info=error)
    return Result(path, Outcome.FAILED, reason=f"{type(error).__name__}: {error}", line=line)
