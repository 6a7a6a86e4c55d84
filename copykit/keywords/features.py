"""What is known of each candidate of each text, as columns of numbers: one entry a candidate."""

from __future__ import annotations

from collections.abc import Container
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from copykit.keywords.candidates import Phrases, Reading
from copykit.keywords.words import DIGITS, HAN, INSIDE, LATIN, SMALL, Ints, Words

Floats = NDArray[np.float32]


class Found(NamedTuple):
    """The candidates of a batch of texts, those of one text together.

    ``docs``: which text; ``places``, ``ends``: first and last word of the earliest place; ``sizes``: how many words;
    ``counts``: how often; ``hashes``: of the letters.
    """

    docs: Ints
    places: Ints
    ends: Ints
    sizes: NDArray[np.int8]
    counts: Ints
    hashes: NDArray[np.uint64]
    columns: dict[str, Floats]


# The columns by what they tell a person.
FACTORS: dict[str, tuple[str, ...]] = {
    "frequency": ("count", "count_share", "word_count_first", "word_count_last"),
    "position": ("first", "first_share", "last_share", "title_count", "title_only", "to_end"),
    "spread": ("spread",),
    "cohesion": ("inside", "kept", "left_open", "right_open", "left_small", "right_small", "tag_left", "tag_right"),
    "rarity": ("rarity", "rarity_mean", "rarity_least", "rarity_most", "rarity_first", "rarity_last"),
    "searched": ("searched_least", "searched_mean", "searched_last"),
    "wording": (
        *("words", "chars", "chars_first", "chars_last", "latin", "digits", "han"),
        *("tag_first", "tag_last", "habit_first", "habit_last"),
    ),
}


def gather(reading: Reading, every: Phrases, words: Words, model: str, wanted: Container[str] | None = None) -> Found:
    """Bring the places of each candidate together and describe it; ``model`` names the tables of word habits.

    ``wanted``: the columns to return, all by default.
    """
    count = len(every.places)
    docs = reading.docs[every.places]
    # One number for (text, candidate): sorting it brings the places of one candidate in one text together.
    keys = (every.hashes >> np.uint64(20)) | (docs.astype(np.uint64) << np.uint64(44))
    order = np.argsort(keys)
    keys = keys[order]
    first = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1]))) if count else np.zeros(0, np.int64)
    counts = np.diff(np.append(first, count))
    places, sizes = every.places[order], every.sizes[order].astype(np.int64)
    group_of = np.repeat(np.arange(len(first)), counts)
    earliest = np.minimum.reduceat(places, first) if count else places
    latest = np.maximum.reduceat(places, first) if count else places
    size = _size_at(places, sizes, earliest, group_of, first) if count else sizes
    doc = docs[order][first]
    ends = earliest + size - 1
    begin, length = reading.begins[doc], np.maximum(reading.lengths[doc], 1)
    numbers, bits = reading.numbers, reading.bits
    chars = reading.ends[ends] - reading.starts[earliest]
    heads = reading.heads[places]
    in_title = np.add.reduceat(heads.astype(np.int64), first) if count else counts
    column: dict[str, Floats] = {}

    def put(name: str, values: NDArray[np.generic]) -> None:
        if wanted is None or name in wanted:
            column[name] = values.astype(np.float32)

    put("words", size)
    put("chars", chars)
    put("count", counts)
    put("first", reading.starts[earliest] - begin)
    put("first_share", (reading.starts[earliest] - begin) / length)
    put("last_share", (reading.starts[latest] - begin) / length)
    put("spread", (reading.starts[latest] - reading.starts[earliest]) / length)
    put("title_count", in_title)
    put("title_only", in_title == counts)
    put("length", length)
    put("to_end", begin + length - reading.ends[ends])
    rarity, searched = words.column("rarity")[numbers], words.column("searched")[numbers]
    word_first, word_last = earliest, ends
    put("rarity_first", rarity[word_first])
    put("rarity_last", rarity[word_last])
    total, least, most = _over_words(rarity, earliest, size)
    put("rarity", total)
    put("rarity_mean", total / size)
    put("rarity_least", least)
    put("rarity_most", most)
    total, least, most = _over_words(searched, earliest, size)
    put("searched_least", least)
    put("searched_mean", total / size)
    put("searched_last", searched[word_last])
    # How often the longest phrase around it stands there, to what it does itself: 1 when it never stands alone.
    longer = _longer(every, order, group_of, counts, len(reading.numbers))
    put("inside", (np.maximum.reduceat(longer, first) if count else longer) / np.maximum(counts, 1))
    single = _single_counts(reading)
    put("word_count_first", single[earliest])
    put("word_count_last", single[ends])
    put("kept", counts / np.maximum(np.maximum(single[earliest], single[ends]), 1))
    padded = np.concatenate((bits, [0]))
    left = np.where(every.places > 0, padded[every.places - 1], 0)[order]
    right = padded[every.places + every.sizes][order]
    for side, near in (("left", left), ("right", right)):
        free = (near & (INSIDE | SMALL)) == 0
        put(
            f"{side}_open", (np.add.reduceat(free.astype(np.int64), first) if count else counts) / np.maximum(counts, 1)
        )
        small = near & SMALL != 0
        put(
            f"{side}_small",
            (np.add.reduceat(small.astype(np.int64), first) if count else counts) / np.maximum(counts, 1),
        )
    at = np.concatenate((numbers, [0]))
    put("tag_left", words.tags[np.where(earliest > 0, at[earliest - 1], 0)])
    put("tag_right", words.tags[at[ends + 1]])
    put("tag_first", words.tags[numbers[word_first]])
    put("tag_last", words.tags[numbers[word_last]])
    # How often candidates that begin, or end, with the word were keywords where people had marked them.
    put("habit_first", words.column(f"{model}.first")[numbers[word_first]])
    put("habit_last", words.column(f"{model}.last")[numbers[word_last]])
    put("latin", (bits[word_first] & LATIN) // LATIN + (bits[word_last] & LATIN) // LATIN)
    put("digits", (bits[word_first] | bits[word_last]) & DIGITS)
    put("han", (bits[word_first] & bits[word_last] & HAN) // HAN)
    put("chars_first", words.sizes[numbers[word_first]])
    put("chars_last", words.sizes[numbers[word_last]])
    candidates = np.diff(np.append(np.flatnonzero(np.concatenate(([True], doc[1:] != doc[:-1]))), len(doc)))
    put("rivals", np.repeat(candidates, candidates))
    best = np.maximum.reduceat(counts, np.cumsum(candidates) - candidates) if count else counts
    put("count_share", counts / np.repeat(best, candidates))
    return Found(doc, earliest, ends, size.astype(np.int8), counts, every.hashes[order][first], column)


def _size_at(places: Ints, sizes: Ints, earliest: Ints, group_of: Ints, first: Ints) -> Ints:
    """Return the number of words at the earliest place; the same letters may be cut differently elsewhere."""
    here = np.where(places == earliest[group_of], sizes, 0)
    return np.maximum.reduceat(here, first)


def _over_words(values: Floats, places: Ints, sizes: Ints) -> tuple[Floats, Floats, Floats]:
    """Return sum, least and most of a number over the words of each candidate."""
    total = values[places].copy()
    least, most = total.copy(), total.copy()
    for step in range(1, int(sizes.max(initial=1))):
        has = np.flatnonzero(sizes > step)
        more = values[places[has] + step]
        total[has] += more
        least[has] = np.minimum(least[has], more)
        most[has] = np.maximum(most[has], more)
    return total, least, most


def _longer(every: Phrases, order: Ints, group_of: Ints, counts: Ints, width: int) -> Ints:
    """Return for each place, in sorted order, how often the candidate one word longer around it stands in the text."""
    sizes = every.sizes.astype(np.int64)
    most = int(sizes.max(initial=1)) + 1
    table = np.zeros((most + 1) * (width + 1), np.int64)  # (size, place) → count of the candidate there
    own = np.empty(len(order), np.int64)
    own[order] = counts[group_of]
    table[sizes * (width + 1) + every.places] = own
    after = table[(sizes + 1) * (width + 1) + every.places]
    before = np.where(every.places > 0, table[(sizes + 1) * (width + 1) + every.places - 1], 0)
    longer: Ints = np.maximum(after, before)[order]
    return longer


def _single_counts(reading: Reading) -> Ints:
    """Return for each word how often it stands in its text, whatever stands around it."""
    keys = reading.docs << 32 | reading.numbers
    order = np.argsort(keys)
    ranked = keys[order]
    first = np.flatnonzero(np.concatenate(([True], ranked[1:] != ranked[:-1])))
    counts = np.diff(np.append(first, len(ranked)))
    spread = np.empty(len(ranked), np.int64)
    spread[order] = np.repeat(counts, counts)
    return spread
