"""What a claim stands in: its clause and sentence, whose goods it speaks of, and whether it is denied, asked or quoted.

A hit of a word list is not yet a claim. A frame holds what decides that, found in the sentence around the hit; which
words say so (我们, 同行, 并非, 本市 …) is data: the lexicons and patterns named in ``frames/claim.toml``.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from copykit.late import late
from copykit.lexicon import bits
from copykit.model import Span
from copykit.rules import polarity
from copykit.rules.reading import Reading, stretch_of
from copykit.rules.surroundings import Standing, Surroundings
from copykit.text.normalize import fold_text

Subject = Literal["own", "other", "unknown"]


class Frame(Standing):
    """A hit and what governs it, each worked out when a rule first asks."""

    def __init__(self, framer: Framer, reading: Reading, start: int, end: int) -> None:
        super().__init__(framer.around, framer.slots, reading, start, end)
        self.framer = framer

    @functools.cached_property
    def subject(self) -> Subject:
        """Whose goods the nearest subject before the hit speaks of."""
        return self.framer.subject(self)

    @functools.cached_property
    def denial(self) -> Span | None:
        """The word that denies the claim."""
        return polarity.denial(self, self.framer.reach)

    @functools.cached_property
    def attribute(self) -> Span | None:
        """The 的 that makes the hit an attribute of a noun behind it."""
        return self.framer.attribute(self)

    @functools.cached_property
    def person(self) -> Span | None:
        """The person's name right before the hit, with at most a title, a verb and 的 between: 李某校长用过的同款."""
        return self.framer.person(self)

    @functools.cached_property
    def question(self) -> Span | None:
        """The word that makes its clause a question."""
        return polarity.question(self)

    @functools.cached_property
    def quotes(self) -> Span | None:
        """The quoted passage around the hit."""
        return self.framer.quotes(self)

    @functools.cached_property
    def time(self) -> Span | None:
        """What limits the claim in time: nearest before it, in its clause or one before it in the sentence."""
        return self.framer.time(self)

    @functools.cached_property
    def place(self) -> Span | None:
        """What limits the claim in place, as ``time``."""
        return self.framer.place(self)


class Framer:
    """Makes frames; built once from the data file and its lexicons."""

    def __init__(self, data: Mapping[str, Any], around: Surroundings, words_of: Any) -> None:
        """``words_of(name)`` gives a lexicon's (words, exceptions)."""
        self.around = around
        self.slots = {role: around.slot(*words_of(name)) for role, name in data["lexicons"].items()}
        self._time_pattern = late("|".join(data["time_patterns"]))
        self._place_pattern = late("|".join(data["place_patterns"]))
        self.reach = int(data["negation_reach"])
        self._joins = late(data["joins_person"])
        self._familiar, self._no_names = tuple(data["familiar_names"]), tuple(data["no_name_ends"])
        self._beside_limit = late(data["beside_limit"])
        self._between_limits = late(data["between_limits"])
        self._source = late(data["source_clause"])
        self._event = late(data["event_clause"])
        self._range = late(data["range_clause"])
        quotes: Sequence[str] = data["quotes"]
        self._quoting = late(f"[{re.escape(''.join(pair[0] for pair in quotes))}]")  # most sentences quote nothing
        self._quotes = late(
            "|".join(f"{re.escape(pair[0])}[^{re.escape(pair)}]*{re.escape(pair[1])}" for pair in quotes)
        )

        # The slots (as bits) without whose words a sentence can have no claim in a state.
        denying = {word for role in polarity.DENYING for word in words_of(data["lexicons"][role])[0]}
        signs: Mapping[str, Iterable[str]] = {
            "denied": denying | {"?"},
            "asked": "?",
            "quoted": {pair[0] for pair in quotes},
            "titled": "《",
            "attributive": "的",
        }
        self.needed = {state: bits((around.slot(words),)) for state, words in signs.items()}

    def frame(self, reading: Reading, start: int, end: int) -> Frame:
        """Return the frame of the hit ``start:end``."""
        return Frame(self, reading, start, end)

    def subject(self, frame: Frame) -> Subject:
        """Return whose goods the nearest subject before the hit speaks of."""
        start = frame.hit.start
        own = max((span.end for span in frame.spans("own") if span.end <= start), default=-1)
        other = max((span.end for span in frame.spans("other") if span.end <= start), default=-1)
        if own == other:
            return "unknown"
        return "own" if own > other else "other"

    def attribute(self, frame: Frame) -> Span | None:
        """Return the 的 behind the hit that a noun follows."""
        text, end = frame.reading.folded.text, frame.hit.end
        noun = text[end + 1 : end + 2]
        return Span(end, end + 1) if text[end : end + 1] == "的" and "\u4e00" <= noun <= "\u9fff" else None

    def person(self, frame: Frame) -> Span | None:
        """Return the name that the segmenter takes for a person's and that what stands behind it joins to the hit."""
        start, text = frame.hit.start, frame.reading.folded.text
        for span, tag in frame.tokens(max(frame.clause.start, start - _JOINED), start):
            name = text[slice(*span)]
            named = tag == _PERSON and not name.startswith(self._familiar) and not name.endswith(self._no_names)
            # A surname that was cut off has its name behind it: 周|建国.
            if named and self._joins.fullmatch(text, span.end, start) and start - span.start > 1:
                return span
        return None

    def quotes(self, frame: Frame) -> Span | None:
        """Return the quoted passage that holds the hit."""
        text = frame.reading.folded.text
        for match in self._quotes.finditer(text) if self._quoting.search(text) else ():
            if match.start() <= frame.hit.start and frame.hit.end <= match.end():
                return Span(*match.span())
        return None

    def time(self, frame: Frame) -> Span | None:
        """Return what limits the claim in time."""
        return self._limit(frame, "times", self._time_pattern)

    def place(self, frame: Frame) -> Span | None:
        """Return what limits the claim in place."""
        return self._limit(frame, "places", self._place_pattern, named=True)

    def _limit(self, frame: Frame, role: str, pattern: re.Pattern[str], *, named: bool = False) -> Span | None:
        """Return the last word or pattern in the hit's clause that is no part of the hit.

        One in a clause before it counts where that clause says nothing else, or names the source: 2010年，全国第一家,
        but not 2010年成立，全国第一家 or 2010年，公司成立了，全国第一家, where the year belongs to the founding. One
        behind it counts in a clause that names the source, and a time that stands alone. ``named``: what the segmenter
        knows as a place's name limits too where it says where (在绍兴开的第一家, 绍兴第一家).
        """
        end = self._end_of_source(frame)
        if not named:
            end = max(end, self._end_of_time(frame))
        found = [*frame.spans(role), *self._matches(frame, pattern, end)]
        if named:
            wide = frame.spans("no_places")
            found += [span for span in self._named(frame) if span not in wide]
        found = self._merged(frame.reading.folded.text, found)
        return max((span for span in found if span.end <= end and self._limits(frame, span)), default=None)

    def _named(self, frame: Frame) -> list[Span]:
        """Return the names of places that the segmenter knows, right before the hit and behind 在 or 于."""
        text, start = frame.reading.folded.text, frame.hit.start
        behind = [match.end() for match in _AT_PLACE.finditer(text, 0, start)]
        # No word holds a sign: what begins or ends at a place stands between the signs around it.
        stretches = {stretch_of(text, place, place) for place in (*behind, start)}
        return [
            span
            for stretch in sorted(stretches)
            for span, tag in frame.tokens(stretch.start, min(stretch.end, start))
            if tag == "ns" and (span.end == start or span.start in behind)
        ]

    def _end_of_source(self, frame: Frame) -> int:
        """Return where the hit's clause ends, or the one behind it that names the source of what the hit says."""
        behind = frame.clause_behind
        if behind is not None and self._source.search(frame.reading.folded.text[slice(*behind)]):
            return behind.end
        return frame.clause.end

    def _end_of_time(self, frame: Frame) -> int:
        """Return where the clause behind the hit's ends if it is a time alone, with at most the range behind it.

        销量第一，2024年10月，本店保温杯类目 is limited; in 销量第一，10月，新品上架 the time is that of the goods.
        """
        behind, text = frame.clause_behind, frame.reading.folded.text
        time = self._time_pattern.search(text, behind.start, behind.end) if behind is not None else None
        if behind is None or time is None:
            return 0
        beside = ((behind.start, time.start()), (time.end(), behind.end))
        rest = text[behind.end : frame.sentence.end].strip(_CLOSING)
        alone = all(self._beside_limit.fullmatch(text, *each) for each in beside)
        return behind.end if alone and (not rest or self._range.fullmatch(rest)) else 0

    def _matches(self, frame: Frame, pattern: re.Pattern[str], end: int) -> list[Span]:
        """Return a pattern's matches that are neither a part of a longer number nor of a word that only looks so."""
        text = frame.reading.folded.text
        found = [Span(*match.span()) for match in pattern.finditer(text, 0, end)]
        alike = frame.spans("no_places")  # 超市, 上市, 省心: words that end or begin as a place's name does
        return [
            span
            for span in found
            if not (text[span.end - 1].isdigit() and text[span.end : span.end + 1].isdigit())
            and not any(each.start < span.end <= each.end for each in alike)
        ]

    def _limits(self, frame: Frame, span: Span) -> bool:
        if frame.hit.start <= span.start < frame.hit.end:
            return False
        clause, text = frame.reading.clause_at(span.start), frame.reading.folded.text
        if clause == frame.clause or clause.start > frame.hit.start:
            return True
        alone = self._beside_limit.fullmatch(text, clause.start, span.start) is not None
        alone = alone and (
            span.end >= clause.end or self._beside_limit.fullmatch(text, span.end, clause.end) is not None
        )
        if self._source.search(text[slice(*clause)]):
            return True
        # 2026年10月，我们搬了仓库，全网销量第一: the time is that of the moving.
        between = text[clause.end : frame.clause.start]
        return alone and (
            self._event.search(between) is None or self._source.search(between.strip(_CLOSING)) is not None
        )

    def _merged(self, text: str, spans: Iterable[Span]) -> list[Span]:
        """Return spans with those in one that touch or are joined: 2024年 and 双11, 1月 and 12月 limit together."""
        merged: list[Span] = []
        for span in sorted(spans):
            if merged and self._joined(text, merged[-1].end, span.start):
                merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
            else:
                merged.append(span)
        return merged

    def _joined(self, text: str, end: int, start: int) -> bool:
        return start <= end or self._between_limits.fullmatch(text, end, start) is not None


_CLOSING = ",。!;()（） \n"
_AT_PLACE = late("[在于]")
_PERSON = "nr"
_JOINED = 14  # characters that a name, a title and a verb take


def folded_words(words: Iterable[str]) -> frozenset[str]:
    """Return words as they are met in folded texts; they are folded at once, as one by one takes ten times as long."""
    given = list(words)
    folded = fold_text("\n".join(given)).split("\n") if given else []
    if len(folded) != len(given):  # a word of several lines, which no file has
        folded = [fold_text(word) for word in given]
    return frozenset(filter(None, map(str.strip, folded)))
