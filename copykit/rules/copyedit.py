"""Rules about how a text is set, as a copy editor marks it: signs, blanks, pairs of quotes, sentences that run on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from copykit.late import late
from copykit.model import Finding, Span
from copykit.rules.kinds import Build, KindMaker, pattern_matcher
from copykit.rules.prose import HAN, LISTED, SIGNS, ProseKind, prose_of
from copykit.rules.reading import Reading
from copykit.rules.rule import Rule


class WrittenKind(ProseKind):
    """Finds ``pattern`` in the text as it was written, and fires once when it stands there more than ``over`` times.

    ``anchor``: strings of which a match holds one; a text with none of them is not searched.
    ``settings.put``: two strings; what stands in the first is suggested as what stands in the second at its place, or,
    with ``settings.write``, the whole match as that. ``settings.around``: characters shown on both sides of a sign.
    """

    def __init__(self, rule: Rule, build: Build) -> None:
        super().__init__(rule, build)
        self.over = int(rule.settings.get("over", 0))
        self.matches = pattern_matcher(rule)
        self.anchors: tuple[str, ...] = tuple(rule.settings.get("anchor", ()))
        self.in_runs = all(SIGNS.fullmatch(anchor) for anchor in self.anchors)
        self.around = int(self.settings.get("around", 0))
        put = self.settings.get("put")
        self.table = str.maketrans(*put) if put else None
        self.write: str | None = self.settings.get("write")

    def _find(self, reading: Reading) -> Iterable[Finding]:
        prose = prose_of(reading)
        if self.anchors and not prose.holds_any(self.anchors, self.in_runs):
            return ()
        spans = self.matches(prose.text)
        if len(spans) <= self.over:
            return ()
        text = prose.source
        count = len(spans)
        spans = [spans[self.over], *spans[: self.over], *spans[self.over + 1 : LISTED + 1]]
        shown = [_widened(text, *span, self.around) for span in spans] if self.around else spans
        suggestions = None
        if self.table is not None or self.write is not None:
            suggestions = (self._rewritten(text, Span(*shown[0]), sorted(spans)),)
        first, *others = shown
        return (self.rule.finding_at(text, *first, related=others, count=count, suggestions=suggestions),)

    def _rewritten(self, text: str, shown: Span, spans: Sequence[tuple[int, int]]) -> str:
        parts, place = [], shown.start
        for start, end in spans:
            if shown.start <= start and end <= shown.end:
                said = text[start:end].translate(self.table) if self.table is not None else self.write or ""
                parts += [text[place:start], said]
                place = end
        return "".join([*parts, text[place : shown.end]])


def _widened(text: str, start: int, end: int, around: int) -> tuple[int, int]:
    """Return the range with the Han on both sides, up to ``around`` of them."""
    first, last = max(0, start - around), min(len(text), end + around)
    while start > first and _is_han(text, start - 1):
        start -= 1
    while end < last and _is_han(text, end):
        end += 1
    return start, end


class SpacingKind(ProseKind):
    """Fires once where Han and Latin words touch; ``words`` are those that are written in one (T恤 needs no entry).

    A single letter is a shape or a part of a Han word (V领, 维生素C), so that a Latin word has two letters or more.
    """

    def __init__(self, rule: Rule, build: Build) -> None:
        super().__init__(rule, build)
        whole = sorted(rule.settings.get("words", ()), key=len, reverse=True)
        self.whole = re.compile("|".join(map(re.escape, whole)) or r"(?!)")

    def _find(self, reading: Reading) -> Iterable[Finding]:
        prose = prose_of(reading)
        text = prose.text
        fixed: list[tuple[int, int]] | None = None
        spans = []
        free = "title" in self.not_for
        for match in _LATIN_WORD.finditer(text):
            start, end = match.span()
            if free and prose.in_title(start):
                continue
            touching = Span(start - _is_han(text, start - 1), end + _is_han(text, end))
            if touching != (start, end):
                if fixed is None:
                    fixed = [whole.span() for kind in (self.whole, _TOPIC) for whole in kind.finditer(text)]
                if not any(begin < end and start < last for begin, last in fixed):
                    spans.append(touching)
        if not spans:
            return ()
        start, end = spans[0]
        return (self._once(prose, spans, suggestions=(_SEAM.sub(" ", prose.source[start:end]),)),)


# At least two letters, none of them behind a figure (100ml装): what a unit keeps from its figure is another matter.
_LATIN_WORD = late(r"[A-Za-z](?<![A-Za-z0-9@#._/-].)['’&+.-]?[A-Za-z][A-Za-z0-9'’&+.-]*(?<![.'’&-])(?!@)")
_TOPIC = late(r"#[^\s#]+")  # a blank would end it
_SEAM = late(rf"(?<=[{HAN}])(?=[A-Za-z])|(?<=[A-Za-z0-9+])(?=[{HAN}])")
_IS_HAN = late(f"[{HAN}]")


def _is_han(text: str, place: int) -> bool:
    return place >= 0 and _IS_HAN.match(text, place) is not None


class PairedKind(ProseKind):
    """Finds quotes and brackets whose other half is missing; ``settings.pairs`` are strings of two signs.

    A quote that opens several paragraphs one after another and closes the last is whole; so is the number of a list
    item with a closing bracket alone (1）, a）).
    """

    def __init__(self, rule: Rule, build: Build) -> None:
        super().__init__(rule, build)
        pairs = self.settings["pairs"]
        self.opens = {pair[0]: pair[1] for pair in pairs}
        self.closes = {pair[1] for pair in pairs}
        self.signs = re.compile("[" + re.escape("".join(pairs)) + "]")

    def _find(self, reading: Reading) -> Iterable[Finding]:
        prose = prose_of(reading)
        text = prose.text
        open_at: dict[str, list[int]] = {sign: [] for sign in self.closes}
        lone: list[int] = []
        for match in self.signs.finditer(text):
            sign, place = match[0], match.start()
            if sign in self.opens:
                waiting = open_at[self.opens[sign]]
                if waiting and _begins_paragraph(text, place) and _begins_paragraph(text, waiting[-1]):
                    waiting.pop()
                waiting.append(place)
            elif open_at[sign]:
                open_at[sign].pop()
            elif not _ITEM_NUMBER.search(text, max(0, place - 8), place):
                lone.append(place)
        lone += [place for waiting in open_at.values() for place in waiting]
        if lone:
            yield self._once(prose, [Span(place, place + 1) for place in sorted(lone)])


_ITEM_NUMBER = late(r"(?<![A-Za-z0-9])(?:[0-9]{1,2}|[A-Za-z]|[一二三四五六七八九十]{1,3}|[①-⑳])\Z")


def _begins_paragraph(text: str, place: int) -> bool:
    """Return whether nothing but an indent stands before a place in its line."""
    before = max(place - _INDENT, 0)
    start = text.rfind("\n", before, place) + 1
    return (start > 0 or before == 0) and not text[start:place].strip()


_INDENT = 16


class LongSentenceKind(ProseKind):
    """Finds sentences of more than ``over`` Han characters that stand out from their text, ``limit`` at most.

    It stands out when it is ``settings.times`` as long as the median of its text (of two, the shorter), or over
    ``max`` anyway.
    """

    def __init__(self, rule: Rule, build: Build) -> None:
        super().__init__(rule, build)
        self.over, self.most = int(rule.settings["over"]), int(rule.settings["max"])
        self.times = float(self.settings["times"])

    def _find(self, reading: Reading) -> Iterable[Finding]:
        prose = prose_of(reading)
        text = prose.text
        sizes = [end - start for start, end in prose.sentences]
        long = [span for span in prose.sentences if span.end - span.start > self.over]
        if not long:
            return ()
        from statistics import median  # late: it takes fractions and random numbers along

        usual = median(sizes) if len(sizes) > 2 else min(sizes) if len(sizes) > 1 else 0
        found = []
        for span in long:
            size = sum(map(len, _HAN_RUNS.findall(text, *span)))
            if size > self.most or (size > self.over and size >= self.times * usual):
                found.append((size, span))
                if len(found) == self.rule.limit:
                    break
        return [self.rule.finding_at(prose.source, *span, length=size, **self._cut(text, span)) for size, span in found]

    def _cut(self, text: str, span: Span) -> dict[str, Any]:
        """Return where the sentence could be cut: behind the comma nearest its middle."""
        commas = [match.start() for match in _COMMA.finditer(text, *span)]
        if not commas:
            return {}
        comma = min(commas, key=lambda place: abs(2 * place - span.start - span.end))
        before = text[max(span.start, comma - 6) : comma].strip()
        return {"suggestions": tuple(each.replace("{before}", before) for each in self.rule.suggestions)}


_HAN_RUNS = late(f"[{HAN}]+")
_COMMA = late("[，,]")


KINDS: dict[str, KindMaker] = {
    "written": WrittenKind,
    "spacing": SpacingKind,
    "paired": PairedKind,
    "long_sentence": LongSentenceKind,
}
