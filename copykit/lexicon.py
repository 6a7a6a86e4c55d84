"""Word lists with fields and exceptions, and the one automaton that finds the words of all of them in one pass.

A list is ``lexicons/<id>.txt``: one entry a line, ``word`` or ``word<TAB>key=value<TAB>key=value``; ``!phrase`` is an
exception, a longer phrase inside which the list's words do not count. ``#`` starts a comment line. Words are folded
as texts are, so one spelling is enough.
"""

from __future__ import annotations

import functools
import operator
import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, starmap
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import daachorse

from copykit.datafiles import DataFiles
from copykit.errors import DataFileError, Problem
from copykit.late import late
from copykit.model import Span
from copykit.parsing import lines_of, read_text, shown_path
from copykit.text.normalize import fold_texts

NAME_KINDS = ("star", "teacher", "brand", "work", "character", "platform", "event", "institution")
Hits = dict[int, list[tuple[int, int]]]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """One word list: folded word → its fields, and the phrases that are exceptions."""

    id: str
    entries: Mapping[str, Mapping[str, str]]
    exceptions: frozenset[str] = field(default_factory=frozenset)


class Lexicons:
    """The word lists of a run, parsed when first asked for."""

    def __init__(self, files: DataFiles) -> None:
        self._files = files
        # By which table words are folded matters too.
        self._ready = files.made("lexicons", ("lexicons", "tables"), lambda: _ready(files.load("lexicons")))
        self._parsed: dict[str, Lexicon] = {}

    def __getitem__(self, name: str) -> Lexicon:
        """Return a list by its id; KeyError when there is none."""
        if name not in self._parsed:
            ready = self._ready[name]
            if ready is None:
                entry = next(entry for entry in self._files.entries("lexicons") if entry.id == name)
                raise DataFileError(check_file(entry.path))
            entries, exceptions = ready
            self._parsed[name] = Lexicon(name, entries, frozenset(exceptions))
        return self._parsed[name]

    def __contains__(self, name: str) -> bool:
        return name in self._ready

    def __iter__(self) -> Iterator[str]:
        return iter(self._ready)


def _ready(lists: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Return each list's entries and exceptions, None for one with faults; parsing takes eight times as long."""
    ready: dict[str, Any] = {}
    for name, lines in lists.items():
        lexicon, problems = parse(name, lines, of_names=holds_names(name))
        entries = {word: dict(fields) for word, fields in lexicon.entries.items()}
        ready[name] = None if problems else [entries, sorted(lexicon.exceptions)]
    return ready


def parse(name: str, lines: Iterable[str], *, of_names: bool = False) -> tuple[Lexicon, list[Problem]]:
    """Parse a list's lines; comment and blank lines are passed over, faults are returned with their line.

    ``of_names``: the list tells whose names may be printed, so that no key of it may be misspelt.
    """
    shapes = _OF_NAMES if of_names else _SHAPES
    entries: dict[str, Mapping[str, str]] = {}
    exceptions: set[str] = set()
    problems: list[Problem] = []
    rows = [(number, line) for number, line in enumerate(lines, 1) if line.strip() and not line.startswith("#")]
    for (number, line), folded in zip(rows, _folded_words([line for _, line in rows]), strict=True):
        if folded and folded not in entries and line[0] != "!" and "\t" not in line:
            entries[folded] = _NO_FIELDS  # what most lines are
            continue
        word, *fields = line.rstrip().split("\t")
        if not folded:
            zh, en = "这一行没有词，请删掉或补上", "no word on this line; remove or fill it"
            problems.append(Problem(name, number, "", zh, en))
        elif word.startswith("!"):
            exceptions.add(folded)
        elif folded in entries:
            zh, en = f"“{word}”重复了，请删掉一行", f"'{word}' is listed twice; remove one line"
            problems.append(Problem(name, number, word, zh, en))
        else:
            given: dict[str, str] = {}
            for part in filter(None, fields):
                key, sign, value = part.partition("=")
                key, value = key.strip(), value.strip()
                given[key] = value
                if not sign:
                    zh, en = "字段要写成 键=值，用制表符隔开", "fields are key=value, parted by tabs"
                    problems.append(Problem(name, number, word, zh, en))
                elif key in shapes and not shapes[key].pattern.fullmatch(value):
                    shape = shapes[key]
                    problems.append(Problem(name, number, word, f"{key}= 后面{shape.zh}", f"{key}= takes {shape.en}"))
            if of_names:
                problems += (Problem(name, number, word, *fault) for fault in _unheard(given))
            entries[folded] = given
    return Lexicon(name, entries, frozenset(exceptions)), problems


def _unheard(given: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield what a line of names says that nobody would hear: a key that there is not, a last day of no licence."""
    for key in given.keys() - _OF_NAMES.keys():
        import difflib  # late: most lists have no such fault

        near = difflib.get_close_matches(key, _OF_NAMES, 1)
        zh = f"，是不是想写“{near[0]}”？" if near else f"；可以用的有 {'、'.join(_OF_NAMES)}"
        en = f"; did you mean '{near[0]}'?" if near else f"; known: {', '.join(_OF_NAMES)}"
        yield f"名单里没有“{key}”这个键{zh}", f"lists of names have no key '{key}'{en}"
    if "until" in given and "licence" not in given:
        yield (
            "只有 until 不算授权；加上 licence=授权在哪里（如合同号）",
            "until= is no licence; add licence=where its paper is",
        )


class _Shape(NamedTuple):
    pattern: re.Pattern[str]
    zh: str
    en: str


_WHOLE = _Shape(late(r"[+-]?[0-9]{1,3}"), "要写整数", "a whole number")
_DAY = r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
# The fields that are more than words, wherever they stand; all others fill messages or are words.
_SHAPES = {
    "points": _WHOLE,
    "before": _WHOLE,
    "reach": _WHOLE,
    "heat": _Shape(late("[1-5]"), "要写 1 到 5", "1 to 5"),
    "rate": _Shape(late(r"\d+(?:\.\d+)?"), "要写数字", "a number"),
    "fresh": _WHOLE,
    "until": _Shape(late(_DAY), "日期写成 2026-11-21 这样", "a date like 2026-11-21"),
    "dates": _Shape(late(rf"{_DAY}(?:\|{_DAY})*"), "日期写成 2026-11-21|2027-11-21 这样", "dates like 2026-11-21|…"),
    "window": _Shape(late(r"\d\d-\d\d\.\.\d\d-\d\d"), "写成 11-01..11-12 这样", "days like 11-01..11-12"),
}

_ANYTHING = _Shape(late(r".*"), "", "")
# All fields of a list of names (corpora/lexicons/names.txt tells what each means), and what is written for people.
_OF_NAMES = {
    "kind": _Shape(late("|".join(NAME_KINDS)), f"只能是 {'、'.join(NAME_KINDS)}", f"one of {', '.join(NAME_KINDS)}"),
    "heat": _SHAPES["heat"],
    "licence": _Shape(late(".+"), "要写授权在哪里，如合同号", "where the paper is, such as the contract's number"),
    "until": _SHAPES["until"],
    **dict.fromkeys(("needs", "not", "fit", "as", "free", "note"), _ANYTHING),
}


def holds_names(name: str) -> bool:
    """Return whether the list of an id is one of names: the bundled one, or one of a user's own."""
    return name.startswith("names")


_NO_FIELDS: Mapping[str, str] = MappingProxyType({})


def _folded_words(lines: Iterable[str]) -> list[str]:
    """Return the folded word of each line; they are folded at once, as one by one takes a tenth of a cold start."""
    return list(map(str.strip, fold_texts([line.rstrip().partition("\t")[0].lstrip("!") for line in lines])))


def check_file(path: Path) -> list[Problem]:
    """Return the faults of a list's file, with the lines that they stand on."""
    text, problem = read_text(path)
    if text is None:
        return [problem] if problem else []
    below = path.with_suffix("").parts
    inside = [number for number, part in enumerate(below) if part == "lexicons"]
    name = "/".join(below[inside[-1] + 1 :]) if inside else path.stem
    lexicon, problems = parse(shown_path(path), lines_of(text), of_names=holds_names(name))
    if not lexicon.entries and not problems:
        zh, en = "词表里一个词也没有；一行写一个", "the list holds no word; write one a line"
        problems.append(Problem(shown_path(path), 0, "", zh, en))
    return problems


class AutomatonBuilder:
    """Collects word groups; each group gets a slot under which its hits are reported."""

    def __init__(self) -> None:
        self._patterns: dict[str, list[int]] = {}
        self._slots: dict[object, int] = {}
        self._marks: dict[int, tuple[int, ...]] = {}

    def slot(self, key: object, words: Iterable[str], exceptions: Iterable[str] = ()) -> int:
        """Return the slot of a group, adding its folded words and exceptions the first time its key is seen."""
        if key in self._slots:
            return self._slots[key]
        number = self._slots[key] = len(self._slots)
        for word in words:
            self._patterns.setdefault(word, []).append(number)
        for phrase in exceptions:
            self._patterns.setdefault(phrase, []).append(~number)
        return number

    def words(self, words: Iterable[str], exceptions: Iterable[str] = ()) -> int:
        """Return the slot of a set of words; equal sets share one."""
        group, hidden = frozenset(words), frozenset(exceptions)
        return self.slot((group, hidden), group, hidden)

    def mark(self, key: object, among: Iterable[int]) -> int:
        """Return a slot without words, which a detector hits in texts that hold a word of the slots ``among`` only."""
        number = self.slot(key, ())
        self._marks.setdefault(number, tuple(among))
        return number

    @property
    def size(self) -> int:
        """Return how many slots there are."""
        return len(self._slots)

    def starts(self) -> dict[int, set[str]]:
        """Return slot → the first two characters of each of its words; nothing for one that is hit without any."""
        found: dict[int, set[str]] = {}
        for word, slots in self._patterns.items():
            for slot in slots:
                if slot >= 0:
                    found.setdefault(slot, set()).add(word[:_START])
        for mark, among in self._marks.items():
            found[mark] = set().union(*(found.get(slot, ()) for slot in among))
        return found

    def build(self, starts: Container[str] | None = None) -> Automaton:
        """Return the automaton over all groups; ``starts`` (see ``starts_of``) are those of the only texts it will see.

        A title or two hold the first two characters of few words, and an automaton over these finds the same.
        """
        if starts is None:
            return Automaton(self._patterns)
        return Automaton({word: slots for word, slots in self._patterns.items() if word[:_START] in starts})


_START = 2


def starts_of(texts: Iterable[str]) -> set[str]:
    """Return the first two characters of every word that stands in folded texts, among other pairs of theirs."""
    joined = "\n".join(texts)
    return {*joined, *map("".join, pairwise(joined))}


# A word in a text: start, end, and its number.
Found = tuple[int, int, int]
_FEED = "\n"  # joins texts that are searched together


class Automaton:
    """Finds the words of every group in one pass; inside a group the longest match wins and exceptions hide words."""

    def __init__(self, patterns: Mapping[str, Iterable[int]]) -> None:
        words = list(patterns)
        if _FEED not in patterns:
            words.append(_FEED)
        # The groups of each word by its number; ~slot where it is an exception of one.
        self.slots = [tuple(patterns.get(word, ())) for word in words]
        # Most words stand in one group and hide nothing.
        self._only = [slots[0] if len(slots) == 1 and slots[0] >= 0 else None for slots in self.slots]
        self._feed = words.index(_FEED)
        self._only[self._feed] = None
        self._joinable = sum(_FEED in word for word in words) == 1
        self._find = daachorse.CharwiseDoubleArrayAhoCorasick(words).find_overlapping  # in order of their ends

    def hits(self, folded: str) -> Hits:
        """Return slot → half-open (start, end) in the folded text, in order and without overlap inside a slot."""
        return self.hits_of(self._find(folded), 0, 0, len(folded))

    def found(self, folded: str) -> list[Found]:
        """Return every word that stands in a folded text, in the order of their ends, as ``hits_of`` takes them."""
        found: list[Found] = self._find(folded)
        return found

    def hits_of(self, words: Sequence[Found], first: int, begin: int, stop: int) -> Hits:
        """Return what ``hits`` returns for a part ``begin:stop`` of a text alone, from what was found in all of it.

        No word before ``words[first]`` lies in the part.
        """
        found: Hits = {}
        slots = self.slots
        overlapping: list[int] = []
        for place in range(first, len(words)):
            start, end, word = words[place]
            if end > stop:
                break
            if start < begin:
                continue
            hit = start - begin, end - begin
            for slot in slots[word]:
                spans = found.get(slot)
                if spans is None:
                    found[slot] = [hit]
                else:
                    # Words come by their ends, so that those of a group are in order unless they overlap.
                    if hit[0] < spans[-1][1]:
                        overlapping.append(slot)
                    spans.append(hit)
        if found and min(found) < 0:
            _hide(found)
        for slot in overlapping:
            if slot in found:
                _settle(found[slot])
        return found

    def seen(self, folded: str) -> Seen:
        """Return what ``hits`` returns, slot by slot as they are asked for."""
        return Seen(self, self._find(folded))

    @functools.cached_property
    def slots_of(self) -> list[int]:
        """The slots of each word as ``bits``."""
        return [bits(slot for slot in slots if slot >= 0) for slots in self.slots]

    @functools.cached_property
    def members(self) -> dict[int, frozenset[int]]:
        """Slot → the numbers of its words; under ``~slot`` those of its exceptions."""
        found: dict[int, set[int]] = {}
        for number, slots in enumerate(self.slots):
            for slot in slots:
                found.setdefault(slot, set()).add(number)
        return {slot: frozenset(numbers) for slot, numbers in found.items()}

    def hits_many(self, folded: Sequence[str]) -> list[Hits]:
        """Return what ``hits`` returns for each text, at half the time: one search through all of them."""
        joined = _FEED.join(folded) + _FEED
        if not self._joinable or joined.count(_FEED) != len(folded):
            return [self.hits(text) for text in folded]
        all_found: list[Hits] = []
        only, slots, feed = self._only, self.slots, self._feed
        found: Hits = {}
        overlapping: list[int] = []
        base = 0
        excepted = False
        for start, end, pattern in self._find(joined):
            slot = only[pattern]
            if slot is not None:
                start -= base
                if slot in found:
                    spans = found[slot]
                    # Words come by their ends, so that those of a group are in order unless they overlap.
                    if start < spans[-1][1]:
                        overlapping.append(slot)
                    spans.append((start, end - base))
                else:
                    found[slot] = [(start, end - base)]
            elif pattern != feed:
                for slot in slots[pattern]:
                    if slot in found:
                        found[slot].append((start - base, end - base))
                        overlapping.append(slot)
                    else:
                        found[slot] = [(start - base, end - base)]
                        excepted |= slot < 0
            else:
                if excepted:
                    _hide(found)
                    excepted = False
                if overlapping:
                    for slot in overlapping:
                        if slot in found:
                            _settle(found[slot])
                    overlapping = []
                all_found.append(found)
                found = {}
                base = end
        return all_found


def bits(slots: Iterable[int]) -> int:
    """Return a set of slots as the bits of one number, which is held against another set in one step."""
    return functools.reduce(operator.or_, (1 << slot for slot in slots), 0)


class Seen:
    """The words of an automaton that stand in one text; the places of a slot are worked out when they are asked for.

    A common word stands in dozens of lists, of which a sentence's rules ask for one or two.
    """

    __slots__ = ("_automaton", "_found", "_places", "slots")

    def __init__(self, automaton: Automaton, found: list[Found]) -> None:
        """Take the words as (start, end, number) in the order of their ends."""
        self._automaton = automaton
        self._found = found
        self._places: dict[int, tuple[Span, ...]] = {}
        # The slots (see ``bits``) of which a word stands here, even if an exception hides it.
        words = {word for _, _, word in found}
        self.slots = functools.reduce(operator.or_, map(automaton.slots_of.__getitem__, words), 0)

    def holds(self, slot: int) -> bool:
        """Return whether a word of a slot stands here."""
        return bool(self.slots >> slot & 1) and (~slot not in self._automaton.members or bool(self.places(slot)))

    def places(self, slot: int) -> tuple[Span, ...]:
        """Return the places of a slot's words, in order and without overlap."""
        if not self.slots >> slot & 1:
            return ()
        places = self._places.get(slot)
        if places is None:
            places = self._places[slot] = self._worked_out(slot)
        return places

    def _worked_out(self, slot: int) -> tuple[Span, ...]:
        members = self._automaton.members
        words, exceptions = members[slot], members.get(~slot)
        found = {slot: [(start, end) for start, end, word in self._found if word in words]}
        if exceptions:
            found[~slot] = [(start, end) for start, end, word in self._found if word in exceptions]
            _hide(found)
        places = found.get(slot, [])
        if any(later[0] < earlier[1] for earlier, later in pairwise(places)):
            _settle(places)
        return tuple(starmap(Span, places))


def _hide(found: Hits) -> None:
    """Take out the exceptions and the hits inside them, in place."""
    for slot in [slot for slot in found if slot < 0]:
        exceptions = found.pop(slot)
        if ~slot in found:
            kept = [hit for hit in found[~slot] if not any(s <= hit[0] and hit[1] <= e for s, e in exceptions)]
            if kept:
                found[~slot] = kept
            else:
                del found[~slot]


def _settle(spans: list[tuple[int, int]]) -> None:
    """Keep the leftmost longest spans that do not overlap, in place."""
    spans.sort()
    kept, begun, reached = 0, -1, -1
    for span in spans:
        start, end = span
        if start == begun:  # the same place, and longer
            kept -= 1
        elif start < reached:
            continue
        spans[kept] = span
        kept += 1
        begun, reached = start, end
    del spans[kept:]
