"""What a claim stands in: its clause and sentence, whose goods it speaks of, and whether it is denied, asked or quoted.

A hit of a word list is not yet a claim. A frame holds what decides that, found in the sentence around the hit; which
words say so (我们, 同行, 并非, 本市 …) is data: the lexicons and patterns named in ``frames/claim.toml``.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from copykit.lexicon import Automaton, AutomatonBuilder, Hits
from copykit.model import Span
from copykit.rules.reading import Reading
from copykit.text.normalize import fold_text

Subject = Literal["own", "other", "unknown"]


class Frame:
    """A hit and what governs it, each worked out when a rule first asks. Offsets are in the reading's folded text."""

    def __init__(self, framer: Framer, reading: Reading, start: int, end: int) -> None:
        self._framer = framer
        self.reading = reading
        self.hit = Span(start, end)

    @functools.cached_property
    def clause(self) -> Span:
        """The clause that holds the hit's beginning."""
        return self.reading.clause_at(self.hit.start)

    @functools.cached_property
    def subject(self) -> Subject:
        """Whose goods the nearest subject before the hit speaks of."""
        return self._framer.subject(self)

    @functools.cached_property
    def denial(self) -> Span | None:
        """The word that denies the claim."""
        return self._framer.denial(self)

    @functools.cached_property
    def question(self) -> Span | None:
        """The word that makes its clause a question."""
        return self._framer.question(self)

    @functools.cached_property
    def quotes(self) -> Span | None:
        """The quoted passage around the hit."""
        return self._framer.quotes(self)

    @functools.cached_property
    def time(self) -> Span | None:
        """What limits the claim in time: nearest before it, in its clause or one before it in the sentence."""
        return self._framer.time(self)

    @functools.cached_property
    def place(self) -> Span | None:
        """What limits the claim in place, as ``time``."""
        return self._framer.place(self)


class Surroundings:
    """The words that matter only beside a hit; they are looked for in its sentence alone, when a rule first asks.

    Common words (我们, 不, 今年) stand in nearly every sentence, so that the automaton of all rules would report
    thousands of them for one claim. Words that count wherever they stand in the text are few and looked for apart.
    """

    def __init__(self) -> None:
        self._beside = _Growing()
        self._anywhere = _Growing()
        # The last whole text, the slots that were hit in it, and the patterns that were tried on it.
        self._whole: tuple[str, Automaton, frozenset[int], dict[re.Pattern[str], bool]] | None = None

    def slot(self, words: Iterable[str], exceptions: Iterable[str] = ()) -> int:
        """Return the slot of a set of folded words; slots may still be added after the first text was read."""
        return self._beside.builder.words(words, exceptions)

    def slot_anywhere(self, words: Iterable[str], exceptions: Iterable[str] = ()) -> int:
        """Return the slot under which ``anywhere`` knows a set of folded words."""
        return self._anywhere.builder.words(words, exceptions)

    def hits(self, reading: Reading) -> Hits:
        """Return slot → places in the reading's folded text, worked out once a reading."""
        known: tuple[Automaton, Hits] | None = reading.memo.get(_SURROUNDINGS)
        automaton = self._beside.automaton()
        if known is None or known[0] is not automaton:
            known = reading.memo[_SURROUNDINGS] = automaton, automaton.hits(reading.folded.text)
        return known[1]

    def spans(self, reading: Reading, slot: int) -> list[Span]:
        """Return the places of a slot's words."""
        places = self.hits(reading).get(slot)
        return [Span(*place) for place in places] if places else []

    def anywhere(self, text: str, slot: int | None, pattern: re.Pattern[str] | None) -> bool:
        """Return whether a folded text holds a word of the slot or the pattern; what the last one holds is kept.

        ``slot`` is one of ``slot_anywhere``.
        """
        automaton = self._anywhere.automaton()
        if self._whole is None or self._whole[0] is not text or self._whole[1] is not automaton:
            self._whole = text, automaton, frozenset(automaton.hits(text)), {}
        if slot in self._whole[2]:
            return True
        tried = self._whole[3]
        if pattern is not None and pattern not in tried:
            tried[pattern] = pattern.search(text) is not None
        return pattern is not None and tried[pattern]


class _Growing:
    """An automaton that is built anew when its builder got words since."""

    def __init__(self) -> None:
        self.builder = AutomatonBuilder()
        self._built: tuple[int, Automaton] | None = None  # with the number of slots that it knows

    def automaton(self) -> Automaton:
        """Return the automaton over all words so far."""
        if self._built is None or self._built[0] != self.builder.size:
            self._built = self.builder.size, self.builder.build()
        return self._built[1]


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
        return Frame(self, reading, start, end)

    def subject(self, frame: Frame) -> Subject:
        """Return whose goods the nearest subject before the hit speaks of."""
        spans, start = self.around.spans, frame.hit.start
        own = max((span.end for span in spans(frame.reading, self._own) if span.end <= start), default=-1)
        other = max((span.end for span in spans(frame.reading, self._other) if span.end <= start), default=-1)
        if own == other:
            return "unknown"
        return "own" if own > other else "other"

    def denial(self, frame: Frame) -> Span | None:
        """Return what denies the claim: before it in its clause, near, and with no turn (而是, 只是) in between."""
        start, clause = frame.hit.start, frame.clause
        deniers = [
            span
            for span in self.around.spans(frame.reading, self._deny)
            if clause.start <= span.start and span.end <= start and start - span.end <= self._reach
        ]
        if not deniers:
            return None
        last = deniers[-1]
        turned = any(last.end <= turn.start < start for turn in self.around.spans(frame.reading, self._turn))
        return None if turned else last

    def question(self, frame: Frame) -> Span | None:
        """Return the word in the hit's clause that asks."""
        clause = frame.clause
        asking = self.around.spans(frame.reading, self._ask)
        return next((span for span in asking if clause.start <= span.start and span.end <= clause.end), None)

    def quotes(self, frame: Frame) -> Span | None:
        """Return the quoted passage that holds the hit."""
        for match in self._quotes.finditer(frame.reading.folded.text):
            if match.start() <= frame.hit.start and frame.hit.end <= match.end():
                return Span(*match.span())
        return None

    def time(self, frame: Frame) -> Span | None:
        """Return what limits the claim in time."""
        return self._limit(frame, self._times, self._time_pattern)

    def place(self, frame: Frame) -> Span | None:
        """Return what limits the claim in place."""
        return self._limit(frame, self._places, self._place_pattern)

    def _limit(self, frame: Frame, slot: int, pattern: re.Pattern[str]) -> Span | None:
        """Return the last word or pattern in the hit's clause that is no part of the hit.

        One in a clause before it counts where that clause says nothing else: 2010年，全国第一家, but not
        2010年成立，全国第一家, where the year belongs to the founding.
        """
        end = frame.clause.end
        found = self.around.spans(frame.reading, slot)
        found += [Span(*match.span()) for match in pattern.finditer(frame.reading.folded.text, 0, end)]
        return max((span for span in found if span.end <= end and self._limits(frame, span)), default=None)

    def _limits(self, frame: Frame, span: Span) -> bool:
        if frame.hit.start <= span.start < frame.hit.end:
            return False
        clause = frame.reading.clause_at(span.start)
        alone = clause.end - clause.start <= span.end - span.start + _BESIDE_A_LIMIT
        return clause == frame.clause or alone


_BESIDE_A_LIMIT = 1  # character: 在 2010 年


def folded_words(words: Iterable[str]) -> frozenset[str]:
    """Return words as they are met in folded texts; they are folded at once, as one by one takes ten times as long."""
    given = list(words)
    folded = fold_text("\n".join(given)).split("\n") if given else []
    if len(folded) != len(given):  # a word of several lines, which no file has
        folded = [fold_text(word) for word in given]
    return frozenset(filter(None, map(str.strip, folded)))
