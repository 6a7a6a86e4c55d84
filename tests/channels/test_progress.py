"""Progress tells what is due and late and, in numbers, whether the cadence was kept."""

from __future__ import annotations

from datetime import timedelta

import pytest

from copykit.channels.progress import (
    AmbiguousTask,
    PlanUnreadable,
    UnknownTask,
    cadence_of,
    find_task,
    marked,
    plan_from,
    status_of,
)
from copykit.model import Plan
from copykit.render.plan import plan_json
from copykit.state import Mark

WEEK = timedelta(weeks=1)


def posts(plan: Plan, channel: str) -> list[str]:
    return [task.id for task in plan.tasks if task.channel == channel and task.kind == "post"]


def test_nothing_is_late_before_it_was_due(rich_plan: Plan) -> None:
    now = status_of(rich_plan, rich_plan.start, {})
    assert (now.week, now.done, now.late) == (1, 0, ())
    assert now.due
    assert all(task.due == rich_plan.start for task in now.due)
    assert status_of(rich_plan, rich_plan.start - timedelta(days=1), {}).week == 0
    over = status_of(rich_plan, rich_plan.end, {})
    assert over.week == rich_plan.weeks + 1
    assert len(over.late) == over.open == len(rich_plan.tasks)


def test_a_cadence_is_kept_by_posts_made_in_their_week(rich_plan: Plan) -> None:
    row = next(row for row in rich_plan.rows if row.channel == "xiaohongshu_notes")
    due = {task.id: task.due for task in row.tasks if task.kind == "post"}
    everything = marked(rich_plan, {name: Mark("done", day.isoformat(), "") for name, day in due.items()})
    row = next(row for row in everything.rows if row.channel == "xiaohongshu_notes")
    kept = cadence_of(everything, row, rich_plan.end)
    assert kept is not None
    assert (kept.weeks, kept.kept, kept.streak, kept.broken) == (4, 4, 4, None)


@pytest.mark.parametrize("how", ["open", "skipped", "a week late"])
def test_a_post_left_out_breaks_the_cadence_whatever_the_reason(rich_plan: Plan, how: str) -> None:
    row = next(row for row in rich_plan.rows if row.channel == "xiaohongshu_notes")
    tasks = [task for task in row.tasks if task.kind == "post"]
    marks = {task.id: Mark("done", task.due.isoformat(), "") for task in tasks}
    missed = next(task for task in tasks if task.due >= rich_plan.start + WEEK)
    if how == "open":
        del marks[missed.id]
    elif how == "skipped":
        marks[missed.id] = Mark("skipped", missed.due.isoformat(), "停电")
    else:
        marks[missed.id] = Mark("done", (missed.due + WEEK).isoformat(), "")
    plan = marked(rich_plan, marks)
    row = next(row for row in plan.rows if row.channel == "xiaohongshu_notes")
    kept = cadence_of(plan, row, rich_plan.end)
    assert kept is not None
    assert (kept.weeks, kept.kept, kept.streak) == (4, 3, 2)
    assert kept.broken == (rich_plan.start + WEEK, 3, 2)


def test_the_week_that_runs_is_not_judged_yet(rich_plan: Plan) -> None:
    row = next(row for row in rich_plan.rows if row.channel == "xiaohongshu_notes")
    first = cadence_of(rich_plan, row, rich_plan.start + timedelta(days=6))
    assert first is not None
    assert (first.weeks, first.this_week) == (0, (0, 3))


def test_marks_are_laid_on_and_taken_off(rich_plan: Plan) -> None:
    task = rich_plan.tasks[0]
    done = marked(rich_plan, {task.id: Mark("done", "2026-11-23", "顺")})
    found = find_task(done, task.id)
    assert (found.state, found.done_on, found.note) == ("done", "2026-11-23", "顺")
    assert marked(done, {}) == rich_plan


def test_a_task_is_found_by_its_code_or_the_beginning_of_it(rich_plan: Plan) -> None:
    task = rich_plan.tasks[0]
    assert find_task(rich_plan, task.code.upper()) == task
    with pytest.raises(UnknownTask):
        find_task(rich_plan, "????")
    with pytest.raises(UnknownTask):
        find_task(rich_plan, "")
    firsts = [task.code[0] for task in rich_plan.tasks]
    twice = next(sign for sign in firsts if firsts.count(sign) > 1)
    with pytest.raises(AmbiguousTask) as caught:
        find_task(rich_plan, twice)
    assert "请写全" in caught.value.say("zh")


@pytest.mark.parametrize("change", [{"rows": None}, {"start": "明天"}, {"forecast": 3}, {"weeks": "x"}])
def test_a_file_that_is_no_plan_is_told(rich_plan: Plan, change: dict[str, object]) -> None:
    with pytest.raises(PlanUnreadable) as caught:
        plan_from(plan_json(rich_plan) | change, "别的.json")
    assert "别的.json 不是 copykit 的计划" in caught.value.say("zh")
