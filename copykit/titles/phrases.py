"""The phrases of a brief that a title holds, in the brief's own words."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

import daachorse

from copykit.late import late
from copykit.model import Finding
from copykit.rules import kinds
from copykit.rules.kinds import Build, KindMaker
from copykit.rules.reading import Context, Reading
from copykit.rules.rule import Rule
from copykit.text.normalize import fold_text

if TYPE_CHECKING:
    from copykit.model import Brief

Made = TypeVar("Made")


class BriefMatchKind:
    """Finds the brief's own words in a text.

    ``settings.parts`` maps audience, scenes, keywords, selling_points and product to points; a phrase met only in
    part (half of it or more, between words) earns half. One finding a phrase, the best ``limit`` of them.
    """

    def __init__(self, rule: Rule, build: Build) -> None:
        self.rule = rule
        self._phrases = BriefPhrases(rule.settings["settings"]["parts"], build)
        self.triggers: frozenset[int] | None = None

    def idle(self, context: Context) -> bool:
        """Return whether there is no brief to match."""
        return context.brief is None

    def find(self, reading: Reading) -> Iterable[Finding]:
        """Yield the phrases met."""
        found = [
            self.rule.finding(reading, start, end, points=points, phrase=phrase)
            for start, end, points, phrase in self._phrases.find(reading)
        ]
        return kinds.best(found, self.rule.limit)


class _Phrase(NamedTuple):
    number: int
    text: str
    points: int
    whole: bool


class _Met(NamedTuple):
    start: int
    end: int
    points: int
    phrase: str


class OfBrief(Generic[Made]):
    """What is made of a brief; a run has one brief, or one a row, so the last one is all that is worth keeping."""

    def __init__(self, make: Callable[[Brief], Made]) -> None:
        self._make = make
        self._last: tuple[Brief, Made] | None = None

    def of(self, context: Context) -> Made | None:
        """Return what is made of the context's brief, None without one."""
        brief = context.brief
        if brief is None:
            return None
        if self._last is None or self._last[0] is not brief:
            self._last = brief, self._make(brief)
        return self._last[1]


class BriefPhrases:
    """The phrases of a brief that a text holds; found once a reading, whichever rule asks first."""

    def __init__(self, parts: dict[str, int], build: Build) -> None:
        self.key = f"brief phrases {parts}"
        light = build.lexicons["light_characters"].entries
        self._matcher = OfBrief(lambda brief: _BriefMatcher(brief, parts, light))

    def find(self, reading: Reading) -> list[_Met]:
        """Return each phrase met, once each; none without a brief."""
        met: list[_Met] | None = reading.memo.get(self.key)
        if met is None:
            matcher = self._matcher.of(reading.context)
            met = reading.memo[self.key] = matcher.find(reading) if matcher is not None else []
        return met


class _BriefMatcher:
    """Finds a brief's phrases, and the larger parts of them, in folded texts."""

    def __init__(self, brief: Brief, parts: dict[str, int], light: Container[str]) -> None:
        patterns: dict[str, _Phrase] = {}
        for number, (phrase, points) in enumerate(_phrases(brief, parts)):
            # Titles set no blanks around figures; a brief may.
            for folded in dict.fromkeys((fold_text(_SET_OFF.sub("", phrase)), fold_text(phrase))):
                # A piece of two phrases counts for the one that is worth more, the first; a whole phrase for itself.
                for piece in _pieces(folded, light):
                    patterns.setdefault(piece, _Phrase(number, phrase, points // 2, False))
                if folded not in patterns or not patterns[folded].whole:
                    patterns[folded] = _Phrase(number, phrase, points, True)
        self._phrases = list(patterns.values())
        self._find = daachorse.CharwiseDoubleArrayAhoCorasick(
            list(patterns), daachorse.MATCH_KIND_LEFTMOST_LONGEST
        ).find

    def find(self, reading: Reading) -> list[_Met]:
        """Return each phrase met, once each."""
        met: dict[int, _Met] = {}
        for start, end, pattern in self._find(reading.folded.text):
            phrase = self._phrases[pattern]
            # A part, or a product of one character (伞, 茶), is met only as words of its own.
            loose = phrase.whole and end - start > 1
            if not loose and not (start in reading.bounds and end in reading.bounds):
                continue
            if phrase.number not in met or phrase.points > met[phrase.number].points:
                met[phrase.number] = _Met(start, end, phrase.points, phrase.text)
        return sorted(met.values())


def _phrases(brief: Brief, parts: dict[str, int]) -> list[tuple[str, int]]:
    """Return the brief's phrases with their points, those worth most first."""
    found: list[tuple[str, int]] = []
    for part, points in parts.items():
        value: str | tuple[str, ...] = getattr(brief, part)
        for phrase in (value,) if isinstance(value, str) else value:
            found += [(piece.strip(), points) for piece in _SIGNS.split(phrase) if fold_text(piece).strip()]
    return sorted(found, key=lambda item: -item[1])


# A selling point may be a sentence; its clauses are met one by one.
# A blank between Han and Latin parts nothing: 520 克.
_BLANK = r"(?<![0-9A-Za-z])\s+(?![0-9A-Za-z])|(?<=[0-9A-Za-z])\s+(?=[0-9A-Za-z])"
_SIGNS = late(rf"(?:[,，。；;、/|!！?？:：()（）]|{_BLANK})+")
_SET_OFF = late(r"\s+")
_LONGEST = 12


def _pieces(phrase: str, light: Container[str]) -> Iterator[str]:
    """Yield the parts of a phrase that are at least half of it and neither begin nor end with a light word."""
    least = max(2, (len(phrase) + 1) // 2)
    if len(phrase) > _LONGEST:
        return
    for size in range(len(phrase) - 1, least - 1, -1):
        for start in range(len(phrase) - size + 1):
            piece = phrase[start : start + size]
            if piece[0] not in light and piece[-1] not in light:
                yield piece


KINDS: dict[str, KindMaker] = {"brief_match": BriefMatchKind}
