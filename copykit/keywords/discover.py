"""Words that no dictionary has: runs of characters that hold together inside and stand freely outside."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from copykit.keywords.candidates import Phrases, Reading
from copykit.keywords.counts import Counts
from copykit.keywords.mine import Floats, Wanted
from copykit.keywords.rows import Finder, Rows, in_order
from copykit.keywords.shares import settled
from copykit.keywords.words import BASE, U64, Ints, Words, neighbours, plain_text, text_hashes
from copykit.model import Context, Keyword
from copykit.text.normalize import fold_text
from copykit.text.segment import Segmenter

LENGTHENED = 2.0  # a better word that stands there so many times as often is the word meant
FACTORS = ("frequency", "cohesion", "variety", "aligned", "wording", "compound", "nested")


def discover(
    counts: Counts,
    rows: Rows,
    words: Words,
    settings: dict[str, Any],
    wanted: Wanted,
    knows: Callable[[str], bool],
    cut: Callable[[str], list[str]],
    model: str,
) -> list[Keyword]:
    """Return the new words of a corpus counted in units, most word-like first.

    ``rows`` are the ``survivors`` of the counts; ``settings`` is a ``discovery`` data file; ``knows`` tells what the
    dictionary has, ``cut`` how it cuts a text.
    """
    if not len(rows.keys):
        return []
    runs = _Runs(counts, rows)
    scoring = settings["scoring"]
    good = np.flatnonzero(
        (runs.size >= 2)
        & (runs.inside < scoring["most_inside"])
        & (runs.sides.min(axis=0) >= scoring["least_neighbours"])
        & (runs.cohesion > scoring["least_cohesion"])
    )
    good = np.concatenate((good, np.flatnonzero((runs.size == 1) & (runs.letters > 1))))
    texts = runs.texts(good)
    date = re.compile(rf"\d+[{settings['dates']}]|.*(?:\d[{settings['calendar']}]|[{settings['calendar']}]\d).*")
    keep = [
        number
        for number, text in enumerate(texts)
        if len(text) <= settings["chars"][1]
        and date.fullmatch(text) is None
        and any(map(str.isalpha, text))
        and not knows(text)
        and not knows(text.upper())
    ]
    good, texts = good[keep], [texts[number] for number in keep]
    if not len(good):
        return []
    parts = [cut(text) for text in texts]
    first, last = _habits(parts, words, model)
    count = rows.sums[0][good].astype(float)
    factors = {
        "frequency": np.log(count),
        "cohesion": np.clip(runs.cohesion[good], 0, 12),
        "variety": np.log2(runs.sides[:, good].min(axis=0)),
        "aligned": rows.sums[2][good] / count,
        "wording": first + last,
        "compound": np.array([len(part) > 1 and min(map(len, part)) > 1 for part in parts], float),
        "nested": runs.inside[good],
    }
    shares = {name: float(scoring[name]) * values for name, values in factors.items()}
    total: Floats = np.sum(list(shares.values()), axis=0)
    order = np.lexsort((rows.keys[good], -np.round(total, 6)))
    chosen = _apart(order.tolist(), texts, rows.sums[0][good], wanted.top)
    return [
        Keyword(
            texts[place],
            round(float(total[place]), 2),
            int(rows.sums[0, good[place]]),
            int(rows.sums[1, good[place]]),
            number,
            settled({name: float(values[place]) for name, values in shares.items()}, float(total[place]), 2),
        )
        for number, place in enumerate(chosen, 1)
    ]


class _Runs:
    """What is known of each run of units from the counts of the runs inside and around it."""

    def __init__(self, counts: Counts, rows: Rows) -> None:
        self._rows = rows
        vocabulary = counts.vocabulary(rows)
        at, self._has = vocabulary.at, vocabulary.has
        self._at, self._names = at, vocabulary.names
        hashes, sizes = vocabulary.hashes, vocabulary.sizes
        self.size = (rows.words >= 0).sum(axis=0)
        self.letters = np.where(self._has, sizes.take(at, mode="clip"), 0).sum(axis=0)
        self.sides = neighbours(rows.sides)
        self._order, keys = in_order(rows.keys)
        self._finder = Finder(keys)
        # Hashes of the first k units of each run; those of the rest follow from them.
        self._prefix = np.zeros((rows.words.shape[0] + 1, len(rows.keys)), np.uint64)
        self._before = np.zeros(self._prefix.shape, np.int64)
        for step in range(rows.words.shape[0]):
            has = self._has[step]
            grown = self._prefix[step] + hashes.take(at[step], mode="clip") * _power(BASE, self._before[step])
            self._prefix[step + 1] = np.where(has, grown, self._prefix[step])
            self._before[step + 1] = self._before[step] + np.where(has, sizes.take(at[step], mode="clip"), 0)
        self._total = max(counts.totals.words, 2)
        self.cohesion = self._least_information()
        self.inside = self._share_inside()

    def texts(self, places: Ints) -> list[str]:
        """Return the runs as they are shown."""
        names = self._names
        at = self._at.take(places, axis=1).T.tolist()
        sizes = self.size[places].tolist()
        return [
            plain_text("".join(names[number] for number in own[:size])) for own, size in zip(at, sizes, strict=True)
        ]

    def _least_information(self) -> Floats:
        """Return log2 of how much more often the two parts of a run meet than by chance, where it holds least."""
        least = np.full(len(self._order), np.inf)
        count = self._rows.sums[0].astype(float)
        inverse = pow(BASE, -1, 1 << 64)
        for size in range(2, self._at.shape[0] + 1):
            mine = np.flatnonzero(self.size == size)
            for split in range(1, size):
                left = self._count_of(self._prefix[split, mine])
                rest = self._prefix[size, mine] - self._prefix[split, mine]
                right = self._count_of(rest * _power(inverse, self._before[split, mine]))
                information = np.log2(count[mine] * self._total / np.maximum(left * right, 1))
                least[mine] = np.minimum(least[mine], information)
        least[self.size == 1] = 12
        return least

    def _share_inside(self) -> Floats:
        """Return the share of a run's places that are inside the most frequent run one unit longer."""
        most = np.zeros(len(self._order), np.int64)
        inverse = pow(BASE, -1, 1 << 64)
        longer = np.flatnonzero(self.size >= 2)
        without_last = self._prefix[self.size[longer] - 1, longer]
        rest = self._prefix[self.size[longer], longer] - self._prefix[1, longer]
        without_first = rest * _power(inverse, self._before[1, longer])
        for hashes in (without_last, without_first):
            at = self._places_of(hashes)
            known = at >= 0
            np.maximum.at(most, at[known], self._rows.sums[0][longer[known]])
        share: Floats = np.minimum(most / self._rows.sums[0], 1)
        return share

    def _places_of(self, hashes: U64) -> Ints:
        hashes = np.where(hashes == 0, 1, hashes).astype(np.uint64)
        at, known = self._finder.find(hashes)
        places: Ints = np.where(known, self._order.take(at), -1)
        return places

    def _count_of(self, hashes: U64) -> Floats:
        places = self._places_of(hashes)
        counts: Floats = np.where(places >= 0, self._rows.sums[0][places], 1).astype(float)
        return counts


def _power(base: int, exponents: Ints) -> U64:
    table = [1]
    for _ in range(int(exponents.max(initial=0))):
        table.append(table[-1] * base & 0xFFFFFFFFFFFFFFFF)
    return np.array(table, np.uint64)[exponents]


def _habits(parts: Sequence[Sequence[str]], words: Words, model: str) -> tuple[Floats, Floats]:
    """Return how often candidates with the same first, and the same last, word were keywords, as log odds."""
    found: list[NDArray[np.float64]] = []
    for side, place in (("first", 0), ("last", -1)):
        table = words.table(f"{model}.{side}")
        own = [table.values.get(fold_text(part[place]).strip(), table.default) for part in parts]
        found.append((np.array(own, float) - table.default) / 32)
    return found[0], found[1]


def _apart(order: Sequence[int], texts: Sequence[str], counts: Ints, top: int | None) -> list[int]:
    """Return the best, leaving out a run that only lengthens a better one, as 官方旗舰 does 旗舰 in a few places."""
    chosen: list[int] = []
    found: dict[str, int] = {}
    for place in order:
        text = texts[place]
        inner = (text[start:end] for start in range(len(text)) for end in range(start + 2, len(text) + 1))
        if any(LENGTHENED * counts[place] < found.get(piece, 0) for piece in inner):
            continue
        chosen.append(place)
        found[text] = int(counts[place])
        if top is not None and len(chosen) == top:
            break
    return chosen


def with_contexts(
    found: Sequence[Keyword], texts: Iterable[str], read: Callable[[str], tuple[Reading, Phrases]]
) -> list[Keyword]:
    """Return the words with the first places where they stand, one of a document; stops when all have enough.

    ``texts`` are those of blocks; ``read`` cuts one as it was cut for counting, and gives the runs that were counted.
    """
    keys = text_hashes([word.text.replace(" ", "") for word in found])
    order, keys = in_order(keys)
    finder = Finder(keys)
    contexts: list[list[Context]] = [[] for _ in found]
    missing = {place: word.text.replace(" ", "").lower() for place, word in enumerate(found)}
    for text in texts:
        plain = plain_text(text).replace(" ", "").lower()
        if not any(name in plain for name in missing.values()):
            continue
        reading, every = read(text)
        at, known = finder.find(every.hashes)
        known &= np.isin(order.take(at), list(missing))
        hits = np.flatnonzero(known)
        places = every.places.take(hits)
        starts, ends = reading.starts.take(places), reading.ends.take(places + every.sizes.take(hits) - 1)
        told: set[tuple[int, int]] = set()
        rows = zip(order.take(at.take(hits)), reading.docs.take(places), starts, ends, strict=True)
        for word, document, start, end in (map(int, row) for row in rows):
            if word in missing and (word, document) not in told:
                told.add((word, document))
                context = _around(text, start, end)
                if context not in contexts[word]:
                    contexts[word].append(context)
                if len(contexts[word]) == CONTEXTS:
                    del missing[word]
        if not missing:
            break
    return [replace(word, contexts=tuple(own)) for word, own in zip(found, contexts, strict=True)]


def _around(text: str, start: int, end: int) -> Context:
    """Return a stretch of a text with what is around it, up to where a sentence ends."""
    before = _EDGE.split(text[max(0, start - AROUND) : start])[-1].lstrip()
    after = _EDGE.split(text[end : end + AROUND])[0].rstrip()
    return Context(f"{before}{text[start:end]}{after}", len(before), len(before) + end - start)


CONTEXTS = 3  # of a word
AROUND = 12  # characters of context on each side
_EDGE = re.compile("[\x1d\x1e\r\n。！？!?；;\u3000]|  +")


def dictionary_lines(found: Sequence[Keyword], segmenter: Segmenter, settings: dict[str, Any]) -> list[str]:
    """Return the words that the next run should keep whole, in the format of jieba's user dictionaries.

    ``segmenter`` has the dictionary that they are added to: a frequency is such that it keeps the word whole.
    ``settings`` is a ``discovery`` data file, which says what is left out.
    """
    counts = {word.text: max(word.count, 3) for word in _exported(found, settings, segmenter)}
    return [f"{word.word} {word.freq} n" for word in segmenter.kept_whole(counts)]


def is_plain(text: str, settings: dict[str, Any]) -> bool:
    """Return whether a new word is Latin letters, numbers or a measure, which no segmenter cuts."""
    return text.isascii() or _measure(settings["export"]["measure"]).fullmatch(text) is not None


@functools.cache
def _measure(most: int) -> re.Pattern[str]:
    return re.compile(rf"\d[\d.]*\D{{0,{most}}}")


def _exported(found: Sequence[Keyword], settings: dict[str, Any], segmenter: Segmenter) -> list[Keyword]:
    """Return the words without which the next run would be worse."""
    export, scoring = settings["export"], settings["scoring"]
    good = [
        word
        for word in found
        if word.weight >= export["least_weight"]
        and word.factors["aligned"] >= scoring["aligned"] * export["least_aligned"]
        and not word.factors["compound"]
        and not is_plain(word.text, settings)
        and word.text[0].isalnum()
        and word.text[-1].isalnum()
        and word.text[-1] not in export["never_ends"]
        and not _is_clipped(word.text, segmenter, export)
    ]
    names = {word.text for word in good}
    # What is left of a word beside a shorter one is a word by itself if it has two characters.
    return [word for word in good if names.isdisjoint((*_beginnings(word.text), *_endings(word.text)))]


def _is_clipped(text: str, segmenter: Segmenter, export: dict[str, Any]) -> bool:
    """Return whether a run is a word with a function word beside it, or function words alone."""
    tokens = segmenter.tokens(text)
    first, last = tokens[0], tokens[-1]
    if first.tag in export["never_first"]:
        return True
    if len(tokens) > 1 and all(token.tag in export["never_alone"] for token in tokens):
        return True
    # 用摄像头 is 摄像头, used; 同城配送 and 被芯 are words.
    led = first.tag in export["before_word"] and len(last.text) > 1
    followed = last.tag in export["after_word"] and len(first.text) > 1 and segmenter.knows(first.text)
    return len(tokens) == 2 and (led or followed)


def _beginnings(text: str) -> list[str]:
    return [text[:end] for end in range(2, len(text) - 1)]


def _endings(text: str) -> list[str]:
    return [text[start:] for start in range(2, len(text) - 1)]
