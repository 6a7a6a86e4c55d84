"""Count candidates exactly, in memory while they fit and in sorted runs on disk when they no longer do.

A candidate is known by 64 bits of its folded letters: among fifty million of them the chance that any two share a
number is one in fifteen thousand. Sums do not depend on the order of their terms, so that the counts are the same
whatever the blocks, the processes and the spills were.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import count
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from copykit.keywords.candidates import Cut, in_units, phrases, read_block, runs, whole_rows
from copykit.keywords.rows import (
    U32,
    Finder,
    Held,
    Rows,
    changes,
    group_sums,
    in_order,
    joined,
    least_cut,
    merge,
    nothing,
    sliced,
    taken,
)
from copykit.keywords.spills import (
    BUCKET_SHIFT,
    BUCKETS,
    Records,
    Run,
    join_records,
    read_lone,
    read_several,
    write_run,
)
from copykit.keywords.tally import Groups, cuts_of, grouped, sides_of, sums_of, words_of
from copykit.keywords.vocabularies import Columns, Epoch, Vocabulary
from copykit.keywords.words import U64, Ints, Words

ROWS_IN_MEMORY = 700_000  # about 45 MB, twice that for the moment in which they are merged
HELD_SHARE = 5  # of the rows, the fifth that came most often stays when the others are written
MERGED_AT_ONCE = 200_000  # rows, so that what merging takes beside them stays small
WORDS_IN_MEMORY = 400_000  # about 25 MB; a new vocabulary is begun when a run is written
PARTITION_ROWS = 800_000  # looked at together while runs are merged
MOST_WORDS = 4  # of a candidate
STEPS = 1_000  # in which a figure is told from one e times as high, where there are too many candidates
SCALE = 10_000  # figures are added up as whole ten-thousandths, whose sum does not depend on their order


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
        # Behind the figures stands for each in how many texts it was told.
        self._is_highest = np.array([*(role in highest for role in roles), *(False for _ in roles)], bool)
        self._units = units
        self.words = make_words()
        row_rules = self.words.rules.rows
        self._most = units or (row_rules.words if row_rules is not None else MOST_WORDS)
        self._letters = make_words() if units else None
        self._word_counts: Ints = np.zeros(1024, np.int64)
        self._held = Held(self._nothing(), self._is_highest)
        self._waiting: list[Rows] = []
        self._rows = 0
        self._epoch = 0
        self.totals = Totals(0, 0, 0)
        self.runs = 0

    def add(self, text: str, figures: Sequence[Mapping[str, float]] = ()) -> None:
        """Count a block (see ``corpus.blocks.Block``)."""
        rows = self._held.add(self._count(text, figures))
        self._waiting.append(rows)
        self._rows += len(rows.keys)
        full = self._words_are_full()
        if self._rows > ROWS_IN_MEMORY or full:
            merged = self._merged()
            if full:
                self._spill(merged, _every(merged))
                merged = [self._nothing()]
            elif sum(len(part.keys) for part in merged) > ROWS_IN_MEMORY // 2:
                # What came often comes again; it stays, and is not written over and over.
                least = _often(np.concatenate([part.sums[0] for part in merged]), ROWS_IN_MEMORY // HELD_SHARE)
                self._spill(merged, [np.flatnonzero(part.sums[0] < least) for part in merged])
                merged = [taken(part, np.flatnonzero(part.sums[0] >= least)) for part in merged]
            held = joined(merged)
            self._held, self._rows = Held(held, self._is_highest), len(held.keys)

    def _words_are_full(self) -> bool:
        letters = self._letters
        return self.words.size > WORDS_IN_MEMORY or (letters is not None and letters.size > WORDS_IN_MEMORY)

    def _nothing(self) -> Rows:
        return nothing(self._most, len(self._is_highest))

    def _merged(self) -> list[Rows]:
        """Return the rows in memory with equal keys made one, a share of the keys in each part, and have none waiting.

        The parts are sorted and follow each other; together they would take their size once more.
        """
        waiting, self._waiting = [self._held.rows, *self._waiting], []
        edges = _edges(sum(len(rows.keys) for rows in waiting) // MERGED_AT_ONCE + 1)
        bounds = [_bounds(rows.keys, edges) for rows in waiting]
        return [
            merge(
                [sliced(rows, bound[part], bound[part + 1]) for rows, bound in zip(waiting, bounds, strict=True)],
                self._is_highest,
            )
            for part in range(len(edges) + 1)
        ]

    def finish(self, others: Mapping[str, Totals] | None = None) -> Counts:
        """Return all that was counted, in memory and on disk; ``others`` are counters that were closed, by name."""
        words = self._letters or self.words
        waiting = joined(self._merged())
        self._held = Held(self._nothing(), self._is_highest)
        totals = Totals(*map(sum, zip(self.totals, *(others or {}).values(), strict=True)))
        names = [self._name, *(others or {})]
        epoch = Epoch(self._columns(words), words)
        return Counts(self._folder, names, self._is_highest, totals, waiting, epoch, self._judged())

    def close(self) -> Totals:
        """Write all that is still in memory, for other processes to read, and keep none of it."""
        merged = self._merged()
        self._spill(merged, _every(merged))
        self._write_epoch()
        self._held = Held(self._nothing(), self._is_highest)
        self._begin_words()
        return self.totals

    def closed(self, counters: Mapping[str, Totals]) -> Counts:
        """Return all that these counters, each of them closed, have counted; every process may read it."""
        totals = Totals(*map(sum, zip(*counters.values(), strict=True)))
        return Counts(self._folder, list(counters), self._is_highest, totals, self._nothing(), None, self._judged())

    def _judged(self) -> int | None:
        """Return the figure that whole rows are judged by, -1 where there is none; None where no text is a keyword."""
        rules = self.words.rules.rows
        if rules is None or self._units:
            return None
        return next((self._roles.index(role) for role in rules.telling if role in self._roles), -1)

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
        if not len(every.places):
            return self._nothing()
        rules = words.rules
        whole = whole_rows(reading, rules.rows, rules.least) if rules.rows is not None and not self._units else None
        groups = grouped(reading, every, whole)
        chosen, cuts = least_cut(cuts_of(groups, words), groups.first)
        return Rows(
            groups.keys,
            sums_of(groups, in_units=bool(self._units)),
            cuts,
            words_of(groups, chosen, self._most),
            np.full(len(groups.first), self._epoch, np.uint16),
            self._figures(figures, groups),
            sides_of(groups),
        )

    def _figures(self, figures: Sequence[Mapping[str, float]], groups: Groups) -> Ints:
        """Return the sums, or the highest, of each figure over the texts that hold a candidate, then how many told it.

        Where texts may be keywords as a whole, their figures are those of the whole only.
        """
        found = np.zeros((len(self._is_highest), len(groups.first)), np.int64)
        if not figures:
            return found
        # Where a candidate is met in a further text, and where those of each candidate begin.
        at = np.flatnonzero(groups.fresh)
        docs, first = groups.docs.take(at), np.searchsorted(at, groups.first)
        for place, role in enumerate(self._roles):
            values = np.array([round(row.get(role, 0) * SCALE) for row in figures], np.int64).take(docs)
            told = np.array([role in row for row in figures], np.int64).take(docs)
            if groups.whole is not None:
                own = groups.whole.take(at)
                values, told = values * own, told * own
            reduce = np.maximum if self._is_highest[place] else np.add
            found[place] = reduce.reduceat(values, first)
            found[len(self._roles) + place] = np.add.reduceat(told, first)
        return found

    def _columns(self, words: Words) -> Columns:
        size = words.size
        counts = self._word_counts[:size].copy()
        sizes, tags = words.sizes[:size].astype(np.int64), words.tags[:size].astype(np.int64)
        return Columns(words.written(), words.hashes[:size], counts, sizes, tags)

    def _spill(self, parts: Sequence[Rows], places: Sequence[Ints]) -> None:
        if any(map(len, places)):
            write_run(self._folder / f"{self._name}-{self.runs}.run", parts, places)
            self.runs += 1
        if self._words_are_full():
            self._write_epoch()
            self._epoch += 1
            self._begin_words()

    def _begin_words(self) -> None:
        self.words = self._make_words()
        if self._letters is not None:
            self._letters = self._make_words()
        self._word_counts = np.zeros(1024, np.int64)

    def _write_epoch(self) -> None:
        path = self._folder / f"{self._name}-words-{self._epoch}"
        words = self._letters or self.words
        path.with_suffix(".txt").write_text("\n".join(words.names), "utf-8", errors="replace", newline="\n")
        np.save(path.with_suffix(".npy"), np.stack([column.view(np.int64) for column in self._columns(words)]))


class Counts:
    """All that several counters counted; ``parts`` gives it by ranges of keys."""

    def __init__(
        self,
        folder: Path,
        names: Sequence[str],
        is_highest: NDArray[np.bool_],
        totals: Totals,
        waiting: Rows,
        epoch: Epoch | None,
        judged: int | None = None,
    ) -> None:
        """Take the folder with the runs of the counters named, and what the first of them still holds in memory.

        ``epoch`` is the vocabulary of that, None where all of them were closed; for ``judged`` see ``standing``.
        """
        self._judged = judged
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
            if name == names[0] and epoch is not None:
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
            spelled.append((at, *(column.take(known) for column in (columns.written, columns.counts, columns.tags))))
        words, written, counts, tags = (np.concatenate(column) for column in zip(*spelled, strict=True))
        order = np.lexsort((written, words))
        words, written, counts = words.take(order), written.take(order), counts.take(order)
        first = np.flatnonzero(changes(words) | changes(written))
        words, written, counts = words.take(first), written.take(first), group_sums(counts, first)
        tags = tags.take(order).take(first)
        # Of each word the spelling met most often first; where two are, the same one on every machine.
        order = np.lexsort((written, -counts, words))
        spellings = words.take(order), written.take(order), counts.take(order), tags.take(order)
        return Vocabulary(self.epochs, finder.find(own.ravel())[0].reshape(own.shape), has, hashes, sizes, *spellings)

    @property
    def has_whole(self) -> bool:
        """Whether texts may be keywords as a whole, so that one place of them is enough."""
        return self._judged is not None

    def standing(self, rows: Rows) -> Ints:
        """Return the number by which candidates are chosen where there are too many: how often each came.

        What was typed as a whole stands before that, by the figure that is told of it.
        """
        counts: Ints = rows.sums[0].astype(np.int64)
        if self._judged is None:
            return counts
        figures = np.maximum(rows.figures[self._judged], 0) if self._judged >= 0 else np.zeros(len(counts))
        own = 2 + np.rint(STEPS * np.log1p(figures / SCALE)).astype(np.int64)
        return np.maximum(counts, np.where(rows.sums[2] > 0, own, 0))

    def nothing(self) -> Rows:
        """Return no rows, of the shape of all others."""
        return sliced(self._waiting, 0, 0)

    def parts(self, numbers: Iterable[int] | None = None) -> Iterator[Callable[[int], Rows]]:
        """Yield the ranges of keys one after another, each as what gives its rows with their final counts.

        It is told the least count that matters: candidates met fewer times are left out, most of them before they are
        looked at. No key is in two parts. ``numbers``: of the parts that are wanted, from 0, rising; the first beyond
        the last part ends it.
        """
        if not self._runs:
            yield lambda least: taken(self._waiting, np.flatnonzero(self._waiting.sums[0] >= least))
            return
        runs = [Run(path, self._bases[path.stem.rpartition("-")[0]]) for path in self._runs]
        total = sum(run.size for run in runs) + len(self._waiting.keys)
        # Keys are hashes, so that equal shares of their range hold about equally many.
        wide = max(BUCKETS // (total // PARTITION_ROWS + 1), 1)
        for number in count() if numbers is None else numbers:
            if (begin := number * wide) >= BUCKETS:
                return
            yield partial(self._part, runs, begin, min(begin + wide, BUCKETS))

    def _part(self, runs: Sequence[Run], begin: int, end: int, least: int) -> Rows:
        """Return the rows of the buckets from ``begin`` up to ``end``."""
        slices = [run.slice(begin, end) for run in runs]
        lone, several = (join_records([part[sort] for part in slices]) for sort in (0, 1))
        start, stop = np.searchsorted(self._waiting.keys >> BUCKET_SHIFT, (begin, end))
        waiting = sliced(self._waiting, int(start), int(stop))
        of_lone, of_several, of_waiting = _frequent(lone, several, waiting, least)
        rows = read_lone(lone, of_lone), read_several(several, of_several), taken(waiting, of_waiting)
        return merge(rows, self._is_highest)


def _frequent(lone: Records, several: Records, own: Rows, least: int) -> tuple[Ints, Ints, Ints]:
    """Return which records of each sort are of candidates with so many places; most of them are not, in a long text."""
    keys = np.concatenate((lone.rows["key"], several.rows["key"], own.keys))
    order, keys = in_order(keys)
    counts = np.ones(len(keys), np.int64)
    first, second = len(lone.rows), len(lone.rows) + len(several.rows)
    counts[first:second] = several.rows["sums"][:, 0]
    counts[second:] = own.sums[0]
    begins = np.flatnonzero(changes(keys))
    sizes = np.diff(np.append(begins, len(keys)))
    good = np.sort(order[np.repeat(group_sums(counts.take(order), begins) >= least, sizes)])
    middle, end = np.searchsorted(good, (first, second))
    return good[:middle], good[middle:end] - first, good[end:] - second


def _every(parts: Sequence[Rows]) -> list[Ints]:
    """Return the places of all rows of each part."""
    return [np.arange(len(part.keys)) for part in parts]


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
