"""A whole table's listings at a glance: what was written, what is in the way, which words the shop is found by.

Fed with records one by one; what is held grows with the number of different words, and by a few numbers a title.
"""

from __future__ import annotations

import hashlib
import heapq
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from copykit.model import ShopWord
from copykit.writing.records import Record

WORST = 10
CORE = 50  # the heaviest words of the shop, of which is told how many stand in titles
ALIKE = 0.8  # share of words that two titles have in common, from which they compete with each other
_BANDS, _ROWS = 4, 3
_MOST_WORDS = 100_000  # different words that are counted


class Worst(NamedTuple):
    """A product whose title carries little of what could be said of it, and the platforms on which it does."""

    share: float
    row: int
    id: str
    platforms: tuple[str, ...]
    title: str


class Missing(NamedTuple):
    """A word that nothing in the table states: how many products would be found by it, and one of the keywords."""

    word: str
    products: int
    keyword: str


class Twin(NamedTuple):
    """Two titles of a platform that say nearly the same."""

    platform: str
    row: int
    other: int
    same: bool


@dataclass(slots=True)
class Lot:
    """Counts of a run. ``blocked`` have an error among their findings, ``refused`` could not be written at all."""

    core: tuple[ShopWord, ...] = ()
    entries: int = 0
    made: int = 0
    written: int = 0
    blocked: int = 0
    refused: int = 0
    unproved: int = 0
    by_platform: Counter[tuple[str, str]] = field(default_factory=Counter)
    used: Counter[str] = field(default_factory=Counter)
    missing: Counter[str] = field(default_factory=Counter)
    asked_by: dict[str, str] = field(default_factory=dict)
    _worst: list[tuple[float, int, Worst]] = field(default_factory=list)

    def add(self, record: Record) -> None:
        """Count the listings of one product."""
        self.entries += 1
        self.made += bool(record.get("made", True))
        found: dict[str, None] = {}
        missing: dict[str, str] = {}
        worst: dict[str, Record] = {}
        for listing in record["listings"]:
            state = "refused" if listing["error"] else "blocked" if listing["blocked"] else "written"
            self.by_platform[listing["platform"], state] += 1
            match state:
                case "refused":
                    self.refused += 1
                case "blocked":
                    self.blocked += 1
                case _:
                    self.written += 1
            if not listing["title"]:
                continue
            self.unproved += not listing["proved"]
            found.update(dict.fromkeys(listing["found"]))
            for dropped in listing["dropped"]:
                if dropped["kind"] in ("unstated", "number") and "word" in dropped:
                    missing.setdefault(dropped["word"], dropped["keyword"])
            if listing["possible"] > 0 and state == "written":
                worst[listing["platform"]] = listing
        if worst:
            self._note(worst)
        for word in found:
            if word in self.used or len(self.used) < _MOST_WORDS:
                self.used[word] += 1
        for word, keyword in missing.items():
            if word in self.missing or len(self.missing) < _MOST_WORDS:
                self.missing[word] += 1
                self.asked_by.setdefault(word, keyword)

    def worst(self) -> list[Worst]:
        """Return the titles with the smallest share of what their products could be found by, smallest first."""
        return sorted((worst for _, _, worst in self._worst), key=lambda worst: (worst.share, worst.row))

    def covered(self) -> list[tuple[ShopWord, int]]:
        """Return the shop's core words with the number of products whose titles are found by each."""
        return [(word, self.used[word.text]) for word in self.core]

    def contested(self, most: int = 10) -> list[tuple[str, int]]:
        """Return the words that most products are found by, and so compete for; those of two products and more."""
        return [(word, count) for word, count in _most(self.used, most) if count > 1]

    def unstated(self, most: int = 20) -> list[Missing]:
        """Return the words that most products might be found by, if only their table said so."""
        return [Missing(word, count, self.asked_by[word]) for word, count in _most(self.missing, most)]

    def _note(self, listings: Mapping[str, Record]) -> None:
        shares = {name: round(listing["worth"] / listing["possible"], 3) for name, listing in listings.items()}
        least = min(shares.values())
        platforms = tuple(name for name, share in shares.items() if share == least)
        listing = listings[platforms[0]]
        worst = Worst(least, listing["row"], listing["id"], platforms, listing["title"])
        item = (-worst.share, -worst.row, worst)
        if len(self._worst) < WORST:
            heapq.heappush(self._worst, item)
        elif item[:2] > self._worst[0][:2]:
            heapq.heapreplace(self._worst, item)


def _most(counts: Counter[str], most: int) -> list[tuple[str, int]]:
    """Return the highest counts, equal ones in the order of the words, so that the same run tells the same."""
    return heapq.nsmallest(most, counts.items(), key=lambda pair: (-pair[1], pair[0]))


def core_of(words: Iterable[ShopWord]) -> tuple[ShopWord, ...]:
    """Return the words of which people want to know whether titles carry them: the heaviest of those to use."""
    usable = (word for word in words if word.role in ("core", "long_tail", "own_brand"))
    return tuple(sorted(usable, key=lambda word: (word.role != "core", -word.weight))[:CORE])


class Alike:
    """Finds titles of one platform that say nearly the same, by MinHash over their words.

    A title leaves four numbers here, whatever its length.
    """

    def __init__(self) -> None:
        self._keys = array("Q")
        self._rows = array("Q")

    def add(self, listing: Record) -> None:
        """Note a title that was written."""
        if listing["error"] or not listing["words"]:
            return
        hashes = [_hash(f"{listing['platform']}\n{word}") for word in listing["words"]]
        for band in range(_BANDS):
            lowest = [
                min((value ^ _SEEDS[band * _ROWS + row]) * _ODD & _MASK for value in hashes) for row in range(_ROWS)
            ]
            self._keys.append(_hash(repr((band, lowest))))
            self._rows.append(listing["row"])

    def twins(self, listings: Callable[[], Iterable[Record]]) -> Iterator[Twin]:
        """Yield the pairs; ``listings`` gives all of them again, of which only the likely ones are looked at."""
        import numpy as np

        keys, rows = np.array(self._keys, np.uint64), np.array(self._rows, np.uint64)
        order = np.argsort(keys, kind="stable")
        keys, rows = keys[order], rows[order]
        same = np.flatnonzero(keys[1:] == keys[:-1])
        pairs = {(int(rows[at]), int(rows[at + 1])) for at in same if rows[at] != rows[at + 1]}
        wanted = {row for pair in pairs for row in pair}
        words: dict[tuple[str, int], bytes] = {}  # numbers of the words: a tenth of the room that the words would take
        for listing in listings() if wanted else ():
            if listing["row"] in wanted and listing["title"]:
                numbers = array("Q", sorted({_hash(word) for word in listing["words"]}))
                words[listing["platform"], listing["row"]] = numbers.tobytes()
        platforms = sorted({platform for platform, _ in words})
        for one, other in sorted(pairs):
            for platform in platforms:
                first, second = words.get((platform, one)), words.get((platform, other))
                if first and second and (first == second or _share(first, second) >= ALIKE):
                    yield Twin(platform, other, one, first == second)


def _share(first: bytes, second: bytes) -> float:
    """Return the share of words that two titles have in common."""
    one, other = set(memoryview(first).cast("Q")), set(memoryview(second).cast("Q"))
    return len(one & other) / len(one | other)


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest(), "big")


_MASK = (1 << 64) - 1
_ODD = 0x9E3779B97F4A7C15  # the golden ratio, an odd multiplier that mixes all bits upwards
_SEEDS = [_hash(f"band {number}") for number in range(_BANDS * _ROWS)]
