"""What governs what: the closed set of relations between a claim and the words around it.

A condition of a rule or an exemption names one relation and the words (a lexicon, words, or a pattern) that have to
stand in it. The relations are the grammar and so are code; which words count is data. A word that stands near but in no
relation excuses nothing.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import starmap
from operator import methodcaller
from types import MappingProxyType
from typing import Any, NamedTuple

from copykit.late import made_late
from copykit.lexicon import bits
from copykit.model import Span
from copykit.rules import reach
from copykit.rules.frames import Frame, folded_words
from copykit.rules.reading import Reading
from copykit.rules.surroundings import Surroundings
from copykit.text.patterns import compiled, needed, presence

# The words of a relation, given the frame and the places where they stand: those places that are in the relation.
Relation = Callable[[Frame, Sequence[Span]], Iterable[Span]]


def covers(frame: Frame, spans: Sequence[Span]) -> Iterable[Span]:
    """A longer phrase holds the hit: 顶级 in 顶级域名."""
    hit = frame.hit
    return (span for span in spans if span.start <= hit.start and hit.end <= span.end and span != hit)


def equals(frame: Frame, spans: Sequence[Span]) -> Iterable[Span]:
    """The hit is the word itself and no longer phrase."""
    return (span for span in spans if span == frame.hit)


def modifies(frame: Frame, spans: Sequence[Span]) -> Iterable[Span]:
    """The hit is an attribute of the word right after it: 最佳 of 使用时间, with at most 的 and a quote between."""
    places = _behind(frame.reading.folded.text, frame.hit.end)
    return (span for span in spans if span.start in places)


def modified_by(frame: Frame, spans: Sequence[Span]) -> Iterable[Span]:
    """The word stands right before the hit, or before a 的, 是 or colon: 历史最高, 型号:top1."""
    text, start = frame.reading.folded.text, frame.hit.start
    before = start - 1 if text[start - 1 : start] in ("的", "是", "为", "了", ":", "“", "「") else start
    return (span for span in spans if span.end in (start, before))


def in_phrase(frame: Frame, spans: Sequence[Span]) -> Iterable[Span]:
    """The word stands in the noun phrase that the hit opens: 国家级 of (制造业) 单项冠军."""
    return (span for span in spans if reach.phrase_reaches(frame, span))


def heads_phrase(frame: Frame, spans: Sequence[Span]) -> Iterable[Span]:
    """The noun phrase that the hit opens ends in the word: 最佳 of (冲泡) 水温; 最佳的水温计 ends in another."""
    return (span for span in spans if reach.phrase_reaches(frame, span) and reach.phrase_ends(frame, span))


def heads_clause(frame: Frame, spans: Sequence[Span]) -> Iterable[Span]:
    """The word opens the hit's clause, with nothing but its subject before it: 愿 …, 我们的目标是 …."""
    clause = frame.clause
    return (
        span for span in spans if clause.start <= span.start <= clause.start + _SUBJECT and span.end <= frame.hit.start
    )


def governs(frame: Frame, spans: Sequence[Span]) -> Iterable[Span]:
    """The word before the hit takes it in: 目标是做最好的…, 目标是让人安心，做最好的…; not 希望你喜欢这款最好的…."""
    clause, start, bounds = frame.clause, frame.hit.start, frame.reading.bounds
    before = frame.clause_before
    for span in reversed(spans):
        if span.end > start or span.start not in bounds:
            continue
        if span.start >= clause.start:
            if reach.open_from(frame, span.end):
                yield span
        # What the clause before it wishes, the hit's clause goes on with: 希望让人安心，做…; 希望有一天，我们能做….
        elif before is not None and span.start >= before.start and reach.open_from(frame, clause.start):
            goes_on = reach.makes(frame, span.end, before.end) and reach.opens_with(frame, clause, "making")
            if goes_on or (reach.is_plain(frame, span.end, before.end) and reach.makes(frame, clause.start, start)):
                yield span


def announces(frame: Frame, spans: Sequence[Span]) -> Iterable[Span]:
    """The word ends the clause before, and a colon or 是 leads on to the hit's: 目标：做最好的…, 目标，是做最好的…."""
    before, clause, text = frame.clause_before, frame.clause, frame.reading.folded.text
    if before is None:
        return
    for span in spans:
        if before.start <= span.start and span.end <= before.end and text[span.end : before.end] in ("", "是", "就是"):
            gap = text[before.end : clause.start]
            leads = gap.startswith((":", "——")) or reach.opens_with(frame, clause, "copulas") is not None
            if leads and reach.open_from(frame, clause.start):
                yield span


def concludes(frame: Frame, spans: Sequence[Span]) -> Iterable[Span]:
    """The word ends what is said of the hit's clause behind it: 做最好的…，是我们的目标."""
    clause, text = frame.clause, frame.reading.folded.text
    behind = frame.clause_behind
    for span in spans:
        if span.start < frame.hit.end or not reach.open_from(frame, clause.start):
            continue
        if span.end <= clause.end:
            said = any(each.end <= span.start for each in reach.behind(frame, "copulas"))
            end = clause.end
        elif behind is not None and span.end <= behind.end:
            said, end = reach.opens_with(frame, behind, "copulas") is not None, behind.end
        else:
            continue
        if said and not text[span.end : end].strip(_TRAILING):
            yield span


def earlier_in_clause(frame: Frame, spans: Sequence[Span]) -> Iterable[Span]:
    """The word stands before the hit in the same clause; the nearest counts first."""
    return (span for span in reversed(spans) if frame.clause.start <= span.start and span.end <= frame.hit.start)


def later_in_clause(frame: Frame, spans: Sequence[Span]) -> Iterable[Span]:
    """The word stands behind the hit in the same clause."""
    return (span for span in spans if frame.hit.end <= span.start and span.end <= frame.clause.end)


def same_clause(frame: Frame, spans: Sequence[Span]) -> Iterable[Span]:
    """The word stands in the hit's clause, on either side or as a part of the hit."""
    clause = frame.clause
    return (span for span in spans if clause.start <= span.start and span.end <= clause.end)


def earlier_in_sentence(frame: Frame, spans: Sequence[Span]) -> Iterable[Span]:
    """The word stands in a clause of the sentence before the hit's own: 相比上一代，…最轻."""
    return (span for span in reversed(spans) if span.end <= frame.clause.start)


def later_in_sentence(frame: Frame, spans: Sequence[Span]) -> Iterable[Span]:
    """The word stands in a clause of the sentence behind the hit's own."""
    return (span for span in spans if span.start >= frame.clause.end)


def same_sentence(_frame: Frame, spans: Sequence[Span]) -> Iterable[Span]:
    """The word stands anywhere in the sentence."""
    return spans


def compares_with_itself(frame: Frame, spans: Sequence[Span]) -> Iterable[Span]:
    """The word sets the claim against the same seller's other goods, before the hit or in its clause, and the sentence
    names nobody else's in between (本店里最轻的 counts, 比同行和上一代都轻 does not)."""
    if frame.subject != "other":
        yield from earlier_in_clause(frame, spans)
        yield from earlier_in_sentence(frame, spans)
        yield from later_in_clause(frame, spans)


def chosen_from(frame: Frame, spans: Sequence[Span]) -> Iterable[Span]:
    """The word names the seller's goods out of which the hit is chosen, with 里 or 中 behind it: 这三款里最轻."""
    if frame.subject == "other":
        return
    for span in (*earlier_in_clause(frame, spans), *earlier_in_sentence(frame, spans)):
        if reach.chooses(frame, span):
            yield span


RELATIONS: dict[str, Relation] = {
    relation.__name__: relation
    for relation in (
        covers,
        equals,
        modifies,
        modified_by,
        in_phrase,
        heads_phrase,
        heads_clause,
        governs,
        announces,
        concludes,
        earlier_in_clause,
        later_in_clause,
        same_clause,
        earlier_in_sentence,
        later_in_sentence,
        same_sentence,
        compares_with_itself,
        chosen_from,
    )
}
# Relations that need no words: what the frame itself says.
STATES: dict[str, Callable[[Frame], Span | None]] = {
    "denied": lambda frame: frame.denial,
    "asked": lambda frame: frame.question,
    "quoted": lambda frame: frame.quotes,
    "titled": lambda frame: (
        frame.quotes if frame.reading.folded.text.startswith("《", (frame.quotes or (0,))[0]) else None
    ),
    "attributive": lambda frame: frame.attribute,
    "by_person": lambda frame: frame.person,
    "limited_in_time": lambda frame: frame.time,
    "limited_in_place": lambda frame: frame.place,
}
# Relations to words that stand outside of the hit's sentence.
AFAR = ("next_sentence", "anywhere")
_SUBJECT = 6  # characters that the subject before a clause's first verb takes (我们团队一直, 希望每)
_TRAILING = "所在之一了啊呀呢吧哦~”’」』 "  # what may follow the noun in which a clause ends


class Condition(NamedTuple):
    """One ``[[when]]`` or ``[[not_when]]``: the relation, its words, and what must not come between.

    ``whole``: a word has to end where a word of the text does (海 in 最美的海, not in 最鲜的海胆).
    """

    relation: str
    slot: int | None
    pattern: str | None
    not_across: int | None
    subject: frozenset[str]
    within: int
    whole: bool
    around: Surroundings
    needed: int  # the slot (as bits) without whose words it can hold in no sentence, else 0
    said: int | None  # for ``anywhere``: the slot without whose words no text holds the pattern, None if any may

    def holds(self, frame: Frame) -> Span | None:
        """Return the place that is in the relation, None when the condition does not hold."""
        relation = RELATIONS.get(self.relation)
        if relation is None:
            return self._state(frame)
        spans = self._spans(frame)
        if not spans or (self.subject and frame.subject not in self.subject):
            return None
        return next((found for found in relation(frame, spans) if self._near(frame, found)), None)

    def _state(self, frame: Frame) -> Span | None:
        """Return what ``holds`` does for a relation that needs no words in the sentence."""
        if self.subject and frame.subject not in self.subject:
            return None
        if self.relation == "anywhere":
            return frame.hit if self.said_in(whole_of(frame.reading)) else None
        return self._next(frame) if self.relation == "next_sentence" else STATES[self.relation](frame)

    def _spans(self, frame: Frame) -> Sequence[Span]:
        spans = frame.seen.places(self.slot) if self.slot is not None else ()
        return spans if self.pattern is None else sorted([*spans, *self._matches(frame)])

    def _matches(self, frame: Frame) -> list[Span]:
        text, end = frame.reading.folded.text, frame.hit.end
        if self.relation == modifies.__name__:  # where it may begin is known, and an earlier match must not hide it
            found = [compiled(self.pattern or "").match(text, place) for place in _behind(text, end)]
            return [Span(*match.span()) for match in found if match is not None and match.group()]
        if self.relation == equals.__name__:  # what the search from the text's start finds here is this or nothing
            match = compiled(self.pattern or "").match(text, frame.hit.start)
            if match is None or match.span() != frame.hit:
                return []
        memo: dict[str, list[Span]] = frame.reading.memo.setdefault(_MATCHES, {})
        spans = memo.get(self.pattern or "")
        if spans is None:  # each hit of the sentence asks, for a dozen exemptions
            places = map(methodcaller("span"), compiled(self.pattern or "").finditer(text))
            spans = memo[self.pattern or ""] = list(starmap(Span, places))
        return spans

    def _near(self, frame: Frame, found: Span) -> bool:
        start, end = min(found.end, frame.hit.end), max(found.start, frame.hit.start)
        if end - start > self.within or (self.whole and found.end not in frame.reading.bounds):
            return False
        if self.not_across is None:
            return True
        return not any(start <= span.start < end for span in frame.seen.places(self.not_across))

    def _next(self, frame: Frame) -> Span | None:
        """Return the hit itself if the sentence behind its own says it."""
        said = frame.next_sentence
        if not said:
            return None
        held = self.slot is not None and bool(self.around.spans_in(said, self.slot))
        held = held or (self.pattern is not None and presence(self.pattern).search(said) is not None)
        return frame.hit if held else None

    @property
    def of_text(self) -> bool:
        """Return whether it holds for all hits of a text or for none."""
        return self.relation == "anywhere" and not self.subject

    def said_in(self, whole: str) -> bool:
        """Return whether a whole folded text says it."""
        return self.around.anywhere(whole, self.slot, self.pattern, self.said)


_MATCHES = "matches"
WHOLE = "whole text"  # where a sentence's memo holds the folded text that it is a part of


def whole_of(reading: Reading) -> str:
    """Return the folded text that a reading is a part of, or all of."""
    whole: str = reading.memo.get(WHOLE, reading.folded.text)
    return whole


def condition(
    data: Mapping[str, Any], around: Surroundings, words_of: Any, states: Mapping[str, int] = MappingProxyType({})
) -> Condition:
    """Make a condition from its table; ``words_of(lexicon)`` gives (words, exceptions).

    ``states`` tells which words a state needs (see ``Framer.needed``).

    Raises:
        KeyError, ValueError: the relation or the lexicon is unknown, or there are no words.
    """
    relation = data["relation"]
    if relation not in (*RELATIONS, *STATES, *AFAR):
        raise ValueError(f"relation = {relation}; known: {', '.join([*RELATIONS, *STATES, *AFAR])}")
    words, hidden = condition_words(data, words_of)
    pattern = data.get("pattern")
    if not words and pattern is None and relation not in STATES:
        raise ValueError(f"relation = {relation} needs words, lexicon or pattern")
    slot = around.slot_anywhere if relation == "anywhere" else around.slot
    across = folded_words(data.get("not_across", ()))
    number = slot(words, hidden) if words else None
    signs = needed(pattern) if pattern is not None else frozenset[str]()
    return Condition(
        relation,
        number,
        pattern,
        around.slot(across) if across else None,
        frozenset(data.get("subject", ())),
        int(data.get("within", 10**6)),
        bool(data.get("whole", False)),
        around,
        _needed(number, words, signs, data, around) or states.get(relation, 0),
        around.slot_anywhere(signs) if signs and relation == "anywhere" else None,
    )


def _needed(
    number: int | None,
    words: frozenset[str],
    signs: frozenset[str],
    data: Mapping[str, Any],
    around: Surroundings,
) -> int:
    """Return as bits the slot of which a sentence must hold a word for a condition to hold in it; 0 if there is none.

    ``signs`` are the words without which it does not hold the condition's pattern.
    """
    if number is not None and needs_words(data):
        return bits((number,))
    return bits((around.slot(words | signs),)) if signs and data["relation"] in RELATIONS else 0


def condition_words(data: Mapping[str, Any], words_of: Any) -> tuple[frozenset[str], frozenset[str]]:
    """Return the folded words of a condition's table and the phrases inside which they do not count."""
    words, hidden = set(folded_words(data.get("words", ()))), set(folded_words(data.get("except", ())))
    for name in ([data["lexicon"]] if "lexicon" in data else []) + list(data.get("lexicons", ())):
        more, exceptions = words_of(name)
        words |= set(more)
        hidden |= set(exceptions)
    return frozenset(words), frozenset(hidden)


def needs_words(data: Mapping[str, Any]) -> bool:
    """Return whether a condition can hold in no sentence without one of its words."""
    return data["relation"] in RELATIONS and "pattern" not in data


class Conditions:
    """What a rule or an exemption asks for: every ``[[when]]`` has to hold, and no ``[[not_when]]`` may."""

    __slots__ = ("_around", "_last_text", "_not_when_text", "_of_claim", "_patterns", "_when_text", "needed")

    def __init__(self, when: Sequence[Condition], not_when: Sequence[Condition], around: Surroundings) -> None:
        self._around = around
        wanted, self._when_text = _parted(when)
        unwanted, self._not_when_text = _parted(not_when)
        self._last_text: tuple[str, bool] | None = None  # the last whole text that was asked about, and the answer
        # The cheap ones first: what a frame has to be asked for may cut the sentence into words.
        of_claim = [*((each, True) for each in wanted), *((each, False) for each in unwanted)]
        self._of_claim = sorted(of_claim, key=lambda pair: _cost(pair[0]))
        # Patterns of which a sentence must hold each: asked before the sentence is searched for the words around a hit.
        self._patterns = [
            made_late(functools.partial(presence, each.pattern))
            for each in when
            if each.pattern is not None and each.slot is None and each.relation in RELATIONS
        ]
        # The slots of which a sentence must hold a word each: most sentences are done with by this look at them.
        self.needed = functools.reduce(operator.or_, (each.needed for each in when), 0)

    def may_be_met(self, reading: Reading) -> bool:
        """Return whether the sentence has what every claim in it would need, as far as one look at it tells."""
        text = reading.folded.text
        if not all(each.search(text) for each in self._patterns):
            return False
        if self.needed and self.needed & ~self._around.seen(reading).slots:
            return False
        return self.met_by_text(reading)

    def met_by_text(self, reading: Reading) -> bool:
        """Return whether the text meets those that are the same for all its claims; a source named bars all of them."""
        if not self._when_text and not self._not_when_text:
            return True
        whole = whole_of(reading)
        if self._last_text is None or self._last_text[0] is not whole:
            met = all(each.said_in(whole) for each in self._when_text)
            met = met and not any(each.said_in(whole) for each in self._not_when_text)
            self._last_text = whole, met
        return self._last_text[1]

    def met(self, frame: Frame) -> bool:
        """Return whether a claim meets the others."""
        slots = frame.seen.slots
        if self.needed & ~slots:
            return False
        for each, wanted in self._of_claim:
            able = not each.needed or bool(each.needed & slots)
            if (able and each.holds(frame) is not None) is not wanted:
                return False
        return True


def _cost(condition: Condition) -> int:
    """Return how much there is to do for a condition, compared with others."""
    if condition.relation in RELATIONS:
        return 0 if condition.pattern is None else 1
    return 3 if condition.relation.startswith("limited") else 2


def _parted(conditions: Iterable[Condition]) -> tuple[list[Condition], list[Condition]]:
    """Return the conditions of a claim and those of its text."""
    of_claim: list[Condition] = []
    of_text: list[Condition] = []
    for each in conditions:
        (of_text if each.of_text else of_claim).append(each)
    return of_claim, of_text


def _behind(text: str, place: int) -> tuple[int, ...]:
    """Return where the word behind a hit may begin: at once, and past a closing quote and a 的, 地 or 之."""
    quoted = place + 1 if text[place : place + 1] in _QUOTES else place
    particle = quoted + 1 if text[quoted : quoted + 1] in _PARTICLES else quoted
    return tuple({place, quoted, particle})


_QUOTES, _PARTICLES = ("”", "’", "」", "』"), ("的", "地", "之")
