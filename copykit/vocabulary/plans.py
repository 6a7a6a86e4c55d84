"""Channels, and plans of the work on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do, or not to do, and its reason; for a duty the reason is the law that asks for it."""

    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Condition:
    """What a channel asks of a brief: one comparison with one fact, and the sentence that tells people of it."""

    fact: str
    why: str
    unknown: str = ""
    unless: str = ""
    equals: bool | None = None
    known: bool | None = None
    at_least: float | None = None
    at_most: float | None = None
    below: float | None = None
    any_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TaskTemplate:
    """A piece of work that a channel asks for; ``when``: start, each (before every post), post, end."""

    id: str
    title: str
    role: str
    hours: float
    when: str
    before: int = 0
    commands: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cadence:
    """How often a channel is fed: ``times`` to ``least`` posts every ``every_weeks`` weeks; weekdays 1 (Mon) to 7."""

    words: str
    times: int
    least: int
    weekdays: tuple[int, ...]
    time: str
    every_weeks: int = 1
    start_week: int = 1


@dataclass(frozen=True, slots=True)
class Channel:
    """A way to bring buyers, as its data file describes it.

    ``state``: alive, changed, gone, refused; ``successor`` names what took its place. ``cost_model`` says what is paid
    for (free, clicks, pieces, messages, orders, fixed); the prices are assumptions or the user's own.
    """

    id: str
    name: str
    name_en: str
    aliases: tuple[str, ...]
    method: int | None
    kind: str
    order: int
    serves: tuple[str, ...]
    what: str
    why: str
    state: str
    state_today: str
    successor: tuple[str, ...]
    needs_own_site: bool
    shop_types: tuple[str, ...]
    stages: tuple[str, ...]
    audience: tuple[str, ...]
    effort: str
    platform: str
    tracking: str
    campaign: bool
    after: str
    kpis: tuple[str, ...]
    forms: tuple[str, ...]
    source: str
    checked: str
    expires: str
    cost_model: str
    cost_note: str
    cadence: Cadence
    effect_weeks: int
    effect_words: str
    do: tuple[Advice, ...]
    dont: tuple[Advice, ...]
    duties: tuple[Advice, ...]
    needs: tuple[Condition, ...]
    fits: tuple[Condition, ...]
    themes: tuple[tuple[str, str], ...]
    tasks: tuple[TaskTemplate, ...]
    post: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Task:
    """One piece of work on one day.

    ``id`` is channel/template/day and stays the same when a plan is made again; ``code`` is its short form for typing.
    ``slot`` is the day of the post that the work is for. ``kind``: setup, make, post, campaign, review. ``state``:
    open, done, skipped. ``details`` of a post: line, theme, picture, comment, mention, visible_to, private_message,
    feedback.
    """

    id: str
    code: str
    channel: str
    template: str
    title: str
    due: date
    slot: date
    time: str
    owner: str
    hours: float
    kind: str
    commands: tuple[str, ...] = ()
    details: Mapping[str, str] = field(default_factory=dict)
    state: str = "open"
    done_on: str = ""
    note: str = ""


class Forecast(NamedTuple):
    """Orders that may come, as a range. ``basis``: own results, mixed, assumed, or none (nothing shows in time)."""

    low: float
    mid: float
    high: float
    basis: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One channel of a plan: why it was chosen, from when, how often, what it takes, what may come of it.

    ``hours`` is the largest number of hours in any week, ``cost`` the yuan of the whole plan, and ``per_period`` the
    posts of one period of the cadence.
    """

    channel: str
    name: str
    kind: str
    why: str
    start: date
    cadence: str
    per_period: int
    hours: float
    cost: float
    cost_note: str
    forecast: Forecast
    tracking: str
    tasks: tuple[Task, ...]


class Rejected(NamedTuple):
    """A channel that was left out, and why.

    ``kind``: law, gone, unfit (the shop), loss (one's own results or a click's price), hours, money.
    """

    channel: str
    name: str
    why: str
    kind: str = "unfit"


class CalendarDay(NamedTuple):
    """A day that people keep; ``use``: sell, keep, quiet. ``ship``: days before which parcels must be on their way."""

    day: date
    name: str
    use: str
    ship: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """Channels chosen and scheduled within ``budget`` yuan and ``hours`` a week.

    ``kept`` are tasks that were done or skipped before and belong to no row any more.
    """

    name: str
    product: str
    made_on: date
    start: date
    weeks: int
    budget: float
    hours: float
    goal: str
    rows: tuple[PlanRow, ...]
    rejected: tuple[Rejected, ...]
    days: tuple[CalendarDay, ...]
    forecast: Forecast
    notes: tuple[str, ...] = ()
    kept: tuple[Task, ...] = ()

    @property
    def end(self) -> date:
        """Return the first day after the plan."""
        return self.start + timedelta(weeks=self.weeks)

    @property
    def tasks(self) -> list[Task]:
        """Return the tasks of all rows by day and hour."""
        return sorted(
            (task for row in self.rows for task in row.tasks), key=lambda task: (task.due, task.time, task.id)
        )
