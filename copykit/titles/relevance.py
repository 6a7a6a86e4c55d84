"""What concerns the reader: labels that people give themselves, what the brief says, and titles that address nobody.

Pains, places, seasons, prices and quoted self-talk need nothing but word lists and patterns; they are rule files.
"""

from __future__ import annotations

import operator
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from copykit.lexicon import Lexicon
from copykit.model import Finding
from copykit.rules import kinds
from copykit.rules.kinds import Build, KindMaker
from copykit.rules.reading import Reading
from copykit.rules.rule import Rule
from copykit.titles import phrases, told


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


_RULE = operator.itemgetter(0)  # of a finding


class NobodyKind:
    """Fires over the whole text when none of the rules named in ``settings.rules`` has found anything.

    With ``settings.brief`` only where there is a brief that it could have been found by.
    """

    def __init__(self, rule: Rule, build: Build) -> None:
        self.rule = rule
        self.others = kinds.other_rules(rule, build)
        self.of_brief = bool(rule.settings["settings"].get("brief", False))
        self.triggers: frozenset[int] | None = None

    def find(self, reading: Reading) -> Iterable[Finding]:
        """Yield nothing: what the others find is not known yet."""
        return ()

    def conclude(self, reading: Reading, findings: Sequence[Finding]) -> Iterable[Finding]:
        """Yield one finding or none."""
        if not self.others.isdisjoint(map(_RULE, findings)) or (self.of_brief and reading.context.brief is None):
            return ()
        return (self.rule.plain(reading, 0, len(reading.folded.text)),)


KINDS: dict[str, KindMaker] = {
    "label": LabelKind,
    "label_pile": LabelPileKind,
    **phrases.KINDS,
    **told.KINDS,
    "nobody": NobodyKind,
}


_new = tuple.__new__  # a named tuple's own constructor takes twice as long


class _Labels:
    """The labels of one list; found once a reading, however many rules ask."""

    def __init__(self, rule: Rule, build: Build) -> None:
        lexicon: Lexicon = build.lexicons[rule.settings["lexicon"]]
        self.key = f"labels {lexicon.id}"
        self.entries = lexicon.entries
        self._animals = build.lexicons["animals"].entries
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
            if _is_in_a_figure(text, start, end) or self._is_of_an_animal(reading, end, fields):
                continue
            labels.append(_new(Label, (start, end, fields.get("aim", "plain"))))
        return labels

    def _is_of_an_animal(self, reading: Reading, end: int, fields: Mapping[str, str]) -> bool:
        """Return whether what a label says of a body is said of an animal: 短脸|猫, 微胖|的|狗."""
        if fields.get("group") not in _OF_BODIES:
            return False
        starts = reading.starts
        at = bisect_left(starts, end)
        words = reading.words[at : at + 2] if at < len(reading.words) and starts[at] == end else []
        return words[:1] != [] and words[words[0] == "的" and len(words) > 1] in self._animals


_OF_BODIES = frozenset(("age", "body", "hair", "skin"))


def _is_in_a_figure(text: str, start: int, end: int) -> bool:
    """Return whether a longer number goes on beyond a label: 00后 in 2000后, 996 in 299632."""
    places = ((start, start - 1), (end - 1, end))
    return any(
        text[inner] in _FIGURES and 0 <= outer < len(text) and text[outer] in _FIGURES for inner, outer in places
    )


_FIGURES = frozenset("0123456789")
