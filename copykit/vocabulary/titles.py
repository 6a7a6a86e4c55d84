"""A judged title, and what readers and the past say of titles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from copykit.vocabulary.findings import Finding, Said, Score


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
    beside and count for nothing. ``percentile`` is the share of titles of its kind that score lower, 0–100, None when
    there is no reference, or where most titles score about as much, which ``usual`` says. ``judged`` is False where
    nothing was found but what is not there: a standing would say nothing.
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
    judged: bool = True
    usual: bool = False


MOST_CHANGES = 2  # more than two at once nobody makes


class Change(NamedTuple):
    """One edit that would help: what to do, the title after it, and the overall score after it."""

    message: str
    title: str
    score: float


class TitleAdvice(NamedTuple):
    """What would help a title most: changes or, where no rewrite would help, what only the writer knows."""

    changes: Sequence[Change] = ()
    questions: Sequence[str] = ()


NO_TITLE_ADVICE = TitleAdvice()


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
