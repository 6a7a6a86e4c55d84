"""What governs what: the closed set of relations between a claim and the words around it.

A condition of a rule or an exemption names one relation and the words (a lexicon, words, or a pattern) that have to
stand in it. The relations are the grammar and so are code; which words count is data. A word that stands near but in no
relation excuses nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from copykit.model import Span
from copykit.rules.frames import Frame, Surroundings, folded_words
from copykit.text.patterns import compiled

# The words of a relation, given the frame and the places where they stand: the place that is in the relation, or None.
Relation = Callable[[Frame, Sequence[Span]], Span | None]


def covers(frame: Frame, spans: Sequence[Span]) -> Span | None:
    """A longer phrase holds the hit: 顶级 in 顶级域名."""
    hit = frame.hit
    return _first(span for span in spans if span.start <= hit.start and hit.end <= span.end and span != hit)


def modifies(frame: Frame, spans: Sequence[Span]) -> Span | None:
    """The hit is an attribute of the word right after it: 最佳 of 使用时间, with at most 的 between."""
    text, end = frame.reading.folded.text, frame.hit.end
    return _first(span for span in spans if span.start in (end, _after_particle(text, end)))


def modified_by(frame: Frame, spans: Sequence[Span]) -> Span | None:
    """The word stands right before the hit, or before a 的, 是 or colon: 历史最高, 型号:top1."""
    text, start = frame.reading.folded.text, frame.hit.start
    before = start - 1 if text[start - 1 : start] in ("的", "是", "为", "了", ":", "“", "「") else start
    return _first(span for span in spans if span.end in (start, before))


def heads_clause(frame: Frame, spans: Sequence[Span]) -> Span | None:
    """The word opens the hit's clause, with nothing but its subject before it: 愿 …, 我们的目标是 …."""
    clause = frame.clause
    return _first(
        span for span in spans if clause.start <= span.start <= clause.start + _SUBJECT and span.end <= frame.hit.start
    )


def earlier_in_clause(frame: Frame, spans: Sequence[Span]) -> Span | None:
    """The word stands before the hit in the same clause; the nearest counts."""
    return _last(span for span in spans if frame.clause.start <= span.start and span.end <= frame.hit.start)


def later_in_clause(frame: Frame, spans: Sequence[Span]) -> Span | None:
    """The word stands behind the hit in the same clause."""
    return _first(span for span in spans if frame.hit.end <= span.start and span.end <= frame.clause.end)


def same_clause(frame: Frame, spans: Sequence[Span]) -> Span | None:
    """The word stands in the hit's clause, on either side or as a part of the hit."""
    clause = frame.clause
    return _first(span for span in spans if clause.start <= span.start and span.end <= clause.end)


def earlier_in_sentence(frame: Frame, spans: Sequence[Span]) -> Span | None:
    """The word stands in a clause of the sentence before the hit's own: 相比上一代，…最轻."""
    return _last(span for span in spans if span.end <= frame.clause.start)


def later_in_sentence(frame: Frame, spans: Sequence[Span]) -> Span | None:
    """The word stands in a clause of the sentence behind the hit's own."""
    return _first(span for span in spans if span.start >= frame.clause.end)


def same_sentence(frame: Frame, spans: Sequence[Span]) -> Span | None:
    """The word stands anywhere in the sentence."""
    return _first(spans)


def compares_with_itself(frame: Frame, spans: Sequence[Span]) -> Span | None:
    """The word sets the claim against the same seller's other goods, before the hit or in its clause, and the sentence
    names nobody else's in between (本店里最轻的 counts, 比同行和上一代都轻 does not)."""
    if frame.subject == "other":
        return None
    return earlier_in_clause(frame, spans) or earlier_in_sentence(frame, spans) or later_in_clause(frame, spans)


RELATIONS: dict[str, Relation] = {
    relation.__name__: relation
    for relation in (
        covers,
        modifies,
        modified_by,
        heads_clause,
        earlier_in_clause,
        later_in_clause,
        same_clause,
        earlier_in_sentence,
        later_in_sentence,
        same_sentence,
        compares_with_itself,
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
    "limited_in_time": lambda frame: frame.time,
    "limited_in_place": lambda frame: frame.place,
    "anywhere": lambda frame: None,
}
_SUBJECT = 6  # characters that the subject before a clause's first verb takes (我们团队一直, 希望每)


class Condition(NamedTuple):
    """One ``[[when]]`` or ``[[not_when]]``: the relation, its words, and what must not come between."""

    relation: str
    slot: int | None
    pattern: str | None
    not_across: int | None
    subject: frozenset[str]
    within: int
    around: Surroundings

    @property
    def needs_words(self) -> bool:
        """Return whether it can hold in no sentence without one of its words."""
        return self.slot is not None and self.pattern is None and self.relation in RELATIONS

    def holds(self, frame: Frame) -> Span | None:
        """Return the place that is in the relation, None when the condition does not hold."""
        relation = RELATIONS.get(self.relation)
        if relation is None:
            return self._state(frame)
        spans = self._spans(frame)
        if not spans or (self.subject and frame.subject not in self.subject):
            return None
        found = relation(frame, spans)
        return found if found is not None and self._near(frame, found) else None

    def _state(self, frame: Frame) -> Span | None:
        """Return what ``holds`` does for a relation that needs no words in the sentence."""
        if self.subject and frame.subject not in self.subject:
            return None
        return self._anywhere(frame) if self.relation == "anywhere" else STATES[self.relation](frame)

    def _spans(self, frame: Frame) -> list[Span]:
        spans = self.around.spans(frame.reading, self.slot) if self.slot is not None else []
        if self.pattern is not None:
            spans += self._matches(frame)
            spans.sort()
        return spans

    def _matches(self, frame: Frame) -> list[Span]:
        text, end = frame.reading.folded.text, frame.hit.end
        if self.relation == modifies.__name__:  # where it may begin is known, and an earlier match must not hide it
            found = [compiled(self.pattern or "").match(text, place) for place in {end, _after_particle(text, end)}]
            return [Span(*match.span()) for match in found if match is not None and match.group()]
        return [Span(*match.span()) for match in compiled(self.pattern or "").finditer(text)]

    def _near(self, frame: Frame, found: Span) -> bool:
        start, end = min(found.end, frame.hit.end), max(found.start, frame.hit.start)
        if end - start > self.within:
            return False
        if self.not_across is None:
            return True
        return not any(start <= span.start < end for span in self.around.spans(frame.reading, self.not_across))

    def _anywhere(self, frame: Frame) -> Span | None:
        """Return the hit itself if the whole text says it."""
        whole: str = frame.reading.memo.get(WHOLE, frame.reading.folded.text)
        pattern = compiled(self.pattern) if self.pattern is not None else None
        return frame.hit if self.around.anywhere(whole, self.slot, pattern) else None


WHOLE = "whole text"  # where a sentence's memo holds the folded text that it is a part of


def condition(data: Mapping[str, Any], around: Surroundings, words_of: Any) -> Condition:
    """Make a condition from its table; ``words_of(lexicon)`` gives (words, exceptions).

    Raises:
        KeyError, ValueError: the relation or the lexicon is unknown, or there are no words.
    """
    relation = data["relation"]
    if relation not in RELATIONS and relation not in STATES:
        raise ValueError(f"relation = {relation}; known: {', '.join([*RELATIONS, *STATES])}")
    words, hidden = condition_words(data, words_of)
    pattern = data.get("pattern")
    if not words and pattern is None and (relation in RELATIONS or relation == "anywhere"):
        raise ValueError(f"relation = {relation} needs words, lexicon or pattern")
    slot = around.slot_anywhere if relation == "anywhere" else around.slot
    across = folded_words(data.get("not_across", ()))
    return Condition(
        relation,
        slot(words, hidden) if words else None,
        pattern,
        around.slot(across) if across else None,
        frozenset(data.get("subject", ())),
        int(data.get("within", 10**6)),
        around,
    )


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


def all_hold(conditions: Iterable[Condition], frame: Frame) -> bool:
    """Return whether every condition holds."""
    return all(each.holds(frame) is not None for each in conditions)


def any_holds(conditions: Iterable[Condition], frame: Frame) -> bool:
    """Return whether at least one condition holds."""
    return any(each.holds(frame) is not None for each in conditions)


def _after_particle(text: str, place: int) -> int:
    """Return where the word after 的, 地 or 之 begins."""
    return place + 1 if text[place : place + 1] in ("的", "地", "之") else place


def _first(spans: Iterable[Span]) -> Span | None:
    return next(iter(spans), None)


def _last(spans: Iterable[Span]) -> Span | None:
    return max(spans, default=None)
