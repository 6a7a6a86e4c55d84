"""Where a hit stands: its clause and sentence, and the words around it that only matter there.

Which words these are is data: word lists by the role that they play.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence

from copykit.lexicon import Automaton, AutomatonBuilder, Seen
from copykit.model import Span
from copykit.rules.reading import Reading
from copykit.text.clauses import sentences
from copykit.text.patterns import presence

NEXT = "next"  # where a sentence's memo holds the folded text behind it


class Surroundings:
    """The words that matter only beside a hit; they are looked for in its sentence alone, when a rule first asks.

    Common words (我们, 不, 今年) stand in nearly every sentence, so that the automaton of all rules would report
    thousands of them for one claim. Words that count wherever they stand in the text are few and looked for apart.
    """

    def __init__(self) -> None:
        self._beside = _Growing()
        self._anywhere = _Growing()
        # The last whole text, the words that were found in it, and the patterns that were tried on it.
        self._whole: tuple[str, Automaton, Seen, dict[str, bool]] | None = None

    def slot(self, words: Iterable[str], exceptions: Iterable[str] = ()) -> int:
        """Return the slot of a set of folded words; slots may still be added after the first text was read."""
        return self._beside.builder.words(words, exceptions)

    def slot_anywhere(self, words: Iterable[str], exceptions: Iterable[str] = ()) -> int:
        """Return the slot under which ``anywhere`` knows a set of folded words."""
        return self._anywhere.builder.words(words, exceptions)

    def seen(self, reading: Reading) -> Seen:
        """Return the words that stand in the reading's folded text, looked for once a reading."""
        known: tuple[int, Seen] | None = reading.memo.get(_SURROUNDINGS)
        size = self._beside.builder.size
        if known is None or known[0] != size:  # words were added since
            known = reading.memo[_SURROUNDINGS] = size, self._beside.automaton().seen(reading.folded.text)
        return known[1]

    def spans_in(self, text: str, slot: int) -> Sequence[Span]:
        """Return the places of a slot's words in a short folded text that is no reading."""
        return self._beside.automaton().seen(text).places(slot)

    def anywhere(self, text: str, slot: int | None, pattern: str | None, signs: int | None) -> bool:
        """Return whether a folded text holds a word of the slot or the pattern; what the last one holds is kept.

        ``slot`` and ``signs`` are of ``slot_anywhere``; ``signs`` are the words of which every match of the pattern
        holds one.
        """
        automaton = self._anywhere.automaton()
        if self._whole is None or self._whole[0] is not text or self._whole[1] is not automaton:
            self._whole = text, automaton, automaton.seen(text), {}
        _, _, seen, tried = self._whole
        if slot is not None and seen.holds(slot):
            return True
        if pattern is None or (signs is not None and not seen.holds(signs)):
            return False
        if pattern not in tried:
            tried[pattern] = presence(pattern).search(text) is not None
        return tried[pattern]


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


class Standing:
    """A hit and where it stands, each part worked out when first asked for; offsets are in the reading's folded text.

    ``slots`` are those of the lists that ``around`` looks for, by role.
    """

    def __init__(self, around: Surroundings, slots: Mapping[str, int], reading: Reading, start: int, end: int) -> None:
        self._around, self._slots = around, slots
        self.reading = reading
        self.hit = Span(start, end)
        self.seen = around.seen(reading)

    def spans(self, role: str) -> Sequence[Span]:
        """Return the places of the words of one of the lists in the reading."""
        return self.seen.places(self._slots[role])

    def may_hold(self, roles: Iterable[str]) -> bool:
        """Return whether the reading holds a word of any of the lists, even if an exception hides it."""
        return any(self.seen.slots >> self._slots[role] & 1 for role in roles)

    def spans_in(self, text: str, role: str) -> Sequence[Span]:
        """Return the places of the words of one of the lists in a short folded text that is no reading."""
        return self._around.spans_in(text, self._slots[role])

    def last(self, role: str, begin: int, end: int) -> Span | None:
        """Return the last word of one of the lists that stands between two offsets."""
        return next((span for span in reversed(self.spans(role)) if begin <= span.start and span.end <= end), None)

    def tokens(self, begin: int, end: int) -> Iterable[tuple[Span, str]]:
        """Return the words that stand whole between two offsets, with their tags."""
        return self.reading.tagged(begin, end)

    @functools.cached_property
    def clause(self) -> Span:
        """The clause that holds the hit's beginning."""
        return self.reading.clause_at(self.hit.start)

    @functools.cached_property
    def sentence(self) -> Span:
        """The sentence that holds the hit's beginning; a title may hold several, a part of a text is one."""
        start = self.hit.start
        for span in _sentences(self.reading):
            if span.start <= start < span.end:
                return span
        return Span(0, len(self.reading.folded.text))

    @functools.cached_property
    def clause_before(self) -> Span | None:
        """The clause before the hit's in its sentence."""
        within = (each for each in self.reading.clauses if each.start >= self.sentence.start)
        return max((each for each in within if each.end <= self.clause.start), default=None)

    @functools.cached_property
    def clause_behind(self) -> Span | None:
        """The clause behind the hit's in its sentence."""
        within = (each for each in self.reading.clauses if each.end <= self.sentence.end)
        return min((each for each in within if each.start >= self.clause.end), default=None)

    @functools.cached_property
    def next_sentence(self) -> str:
        """The folded sentence behind the hit's, empty where there is none."""
        reading, end = self.reading, self.sentence.end
        rest = reading.folded.text[end:] + reading.memo.get(NEXT, "")
        return next((rest[slice(*span)] for span in sentences(rest)), "")


def _sentences(reading: Reading) -> list[Span]:
    """Return the sentences of a reading's folded text, cut once."""
    known: list[Span] | None = reading.memo.get(_SENTENCES)
    if known is None:
        known = reading.memo[_SENTENCES] = sentences(reading.folded.text)
    return known


_SENTENCES = "sentences"
