"""The kinds of rule that judge how unexpected a title is: odd pairings, puns, worn formulas, titles used before."""

from __future__ import annotations

import base64
import functools
import re
import sys
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import compress, count
from typing import Any, NamedTuple

from copykit.model import Finding
from copykit.rules.kinds import Build, KindMaker, best, lexicon_of
from copykit.rules.reading import Batch, Context, Reading
from copykit.rules.rule import Rule
from copykit.text.normalize import fold_text, fold_texts
from copykit.text.sound import Sounds


class PairingKind:
    """Finds the two usual words of a title that are least usual together.

    ``[settings]``: ``background`` names the file of ``background/`` to ask, ``over`` is the surprise from which a pair
    counts, ``strong`` the one from which it earns ``strong_points`` instead of the rule's.
    """

    def __init__(self, rule: Rule, build: Build) -> None:
        self.rule = rule
        settings = _settings(rule)
        self.pairs = WordPairs(build.data("background")[settings["background"]])
        self.over, self.strong = int(settings["over"]), int(settings["strong"])
        self.strong_points = int(settings["strong_points"])
        self._known = self.pairs.known
        self._several = build.automaton.slot("several everyday words", ())
        build.detector("everyday words", lambda _: self._detect)
        self.triggers: frozenset[int] | None = frozenset((self._several,))

    def find(self, reading: Reading) -> Iterable[Finding]:
        """Yield one finding or none, over the first word, with the second as its related span."""
        pair = self._oddest(reading.words, reading.tags, reading.memo[_EVERYDAY])
        if pair is None:
            return ()
        surprise, first, second = pair
        starts = reading.starts
        points = self.strong_points if surprise >= self.strong else self.rule.points
        return (
            self.rule.finding(
                reading,
                starts[first],
                starts[first + 1],
                points=points,
                related=((starts[second], starts[second + 1]),),
                first=reading.words[first],
                second=reading.words[second],
            ),
        )

    def _detect(self, batch: Batch) -> None:
        """Note in ``memo`` where everyday words stand, in texts that hold two of them, which few do."""
        readings, (words, _, begins, ends) = batch
        everyday = bytes(map(self._known.__contains__, words))  # a one where such a word stands, else a zero
        for reading, begin, end in zip(readings, begins, ends, strict=True):
            if everyday.count(1, begin, end) > 1:
                reading.memo[_EVERYDAY] = list(compress(count(), everyday[begin:end]))
                reading.hits[self._several] = [(0, len(reading.folded.text))]

    def _oddest(self, words: Sequence[str], tags: Sequence[str], found: Sequence[int]) -> tuple[int, int, int] | None:
        top, pair = self.over - 1, None
        for place, first in enumerate(found):
            for second in found[place + 1 :]:
                # Signs and blanks, tagged x, part clauses; words of two clauses do not meet.
                if "x" in tags[first:second]:
                    break
                surprise = self.pairs.surprise(words[first], words[second])
                if surprise > top:
                    top, pair = surprise, (surprise, first, second)
        return pair


_EVERYDAY = "everyday words"


class WordPairs:
    """Everyday words by field of life, and how seldom a word meets the words of each field in the background."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        """Take the parsed ``background/words.json``; tools/train_background.py tells its keys and how they are made."""
        words = data["words"].split("\n")
        self.known = dict(zip(words, range(len(words)), strict=True))
        self._fields = len(data["fields"])
        self._field = base64.b64decode(data["field"])
        self._table = base64.b64decode(data["table"])
        seen = array("I", base64.b64decode(data["seen"]))
        if sys.byteorder == "big":  # the file holds little-endian numbers
            seen.byteswap()
        self._seen = frozenset(seen)

    def surprise(self, first: str, second: str) -> int:
        """Return 0 for words that are usual together, unknown or not comparable, otherwise up to 510."""
        known = self.known
        one, other = known.get(first), known.get(second)
        if one is None or other is None:
            return 0
        field, fields = self._field, self._fields
        forth: int = self._table[one * fields + field[other]]
        if not forth:
            return 0
        low, high = (one, other) if one < other else (other, one)
        if low * len(self.known) + high in self._seen or not set(first).isdisjoint(second):
            return 0
        back: int = self._table[other * fields + field[one]]
        return forth + back


class SoundKind:
    """Finds puns: a stretch that sounds like an idiom of ``lexicon`` and is written otherwise.

    One or two characters differ, at least half are the idiom's own, and one half of it stands as it is: that half is
    what the automaton finds (百依 of 百依百顺 stands no more in 百衣百顺, but 百顺 does). The list's field ``typo``
    holds common misspellings, which are no puns.
    """

    def __init__(self, rule: Rule, build: Build) -> None:
        self.rule = rule
        lexicon = lexicon_of(rule, build, rule.settings["lexicon"])
        self._idioms = lexicon.entries
        self._data = build.data
        # Half → its idioms and where it stands in them. What else is to be known of a half is worked out when it is
        # first met, as few of the five thousand ever are.
        self._halved: dict[str, list[tuple[str, int]]] = {}
        for idiom in lexicon.entries:
            middle = len(idiom) // 2
            self._halved.setdefault(idiom[:middle], []).append((idiom, 0))
            self._halved.setdefault(idiom[middle:], []).append((idiom, middle))
        self._halves = functools.cache(self._halves_of)
        self.slot = build.automaton.slot(f"halves of {lexicon.id}", self._halved)
        self.triggers: frozenset[int] | None = frozenset((self.slot,))

    def find(self, reading: Reading) -> Iterable[Finding]:
        """Yield a finding a pun, at most ``limit``."""
        text, findings = reading.folded.text, []
        places: Sequence[int] = ()
        if "“" in text or '"' in text or "「" in text or "‘" in text:
            text, places = _unquoted(text)
        for place, end in reading.hits[self.slot]:
            if places:
                size, place = end - place, bisect_left(places, place)
                end = place + size
            for to_other, by_char in self._halves(text[place:end]):
                begin = place + to_other
                if begin < 0:
                    continue
                for half in by_char[text[begin : begin + 1]]:
                    other = text[begin : begin + len(half.other)]
                    if other != half.other and self._key(other) == half.sound:
                        start = place - half.offset
                        written = text[start : start + len(half.idiom)]
                        if self._is_pun(written, half):
                            span = start, start + len(written)
                            if places:
                                span = _with_its_quote(reading.folded.text, places[start], places[span[1] - 1] + 1)
                            findings.append(self.rule.finding(reading, *span, idiom=half.idiom))
        return findings[: self.rule.limit]

    def _halves_of(self, text: str) -> list[tuple[int, _ByFirst]]:
        """Return how far off the other half begins → its first character, enough to pass over most → what it may be."""
        found: dict[int, dict[str, list[_Half]]] = {}
        for idiom, offset in self._halved[text]:
            other = idiom[:offset] or idiom[len(text) :]
            sound = self._key(other)
            to_other = -offset or len(text)
            found.setdefault(to_other, {}).setdefault(sound[0], []).append(_Half(idiom, offset, other, sound))
        return [(to_other, _ByFirst(by_sound, self._key)) for to_other, by_sound in found.items()]

    def _key(self, text: str) -> str:
        return self._sounds.key(text)

    @functools.cached_property
    def _sounds(self) -> Sounds:
        return Sounds(self._data("tables")["sound"])

    @functools.cached_property
    def _slips(self) -> frozenset[str]:
        return frozenset(slip for fields in self._idioms.values() for slip in _slips(fields))

    def _is_pun(self, written: str, half: _Half) -> bool:
        changed = sum(one != other for one, other in zip(written, half.idiom, strict=True))
        return changed <= 2 and written not in self._idioms and written not in self._slips


def _unquoted(text: str) -> tuple[str, Sequence[int]]:
    """Return a text without its quotation marks, which point at a pun (一“壶”百应), and where its characters stand."""
    places = [place for place, char in enumerate(text) if char not in _QUOTES]
    return "".join(map(text.__getitem__, places)), places


def _with_its_quote(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a span with the mark before it that opens a quotation inside."""
    opens = sum(char in _QUOTES for char in text[start:end]) % 2 and text[start - 1 : start] in _QUOTES
    return (start - 1 if opens else start), end


_QUOTES = frozenset("“”‘’「」『』\"'")


class _Half(NamedTuple):
    """A half of an idiom that stands in a text as it is, and what the other half should be."""

    idiom: str
    offset: int  # of this half in the idiom
    other: str
    sound: str


class _ByFirst(dict[str, Sequence[_Half]]):
    """First character of the other half → the halves that begin with its sound, worked out when it is first met."""

    def __init__(self, by_sound: Mapping[str, Sequence[_Half]], sound_of: Callable[[str], str]) -> None:
        super().__init__()
        self._by_sound, self._sound_of = by_sound, sound_of

    def __missing__(self, char: str) -> Sequence[_Half]:
        """Return the halves, and keep them: there are some thousand characters."""
        halves = self[char] = self._by_sound.get(self._sound_of(char), ())
        return halves


class FormulaKind:
    """Finds the turns of phrase of a list that says how common each one is.

    A list's word may have a gap, ``不是…而是``: its parts stand in this order in one sentence, at most ``gap``
    characters apart. Fields: ``rate`` (titles in 10,000), ``points``, others fill the message. ``unless`` cancels hits
    in its own clause; ``at = "token"`` asks for whole words. ``[settings]``: a hit does not count when ``not_before``,
    a pattern, stands right behind it and the entry has the field ``any``, as in 怎么洗都行.
    """

    def __init__(self, rule: Rule, build: Build) -> None:
        self.rule = rule
        settings = _settings(rule)
        lexicon = lexicon_of(rule, build, rule.settings["lexicon"])
        self.entries = lexicon.entries
        self._gapped: dict[str, list[tuple[str, list[str]]]] = {}
        parts: set[str] = set()
        for entry in lexicon.entries:
            first, *rest = entry.split(_GAP)
            parts.update((first, *rest))
            if rest:
                self._gapped.setdefault(first, []).append((entry, rest))
        self.slot = build.automaton.words(parts, lexicon.exceptions)
        unless = fold_texts(rule.settings.get("unless", ()))
        self.unless = build.automaton.words(unless) if unless else None
        self.whole_words = rule.settings.get("at") == "token"
        self.gap = int(settings.get("gap", 14))
        self._not_before = re.compile(settings["not_before"]) if "not_before" in settings else None
        self.triggers: frozenset[int] | None = frozenset((self.slot,))

    def find(self, reading: Reading) -> Iterable[Finding]:
        """Yield a finding a formula over its first part, the other parts as related spans; the best ``limit``."""
        findings = []
        for entry, spans in self.matches(reading):
            fields = self.entries[entry]
            (start, end), *related = spans
            points = int(fields["points"]) if "points" in fields else None
            facts: dict[str, Any] = {key: value for key, value in fields.items() if key != "points"}
            if facts.get("rate") == "0":
                facts["rate"] = "0–1"  # none among some thousand titles is not none
            findings.append(
                self.rule.finding(reading, start, end, points=points, related=related, formula=entry, **facts)
            )
        return best(findings, self.rule.limit)

    def matches(self, reading: Reading) -> list[tuple[str, list[tuple[int, int]]]]:
        """Return the list's entries that stand in the text, each with the spans of its parts."""
        hits = reading.hits.get(self.slot)
        if not hits:
            return []
        text = reading.folded.text
        found = []
        for number, hit in enumerate(hits):
            word = text[hit[0] : hit[1]]
            spans = [hit]
            entry = word if word in self.entries else ""
            for name, rest in self._gapped.get(word, ()):
                behind = self._behind(text, hit, hits[number + 1 :], rest)
                if behind:
                    entry, spans = name, [hit, *behind]
                    break
            if entry and self._counts(reading, entry, hit):
                found.append((entry, spans))
        return found

    def _behind(
        self, text: str, first: tuple[int, int], hits: Sequence[tuple[int, int]], parts: Sequence[str]
    ) -> list[tuple[int, int]]:
        spans, end = [], first[1]
        wanted = iter(parts)
        part = next(wanted)
        for hit in hits:
            between = text[end : hit[0]]
            if len(between) > self.gap or any(mark in between for mark in "。!?;"):
                return []
            if between and text[hit[0] : hit[1]] == part:
                spans.append(hit)
                end = hit[1]
                part = next(wanted, "")
                if not part:
                    return spans
        return []

    def _counts(self, reading: Reading, entry: str, hit: tuple[int, int]) -> bool:
        if self.whole_words and not (hit[0] in reading.bounds and hit[1] in reading.bounds):
            return False
        if (
            self._not_before is not None
            and "any" in self.entries[entry]
            and self._not_before.match(reading.folded.text, hit[1]) is not None
        ):
            return False
        if self.unless is not None and self.unless in reading.hits:
            clause = reading.clause_at(hit[0])
            return not any(clause.start <= start < clause.end for start, _ in reading.hits[self.unless])
        return True


class UsedKind:
    """Compares with the titles used before: fires once when the nearest is ``at_least`` and ``under`` so alike (0–1).

    ``[settings]`` ``known`` is how many titles there must be before the distance says anything.
    """

    triggers: frozenset[int] | None = None

    def __init__(self, rule: Rule, build: Build) -> None:
        self.rule = rule
        self.at_least = float(rule.settings.get("at_least", 0))
        self.under = float(rule.settings.get("under", 2))
        self.known = int(_settings(rule).get("known", 1))

    def idle(self, context: Context) -> bool:
        """Return whether there are too few titles to compare with."""
        return context.used is None or len(context.used) < self.known

    def find(self, reading: Reading) -> Iterable[Finding]:
        """Yield one finding over the whole title, or none."""
        used = reading.context.used
        if not reading.folded.text.strip():
            return ()
        if "used" not in reading.memo:
            reading.memo["used"] = used.nearest(reading.folded.text)
        similarity, title = reading.memo["used"]
        if not self.at_least <= similarity < self.under:
            return ()
        share = round(similarity * 100)
        return (self.rule.finding(reading, 0, len(reading.folded.text), share=share, title=title, count=len(used)),)


class UsedTitles:
    """Titles that were published before, asked for the one most like a new title."""

    # Below this two titles share little but grammar; the search is then free to stop early.
    LEAST = 0.3

    __slots__ = ("_folded", "_titles")

    def __init__(self, titles: Iterable[str]) -> None:
        """Take the titles as they were written; blank and repeated ones are passed over."""
        kept = {folded: title for title in titles if (folded := fold_text(title).strip())}
        self._folded = list(kept)
        self._titles = kept

    def __len__(self) -> int:
        return len(self._folded)

    def nearest(self, folded: str) -> tuple[float, str]:
        """Return the similarity (0–1, share of characters kept in order) and the most similar title.

        ``folded`` is text folded as in a reading. (0, "") when nothing is above ``LEAST``.
        """
        folded = folded.strip()
        if folded in self._titles:
            return 1.0, self._titles[folded]
        from rapidfuzz import fuzz, process

        found = process.extractOne(folded, self._folded, scorer=fuzz.ratio, score_cutoff=self.LEAST * 100)
        return (0.0, "") if found is None else (found[1] / 100, self._titles[found[0]])


KINDS: dict[str, KindMaker] = {
    "pairing": PairingKind,
    "sound": SoundKind,
    "formula": FormulaKind,
    "used": UsedKind,
}

# How a list writes the gap in 不是…而是.
_GAP = "…"


def _settings(rule: Rule) -> Mapping[str, Any]:
    settings: Mapping[str, Any] = rule.settings.get("settings", {})
    return settings


def _slips(fields: Mapping[str, str]) -> list[str]:
    return [fold_text(slip) for slip in fields.get("typo", "").split("|") if slip]
