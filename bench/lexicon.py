"""Words as languages have them: few are everywhere, most are nearly nowhere."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice
from random import Random

from . import topics

SIZE = 600_000
_SEED = 1
_KERNEL = 8000  # words that all texts share; those behind it belong to few
_STEEPER = 1.8  # Zipf's exponent behind the kernel

# What words are made of; what stands there more than once is frequent.
_BEGINNINGS = "c r s p d m t b f l n h g st pr tr v w k c r s p t l con re in de un ex"
_MIDDLES = "a e i o u a e i o e i er en al or ea"
_ENDS = "t n r l s d nt ck st ss ld ng x ly tion ed er ing es able"


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Words by rank, the most frequent first, to be drawn as often as texts have them.

    By Zipf's law a word's frequency is one by its rank; behind the first thousands it falls
    faster (Ferrer i Cancho and Solé, 2001). That makes the number of different words grow with
    a power of a corpus's length, near its square root (Heaps' law).
    """

    words: Sequence[str]
    weights: Sequence[float]  # cumulated

    @classmethod
    def of_size(cls, size: int = SIZE) -> Lexicon:
        """Make one; it is always the same."""
        words = islice(_coined(Random(_SEED)), size)
        return cls(list(words), list(accumulate(map(_frequency, range(1, size + 1)))))

    def draw(self, random: Random, number: int) -> list[str]:
        """Draw words of a running text."""
        return random.choices(self.words, cum_weights=self.weights, k=number)

    def draw_telling(self, random: Random, number: int) -> list[str]:
        """Draw words that say what a text is about: not those that every text is full of."""
        last = len(self.words) - 1
        low, high = self.weights[len(topics.FREQUENT)], self.weights[last]
        places = (bisect(self.weights, random.uniform(low, high), 0, last) for _ in range(number))
        return [self.words[place] for place in places]


def _frequency(rank: int) -> float:
    if rank <= _KERNEL:
        return 1 / rank
    return float((_KERNEL / rank) ** _STEEPER / _KERNEL)


def _coined(random: Random) -> Iterator[str]:
    """Yield the frequent words, then coined ones, each once; the rarer, the longer."""
    yield from topics.FREQUENT
    known = set(topics.FREQUENT)
    syllables = [
        beginning + middle for beginning in _BEGINNINGS.split() for middle in _MIDDLES.split()
    ]
    ends = ["", *_ENDS.split()]
    while True:
        length = random.choice((2, 3, 3, 4) if len(known) > _KERNEL else (1, 2, 2, 3))
        word = "".join(random.choices(syllables, k=length)) + random.choice(ends)
        if word not in known:
            known.add(word)
            yield word
