"""Count the candidates of one block: all places of a candidate brought together, and what follows from them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from copykit.keywords.candidates import Phrases, Reading, Whole, aligned
from copykit.keywords.rows import SUMS, U32, changes, group_sums, in_order
from copykit.keywords.words import AFTER, LATIN, NEIGHBOURS, SIGN_BESIDE, U64, Ints, Words, neighbour_codes

LEAD = 0.2  # the first fifth of a text
LEAD_CHARS = 120  # and no more than this of a long one


class Groups(NamedTuple):
    """Every place of every candidate of a block, those of one candidate together and in the order of the text.

    ``keys``: the candidates' hashes, rising; ``first``: where the places of each begin. ``places``, ``sizes``: the
    first word of each place and how many words; ``docs``: the text it is in; ``fresh``: whether its candidate was not
    met in that text before; ``whole``: whether it is the whole of its text, where that matters.
    """

    reading: Reading
    keys: U64
    first: Ints
    places: Ints
    sizes: NDArray[np.int8]
    docs: Ints
    fresh: NDArray[np.bool_]
    whole: NDArray[np.bool_] | None


def grouped(reading: Reading, every: Phrases, whole: Whole | None = None) -> Groups:
    """Bring the places of each candidate together."""
    order, keys = in_order(every.hashes)
    new = changes(keys)
    first = np.flatnonzero(new)
    places = every.places.take(order)
    docs = reading.docs.take(places)
    sizes = every.sizes.take(order)
    are_whole = whole.holds(docs, places, sizes) if whole is not None else None
    return Groups(reading, keys.take(first), first, places, sizes, docs, changes(docs) | new, are_whole)


def sums_of(groups: Groups, *, in_units: bool) -> U32:
    """Return the rows of SUMS; ``heads`` are places in titles.

    Of runs of units, they are those that begin and end where words do; where texts may be keywords as a whole, they
    are those that are.
    """
    reading, first, places = groups.reading, groups.first, groups.places
    sums = np.empty((len(SUMS), len(first)), np.uint32)
    sums[0] = np.diff(np.append(first, len(places)))
    sums[1] = group_sums(groups.fresh, first)
    sums[2] = group_sums(aligned(reading, places, groups.sizes), first) if in_units else _heads(groups, sums[0])
    # Up to where a place is an early one, for each text.
    early = reading.begins + np.minimum(reading.lengths * LEAD, LEAD_CHARS).astype(np.int64)
    leads = reading.starts <= early.take(reading.docs)
    sums[3] = group_sums(leads.take(places), first)
    return sums


def _heads(groups: Groups, counts: U32) -> U32 | Ints:
    """Return how many places of each candidate are in titles, or are the whole of their texts where that matters."""
    reading = groups.reading
    if groups.whole is not None:
        return group_sums(groups.whole, groups.first)
    inside = np.count_nonzero(reading.heads)
    if not inside:
        return np.zeros(len(counts), np.int64)
    # Besides the titles themselves there are their ends, of which none is part of a candidate.
    if inside >= len(reading.heads) - 2 * len(reading.begins):
        return counts
    return group_sums(reading.heads.take(groups.places), groups.first)


def cuts_of(groups: Groups, words: Words) -> U32:
    """Return how the letters of each place are cut into words, as a number (see ``rows.Rows``)."""
    reading, places, sizes = groups.reading, groups.places, groups.sizes
    # How many letters each word but the last has, six bits each, after what the number of words is worth.
    letters = np.concatenate((np.minimum(words.sizes.take(reading.numbers), 63), np.zeros(2, np.int32)))
    packed = letters[:-2] << 12 | letters[1:-1] << 6 | letters[2:]
    cuts = packed.take(places) >> _SHIFTS.take(sizes, mode="clip") | _order(reading, places, sizes) << 18
    long = np.flatnonzero(sizes > TOLD_WORDS)
    if len(long):
        # A number of all letter counts: one cut of a long row is as good as another, but the same has to win anywhere.
        mixed = np.zeros(len(long), np.int64)
        letters = np.concatenate((letters, np.zeros(int(sizes.max()), np.int32)))
        for step in range(int(sizes.max())):
            own = np.where(sizes.take(long) > step, letters.take(places.take(long) + step), 0)
            mixed = (mixed * 31 + own) & LETTER_BITS
        cuts[long] = (cuts.take(long) & ~LETTER_BITS) | mixed
    found: U32 = cuts.view(np.uint32)
    return found


TOLD_WORDS, LETTER_BITS = 4, 0x3FFFF  # of so many words at most the letter counts fit; the bits that hold them


# Bits of the letter counts that say nothing about a candidate of so many words.
_SHIFTS = np.array([18, 18, 12, 6, 0], np.int32)


def _order(reading: Reading, places: Ints, sizes: NDArray[np.int8]) -> NDArray[np.int32]:
    """Return which cut comes first: few words, but many of a Latin phrase, which is written with blanks."""
    latin = reading.bits & LATIN != 0
    if not latin.any():
        return sizes.astype(np.int32)
    both = latin.take(places) & latin.take(places + sizes - 1)
    return np.where(both, np.maximum(7 - sizes, 0), sizes).astype(np.int32)


def words_of(groups: Groups, chosen: Ints, most: int) -> NDArray[np.int32]:
    """Return the numbers of the words at the chosen place of each candidate, -1 where there is no further word."""
    place, size = groups.places.take(chosen), groups.sizes.take(chosen)
    numbers = np.concatenate((groups.reading.numbers, np.zeros(most, np.int32)))
    return np.stack([np.where(size > step, numbers[step:].take(place), -1) for step in range(most)])


def sides_of(groups: Groups) -> U64:
    """Return the neighbours' bits of each candidate; every text ends with a sign, so that there is always one."""
    reading, places = groups.reading, groups.places
    beside = neighbour_codes().take(reading.codes)
    before = NEIGHBOURS.take(beside.take(np.maximum(reading.starts - 1, 0)))
    before[reading.starts == 0] = NEIGHBOURS[SIGN_BESIDE]
    after = NEIGHBOURS.take(beside.take(reading.ends, mode="clip")) << AFTER
    sides: U64 = np.bitwise_or.reduceat(before.take(places) | after.take(places + groups.sizes - 1), groups.first)
    return sides
