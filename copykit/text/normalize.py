"""Fold a text for matching, with a map back to the text as it was written.

Words are hidden from a word list by full width, traditional or look-alike characters, by characters without ink, and
by blanks or signs between the characters of a word. Folding undoes that with a table that turns one character into
one character, and with deletions, so that every place in the folded text has a place in the source.
"""

from __future__ import annotations

import functools
import operator
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, compress, count

from copykit import datafiles
from copykit.late import late

# Code point → code point it is read as, or None for a character that is deleted.
FoldTable = dict[int, int | None]


class Folded:
    """A folded text and the way back to its source."""

    __slots__ = ("source", "steps", "text")

    def __init__(self, text: str, source: str, steps: tuple[_Deletions, ...] = ()) -> None:
        """Take the deletions in the order in which they were made."""
        self.text = source if text == source else text  # one string instead of two, and easily seen to be the same
        self.source = source
        self.steps = steps

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the half-open source offsets of ``text[start:end]``, for 0 ≤ start ≤ end ≤ len(text).

        Characters deleted inside the span are covered, those at its edges are not.
        """
        if not self.steps:
            return start, end
        if start == end:
            place = self._before_deletions(start - 1) + 1 if start else 0
            return place, place
        return self._before_deletions(start), self._before_deletions(end - 1) + 1

    def _before_deletions(self, place: int) -> int:
        for step in reversed(self.steps):
            place = step.source_of(place)
        return place

    def __repr__(self) -> str:
        return f"Folded({self.text!r}, {self.source!r})"


def fold(text: str) -> Folded:
    """Return the text as a word list should read it; total on any string, and folding twice changes nothing more."""
    folded = _char_by_char(text)
    gaps = _gaps(folded)
    if not gaps and len(folded) == len(text):
        return Folded(folded, text)
    steps: list[_Deletions] = []
    if len(folded) != len(text):
        steps.append(_Deletions(_deleted(text)))
    if gaps:
        steps.append(_Deletions(place for start, end in gaps for place in range(start, end)))
        edges = [0, *chain.from_iterable(gaps), len(folded)]
        folded = "".join([folded[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True)])
    return Folded(folded, text, tuple(steps))


def _gaps(folded: str) -> list[tuple[int, int]]:
    """Return what stands between the characters of a word."""
    if len(folded) <= _LONG and _MAY_BE_GAP.search(folded) is None:  # which hardly any long text does without
        return []
    return [match.span() for match in _GAP.finditer(folded)]


def fold_many(texts: Sequence[str]) -> list[Folded]:
    """Return what ``fold`` returns for each text, at a third of the time for a batch of titles."""
    if len(texts) < _WORTH_JOINING:
        return [fold(text) for text in texts]
    joined = _by_search("\n".join(texts))
    lines = _GAP.sub("", joined).split("\n")
    if len(lines) != len(texts):
        return [fold(text) for text in texts]  # one of them holds a line feed
    folds = list(map(Folded, lines, texts))
    # Few texts became shorter; what was deleted from them is worked out one by one.
    for number in compress(count(), map(operator.ne, map(len, lines), map(len, texts))):
        folds[number] = fold(texts[number])
    return folds


def fold_text(text: str) -> str:
    """Return the folded text alone, for words that are to be found in folded texts: no way back, at half the time."""
    return _closed(_char_by_char(text))


def fold_texts(texts: Sequence[str]) -> list[str]:
    """Return the folded text of each; all the words of a rule cost little more than one."""
    folded = _closed(_char_by_char("\n".join(texts))).split("\n")
    return folded if len(folded) == len(texts) else [fold_text(text) for text in texts]  # one holds a line feed


@functools.cache
def default_table() -> FoldTable:
    """Return the table made of the bundled data; built at the first call, not to be changed.

    Raises:
        DataFileError: if the bundled tables cannot be read.
    """
    tables = datafiles.load("tables")
    # Half an emoji is read as "damaged": what looks for words takes only text that UTF-8 can hold.
    halves: FoldTable = dict.fromkeys(range(0xD800, 0xE000), 0xFFFD)
    return halves | build_table(tables["simplify"], tables["lookalike"], tables["forms"], tables["invisible"])


def build_table(
    simplify_pairs: Iterable[str],
    lookalike_pairs: Iterable[str],
    forms: Iterable[str] = (),
    invisible: Iterable[str] = (),
) -> FoldTable:
    """Return one table in which a single step leads to the end of every chain (Ｔ → t, 車 → 車 → 车).

    Pairs are two characters, the second being what the first is read as; the later argument loses where two tell of
    the same character. ``forms`` and ``invisible`` have the line formats told in the heads of those two files.
    """
    table: FoldTable = {}
    for line in invisible:
        word, _, codes = line.partition(" ")
        first, _, last = codes.partition("-")
        meaning = 0x20 if word == "space" else None
        table.update(dict.fromkeys(range(int(first, 16), int(last or first, 16) + 1), meaning))
    for line in forms:
        start, _, chars = line.partition(" ")
        table.update(enumerate(map(ord, chars), int(start[2:], 16)))
    for pairs in (lookalike_pairs, simplify_pairs):
        joined = "".join(pairs)
        table.update(str.maketrans(joined[::2], joined[1::2]))
    chained = table.keys() & set(table.values())
    for code, target in table.items():
        if target in chained:
            table[code] = _end_of_chain(table, target)
    return table


def _end_of_chain(table: Mapping[int, int | None], code: int | None) -> int | None:
    seen: set[int | None] = set()
    while code is not None and code in table and code not in seen:
        seen.add(code)
        code = table[code]
    return code


class _Deletions:
    """Where characters were taken out of a text, as sums rather than as one number a character."""

    __slots__ = ("_places",)

    def __init__(self, deleted: Iterable[int]) -> None:
        """Take the deleted offsets in rising order."""
        # Where each one was taken out of the shorter text; several may share a place.
        self._places = [offset - count for count, offset in enumerate(deleted)]

    def source_of(self, place: int) -> int:
        """Return where the character that now stands at ``place`` stood before."""
        return place + bisect_right(self._places, place)


# Han, with the compatibility block's twelve plain ideographs, the iteration mark and the round zero.
_HAN = r"[\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]"
# A run of blanks, or one sign, between two Han runs of which one is a single character: 最 好, 第.一. Two runs of
# two characters or more are two words (新款男装 最爱). Underlines and asterisks part Han for no other reason, so that
# they count everywhere (唯_一), and so does every sign after 最 第 顶 唯 (全国第·一), after 第 before a figure too (第
# 1). The sign comes first in the pattern and looks back, because a pattern that begins with a small set is found
# several times faster than one that begins with Han; and Han is named as seldom as can be, because each naming takes
# the compiler a millisecond.
_SIGNS = r" .·\-~|/+\u2190-\u21ff\u25a0-\u27bf\u2b00-\u2bff\U0001f300-\U0001faff"
_GAP = late(
    rf"[{_SIGNS}_*。、!?;&=^%#@]"
    rf"(?:(?<=[最第顶唯].)(?:(?={_HAN})|(?<=第.) *(?=[0-9]))|(?<=[_*])(?<={_HAN}.)(?={_HAN})"
    rf"|(?<=[{_SIGNS}])(?<={_HAN}.)"
    rf"((?<!{_HAN}..))?"  # set if the left run is a single character
    rf"(?:(?<= ) *)?(?={_HAN})"
    rf"(?(1)|(?=.(?!{_HAN}))))"
)
# Asked first about a single text: a sign between two characters that are no ASCII, which few titles hold.
_MAY_BE_GAP = late(rf"[{_SIGNS}_*。、!?;&=^%#@](?:(?<=[^\x00-\x7f].) *(?=[^\x00-\x7f])|(?<=第.) *(?=[0-9]))")


def _deleted(text: str) -> Iterator[int]:
    return (match.start() for match in _deletable().finditer(text))


@functools.cache
def _deletable() -> re.Pattern[str]:
    """Return what finds the characters that folding deletes."""
    return re.compile(_char_class(code for code, meaning in default_table().items() if meaning is None))


class _Tables:
    """The default table, and that of the first plane by code point: str.translate reads a list faster than a dict.

    Making the list takes as long as it saves over fifty thousand characters, which one title does not come to.
    """

    def __init__(self) -> None:
        self._left = 50_000
        self._plane: list[int | None] = []

    def of(self, text: str) -> FoldTable | list[int | None]:
        """Return the table with which to translate a text."""
        if self._left > 0:
            self._left -= len(text)
            return default_table()
        if not self._plane:
            self._plane = list(range(0x10000))
            for code, meaning in default_table().items():
                if code < len(self._plane):
                    self._plane[code] = meaning
        return default_table() if _BEYOND.search(text) else self._plane


_tables = _Tables()
_BEYOND = re.compile("[\U00010000-\U0010ffff]")
_WORTH_JOINING = 8  # the pattern for folding many takes some milliseconds to compile
_LONG = 500  # from here on searching is faster than a table, which costs as much for a character that stays


@functools.cache
def _foldable() -> re.Pattern[str]:
    """Return what finds the characters that folding changes: one in fifty, so that looking for them beats a table.

    All characters beyond the first plane count among them, because the pattern would look for their ranges one by one.
    """
    changed = (code for code, meaning in default_table().items() if meaning != code and code < 0x10000)
    return re.compile(_char_class(changed)[:-1] + "\U00010000-\U0010ffff]")


def _char_class(codes: Iterable[int]) -> str:
    """Return the pattern of a set of characters, by ranges, which is compiled in a third of the time."""
    ranges: list[list[int]] = []
    for code in sorted(codes):
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return f"[{''.join(f'{re.escape(chr(first))}-{re.escape(chr(last))}' for first, last in ranges)}]"


def _char_by_char(text: str) -> str:
    """Return the text with every character as it is read, what stands between the characters still being there."""
    if len(text) > _LONG:
        return _by_search(text)
    return text.translate(_tables.of(text))


def _closed(text: str) -> str:
    """Return the text without what stands between the characters of a word."""
    return text if _MAY_BE_GAP.search(text) is None else _GAP.sub("", text)


def _by_search(text: str) -> str:
    """Return the folded text: first the punctuation of nearly every sentence, then the rare characters."""
    table = default_table()
    for char in _FREQUENT:
        text = text.replace(char, chr(table[ord(char)] or 0))
    chars = set(_foldable().findall(text))
    if len(chars) > _SEVERAL:
        return _foldable().sub(_fold_char, text)
    for char in chars:  # what a character is read as is read as nothing else, so that their order does not matter
        meaning = table.get(ord(char), ord(char))
        text = text.replace(char, "" if meaning is None else chr(meaning))
    return text


_FREQUENT = "，！？：；（）"
_SEVERAL = 100  # different characters from which on one pass that calls back for each is faster than a pass for each


def _fold_char(match: re.Match[str]) -> str:
    char = match[0]
    meaning = default_table().get(ord(char), ord(char))
    return "" if meaning is None else chr(meaning)
