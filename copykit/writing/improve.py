"""An old title made better: what is wrong with it, what its words may become, and true titles that keep its idea.

Nothing false is kept because it scores: a figure that the brief does not hold and words that break the law go first.
Whom a title is for is not put before it: that is no better title.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from copykit.brief.said import said_in
from copykit.errors import Words
from copykit.lexicon import Lexicons
from copykit.model import Brief, Finding, TitleScore
from copykit.text.normalize import fold_text
from copykit.text.numerals import Number, numbers
from copykit.text.patterns import either
from copykit.titles.advise import Adviser
from copykit.titles.score import TitleScorer
from copykit.writing.slots import han_pairs
from copykit.writing.suggest import Suggestion, choose, difference

MOST_STEPS, MOST_IMPROVED = 3, 5
LEAST_GAIN = 1.0  # points; a title without faults is not given up for less
SAME_FIGURE = 3  # pairs of characters that a figure is worth which both titles hold
TRUE_WORDS = 0.5  # of an old title's own words, as pairs, that the brief has to hold if they are kept
UNTOLD = 0.34  # of them; with fewer the title rests on nothing
NEAR_ENOUGH = 8.0
WEAK = 57.0  # points; of a title below, others are proposed even if none is near
_SHORTEST_NAME = 3


@dataclass(frozen=True, slots=True)
class Improved:
    """A title in an old one's stead: why, and what became of its words."""

    score: TitleScore
    why: tuple[str, ...]
    pieces: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Told:
    """What an old title is held against: all that a brief says, and how its goods are called.

    ``figures`` finds the figures of a title that have to be told, ``fillers`` the words of any title; ``values`` are
    the places of the text's own figures by value.
    """

    text: str
    names: tuple[str, ...]
    figures: re.Pattern[str]
    fillers: re.Pattern[str]
    values: Mapping[float, Sequence[Number]]

    @classmethod
    def of(cls, brief: Brief, lexicons: Lexicons) -> Told:
        """Return what a brief says."""
        price = [f"{brief.price:g}元", f"{brief.price:g}块"] if brief.price is not None else []
        text = "｜".join([*price, *(text for _, text in said_in(brief))])
        names = (brief.product, brief.category, brief.brand, *brief.keywords)
        units = either(lexicons["title_units"].entries)
        figures = re.compile(
            rf"\d+(?:\.\d+)?[十百千万亿]{{0,2}}(?:{units})?|[二两三四五六七八九十百千万半]+(?:{units})"
        )
        fillers = re.compile(either(lexicons["title_fillers"].entries))
        plain = _plain(text)
        values: dict[float, list[Number]] = {}
        for number in _exact(plain):
            values.setdefault(number.low, []).append(number)
        return cls(plain, tuple(dict.fromkeys(filter(None, names))), figures, fillers, values)

    def holds(self, figure: str) -> bool:
        """Return whether a figure with its unit is told, as it stands or by value: 1.2万次 is 12,000 次, not 11,960.

        A figure that the brief gives without a unit counts what the words before it say (次数 11,203 is 11203次).
        """
        if re.search(rf"(?<![\d.]){re.escape(figure)}(?!\d)", self.text):
            return True
        number = next(_exact(figure), None)
        if number is None or number.start:
            return False
        unit = figure[number.end :]
        return any(self._counts(each, unit) for each in self.values.get(number.low, ()))

    def _counts(self, number: Number, unit: str) -> bool:
        if self.text.startswith(unit, number.unit_start):
            return True
        bare = not self.text[number.unit_start : number.unit_start + 1].isalnum()
        return bare and unit in self.text[max(0, number.start - _NAMED_BEFORE) : number.start]

    def pairs(self, text: str) -> set[str]:
        """Return the pairs of Han characters of which a text makes its words, none of them of fillers."""
        return han_pairs(self.fillers.sub(" ", text))


def faults(old: TitleScore, told: Told, findings: Iterable[Finding]) -> list[Words]:
    """Return what is wrong with an old title: the law, figures that the brief does not hold, its length.

    ``findings``: what the checker says of it.
    """
    found: dict[str, Words] = {}
    for finding in findings:
        if finding.rule.startswith(_DUTIES):  # what a text owes its readers, not what a title says
            continue
        if finding.severity == "error" or (finding.severity == "warning" and finding.rule.startswith("law/")):
            found.setdefault(finding.match, Words(finding.message, finding.message))
    for figure in untold(old.title, told):
        found.setdefault(figure, Words(f"“{figure}”资料里没有", f"the brief holds no '{figure}'"))
    if _rests_on_nothing(old.title, told):
        found.setdefault("", Words("它说的多半资料里没有，核对过再用", "the brief holds little of what it says"))
    if old.length.ok is False:
        found[old.title] = Words("放不下，要缩短", "too long for the platform")
    return list(found.values())


def untold(title: str, told: Told) -> list[str]:
    """Return the figures of a title that the brief does not hold."""
    return [match[0] for match in told.figures.finditer(_plain(title)) if not told.holds(match[0])]


def respelled(title: str, told: Told, is_word: Callable[[str], bool]) -> tuple[str, list[tuple[str, str]]]:
    """Return a title with names of the goods that have one wrong character put right, and which these were."""
    done: list[tuple[str, str]] = []
    for name in sorted(told.names, key=len, reverse=True):
        if len(name) < _SHORTEST_NAME or name in title:
            continue
        for at in range(len(title) - len(name) + 1):
            window = title[at : at + len(name)]
            wrong = sum(one != other for one, other in zip(window, name, strict=True))
            if wrong == 1 and _HAN.fullmatch(window) and _plain(window) not in told.text and not is_word(window):
                title = title[:at] + name + title[at + len(name) :]
                done.append((window, name))
                break
    return title, done


def improve(
    old: TitleScore,
    scorer: TitleScorer,
    adviser: Adviser,
    others: Sequence[Suggestion],
    told: Told,
    *,
    faulty: Callable[[str], bool] = lambda title: False,
    is_word: Callable[[str], bool] = lambda word: False,
    lang: str = "zh",
) -> list[Improved]:
    """Return titles to put in an old one's stead, the nearest first.

    Changes of its own words come first, each judged again and none that only puts something before it; then of
    ``others``, made of the brief, those that keep its idea. ``faulty`` tells what the checker refuses.
    """

    def sound(title: str) -> bool:
        return not untold(title, told) and not faulty(title)

    ill = not sound(old.title) or old.length.ok is False or _rests_on_nothing(old.title, told)
    found: dict[str, Improved] = {}

    def add(score: TitleScore, why: tuple[str, ...], gain: float) -> None:
        title = score.title
        if title == old.title or title in found or score.length.ok is False or not sound(title):
            return
        if ill or score.overall.value >= old.overall.value + gain:
            found[title] = Improved(score, why, tuple(difference(old.title, title)))

    fixed, spelled = respelled(old.title, told, is_word)
    why = tuple(
        f"“{wrong}”应是“{right}”" if lang == "zh" else f"'{wrong}' should be '{right}'" for wrong, right in spelled
    )
    current = old
    if spelled:
        ill = True
        current = scorer.score(fixed)
        add(current, why, 0.0)
    own, true = _own(fixed, told)
    if len(true) >= TRUE_WORDS * len(own):
        for title, reasons in _changed(current, scorer, adviser):
            add(scorer.score(title), (*why, *reasons), 0.0)
    figures = set(told.figures.findall(_plain(fixed)))
    kin = {
        each.title: len(true & told.pairs(each.title)) + SAME_FIGURE * sum(one in _plain(each.title) for one in figures)
        for each in others
    }
    # Scores are no finer than that: of a weak title, what says the same in the brief's words is shown beside it.
    gain = -NEAR_ENOUGH if old.overall.value < WEAK else LEAST_GAIN
    patterns: set[str] = set()
    for each in sorted(others, key=lambda each: (-kin[each.title], -each.score.overall.value, each.title)):
        if kin[each.title] and each.filled.pattern.id not in patterns:
            before = len(found)
            add(each.score, (each.filled.pattern.why[lang],), gain)
            if len(found) > before:
                patterns.add(each.filled.pattern.id)
    if ill or not own or (not found and old.overall.value < WEAK):
        named = [each for each in others if any(name in each.title for name in told.names)]
        for each in choose(named or others, MOST_IMPROVED * 2):
            if each.filled.pattern.id not in patterns:
                add(each.score, (each.filled.pattern.why[lang],), LEAST_GAIN)
    return list(found.values())[:MOST_IMPROVED]


def _changed(old: TitleScore, scorer: TitleScorer, adviser: Adviser) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield what changes of its own words make of a title, one upon the other, each with why."""
    current = old
    done: tuple[str, ...] = ()
    for _ in range(MOST_STEPS):
        changes = [change for change in adviser.alone(current) if not _only_adds(current.title, change.title)]
        for change in changes:
            yield change.title, (*done, change.message)
        if not changes:
            return
        current, done = scorer.score(changes[0].title), (*done, changes[0].message)


def _only_adds(old: str, new: str) -> bool:
    """Return whether a title keeps all words of another and puts some before or behind: 打字多的人，… is no change."""
    kinds = [kind for kind, text in difference(old, new) if any(map(str.isalnum, text))]
    return "added" in kinds and len(new) > len(old)


def _own(title: str, told: Told) -> tuple[set[str], set[str]]:
    """Return what a title says beside names of the goods, as pairs of characters, and what of it the brief holds."""
    for name in told.names:
        title = title.replace(name, " ")
    own = told.pairs(title) - {pair for name in told.names for pair in told.pairs(name)}
    return own, {pair for pair in own if pair in told.text}


def _rests_on_nothing(title: str, told: Told) -> bool:
    """Return whether a title states much of which the brief holds hardly anything; a question states nothing.

    A figure that is told is worth the pairs of a word.
    """
    own, true = _own(title, told)
    figures = SAME_FIGURE * sum(map(told.holds, told.figures.findall(_plain(title))))
    return len(own) >= 2 and len(true) + figures < UNTOLD * (len(own) + figures) and not title.endswith(("？", "?"))


def _plain(text: str) -> str:
    return _LOOSE.sub("", fold_text(text))


def _exact(text: str) -> Iterator[Number]:
    return (each for each in numbers(text, range(len(text) + 1)) if each.low == each.high)


_NAMED_BEFORE = 6  # characters before a bare figure that may say what it counts
_DUTIES = "law/identify/"
_LOOSE = re.compile(r"[\s,，](?=\d{3}(?!\d))|\s+")
_HAN = re.compile(r"[\u4e00-\u9fff]+")
