"""What a claim stands in: its clause and sentence, whose goods it speaks of, and whether it is denied, asked or quoted.

A hit of a word list is not yet a claim. A frame holds what decides that, found in the sentence around the hit; which
words say so (我们, 同行, 并非, 本市 …) is data: the lexicons and patterns named in ``frames/claim.toml``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple

from copykit.lexicon import Automaton, AutomatonBuilder, Hits
from copykit.model import Span
from copykit.rules.reading import Reading
from copykit.text.normalize import fold_text

Subject = Literal["own", "other", "unknown"]


class Frame(NamedTuple):
    """A hit and what governs it. All offsets are in the folded text of its sentence.

    ``denial`` is the place of the word that denies the claim, ``question`` of the one that asks; ``quotes`` is the
    quoted passage around the hit. ``times`` and ``places`` limit the claim: they stand in its clause or before it.
    """

    reading: Reading
    hit: Span
    clause: Span
    subject: Subject
    denial: Span | None
    question: Span | None
    quotes: Span | None
    times: tuple[Span, ...]
    places: tuple[Span, ...]


class Surroundings:
    """The words that matter only beside a hit; they are looked for in its sentence alone, when a rule first asks.

    Common words (我们, 不, 今年) stand in nearly every sentence, so that the automaton of all rules would report
    thousands of them for one claim.
    """

    def __init__(self) -> None:
        self._builder = AutomatonBuilder()
        self._automaton: Automaton | None = None
        self._whole: tuple[str, frozenset[int]] | None = None

    def slot(self, words: Iterable[str], exceptions: Iterable[str] = ()) -> int:
        """Return the slot of a set of folded words; to be called while rules are built."""
        return self._builder.words(words, exceptions)

    def hits(self, reading: Reading) -> Hits:
        """Return slot → places in the reading's folded text, worked out once a reading."""
        found: Hits | None = reading.memo.get(_SURROUNDINGS)
        if found is None:
            if self._automaton is None:
                self._automaton = self._builder.build()
            found = reading.memo[_SURROUNDINGS] = self._automaton.hits(reading.folded.text)
        return found

    def spans(self, reading: Reading, slot: int) -> list[Span]:
        """Return the places of a slot's words."""
        return [Span(*place) for place in self.hits(reading).get(slot, ())]

    def anywhere(self, slot: int, text: str) -> bool:
        """Return whether a folded text holds a word of the slot; the last text is remembered."""
        if self._whole is None or self._whole[0] is not text:
            self._automaton = self._automaton or self._builder.build()
            self._whole = text, frozenset(self._automaton.hits(text))
        return slot in self._whole[1]


_SURROUNDINGS = "surroundings"


class Framer:
    """Makes frames; built once from the data file and its lexicons."""

    def __init__(self, data: Mapping[str, Any], around: Surroundings, words_of: Any) -> None:
        """``words_of(name)`` gives a lexicon's (words, exceptions)."""
        self.around = around
        slots = {role: around.slot(*words_of(name)) for role, name in data["lexicons"].items()}
        self._own, self._other = slots["own"], slots["other"]
        self._deny, self._turn, self._ask = slots["negators"], slots["turns"], slots["questions"]
        self._times, self._places = slots["times"], slots["places"]
        self._time_pattern = re.compile("|".join(data["time_patterns"]))
        self._place_pattern = re.compile("|".join(data["place_patterns"]))
        self._reach = int(data["negation_reach"])
        quotes = data["quotes"]
        self._quotes = re.compile(
            "|".join(f"{re.escape(pair[0])}[^{re.escape(pair)}]*{re.escape(pair[1])}" for pair in quotes)
        )

    def frame(self, reading: Reading, start: int, end: int) -> Frame:
        """Return the frame of the hit ``start:end``."""
        clause = reading.clause_at(start)
        spans = self.around.spans
        denial = self._denial(reading, clause, start)
        question = next((span for span in spans(reading, self._ask) if _inside(span, clause)), None)
        return Frame(
            reading,
            Span(start, end),
            clause,
            self._subject(reading, start),
            denial,
            question,
            self._quoted(reading, start, end),
            self._limits(reading, clause, self._times, self._time_pattern, (start, end)),
            self._limits(reading, clause, self._places, self._place_pattern, (start, end)),
        )

    def _subject(self, reading: Reading, start: int) -> Subject:
        """Return whose goods the nearest subject before the hit speaks of."""
        own = max((span.end for span in self.around.spans(reading, self._own) if span.end <= start), default=-1)
        other = max((span.end for span in self.around.spans(reading, self._other) if span.end <= start), default=-1)
        if own == other:
            return "unknown"
        return "own" if own > other else "other"

    def _denial(self, reading: Reading, clause: Span, start: int) -> Span | None:
        """Return what denies the claim: before it in its clause, near, and with no turn (而是, 只是) in between."""
        deniers = [
            span
            for span in self.around.spans(reading, self._deny)
            if clause.start <= span.start and span.end <= start and start - span.end <= self._reach
        ]
        if not deniers:
            return None
        last = deniers[-1]
        turned = any(last.end <= turn.start < start for turn in self.around.spans(reading, self._turn))
        return None if turned else last

    def _quoted(self, reading: Reading, start: int, end: int) -> Span | None:
        for match in self._quotes.finditer(reading.folded.text):
            if match.start() <= start and end <= match.end():
                return Span(*match.span())
        return None

    def _limits(
        self, reading: Reading, clause: Span, slot: int, pattern: re.Pattern[str], hit: tuple[int, int]
    ) -> tuple[Span, ...]:
        """Return what limits the claim in time or place: in its clause, or in a clause of the sentence before it."""
        found = self.around.spans(reading, slot)
        found += [Span(*match.span()) for match in pattern.finditer(reading.folded.text, 0, clause.end)]
        return tuple(sorted({span for span in found if span.end <= clause.end and not (hit[0] <= span.start < hit[1])}))


def folded_words(words: Iterable[str]) -> frozenset[str]:
    """Return words as they are met in folded texts."""
    return frozenset(folded for word in words if (folded := fold_text(word)))


def _inside(span: Span, outer: Span) -> bool:
    return outer.start <= span.start and span.end <= outer.end
