"""How a plan is kept: what is done, due and late, and whether each channel's cadence held (methods D·16)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, NamedTuple

from copykit.errors import CopykitError
from copykit.model import CalendarDay, Forecast, Plan, PlanRow, Rejected, Task
from copykit.state import Mark

_WEEK = timedelta(weeks=1)


class UnknownTask(CopykitError):
    """A code that no task of the plan has."""

    zh = "计划“{plan}”里没有编号 {code} 的任务；看编号：copykit channels status"
    en = "the plan '{plan}' has no task {code}; see the codes: copykit channels status"


class AmbiguousTask(CopykitError):
    """A beginning that several tasks share."""

    zh = "{code} 对得上 {count} 个任务，请写全：{codes}"
    en = "{code} fits {count} tasks; write it out: {codes}"


class Cadence(NamedTuple):
    """How one channel's posts were kept up. Weeks are those that are over; ``broken`` tells of the last one missed.

    ``broken``: the week's first day, posts planned, posts made in time.
    """

    channel: str
    name: str
    words: str
    weeks: int
    kept: int
    streak: int
    broken: tuple[date, int, int] | None
    this_week: tuple[int, int]  # made, planned


@dataclass(frozen=True, slots=True)
class Status:
    """Where a plan stands on a day."""

    plan: Plan
    today: date
    week: int  # from 1; 0 before the plan begins, weeks + 1 when it is over
    done: int
    skipped: int
    due: tuple[Task, ...]
    late: tuple[Task, ...]
    coming: tuple[Task, ...]
    open: int
    cadences: tuple[Cadence, ...]
    notes: Mapping[str, Sequence[tuple[str, str]]]


def marked(plan: Plan, marks: Mapping[str, Mark]) -> Plan:
    """Return a plan with what became of its tasks."""

    def of(task: Task) -> Task:
        mark = marks.get(task.id)
        if mark is None:
            return replace(task, state="open", done_on="", note="")
        return replace(task, state=mark.state, done_on=mark.on_day, note=mark.note)

    rows = tuple(replace(row, tasks=tuple(map(of, row.tasks))) for row in plan.rows)
    return replace(plan, rows=rows, kept=tuple(map(of, plan.kept)))


def status_of(plan: Plan, today: date, notes: Mapping[str, Sequence[tuple[str, str]]]) -> Status:
    """Return where a marked plan stands: what is due today, late, and coming in the six days after."""
    tasks = plan.tasks
    still = [task for task in tasks if task.state == "open"]
    every = [*tasks, *plan.kept]
    elapsed = (today - plan.start).days // 7 + 1 if today >= plan.start else 0
    return Status(
        plan=plan,
        today=today,
        week=min(elapsed, plan.weeks + 1),
        done=sum(task.state == "done" for task in every),
        skipped=sum(task.state == "skipped" for task in every),
        due=tuple(task for task in still if task.due == today),
        late=tuple(task for task in still if task.due < today),
        coming=tuple(task for task in still if today < task.due < today + _WEEK),
        open=len(still),
        cadences=tuple(cadence for row in plan.rows if (cadence := cadence_of(plan, row, today)) is not None),
        notes=notes,
    )


def cadence_of(plan: Plan, row: PlanRow, today: date) -> Cadence | None:
    """Return how a channel's posts were kept up; None when it has none to keep up.

    A week is kept when every post planned for it was made before it ended. A skipped post was not made: readers do not
    see the reason. Weeks without a post neither keep nor break a streak.
    """
    posts = [task for task in (*row.tasks, *plan.kept) if task.channel == row.channel and task.kind == "post"]
    if not posts:
        return None
    weeks: dict[int, list[Task]] = {}
    for task in posts:
        weeks.setdefault((task.due - plan.start).days // 7, []).append(task)
    kept = over = streak = 0
    broken: tuple[date, int, int] | None = None
    this_week = (0, 0)
    for number in sorted(weeks):
        first = plan.start + number * _WEEK
        made = sum(task.state == "done" and task.done_on < (first + _WEEK).isoformat() for task in weeks[number])
        planned = len(weeks[number])
        if first <= today < first + _WEEK:
            this_week = (made, planned)
        if first + _WEEK > today:
            continue
        over += 1
        if made >= planned:
            kept, streak = kept + 1, streak + 1
        else:
            streak, broken = 0, (first, planned, made)
    return Cadence(row.channel, row.name, row.cadence, over, kept, streak, broken, this_week)


def find_task(plan: Plan, code: str) -> Task:
    """Return the task with a code, the beginning of one, or an id.

    Raises:
        UnknownTask, AmbiguousTask: with what to do.
    """
    tasks = [*plan.tasks, *plan.kept]
    wanted = code.strip().lower()
    exact = [task for task in tasks if wanted in (task.code, task.id)]
    found = exact or [task for task in tasks if wanted and task.code.startswith(wanted)]
    if not found:
        raise UnknownTask(plan=plan.name, code=code)
    if len(found) > 1:
        raise AmbiguousTask(code=code, count=len(found), codes="、".join(task.code for task in found[:6]))
    return found[0]


class PlanUnreadable(CopykitError):
    """A plan's JSON that is none."""

    zh = "{name} 不是 copykit 的计划：{reason}；用 copykit channels plan … --format json 重新生成"
    en = "{name} is no plan of copykit's: {reason}; make it again with copykit channels plan … --format json"


def plan_from(body: Mapping[str, Any], name: str) -> Plan:
    """Read a plan back from its JSON; ``name`` is what errors call it.

    Raises:
        PlanUnreadable: a key is missing or of another kind.
    """
    try:
        return _plan(body)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        shown = re.sub(r"\s+", " ", str(error))[:80]
        raise PlanUnreadable(name=name, reason=f"{type(error).__name__} {shown}") from None


def _plan(body: Mapping[str, Any]) -> Plan:
    return Plan(
        name=str(body["name"]),
        product=str(body["product"]),
        made_on=date.fromisoformat(body["made_on"]),
        start=date.fromisoformat(body["start"]),
        weeks=int(body["weeks"]),
        budget=float(body["budget"]),
        hours=float(body["hours"]),
        goal=str(body["goal"]),
        rows=tuple(_row(row) for row in body["rows"]),
        rejected=tuple(Rejected(row["channel"], row["name"], row["why"], row["kind"]) for row in body["rejected"]),
        days=tuple(
            CalendarDay(date.fromisoformat(day["day"]), day["name"], day["use"], day["ship"]) for day in body["days"]
        ),
        forecast=_forecast(body["forecast"]),
        notes=tuple(body["notes"]),
        kept=tuple(_task(task) for task in body["kept"]),
    )


def _row(row: Mapping[str, Any]) -> PlanRow:
    return PlanRow(
        channel=row["channel"],
        name=row["name"],
        kind=row["kind"],
        why=row["why"],
        start=date.fromisoformat(row["start"]),
        cadence=row["cadence"],
        per_period=int(row["per_period"]),
        hours=float(row["hours"]),
        cost=float(row["cost"]),
        cost_note=row["cost_note"],
        forecast=_forecast(row["forecast"]),
        tracking=row["tracking"],
        tasks=tuple(_task(task) for task in row["tasks"]),
    )


def _forecast(value: Mapping[str, Any]) -> Forecast:
    return Forecast(value["low"], value["mid"], value["high"], value["basis"], value["note"])


def _task(task: Mapping[str, Any]) -> Task:
    days = {name: date.fromisoformat(task[name]) for name in ("due", "slot")}
    return Task(**{**task, **days, "commands": tuple(task["commands"])})
