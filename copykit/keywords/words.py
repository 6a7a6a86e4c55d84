"""The words met so far: each gets a number, and what is known of it stands in arrays under that number.

A word is looked at once, however often it comes, so that a text is a row of numbers and all that follows is
arithmetic on rows. Words are told apart by 64-bit hashes of their letters, which are worked out for all words of a
block at once: a dictionary of strings costs as much time as cutting the text does.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from copykit.corpus.sources import TEXT_END, TITLE_END
from copykit.text.normalize import default_table, fold_many, fold_text

U64 = NDArray[np.uint64]
Ints = NDArray[np.int64]

BASE = 0x9E3779B97F4A7C15  # odd, so that it has an inverse modulo 2^64
_INVERSE = pow(BASE, -1, 1 << 64)
_CODES = 0x20000  # characters beyond the second plane share hashes with those that are 2^17 below them

# What a word can be in a phrase, as bits.
INSIDE, FIRST, LAST, SINGLE, LATIN, DIGITS, SPACE, SIGN, HAN, SMALL = (1 << n for n in range(10))

# Tags with a number of their own, from 1; models were trained with this order, so new ones come last.
TAGS = (
    *("n", "nr", "ns", "nt", "nz", "ng", "v", "vn", "vd", "vg", "a", "ad", "an", "ag", "b", "d", "f", "i", "j", "l"),
    *("m", "q", "r", "s", "t", "x", "eng", "z", "p", "c", "u", "uj", "zg", "y", "k", "h", "nrt", "o", "ul", "uz", "ud"),
)

TagOf = Callable[[Sequence[str]], list[str]]


class Rules:
    """Which words a phrase may have, from a profile: tags by where they must not stand, and stop words."""

    def __init__(self, profile: Mapping[str, Any], stop: Iterable[str] = ()) -> None:
        self.words: int = profile["words"]
        self.least, self.most = profile["chars"]
        self.latin_most: int = profile["latin_chars"]
        self.barred = frozenset(profile["barred"])
        self.first_barred = frozenset(profile["first_barred"])
        self.last_barred = frozenset(profile["last_barred"])
        self.single_barred = frozenset(profile["single_barred"])
        self.stop = frozenset(fold_text(word).replace(" ", "") for word in stop)
        self._may: dict[str, int] = {}

    def bits(self, folded: str, tag: str) -> int:
        """Return what a folded word can be."""
        if folded.isalpha():
            bits = LATIN if folded.isascii() else HAN
        elif folded == " ":
            return SPACE
        elif not any(map(str.isalnum, folded)):
            return SIGN
        else:
            bits = LATIN if folded.isascii() else HAN
            if not any(map(str.isalpha, folded)):
                bits |= DIGITS
        may = self._may.get(tag)
        if may is None:
            may = self._may[tag] = self._of_tag(tag)
        if folded in self.stop or not may:
            return bits | SMALL
        if bits & DIGITS or len(folded) == 1:
            may &= ~SINGLE
        return bits | may

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

    def __init__(self, rules: Rules, tag_of: TagOf, tables: Mapping[str, Table]) -> None:
        """``tables`` give the columns, by name, that ``column`` returns."""
        self.rules = rules
        self._tag_of, self._tables = tag_of, dict(tables)
        self._tag_numbers = {tag: number for number, tag in enumerate(TAGS, 1)}
        self.names: list[str] = []
        self.bits: NDArray[np.int32] = np.zeros(1024, np.int32)
        self.sizes: NDArray[np.int32] = np.zeros(1024, np.int32)
        self.hashes: U64 = np.zeros(1024, np.uint64)  # of the folded letters
        self.tags: NDArray[np.uint8] = np.zeros(1024, np.uint8)
        self._columns: dict[str, NDArray[np.float32]] = {name: np.zeros(1024, np.float32) for name in tables}
        # An open hash table: letters as written → number; a slot with key 0 is free.
        self._shift = np.uint64(64 - 14)
        self._keys: U64 = np.zeros(1 << 14, np.uint64)
        self._values: NDArray[np.int32] = np.zeros(1 << 14, np.int32)
        text = TEXT_END + TITLE_END + " "  # numbers 0, 1 and 2
        self.numbers(text, np.arange(3), np.arange(1, 4), prefix_sums(text)[0])

    def tags_of(self, names: Sequence[str]) -> NDArray[np.uint8]:
        """Return the number of each word's tag, whether the word is in the vocabulary or not."""
        numbers = self._tag_numbers
        tags = self._tag_of(list(names))
        return np.array([numbers.get(tag) or numbers.get(tag[:1], 0) for tag in tags], np.uint8)

    def table(self, name: str) -> Table:
        """Return a table by folded word, as it was given."""
        return self._tables[name]

    def numbers(self, text: str, starts: Ints, ends: Ints, sums: U64) -> NDArray[np.int32]:
        """Return the numbers of the words that stand at these places; ``sums`` are those of the text as written."""
        hashes = span_hashes(sums, starts, ends)
        found = self._look_up(hashes)
        missing = np.flatnonzero(found < 0)
        if len(missing):
            first = np.unique(hashes[missing], return_index=True)[1]
            # In the order of the text, so that a vocabulary does not depend on hashes.
            first = np.sort(missing[first])
            self._add([text[start:end] for start, end in zip(starts[first], ends[first], strict=True)], hashes[first])
            found[missing] = self._look_up(hashes[missing])
        return found

    def _look_up(self, hashes: U64) -> NDArray[np.int32]:
        keys, last = self._keys, len(self._keys) - 1
        slots = (hashes >> self._shift).astype(np.int64)
        met = keys[slots]
        found = np.where(met == hashes, self._values[slots], -1).astype(np.int32)
        pending = np.flatnonzero((met != hashes) & (met != 0))
        while len(pending):
            slots[pending] = (slots[pending] + 1) & last
            met = keys[slots[pending]]
            same = met == hashes[pending]
            found[pending[same]] = self._values[slots[pending[same]]]
            pending = pending[~same & (met != 0)]
        return found

    def _add(self, names: Sequence[str], hashes: U64) -> None:
        start = len(self.names)
        self.names += names
        self._settle(start)
        if 3 * len(self.names) > len(self._keys):
            self._grow_table()
        self._insert(hashes, np.arange(start, len(self.names), dtype=np.int32))

    def _insert(self, hashes: U64, numbers: NDArray[np.int32]) -> None:
        slots, last = (hashes >> self._shift).astype(np.int64), len(self._keys) - 1
        while len(hashes):
            free = self._keys[slots] == 0
            # Where several want one slot the last one written has it; the others go on.
            self._keys[slots[free]] = hashes[free]
            self._values[slots[free]] = numbers[free]
            left = self._keys[slots] != hashes
            hashes, numbers, slots = hashes[left], numbers[left], (slots[left] + 1) & last

    def _grow_table(self) -> None:
        kept = self._keys != 0
        hashes, numbers = self._keys[kept], self._values[kept]
        size = len(self._keys)
        while 4 * len(self.names) > size:
            size *= 2
        self._shift = np.uint64(64 - (size.bit_length() - 1))
        self._keys, self._values = np.zeros(size, np.uint64), np.zeros(size, np.int32)
        self._insert(hashes, numbers)

    def column(self, name: str) -> NDArray[np.float32]:
        """Return a table's numbers by word number."""
        return self._columns[name]

    def _settle(self, start: int) -> None:
        """Fill the arrays for the words from ``start`` on."""
        end = len(self.names)
        if end > len(self.bits):
            self._grow(max(end, 2 * len(self.bits)))
        fresh = self.names[start:end]
        folded = [fold.text for fold in fold_many(fresh)]
        tags = self._tag_of(fresh)
        numbers = self._tag_numbers
        self.bits[start:end] = list(map(self.rules.bits, folded, tags))
        self.sizes[start:end] = [len(word) for word in fresh]
        self.hashes[start:end] = text_hashes(fresh)
        self.tags[start:end] = [numbers.get(tag) or numbers.get(tag[:1], 0) for tag in tags]
        for name, table in self._tables.items():
            get, default = table.values.get, table.default
            self._columns[name][start:end] = [get(word, default) for word in folded]

    def _grow(self, size: int) -> None:
        def grown(old: NDArray[Any]) -> NDArray[Any]:
            new = np.zeros(size, old.dtype)
            new[: len(old)] = old
            return new

        self.bits, self.sizes, self.tags = grown(self.bits), grown(self.sizes), grown(self.tags)
        self.hashes = grown(self.hashes)
        self._columns = {name: grown(column) for name, column in self._columns.items()}


def prefix_sums(text: str, codes: NDArray[np.uint32] | None = None) -> tuple[U64, U64]:
    """Return the sums from which the hash of any stretch of the text follows: as it is written, and folded."""
    codes = char_codes(text) if codes is None else codes
    powers = _powers(len(codes))[0]
    sums = []
    for table in _char_hashes():
        total = np.zeros(len(codes) + 1, np.uint64)
        np.cumsum(table[codes] * powers, out=total[1:])
        sums.append(total)
    return sums[0], sums[1]


def char_codes(text: str) -> NDArray[np.uint32]:
    """Return the code points of a text, those beyond _CODES taken modulo it."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    return codes % np.uint32(_CODES) if len(codes) and int(codes.max()) >= _CODES else codes


@functools.cache
def neighbour_bits() -> U64:
    """Return one of 64 bits for each character; two for what is no letter or digit, as a word is free beside it."""
    hashes = _char_hashes()[1]
    bits: U64 = np.uint64(1) << (hashes >> np.uint64(58))
    for code in range(0x3400):
        if not chr(code).isalnum():
            bits[code] = 3
    for code in range(0xFE00, 0x10000):
        if not chr(code).isalnum():
            bits[code] = 3
    return bits


def span_hashes(sums: U64, starts: Ints, ends: Ints) -> U64:
    """Return the hash of each stretch: the sum of its letters' hashes, each times BASE^place in the stretch."""
    hashes: U64 = (sums[ends] - sums[starts]) * _powers(len(sums))[1][starts]
    hashes[hashes == 0] = 1  # 0 marks what is free
    return hashes


def text_hashes(texts: Sequence[str]) -> U64:
    """Return the hash of each text's folded letters, as ``span_hashes`` gives it."""
    sizes = np.array([len(text) for text in texts], np.int64)
    ends = np.cumsum(sizes)
    return span_hashes(prefix_sums("".join(texts))[1], ends - sizes, ends)


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
