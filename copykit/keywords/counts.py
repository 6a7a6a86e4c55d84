"""Count candidates exactly, in memory while they fit and in sorted runs on disk when they no longer do.

A candidate is known by 64 bits of its folded letters: among fifty million of them the chance that any two share a
number is one in fifteen thousand. Sums do not depend on the order of their terms, so that the counts are the same
whatever the blocks, the processes and the spills were.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from copykit.keywords.candidates import Cut, Reading, aligned, in_units, phrases, read_block, runs
from copykit.keywords.words import U64, Ints, Words, neighbour_bits

ROWS_IN_MEMORY = 350_000  # about 30 MB, and three times that for the moment in which they are merged
WORDS_IN_MEMORY = 160_000  # about 40 MB; a new vocabulary is begun when a run is written
PARTITION_ROWS = 300_000  # looked at together while runs are merged
MOST_WORDS = 4  # of a candidate
LEAD = 0.2  # the first fifth of a text
LEAD_CHARS = 120  # and no more than this of a long one
SCALE = 10_000  # figures are added up as whole ten-thousandths, whose sum does not depend on their order

# Columns of a row; the first is the sort key, those in SUMS are added up.
SUMS = ("count", "documents", "heads", "leads")


class Rows(NamedTuple):
    """Candidates with their counts: columns of equal length, sorted by key.

    ``cuts`` is how the letters are cut into words, as a number: the smallest wins where texts are cut differently.
    ``words`` has MOST_WORDS columns of word numbers of a vocabulary, -1 where there is no further word. ``figures`` are
    sums or highest values, one column a role. ``sides``: which characters stand before and after, each as one bit of
    64, so that many bits mean many neighbours.
    """

    keys: U64
    sums: Ints
    cuts: Ints
    words: NDArray[np.int32]
    epochs: NDArray[np.int32]
    figures: Ints
    sides: U64


class Epoch(NamedTuple):
    """A vocabulary that rows refer to; what is on disk is read when it is asked for, and not kept.

    ``table``: the words' folded letters as hashes, how often each came, how long each is. ``names``: as written.
    """

    size: int
    table: tuple[U64, Ints, Ints] | Path
    names: list[str] | Path

    def columns(self) -> tuple[U64, Ints, Ints]:
        """Return the hashes, the counts and the lengths."""
        if isinstance(self.table, Path):
            hashes, counts, sizes = np.load(self.table)
            return hashes.view(np.uint64), counts, sizes
        return self.table

    def written(self) -> list[str]:
        """Return the words as written."""
        return self.names.read_text("utf-8").split("\n") if isinstance(self.names, Path) else self.names


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
        self._waiting: list[Rows] = []
        self._rows = 0
        self._epoch = 0
        self.totals = Totals(0, 0, 0)
        self.runs = 0

    def add(self, text: str, figures: Sequence[Mapping[str, float]] = ()) -> None:
        """Count a block (see ``corpus.sources.Block``)."""
        rows = self._count(text, figures)
        self._waiting.append(rows)
        self._rows += len(rows.keys)
        if self._rows > ROWS_IN_MEMORY or len(self.words.names) > WORDS_IN_MEMORY:
            merged = merge(self._waiting, self._is_highest)
            self._waiting, self._rows = [merged], len(merged.keys)
            if self._rows > ROWS_IN_MEMORY // 2 or len(self.words.names) > WORDS_IN_MEMORY:
                self._spill(merged)

    def finish(self) -> Counts:
        """Return all that was counted, from memory and disk."""
        words = self._letters or self.words
        size = len(words.names)
        sizes = words.sizes[:size].astype(np.int64)
        epoch = Epoch(size, (words.hashes[:size], self._counted_words(), sizes), words.names)
        waiting = merge(self._waiting, self._is_highest)
        return Counts(self._folder, [self._name], self._is_highest, self.totals, waiting, epoch)

    def close(self) -> Totals:
        """Write all that is still in memory, for another process to read."""
        self._spill(merge(self._waiting, self._is_highest))
        self._write_epoch()
        return self.totals

    def _count(self, text: str, figures: Sequence[Mapping[str, float]]) -> Rows:
        words = self.words
        reading = read_block(text, words, self._cut)
        if self._letters is not None:
            reading, words = in_units(reading, self._letters), self._letters
        if len(words.names) > len(self._word_counts):
            self._word_counts = np.concatenate((self._word_counts, np.zeros(len(words.names), np.int64)))
        counted = np.bincount(reading.numbers)
        self._word_counts[: len(counted)] += counted
        documents, total = len(reading.begins), len(reading.numbers)
        self.totals = Totals(*map(sum, zip(self.totals, (documents, total, len(text)), strict=True)))
        every = runs(reading, words, self._units) if self._units else phrases(reading, words)
        size = len(every.places)
        order = np.argsort(every.hashes)
        keys = every.hashes[order]
        new = np.empty(size, bool)
        new[:1] = True
        np.not_equal(keys[1:], keys[:-1], out=new[1:])
        first = np.flatnonzero(new)
        groups = len(first)
        places, sizes = every.places[order], every.sizes[order]
        docs = reading.docs[places]
        group = np.cumsum(new) - 1
        pairs = np.sort(group << 32 | docs)
        fresh = np.empty(size, bool)
        fresh[:1] = True
        np.not_equal(pairs[1:], pairs[:-1], out=fresh[1:])
        pairs = pairs[fresh]
        # Up to where a place is an early one, for each text.
        early = reading.begins + np.minimum(reading.lengths * LEAD, LEAD_CHARS).astype(np.int64)
        leads = reading.starts[places] <= early[docs]
        sums = np.zeros((4, groups), np.int64)
        if groups:
            sums[0] = np.diff(np.append(first, size))
            sums[1] = np.bincount(pairs >> 32, minlength=groups)
            sums[2] = np.add.reduceat(reading.heads[places].astype(np.int64), first)
            sums[3] = np.add.reduceat(leads.astype(np.int64), first)
        if self._units and groups:
            sums[2] = np.add.reduceat(aligned(reading, places, sizes).astype(np.int64), first)
        # How many letters each word but the last has, six bits each, after the number of words.
        letters = np.minimum(words.sizes[reading.numbers], 63).astype(np.int64)
        padded = np.concatenate((letters, [0, 0]))
        packed = padded[:-2] << 12 | padded[1:-1] << 6 | padded[2:]
        cuts = sizes.astype(np.int64) << 18 | packed[places] >> _SHIFTS[np.minimum(sizes, 4)]
        least = np.minimum.reduceat(cuts << 32 | np.arange(size), first) if groups else np.zeros(0, np.int64)
        chosen = least & 0xFFFFFFFF
        cut = least >> 32
        place, length_of = places[chosen], sizes[chosen]
        numbers = np.full((self._most, groups), -1, np.int32)
        for step in range(self._most):
            has = length_of > step
            numbers[step, has] = reading.numbers[place[has] + step]
        return Rows(
            keys[first],
            sums,
            cut,
            numbers,
            np.full(groups, self._epoch, np.int32),
            self._figures(figures, pairs, groups),
            self._sides(reading, places, sizes, first),
        )

    @staticmethod
    def _sides(reading: Reading, places: Ints, sizes: NDArray[np.int8], first: Ints) -> U64:
        """Return the neighbours' bits of each candidate; every text ends with a sign, so that there is always one."""
        if not len(first):
            return np.zeros((2, 0), np.uint64)
        bits, starts = neighbour_bits(), reading.starts[places]
        before = bits[reading.codes[np.maximum(starts - 1, 0)]]
        before[starts == 0] = 3
        after = bits[reading.codes[reading.ends[places + sizes - 1]]]
        return np.stack([np.bitwise_or.reduceat(side, first) for side in (before, after)])

    def _figures(self, figures: Sequence[Mapping[str, float]], pairs: Ints, groups: int) -> Ints:
        """Return the sums, or the highest, of each figure over the texts that hold a candidate."""
        found = np.zeros((len(self._roles), groups), np.int64)
        if not figures or not groups:
            return found
        group, docs = pairs >> 32, pairs & 0xFFFFFFFF
        first = np.searchsorted(group, np.arange(groups))
        for place, role in enumerate(self._roles):
            values = np.array([round(row.get(role, 0) * SCALE) for row in figures], np.int64)[docs]
            reduce = np.maximum if self._is_highest[place] else np.add
            found[place] = reduce.reduceat(values, first)
        return found

    def _counted_words(self) -> Ints:
        return self._word_counts[: len((self._letters or self.words).names)].copy()

    def _spill(self, rows: Rows) -> None:
        write_run(self._folder / f"{self._name}-{self.runs}.run", rows)
        self.runs += 1
        self._waiting, self._rows = [], 0
        if len(self.words.names) > WORDS_IN_MEMORY:
            self._write_epoch()
            self._epoch += 1
            self.words = self._make_words()
            if self._letters is not None:
                self._letters = self._make_words()
            self._word_counts = np.zeros(1024, np.int64)

    def _write_epoch(self) -> None:
        path = self._folder / f"{self._name}-words-{self._epoch}"
        words = self._letters or self.words
        names = words.names
        # No word holds a line feed beside other signs; the line feed itself stands as a blank.
        joined = "\n".join(" " if name == "\n" else name for name in names)
        path.with_suffix(".txt").write_text(joined, "utf-8", errors="replace", newline="\n")
        hashes = words.hashes[: len(names)].view(np.int64)
        sizes = words.sizes[: len(names)].astype(np.int64)
        np.save(path.with_suffix(".npy"), np.stack((hashes, self._counted_words(), sizes)))


# Bits of the letter counts that say nothing about a candidate of so many words.
_SHIFTS = np.array([18, 18, 12, 6, 0], np.int64)


class Counts:
    """All that several counters counted; ``merged`` gives it in order of the keys, a part at a time."""

    def __init__(
        self,
        folder: Path,
        names: Sequence[str],
        is_highest: NDArray[np.bool_],
        totals: Totals,
        waiting: Rows | None = None,
        epoch: Epoch | None = None,
    ) -> None:
        """Take the folder with the runs of the counters named, and what one of them still holds in memory."""
        self.totals, self._is_highest, self._folder = totals, is_highest, folder
        self._waiting = waiting
        self.epochs: list[Epoch] = []
        # Each counter numbers its vocabularies from 0; here they stand in one row.
        self._bases: dict[str, int] = {}
        for name in sorted(names):
            self._bases[name] = len(self.epochs)
            number = 0
            while (path := folder / f"{name}-words-{number}.npy").exists():
                self.epochs.append(_read_epoch(path))
                number += 1
        if epoch is not None:
            self.epochs.append(epoch)
        self._runs = sorted(folder.glob("*.run"))
        self.offsets: Ints = np.cumsum([0, *(epoch.size for epoch in self.epochs)])

    def names(self, numbers: Ints) -> list[str]:
        """Return words by their number in the row of all vocabularies; the numbers have to rise."""
        found: list[str] = []
        for epoch, start, end in zip(self.epochs, self.offsets, self.offsets[1:], strict=False):
            mine = numbers[(numbers >= start) & (numbers < end)] - start
            if len(mine):
                written = epoch.written()
                found += [written[number] for number in mine.tolist()]
        return found

    def hashes(self, numbers: Ints) -> tuple[U64, Ints]:
        """Return the hashes and the lengths of words by their number in the row of all vocabularies."""
        hashes, sizes = np.zeros(len(numbers), np.uint64), np.zeros(len(numbers), np.int64)
        for epoch, start, end in zip(self.epochs, self.offsets, self.offsets[1:], strict=False):
            mine = (numbers >= start) & (numbers < end)
            own_hashes, _, own_sizes = epoch.columns()
            hashes[mine] = own_hashes[numbers[mine] - start]
            sizes[mine] = own_sizes[numbers[mine] - start]
        return hashes, sizes

    def times(self, hashes: U64) -> Ints:
        """Return how often the words with these hashes, which have to rise, came in all vocabularies."""
        times = np.zeros(len(hashes), np.int64)
        for epoch in self.epochs:
            own_hashes, counts, _ = epoch.columns()
            at = np.minimum(np.searchsorted(hashes, own_hashes), len(hashes) - 1)
            known = hashes[at] == own_hashes
            np.add.at(times, at[known], counts[known])
        return times

    def merged(self) -> Iterator[Rows]:
        """Yield rows with their final counts; no key comes twice."""
        runs = [Run(path, self._bases[path.stem.rpartition("-")[0]]) for path in self._runs]
        if not runs:
            if self._waiting is not None:
                yield self._waiting
            return
        waiting = self._waiting
        total = sum(run.size for run in runs) + (len(waiting.keys) if waiting is not None else 0)
        parts = total // PARTITION_ROWS + 1
        # Keys are hashes, so that equal shares of their range hold about equally many.
        edges = np.array([(number << 64) // parts for number in range(1, parts)], np.uint64)
        bounds = [run.bounds(edges) for run in runs]
        for part in range(parts):
            slices = [run.rows(int(edge[part]), int(edge[part + 1])) for run, edge in zip(runs, bounds, strict=True)]
            if waiting is not None:
                edge = _bounds(waiting.keys, edges)
                slices.append(_sliced(waiting, int(edge[part]), int(edge[part + 1])))
            yield merge(slices, self._is_highest)


def write_run(path: Path, rows: Rows) -> None:
    """Write rows as one file: how many rows and columns, then all keys, then the rest row by row."""
    size, words, figures = len(rows.keys), len(rows.words), len(rows.figures)
    records = np.empty(size, _record(words, figures))
    records["sums"], records["words"], records["sides"] = rows.sums.T, rows.words.T, rows.sides.T
    records["cuts"], records["epochs"], records["figures"] = rows.cuts, rows.epochs, rows.figures.T
    with path.open("wb") as out:
        np.array([size, words, figures], np.int64).tofile(out)
        rows.keys.tofile(out)
        records.tofile(out)


def _record(words: int, figures: int) -> np.dtype[np.void]:
    """Return a row on disk; no corpus has four milliards of anything, nor as many vocabularies as 16 bits count."""
    return np.dtype(
        [
            ("sums", np.uint32, (len(SUMS),)),
            ("cuts", np.uint32),
            ("words", np.int32, (words,)),
            ("epochs", np.uint16),
            ("figures", np.int64, (figures,)),
            ("sides", np.uint64, (2,)),
        ]
    )


class Run:
    """A sorted run on disk, of which slices are read; it is not mapped, as mapped pages count as memory."""

    def __init__(self, path: Path, base: int) -> None:
        """``base`` is the place of the counter's first vocabulary among all."""
        self._path, self._base = path, base
        self.size, words, figures = np.fromfile(path, np.int64, 3).tolist()
        self._type = _record(words, figures)

    def bounds(self, edges: U64) -> Ints:
        """Return where the rows begin whose keys are at or above each edge, with both ends."""
        return _bounds(np.fromfile(self._path, np.uint64, self.size, offset=24), edges)

    def rows(self, start: int, end: int) -> Rows:
        """Return a slice, in two reads."""
        with self._path.open("rb") as file:
            file.seek(24 + 8 * start)
            keys = np.fromfile(file, np.uint64, end - start)
            file.seek(24 + 8 * self.size + self._type.itemsize * start)
            records = np.fromfile(file, self._type, end - start)
        return Rows(
            keys,
            records["sums"].T.astype(np.int64),
            records["cuts"].astype(np.int64),
            np.ascontiguousarray(records["words"].T),
            records["epochs"].astype(np.int32) + np.int32(self._base),
            np.ascontiguousarray(records["figures"].T),
            np.ascontiguousarray(records["sides"].T),
        )


def _bounds(keys: U64, edges: U64) -> Ints:
    bounds: Ints = np.concatenate(([0], np.searchsorted(keys, edges), [len(keys)])).astype(np.int64)
    return bounds


def merge(parts: Sequence[Rows], is_highest: NDArray[np.bool_]) -> Rows:
    """Return the rows of all parts with equal keys made one."""
    if len(parts) == 1:
        return parts[0]
    if not parts:
        none = np.zeros(0, np.int64)
        figures = np.zeros((len(is_highest), 0), np.int64)
        empty = np.zeros((MOST_WORDS, 0), np.int32)
        keys, sides = np.zeros(0, np.uint64), np.zeros((2, 0), np.uint64)
        return Rows(keys, np.zeros((4, 0), np.int64), none, empty, none.astype(np.int32), figures, sides)
    keys = np.concatenate([part.keys for part in parts])
    order = np.argsort(keys)
    keys = keys[order]
    new = np.empty(len(keys), bool)
    new[:1] = True
    np.not_equal(keys[1:], keys[:-1], out=new[1:])
    first = np.flatnonzero(new)
    if not len(first):
        return parts[0]
    sums = np.concatenate([part.sums for part in parts], axis=1)[:, order]
    sums = np.add.reduceat(sums, first, axis=1)
    cuts = np.concatenate([part.cuts for part in parts])[order]
    least = np.minimum.reduceat(cuts << 32 | np.arange(len(cuts)), first)
    chosen = order[least & 0xFFFFFFFF]
    words = np.concatenate([part.words for part in parts], axis=1)[:, chosen]
    epochs = np.concatenate([part.epochs for part in parts])[chosen]
    figures = np.concatenate([part.figures for part in parts], axis=1)
    if len(is_highest):
        figures = figures[:, order]
        figures = np.stack(
            [
                (np.maximum if highest else np.add).reduceat(column, first)
                for column, highest in zip(figures, is_highest, strict=True)
            ]
        )
    else:
        figures = figures[:, : len(first)]
    sides = np.bitwise_or.reduceat(np.concatenate([part.sides for part in parts], axis=1)[:, order], first, axis=1)
    return Rows(keys[first], sums, least >> 32, words, epochs, figures, sides)


def _sliced(rows: Rows, start: int, end: int) -> Rows:
    return Rows(
        np.array(rows.keys[start:end]),
        np.array(rows.sums[:, start:end]),
        np.array(rows.cuts[start:end]),
        np.array(rows.words[:, start:end]),
        np.array(rows.epochs[start:end]),
        np.array(rows.figures[:, start:end]),
        np.array(rows.sides[:, start:end]),
    )


def _read_epoch(path: Path) -> Epoch:
    return Epoch(np.load(path, mmap_mode="r").shape[1], path, path.with_suffix(".txt"))
