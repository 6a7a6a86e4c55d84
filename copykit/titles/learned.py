"""What a user's own readers chose, as a file that people can read and mend, and as findings of a score.

A learned profile stands on one of the bundled ones: the rules of that one are asked as ever, and each of their findings
may be worth something to these readers; beside them words, pairs of words, openings and the length. All points are
whole and every one belongs to a place in the title.
"""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from copykit import parsing
from copykit.errors import CopykitError, DataFileError
from copykit.late import late
from copykit.model import Finding
from copykit.rules.kinds import Build, KindMaker
from copykit.rules.reading import Reading
from copykit.rules.rule import Rule
from copykit.titles.profile import Dimension, Profile

READERS = "readers"
FAMILIES = ("rules", "words", "pairs", "openings")
BASE = 50


class Traits(NamedTuple):
    """What of a title may be learned: (family, name) → how often, and its words."""

    counts: Mapping[tuple[str, str], int]
    words: int


class Feature(NamedTuple):
    """One thing in a title that readers may like or not: its family and name, its folded range, the rule's finding."""

    family: str
    name: str
    start: int
    end: int
    finding: Finding | None = None


@dataclass(frozen=True, slots=True)
class Learned:
    """A learned profile.

    ``stands_on`` is the profile whose rules are asked. ``points`` maps family → name → points; ``per_word`` are points
    for each word more than ``usual_words``. ``about`` says from what it was learned and how well it did.
    ``base`` is where a title without any of them stands, and ``percentiles`` are 99 scores of the titles learned from.
    """

    name: str
    stands_on: str
    points: Mapping[str, Mapping[str, int]]
    per_word: float = 0.0
    usual_words: float = 0.0
    base: int = BASE
    about: Mapping[str, Any] = field(default_factory=dict)
    percentiles: Sequence[float] = ()

    def profile(self, base: Profile, lang: str = "zh") -> Profile:
        """Return the profile that judges by the readers alone and keeps the base's dimensions beside."""
        label = "你的读者" if lang == "zh" else "your readers"
        short = "读者" if lang == "zh" else "readers"
        readers = Dimension(READERS, label, short, self.base, 1.0)
        beside = {**base.dimensions, **base.beside}
        return Profile(
            self.name, self.name, {READERS: readers}, beside, base.risks, base.notes, base.leaves_out, base.packs
        )

    def rules(self, lang: str = "zh") -> list[Rule]:
        """Return the rule of each family, which says what its findings say."""
        groups = self.about.get("groups", 0)
        why = f"从你的 {groups:,} 组结果学来" if lang == "zh" else f"learned from {groups:,} groups of your results"
        return [
            Rule(f"learned/{family}", "learned", message, why, "titles learn", READERS)
            for family, message in _MESSAGES[lang].items()
        ]

    def points_of(self, feature: Feature) -> int:
        """Return what a feature is worth."""
        return self.points.get(feature.family, {}).get(feature.name, 0)

    def length_points(self, words: int) -> int:
        """Return what a length in words is worth."""
        return round(self.per_word * (words - self.usual_words))


_MESSAGES = {
    "zh": {
        "rules": "你的读者{taste}这样的：{what}",
        "words": "你的读者{taste}“{match}”这个词",
        "pairs": "你的读者{taste}“{match}”连在一起",
        "openings": "你的读者{taste}用“{match}”开头",
        "length": "{used} 个词，你的标题平均 {usual} 个；你的读者{taste}长的",
    },
    "en": {
        "rules": "your readers click {taste} where {what}",
        "words": "your readers click {taste} on '{match}'",
        "pairs": "your readers click {taste} on '{match}' together",
        "openings": "your readers click {taste} on titles that open with '{match}'",
        "length": "{used} words, {usual} is usual; your readers click {taste} on longer ones",
    },
}
_TASTE = {"zh": ("更爱点", "不爱点"), "en": ("more", "less")}


def kind_of(learned: Learned) -> dict[str, KindMaker]:
    """Return the kind of rule that tells what a learned profile makes of a title."""
    return {"learned": lambda rule, build: LearnedKind(rule, build, learned)}


class LearnedKind:
    """Turns the features of its family into findings, after the other rules were asked."""

    def __init__(self, rule: Rule, build: Build, learned: Learned) -> None:
        self.rule = rule
        self.triggers: frozenset[int] | None = frozenset()
        self._family = rule.id.partition("/")[2]
        self._learned = learned
        self._taste = _TASTE[build.lang]

    def find(self, reading: Reading) -> Iterable[Finding]:
        """Yield nothing: see ``conclude``."""
        return ()

    def conclude(self, reading: Reading, findings: Sequence[Finding]) -> list[Finding]:
        """Return a finding for every feature that is worth something."""
        if self._family == "length":
            return self._length(reading)
        told = []
        for feature in _features_of(self._family, reading, findings):
            points = self._learned.points_of(feature)
            if points:
                taste = self._taste[points < 0]
                told.append(self._told(reading, feature, points, taste))
        return told

    def _told(self, reading: Reading, feature: Feature, points: int, taste: str) -> Finding:
        found = feature.finding
        if found is None:
            return self.rule.finding(reading, feature.start, feature.end, points=points, taste=taste)
        # A rule's finding is in offsets of the source already.
        message = self.rule.message.format(taste=taste, what=found.message)
        return found._replace(
            rule=self.rule.id,
            message=message,
            why=self.rule.why,
            source=found.rule,
            dimension=READERS,
            points=points,
            severity="hint",
            suggestions=(),
        )

    def _length(self, reading: Reading) -> list[Finding]:
        used = len(tokens(reading))
        points = self._learned.length_points(used)
        if not points:
            return []
        taste = self._taste[self._learned.per_word < 0]
        usual = f"{self._learned.usual_words:.0f}"
        return [
            self.rule.finding(reading, 0, len(reading.folded.text), points=points, used=used, usual=usual, taste=taste)
        ]


# --- features ---------------------------------------------------------------------------------------------------------


def traits(reading: Reading, findings: Sequence[Finding]) -> Traits:
    """Return everything in a title that may be learned."""
    found = (feature for family in FAMILIES for feature in _features_of(family, reading, findings))
    return Traits(Counter((feature.family, feature.name) for feature in found), len(tokens(reading)))


def tokens(reading: Reading) -> list[tuple[str, int, int]]:
    """Return the words of a title with their folded ranges; signs are no words, don't is one."""
    found: list[tuple[str, int, int]] | None = reading.memo.get("learned tokens")
    if found is None:
        text = reading.folded.text
        found = [(match[0], *match.span()) for match in _LATIN.finditer(text)]
        if not text.isascii():
            starts = reading.starts
            found += [
                (word, start, start + len(word))
                for word, start in zip(reading.words, starts, strict=False)
                if _OTHER.search(word)
            ]
            found.sort(key=lambda token: token[1])
        reading.memo["learned tokens"] = found
    return found


def _features_of(family: str, reading: Reading, findings: Sequence[Finding]) -> Iterator[Feature]:
    if family == "rules":
        # What a clamp or another learned factor says is no trait of the title.
        for finding in findings:
            if finding.dimension is not None and finding.dimension != READERS:
                yield Feature("rules", finding.rule, finding.start, finding.end, finding)
        return
    words = tokens(reading)
    seen: set[str] = set()
    if family == "words":
        for word, start, end in words:
            name = word_family(word)
            if name not in seen:
                seen.add(name)
                yield Feature("words", name, start, end)
    elif family == "pairs":
        text = reading.folded.text
        for (one, start, middle), (two, begin, end) in itertools.pairwise(words):
            name = f"{_plain(one)} {_plain(two)}"
            if name not in seen and not _BREAK.search(text, middle, begin):
                seen.add(name)
                yield Feature("pairs", name, start, end)
    elif words:
        for count in range(1, min(2, len(words)) + 1):
            name = " ".join(_plain(word) for word, _, _ in words[:count])
            yield Feature("openings", name, words[0][1], words[count - 1][2])


def word_family(word: str) -> str:
    """Return what a word shares with its near kin: worry, worried and worrying are ``worr``; Han words stand alone."""
    if not _LATIN.fullmatch(word):
        return word
    word = _CLITIC.sub("", _plain(word))
    for suffixes in _SUFFIXES:
        for suffix in suffixes:
            if word.endswith(suffix) and len(word) - len(suffix) >= _ROOT:
                word = word[: -len(suffix)]
                break
    return word


def _plain(word: str) -> str:
    return word.replace("’", "'")


_LATIN = late(r"[a-z]+(?:['’][a-z]+)*|\d+(?:[.,]\d+)*%?")
_OTHER = late(r"[^\W\da-z_]")  # letters of other scripts, Han above all
_BREAK = late(r"[.,;:!?。，！？；：、…—()（）|]")
_CLITIC = late(r"'(?:s|re|ve|ll|d|m)$")
# Taken off one after another; what is left keeps four letters, so that here does not become her.
_SUFFIXES = (("s",), ("ingly", "edly", "ing", "ied", "ed", "ly", "er"), ("ie", "y", "e"))
_ROOT = 4


# --- the file ---------------------------------------------------------------------------------------------------------


class NotLearned(CopykitError):
    """A profile that is neither known by name nor a file."""

    zh = "没有叫“{name}”的打分方案，也没有这个文件；可以用 {known}，或 titles learn 写的 .toml"
    en = "there is no profile '{name}', nor such a file; known: {known}, or a .toml that titles learn wrote"


def read_learned(path: Path) -> Learned:
    """Read a learned profile.

    Raises:
        FileMissing: there is no such file.
        DataFileError: with every unknown key and bad value, its line and its cure.
    """
    value, problems = parsing.parse_file(path, "learned")
    if problems:
        raise DataFileError(problems)
    length = value.get("length", {})
    return Learned(
        value["name"],
        value["stands_on"],
        {family: value.get(family, {}) for family in FAMILIES},
        length.get("per_word", 0.0),
        length.get("usual_words", 0.0),
        value["base"],
        value["about"],
        tuple(value.get("percentiles", ())),
    )


def learned_toml(learned: Learned) -> Iterator[str]:
    """Yield the lines of a learned profile's file, the largest points of each family first."""
    yield "# titles learn 写的：每个因素值几分，可以删改；用法：copykit titles score … --profile 这个文件"
    yield "# Written by titles learn: what each factor is worth; may be edited."
    yield f"name = {_quoted(learned.name)}"
    yield f"stands_on = {_quoted(learned.stands_on)}"
    yield f"base = {learned.base}  # 什么都没有时的分；学过的标题平均 50 / a title without any factor"
    yield f"percentiles = [{', '.join(f'{value:g}' for value in learned.percentiles)}]"
    yield ""
    yield "[about]"
    for key, value in learned.about.items():
        yield f"{key} = {json.dumps(value, ensure_ascii=False)}"
    yield ""
    yield "[length]  # 每多一个词加几分 / points for each word more than usual"
    yield f"per_word = {learned.per_word:.4f}"
    yield f"usual_words = {learned.usual_words:.2f}"
    headings = {
        "rules": "自带规则看到的东西 / what the bundled rules see",
        "words": "词；英文词去掉了词尾（worr 是 worry、worried）/ words, English ones without their endings",
        "pairs": "连着的两个词 / two words in a row",
        "openings": "开头 / openings",
    }
    for family in FAMILIES:
        yield ""
        yield f"[{family}]  # {headings[family]}"
        ordered = sorted(learned.points.get(family, {}).items(), key=lambda item: (-abs(item[1]), item[0]))
        for name, points in ordered:
            yield f"{_quoted(name)} = {points}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
