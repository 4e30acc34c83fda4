"""Plans: which post each file of an import becomes, and at which address, before any is stored."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ... import permalinks, slugs
from ...extensions import db
from ...models import Post
from ..found import SourcePost
from . import changes

_AT_ONCE = 500  # names in a query
_KNOWN = (
    *(Post.id, Post.slug, Post.published_at),
    *(Post.source, Post.source_digest, Post.linked_digest),
)
_ELSEWHERE = {"path", "slug", "notes", "addresses", "body_line"}
_SAID = [each.name for each in fields(SourcePost) if each.name not in _ELSEWHERE]
_JSON = json.JSONEncoder(default=str)
_STEP = re.compile(r"[^/!]*[/!]|[^/!]+")
_PLACES = 20  # from which files moved, and others with them
_NOBODY = 0  # no post has this id


@dataclass(slots=True)
class Plan:
    """What becomes of the file *path*: the post that it was before, or a new one.

    *digest* sums up what the file says, wherever it lies. *place* is where what was read of it
    is kept, *leads* whether a link in it may be led elsewhere. *published_at* is that of the
    post, as it is stored. *same* tells that the post was made of just this text, *linked* what
    its links led to then; *renamed* that its slug changes, *moved* that it is known by another
    file.
    """

    path: str
    source: str
    digest: str
    wish: str
    language: str | None
    draft: bool
    place: int
    leads: bool
    post_id: int | None = None
    published_at: datetime | None = None
    slug: str = ""
    same: bool = False
    renamed: bool = False
    moved: bool = False
    linked: str | None = None
    copy_of: str = ""
    notes: list[str] = field(default_factory=list)


def of(found: SourcePost, source: str, place: int, *, leads: bool) -> Plan:
    """Begin the plan of a file that is known as *source*."""
    return Plan(
        path=found.path,
        source=source,
        digest=digest(found),
        wish=slugs.make(found.slug or found.title),
        language=found.language,
        draft=found.draft,
        place=place,
        leads=leads,
    )


def stored() -> set[str]:
    """The digests of all posts that were imported."""
    digests = sa.select(Post.source_digest).where(Post.source_digest.is_not(None))
    return set(filter(None, db.session.scalars(digests)))


def digest(found: SourcePost) -> str:
    """Sum up what a file says, wherever it lies and whatever it is called."""
    return summed({name: getattr(found, name) for name in _SAID})


def summed(values: Any) -> str:
    """Sum up values in 64 characters."""
    return hashlib.sha256(_JSON.encode(values).encode()).hexdigest()


def settle(plans: list[Plan], *, language: str, has: Callable[[str], bool]) -> None:
    """Find the posts that the files were before, and give each of the others its own slug.

    *has* tells which paths the tree has; a file that it has not any more may be another one now.
    Where two wish for one slug, texts in the blog's own *language* come first, then those that
    are published, then the first by path.
    """
    stored = _Recognition(plans, has).settle()
    _find_copies(plans)
    _Slugs(plans, stored, language).settle()


class _Recognition:
    """Finds the posts of these files.

    A file is known again by its absolute path; in another place by what it says; and where most
    files of a place say what those of another did, by its path below it and its slug.
    """

    def __init__(self, plans: list[Plan], has: Callable[[str], bool]) -> None:
        self._plans = plans
        self._has = has
        self._by_source = {plan.source: plan for plan in plans}
        self._stored: dict[int, str] = {}
        self._places: Counter[tuple[str, str]] = Counter()  # from where to where files moved

    def settle(self) -> dict[int, str]:
        """Give each plan its post; returns the slugs of these posts."""
        for row in _rows(Post.source, self._by_source):
            if self._by_source[row.source].post_id is None:
                self._take(self._by_source[row.source], row)
        self._recognise_texts()
        for (before, now), _ in self._places.most_common(_PLACES):
            self._recognise_places(before, now)
        return self._stored

    def _recognise_texts(self) -> None:
        """Take files that lie elsewhere; called otherwise only if the former file is gone."""
        waiting: defaultdict[str, list[Plan]] = defaultdict(list)
        for new in self._waiting():
            waiting[new.digest].append(new)
        rows = [row for row in _rows(Post.source_digest, waiting) if self._is_free(row)]
        for is_same in (_is_called, self._is_gone):
            for row in rows:
                plans = (each for each in waiting[row.source_digest] if each.post_id is None)
                plan = next((each for each in plans if is_same(each, row)), None)
                if plan and self._is_free(row):
                    self._take(plan, row)
                    self._places[_places(row.source or "", plan.source)] += 1

    def _recognise_places(self, before: str, now: str) -> None:
        """Take the changed files of a place that was copied."""
        sources = {
            before + plan.source[len(now) :]: plan
            for plan in self._waiting()
            if plan.source.startswith(now)
        }
        found = [
            (sources[row.source], row)
            for row in _rows(Post.source, sources)
            if self._is_free(row) and _is_called(sources[row.source], row)
        ]
        if len(found) <= self._places[before, now]:
            for plan, row in found:
                self._take(plan, row)

    def _waiting(self) -> Iterator[Plan]:
        return (plan for plan in self._plans if plan.post_id is None)

    def _is_free(self, row: sa.Row[Any]) -> bool:
        return row.source not in self._by_source and row.id not in self._stored

    def _is_gone(self, plan: Plan, row: sa.Row[Any]) -> bool:
        """Tell whether the file of a post was in this tree, and is not any more."""
        top = plan.source.removesuffix(plan.path)
        source = row.source or ""
        return source.startswith(top) and not self._has(source[len(top) :])

    def _take(self, plan: Plan, row: sa.Row[Any]) -> None:
        plan.post_id, plan.published_at, plan.linked = row.id, row.published_at, row.linked_digest
        plan.same = row.source_digest == plan.digest
        plan.moved = row.source != plan.source
        self._stored[row.id] = row.slug


def _is_called(plan: Plan, row: sa.Row[Any]) -> bool:
    return slugs.is_made_of(row.slug, plan.wish)


def _places(before: str, now: str) -> tuple[str, str]:
    """Cut the steps that two paths, in zips or not, end in alike off both."""
    old, new = _STEP.findall(before), _STEP.findall(now)
    while old and new and old[-1] == new[-1]:
        old.pop()
        new.pop()
    return "".join(old), "".join(new)


def _rows(
    column: sa.orm.InstrumentedAttribute[str | None], wanted: Iterable[str]
) -> Iterator[Any]:
    """Read what is known of the posts that have one of these values, the oldest first."""
    query = sa.select(*_KNOWN)
    for some in _batches(wanted):
        yield from db.session.execute(query.where(column.in_(some)).order_by(Post.id))


def _find_copies(plans: list[Plan]) -> None:
    first: dict[tuple[str, str], str] = {}
    for plan in sorted(plans, key=lambda plan: plan.post_id is None):
        before = first.setdefault((plan.digest, plan.wish), plan.path)
        if plan.post_id is None and before != plan.path:
            plan.copy_of = before


class _Slugs:
    """Gives out slugs, each once."""

    def __init__(self, plans: list[Plan], stored: dict[int, str], language: str) -> None:
        self._plans = [plan for plan in plans if not plan.copy_of]
        self._stored = stored
        self._language = language.partition("-")[0].lower()
        self._claimed: dict[str, str] = {}  # by the file of this path
        self._next: defaultdict[str, int] = defaultdict(lambda: 2)
        self._owners = dict.fromkeys((plan.wish for plan in self._plans), _NOBODY)
        for some in _batches(list(self._owners)):
            self._owners |= permalinks.taken(some)

    def settle(self) -> None:
        for plan in self._plans:
            if plan.post_id is not None:
                self._settle_known(plan, plan.post_id)
        for plan in sorted(self._plans, key=self._rank):
            if plan.post_id is None:
                self._settle_new(plan)

    def _rank(self, plan: Plan) -> tuple[bool, bool]:
        return self._is_foreign(plan), plan.draft

    def _is_foreign(self, plan: Plan) -> bool:
        return (plan.language or self._language).partition("-")[0].lower() != self._language

    def _settle_known(self, plan: Plan, post_id: int) -> None:
        """Let a post stay where it is, unless its file wishes for another slug than before."""
        plan.slug = self._stored[post_id]
        made_of = (plan.wish, self._in_its_language(plan))
        settled = any(slugs.is_made_of(plan.slug, wish) for wish in made_of)
        free = self._owners[plan.wish] in {_NOBODY, post_id} and plan.wish not in self._claimed
        if free and not settled and not changes.made_here(db.session.get_one(Post, post_id)):
            plan.slug, plan.renamed = plan.wish, True
        self._claimed.setdefault(plan.slug, plan.path)

    def _settle_new(self, plan: Plan) -> None:
        plan.slug = next(slug for slug in self._candidates(plan) if self._is_free(slug))
        if plan.slug != plan.wish:
            other = self._claimed.get(plan.wish, "another post")
            plan.notes.append(f"{other} is at “{plan.wish}”, so this one is at “{plan.slug}”")
        self._claimed[plan.slug] = plan.path

    def _candidates(self, plan: Plan) -> Iterator[str]:
        yield plan.wish
        if self._is_foreign(plan):
            yield self._in_its_language(plan)
        while True:
            number = self._next[plan.wish]
            self._next[plan.wish] += 1  # the next who wishes for it need not try this one
            yield slugs.numbered(plan.wish, f"-{number}")

    def _in_its_language(self, plan: Plan) -> str:
        return slugs.numbered(plan.wish, f"-{(plan.language or self._language).lower()}")

    def _is_free(self, slug: str) -> bool:
        if slug in self._claimed:
            return False
        if slug not in self._owners:
            self._owners |= {slug: _NOBODY} | permalinks.taken([slug])
        return self._owners[slug] == _NOBODY


def _batches(values: Iterable[str]) -> Iterator[list[str]]:
    """Split *values* into what a query takes at once."""
    all_ = list(values)
    for at in range(0, len(all_), _AT_ONCE):
        yield all_[at : at + _AT_ONCE]
