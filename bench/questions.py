"""What is asked of a blog: many filters of each kind, chosen by what the blog has."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations, groupby, islice
from pathlib import Path
from random import Random

import sqlalchemy as sa

from blogapp import listing, posts, series, sitemaps, urls
from blogapp.extensions import db
from blogapp.filters import PAGE_SIZE, Filter
from blogapp.models import Post, Tag, post_tags
from blogapp.paging import Cursor

from . import topics

NUMBER = 200  # of each kind; where a blog has fewer, they are asked again
PAGE = 50  # or the last full one
RARE = range(1, 21)  # posts that have a rare word
FULL = "full page"  # of questions that leave more than a page of articles, whatever the blog
TYPED = (2, 3, 4, 6)  # letters of a word

_FILE = "questions.json"
_SEED = 2
_COMMON_TAGS = 12
_TEXTS = 3000  # that words are taken from
# The part of all posts that have a word.
_MIDDLE = (0.005, 0.03)
_COMMON = (0.35, 0.65)
_TELLING = (0.0, 0.1)
_ANY = (0.0, 0.35)
_WORD = re.compile(r"\b[a-z]{3,}\b")

Questions = Mapping[str, Sequence[str]]  # by their kind: canonical queries, some slugs and paths
Pair = tuple[str, str]
Part = tuple[float, float]


def read(folder: Path) -> Questions:
    """Read what is asked of the blog in *folder*."""
    questions: Questions = json.loads((folder / _FILE).read_text(encoding="utf-8"))
    return questions


def write(folder: Path, questions: Questions) -> None:
    """Keep what is asked of the blog in *folder*."""
    text = json.dumps(questions, ensure_ascii=False, indent=1)
    (folder / _FILE).write_text(text, encoding="utf-8")


def choose() -> Questions:
    """Choose the questions to the blog of this application; the same blog gets the same ones."""
    random = Random(_SEED)
    half = posts.count(posts.published()) // 2
    found = {
        "everything": [Filter()],
        f"page {PAGE}": [_behind((PAGE - 1) * PAGE_SIZE)],
        "half way back": [_behind(half)],
    }
    found |= _about_tags()
    sample = _sample(random)
    found |= _about_words(random, sample)
    chosen = {kind: _queries(random, filters) for kind, filters in found.items()}
    return chosen | _addresses() | {"article": [post.slug for post in sample.articles[:NUMBER]]}


def _queries(random: Random, filters: Sequence[Filter]) -> list[str]:
    """Draw ``NUMBER`` of these, each as often as the others."""
    drawn = random.sample(filters, min(NUMBER, len(filters)))
    return [drawn[at % len(drawn)].query for at in range(NUMBER)] if drawn else []


def _addresses() -> dict[str, list[str]]:
    """Name what is asked for by its address alone."""
    parts = sorted({(number - 1) // sitemaps.SIZE + 1 for number in listing.ids(Filter())})
    found = {
        "all tags": ["/tags/"],
        "series": [urls.series(address) for address in series.addresses().values()],
        "sitemap": ["/sitemap.xml"],
        "part of the sitemap": [f"/sitemap-{number}.xml" for number in parts],
    }
    return {
        kind: [paths[at % len(paths)] for at in range(NUMBER)] for kind, paths in found.items()
    }


def _behind(place: int, *tags: str) -> Filter:
    """These tags, behind the article at this *place*, or behind the last but a page."""
    ids = listing.ids(Filter.parse(tags))
    last = db.session.get_one(Post, ids[max(0, min(place, len(ids) - PAGE_SIZE) - 1)])
    assert last.published_at is not None  # it is published
    return Filter.parse(tags, after=str(Cursor(last.published_at, last.id)))


def _about_tags() -> dict[str, list[Filter]]:
    tags, pairs = _tags_and_pairs()
    common, rare = tags[:_COMMON_TAGS], tags[-len(tags) // 4 :]
    often = [pair for pair in pairs if {*pair} <= {*common}][:_COMMON_TAGS]
    unequal = [pair for pair in pairs if {*pair} & {*common} and {*pair} & {*rare}]
    strangers = [pair for pair in combinations(sorted(common), 2) if pair not in pairs]
    return {
        "common tag": [Filter.parse([name]) for name in common],
        "middle tag": [Filter.parse([name]) for name in tags[len(tags) // 4 : len(tags) // 2]],
        "rare tag": [Filter.parse([name]) for name in rare],
        f"page {PAGE} of a tag": [_behind((PAGE - 1) * PAGE_SIZE, name) for name in common],
        "two common tags": [Filter.parse(pair) for pair in often],
        "common and rare tag": [Filter.parse(pair) for pair in unequal],
        "tags that never meet": [Filter.parse(pair) for pair in strangers],
        "without a common tag": [Filter.parse(without=[name]) for name in common],
        "tag without another": [Filter.parse([one], without=[other]) for one, other in often],
    }


def _tags_and_pairs() -> tuple[list[str], list[Pair]]:
    """List the tags that readers find, and the pairs that meet; the most frequent first."""
    rows = db.session.execute(
        sa.select(post_tags.c.post_id, Tag.name)
        .join(Tag)
        .where(post_tags.c.post_id.in_(posts.ids(posts.published())))
        .order_by(post_tags.c.post_id, Tag.name)
    )
    tags: Counter[str] = Counter()
    pairs: Counter[Pair] = Counter()
    for _, group in groupby(rows, lambda row: row.post_id):
        names = [row.name for row in group]
        tags.update(names)
        pairs.update(combinations(names, 2))
    return [name for name, _ in tags.most_common()], [pair for pair, _ in pairs.most_common()]


@dataclass(frozen=True, slots=True)
class _Sample:
    """Some articles, and the part of all posts that has each word."""

    articles: Sequence[Post]
    parts: Mapping[str, float]

    def words_of(self, post: Post, part: Part) -> list[str]:
        """List the words of *post* that this *part* of all posts has."""
        low, high = part
        words = dict.fromkeys(_WORD.findall(post.plain.lower()))
        return [word for word in words if low <= self.parts.get(word, 0) <= high]

    def words(self, part: Part) -> list[str]:
        """List the words that this *part* of all posts has."""
        found = chain.from_iterable(self.words_of(post, part) for post in self.articles)
        return list(dict.fromkeys(found))


def _sample(random: Random) -> _Sample:
    ids = db.session.scalars(posts.ids(posts.published())).all()
    some = random.sample(ids, min(_TEXTS, len(ids)))
    articles = list(db.session.scalars(sa.select(Post).where(Post.id.in_(some)).order_by(Post.id)))
    random.shuffle(articles)
    rows = db.session.execute(sa.text("SELECT term, doc FROM search_words"))
    return _Sample(articles, {row.term: row.doc / len(ids) for row in rows})


def _about_words(random: Random, sample: _Sample) -> dict[str, list[Filter]]:
    middle, common = sample.words(_MIDDLE), sample.words(_COMMON)
    telling = [word for word in sample.words(_TELLING) if len(word) > max(TYPED)]
    random.shuffle(telling)
    typed = {f"{length} letters": _about(_begun(telling, length)) for length in TYPED}
    found = {
        "rare word": _some(_about(telling), lambda number: number in RARE),
        "middle word": _about(middle),
        "common word": _about(common),
        "two words": _about(_pairs_of_words(random, sample, _TELLING)),
        "phrase": _about(_phrases(random, sample, words=3)),
        "name in code": _about(topics.NAMES_IN_CODE),
        "word without another": _about(f"-{random.choice(common)} {word}" for word in middle),
        "not a word": _about(f"-{word}" for word in middle),
        "word with a tag": _with_tags(random, sample, _MIDDLE),
        "misspelt word": _some(
            _about(_misspelt(random, word) for word in telling), lambda number: number == 0
        ),
    }
    some = {
        "middle word": found["middle word"],
        "two words": _about(_pairs_of_words(random, sample, _ANY)),
        "phrase": _about(_phrases(random, sample, words=2)),
        "word with a tag": _with_tags(random, sample, _ANY),
    }
    full = {
        f"{kind}, {FULL}": _some(filters, lambda number: number > PAGE_SIZE)
        for kind, filters in (some | typed).items()
    }
    return found | typed | full


def _begun(words: Iterable[str], letters: int) -> list[str]:
    return list(dict.fromkeys(word[:letters] for word in words))


def _about(texts: Iterable[str]) -> list[Filter]:
    return [Filter.parse(text=text) for text in texts]


def _some(filters: Iterable[Filter], wanted: Callable[[int], bool]) -> list[Filter]:
    """Take the searches that find as many articles as are *wanted*, until there are enough.

    They are counted as a page counts them: to ``search.MOST``.
    """
    counted = ((one, one.found()) for one in filters)
    some = (one for one, found in counted if found is not None and wanted(len(found.ids)))
    return list(islice(some, NUMBER))


def _pairs_of_words(random: Random, sample: _Sample, part: Part) -> Iterator[str]:
    for post in sample.articles:
        words = sample.words_of(post, part)
        if len(words) > 1:
            yield " ".join(random.sample(words, 2))


def _phrases(random: Random, sample: _Sample, *, words: int) -> Iterator[str]:
    pattern = re.compile(rf"\b{' '.join(['[a-z]+'] * words)}\b")
    for post in sample.articles:
        phrases = pattern.findall(post.plain)
        if phrases:
            yield f'"{random.choice(phrases)}"'


def _with_tags(random: Random, sample: _Sample, part: Part) -> list[Filter]:
    return [
        Filter.parse([random.choice(post.tags).name], text=random.choice(words))
        for post in sample.articles
        if (words := sample.words_of(post, part))
    ]


def _misspelt(random: Random, word: str) -> str:
    """Let two letters change places."""
    at = random.randrange(1, len(word) - 2)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
