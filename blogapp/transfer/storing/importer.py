"""Import: posts from the files of another blog, each once, however often it is repeated.

First all files are read, to learn which posts there are and where; what was read waits on disk.
Then texts are rendered ahead, in the renderer's processes, while those before them are stored;
of those that lead nowhere in the old blog, some are rendered already while others are read.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Self
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from ... import addresses, collecting, posts
from ...errors import BlogError
from ...extensions import db
from ...models import Post
from ..files.trees import Tree
from ..found import Note, Skipped, SourcePost
from ..reading import sources
from ..reading.systems import System
from ..rewriting import destinations
from ..rewriting.links import Book, Links
from ..rewriting.pictures import Pictures
from ..rewriting.rewriting import Rewriter
from ..rewriting.spellings import Home
from . import changes, plans, storing
from .pace import Pace
from .plans import Plan
from .renderers import Renderers
from .spool import Spool
from .storing import Outcome, Result, Work

__all__ = ["Import", "Outcome", "Result"]

GROUP = 200  # posts in a transaction, at most
AHEAD = 200  # posts that may be rendered while a group is stored
HEAVY = 4_000_000  # characters of texts that wait, at most, and one more text
_IN_TRASH = "it is in the trash here, so the file was not taken; to restore it: /admin/posts/{}"
_OVERLAP = (
    "here and in the file, the same was changed since its import ({}), so the file was not taken"
)
_LESS = "less of what it shows and links to is here than before, so that stays as it was"

_UNKEPT = (
    "it has a query, begins like a page of this blog's own, has dots or signs that no page has, "
    "or is too long"
)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Moved:
    """A post that stays as it is, and whose file lies elsewhere now."""

    plan: Plan
    result: Result


_Item = Result | Work | _Moved


class Import:
    """One import: ``read`` all of it, then ``store`` all of it.

    *homes* are where the blog was. Dates without a zone are in *zone*, and texts that name no
    language are in *language*. A *rehearsal* tells what would happen, and changes nothing.
    """

    def __init__(
        self,
        tree: Tree,
        *,
        system: System | None,
        zone: ZoneInfo,
        language: str,
        homes: Sequence[Home] = (),
        rehearsal: bool = False,
    ) -> None:
        self.paths = sources.find(tree)
        self._tree = tree
        self._system, self._zone, self._language = system, zone, language
        self._rehearsal = rehearsal
        self._spool = Spool[SourcePost]()
        self._left_out: dict[str, Skipped] = {}
        self._plans: dict[str, Plan] = {}
        self._book = Book()
        self._owned: dict[str, tuple[int, str]] = {}  # old addresses that lead somewhere already
        self._pictures = Pictures(tree, rehearsal=rehearsal)
        self._rewriter = Rewriter(self._pictures, Links(tree, self._book), homes)
        self._renderers = Renderers()
        self._pace = Pace(GROUP)
        self._until_closed = ExitStack()

    def __enter__(self) -> Self:
        self._until_closed.enter_context(collecting.seldom())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._until_closed.close()
        self._renderers.close()
        self._spool.close()
        self._pictures.close()

    def read(self) -> Iterator[str]:
        """Read every file, yielding its path; nothing is stored."""
        old: dict[str, tuple[str, ...]] = {}
        stored = plans.stored()
        for path in self.paths:
            try:
                found = sources.read(self._tree, path, system=self._system, zone=self._zone)
                if isinstance(found, Skipped):
                    self._left_out[path] = found
                else:
                    self._plans[path] = self._planned(found, stored)
                    old[path] = found.addresses
            except Exception as error:  # whatever it is: the other files can be read
                self._left_out[path] = Skipped(path, _cause(error, path), failed=True)
            yield path
        plans.settle(list(self._plans.values()), language=self._language, has=self._tree.has)
        # Copies come last: what the first says of its addresses is more certain.
        for path, plan in sorted(self._plans.items(), key=lambda item: bool(item[1].copy_of)):
            slug = self._plans[plan.copy_of].slug if plan.copy_of else plan.slug
            self._book.add(path, slug, old[path], copy_of=plan.copy_of)
        self._book.settle()
        self._owned = addresses.taken(url for urls in old.values() for url in urls)

    def store(self) -> Iterator[list[Result]]:
        """Store what was read; yields what became of some files, in the order of their paths.

        Their posts are flushed then: commit, and what follows cannot undo it. Of a rehearsal
        there is nothing to commit. A file that fails takes no other with it.
        """
        yield [_left_out(refused) for refused in self._tree.refused]
        waiting: deque[_Item] = deque()
        weight = 0
        for path in self.paths:
            waiting.append(self._prepare(path))
            weight += _weight(waiting[-1])
            if len(waiting) >= GROUP + AHEAD or weight > HEAVY:
                yield from self._settle(group := self._first(waiting))
                weight -= sum(map(_weight, group))
        while waiting:
            yield from self._settle(self._first(waiting))

    def _planned(self, found: SourcePost, stored: set[str]) -> Plan:
        """Begin the plan of a post, which waits on disk for its turn."""
        leads, place = self._rewriter.may_change(found), self._spool.put(found)
        plan = plans.of(found, self._tree.source(found.path), place, leads=leads)
        if plan.digest not in stored and not leads:
            self._renderers.begin_early(found.path, found.body)
        return plan

    def _prepare(self, path: str) -> _Item:
        """Find out what is to be done with a file, and let its text be rendered."""
        if path in self._left_out:
            return _left_out(self._left_out[path])
        plan = self._plans[path]
        if plan.copy_of:
            reason = f"it says the same as {plan.copy_of}, which comes in"
            return Result(path, Outcome.SKIPPED, reason=reason)
        try:
            return self._compared(plan, self._spool.get(plan.place))
        except sa.exc.OperationalError:
            raise  # the database is not there for the next file, either
        except Exception as error:  # as above
            db.session.rollback()
            return Result(path, Outcome.FAILED, reason=_cause(error, path))

    def _compared(self, plan: Plan, found: SourcePost) -> _Item:
        rewritten = self._rewriter.rewrite(found, leads=plan.leads)
        old = tuple(self._book.urls(plan.path))
        linked = plans.summed([old, rewritten.led])
        if plan.same and plan.linked == linked and not plan.renamed:
            return _stays(plan, storing.unchanged(plan))
        post = db.session.get_one(Post, plan.post_id) if plan.post_id else None
        notes = (*found.notes, *rewritten.notes, *self._clashes(plan, old))
        if post and post.shelf == "trash":
            return _stays(plan, storing.kept(plan, post, notes, _IN_TRASH.format(post.id)))
        if post and plan.same and changes.made_here(post):
            return _stays(plan, storing.kept(plan, post, notes))
        if post and plan.same and destinations.loses(post.body, rewritten.body):
            return _stays(plan, storing.unchanged(plan, Note(_LESS)))
        version = post.version if post else None
        rendered = self._renderers.render(plan.path, rewritten.body)
        own = tuple(url for url in old if self._book.leads(url, plan.path))
        work = Work(plan, found, rewritten, own, linked, notes, version, rendered)
        return self._merged(work, post) if post and changes.made_here(post) else work

    def _merged(self, work: Work, post: Post) -> _Item:
        """Take what a file says now together with what an author has changed here."""
        merged = changes.merged(post, posts.stored(storing.said(work), post.slug))
        if merged is None:
            return _stays(work.plan, storing.kept(work.plan, post, work.notes))
        text, overlapping = merged
        if overlapping:
            reason = _OVERLAP.format(", ".join(overlapping))
            return _stays(work.plan, storing.kept(work.plan, post, work.notes, reason))
        rendered = self._renderers.render(work.plan.path, text.body)
        return replace(work, merger=storing.Merger(text, rendered))

    def _clashes(self, plan: Plan, old: Sequence[str]) -> Iterator[Note]:
        """Tell at which addresses another post is, here or in the old blog."""
        yield from map(Note, plan.notes)
        clashes = self._book.clashes(plan.path, old)
        for shared, owner in clashes.items():
            yield Note(f"the old address {shared} is that of {owner}, too, and leads there")
        for url in old:
            path = addresses.of_url(url)
            if path is None:
                yield Note(f"the old address {url} cannot lead here: {_UNKEPT}")
                continue
            post_id, slug = self._owned.get(path, (plan.post_id, ""))
            if post_id != plan.post_id and path not in clashes:
                yield Note(f"the old address {path} leads to /blog/{slug} already")

    def _first(self, waiting: deque[_Item]) -> list[_Item]:
        return [waiting.popleft() for _ in range(min(self._pace.posts, len(waiting)))]

    def _settle(self, group: list[_Item]) -> Iterator[list[Result]]:
        """Store a group at once or, if that fails, each post of it for itself."""
        for item in group:
            if isinstance(item, Work):
                item.rendered.exception()  # waits, before others have to
        try:
            results = self._results(group)
        except Exception:  # one of them: each alone tells which, and why
            db.session.rollback()
            for item in group:
                yield [self._alone(item)]
        else:
            yield results
            self._pace.end()  # it was committed

    def _alone(self, item: _Item) -> Result:
        try:
            return self._results([item])[0]
        except sa.exc.OperationalError:
            raise
        except Exception as error:  # as above
            db.session.rollback()
            path = item.path if isinstance(item, Result) else item.plan.path
            return Result(path, Outcome.FAILED, reason=_cause(error, path))

    def _results(self, group: list[_Item]) -> list[Result]:
        works = [item for item in group if isinstance(item, Work)]
        if self._rehearsal:
            done = [storing.rehearse(work) for work in works]
        else:
            files = [file for work in works for file in work.rewritten.files]
            known, begun = self._pictures.complete(files), storing.begin(works)
            self._pace.begin()  # from here on, others have to wait
            self._pictures.add(known)  # first: posts are stored with what is known of these
            done = storing.store(works, begun)
            self._pictures.keep(files)
            storing.relocate(item.plan for item in group if isinstance(item, _Moved))
        results = iter(done)
        return [_reported(item) or next(results) for item in group]


def _weight(item: _Item) -> int:
    """Count the characters that wait to be rendered and stored."""
    return len(item.rewritten.body) if isinstance(item, Work) else 0


def _stays(plan: Plan, result: Result) -> _Item:
    return _Moved(plan, result) if plan.moved else result


def _reported(item: _Item) -> Result | None:
    if isinstance(item, Work):
        return None
    return item.result if isinstance(item, _Moved) else item


def _left_out(file: Skipped) -> Result:
    outcome = Outcome.FAILED if file.failed else Outcome.SKIPPED
    return Result(file.path, outcome, reason=file.reason, line=file.line)


def _cause(error: Exception, path: str) -> str:
    """Tell what went wrong with a file; what nobody has foreseen is written down wholly."""
    if isinstance(error, BlogError):
        return error.message
    _log.error("%s could not be imported", path, exc_info=error)
    return f"{type(error).__name__}: {error}"
