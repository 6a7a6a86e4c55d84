"""Titles worth choosing from: patterns filled with what is true, judged, and picked for strength and difference."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from copykit.errors import CopykitError
from copykit.model import TitleScore
from copykit.titles.score import TitleScorer, check_title
from copykit.writing.slots import Choice, Fact, related

MOST_FILLINGS = 48  # of one line of one pattern; taken evenly over all
MOST_CANDIDATES = 6000
# What a title loses by what was chosen before it, in points of a score.
LIKENESS, SAME_PATTERN, SAME_FACT, SAME_DIMENSIONS, WARNING = 34.0, 9.0, 3.0, 2.0, 6.0
WANTED = 20


@dataclass(frozen=True, slots=True)
class Pattern:
    """One way of putting a title: ``lines`` are its wordings, any of which may be filled.

    ``dimensions`` it plays on; ``why`` in both languages. ``linked``: pairs of slots that have to speak of one thing;
    ``plain``: fields without a comma inside; ``digits``: fields that hold a figure.
    """

    id: str
    dimensions: tuple[str, ...]
    why: Mapping[str, str]
    lines: tuple[Any, ...]  # compiled templates
    slots: tuple[tuple[str, ...], ...]  # of each line
    linked: tuple[tuple[str, str], ...] = ()
    plain: tuple[str, ...] = ()
    digits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A proposed title: its score, the pattern it follows, and the brief's fields that it rests on."""

    title: str
    score: TitleScore
    pattern: str
    dimensions: tuple[str, ...]
    why: str
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Filled:
    """A line with its slots filled."""

    title: str
    pattern: Pattern
    facts: tuple[str, ...]


def fill(patterns: Iterable[Pattern], choices: Mapping[str, Sequence[Choice]]) -> Iterator[Filled]:
    """Yield every pattern's lines with the brief's phrases in them; lines whose slots stay empty are left out."""
    seen: set[str] = set()
    for pattern in patterns:
        for line, slots in zip(pattern.lines, pattern.slots, strict=True):
            for values in _fillings(pattern, slots, choices):
                found = line(values)
                if found is not None and found[0] not in seen:
                    seen.add(found[0])
                    yield Filled(found[0], pattern, found[1])


def _fillings(
    pattern: Pattern, slots: Sequence[str], choices: Mapping[str, Sequence[Choice]]
) -> Iterator[dict[str, Choice]]:
    options = [choices.get(slot, ()) for slot in slots]
    if not all(options):
        return
    every = [
        values
        for values in (dict(zip(slots, some, strict=True)) for some in itertools.product(*options))
        if _suits(pattern, values)
    ]
    step = max(1, -(-len(every) // MOST_FILLINGS))
    yield from every[::step]


def _suits(pattern: Pattern, values: Mapping[str, Choice]) -> bool:
    for first, second in pattern.linked:
        if first in values and second in values and not related(values[first], values[second]):
            return False
    return not any(
        (text := _field(values, name)) and any(sign in text for sign in "，、；：") for name in pattern.plain
    ) and not any((text := _field(values, name)) and not any(map(str.isdigit, text)) for name in pattern.digits)


def _field(values: Mapping[str, Choice], name: str) -> str:
    slot, _, field = name.partition(".")
    value = values.get(slot)
    if value is None or isinstance(value, str):
        return value or ""
    return value.get(field, "")


def judge(filled: Iterable[Filled], scorer: TitleScorer, lang: str = "zh") -> list[Suggestion]:
    """Return those that may be used, judged: inside the platform's length, no error of law or platform."""
    good = []
    for each in itertools.islice(filled, MOST_CANDIDATES):
        try:
            check_title(each.title)
        except CopykitError:
            continue
        good.append(each)
    scores = scorer.score_many([each.title for each in good])
    return [
        Suggestion(each.title, score, each.pattern.id, each.pattern.dimensions, each.pattern.why[lang], each.facts)
        for each, score in zip(good, scores, strict=True)
        if score.length.ok is not False and not any(finding.severity == "error" for finding in score.findings)
    ]


def choose(suggestions: Sequence[Suggestion], wanted: int = WANTED, chosen: Sequence[str] = ()) -> list[Suggestion]:
    """Return the titles that a person would really compare, best first: strong ones, each unlike those before it.

    One after another the title is taken that keeps most of its score after what it shares with those taken before
    (words, pattern, facts, dimensions) is taken off. ``chosen`` are titles that are there already.
    """
    left = sorted(suggestions, key=lambda each: (-each.score.overall.value, each.title))
    pairs = {each.title: _pairs(each.title) for each in left}
    worst = {each.title: 0.0 for each in left}
    taken: list[Suggestion] = []
    for title in chosen:
        _compare(worst, pairs, _pairs(title))
    while left and len(taken) < wanted:
        best = max(left, key=lambda each: _worth(each, worst[each.title], taken))
        taken.append(best)
        left = [each for each in left if each.title != best.title and worst[each.title] < 0.8]
        _compare(worst, pairs, pairs[best.title])
    return taken


def _worth(each: Suggestion, likeness: float, taken: Sequence[Suggestion]) -> float:
    worth = each.score.overall.value - LIKENESS * likeness
    worth -= WARNING * sum(finding.severity == "warning" for finding in each.score.findings)
    for other in taken:
        worth -= SAME_PATTERN * (other.pattern == each.pattern)
        worth -= SAME_DIMENSIONS * (other.dimensions == each.dimensions)
        worth -= SAME_FACT * len(set(other.facts) & set(each.facts))
    return worth


def _pairs(text: str) -> frozenset[str]:
    return frozenset(text[at : at + 2] for at in range(len(text) - 1))


def _compare(worst: dict[str, float], pairs: Mapping[str, frozenset[str]], other: frozenset[str]) -> None:
    for title in worst:
        own = pairs[title]
        shared = len(own & other) / max(1, min(len(own), len(other)))
        worst[title] = max(worst[title], shared)


def difference(old: str, new: str) -> list[tuple[str, str]]:
    """Return the pieces of both titles in order: ("kept" | "removed" | "added", text)."""
    import difflib

    pieces: list[tuple[str, str]] = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(("kept", old[a:b]))
            continue
        if b > a:
            pieces.append(("removed", old[a:b]))
        if d > c:
            pieces.append(("added", new[c:d]))
    return pieces


def kept_words(title: str, choices: Mapping[str, Sequence[Choice]]) -> list[Fact]:
    """Return the phrases of the brief that an old title already holds."""
    found = []
    for some in choices.values():
        for choice in some:
            texts = [choice] if isinstance(choice, Fact) else list(choice.values())  # type: ignore[union-attr]
            found += [text for text in texts if isinstance(text, Fact) and len(text) > 1 and text in title]
    return found
