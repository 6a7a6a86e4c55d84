"""A plan as a calendar file that phones and desks import, and import again.

An event keeps its UID for as long as its task keeps its id. Written over an earlier file, an event that changed gets
the next SEQUENCE, one that did not change stays byte for byte, and one that is gone is cancelled, so that a calendar
that imported the first file follows. Nothing depends on the moment of writing: DTSTAMP is the day the plan was made.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from copykit.model import CalendarDay, Plan, Task
from copykit.render.channels import ROLES
from copykit.render.plan import DETAILS

if TYPE_CHECKING:
    from icalendar import Event

ZONE = "Asia/Shanghai"
BEGINS = "10:00"  # when the first work of a day begins that has no hour of its own


def plan_ics(plan: Plan, previous: bytes = b"", lang: str = "zh") -> bytes:
    """Return the calendar; ``previous`` is the file written before."""
    from icalendar import Calendar

    names = {row.channel: row.name for row in plan.rows}
    calendar = Calendar()
    calendar.add("prodid", "-//copykit//channels plan//ZH")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", f"{plan.name} {'引流计划' if lang == 'zh' else 'plan'}")
    calendar.add("x-wr-timezone", ZONE)
    before = _events_of(previous)
    stamp = datetime.combine(plan.made_on, time(0), UTC)
    events = [_task_event(task, start, plan, names, lang) for task, start in _laid_out(plan.tasks)]
    events += [_day_event(plan, day, lang) for day in plan.days]
    fresh = {str(event["uid"]) for event in events}
    for event in events:
        _number(event, before.get(str(event["uid"])), stamp)
        calendar.add_component(event)
    for uid, old in sorted(before.items()):
        if uid not in fresh and uid.endswith(f"@{_place(plan)}"):
            calendar.add_component(_cancelled(old, stamp))
    calendar.add_missing_timezones()
    written: bytes = calendar.to_ical()
    return written


def _laid_out(tasks: Sequence[Task]) -> list[tuple[Task, datetime]]:
    """Return each task with its beginning: at its own hour, else one after the other from ten o'clock on."""
    zone = ZoneInfo(ZONE)
    free: dict[tuple[date, str], datetime] = {}
    laid = []
    for task in tasks:
        if task.time:
            laid.append((task, datetime.combine(task.due, time.fromisoformat(task.time), zone)))
            continue
        key = (task.due, task.owner)
        start = free.get(key, datetime.combine(task.due, time.fromisoformat(BEGINS), zone))
        laid.append((task, start))
        # Never over midnight: whoever has that much to do on a day has it in any order.
        last = datetime.combine(task.due, time(23), zone)
        free[key] = min(start + _length(task), last)
    return laid


def _length(task: Task) -> timedelta:
    return timedelta(minutes=max(round(task.hours * 60), 15))


def _task_event(task: Task, start: datetime, plan: Plan, names: Mapping[str, str], lang: str) -> Event:
    from icalendar import Event

    event = Event()
    event.add("uid", f"{_hash(task.id)}@{_place(plan)}")
    event.add("dtstart", start)
    event.add("dtend", start + _length(task))
    event.add("summary", task.title)
    hours, code, colon, done = _WORDS[lang]
    owner = ROLES[lang].get(task.owner, task.owner)
    lines = [f"{names.get(task.channel, task.channel)} · {owner} · {task.hours:g} {hours} · {code} {task.code}"]
    told = {key: value for key, value in task.details.items() if key != "theme" and value}
    lines += [f"{label}{colon}{told[key]}" for key, label in DETAILS[lang].items() if key in told]
    lines += list(task.commands)
    lines.append(f"{done}{colon}copykit channels done {task.code}")
    event.add("description", "\n".join(lines))
    event.add("categories", [names.get(task.channel, task.channel)])
    event.add("status", "CANCELLED" if task.state == "skipped" else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if task.state == "done" else "OPAQUE")
    return event


_WORDS = {"zh": ("小时", "编号", "：", "做完"), "en": ("h", "code", ": ", "when done")}


def _day_event(plan: Plan, day: CalendarDay, lang: str) -> Event:
    from icalendar import Event

    event = Event()
    event.add("uid", f"{_hash(f'{day.day.isoformat()}/{day.name}')}@{_place(plan)}")
    event.add("dtstart", day.day)
    event.add("dtend", day.day + timedelta(days=1))
    quiet = "（不发促销）" if lang == "zh" else " (no promotion)"
    event.add("summary", day.name + quiet * (day.use == "quiet"))
    event.add("status", "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    return event


def _number(event: Event, old: Any, stamp: datetime) -> None:
    """Give an event its SEQUENCE and DTSTAMP: the old ones as long as nothing changed, else the next."""
    if old is None:
        event.add("sequence", 0)
        event.add("dtstamp", stamp)
        return
    number = int(old.get("sequence", 0))
    same = _content(event) == _content(old)
    event.add("sequence", number if same else number + 1)
    # Never back in time: some calendars go by DTSTAMP alone.
    event.add("dtstamp", old.decoded("dtstamp") if same else max(stamp, old.decoded("dtstamp")))


def _cancelled(old: Any, stamp: datetime) -> Any:
    if str(old.get("status")) != "CANCELLED":
        number = int(old.get("sequence", 0))
        for key in ("status", "sequence", "dtstamp"):
            old.pop(key, None)
        old.add("status", "CANCELLED")
        old.add("sequence", number + 1)
        old.add("dtstamp", stamp)
    return old


def _content(event: Any) -> list[bytes]:
    return [
        value.to_ical() if hasattr(value, "to_ical") else str(value).encode()
        for key, value in sorted(event.items())
        if key not in ("SEQUENCE", "DTSTAMP")
    ]


def _events_of(previous: bytes) -> dict[str, Any]:
    """Return the events of an earlier file by UID; a file that is no calendar has none."""
    from icalendar import Calendar

    if not previous.strip():
        return {}
    try:
        calendar = Calendar.from_ical(previous)
    except ValueError:
        return {}
    return {str(event["uid"]): event for event in calendar.walk("VEVENT") if "uid" in event and "dtstamp" in event}


def _place(plan: Plan) -> str:
    return f"{_hash(plan.name)}.plan.copykit"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:20]
