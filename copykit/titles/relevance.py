"""What concerns the reader: labels that people give themselves, what the brief says, and titles that address nobody.

Pains, places, seasons, prices and quoted self-talk need nothing but word lists and patterns; they are rule files.
"""

from __future__ import annotations

import base64
import operator
from bisect import bisect_left
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

import daachorse

from copykit.late import late
from copykit.lexicon import Lexicon
from copykit.model import Finding
from copykit.rules import kinds
from copykit.rules.kinds import Build, KindMaker, lexicon_of
from copykit.rules.reading import Context, Reading
from copykit.rules.rule import Rule
from copykit.text.normalize import fold_text
from copykit.text.numerals import Number, numbers

if TYPE_CHECKING:
    from copykit.brief.said import Path
    from copykit.model import Brief

Made = TypeVar("Made")


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
    """Finds the brief's own words in a text.

    ``settings.parts`` maps audience, scenes, keywords, selling_points and product to points; a phrase met only in
    part (half of it or more, between words) earns half. One finding a phrase, the best ``limit`` of them.
    """

    def __init__(self, rule: Rule, build: Build) -> None:
        self.rule = rule
        self._phrases = _BriefPhrases(rule.settings["settings"]["parts"], build)
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


class BriefToldKind:
    """Finds what a text tells of the brief's sentences in words of its own, by the words and figures that both hold.

    ``settings.parts`` maps parts of a brief's file (pains among ``audience``, ``scenes``, ``claims`` …) to points; one
    finding, of the sentence that shares most. Phrases that the rules named in ``settings.rules`` meet are paid there.
    What is in every text (lists ``settings.light``) is not shared, and the goods' own name is little.
    """

    def __init__(self, rule: Rule, build: Build) -> None:
        self.rule = rule
        settings = rule.settings["settings"]
        parts: dict[str, int] = settings["parts"]
        light = frozenset(word for name in settings["light"] for word in lexicon_of(rule, build, name).entries)
        told = build.data("rules")
        self._paid = [
            _BriefPhrases(told[name]["settings"]["parts"], build) for name in sorted(kinds.other_rules(rule, build))
        ]
        self._matcher = _OfBrief(
            lambda brief: _ToldMatcher(brief, parts, light, _rarity(build.data("rarity")["general"]))
        )
        self.comma = "、" if build.lang == "zh" else ", "
        self.triggers: frozenset[int] | None = None

    def idle(self, context: Context) -> bool:
        """Return whether there is no brief with sentences."""
        if context.brief is None:
            return True
        from copykit.model import NO_MATERIAL  # late: most titles come without a brief

        return context.brief.material == NO_MATERIAL and not context.brief.claims

    def find(self, reading: Reading) -> Iterable[Finding]:
        """Yield one finding over the word that says most, the others related, or none."""
        matcher = self._matcher.of(reading.context)
        if matcher is None:
            return ()
        told = matcher.find(reading, [each[:2] for phrases in self._paid for each in phrases.find(reading)])
        if told is None:
            return ()
        first, *others = told.places
        words = self.comma.join(reading.text[slice(*reading.folded.span(*place))] for place in sorted(told.places))
        return (
            self.rule.finding(reading, *first, related=others, points=told.points, phrase=told.phrase, words=words),
        )


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
    "brief_match": BriefMatchKind,
    "brief_told": BriefToldKind,
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


class _OfBrief(Generic[Made]):
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


class _BriefPhrases:
    """The phrases of a brief that a text holds; found once a reading, whichever rule asks first."""

    def __init__(self, parts: dict[str, int], build: Build) -> None:
        self.key = f"brief phrases {parts}"
        light = build.lexicons["light_characters"].entries
        self._matcher = _OfBrief(lambda brief: _BriefMatcher(brief, parts, light))

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


class _Told(NamedTuple):
    """What a text tells of a brief's sentence: the words that both hold, the one that says most first."""

    places: list[tuple[int, int]]
    points: int
    phrase: str


class _Part(NamedTuple):
    """One item of a brief (a pain, a scene, a doubt with its answer) as its phrases, and folded as one text."""

    points: int
    phrases: tuple[str, ...]
    folded: tuple[str, ...]
    text: str
    figures: frozenset[float]


class _Word(NamedTuple):
    """A word of a text with what it weighs."""

    text: str
    weight: int
    place: tuple[int, int]


class _ToldMatcher:
    """Finds the item of a brief of which a text tells most."""

    def __init__(
        self, brief: Brief, parts: Mapping[str, int], light: Container[str], rarity: Mapping[str, int]
    ) -> None:
        from copykit.brief.said import said_in  # late: most titles come without a brief

        self._light, self._rarity = light, rarity
        self._goods = fold_text("\n".join((brief.product, brief.brand, brief.category, *brief.keywords)))
        items: dict[Path, list[str]] = {}
        for path, phrase in said_in(brief):
            named = path[:2] == ("audience", "who")
            if path[0] in parts and not named and path[-1] != "picture":
                items.setdefault(path[: 3 if path[0] == "audience" else 2], []).append(phrase)
        self._items = [_part(parts[str(path[0])], phrases) for path, phrases in items.items()]
        self._all = "\n".join(item.text for item in self._items)
        self._figures = frozenset(figure for item in self._items for figure in item.figures)

    def find(self, reading: Reading, paid: Sequence[tuple[int, int]]) -> _Told | None:
        """Return what a text tells of the item that it shares most with, but for places ``paid`` already.

        None where that is too little.
        """
        figures = self._figures_of(reading) if self._figures else []
        figures = [each for each in figures if not any(start < each[0][1] and each[0][0] < end for start, end in paid)]
        words = self._words(reading, [place for place, _ in figures], paid)
        values = {value for _, value in figures}
        if sum(word.weight for word in words) + len(values) * _TELLING < _LEAST_SHARED:
            return None
        best: tuple[int, _Part] | None = None
        for item in self._items:
            shared = [weight for word, weight, _ in words if word in item.text]
            known = len(values & item.figures)
            telling = shared.count(_TELLING) + known
            total = sum(shared) + known * _TELLING
            enough = telling and total >= _LEAST_SHARED
            if enough and (best is None or (total, item.points) > (best[0], best[1].points)):
                best = total, item
        if best is None:
            return None
        item = best[1]
        places = [(weight, place) for word, weight, place in words if word in item.text]
        places += [(_TELLING, place) for place, value in figures if value in item.figures]
        return _Told(_joined(places), item.points, _nearest(item, words, values))

    def _words(
        self, reading: Reading, figures: Sequence[tuple[int, int]], paid: Sequence[tuple[int, int]]
    ) -> list[_Word]:
        """Return the words of a text that the brief holds too, each once; a unit is one with its figure."""
        found: dict[str, _Word] = {}
        for word, tag, (start, end) in zip(reading.words, reading.tags, pairwise(reading.starts), strict=False):
            if word in found or word not in self._all or not word.isalpha():
                continue
            weight = self._weight(word, tag)
            if any(first < end and start < last for first, last in paid):
                continue
            if weight and not any(first < end and start <= last for first, last in figures):
                found[word] = _Word(word, weight, (start, end))
        return list(found.values())

    def _weight(self, word: str, tag: str) -> int:
        if word in self._light:
            return 0
        rarity = self._rarity.get(word, _UNKNOWN)
        if len(word) == 1:
            return int(tag[0] in _CONTENT_TAGS and rarity >= _RARE_CHARACTER)
        if rarity < _COMMON:
            return 0
        return 1 if rarity < _RARE or tag[0] in _TIME_TAGS or word in self._goods else _TELLING

    def _figures_of(self, reading: Reading) -> list[tuple[tuple[int, int], float]]:
        """Return the figures of a text that the brief holds too, by value."""
        found = numbers(reading.folded.text, reading.bounds)
        return [((each.start, each.end), each.low) for each in found if _is_exact(each) and each.low in self._figures]


def _part(points: int, phrases: Sequence[str]) -> _Part:
    folded = tuple(map(fold_text, phrases))
    text = "\n".join(folded)
    figures = frozenset(each.low for each in numbers(text, range(len(text) + 1)) if _is_exact(each))
    return _Part(points, tuple(phrases), folded, text, figures)


def _nearest(part: _Part, words: Iterable[_Word], figures: Container[float]) -> str:
    """Return the phrase of an item that holds most of some words and figures."""
    known = [word for word in words if word.text in part.text]

    def shared(number: int) -> int:
        folded = part.folded[number]
        values = (each.low for each in numbers(folded, range(len(folded) + 1)) if _is_exact(each))
        return sum(word.weight for word in known if word.text in folded) + _TELLING * sum(v in figures for v in values)

    return part.phrases[max(range(len(part.phrases)), key=lambda number: (shared(number), -number))]


def _joined(places: list[tuple[int, tuple[int, int]]]) -> list[tuple[int, int]]:
    """Return places with what each weighs as spans, neighbours as one, the weightiest first and then the longest."""
    spans: list[tuple[int, int, int]] = []
    for weight, (start, end) in sorted(places, key=lambda each: each[1]):
        if spans and start <= spans[-1][1]:
            before = spans.pop()
            weight, start = max(weight, before[2]), before[0]
        spans.append((start, end, weight))
    spans.sort(key=lambda span: (-span[2], span[0] - span[1], span[0]))
    return [(start, end) for start, end, _ in spans]


def _is_exact(number: Number) -> bool:
    """Return whether a number is one that tells something: exact, and not the three of 三步."""
    return number.low == number.high and number.low >= _LEAST_FIGURE


def _rarity(table: Mapping[str, Any]) -> dict[str, int]:
    return dict(zip(table["words"].split("\n"), base64.b64decode(table["bytes"]), strict=True))


_TELLING = 2  # weight of a word, or a figure, that few texts hold
_LEAST_SHARED = 3  # weight: one such word and another beside it
_LEAST_FIGURE = 11
# Of the table of rarity, in which 的 is 14, 时间 65, 开会 121 and 骑手 168; what it does not know is a rare compound.
_COMMON, _RARE, _RARE_CHARACTER, _UNKNOWN = 80, 100, 90, 176
_CONTENT_TAGS = frozenset("nva")
_TIME_TAGS = frozenset("tm")
