"""What a report tells of a period."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple


class Example(NamedTuple):
    """A word where it stands: the text around it, and which document that is."""

    before: str
    match: str
    after: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class WordRow:
    """How a searched word stands in a report.

    ``state``: new, rising, one_day (a rise that one day alone brought), falling, gone, steady. ``history`` are its
    figures by period, oldest first, None where it was not among those that were kept; ``year_ago`` is that of the same
    weeks last year. ``titles`` are own titles that hold it, ``could`` those that might.
    """

    keyword: str
    state: str
    before: float | None
    after: float | None
    ratio: float | None
    history: tuple[float | None, ...] = ()
    examples: tuple[Example, ...] = ()
    titles: tuple[str, ...] = ()
    could: tuple[str, ...] = ()
    own: bool = False
    note: str = ""
    commands: tuple[str, ...] = ()
    year_ago: float | None = None


class YearPart(NamedTuple):
    """A period against the like of it a year ago: its name, its days, the words that changed most since.

    The ratios of its words are taken against the rest: in a year the whole has changed as well.
    """

    period: str
    days: str
    words: tuple[WordRow, ...]


class TitleRow(NamedTuple):
    """An own title in a report: its score, what it was last time, and the one thing to change first."""

    title: str
    score: float
    before: float | None
    why: str
    better: str = ""


class LinkRow(NamedTuple):
    """A link that was looked for: ok, lost, changed, nofollow, unreachable."""

    page: str
    link: str
    state: str
    detail: str = ""


class PlanLine(NamedTuple):
    """How one channel of a plan was kept."""

    channel: str
    cadence: str
    kept: bool
    words: str


class SourceRow(NamedTuple):
    """Where a report's texts came from; ``ok`` False: it could not be read, and ``detail`` says why.

    ``figure`` is the sum of what it gave, ``share`` its part of all; None where they cannot be added up or told apart.
    """

    name: str
    documents: int
    ok: bool
    detail: str = ""
    figure: float | None = None
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What a period brought. ``lead`` are the sentences that matter first; ``words`` by state, best first.

    ``periods`` name the columns of the words' histories; ``notes`` tell what a reader has to know (a missed period, a
    comparison that is not like with like). ``top`` are the words with the largest figures, whatever became of them;
    ``whole`` says how much there was in all. A part that was not asked for, or cannot be had, is None; of the links
    only those are told that are not as they should be.
    """

    name: str
    period: str
    days: str
    made_on: str
    measure: str
    lead: tuple[str, ...]
    words: Mapping[str, tuple[WordRow, ...]]
    own: tuple[WordRow, ...]
    periods: tuple[str, ...]
    totals: tuple[tuple[str, str], ...]
    titles: tuple[TitleRow, ...] | None
    links: tuple[LinkRow, ...] | None
    plan: tuple[PlanLine, ...] | None
    due: tuple[tuple[str, str], ...]
    sources: tuple[SourceRow, ...]
    notes: tuple[str, ...]
    commands: tuple[str, ...]
    year: YearPart | None = None
    top: tuple[WordRow, ...] = ()
    whole: str = ""
