"""Titles worth choosing from: patterns filled with what is true, judged, and picked for strength and difference."""

from __future__ import annotations

import functools
import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from copykit import templating
from copykit.datafiles import DataFiles
from copykit.errors import CopykitError
from copykit.model import TitleScore
from copykit.templating import Alternate, Fact, Mark
from copykit.titles.score import TitleScorer, check_title
from copykit.writing.slots import Slots, han_pairs, related

KIND, PASSAGE = "title", "title"
MOST_FILLINGS = 48  # of one wording of one pattern; taken evenly over all
MOST_CANDIDATES = 6000
WANTED = 20
# What a title loses by those taken before it, and by a warning, in points of a score.
LIKENESS, SAME_PATTERN, SAME_FACT, SAME_DIMENSIONS, WARNING = 34.0, 9.0, 3.0, 2.0, 6.0
# Three titles that each turn some buyer away are one idea, whoever it is.
SAME_FIELD = 1.5
# Of all titles, those that rest on one kind of fact; and how many of them on the very same one.
SHARE, MOST_OF_FACT = 0.2, 2
TOO_ALIKE = 0.8  # share of pairs of characters
SAME_WORDS = 0.6  # of the words of the one that has fewer: 给学生党，… and 给单眼皮，… are one title


@dataclass(frozen=True, slots=True)
class Pattern:
    """One way of putting a title, a file of ``templates/title``; its alternates are wordings, any may be taken.

    ``dimensions`` it plays on; ``why`` by language. ``linked``: pairs of pools that have to speak of one thing;
    ``plain``: fields without a comma inside, ``paused``: with one; ``digits``: fields that hold a figure, ``wordy``:
    that hold none; ``apart``: pairs of fields that have to say different things. ``unless``: words that the title does
    not hold; ``names_goods``: it says what the goods are.
    """

    id: str
    dimensions: tuple[str, ...]
    why: Mapping[str, str]
    wordings: tuple[Alternate, ...]
    linked: tuple[tuple[str, str], ...]
    plain: tuple[str, ...]
    digits: tuple[str, ...]
    apart: tuple[tuple[str, str], ...] = ()
    paused: tuple[str, ...] = ()
    wordy: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    names_goods: bool = False


@dataclass(frozen=True, slots=True)
class Filled:
    """A wording with its places filled; ``marks`` tell where each of the brief's fields stands."""

    title: str
    pattern: Pattern
    marks: tuple[Mark, ...]

    @property
    def facts(self) -> tuple[str, ...]:
        """Return the fields that it rests on."""
        return tuple(dict.fromkeys(mark.path for mark in self.marks if mark.path))

    @property
    def kinds(self) -> frozenset[str]:
        """Return of which parts of the brief these are: claims by their field, all else by its list."""
        return frozenset(_kind(path) for path in self.facts) - _GOODS

    @property
    def fields(self) -> frozenset[str]:
        """Return what kinds of fields these are, whichever of a list it is."""
        return _fields(self.facts)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A proposed title with its score."""

    filled: Filled
    score: TitleScore
    words: frozenset[str] = frozenset()

    @property
    def title(self) -> str:
        """Return the title."""
        return self.filled.title


def load_patterns(files: DataFiles, *natures: str) -> list[Pattern]:
    """Return the patterns by id, worded for goods of some natures (``copykit/natures``) where a pattern knows them.

    Raises:
        TemplateFault: a file that cannot be used, or has no passage ``title``.
    """
    found = []
    for name, data in sorted(files.load(KIND).items()):
        file = f"{KIND}/{name}"
        passages = templating.passages(file, data["body"], data["line"])
        names = (PASSAGE, *(f"{PASSAGE}@{nature}" for nature in natures))
        wordings = next((passages[name] for name in reversed(names) if passages.get(name)), None)
        if not wordings:
            raise templating.TemplateFault(file=file, line=data["line"], reason=f"== {PASSAGE}")
        linked = tuple((first, second) for first, second in data.get("linked", ()))
        plain, digits = tuple(data.get("plain", ())), tuple(data.get("digits", ()))
        apart = tuple((first, second) for first, second in data.get("apart", ()))
        paused = tuple(data.get("paused", ()))
        kinds = tuple(data["dimensions"])
        wordy, unless = tuple(data.get("wordy", ())), tuple(data.get("unless", ()))
        goods = data.get("names_goods", False)
        found.append(
            Pattern(name, kinds, data["why"], wordings, linked, plain, digits, apart, paused, wordy, unless, goods)
        )
    return found


def fill(patterns: Iterable[Pattern], slots: Slots) -> Iterator[Filled]:
    """Yield every wording with the brief's phrases in it, each title once; what it does not tell is not written."""
    seen: set[str] = set()
    for pattern in patterns:
        for wording in pattern.wordings:
            for values in _fillings(pattern, wording, slots):
                rendered = templating.render(wording, values)
                if rendered is None:
                    continue
                title, marks = templating.unmark(rendered, slots.all, tight="all")
                if title not in seen and "\n" not in title and not _stutters(title) and _says(pattern, title, slots):
                    seen.add(title)
                    yield Filled(title, pattern, marks)


def _says(pattern: Pattern, title: str, slots: Slots) -> bool:
    """Return whether a title holds none of the words that its pattern bars, and names the goods where it has to."""
    if any(word in title for word in pattern.unless):
        return False
    return not pattern.names_goods or any(name.casefold() in title.casefold() for name in slots.goods)


def _stutters(title: str) -> bool:
    """Return whether a title says three Han characters in a row twice, as 护手霜 … 薄擦护手霜 does."""
    runs = [title[at : at + _SAID_TWICE] for at in range(len(title) - _SAID_TWICE + 1)]
    return any(runs.count(run) > 1 for run in runs if all("\u4e00" <= char <= "\u9fff" for char in run))


_SAID_TWICE = 3


def _fillings(pattern: Pattern, wording: Alternate, slots: Slots) -> Iterator[dict[str, Any]]:
    single: dict[str, Fact] = {}
    fields: dict[str, set[str]] = {}
    for name, field in wording.needs:
        if field:
            fields.setdefault(name, set()).add(field)
        elif name in slots.single:
            single[name] = slots.single[name]
        else:
            return
    pools = [[item for item in slots.pools.get(name, ()) if wanted <= item.keys()] for name, wanted in fields.items()]
    if not all(pools):
        return
    every = []
    for items in itertools.product(*pools):
        values = dict(zip(fields, items, strict=True))
        if _suits(pattern, values, slots.passing):
            every.append(values)
    step = max(1, -(-len(every) // MOST_FILLINGS))
    for values in every[::step]:
        yield {**single, **values}


def _suits(pattern: Pattern, values: Mapping[str, Mapping[str, Fact]], passing: re.Pattern[str]) -> bool:
    def text(name: str) -> str:
        pool, _, field = name.partition(".")
        fact = values.get(pool, {}).get(field)
        return fact.text if fact is not None else ""

    for first, second in pattern.linked:
        if first in values and second in values and not related(values[first], values[second], passing):
            return False
    if any(han_pairs(text(first)) & han_pairs(text(second)) for first, second in pattern.apart):
        return False
    if any("，" not in text(name) for name in pattern.paused):
        return False
    if any(sign in text(name) for name in pattern.plain for sign in "，、；："):
        return False
    if any(map(str.isdigit, "".join(map(text, pattern.wordy)))):
        return False
    return all(_FIGURE.search(text(name)) for name in pattern.digits if text(name))


# A figure that counts or measures, not one of a name: 46%, 8mm and 1 in 1–8, but not 1v1, V30 or 06Cr17Ni12Mo2.
_FIGURE = re.compile(r"(?<![A-Za-z0-9.-])[0-9]+(?:[.,][0-9]+)*(?![A-Za-z]*[0-9.])")


def judge(filled: Iterable[Filled], scorer: TitleScorer) -> list[Suggestion]:
    """Return those that may be used, judged: inside the platform's length, without an error of law or platform."""
    good = []
    for each in itertools.islice(filled, MOST_CANDIDATES):
        try:
            check_title(each.title)
        except CopykitError:
            continue
        good.append(each)
    scores = scorer.score_many([each.title for each in good])
    return [
        Suggestion(each, score, frozenset(_words(each.title, scorer)))
        for each, score in zip(good, scores, strict=True)
        if score.length.ok is not False and not any(finding.severity == "error" for finding in score.findings)
    ]


def _words(title: str, scorer: TitleScorer) -> Iterator[str]:
    return (token.text for token in scorer.segmenter.tokens(title) if token.tag != "x" or token.text.isalnum())


def _doubles(one: Suggestion, other: Suggestion) -> bool:
    """Return whether two titles say the same but for a word or two."""
    fewer = min(len(one.words), len(other.words))
    return fewer > 0 and len(one.words & other.words) >= SAME_WORDS * fewer


def choose(suggestions: Sequence[Suggestion], wanted: int = WANTED, beside: Iterable[str] = ()) -> list[Suggestion]:
    """Return the titles that a person would really compare, best first: strong ones, each unlike those before it.

    One after another that title is taken which keeps most of its score when what it shares with those taken before
    (words, pattern, facts, dimensions) is taken off. ``beside`` are titles that are there already.
    """
    left = sorted(suggestions, key=lambda each: (-each.score.overall.value, each.title))
    likeness = dict.fromkeys((each.title for each in left), 0.0)
    for title in beside:
        _compare(likeness, title)
    taken: list[Suggestion] = []
    # First each pattern once and no kind of fact more often than its share; what a thin brief lacks is then filled up.
    for spread in (True, False):
        while len(taken) < wanted:
            open_to = [each for each in left if not spread or _has_room(each, taken, wanted)]
            if not open_to:
                break
            best = max(open_to, key=lambda each: _worth(each, likeness[each.title], taken))
            taken.append(best)
            _compare(likeness, best.title)
            left = [
                each
                for each in left
                if each is not best and likeness[each.title] < TOO_ALIKE and not _doubles(each, best)
            ]
    return sorted(taken, key=lambda each: -each.score.overall.value)


def _has_room(each: Suggestion, taken: Sequence[Suggestion], wanted: int) -> bool:
    """Return whether a title's pattern is new, and none of its facts or kinds of facts had its share of the list."""
    own = each.filled
    if any(other.filled.pattern.id == own.pattern.id for other in taken):
        return False
    kinds: Counter[str] = Counter(kind for other in taken for kind in other.filled.kinds)
    facts: Counter[str] = Counter(fact for other in taken for fact in other.filled.facts)
    most = max(1, round(wanted * SHARE))
    if any(kinds[kind] >= most for kind in own.kinds):
        return False
    return not any(facts[fact] >= MOST_OF_FACT for fact in own.facts if fact not in _GOODS)


def _worth(each: Suggestion, likeness: float, taken: Sequence[Suggestion]) -> float:
    worth = each.score.overall.value - LIKENESS * likeness
    worth -= WARNING * sum(finding.severity == "warning" for finding in each.score.findings)
    own = each.filled
    for other in taken:
        worth -= SAME_PATTERN * (other.filled.pattern.id == own.pattern.id)
        worth -= SAME_DIMENSIONS * (other.filled.pattern.dimensions == own.pattern.dimensions)
        worth -= SAME_FACT * len(set(other.filled.facts) & set(own.facts))
        worth -= SAME_FIELD * len(other.filled.fields & own.fields)
    return worth


@functools.lru_cache(maxsize=MOST_CANDIDATES)
def _pairs(text: str) -> frozenset[str]:
    return frozenset(text[at : at + 2] for at in range(len(text) - 1))


def _kind(path: str) -> str:
    parts = [part for part in path.split(".") if not part.isdigit()]
    # A reader, a searched word, whom it is not for: one kind each, whichever it is.
    return ".".join(parts[:2]) if parts[0] in ("audience", "selling_points") else parts[0]


@functools.lru_cache(maxsize=MOST_CANDIDATES)
def _fields(facts: tuple[str, ...]) -> frozenset[str]:
    return frozenset(".".join(part for part in path.split(".") if not part.isdigit()) for path in facts) - _NAMES


# What names the goods may stand in any title; a reader, a price or a searched word may not stand in every one.
_GOODS = frozenset(("product", "brand", "category", "unit"))
_NAMES = _GOODS | {"price", "keywords"}


def _compare(likeness: dict[str, float], other: str) -> None:
    theirs = _pairs(other)
    for title, before in likeness.items():
        own = _pairs(title)
        likeness[title] = max(before, len(own & theirs) / max(1, min(len(own), len(theirs))))


def shares(title: str, other: str) -> float:
    """Return how much of the shorter title the other holds, 0–1, by pairs of characters."""
    own, theirs = _pairs(title), _pairs(other)
    return len(own & theirs) / max(1, min(len(own), len(theirs)))


def difference(old: str, new: str) -> list[tuple[str, str]]:
    """Return the pieces of both titles in order: (kept, removed or added, text)."""
    import difflib

    pieces: list[tuple[str, str]] = []
    for _, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if old[a:b] == new[c:d]:
            pieces.append(("kept", old[a:b]))
            continue
        pieces += [(name, text) for name, text in (("removed", old[a:b]), ("added", new[c:d])) if text]
    return pieces
