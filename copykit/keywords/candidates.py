"""Texts as rows of word numbers, and the phrases in them that could be keywords."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from copykit.corpus.blocks import TEXT_END, all_marked
from copykit.keywords.words import (
    APOSTROPHE,
    DIGITS,
    FIRST,
    HAN,
    INSIDE,
    LAST,
    LATIN,
    NOT,
    PART,
    SIGN,
    SINGLE,
    SMALL,
    SPACE,
    U64,
    UNWANTED,
    Ints,
    RowRules,
    Rules,
    Sums,
    Words,
    char_codes,
    folded_sums,
    plain_text,
)

Cut = Callable[[str], list[str]]


class Piece(NamedTuple):
    """One text to look at; ``title`` may be empty."""

    title: str
    text: str


class Reading(NamedTuple):
    """Texts cut into words: ``text`` is all of them joined, each row below has an entry a word.

    ``numbers``: of the words; ``starts``, ``ends``: where they stand in ``text``; ``docs``: which text they are of;
    ``heads``: whether they stand in its title; ``bits``: what the word can be. ``begins``, ``lengths``: of the texts.
    ``sums``: of the folded letters, without the blanks inside Latin phrases; ``codes``: of the characters of ``text``.
    """

    text: str
    numbers: NDArray[np.int32]
    starts: Ints
    ends: Ints
    docs: Ints
    heads: NDArray[np.bool_]
    bits: NDArray[np.int32]
    begins: Ints
    lengths: Ints
    sums: Sums
    codes: NDArray[np.uint32]


class Whole(NamedTuple):
    """Texts that are keywords as a whole: the first word of each text and how many there are, 0 where it is none."""

    first: Ints
    sizes: Ints

    def holds(self, docs: Ints, places: Ints, sizes: NDArray[np.int8]) -> NDArray[np.bool_]:
        """Return which places of phrases are the whole of their texts."""
        found: NDArray[np.bool_] = (self.first.take(docs) == places) & (self.sizes.take(docs) == sizes)
        return found


class Phrases(NamedTuple):
    """Every place of every candidate: its first word, how many words it has, and the hash of its letters."""

    places: Ints
    sizes: NDArray[np.int8]
    hashes: NDArray[np.uint64]


def read(pieces: Sequence[Piece], words: Words, cut: Cut) -> Reading:
    """Cut texts into words; full width and traditional characters are read as their plain forms, lengths are kept."""
    return read_block(all_marked(pieces), words, cut)


def read_block(joined: str, words: Words, cut: Cut) -> Reading:
    """Cut the texts of a block (see ``corpus.blocks.Block``) into words."""
    plain = plain_text(joined)
    ends = np.cumsum(np.concatenate([_sizes(cut(part)) for part in _parts(plain)]), dtype=np.int64)
    starts = np.empty_like(ends)
    starts[0:1] = 0
    starts[1:] = ends[:-1]
    codes = char_codes(joined)
    numbers = words.numbers(joined, starts, ends, codes)
    over = numbers == 0
    docs = np.cumsum(over) - over
    turns = np.flatnonzero(numbers <= 1)  # title end, text end, title end …
    heads = np.zeros(len(numbers) + 1, np.int8)
    last = ends.take(turns[1::2])
    begins = np.empty_like(last)
    begins[0:1] = 0
    begins[1:] = last[:-1]
    heads[np.concatenate(([0], turns[1:-1:2] + 1)).astype(np.int64)] += 1
    heads[turns[0::2]] -= 1
    in_title = np.cumsum(heads[:-1], dtype=np.int8).view(bool)
    bits = words.bits.take(numbers)
    blanks = None
    if " " in plain:
        joined_by = LATIN | INSIDE
        if words.rules.blanks_join:
            joined_by = INSIDE
        like = bits & joined_by == joined_by
        if words.rules.rows is not None:
            like |= bits & SMALL != 0
        glue = _glue(bits, like)
        if glue.any():
            blanks, keep = starts[glue], ~glue
            numbers, starts, ends, docs = numbers[keep], starts[keep], ends[keep], docs[keep]
            in_title, bits = in_title[keep], bits[keep]
    sums = folded_sums(codes, blanks)
    first, sizes = _compounds(words.rules, bits, starts, ends, sums)
    if len(first):
        # Each becomes its first word, which ends where its last one did.
        ends[first] = ends.take(first + sizes - 1)
        own = list(map(joined.__getitem__, map(slice, starts.take(first).tolist(), ends.take(first).tolist())))
        closes = np.cumsum(list(map(len, own)))
        text = "".join(own)
        numbers[first] = words.numbers(text, closes - list(map(len, own)), closes, char_codes(text))
        bits[first] = words.bits.take(numbers.take(first))
        keep = np.ones(len(numbers), bool)
        for step in range(1, int(sizes.max())):
            keep[first[sizes > step] + step] = False
        numbers, starts, ends, docs = numbers[keep], starts[keep], ends[keep], docs[keep]
        in_title, bits = in_title[keep], bits[keep]
    bits = _as_they_stand(bits, starts, ends, codes)
    if words.rules.unwanted:
        bits = _without(words.rules.unwanted, bits, starts, ends, sums, codes, blanks)
    return Reading(joined, numbers, starts, ends, docs, in_title, bits, begins, last - begins - 2, sums, codes)


def _as_they_stand(bits: NDArray[np.int32], starts: Ints, ends: Ints, codes: NDArray[np.uint32]) -> NDArray[np.int32]:
    """Return what each word can be beside those around it.

    After a negation a word says the opposite: 不晕染 is no 晕染. What follows an apostrophe is no word, nor is don of
    don't. No phrase begins within a row of single characters (岸官方 of 珂岸官方 is half a name), or with the last one
    of what was typed before a blank (包皮 of 电脑包 皮革).
    """
    if len(bits) < 3:
        return bits
    bits = bits.copy()
    bits[np.flatnonzero(bits[:-1] & NOT) + 1] &= ~(FIRST | SINGLE)
    signs = np.flatnonzero(bits[1:-1] & APOSTROPHE) + 1
    if len(signs):
        signs = signs[(bits.take(signs - 1) & bits.take(signs + 1) & LATIN != 0)]
        tails = signs[ends.take(signs + 1) - starts.take(signs + 1) <= 2]
        letters = ends.take(tails + 1) - starts.take(tails + 1)
        short = tails[(letters == 1) & (codes.take(starts.take(tails + 1)) | 0x20 == ord("t"))]  # don't, isn't
        for place in (tails + 1, short - 1):
            bits[place] = bits[place] & ~(INSIDE | FIRST | LAST | SINGLE) | SMALL
    inside = bits & INSIDE != 0
    one = inside & (bits & HAN != 0) & (ends - starts == 1)
    apart = starts[1:] != ends[:-1]
    row = one[:-1] & one[1:] & ~apart
    bits[1:][row] &= ~FIRST
    if apart.any():
        near = inside[:-1] & inside[1:] & ~apart
        bits[1:-1][one[1:-1] & near[:-1] & apart[1:]] &= ~FIRST
        bits[1:-1][one[1:-1] & near[1:] & apart[:-1]] &= ~LAST
    return bits


def _compounds(rules: Rules, bits: NDArray[np.int32], starts: Ints, ends: Ints, sums: Sums) -> tuple[Ints, Ints]:
    """Return the first word and the number of words of each place of a compound; no two places share a word."""
    parts = np.flatnonzero(bits & PART)
    found = [(np.zeros(0, np.int64), np.zeros(0, np.int64))]
    for (place, size), hashes in rules.compounds.items() if len(parts) else ():
        first = parts - place
        first = first[(first >= 0) & (first + size <= len(bits))]
        for step in range(1, size):  # without a blank between
            first = first[ends.take(first + step - 1) == starts.take(first + step)]
        first = first[np.isin(sums.hashes(starts.take(first), ends.take(first + size - 1)), hashes)]
        found.append((first, np.full(len(first), size)))
    firsts, sizes = map(np.concatenate, zip(*found, strict=True))
    order = np.lexsort((-sizes, firsts))
    chosen = []
    free = 0
    for number in order.tolist():
        if firsts[number] >= free:
            chosen.append(number)
            free = int(firsts[number] + sizes[number])
    return firsts[chosen], sizes[chosen]


def _without(
    unwanted: Mapping[int, U64],
    bits: NDArray[np.int32],
    starts: Ints,
    ends: Ints,
    sums: Sums,
    codes: NDArray[np.uint32],
    blanks: Ints | None,
) -> NDArray[np.int32]:
    """Return what each word can be, those being small that share a letter with a place of what is ``unwanted``."""
    counted = np.ones(len(codes), bool)
    if blanks is not None:
        counted[blanks] = False
    places = np.flatnonzero(counted)
    sorts = np.concatenate(([0], _sorts().take(codes), [0]))
    change = np.zeros(len(starts) + 1, np.int64)
    for size, hashes in unwanted.items():
        begins = places[: max(len(places) - size + 1, 0)]
        closes = places[size - 1 :] + 1
        hits = np.flatnonzero(np.isin(sums.hashes(begins, closes), hashes))
        begins, closes = begins.take(hits), closes.take(hits)
        # A Latin word or a number is itself only as a whole: le is not in apple.
        before, first, last, after = (sorts.take(at) for at in (begins, begins + 1, closes, closes + 1))
        whole = ((before != first) | (first == 0)) & ((after != last) | (last == 0))
        np.add.at(change, np.searchsorted(ends, begins[whole], side="right"), 1)
        np.add.at(change, np.searchsorted(starts, closes[whole], side="left"), -1)
    kept: NDArray[np.int32] = np.where(
        np.cumsum(change[:-1]) > 0, bits & ~(INSIDE | FIRST | LAST | SINGLE) | SMALL | UNWANTED, bits
    ).astype(np.int32)
    return kept


CUT_CHARS = 8_000  # so many are cut at once that the words they become are still in the processor's cache when counted


def _parts(text: str) -> Iterator[str]:
    """Yield the text in parts of about CUT_CHARS that end where a text of the block does."""
    start = 0
    while start < len(text):
        end = text.find(TEXT_END, start + CUT_CHARS) + 1 or len(text)
        yield text[start:end]
        start = end


def _sizes(words: list[str]) -> NDArray[np.integer[Any]]:
    try:
        return np.frombuffer(bytes(map(len, words)), np.uint8)
    except ValueError:  # a word of more than 255 letters
        return np.fromiter(map(len, words), np.int64, len(words))


def phrases(reading: Reading, words: Words) -> Phrases:
    """Return every place of every candidate: runs of words that may stand inside, begin and end a phrase."""
    rules, bits = words.rules, reading.bits
    inside, closes = bits & INSIDE != 0, bits & LAST != 0
    latin = bits & LATIN != 0
    any_latin = bool(latin.any())
    good = _places(len(bits), rules.rows.words if rules.rows is not None else rules.words)
    lengths = reading.ends - reading.starts
    most = np.where(latin, rules.latin_most, rules.most) if any_latin else rules.most
    good[:, 0] = (bits & SINGLE != 0) & (lengths >= rules.least) & (lengths <= most)
    run = inside & (bits & FIRST != 0)
    digits = bits & DIGITS != 0
    numbers = digits
    for size in range(2, rules.words + 1):
        # Those whose next word may stand inside go on; those whose next word may end the phrase are candidates.
        run = run[:-1] & inside[size - 1 :]
        numbers = numbers[:-1] & digits[size - 1 :]
        if not len(run):
            break
        lengths = reading.ends[size - 1 :] - reading.starts[: 1 - size]
        if any_latin:
            most = np.where(latin[: 1 - size] & latin[size - 1 :], rules.latin_most, rules.most)
        good[: 1 - size, size - 1] = run & closes[size - 1 :] & (lengths <= most) & ~numbers
    if rules.rows is not None:
        whole = whole_rows(reading, rules.rows, rules.least)
        has = whole.sizes > 0
        good[whole.first[has], whole.sizes[has] - 1] = True
    return _phrases(reading, good)


def whole_rows(reading: Reading, rows: RowRules, least: int) -> Whole:
    """Return which titles are keywords as a whole: what stands around them as signs and blanks is no part of them.

    Any word may stand in one, but for what the user never wants; numbers alone are none.
    """
    bits = reading.bits
    at = np.flatnonzero(reading.heads & (bits & (SPACE | SIGN) == 0))
    docs = reading.docs.take(at)
    new = np.flatnonzero(np.concatenate(([True], docs[1:] != docs[:-1]))) if len(at) else at
    begin, end = at.take(new), at.take(np.append(new[1:], len(at)) - 1) if len(at) else at
    sizes = end + 1 - begin
    never, letters = (np.concatenate(([0], np.cumsum(some))) for some in (bits & UNWANTED != 0, _has_letters(bits)))
    chars = reading.ends.take(end) - reading.starts.take(begin)
    good = (sizes <= rows.words) & (chars >= least) & (chars <= rows.chars)
    good &= (never.take(end + 1) == never.take(begin)) & (letters.take(end + 1) > letters.take(begin))
    first, found = np.zeros(len(reading.begins), np.int64), np.zeros(len(reading.begins), np.int64)
    own = docs.take(new)
    first[own], found[own] = begin, np.where(good, sizes, 0)
    return Whole(first, found)


def _has_letters(bits: NDArray[np.int32]) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = (bits & (HAN | LATIN) != 0) & (bits & DIGITS == 0)
    return found


def _places(size: int, most: int) -> NDArray[np.bool_]:
    """Return a table of (place, words less one), all false; its width is a power of two."""
    return np.zeros((size, 1 << (most - 1).bit_length()), bool)


def _phrases(reading: Reading, good: NDArray[np.bool_]) -> Phrases:
    """Return the phrases marked in a table of ``_places``, in the order of the text."""
    flat = np.flatnonzero(good)
    shift = good.shape[1].bit_length() - 1
    places, sizes = flat >> shift, flat & (1 << shift) - 1
    lasts = places + sizes
    sizes += 1
    hashes = reading.sums.of_rows(reading.starts, reading.ends, places, lasts)
    return Phrases(places, sizes.astype(np.int8), hashes)


def in_units(reading: Reading, words: Words) -> Reading:
    """Return a reading whose words are single Han characters, runs of Latin letters, and runs of digits.

    ``words`` is a vocabulary for these. ``heads`` tells where a word of the text begins.
    """
    sizes = reading.ends - reading.starts
    codes = reading.codes
    first = np.cumsum(sizes) - sizes
    of_word = np.repeat(np.arange(len(sizes)), sizes)
    offset = np.arange(len(of_word)) - first[of_word]
    chars = reading.starts[of_word] + offset
    sorts = _sorts()[codes[chars]]
    begins = (offset == 0) | (sorts == 0)
    begins[1:] |= sorts[1:] != sorts[:-1]
    at = np.flatnonzero(begins)
    of_word, starts = of_word[at], chars[at]
    ends = np.minimum(np.append(starts[1:], len(codes)), reading.ends[of_word])
    numbers = words.numbers(reading.text, starts, ends, codes)
    # What a unit may do is decided by the word it is part of: stop words are looked for as whole words.
    bits, heads = reading.bits[of_word] & ~SINGLE, offset[at] == 0
    return reading._replace(
        numbers=numbers, starts=starts, ends=ends, docs=reading.docs[of_word], heads=heads, bits=bits
    )


@functools.cache
def _sorts() -> NDArray[np.int8]:
    """Return 1 for digits, 2 for Latin letters, 0 for what always is a unit by itself, by code."""
    sorts = np.zeros(0x20000, np.int8)
    for code in (*range(0x250), *range(0xFF10, 0xFF5B)):
        char = chr(code)
        sorts[code] = 1 if char.isdigit() else 2 if char.isalpha() else 0
    return sorts


def runs(reading: Reading, words: Words, most: int) -> Phrases:
    """Return every place of every run of 1 to ``most`` units without a sign, a blank or a stop word inside."""
    inside = reading.bits & INSIDE != 0
    good = _places(len(inside), most)
    run = inside
    for size in range(1, most + 1):
        if size > 1:
            run = run[:-1] & inside[size - 1 :]
        if not len(run):
            break
        lengths = reading.ends[size - 1 :] - reading.starts[: len(run)]
        good[: len(run), size - 1] = run & (lengths <= words.rules.latin_most)
    return _phrases(reading, good)


def aligned(reading: Reading, places: Ints, sizes: NDArray[np.int8]) -> NDArray[np.bool_]:
    """Return which runs of units begin where a word of the text begins and end where one ends."""
    begins = np.append(reading.heads, True)
    both: NDArray[np.bool_] = begins[places] & begins[places + sizes]
    return both


def _glue(bits: NDArray[np.int32], like: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which words are the single blank between two that are ``like`` that: Latin in ``iPhone 15``."""
    glue: NDArray[np.bool_] = bits & SPACE != 0
    glue[0:1] = glue[-1:] = False
    glue[1:-1] &= like[:-2] & like[2:]
    return glue
