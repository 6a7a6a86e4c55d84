"""Count candidates exactly, in memory while they fit and in sorted runs on disk when they no longer do.

A candidate is known by 64 bits of its folded letters: among fifty million of them the chance that any two share a
number is one in fifteen thousand. Sums do not depend on the order of their terms, so that the counts are the same
whatever the blocks, the processes and the spills were.

Columns are brought into another order with ``take``: indexing with an array costs up to fifty times as much where there
is more than one dimension.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from copykit.keywords.candidates import Cut, Reading, aligned, in_units, phrases, read_block, runs
from copykit.keywords.words import LATIN, NEIGHBOURS, SIGN_BESIDE, U64, Ints, Words, neighbour_codes

ROWS_IN_MEMORY = 700_000  # about 45 MB, twice that for the moment in which they are merged
HELD_SHARE = 5  # of the rows, the fifth that came most often stays when the others are written
MERGED_AT_ONCE = 200_000  # rows, so that what merging takes beside them stays small
WORDS_IN_MEMORY = 400_000  # about 25 MB; a new vocabulary is begun when a run is written
PARTITION_ROWS = 800_000  # looked at together while runs are merged
BUCKETS = 4096  # of the range of keys; a partition is a number of them
MOST_WORDS = 4  # of a candidate
LEAD = 0.2  # the first fifth of a text
LEAD_CHARS = 120  # and no more than this of a long one
SCALE = 10_000  # figures are added up as whole ten-thousandths, whose sum does not depend on their order

# Columns of a row; the first is the sort key, those in SUMS are added up.
SUMS = ("count", "documents", "heads", "leads")
U32 = NDArray[np.uint32]


class Rows(NamedTuple):
    """Candidates with their counts: columns of equal length, sorted by key.

    ``cuts`` is how the letters are cut into words, as a number: the smallest wins where texts are cut differently.
    ``words`` has a column of word numbers of a vocabulary for each place in a candidate, -1 where there is no further
    word; ``epochs`` tells which vocabulary. ``figures`` are sums or highest values, one column a role. ``sides``: which
    characters stand before and after, each as two bits of 32 (see ``words.NEIGHBOURS``), so that many bits mean many
    neighbours; those after in the upper half.
    """

    keys: U64
    sums: U32
    cuts: U32
    words: NDArray[np.int32]
    epochs: NDArray[np.uint16]
    figures: Ints
    sides: U64


class Columns(NamedTuple):
    """What is kept of each word of a vocabulary: hashes of its letters as written and folded, its count, its length."""

    written: U64
    folded: U64
    counts: Ints
    sizes: Ints


class Epoch(NamedTuple):
    """A vocabulary that rows refer to; what is on disk is read when it is asked for, and not kept."""

    table: Columns | Path
    words: Words | Path

    def columns(self) -> Columns:
        """Return what is known of its words."""
        if isinstance(self.table, Path):
            written, folded, counts, sizes = np.load(self.table)
            return Columns(written.view(np.uint64), folded.view(np.uint64), counts, sizes)
        return self.table

    def names(self) -> list[str]:
        """Return the words as written."""
        return self.words.read_text("utf-8").split("\n") if isinstance(self.words, Path) else self.words.names


class Totals(NamedTuple):
    """What was counted besides candidates."""

    documents: int
    words: int
    chars: int


class Counter:
    """Counts the candidates of blocks; several may work in processes of their own on one folder."""

    def __init__(
        self,
        make_words: Callable[[], Words],
        cut: Cut,
        folder: Path,
        name: str = "0",
        roles: Sequence[str] = (),
        highest: Sequence[str] = (),
        *,
        units: int = 0,
    ) -> None:
        """``folder`` takes the runs, named after ``name``; ``roles`` are figures, ``highest`` those not to be added.

        ``units``: count runs of so many characters and Latin words at most instead of phrases (see ``in_units``);
        ``heads`` then says how often a run begins and ends where words of the text do.
        """
        self._make_words, self._cut, self._folder, self._name = make_words, cut, folder, name
        self._roles = list(roles)
        self._is_highest = np.array([role in highest for role in roles], bool)
        self._units = units
        self._most = units or MOST_WORDS
        self.words = make_words()
        self._letters = make_words() if units else None
        self._word_counts: Ints = np.zeros(1024, np.int64)
        self._held = Held(_nothing(self._most, len(self._roles)), self._is_highest)
        self._waiting: list[Rows] = []
        self._rows = 0
        self._epoch = 0
        self.totals = Totals(0, 0, 0)
        self.runs = 0

    def add(self, text: str, figures: Sequence[Mapping[str, float]] = ()) -> None:
        """Count a block (see ``corpus.sources.Block``)."""
        rows = self._held.add(self._count(text, figures))
        self._waiting.append(rows)
        self._rows += len(rows.keys)
        full = self._words_are_full()
        if self._rows > ROWS_IN_MEMORY or full:
            merged = self._merged()
            if full:
                self._spill(merged, np.arange(len(merged.keys)))
                merged = taken(merged, np.zeros(0, np.int64))
            elif len(merged.keys) > ROWS_IN_MEMORY // 2:
                # What came often comes again; it stays, and is not written over and over.
                often = merged.sums[0] >= _often(merged.sums[0], ROWS_IN_MEMORY // HELD_SHARE)
                self._spill(merged, np.flatnonzero(~often))
                merged = taken(merged, np.flatnonzero(often))
            self._held, self._rows = Held(merged, self._is_highest), len(merged.keys)

    def _words_are_full(self) -> bool:
        letters = self._letters
        return self.words.size > WORDS_IN_MEMORY or (letters is not None and letters.size > WORDS_IN_MEMORY)

    def _merged(self) -> Rows:
        """Return the rows in memory as one, a share of the keys at a time, and have none waiting."""
        waiting, self._waiting = [self._held.rows, *self._waiting], []
        edges = _edges(sum(len(rows.keys) for rows in waiting) // MERGED_AT_ONCE + 1)
        bounds = [_bounds(rows.keys, edges) for rows in waiting]
        parts = [
            merge(
                [_sliced(rows, bound[part], bound[part + 1]) for rows, bound in zip(waiting, bounds, strict=True)],
                self._is_highest,
            )
            for part in range(len(edges) + 1)
        ]
        return joined(parts)

    def finish(self, others: Mapping[str, Totals] | None = None) -> Counts:
        """Return all that was counted, in memory and on disk; ``others`` are counters that were closed, by name."""
        words = self._letters or self.words
        waiting = self._merged()
        totals = Totals(*map(sum, zip(self.totals, *(others or {}).values(), strict=True)))
        names = [self._name, *(others or {})]
        return Counts(self._folder, names, self._is_highest, totals, waiting, Epoch(self._columns(words), words))

    def close(self) -> Totals:
        """Write all that is still in memory, for another process to read."""
        merged = self._merged()
        self._spill(merged, np.arange(len(merged.keys)))
        self._write_epoch()
        return self.totals

    def _count(self, text: str, figures: Sequence[Mapping[str, float]]) -> Rows:
        words = self.words
        reading = read_block(text, words, self._cut)
        if self._letters is not None:
            reading, words = in_units(reading, self._letters), self._letters
        if words.size > len(self._word_counts):
            self._word_counts = np.concatenate((self._word_counts, np.zeros(words.size, np.int64)))
        counted = np.bincount(reading.numbers)
        self._word_counts[: len(counted)] += counted
        documents, total = len(reading.begins), len(reading.numbers)
        self.totals = Totals(*map(sum, zip(self.totals, (documents, total, len(text)), strict=True)))
        every = runs(reading, words, self._units) if self._units else phrases(reading, words)
        size = len(every.places)
        if not size:
            return _nothing(self._most, len(self._roles))
        order, keys = in_order(every.hashes)
        new = _changes(keys)
        first = np.flatnonzero(new)
        counts = np.diff(np.append(first, size))
        # Places of one candidate are in the order of the text, so that those in one text stand together.
        places, sizes = every.places.take(order), every.sizes.take(order)
        docs = reading.docs.take(places)
        fresh = _changes(docs)
        fresh |= new
        sums = np.empty((len(SUMS), len(first)), np.uint32)
        sums[0] = counts
        sums[1] = _group_sums(fresh, first)
        if self._units:
            sums[2] = _group_sums(aligned(reading, places, sizes), first)
        else:
            sums[2] = self._heads(reading, places, first, counts)
        # Up to where a place is an early one, for each text.
        early = reading.begins + np.minimum(reading.lengths * LEAD, LEAD_CHARS).astype(np.int64)
        leads = reading.starts <= early.take(reading.docs)
        sums[3] = _group_sums(leads.take(places), first)
        # How many letters each word but the last has, six bits each, after what their number is worth.
        letters = np.concatenate((np.minimum(words.sizes.take(reading.numbers), 63), np.zeros(2, np.int32)))
        packed = letters[:-2] << 12 | letters[1:-1] << 6 | letters[2:]
        cuts = packed.take(places) >> _SHIFTS.take(sizes, mode="clip") | self._order(reading, places, sizes) << 18
        chosen, cut = _least(cuts.view(np.uint32), first)
        place, length_of = places.take(chosen), sizes.take(chosen)
        numbers = np.empty((self._most, len(first)), np.int32)
        padded_numbers = np.concatenate((reading.numbers, np.zeros(self._most, np.int32)))
        for step in range(self._most):
            numbers[step] = np.where(length_of > step, padded_numbers[step:].take(place), -1)
        return Rows(
            keys.take(first),
            sums,
            cut,
            numbers,
            np.full(len(first), self._epoch, np.uint16),
            self._figures(figures, fresh, docs, first),
            self._sides(reading, places, sizes, first),
        )

    @staticmethod
    def _order(reading: Reading, places: Ints, sizes: NDArray[np.int8]) -> NDArray[np.int32]:
        """Return which cut comes first: few words, but many of a Latin phrase, which is written with blanks."""
        latin = reading.bits & LATIN != 0
        if not latin.any():
            return sizes.astype(np.int32)
        both = latin.take(places) & latin.take(places + sizes - 1)
        return np.where(both, 7 - sizes, sizes).astype(np.int32)

    @staticmethod
    def _heads(reading: Reading, places: Ints, first: Ints, counts: Ints) -> Ints:
        """Return how many places of each candidate are in titles."""
        inside = np.count_nonzero(reading.heads)
        if not inside:
            return np.zeros(len(first), np.int64)
        # Besides the titles themselves there are their ends, of which none is part of a candidate.
        if inside >= len(reading.heads) - 2 * len(reading.begins):
            return counts
        return _group_sums(reading.heads.take(places), first)

    @staticmethod
    def _sides(reading: Reading, places: Ints, sizes: NDArray[np.int8], first: Ints) -> U64:
        """Return the neighbours' bits of each candidate; every text ends with a sign, so that there is always one."""
        beside = neighbour_codes().take(reading.codes)
        before = NEIGHBOURS.take(beside.take(np.maximum(reading.starts - 1, 0)))
        before[reading.starts == 0] = NEIGHBOURS[SIGN_BESIDE]
        after = NEIGHBOURS.take(beside.take(reading.ends, mode="clip")) << _AFTER
        sides: U64 = np.bitwise_or.reduceat(before.take(places) | after.take(places + sizes - 1), first)
        return sides

    def _figures(
        self, figures: Sequence[Mapping[str, float]], fresh: NDArray[np.bool_], docs: Ints, first: Ints
    ) -> Ints:
        """Return the sums, or the highest, of each figure over the texts that hold a candidate."""
        found = np.zeros((len(self._roles), len(first)), np.int64)
        if not figures:
            return found
        # Where a candidate is met in a further text, and where those of each candidate begin.
        at = np.flatnonzero(fresh)
        docs, first = docs.take(at), np.searchsorted(at, first)
        for place, role in enumerate(self._roles):
            values = np.array([round(row.get(role, 0) * SCALE) for row in figures], np.int64).take(docs)
            reduce = np.maximum if self._is_highest[place] else np.add
            found[place] = reduce.reduceat(values, first)
        return found

    def _columns(self, words: Words) -> Columns:
        size = words.size
        counts = self._word_counts[:size].copy()
        return Columns(words.written(), words.hashes[:size], counts, words.sizes[:size].astype(np.int64))

    def _spill(self, rows: Rows, places: Ints) -> None:
        if len(places):
            write_run(self._folder / f"{self._name}-{self.runs}.run", rows, places)
            self.runs += 1
        if self._words_are_full():
            self._write_epoch()
            self._epoch += 1
            self.words = self._make_words()
            if self._letters is not None:
                self._letters = self._make_words()
            self._word_counts = np.zeros(1024, np.int64)

    def _write_epoch(self) -> None:
        path = self._folder / f"{self._name}-words-{self._epoch}"
        words = self._letters or self.words
        path.with_suffix(".txt").write_text("\n".join(words.names), "utf-8", errors="replace", newline="\n")
        np.save(path.with_suffix(".npy"), np.stack([column.view(np.int64) for column in self._columns(words)]))


# Bits of the letter counts that say nothing about a candidate of so many words.
_SHIFTS = np.array([18, 18, 12, 6, 0], np.int32)


class Held:
    """Rows that stay in memory, to which those of a block are added in place."""

    def __init__(self, rows: Rows, is_highest: NDArray[np.bool_]) -> None:
        self.rows, self._is_highest = rows, is_highest
        self._finder = Finder(rows.keys)

    def add(self, rows: Rows) -> Rows:
        """Add the rows whose keys are held, and return the others."""
        held = self.rows
        if not len(held.keys):
            return rows
        at, known = self._finder.find(rows.keys)
        mine = np.flatnonzero(known)
        at = at.take(mine)
        for own, more in zip(held.sums, rows.sums, strict=True):
            own[at] += more.take(mine)
        held.sides[at] |= rows.sides.take(mine)
        for highest, own, figure in zip(self._is_highest, held.figures, rows.figures, strict=True):
            own[at] = (np.maximum if highest else np.add)(own.take(at), figure.take(mine))
        cuts = rows.cuts.take(mine)
        less = np.flatnonzero(cuts < held.cuts.take(at))
        if len(less):
            at, mine = at.take(less), mine.take(less)
            held.cuts[at] = cuts.take(less)
            held.epochs[at] = rows.epochs.take(mine)
            for words, better in zip(held.words, rows.words, strict=True):
                words[at] = better.take(mine)
        return taken(rows, np.flatnonzero(~known))


class Counts:
    """All that several counters counted; ``parts`` gives it by ranges of keys."""

    def __init__(
        self,
        folder: Path,
        names: Sequence[str],
        is_highest: NDArray[np.bool_],
        totals: Totals,
        waiting: Rows,
        epoch: Epoch,
    ) -> None:
        """Take the folder with the runs of the counters named, and what the first of them still holds in memory."""
        self.totals, self._is_highest, self._waiting = totals, is_highest, waiting
        self.epochs: list[Epoch] = []
        # Each counter numbers its vocabularies from 0; here they stand in one row.
        self._bases: dict[str, int] = {}
        for name in names:
            self._bases[name] = len(self.epochs)
            number = 0
            while (path := folder / f"{name}-words-{number}.npy").exists():
                self.epochs.append(Epoch(path, path.with_suffix(".txt")))
                number += 1
            if name == names[0]:
                self.epochs.append(epoch)
        self._runs = sorted(folder.glob("*.run"))

    def vocabulary(self, rows: Rows) -> Vocabulary:
        """Return the words of candidates, whichever vocabularies they refer to."""
        own = np.zeros(rows.words.shape, np.uint64)
        for number, epoch in enumerate(self.epochs):
            mine = np.flatnonzero(rows.epochs == number)
            if len(mine):
                numbers = rows.words.take(mine, axis=1)
                own[:, mine] = np.where(numbers >= 0, epoch.columns().folded.take(np.maximum(numbers, 0)), 0)
        has = own != 0
        hashes = np.unique(own[has])
        finder = Finder(hashes)
        sizes = np.zeros(len(hashes), np.int64)
        spelled = []
        for epoch in self.epochs:
            columns = epoch.columns()
            at, is_known = finder.find(columns.folded)
            known = np.flatnonzero(is_known)
            at = at.take(known)
            sizes[at] = columns.sizes.take(known)
            spelled.append((at, columns.written.take(known), columns.counts.take(known)))
        words, written, counts = (np.concatenate(column) for column in zip(*spelled, strict=True))
        order = np.lexsort((written, words))
        words, written, counts = words.take(order), written.take(order), counts.take(order)
        first = np.flatnonzero(_changes(words) | _changes(written))
        words, written, counts = words.take(first), written.take(first), _group_sums(counts, first)
        # Of each word the spelling met most often first; where two are, the same one on every machine.
        order = np.lexsort((written, -counts, words))
        spellings = words.take(order), written.take(order), counts.take(order)
        return Vocabulary(self.epochs, finder.find(own.ravel())[0].reshape(own.shape), has, hashes, sizes, *spellings)

    def parts(self) -> Iterator[Callable[[int], Rows]]:
        """Yield the ranges of keys one after another, each as what gives its rows with their final counts.

        It is told the least count that matters: candidates met fewer times are left out, most of them before they are
        looked at. No key is in two parts.
        """
        if not self._runs:
            yield lambda least: taken(self._waiting, np.flatnonzero(self._waiting.sums[0] >= least))
            return
        runs = [Run(path, self._bases[path.stem.rpartition("-")[0]]) for path in self._runs]
        total = sum(run.size for run in runs) + len(self._waiting.keys)
        # Keys are hashes, so that equal shares of their range hold about equally many.
        wide = max(BUCKETS // (total // PARTITION_ROWS + 1), 1)
        for begin in range(0, BUCKETS, wide):
            yield partial(self._part, runs, begin, min(begin + wide, BUCKETS))

    def _part(self, runs: Sequence[Run], begin: int, end: int, least: int) -> Rows:
        """Return the rows of the buckets from ``begin`` up to ``end``."""
        slices = [run.slice(begin, end) for run in runs]
        lone, several = (join_records([part[sort] for part in slices]) for sort in (0, 1))
        start, stop = np.searchsorted(self._waiting.keys >> _BUCKET_SHIFT, (begin, end))
        waiting = _sliced(self._waiting, int(start), int(stop))
        of_lone, of_several, of_waiting = _frequent(lone, several, waiting, least)
        rows = _read_lone(lone, of_lone), _read_several(several, of_several), taken(waiting, of_waiting)
        return merge(rows, self._is_highest)


def _frequent(lone: Records, several: Records, own: Rows, least: int) -> tuple[Ints, Ints, Ints]:
    """Return which records of each sort are of candidates with so many places; most of them are not, in a long text."""
    keys = np.concatenate((lone.rows["key"], several.rows["key"], own.keys))
    order, keys = in_order(keys)
    counts = np.ones(len(keys), np.int64)
    first, second = len(lone.rows), len(lone.rows) + len(several.rows)
    counts[first:second] = several.rows["sums"][:, 0]
    counts[second:] = own.sums[0]
    begins = np.flatnonzero(_changes(keys))
    sizes = np.diff(np.append(begins, len(keys)))
    good = np.sort(order[np.repeat(_group_sums(counts.take(order), begins) >= least, sizes)])
    middle, end = np.searchsorted(good, (first, second))
    return good[:middle], good[middle:end] - first, good[end:] - second


class Vocabulary:
    """The words of some candidates, told apart by their folded letters, with their spellings."""

    def __init__(
        self,
        epochs: Sequence[Epoch],
        at: Ints,
        has: NDArray[np.bool_],
        hashes: U64,
        sizes: Ints,
        words: Ints,
        written: U64,
        counts: Ints,
    ) -> None:
        """Take the words' hashes, rising, and lengths; ``at`` and ``has``: the place of each word of each candidate.

        ``words``, ``written``, ``counts``: which word each spelling is of, its letters, how often it came.
        """
        self._epochs = epochs
        self.at, self.has, self.hashes, self.sizes = at, has, hashes, sizes
        self._words, self._written, self._counts = words, written, counts
        self._first = np.searchsorted(words, np.arange(len(hashes)))
        self.times = np.add.reduceat(counts, self._first) if len(hashes) else counts

    def names(self, words: Ints | None = None) -> list[str]:
        """Return each of some words, of all by default, as it is mostly written."""
        first = self._first if words is None else self._first.take(words)
        return self._named(self._written.take(first))

    def spellings(self, words: Ints) -> dict[int, list[tuple[str, int]]]:
        """Return how some words are written, and how often so, the most frequent way first."""
        places = np.flatnonzero(np.isin(self._words, words))
        found: dict[int, list[tuple[str, int]]] = {}
        names = self._named(self._written.take(places))
        rows = zip(self._words.take(places).tolist(), names, self._counts.take(places).tolist(), strict=True)
        for word, name, count in rows:
            found.setdefault(word, []).append((name, count))
        return found

    def _named(self, written: U64) -> list[str]:
        """Return the words that are so written."""
        found = [""] * len(written)
        order, wanted = in_order(written)
        finder = Finder(wanted)
        missing = np.ones(len(written), bool)
        for epoch in self._epochs:
            at, known = finder.find(epoch.columns().written)
            here = np.flatnonzero(known)
            here = here[missing.take(at.take(here))]
            if len(here):
                names = epoch.names()
                at = at.take(here)
                missing[at] = False
                for place, number in zip(order.take(at).tolist(), here.tolist(), strict=True):
                    found[place] = names[number]
                if not missing.any():
                    break
        return found


def write_run(path: Path, rows: Rows, places: Ints) -> None:
    """Write the rows at these places as one file: sizes; where each bucket begins; rows of one place; all others."""
    words, figures = len(rows.words), len(rows.figures)
    single = rows.sums[0].take(places) == 1
    lone, several = places[single], places[~single]
    buckets = np.arange(BUCKETS + 1)
    starts = [np.searchsorted(rows.keys.take(each) >> _BUCKET_SHIFT, buckets) for each in (lone, several)]
    epoch = int(rows.epochs[0])  # all of them are of one vocabulary
    with path.open("wb") as out:
        np.array([len(lone), len(several), words, figures, epoch], np.int64).tofile(out)
        np.stack(starts, 1).astype(np.uint32).tofile(out)
        for each, encoded in ((lone, _as_lone), (several, _as_several)):
            for start in range(0, len(each), MERGED_AT_ONCE):
                encoded(taken(rows, each[start : start + MERGED_AT_ONCE])).tofile(out)


def _as_lone(rows: Rows) -> NDArray[np.void]:
    short = np.empty(len(rows.keys), _lone_type(len(rows.words), len(rows.figures)))
    short["key"], short["figures"] = rows.keys, rows.figures.T
    short["numbers"] = _three_bytes(np.concatenate((rows.cuts[None], rows.words.view(np.uint32))))
    short["before"], short["after"] = _as_code(rows.sides & _BEFORE), _as_code(rows.sides >> _AFTER)
    short["flags"] = rows.sums[2] | rows.sums[3] << 1
    return short


def _as_several(rows: Rows) -> NDArray[np.void]:
    long = np.empty(len(rows.keys), _several_type(len(rows.words), len(rows.figures)))
    long["key"], long["figures"] = rows.keys, rows.figures.T
    long["numbers"] = _three_bytes(np.concatenate((rows.cuts[None], rows.words.view(np.uint32))))
    long["sums"], long["sides"] = rows.sums.T, rows.sides
    return long


def _lone_type(words: int, figures: int) -> np.dtype[np.void]:
    """Return a candidate with one place on disk: most rows are such, and all of its sums are 0 or 1."""
    return np.dtype(
        [
            ("key", "<u8"),
            ("numbers", np.uint8, (3 * (1 + words),)),  # the cut, then the words
            ("before", np.uint8),
            ("after", np.uint8),
            ("flags", np.uint8),
            ("figures", "<i8", (figures,)),
        ]
    )


def _several_type(words: int, figures: int) -> np.dtype[np.void]:
    """Return a candidate with several places on disk; no corpus has four milliards of anything."""
    return np.dtype(
        [
            ("key", "<u8"),
            ("numbers", np.uint8, (3 * (1 + words),)),
            ("sums", "<u4", (len(SUMS),)),
            ("sides", "<u8"),
            ("figures", "<i8", (figures,)),
        ]
    )


def _three_bytes(numbers: U32) -> NDArray[np.uint8]:
    """Return columns of numbers below 2^24, and -1, as rows of three bytes each."""
    columns, rows = numbers.shape
    as_bytes = np.ascontiguousarray(numbers.T, "<u4").view(np.uint8).reshape(rows, columns, 4)
    return as_bytes[:, :, :3].reshape(rows, 3 * columns)


def _from_bytes(rows: NDArray[np.uint8]) -> NDArray[np.int32]:
    """Return what ``_three_bytes`` was given."""
    padded = np.zeros((len(rows), rows.shape[1] // 3, 4), np.uint8)
    padded[:, :, :3] = rows.reshape(len(rows), rows.shape[1] // 3, 3)
    numbers = padded.view("<i4")[:, :, 0].T.astype(np.int32)
    numbers[numbers == 0xFFFFFF] = -1
    return numbers


def _as_code(sides: U64) -> NDArray[np.uint8]:
    """Return one neighbour as a byte: which of NEIGHBOURS it is."""
    return _BY_BITS.take(np.searchsorted(NEIGHBOURS.take(_BY_BITS), sides))


_BY_BITS = np.argsort(NEIGHBOURS).astype(np.uint8)
_BEFORE, _AFTER = np.uint64(0xFFFFFFFF), np.uint64(32)
_BUCKET_SHIFT = np.uint64(64 - (BUCKETS - 1).bit_length())


class Records(NamedTuple):
    """Rows as they are on disk, with the vocabulary of each."""

    rows: NDArray[np.void]
    epochs: NDArray[np.uint16]


def join_records(parts: Sequence[Records]) -> Records:
    """Return the records of all parts."""
    return Records(np.concatenate([part.rows for part in parts]), np.concatenate([part.epochs for part in parts]))


def _read_lone(records: Records, places: Ints) -> Rows:
    found = records.rows.take(places)
    numbers = _from_bytes(found["numbers"])
    flags = found["flags"].astype(np.uint32)
    ones = np.ones(len(found), np.uint32)
    return Rows(
        found["key"].astype(np.uint64),
        np.stack((ones, ones, flags & 1, flags >> 1)),
        numbers[0].astype(np.uint32),
        numbers[1:],
        records.epochs.take(places),
        np.ascontiguousarray(found["figures"].T),
        NEIGHBOURS.take(found["before"]) | NEIGHBOURS.take(found["after"]) << _AFTER,
    )


def _read_several(records: Records, places: Ints) -> Rows:
    found = records.rows.take(places)
    numbers = _from_bytes(found["numbers"])
    return Rows(
        found["key"].astype(np.uint64),
        np.ascontiguousarray(found["sums"].T),
        numbers[0].astype(np.uint32),
        numbers[1:],
        records.epochs.take(places),
        np.ascontiguousarray(found["figures"].T),
        found["sides"].astype(np.uint64),
    )


class Run:
    """A sorted run on disk, of which slices are read; it is not mapped, as mapped pages count as memory."""

    def __init__(self, path: Path, base: int) -> None:
        """``base`` is the place of the counter's first vocabulary among all."""
        self._path = path
        lone, several, words, figures, epoch = np.fromfile(path, np.int64, 5).tolist()
        self._types = _lone_type(words, figures), _several_type(words, figures)
        begin = 40 + 8 * (BUCKETS + 1)
        self._begins = begin, begin + lone * self._types[0].itemsize
        self._epoch = base + epoch
        self.size = lone + several

    def slice(self, begin: int, end: int) -> tuple[Records, Records]:
        """Return the rows of the buckets from ``begin`` up to ``end``: those of a single place, and the others."""
        found = []
        with self._path.open("rb") as file:
            edges = []
            for bucket in (begin, end):
                file.seek(40 + 8 * bucket)
                edges.append(np.fromfile(file, np.uint32, 2).tolist())
            for sort, (start, stop) in enumerate(zip(*edges, strict=True)):
                file.seek(self._begins[sort] + start * self._types[sort].itemsize)
                rows = np.fromfile(file, self._types[sort], stop - start)
                found.append(Records(rows, np.full(len(rows), self._epoch, np.uint16)))
        return found[0], found[1]


def merge(parts: Sequence[Rows], is_highest: NDArray[np.bool_]) -> Rows:
    """Return the rows of all parts, of which there is one at least, with equal keys made one."""
    every = joined(parts)
    if len(parts) == 1 or not len(every.keys):
        return every
    order, keys = in_order(every.keys)
    first = np.flatnonzero(_changes(keys))
    chosen, cuts = _least(every.cuts.take(order), first)
    chosen = order.take(chosen)
    figures = np.zeros((len(is_highest), len(first)), np.int64)
    for place, (highest, column) in enumerate(zip(is_highest, every.figures.take(order, axis=1), strict=True)):
        figures[place] = (np.maximum if highest else np.add).reduceat(column, first)
    return Rows(
        keys.take(first),
        np.add.reduceat(every.sums.take(order, axis=1), first, axis=1, dtype=np.uint32),
        cuts,
        every.words.take(chosen, axis=1),
        every.epochs.take(chosen),
        figures,
        np.bitwise_or.reduceat(every.sides.take(order), first),
    )


def in_order(keys: U64) -> tuple[Ints, U64]:
    """Return the places of numbers by size, equal ones as they stand, and the numbers in that order."""
    # Sorting is several times as quick as finding an order, so the low bits make room for the place. Hashes hardly ever
    # differ in these bits alone, and where two do it is seen.
    low = np.uint64((1 << max(len(keys) - 1, 1).bit_length()) - 1)
    packed = np.sort(keys & ~low | np.arange(len(keys), dtype=np.uint64))
    order = (packed & low).astype(np.int64)
    found = keys.take(order)
    if (found[1:] < found[:-1]).any():
        order = np.argsort(keys, kind="stable")
        found = keys.take(order)
    return order, found


class Finder:
    """Finds hashes in a sorted row of them: they spread evenly, and each stands next to where its first bits say."""

    def __init__(self, keys: U64) -> None:
        self._keys = keys
        self._shift = np.uint64(64 - max(len(keys), 2).bit_length())
        slots = (keys >> self._shift).astype(np.int64)
        self._begins = np.concatenate(([0], np.cumsum(np.bincount(slots, minlength=1 << (64 - int(self._shift))))))

    def find(self, keys: U64) -> tuple[Ints, NDArray[np.bool_]]:
        """Return where each key stands, and whether it stands there at all: if not, the place says nothing."""
        own = self._keys
        if not len(own):
            return np.zeros(len(keys), np.int64), np.zeros(len(keys), bool)
        slots = (keys >> self._shift).astype(np.int64)
        places, ends = self._begins.take(slots), self._begins.take(slots + 1)
        found = own.take(places, mode="clip")
        pending = np.flatnonzero((found < keys) & (places < ends))
        while len(pending):
            places[pending] += 1
            here = places.take(pending)
            own_here = own.take(here, mode="clip")
            found[pending] = own_here
            pending = pending[(own_here < keys.take(pending)) & (here < ends.take(pending))]
        return np.minimum(places, len(own) - 1), found == keys


def _changes(keys: NDArray[np.generic]) -> NDArray[np.bool_]:
    """Return where a sorted column has a value that it did not have before."""
    new = np.empty(len(keys), bool)
    new[:1] = True
    np.not_equal(keys[1:], keys[:-1], out=new[1:])
    return new


def _group_sums(values: NDArray[np.bool_] | Ints, first: Ints) -> Ints:
    """Return the sum of each group, given where each begins."""
    if not len(first):
        return np.zeros(0, np.int64)
    ends = np.append(first[1:], len(values)) - 1
    sums: Ints = np.diff(np.cumsum(values, dtype=np.int64).take(ends), prepend=0)
    return sums


def _least(cuts: U32, first: Ints) -> tuple[Ints, U32]:
    """Return the place of the least in each group, nearly always its first, and what it is."""
    if not len(first):
        return first, cuts
    least: U32 = np.minimum.reduceat(cuts, first)
    chosen = first
    others = np.flatnonzero(least != cuts.take(first))
    if len(others):
        begins = first.take(others)
        sizes = np.append(first, len(cuts)).take(others + 1) - begins
        group = np.repeat(np.arange(len(others)), sizes)
        places = np.arange(len(group)) + (begins - np.cumsum(sizes) + sizes).take(group)
        hits = np.flatnonzero(cuts.take(places) == least.take(others).take(group))[::-1]
        chosen = first.copy()
        chosen[others.take(group.take(hits))] = places.take(hits)
    return chosen, least


def _often(counts: U32, rows: int) -> int:
    """Return the count from which on there are no more than so many rows."""
    limit = 1 << 16
    above = np.cumsum(np.bincount(np.minimum(counts, limit), minlength=limit + 1)[::-1])[::-1]
    return int(np.argmax(above <= rows)) if above[limit] <= rows else limit + 1


def _edges(parts: int) -> U64:
    """Return the keys at which so many equal shares of their range begin, without the first."""
    return np.array([(number << 64) // parts for number in range(1, parts)], np.uint64)


def _bounds(keys: U64, edges: U64) -> list[int]:
    return [0, *np.searchsorted(keys, edges).tolist(), len(keys)]


def _sliced(rows: Rows, start: int, end: int) -> Rows:
    return Rows._make(column[..., start:end] for column in rows)


def taken(rows: Rows, places: Ints) -> Rows:
    """Return the rows at these places."""
    return Rows._make(column.take(places, axis=-1) for column in rows)


def joined(parts: Sequence[Rows]) -> Rows:
    """Return the rows of all parts, one after another."""
    if len(parts) == 1:
        return parts[0]
    return Rows._make(np.concatenate(columns, axis=-1) for columns in zip(*parts, strict=True))


def _nothing(words: int, figures: int) -> Rows:
    return Rows(
        np.zeros(0, np.uint64),
        np.zeros((len(SUMS), 0), np.uint32),
        np.zeros(0, np.uint32),
        np.zeros((words, 0), np.int32),
        np.zeros(0, np.uint16),
        np.zeros((figures, 0), np.int64),
        np.zeros(0, np.uint64),
    )
