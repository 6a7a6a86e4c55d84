"""What of a text stands in other texts already: runs of the same characters, and sentences that were only reworded.

Only ink counts: texts are folded, and blanks and signs are left out, so that a changed comma hides nothing. Runs are
found without exception: every eight characters at a sixth of all places of the corpus are kept, and whatever two texts
share over 13 characters holds one of them. Reworded sentences are found by MinHash over pairs of characters.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from itertools import islice, pairwise
from typing import Any, NamedTuple

from copykit.late import late
from copykit.model import Span
from copykit.text.clauses import sentences
from copykit.text.normalize import fold

# 13 characters are more than a name or a set phrase; chance alone hardly ever repeats them.
SHORTEST_RUN = 13


class Passage(NamedTuple):
    """A range of the text and the range of the source that it repeats, both in the texts as they were written.

    ``alike`` is 1 for the same characters, else the share of character pairs that the two have in common.
    """

    start: int
    end: int
    source: str
    source_start: int
    source_end: int
    alike: float = 1.0


class Originality(NamedTuple):
    """``share`` of the text's ink, 0–1, that stands in the corpus; the passages, and the sentences only reworded."""

    share: float
    passages: tuple[Passage, ...]
    reworded: tuple[Passage, ...] = ()


class _Ink:
    """The letters, digits and Han of a text, folded, each with its place in the text as it was written."""

    __slots__ = ("_folded", "_places", "text")

    def __init__(self, source: str) -> None:
        self._folded = fold(source)
        folded = self._folded.text
        self._places = [place for place, char in enumerate(folded) if char.isalnum()]
        self.text = "".join(map(folded.__getitem__, self._places))

    def span(self, start: int, end: int) -> Span:
        """Return where the ink ``start:end`` (not empty) stands in the source."""
        places = self._places
        return Span(*self._folded.span(places[start], places[end - 1] + 1))


class Index:
    """A corpus made ready for comparison; ``documents`` are (name, text), held in memory at about 30 times their size.

    Equal names are two documents. Texts without ink are kept and never met.
    """

    def __init__(self, documents: Iterable[tuple[str, str]]) -> None:
        self.names: list[str] = []
        self._texts: list[str] = []
        self._inks: list[_Ink] = []
        self._seeds: dict[str, list[tuple[int, int]]] = {}
        self._sketches = _Sketches()
        for name, text in documents:
            self._add(name, text)

    def _add(self, name: str, text: str) -> None:
        number = len(self.names)
        ink = _Ink(text)
        self.names.append(name)
        self._texts.append(text)
        self._inks.append(ink)
        for place in range(0, len(ink.text) - _SEED + 1, _STEP):
            places = self._seeds.setdefault(ink.text[place : place + _SEED], [])
            if len(places) < _MOST_PLACES:
                places.append((number, place))
        self._sketches.add(number, text)

    def runs(self, ink: str) -> list[tuple[int, int, int, int]]:
        """Return (start, end, document, place in its ink) of the common runs, none inside another, by place."""
        found: list[tuple[int, int, int, int]] = []
        followed: dict[tuple[int, int], int] = {}  # a diagonal of a document → where its last run ends
        reached = place = 0
        while place <= len(ink) - _SEED:
            for number, there in self._seeds.get(ink[place : place + _SEED], ()):
                if followed.get((number, place - there), 0) > place:
                    continue
                before = _common_before(ink, place, self._inks[number].text, there)
                after = _common_after(ink, place, self._inks[number].text, there)
                followed[number, place - there] = place + after
                if before + after >= SHORTEST_RUN:
                    found.append((place - before, place + after, number, there - before))
                    reached = max(reached, place + after)
            # What goes on beyond a run has a seed no earlier than this, so that the rest of the run need not be asked.
            place = max(place + 1, reached - SHORTEST_RUN + 1)
        return _outermost(found)

    def source(self, number: int, start: int, end: int) -> Span:
        """Return where ink of a document stands in it."""
        return self._inks[number].span(start, end)

    def alike(self, sentence: str) -> tuple[int, Span, float] | None:
        """Return the document and place of the sentence most like this one, and how alike, if it is a rewording."""
        return self._sketches.nearest(sentence, self._texts)


_SEED, _STEP = 8, 6  # a run of 8 + 6 - 1 = 13 holds a whole seed that begins at a multiple of 6
# What stands in a corpus more often than this (a footer, a set phrase) is compared with its first places only.
_MOST_PLACES = 64


def corpus_index(documents: Iterable[tuple[str, str]]) -> Index:
    """Return an index over (name, text) pairs, such as a folder's files or a table's rows.

    Leave out the text that is going to be compared. About a second a megabyte.
    """
    return Index(documents)


def originality(text: str, index: Index) -> Originality:
    """Compare a text with a corpus; total on any string, and nothing is found in a text without ink."""
    ink = _Ink(text)
    runs = index.runs(ink.text)
    passages = tuple(
        Passage(*ink.span(start, end), index.names[number], *index.source(number, there, there + end - start))
        for start, end, number, there in runs
    )
    covered = sum(end - start for start, end in _joined((start, end) for start, end, *_ in runs))
    told = _joined((passage.start, passage.end) for passage in passages)
    reworded = [
        Passage(*span, index.names[near[0]], *near[1], near[2])
        for span in _long_sentences(text)
        if not _mostly_in(span, told) and (near := index.alike(text[span.start : span.end])) is not None
    ]
    return Originality(covered / len(ink.text) if ink.text else 0.0, passages, tuple(reworded))


class _Sketches:
    """Sentences as MinHash sketches in an LSH, and the sentence most like another one."""

    def __init__(self) -> None:
        # Late: the package brings numpy and scipy, half a second that only a comparison needs.
        import datasketch

        # Copied for every sentence: drawing its permutations takes longer than a sentence does.
        self._blank = datasketch.MinHash(num_perm=_BANDS * _ROWS, hashfunc=zlib.crc32, seed=1)
        self._lsh = datasketch.MinHashLSH(num_perm=_BANDS * _ROWS, params=(_BANDS, _ROWS))

    def add(self, number: int, text: str) -> None:
        """Take in the sentences of a document."""
        for span in _long_sentences(text):
            sketch = self._sketch(_pairs(text[span.start : span.end]))
            self._lsh.insert((number, span), sketch, check_duplication=False)

    def _sketch(self, pairs: Iterable[str]) -> Any:
        sketch = self._blank.copy()
        sketch.update_batch([pair.encode() for pair in pairs])
        return sketch

    def nearest(self, sentence: str, texts: Sequence[str]) -> tuple[int, Span, float] | None:
        """Return the document and place of the sentence most like this one, and the pairs that they share, 0–1."""
        own = _pairs(sentence)
        best: tuple[float, int, Span] | None = None
        # What the sketches say is an estimate; the pairs themselves decide.
        for number, span in islice(sorted(self._lsh.query(self._sketch(own))), _MOST_PLACES):
            theirs = _pairs(texts[number][span.start : span.end])
            alike = len(own & theirs) / len(own | theirs)
            if alike >= _REWORDED and (best is None or alike > best[0]):
                best = alike, number, span
        return None if best is None else (best[1], best[2], best[0])


# 10 bands of 2 rows meet 94 % of the sentences that share half of their pairs, 2 % of those that share a twentieth.
_BANDS, _ROWS = 10, 2
# Three words of two characters replaced in a sentence of 30 leave half of the pairs; unlike sentences share 5 %.
_REWORDED = 0.5


def _pairs(sentence: str) -> set[str]:
    ink = _NO_INK.sub("", fold(sentence).text)
    return set(map("".join, pairwise(ink)))


_NO_INK = late(r"[\W_]+")


def _long_sentences(text: str) -> list[Span]:
    """Return the sentences long enough to be told from a set phrase."""
    return [
        span
        for span in sentences(text)
        if span.end - span.start >= SHORTEST_RUN and len(_pairs(text[span.start : span.end])) >= SHORTEST_RUN - 1
    ]


def _common_before(one: str, place: int, other: str, there: int) -> int:
    """Return how many characters before the two places are the same."""
    size, step = 0, 16
    while step:
        low, far = place - size - step, there - size - step
        if low >= 0 and far >= 0 and one[low : place - size] == other[far : there - size]:
            size += step
            step *= 2
        else:
            step //= 2
    return size


def _common_after(one: str, place: int, other: str, there: int) -> int:
    """Return how many characters from the two places on are the same."""
    size, step = 0, 16
    while step:
        begin, far = place + size, there + size
        part = one[begin : begin + step]
        if len(part) == step and part == other[far : far + step]:
            size += step
            step *= 2
        else:
            step //= 2
    return size


def _outermost(runs: list[tuple[int, int, int, int]]) -> list[tuple[int, int, int, int]]:
    """Return the runs by place, without those that lie inside another."""
    kept: list[tuple[int, int, int, int]] = []
    for run in sorted(runs, key=lambda run: (run[0], -run[1], run[2], run[3])):
        if not kept or run[1] > kept[-1][1]:
            kept.append(run)
    return kept


def _joined(ranges: Iterable[tuple[int, int]]) -> list[Span]:
    """Return ranges in order, those that meet or overlap as one."""
    joined: list[Span] = []
    for start, end in sorted(ranges):
        if joined and start <= joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(end, joined[-1].end))
        else:
            joined.append(Span(start, end))
    return joined


def _mostly_in(span: Span, ranges: Sequence[Span]) -> bool:
    """Return whether half of a span or more lies in the ranges."""
    inside = sum(max(0, min(span.end, end) - max(span.start, start)) for start, end in ranges)
    return 2 * inside >= span.end - span.start
