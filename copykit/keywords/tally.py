"""Count the candidates of one block: all places of a candidate brought together, and what follows from them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from copykit.keywords.candidates import Phrases, Reading, aligned
from copykit.keywords.rows import SUMS, U32, changes, group_sums, in_order
from copykit.keywords.words import AFTER, LATIN, NEIGHBOURS, SIGN_BESIDE, U64, Ints, Words, neighbour_codes

LEAD = 0.2  # the first fifth of a text
LEAD_CHARS = 120  # and no more than this of a long one


class Groups(NamedTuple):
    """Every place of every candidate of a block, those of one candidate together and in the order of the text.

    ``keys``: the candidates' hashes, rising; ``first``: where the places of each begin. ``places``, ``sizes``: the
    first word of each place and how many words; ``docs``: the text it is in; ``fresh``: whether its candidate was not
    met in that text before.
    """

    reading: Reading
    keys: U64
    first: Ints
    places: Ints
    sizes: NDArray[np.int8]
    docs: Ints
    fresh: NDArray[np.bool_]


def grouped(reading: Reading, every: Phrases) -> Groups:
    """Bring the places of each candidate together."""
    order, keys = in_order(every.hashes)
    new = changes(keys)
    first = np.flatnonzero(new)
    places = every.places.take(order)
    docs = reading.docs.take(places)
    return Groups(reading, keys.take(first), first, places, every.sizes.take(order), docs, changes(docs) | new)


def sums_of(groups: Groups, *, in_units: bool) -> U32:
    """Return the rows of SUMS; of runs of units, ``heads`` are places that begin and end where words do."""
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
    """Return how many places of each candidate are in titles."""
    reading = groups.reading
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
    found: U32 = cuts.view(np.uint32)
    return found


# Bits of the letter counts that say nothing about a candidate of so many words.
_SHIFTS = np.array([18, 18, 12, 6, 0], np.int32)


def _order(reading: Reading, places: Ints, sizes: NDArray[np.int8]) -> NDArray[np.int32]:
    """Return which cut comes first: few words, but many of a Latin phrase, which is written with blanks."""
    latin = reading.bits & LATIN != 0
    if not latin.any():
        return sizes.astype(np.int32)
    both = latin.take(places) & latin.take(places + sizes - 1)
    return np.where(both, 7 - sizes, sizes).astype(np.int32)


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
