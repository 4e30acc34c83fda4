"""Made-up posts: the same number gives the same post, whatever blog it stands in."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from random import Random

from . import topics
from .lexicon import Lexicon

FIRST = datetime(2009, 1, 1, tzinfo=UTC)
LAST = datetime(2026, 1, 1, tzinfo=UTC)
SCHEDULED = datetime(2126, 1, 1, tzinfo=UTC)  # in the future as long as anybody runs this

DRAFTS = 0.03  # of all posts
SCHEDULED_PART = 0.003
IMPORTED = 0.1  # came later than they were published: their ids are not in its order
DESCRIBED = 0.8
_SERIES = 100  # posts between the first parts of two series
_PARTS = 10  # of a series, at most: some are drafts

TAGS = tuple(sorted({name for field in topics.FIELDS for name in field}))
# How many posts of a hundred have 1, 2, … 6 tags: 3.5 in the mean.
_TAGS_OF_POST = (8, 17, 25, 25, 16, 9)
_OWN_FIELD = 0.75  # of a post's tags; the others come from the fields beside it
_WORDS_MEDIAN, _WORDS_SPREAD = 5.3, 0.8  # log-normal: 200 in the median, 275 in the mean
_SHORTEST, _LONGEST = 30, 6000  # words
_THEME = 6  # words that a post is about, and comes back to
_THEME_PART = 0.06  # of its words
_CODE_PART = 0.02


@dataclass(frozen=True, slots=True)
class Draft:
    """A post before it stands in a database; paragraphs are Markdown, only ````` is in it."""

    number: int  # from 1
    title: str
    description: str
    tags: tuple[str, ...]
    paragraphs: tuple[str, ...]
    created_at: datetime
    published_at: datetime | None

    @property
    def slug(self) -> str:
        """The name in its address."""
        return re.sub(r"[^a-z0-9]+", "-", f"{self.title.lower()} {self.number}").strip("-")

    @property
    def series(self) -> str | None:
        """The series that it is a part of, if it is one."""
        number, place = divmod(self.number, _SERIES)
        return None if place % (_SERIES // _PARTS) else f"Step by step, {number}"

    @property
    def body(self) -> str:
        """The Markdown."""
        return "\n\n".join(self.paragraphs)

    @property
    def plain(self) -> str:
        """All words, without markup."""
        return self.body.replace("`", "")

    @property
    def body_html(self) -> str:
        """What pages show."""
        marked = (re.sub(r"`([^`]+)`", r"<code>\1</code>", text) for text in self._escaped())
        return "\n".join(f"<p>{text}</p>" for text in marked)

    def _escaped(self) -> Iterator[str]:
        return (html.escape(text, quote=False) for text in self.paragraphs)


class Author:
    """Who writes the posts of a blog that has *posts* of them."""

    def __init__(self, posts: int, lexicon: Lexicon) -> None:
        self.posts = posts
        self.lexicon = lexicon

    def write(self, number: int) -> Draft:
        """Write the post of this *number*, from 1."""
        random = Random(number)
        tags = _tags(random)
        theme = [*self.lexicon.draw_telling(random, _THEME), *tags]
        words = self._words(random, theme)
        created_at, published_at = self._moments(random, number)
        return Draft(
            number=number,
            title=self._title(random, theme),
            description=self._description(random, theme),
            tags=tags,
            paragraphs=tuple(_paragraphs(random, words)),
            created_at=created_at,
            published_at=published_at,
        )

    def _words(self, random: Random, theme: Sequence[str]) -> list[str]:
        length = random.lognormvariate(_WORDS_MEDIAN, _WORDS_SPREAD)
        words = self.lexicon.draw(random, min(max(int(length), _SHORTEST), _LONGEST))
        for at in range(len(words)):
            chance = random.random()
            if chance < _THEME_PART:
                words[at] = random.choice(theme)
            elif chance < _THEME_PART + _CODE_PART:
                words[at] = f"`{self._name_in_code(random)}`"
        return words

    def _name_in_code(self, random: Random) -> str:
        if random.random() < 0.6:
            return random.choice(topics.NAMES_IN_CODE)
        sign = random.choice(("_", "-", ".", "::", "/"))
        return sign.join(self.lexicon.draw_telling(random, random.choice((2, 2, 3))))

    def _title(self, random: Random, theme: Sequence[str]) -> str:
        words = self.lexicon.draw(random, random.randint(1, 4))
        words += random.sample(theme, random.randint(1, 4))
        random.shuffle(words)
        return _capitalised(" ".join(words))

    def _description(self, random: Random, theme: Sequence[str]) -> str:
        if random.random() > DESCRIBED:
            return ""
        words = self.lexicon.draw(random, random.randint(6, 18))
        words += random.sample(theme, 3)
        return f"{_capitalised(' '.join(words))}."

    def _moments(self, random: Random, number: int) -> tuple[datetime, datetime | None]:
        """Tell when a post was made and published: evenly over the years, or as an import."""
        made = FIRST + (LAST - FIRST) * ((number - random.random()) / self.posts)
        chance = random.random()
        if chance < DRAFTS:
            return made, None
        if chance < DRAFTS + SCHEDULED_PART:
            return made, SCHEDULED + timedelta(days=random.random() * 365)
        if chance < DRAFTS + SCHEDULED_PART + IMPORTED:
            return made, FIRST + (made - FIRST) * random.random()
        return made, made + timedelta(hours=random.random() * 48)


def _by_rank() -> Iterator[tuple[int, str, float]]:
    """Yield each tag's field, name and frequency: Zipf's law over all, field by field."""
    longest = max(map(len, topics.FIELDS))
    places = [
        (field, names[at])
        for at in range(longest)
        for field, names in enumerate(topics.FIELDS)
        if at < len(names)
    ]
    for rank, (field, name) in enumerate(places, start=1):
        yield field, name, 1 / (rank + 2)


_RANKED = tuple(_by_rank())
_FIELD_OF = {name: field for field, name, _ in _RANKED}
_ALL = ([name for _, name, _ in _RANKED], list(accumulate(weight for *_, weight in _RANKED)))
_IN_FIELD = [
    (
        [name for own, name, _ in _RANKED if own == field],
        list(accumulate(weight for own, _, weight in _RANKED if own == field)),
    )
    for field in range(len(topics.FIELDS))
]


def _tags(random: Random) -> tuple[str, ...]:
    """Choose a post's tags: the first by its frequency, the others from near it."""
    [number] = random.choices(range(1, 7), weights=_TAGS_OF_POST)
    names, weights = _ALL
    chosen = random.choices(names, cum_weights=weights)
    field = _FIELD_OF[chosen[0]]
    while len(chosen) < number:
        step = 0 if random.random() < _OWN_FIELD else random.choice((-1, 1))
        names, weights = _IN_FIELD[(field + step) % len(_IN_FIELD)]
        [name] = random.choices(names, cum_weights=weights)
        if name not in chosen:
            chosen.append(name)
    return tuple(sorted(chosen))


def _paragraphs(random: Random, words: Sequence[str]) -> Iterator[str]:
    """Cut *words* into sentences, and these into paragraphs."""
    at = 0
    while at < len(words):
        sentences = []
        for _ in range(random.randint(2, 6)):
            length = random.randint(5, 20)
            if sentence := " ".join(words[at : at + length]):
                sentences.append(f"{_capitalised(sentence)}.")
            at += length
        yield " ".join(sentences)


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]
