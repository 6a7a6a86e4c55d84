"""The words met so far: each gets a number, and what is known of it stands in arrays under that number.

A word is looked at once, however often it comes, so that a text is a row of numbers and all that follows is
arithmetic on rows. Words are told apart by 64-bit hashes of their letters, which are worked out for all words of a
block at once: a dictionary of strings costs as much time as cutting the text does.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import compress
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from copykit.corpus.blocks import TEXT_END, TITLE_END
from copykit.text.normalize import default_table, fold_text, fold_texts

U64 = NDArray[np.uint64]
Ints = NDArray[np.int64]

BASE = 0x9E3779B97F4A7C15  # odd, so that it has an inverse modulo 2^64
_INVERSE = pow(BASE, -1, 1 << 64)
_CODES = 0x20000  # characters beyond the second plane share hashes with those that are 2^17 below them

# What a word can be in a phrase, as bits.
INSIDE, FIRST, LAST, SINGLE, LATIN, DIGITS, SPACE, SIGN, HAN, SMALL, NOT, APOSTROPHE, PART, UNWANTED = (
    1 << n for n in range(14)
)

# Tags with a number of their own, from 1; models were trained with this order, so new ones come last.
TAGS = (
    *("n", "nr", "ns", "nt", "nz", "ng", "v", "vn", "vd", "vg", "a", "ad", "an", "ag", "b", "d", "f", "i", "j", "l"),
    *("m", "q", "r", "s", "t", "x", "eng", "z", "p", "c", "u", "uj", "zg", "y", "k", "h", "nrt", "o", "ul", "uz", "ud"),
)

TagOf = Callable[[Sequence[str]], list[str]]


class RowRules(NamedTuple):
    """How many words and characters a row has that is a keyword as a whole, and the figures it is judged by."""

    words: int
    chars: int
    telling: tuple[str, ...]


class Rules:
    """Which words a phrase may have, from a profile: tags by where they must not stand, and stop words.

    ``unwanted``: the user's own stop words of two letters and more, as the rising hashes of those of each length: they
    are looked for in texts, for a segmenter may cut through them.

    ``compounds``: words that are to be put together of several, by where the part stands that is looked for first and
    how many parts there are: the rising hashes of their letters. That part, a stop word where there is one, is PART.

    ``rows``: what is said of texts that are keywords as a whole, whatever words they have; None where none is.
    """

    def __init__(
        self,
        profile: Mapping[str, Any],
        stop: Iterable[str] = (),
        unwanted: Iterable[str] = (),
        compounds: Mapping[str, Sequence[str]] | None = None,
        rows: Mapping[str, Any] | None = None,
    ) -> None:
        self.rows = RowRules(rows["words"], rows["chars"], tuple(rows["telling"])) if rows else None
        self.words: int = profile["words"]
        self.least, self.most = profile["chars"]
        self.latin_most: int = profile["latin_chars"]
        self.blanks_join: bool = profile["blanks"] == "join"
        self.barred = frozenset(profile["barred"])
        self.first_barred = frozenset(profile["first_barred"])
        self.last_barred = frozenset(profile["last_barred"])
        self.single_barred = frozenset(profile["single_barred"])
        self.negations = frozenset(profile.get("negations", ""))
        unwanted = [word.replace(" ", "") for word in unwanted]
        self.stop = frozenset(fold_text(word).replace(" ", "") for word in (*stop, *unwanted))
        self._never = frozenset(map(fold_text, unwanted))
        self.unwanted: dict[int, U64] = {}
        for size in {len(word) for word in unwanted if len(word) > 1}:
            self.unwanted[size] = np.unique(text_hashes([word for word in unwanted if len(word) == size]))
        found: dict[tuple[int, int], list[str]] = {}
        parts = set()
        for word, cut in (compounds or {}).items():
            place = min(range(len(cut)), key=lambda at: (cut[at] not in self.stop, -len(cut[at]), at))
            found.setdefault((place, len(cut)), []).append(word)
            parts.add(cut[place])
        self.parts = frozenset(parts)
        self.compounds = {key: np.sort(text_hashes(words)) for key, words in found.items()}
        self._may: dict[str, int] = {}

    def bits(self, folded: Sequence[str], tags: Sequence[str]) -> list[int]:
        """Return what each folded word can be, given its tag."""
        may, stop = self._may, self.stop
        for tag in set(tags) - may.keys():
            may[tag] = self._of_tag(tag)
        found = []
        for word, tag in zip(folded, tags, strict=True):
            if word.isalpha():
                bits = LATIN if word.isascii() else HAN
            elif word == " ":
                found.append(SPACE)
                continue
            elif not any(map(str.isalnum, word)):
                found.append(SIGN | APOSTROPHE if word in ("'", "’") else SIGN)
                continue
            else:
                bits = LATIN if word.isascii() else HAN
                if not any(map(str.isalpha, word)):
                    bits |= DIGITS
            if word in self.negations:
                bits |= NOT
            if word in self.parts:
                bits |= PART
            if word in self._never:
                bits |= UNWANTED
            may_be = may[tag]
            if not may_be or word in stop:
                found.append(bits | SMALL)
            else:
                found.append(bits | (may_be & ~SINGLE if bits & DIGITS or len(word) == 1 else may_be))
        return found

    def is_small(self, folded: str, tag: str) -> bool:
        """Return whether a character is a stop word, or by its tag begins or ends no phrase: 没, 太, 里."""
        return folded in self.stop or self._is(tag, self.barred | self.last_barred)

    def _of_tag(self, tag: str) -> int:
        """Return what words with a tag may do in a phrase."""
        if self._is(tag, self.barred):
            return 0
        free = (FIRST, self.first_barred), (LAST, self.last_barred), (SINGLE, self.single_barred)
        return INSIDE | sum(bit for bit, barred in free if not self._is(tag, barred))

    @staticmethod
    def _is(tag: str, tags: frozenset[str]) -> bool:
        """Return whether a tag is one of them, itself or by its first letter; eng is no kind of e."""
        return tag in tags or (tag[:1] in tags and tag != "eng")


class Table(NamedTuple):
    """One number a word, such as how rare it is; ``default`` is that of words the table does not have."""

    values: Mapping[str, int]
    default: int = 0


class Words:
    """The vocabulary of a run: ``numbers`` gives words their numbers, new ones the next."""

    def __init__(
        self,
        rules: Rules,
        tag_of: TagOf,
        tables: Callable[[], Mapping[str, Table]],
        knows: Callable[[str], bool] = lambda word: True,
    ) -> None:
        """``tables`` gives, when it is first asked for, the columns by name that ``column`` returns.

        ``knows`` tells whether a word stands in a dictionary, or was guessed by the segmenter.
        """
        self.rules = rules
        self._tag_of, self._make_tables, self._knows = tag_of, tables, knows
        self._tag_numbers = {tag: number for number, tag in enumerate(TAGS, 1)}
        self.size = 0
        # As written, each lot of new ones joined by line feeds: a string for every word would take eight times as much.
        self._lots: list[str] = []
        self.bits: NDArray[np.int32] = np.zeros(1024, np.int32)
        self.sizes: NDArray[np.int32] = np.zeros(1024, np.int32)
        self.hashes: U64 = np.zeros(1024, np.uint64)  # of the folded letters
        self.tags: NDArray[np.uint8] = np.zeros(1024, np.uint8)
        self._columns: dict[str, NDArray[np.float32]] = {}
        self._filled = self._filled_lots = 0  # so many words, and lots, have their columns
        # An open hash table: letters as written → number; a slot with key 0 is free.
        self._shift = np.uint64(64 - 14)
        self._keys: U64 = np.zeros(1 << 14, np.uint64)
        self._values: NDArray[np.int32] = np.zeros(1 << 14, np.int32)
        text = TEXT_END + TITLE_END + " "  # numbers 0, 1 and 2
        self.numbers(text, np.arange(3), np.arange(1, 4), char_codes(text))

    @property
    def names(self) -> list[str]:
        """The words as written, by number; made when it is asked for. A line feed stands as a blank."""
        return [name for lot in self._lots for name in lot.split("\n")]

    def written(self) -> U64:
        """Return the hash of each word as written, by number."""
        found = np.zeros(self.size, np.uint64)
        taken = self._keys != 0
        found[self._values[taken]] = self._keys[taken]
        return found

    def made_up(self, names: Sequence[str]) -> list[bool]:
        """Return which words were guessed though one of their characters is no part of a name: 没松, 里算."""
        plain = plain_text("\n".join(names)).split("\n")
        guessed = [len(word) > 1 and not word.isascii() and not self._knows(word) for word in plain]
        chars = sorted({char for word in compress(plain, guessed) for char in word})
        small = (
            {char for char, tag in zip(chars, self._tag_of(chars), strict=True) if self.rules.is_small(char, tag)}
            if chars
            else set()
        )
        return [is_it and not small.isdisjoint(word) for word, is_it in zip(plain, guessed, strict=True)]

    def _numbers_of(self, tags: Sequence[str]) -> NDArray[np.uint8]:
        numbers = {tag: self._tag_numbers.get(tag) or self._tag_numbers.get(tag[:1], 0) for tag in set(tags)}
        return np.fromiter(map(numbers.__getitem__, tags), np.uint8, len(tags))

    def table(self, name: str) -> Table:
        """Return a table by folded word, as it was given."""
        return self._tables[name]

    @functools.cached_property
    def _tables(self) -> Mapping[str, Table]:
        return self._make_tables()

    def numbers(self, text: str, starts: Ints, ends: Ints, codes: NDArray[np.uint32]) -> NDArray[np.int32]:
        """Return the numbers of the words that stand at these places; ``codes`` are those of the text."""
        hashes = written_sums(codes).hashes(starts, ends)
        found = self._look_up(hashes)
        missing = np.flatnonzero(found < 0)
        if len(missing):
            first = np.unique(hashes.take(missing), return_index=True)[1]
            # In the order of the text, so that a vocabulary does not depend on hashes.
            first = np.sort(missing.take(first))
            begins, closes = starts.take(first), ends.take(first)
            names = list(map(text.__getitem__, map(slice, begins.tolist(), closes.tolist())))
            self._add(names, hashes.take(first), text_hashes(names))
            found[missing] = self._look_up(hashes.take(missing))
        return found

    def _look_up(self, hashes: U64) -> NDArray[np.int32]:
        keys, last = self._keys, len(self._keys) - 1
        slots = (hashes >> self._shift).astype(np.int64)
        met = keys.take(slots)
        found = self._values.take(slots)
        other = met != hashes
        found[other] = -1
        pending = np.flatnonzero(other & (met != 0))
        while len(pending):
            slot = (slots.take(pending) + 1) & last
            slots[pending] = slot
            met = keys.take(slot)
            same = met == hashes.take(pending)
            found[pending[same]] = self._values.take(slot[same])
            pending = pending[~same & (met != 0)]
        return found

    def _add(self, names: list[str], hashes: U64, folded: U64) -> None:
        """Give words their numbers; ``hashes`` are those of the letters as written, ``folded`` of what they are."""
        start = self.size
        self.size = end = start + len(names)
        if end > len(self.bits):
            self._grow(max(end, 3 * len(self.bits) // 2))
        lot = "\n".join(names)
        if lot.count("\n") >= len(names):
            lot = "\n".join(name.replace("\n", " ") for name in names)
            names = [
                name if "\n" not in name else "。" for name in names
            ]  # a sign too, which never is part of a phrase
        self._lots.append(lot)
        tags = self._tag_of(plain_text("\n".join(names)).split("\n"))
        self.bits[start:end] = self.rules.bits(fold_texts(names), tags)
        self.sizes[start:end] = np.fromiter(map(len, names), np.int32, len(names))
        self.hashes[start:end] = folded
        self.tags[start:end] = self._numbers_of(tags)
        if 2 * end > len(self._keys):
            self._grow_table()
        self._insert(hashes, np.arange(start, end, dtype=np.int32))

    def _insert(self, hashes: U64, numbers: NDArray[np.int32]) -> None:
        slots, last = (hashes >> self._shift).astype(np.int64), len(self._keys) - 1
        while len(hashes):
            free = self._keys.take(slots) == 0
            # Where several want one slot the last one written has it; the others go on.
            self._keys[slots[free]] = hashes[free]
            self._values[slots[free]] = numbers[free]
            left = self._keys.take(slots) != hashes
            hashes, numbers, slots = hashes[left], numbers[left], (slots[left] + 1) & last

    def _grow_table(self) -> None:
        kept = self._keys != 0
        hashes, numbers = self._keys[kept], self._values[kept]
        size = len(self._keys)
        while 3 * self.size > size:
            size *= 2
        self._shift = np.uint64(64 - (size.bit_length() - 1))
        self._keys, self._values = np.zeros(size, np.uint64), np.zeros(size, np.int32)
        self._insert(hashes, numbers)

    def column(self, name: str) -> NDArray[np.float32]:
        """Return a table's numbers by word number."""
        if self._filled < self.size:
            self._fill()
        return self._columns[name]

    def _fill(self) -> None:
        """Fill the columns for the words that came since it was done last; counting a corpus needs none of them."""
        fresh = [name for lot in self._lots[self._filled_lots :] for name in lot.split("\n")]
        folded = fold_texts(fresh)
        for name, table in self._tables.items():
            column = self._columns.get(name)
            if column is None or len(column) < self.size:
                column = self._columns[name] = _grown(
                    np.zeros(0, np.float32) if column is None else column, len(self.bits)
                )
            get, default = table.values.get, table.default
            column[self._filled : self.size] = [get(word, default) for word in folded]
        self._filled, self._filled_lots = self.size, len(self._lots)

    def _grow(self, size: int) -> None:
        self.bits, self.sizes, self.tags = (_grown(old, size) for old in (self.bits, self.sizes, self.tags))
        self.hashes = _grown(self.hashes, size)


def _grown(old: NDArray[Any], size: int) -> NDArray[Any]:
    new = np.zeros(size, old.dtype)
    new[: len(old)] = old
    return new


class Sums(NamedTuple):
    """From which the hash of any stretch of a text follows: sums up to each character, and what to divide by there."""

    totals: U64
    units: U64

    def hashes(self, starts: Ints, ends: Ints) -> U64:
        """Return the hash of each stretch: the sum of its letters' hashes, each times BASE^place in the stretch."""
        hashes: U64 = (self.totals.take(ends) - self.totals.take(starts)) * self.units.take(starts)
        hashes[hashes == 0] = 1  # 0 marks what is free
        return hashes

    def of_rows(self, starts: Ints, ends: Ints, first: Ints, last: Ints) -> U64:
        """Return the hash of each row of words, given where words stand and the first and last word of each row.

        There are more rows than words: what is known of a word is looked up once.
        """
        hashes = self.totals.take(ends).take(last)
        hashes -= self.totals.take(starts).take(first)
        hashes *= self.units.take(starts).take(first)
        hashes[hashes == 0] = 1
        return hashes


def written_sums(codes: NDArray[np.uint32]) -> Sums:
    """Return the sums of a text, given the codes of its characters, as it is written."""
    return _sums(_char_hashes()[0].take(codes), len(codes))


def folded_sums(codes: NDArray[np.uint32], blanks: Ints | None = None) -> Sums:
    """Return the sums of a text as it is read; ``blanks`` are places that do not count, as between iPhone and 15."""
    hashes = _char_hashes()[1].take(codes)
    if blanks is None or not len(blanks):
        return _sums(hashes, len(codes))
    hashes[blanks] = 0
    counted = np.ones(len(codes) + 1, np.int64)
    counted[blanks] = 0
    places = np.cumsum(counted) - counted
    powers, units = _powers(len(codes) + 1)
    totals = np.zeros(len(codes) + 1, np.uint64)
    np.cumsum(hashes * powers.take(places[:-1]), out=totals[1:])
    return Sums(totals, units.take(places))


def _sums(hashes: U64, size: int) -> Sums:
    powers, units = _powers(size + 1)
    totals = np.zeros(size + 1, np.uint64)
    np.cumsum(hashes * powers[:-1], out=totals[1:])
    return Sums(totals, units)


def char_codes(text: str) -> NDArray[np.uint32]:
    """Return the code points of a text, those beyond _CODES taken modulo it."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    return codes % np.uint32(_CODES) if len(codes) and int(codes.max()) >= _CODES else codes


# A neighbour is two bits of 32, less than eight places apart: 224 pairs, so that two characters hardly ever look like
# one, as 的 and 价 would if each were a single bit. The last stands for what is no letter or digit: a word is free
# beside it, as if it had met two characters.
NEIGHBOURS: U64 = np.array(
    [*(1 << bit | 1 << (bit + apart) % 32 for apart in range(1, 8) for bit in range(32)), 0b1111], np.uint64
)
SIGN_BESIDE = len(NEIGHBOURS) - 1
AFTER = np.uint64(32)  # by so many bits are those after a word shifted, beside those before it


@functools.cache
def neighbour_codes() -> NDArray[np.uint8]:
    """Return which of NEIGHBOURS each character is."""
    codes: NDArray[np.uint8] = ((_char_hashes()[1] >> np.uint64(32)) % np.uint64(SIGN_BESIDE)).astype(np.uint8)
    for code in (*range(0x3400), *range(0xFE00, 0x10000)):
        if not chr(code).isalnum():
            codes[code] = SIGN_BESIDE
    return codes


# How many characters most likely set so many of 32 bits, each of them two.
_MET = np.array([0, 1, *(round(math.log1p(-bits / 32) / math.log1p(-1 / 16)) for bits in range(2, 32)), 64], np.int64)


def neighbours(sides: U64) -> Ints:
    """Return how many different neighbours stand for the lower and the upper half of each number, up to 64."""
    halves = np.ascontiguousarray(sides, "<u8").view(np.uint8).reshape(len(sides), 2, 4)
    found: Ints = _MET.take(np.unpackbits(halves, axis=-1).sum(axis=-1, dtype=np.int64).T)
    return found


def plain_text(text: str) -> str:
    """Return the text with traditional and full-width characters as the segmenter knows them; the length is kept."""
    table = _plain_table()
    return _unusual().sub(lambda found: chr(table[ord(found[0])]), text)


def text_hashes(texts: Sequence[str]) -> U64:
    """Return the hash of each text's folded letters."""
    sizes = np.array([len(text) for text in texts], np.int64)
    ends = np.cumsum(sizes)
    return folded_sums(char_codes("".join(texts))).hashes(ends - sizes, ends)


@functools.cache
def _char_hashes() -> tuple[U64, U64]:
    """Return 64 bits for each character, the same in every process: of itself, and of what it is read as."""
    mixed = (np.arange(1, _CODES + 1, dtype=np.uint64)) * np.uint64(BASE)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    mixed ^= mixed >> np.uint64(31)
    read_as = np.arange(_CODES)
    for code, meaning in default_table().items():
        if code < _CODES and meaning is not None and meaning < _CODES and not 0xD800 <= code < 0xE000:
            read_as[code] = meaning
    return mixed, mixed[read_as]


_known_powers: list[U64] = [np.ones(1, np.uint64), np.ones(1, np.uint64)]


def _powers(size: int) -> tuple[U64, U64]:
    """Return BASE^n and BASE^-n for n from 0."""
    if size > len(_known_powers[0]):
        for place, base in enumerate((BASE, _INVERSE)):
            factors = np.full(max(size, 1 << 19), base, np.uint64)
            factors[0] = 1
            _known_powers[place] = np.cumprod(factors)
    return _known_powers[0][:size], _known_powers[1][:size]


@functools.cache
def _plain_table() -> list[int]:
    table = list(range(0x10000))
    for code, meaning in default_table().items():
        if meaning is None or code >= 0x10000:
            continue
        if 0x3400 <= code <= 0x9FFF or 0x2E80 <= code <= 0x2FD5:
            table[code] = meaning
    for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B)):
        table[code] = code - 0xFEE0
    return table


@functools.cache
def _unusual() -> re.Pattern[str]:
    changed = "".join(re.escape(chr(code)) for code, meaning in enumerate(_plain_table()) if meaning != code)
    return re.compile(f"[{changed}]")
