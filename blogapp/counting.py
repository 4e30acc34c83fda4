"""Counting: how many articles a filter leaves, and what each of its chips would leave.

Up to two tags that is stored (``numbers``). More of them are counted along the newest articles,
and a search by what it found (``walks``): where there is more than is looked at, it is said so,
and chips have no number rather than a wrong one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from . import numbers, search, walks
from .filters import MAX_TAGS, PAGE_SIZE, Filter
from .numbers import Known
from .walks import Among

MAX_CHIPS = numbers.SHOWN  # of a kind that are offered; the page of all tags has the others


@dataclass(frozen=True, slots=True)
class Chip:
    """A tag that a click adds, excludes or takes away, and how many *articles* that leaves.

    One that takes a choice away has no number, nor has any where not all could be looked at.
    """

    name: str
    target: Filter
    without: bool = False
    articles: int | None = None


@dataclass(frozen=True, eq=False)
class Chips:
    """The tags that are *chosen* or excluded, those *offered*, and those that can be excluded.

    They are the same object while they say the same, so that they need be drawn only once.
    """

    chosen: list[Chip]
    offered: list[Chip]
    excludable: list[Chip]


@dataclass(frozen=True, slots=True)
class Number:
    """How many articles a filter leaves; unless that *is_all*, there may be more.

    It is 0 only if there are none, and never less than the first page shows.
    """

    number: int
    is_all: bool = True


@dataclass(frozen=True, slots=True)
class Counted(Number):
    """What ``Number`` is, with the chips."""

    chips: Chips = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class _Asked:
    """The tags that an article must have, the rarest one first, and those that it must not."""

    tags: list[Known]
    without: list[Known]

    @property
    def is_stored(self) -> bool:
        """Whether the tallies say how many that leaves."""
        return len(self.tags) + len(self.without) <= 2


def of(chosen: Filter, found: search.Found | None = None) -> Counted:
    """Count what *chosen* leaves, and its chips; *found* is what its words find, if it has any."""
    asked = _asked(chosen) if found is None else None
    if found is not None:
        number, among = Number(len(found.ids), found.is_all), walks.among(found)
    elif asked is None:
        number, among = Number(0), Among({}, 0)
    else:
        number, among = _counted(asked)
    left = (*among.by_tag.items(),)
    chips = _chips(chosen.first, left, among.looked_at, is_all=among.is_all)
    return Counted(number.number, number.is_all, chips=chips)


def number(chosen: Filter, found: search.Found | None = None) -> Number:
    """Count what *chosen* leaves, as ``of`` does, without chips."""
    if found is not None:
        return Number(len(found.ids), found.is_all)
    asked = _asked(chosen)
    if asked is None:
        return Number(0)
    return Number(_stored(asked)) if asked.is_stored else _walked(asked)[0]


def _asked(chosen: Filter) -> _Asked | None:
    """Find the tags of *chosen*; None if there is no article that has, and lacks, what it says."""
    names = (*chosen.tags, *chosen.without)
    known = numbers.known(names) if names else {}
    if not known.keys() >= {*chosen.tags} or {*chosen.tags} & {*chosen.without}:
        return None
    tags = sorted((known[name] for name in chosen.tags), key=lambda tag: tag.articles)
    return _Asked(tags, [known[name] for name in chosen.without if name in known])


def _counted(asked: _Asked) -> tuple[Number, Among]:
    if not asked.is_stored:
        return _walked(asked)
    number = _stored(asked)
    if number == 0:
        return Number(0), Among({}, 0)
    match asked.tags, asked.without:
        case [], []:
            return Number(number), Among(numbers.of_most_used(), number)
        case [tag], []:
            return Number(number), Among(numbers.beside(tag), number)
        case [], [tag]:
            return Number(number), Among(numbers.apart_from(tag), number)
    among = walks.walked(asked.tags, asked.without)
    is_all = among.looked_at == number
    return Number(number), Among(among.by_tag, among.looked_at, is_all)


def _stored(asked: _Asked) -> int:
    """Put together what the tallies say of up to two tags.

    They are read one by one: what is published between two of them leaves no less than nothing.
    """
    return max(0, _combined(asked))


def _combined(asked: _Asked) -> int:
    match asked.tags, asked.without:
        case [one, other], []:
            return numbers.with_both(one, other)
        case [one], []:
            return one.articles
        case [one], [other]:
            return one.articles - numbers.with_both(one, other)
        case [], [one, other]:
            with_any = one.articles + other.articles - numbers.with_both(one, other)
            return numbers.of_all() - with_any
    return numbers.of_all() - sum(tag.articles for tag in asked.without)


def _walked(asked: _Asked) -> tuple[Number, Among]:
    """Count along the newest articles; the first page's are counted wherever they are."""
    most = numbers.most(asked.tags, asked.without)
    if most == 0:
        return Number(0), Among({}, 0)
    among = walks.walked(asked.tags, asked.without)
    if among.is_all or among.looked_at > PAGE_SIZE:
        return Number(among.looked_at, among.is_all), among
    number = walks.at_least(asked.tags, asked.without, min(PAGE_SIZE + 1, most))
    return Number(number, number <= PAGE_SIZE), among


@lru_cache(1024)
def _chips(
    chosen: Filter, left: tuple[tuple[str, int], ...], looked_at: int, *, is_all: bool
) -> Chips:
    """List what can be clicked, when so many articles that were *looked_at* have each tag.

    It has numbers if all that the filter leaves was looked at.
    """
    others = {name: n for name, n in left if n and name not in chosen.tags}
    rest = {name: looked_at - n for name, n in others.items() if n < looked_at}
    offered = others if len(chosen.tags) < MAX_TAGS else {}
    excludable = rest if len(chosen.without) < MAX_TAGS else {}

    def chip(name: str, numbers: Mapping[str, int], *, without: bool = False) -> Chip:
        target = chosen.plus(without=name) if without else chosen.plus(tag=name)
        return Chip(name, target, without, numbers[name] if is_all else None)

    return Chips(
        chosen=[Chip(name, chosen.minus(name)) for name in chosen.tags]
        + [Chip(name, chosen.minus(name), without=True) for name in chosen.without],
        offered=[chip(name, others) for name in _most(others, offered)],
        excludable=[chip(name, rest, without=True) for name in _most(others, excludable)],
    )


def _most(counts: Mapping[str, int], names: Mapping[str, int]) -> list[str]:
    """Order tags by what most articles have, and keep as many as are shown."""
    return sorted(names, key=lambda name: (-counts[name], name))[:MAX_CHIPS]
