"""Candidates with their counts as columns: sorted by hash, merged where hashes are equal, found by hash.

Columns are brought into another order with ``take``: indexing with an array costs up to fifty times as much where there
is more than one dimension.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from copykit.keywords.words import U64, Ints

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


def merge(parts: Sequence[Rows], is_highest: NDArray[np.bool_]) -> Rows:
    """Return the rows of all parts, of which there is one at least, with equal keys made one."""
    every = joined(parts)
    if len(parts) == 1 or not len(every.keys):
        return every
    order, keys = in_order(every.keys)
    first = np.flatnonzero(changes(keys))
    chosen, cuts = least_cut(every.cuts.take(order), first)
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


def changes(keys: NDArray[np.generic]) -> NDArray[np.bool_]:
    """Return where a sorted column has a value that it did not have before."""
    new = np.empty(len(keys), bool)
    new[:1] = True
    np.not_equal(keys[1:], keys[:-1], out=new[1:])
    return new


def group_sums(values: NDArray[np.bool_] | Ints, first: Ints) -> Ints:
    """Return the sum of each group, given where each begins."""
    if not len(first):
        return np.zeros(0, np.int64)
    ends = np.append(first[1:], len(values)) - 1
    sums: Ints = np.diff(np.cumsum(values, dtype=np.int64).take(ends), prepend=0)
    return sums


def least_cut(cuts: U32, first: Ints) -> tuple[Ints, U32]:
    """Return the place of the least in each group, nearly always its first, and what it is."""
    least: U32 = cuts.take(first)
    if not len(first):
        return first, least
    # Hardly any group has more than one cut, and looking for those that do is quicker than asking each for its least.
    other = cuts[1:] != cuts[:-1]
    other[first[1:] - 1] = False
    places = np.flatnonzero(other)
    if not len(places):
        return first, least
    others = np.searchsorted(first, places, side="right") - 1
    others = others[changes(others)]
    begins = first.take(others)
    sizes = np.append(first, len(cuts)).take(others + 1) - begins
    starts = np.cumsum(sizes) - sizes
    places = np.arange(int(sizes.sum())) + np.repeat(begins - starts, sizes)
    values = cuts.take(places)
    least[others] = found = np.minimum.reduceat(values, starts)
    group = np.repeat(np.arange(len(others)), sizes)
    hits = np.flatnonzero(values == found.take(group))[::-1]
    chosen = first.copy()
    chosen[others.take(group.take(hits))] = places.take(hits)
    return chosen, least


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


def sliced(rows: Rows, start: int, end: int) -> Rows:
    """Return the rows from one place up to another, without copying them."""
    return Rows._make(column[..., start:end] for column in rows)


def taken(rows: Rows, places: Ints) -> Rows:
    """Return the rows at these places."""
    return Rows._make(column.take(places, axis=-1) for column in rows)


def joined(parts: Sequence[Rows]) -> Rows:
    """Return the rows of all parts, one after another."""
    if len(parts) == 1:
        return parts[0]
    return Rows._make(np.concatenate(columns, axis=-1) for columns in zip(*parts, strict=True))


def nothing(words: int, figures: int) -> Rows:
    """Return no rows, of candidates of so many words and with so many figures."""
    return Rows(
        np.zeros(0, np.uint64),
        np.zeros((len(SUMS), 0), np.uint32),
        np.zeros(0, np.uint32),
        np.zeros((words, 0), np.int32),
        np.zeros(0, np.uint16),
        np.zeros((figures, 0), np.int64),
        np.zeros(0, np.uint64),
    )
