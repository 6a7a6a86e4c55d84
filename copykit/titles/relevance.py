"""What concerns the reader: labels that people give themselves, the brief's own words, and titles that address nobody.

Pains, places, seasons, prices and quoted self-talk need nothing but word lists and patterns; they are rule files.
"""

from __future__ import annotations

import operator
from collections.abc import Container, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import daachorse

from copykit.late import late
from copykit.lexicon import Lexicon
from copykit.model import Finding
from copykit.rules import kinds
from copykit.rules.kinds import Build, KindMaker
from copykit.rules.reading import Context, Reading
from copykit.rules.rule import Rule
from copykit.text.normalize import fold_text

if TYPE_CHECKING:
    from copykit.model import Brief


class Label(NamedTuple):
    """A label in a text and how closely it is aimed: ``sharp``, ``plain`` or ``broad``."""

    start: int
    end: int
    aim: str


class LabelKind:
    """Finds the labels of ``lexicon`` whose ``aim`` has points in ``settings.aims``.

    The closest aim earns in full, each further label ``settings.further``, at most ``limit`` in all. With
    ``settings.alone`` the rule keeps silent where a label of another aim stands.
    """

    def __init__(self, rule: Rule, build: Build) -> None:
        self.rule = rule
        self.labels = _Labels(rule, build)
        settings = rule.settings["settings"]
        self.aims: dict[str, int] = settings["aims"]
        self.further = int(settings.get("further", 0))
        self.only = bool(settings.get("alone", False))
        self.triggers: frozenset[int] | None = frozenset((self.labels.slot,))

    def find(self, reading: Reading) -> Iterable[Finding]:
        """Yield the labels worth most, in order of place."""
        labels = self.labels.find(reading)
        mine = [label for label in labels if label[2] in self.aims]
        if not mine or (self.only and len(mine) < len(labels)):
            return ()
        if len(mine) > 1:
            mine.sort(key=lambda label: -self.aims[label.aim])
        points = [self.aims[mine[0].aim]] + [self.further] * (self.rule.limit - 1)
        return [
            self.rule.finding(reading, label.start, label.end, points=worth)
            for label, worth in zip(mine, points, strict=False)
        ]


class LabelPileKind:
    """Fires once when a text holds more than ``over`` labels of ``lexicon``."""

    def __init__(self, rule: Rule, build: Build) -> None:
        self.rule = rule
        self.labels = _Labels(rule, build)
        self.over = int(rule.settings["over"])
        self.triggers: frozenset[int] | None = frozenset((self.labels.slot,))

    def find(self, reading: Reading) -> Iterable[Finding]:
        """Yield one finding over the first label, with the others as related spans."""
        if len(reading.hits[self.labels.slot]) <= self.over:
            return ()
        labels = self.labels.find(reading)
        if len(labels) <= self.over:
            return ()
        first, *others = labels
        related = [(label.start, label.end) for label in others]
        return (self.rule.finding(reading, first.start, first.end, related=related, count=len(labels)),)


class BriefMatchKind:
    """Finds the brief's own words in a text, or (``settings.state`` = ``none``) that there are none.

    ``settings.parts`` maps audience, scenes, keywords, selling_points and product to points; a phrase met only in
    part (half of it or more, between words) earns half. One finding a phrase, the best ``limit`` of them.
    """

    def __init__(self, rule: Rule, build: Build) -> None:
        self.rule = rule
        settings = rule.settings["settings"]
        self.none = settings["state"] == "none"
        self.parts: dict[str, int] = settings["parts"]
        self._lexicons = build.lexicons
        self._matcher: _BriefMatcher | None = None
        self._memo = f"brief {sorted(self.parts.items())}"
        self.triggers: frozenset[int] | None = None

    def idle(self, context: Context) -> bool:
        """Return whether there is no brief to match."""
        return context.brief is None

    def find(self, reading: Reading) -> Iterable[Finding]:
        """Yield the phrases met, or one finding over the whole text when none is."""
        brief = reading.context.brief
        if brief is None:
            return ()
        met: list[_Met] | None = reading.memo.get(self._memo)
        if met is None:
            matcher = self._matcher
            # A run has one brief, or one a row; the last one is all that is worth keeping.
            if matcher is None or matcher.brief is not brief:
                matcher = self._matcher = _BriefMatcher(brief, self.parts, self._lexicons["light_characters"].entries)
            met = reading.memo[self._memo] = matcher.find(reading)
        if self.none:
            if met:
                return ()
            return (self.rule.finding(reading, 0, len(reading.folded.text)),)
        found = [
            self.rule.finding(reading, start, end, points=points, phrase=phrase) for start, end, points, phrase in met
        ]
        return kinds.best(found, self.rule.limit)


_RULE = operator.itemgetter(0)  # of a finding


class NobodyKind:
    """Fires over the whole text when none of the rules named in ``settings.rules`` has found anything."""

    def __init__(self, rule: Rule, build: Build) -> None:
        self.rule = rule
        self.others = kinds.other_rules(rule, build)
        self.triggers: frozenset[int] | None = None

    def find(self, reading: Reading) -> Iterable[Finding]:
        """Yield nothing: what the others find is not known yet."""
        return ()

    def conclude(self, reading: Reading, findings: Sequence[Finding]) -> Iterable[Finding]:
        """Yield one finding or none."""
        if not self.others.isdisjoint(map(_RULE, findings)):
            return ()
        return (self.rule.plain(reading, 0, len(reading.folded.text)),)


KINDS: dict[str, KindMaker] = {
    "label": LabelKind,
    "label_pile": LabelPileKind,
    "brief_match": BriefMatchKind,
    "nobody": NobodyKind,
}


_new = tuple.__new__  # a named tuple's own constructor takes twice as long


class _Labels:
    """The labels of one list; found once a reading, however many rules ask."""

    def __init__(self, rule: Rule, build: Build) -> None:
        lexicon: Lexicon = build.lexicons[rule.settings["lexicon"]]
        self.key = f"labels {lexicon.id}"
        self.entries = lexicon.entries
        self.slot = build.automaton.slot(self.key, lexicon.entries, lexicon.exceptions)

    def find(self, reading: Reading) -> list[Label]:
        """Return the labels in order of place."""
        labels: list[Label] | None = reading.memo.get(self.key)
        if labels is None:
            labels = reading.memo[self.key] = self._read(reading)
        return labels

    def _read(self, reading: Reading) -> list[Label]:
        text, labels = reading.folded.text, []
        for start, end in reading.hits.get(self.slot, ()):
            fields = self.entries[text[start:end]]
            if "alone" in fields and not (start in reading.bounds and end in reading.bounds):
                continue
            if _is_in_a_figure(text, start, end):
                continue
            labels.append(_new(Label, (start, end, fields.get("aim", "plain"))))
        return labels


def _is_in_a_figure(text: str, start: int, end: int) -> bool:
    """Return whether a longer number goes on beyond a label: 00后 in 2000后, 996 in 299632."""
    places = ((start, start - 1), (end - 1, end))
    return any(
        text[inner] in _FIGURES and 0 <= outer < len(text) and text[outer] in _FIGURES for inner, outer in places
    )


_FIGURES = frozenset("0123456789")


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


class _BriefMatcher:
    """Finds a brief's phrases, and the larger parts of them, in folded texts."""

    def __init__(self, brief: Brief, parts: dict[str, int], light: Container[str]) -> None:
        self.brief = brief
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
