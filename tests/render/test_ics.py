"""A calendar that was imported follows the plan when it is imported again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import icalendar

from copykit import datafiles
from copykit.brief import read_brief
from copykit.channels.plan import Planner, Request
from copykit.model import Plan
from copykit.render.ics import plan_ics

BRIEF = read_brief(Path(__file__).parents[2] / "corpora/samples/mascara.toml")
PLANNER = Planner(datafiles.bundled())


def make(hours: float = 6, made_on: date = date(2026, 11, 22)) -> Plan:
    return PLANNER.plan(BRIEF, Request("睫毛膏", 3000, hours, date(2026, 11, 23), 4, made_on))


def events(content: bytes) -> dict[str, icalendar.Event]:
    found = icalendar.Calendar.from_ical(content).walk("VEVENT")
    by_uid = {str(event["uid"]): event for event in found}
    assert len(by_uid) == len(found)
    return by_uid


def test_every_task_and_every_day_stands_in_the_calendar_at_its_hour() -> None:
    plan = make()
    content = plan_ics(plan)
    found = events(content)
    assert len(found) == len(plan.tasks) + len(plan.days)
    told = {(str(event["summary"]), event.decoded("dtstart")) for event in found.values()}
    zone = ZoneInfo("Asia/Shanghai")
    for task in plan.tasks:
        starts = [start for summary, start in told if summary == task.title and getattr(start, "date", None)]
        assert any(start.astimezone(zone).date() == task.due for start in starts)
        if task.time:
            assert any(f"{start.astimezone(zone):%H:%M}" == task.time for start in starts)
    assert b"DTSTART;TZID=Asia/Shanghai:" in content
    assert b"BEGIN:VTIMEZONE" in content
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))


def test_the_same_plan_gives_the_same_bytes() -> None:
    plan = make()
    assert plan_ics(plan) == plan_ics(make())


def test_writing_over_an_unchanged_calendar_changes_nothing() -> None:
    plan = make()
    first = plan_ics(plan)
    later = replace(plan, made_on=plan.made_on + timedelta(days=3))
    assert events(plan_ics(later, first)) == events(first)


def test_what_changed_gets_the_next_number_and_what_went_is_cancelled() -> None:
    plan = make(hours=6)
    first = plan_ics(plan)
    row = plan.rows[1]
    task = row.tasks[0]
    moved = replace(row, tasks=(replace(task, due=task.due + timedelta(days=1)), *row.tasks[1:-1]))
    changed = replace(plan, rows=(plan.rows[0], moved, *plan.rows[2:]), made_on=date(2026, 11, 25))
    old, new = events(first), events(plan_ics(changed, first))
    assert set(old) == set(new)  # nothing vanishes from a calendar by being left out
    differing = [uid for uid in new if new[uid] != old[uid]]
    gone = [uid for uid in differing if str(new[uid]["status"]) == "CANCELLED"]
    assert len(gone) == 1
    assert str(old[gone[0]]["summary"]) == row.tasks[-1].title
    assert {int(new[uid]["sequence"]) for uid in differing} == {1}
    assert any(old[uid]["summary"] == task.title for uid in differing)
    third = events(plan_ics(plan, plan_ics(changed, first)))
    assert int(third[gone[0]]["sequence"]) == 2
    assert str(third[gone[0]]["status"]) == "CONFIRMED"


def test_a_file_that_is_no_calendar_is_written_over() -> None:
    plan = make()
    assert plan_ics(plan, b"\xff\x00not a calendar") == plan_ics(plan)


def test_who_reads_english_gets_english_labels() -> None:
    plan = Planner(datafiles.bundled(), lang="en").plan(
        BRIEF, Request("睫毛膏", 3000, 6, date(2026, 11, 23), 4, date(2026, 11, 22))
    )
    told = [str(event.get("description", "")) for event in events(plan_ics(plan, lang="en")).values()]
    assert any(text.startswith("Shop search · operations · 1 h · code ") for text in told)
    assert not any("做完" in text or "编号" in text for text in told)
