"""The vocabulary every room of copykit speaks: plain, frozen values without logic.

The words of single rooms stand in ``copykit.vocabulary`` and are given here too, each when it is first asked for.

Offsets are code points of the *original* text, half-open, and are carried from the place that found them.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

if TYPE_CHECKING:
    from copykit.vocabulary.brief import *  # noqa: F403
    from copykit.vocabulary.corpus import *  # noqa: F403
    from copykit.vocabulary.drafts import *  # noqa: F403
    from copykit.vocabulary.grading import *  # noqa: F403
    from copykit.vocabulary.keywords import *  # noqa: F403
    from copykit.vocabulary.links import *  # noqa: F403
    from copykit.vocabulary.plans import *  # noqa: F403
    from copykit.vocabulary.products import *  # noqa: F403
    from copykit.vocabulary.reports import *  # noqa: F403

Severity = Literal["error", "warning", "hint"]


class Span(NamedTuple):
    """A half-open range of code points in the original text."""

    start: int
    end: int


class Token(NamedTuple):
    """One word of the original text with its part-of-speech tag (jieba's tag set)."""

    text: str
    start: int
    end: int
    tag: str


# Finding and Score are named tuples, not dataclasses: a million titles make ten million of them, and a frozen
# dataclass of 13 fields takes 1.05 µs to build where a tuple takes 0.23.
class Finding(NamedTuple):
    """One thing that a rule saw at one place, and what it is worth.

    ``points`` are whole numbers, added to the base of ``dimension``; a finding that only informs carries 0.
    ``matched_as`` is the folded form that the rule met (equal to ``match`` for plain text).
    ``message`` says what, ``why`` says the reason in the rule's own words; both are in the reader's language.
    """

    rule: str
    start: int
    end: int
    match: str
    matched_as: str
    severity: Severity
    message: str
    why: str = ""
    source: str = ""
    dimension: str | None = None
    points: int = 0
    suggestions: tuple[str, ...] = ()
    related: tuple[Span, ...] = ()


NO_PARTS: Mapping[str, float] = MappingProxyType({})
NO_FACTS: Mapping[str, str] = MappingProxyType({})


class Score(NamedTuple):
    """A number from 0 to 100 that is the visible sum of its findings.

    A dimension is ``base`` plus the points of ``findings``; a clamp to 0–100 is itself a finding, so the sum always
    holds. The overall score has ``parts`` (dimension → weight) instead and no findings of its own.
    """

    name: str
    value: float
    base: int = 0
    findings: tuple[Finding, ...] = ()
    parts: Mapping[str, float] = NO_PARTS


class Length(NamedTuple):
    """How long a title is where it will stand; ``ok`` is None when no limit is known, ``sure`` when it may block.

    ``visible`` is how much of it a list page shows, in ``unit``; None when that is not known.
    """

    used: int
    limit: int | None
    low: int | None
    unit: str
    ok: bool | None
    sure: bool
    visible: int | None = None


class TitleScore(NamedTuple):
    """A judged title.

    ``dimensions`` are the parts of ``overall`` and, beside them, the four of the content profile; ``risks`` stand
    beside and count for nothing. ``percentile`` is the share of
    titles of its kind that score lower, 0–100, None when there is no reference.
    """

    title: str
    platform: str | None
    profile: str
    overall: Score
    dimensions: Mapping[str, Score]
    risks: Mapping[str, Score]
    length: Length
    findings: tuple[Finding, ...]
    percentile: int | None = None


class Change(NamedTuple):
    """One edit that would help: what to do, the title after it, and the overall score after it."""

    message: str
    title: str
    score: float


class Tried(NamedTuple):
    """What readers did with a title: ``interval`` is the 95 % interval of its rate for one look at these counts."""

    title: str
    impressions: int
    clicks: int
    rate: float
    interval: tuple[float, float]


class Comparison(NamedTuple):
    """Titles held against each other, the one with the best rate first.

    ``verdict``: winner, undecided, not comparable. ``ratio`` is how many times as often the first is clicked as the
    second: low, middle, high of an interval that holds at every look at once; None where they cannot be compared.
    ``more_impressions_needed``: for each title, should the difference stay as it looks; None when nobody can say.
    ``reason`` and ``notes`` are sentences that ``say(lang)``.
    """

    titles: tuple[Tried, ...]
    verdict: str
    winner: str | None
    ratio: tuple[float, float, float] | None
    more_impressions_needed: int | None
    reason: Said
    notes: tuple[Said, ...] = ()
    group: str = ""


class Lesson(NamedTuple):
    """What came of learning from results, measured on groups held out.

    ``accuracy``, ``baseline`` (the longer title wins) and ``interval`` are shares of ``pairs``: titles of one group
    whose rates differ beyond chance. ``better`` is the 95 % interval of accuracy less baseline, and ``accepted`` says
    that it lies above 0. ``more`` and ``less`` are the factors that are worth most: family, name, points.
    """

    groups: int
    titles: int
    pairs: int
    accuracy: float
    interval: tuple[float, float]
    baseline: float
    better: tuple[float, float]
    more: tuple[tuple[str, str, int], ...]
    less: tuple[tuple[str, str, int], ...]

    @property
    def accepted(self) -> bool:
        """Return whether what was learned does better than the longer title."""
        return self.better[0] > 0


class Said(Protocol):
    """A sentence in both languages."""

    def say(self, lang: str = "zh") -> str:
        """Return it in ``zh`` or ``en``."""
        ...


Verdict = Literal["error", "warning", "ok"]


class Place(NamedTuple):
    """Where a finding stands in its file: 1-based lines and columns in code points, the end column exclusive.

    ``seen`` is its range in the text that readers see (without markup); ``field`` is the column of a table.
    """

    line: int
    column: int
    end_line: int
    end_column: int
    seen: Span
    field: str = ""


class Told(NamedTuple):
    """A finding of a check and its place."""

    finding: Finding
    place: Place


class Spared(NamedTuple):
    """A finding that may stand, and why: by a clause of the law, or by an excuse that its user wrote at ``by``."""

    finding: Finding
    place: Place
    reason: str
    clause: str = ""
    evidence_needed: str = ""
    by: str = ""


class Checked(NamedTuple):
    """What a check says of one text. ``text`` is what readers see.

    ``row`` is the row of a table, None for a text of its own. ``asks`` are (fact, rules of which it decides);
    ``inferred`` are the facts that the text itself told of.
    """

    file: str
    row: int | None
    verdict: Verdict
    findings: tuple[Told, ...]
    exempted: tuple[Spared, ...]
    excused: tuple[Spared, ...]
    asks: tuple[tuple[str, tuple[str, ...]], ...]
    inferred: tuple[str, ...]
    text: str


class TextKeyword(NamedTuple):
    """A keyword of one text, as it is written there.

    ``weight`` is its share of all candidates of the text, ``times`` how often it stands there, ``start`` and ``end``
    its first place in the title and the text joined by one sign. ``factors`` add up to the weight: what any candidate
    of the text has, and what each side of this one adds to it; empty unless asked for.
    """

    text: str
    weight: float
    times: int
    start: int
    end: int
    factors: Mapping[str, float] = NO_PARTS


WordRole = Literal["core", "long_tail", "own_brand", "other_brand", "low", "negative"]
ChangeState = Literal["new", "rising", "falling", "gone", "steady"]


# Room → its words.
_LATER = {
    "keywords": "Keyword SelectedWord WordChange",
    "brief": (
        "Note Claim Readers Persona Point Scene Detail Doubt Step Story Stock Link Material NO_MATERIAL Shop "
        "NO_SHOP Brief"
    ),
    "drafts": "Withheld Traced Block Draft",
    "plans": "Advice Condition TaskTemplate Cadence Channel Task Forecast PlanRow Rejected CalendarDay Plan",
    "reports": "Example WordRow TitleRow LinkRow PlanLine SourceRow Report",
    "grading": "Stocked Grade Forces Standing Removal NewClock Pushed NotPushed Formula Grading",
    "products": "Sku Product ShopWord Dropped PackedTitle FieldFinding Listing",
    "links": "PlacedLink Sign LinkReading LinkReason LinkCheck",
    "corpus": "Failure Collected Found",
}


def __getattr__(name: str) -> Any:
    """Return a word of a single room."""
    for room, words in _LATER.items():
        if name in words.split():
            return getattr(importlib.import_module(f"copykit.vocabulary.{room}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
