"""What a title tells of its brief in words of its own, by the words and figures that both hold, and what wrongly."""

from __future__ import annotations

import base64
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from copykit.model import Finding
from copykit.rules import kinds
from copykit.rules.kinds import Build, KindMaker, lexicon_of
from copykit.rules.reading import Context, Reading
from copykit.rules.rule import Rule
from copykit.text.normalize import fold_text
from copykit.text.numerals import Number, numbers
from copykit.titles.phrases import BriefPhrases, OfBrief

if TYPE_CHECKING:
    from copykit.brief.said import Path
    from copykit.model import Brief


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
            BriefPhrases(told[name]["settings"]["parts"], build) for name in sorted(kinds.other_rules(rule, build))
        ]
        self._matcher = OfBrief(
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


class BriefDiffersKind:
    """Finds figures that the brief gives otherwise.

    A figure with its unit (list ``settings.units``) which no phrase of the brief holds differs from a phrase that has
    another of this unit and a word of the text, or both are large. A price differs from the brief's where the text
    calls the goods by it (``settings.prices`` are its units): 39 元的睫毛膏.
    """

    def __init__(self, rule: Rule, build: Build) -> None:
        self.rule = rule
        settings = rule.settings["settings"]
        units = sorted(lexicon_of(rule, build, settings["units"]).entries, key=len, reverse=True)
        light = frozenset(word for name in settings["light"] for word in lexicon_of(rule, build, name).entries)
        said = settings["price_is"][build.lang]
        self._matcher = OfBrief(
            lambda brief: _DiffersMatcher(
                brief,
                tuple(units),
                tuple(settings["prices"]),
                said,
                _Weights(brief, light, _rarity(build.data("rarity")["general"])),
            )
        )
        self.triggers: frozenset[int] | None = None

    def idle(self, context: Context) -> bool:
        """Return whether there is no brief."""
        return context.brief is None

    def find(self, reading: Reading) -> Iterable[Finding]:
        """Yield a finding over each figure, at most ``limit`` of them."""
        matcher = self._matcher.of(reading.context)
        found = matcher.find(reading) if matcher is not None else ()
        return [self.rule.finding(reading, *place, phrase=phrase) for place, phrase in list(found)[: self.rule.limit]]


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


class _Weights:
    """How much it tells that a text and a brief both hold a word."""

    def __init__(self, brief: Brief, light: Container[str], rarity: Mapping[str, int]) -> None:
        self._light, self._rarity = light, rarity
        self._goods = fold_text("\n".join((brief.product, brief.brand, brief.category, *brief.keywords)))

    def of(self, word: str, tag: str) -> int:
        """Return what a word of a tag weighs, at most ``_TELLING``."""
        if word in self._light:
            return 0
        rarity = self._rarity.get(word, _UNKNOWN)
        if len(word) == 1:
            return int(tag[0] in _CONTENT_TAGS and rarity >= _RARE_CHARACTER)
        if rarity < _COMMON:
            return 0
        return 1 if rarity < _RARE or tag[0] in _TIME_TAGS or word in self._goods else _TELLING


class _ToldMatcher:
    """Finds the item of a brief of which a text tells most."""

    def __init__(
        self, brief: Brief, parts: Mapping[str, int], light: Container[str], rarity: Mapping[str, int]
    ) -> None:
        from copykit.brief.said import said_in  # late: most titles come without a brief

        self._weight = _Weights(brief, light, rarity).of
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

    def _figures_of(self, reading: Reading) -> list[tuple[tuple[int, int], float]]:
        """Return the figures of a text that the brief holds too, by value."""
        found = numbers(reading.folded.text, reading.bounds)
        return [((each.start, each.end), each.low) for each in found if _is_exact(each) and each.low in self._figures]


class _Figure(NamedTuple):
    """A figure with its unit at ``start:end``."""

    start: int
    end: int
    value: float
    unit: str


class _DiffersMatcher:
    """Finds the figures of a text that a brief gives otherwise, each with the phrase that does."""

    def __init__(
        self, brief: Brief, units: tuple[str, ...], prices: tuple[str, ...], price_is: str, weights: _Weights
    ) -> None:
        from copykit.brief.said import said_in  # late: most titles come without a brief

        self._units, self._prices, self._weight = units, prices, weights.of
        phrases = [(fold_text(phrase), phrase) for _, phrase in said_in(brief)]
        figures = [(set(_figures(folded, range(len(folded) + 1), units)), folded, phrase) for folded, phrase in phrases]
        self._phrases = [each for each in figures if each[0]]
        self._held = {(figure.value, figure.unit) for mine, *_ in figures for figure in mine}
        self._price = brief.price
        self._price_is = price_is.format(price=f"{brief.price:g}") if brief.price is not None else ""
        self._goods = tuple(filter(None, map(fold_text, (brief.product, brief.category, *brief.keywords))))
        self._name = "\n".join(self._goods[1:])  # every figure of the goods stands beside their name

    def find(self, reading: Reading) -> Iterator[tuple[tuple[int, int], str]]:
        """Yield the place of each figure that differs, with what the brief says."""
        text = reading.folded.text
        for figure in _figures(text, reading.bounds, self._units):
            if (figure.value, figure.unit) in self._held:
                continue
            if figure.unit in self._prices:
                if self._price not in (None, figure.value) and self._is_of_goods(text, figure.end):
                    yield (figure.start, figure.end), self._price_is
                continue
            telling = list(self._telling(reading))
            for mine, folded, phrase in self._phrases:
                alike = [each for each in mine if each.unit == figure.unit]
                large = min([figure.value, *(each.value for each in alike)]) >= _LARGE
                if alike and (large or any(word in folded for word in telling)):
                    yield (figure.start, figure.end), phrase
                    break

    def _telling(self, reading: Reading) -> Iterator[str]:
        for word, tag in zip(reading.words, reading.tags, strict=True):
            if len(word) > 1 and word not in self._name and self._weight(word, tag):
                yield word

    def _is_of_goods(self, text: str, end: int) -> bool:
        behind = text[end:].lstrip("的一支个件双瓶盒套袋把包条台 ")
        return behind.startswith(self._goods)


def _figures(text: str, bounds: Collection[int], units: tuple[str, ...]) -> Iterator[_Figure]:
    """Yield the exact figures of a folded text that have one of some units, the longest of which come first."""
    for number in numbers(text, bounds):
        at = number.unit_start + (text[number.unit_start : number.unit_start + 1] == " ")
        unit = next((unit for unit in units if text.startswith(unit, at)), "")
        if unit and number.low == number.high:
            yield _Figure(number.start, at + len(unit), number.low, unit)


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
_LARGE = 100  # two such figures of one unit are hardly of different things
# Of the table of rarity, in which 的 is 14, 时间 65, 开会 121 and 骑手 168; what it does not know is a rare compound.
_COMMON, _RARE, _RARE_CHARACTER, _UNKNOWN = 80, 100, 90, 176
_CONTENT_TAGS = frozenset("nva")
_TIME_TAGS = frozenset("tm")


KINDS: dict[str, KindMaker] = {"brief_told": BriefToldKind, "brief_differs": BriefDiffersKind}
