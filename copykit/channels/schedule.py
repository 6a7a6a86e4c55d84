"""Turn a channel's task templates into tasks on days: posts at their hour, work on working days, campaigns of days."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from copykit.calendar import Calendar, Workdays
from copykit.model import Brief, CalendarDay, Channel, Task, TaskTemplate

DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)
_NEAR = timedelta(days=6)
CODE_SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"  # none that looks like another


@dataclass(frozen=True, slots=True)
class Desk:
    """What tasks are made with: the plan's days, who does what, which commands this copykit has."""

    brief: Brief
    brief_path: str
    plan: str
    start: date
    weeks: int
    calendar: Calendar
    workdays: Workdays
    pace: Mapping[str, Any]  # data/assumptions: campaign, script, day
    has_command: Callable[[str], bool] = lambda _: True  # asked of a command line with its places unfilled
    lang: str = "zh"

    @property
    def end(self) -> date:
        """Return the first day after the plan."""
        return self.start + self.weeks * WEEK

    def say(self, zh: str, en: str) -> str:
        """Return one of two wordings."""
        return en if self.lang == "en" else zh

    def week_of(self, day: date) -> int:
        """Return the week of the plan that a day lies in, from 0."""
        return (day - self.start).days // 7


def tasks_of(channel: Channel, desk: Desk, first_week: int, times: int, setup_week: int | None = None) -> list[Task]:
    """Return the tasks of a channel that begins in a week (from 1) with ``times`` posts a period of its cadence.

    ``setup_week``: when what is done once is done, the first week unless said otherwise.
    """
    opening = _opening_day(desk, setup_week or first_week)
    slots = [slot for slot in _slots(channel, desk, first_week, times) if _day_of(channel, desk, slot) >= opening]
    if not slots:
        return []
    days = {slot: _day_of(channel, desk, slot) for slot in slots}
    words = list(_words(channel, desk.brief, len(slots)))
    made: list[Task] = []
    for template in channel.tasks:
        match template.when:
            case "start":
                made.append(_task(channel, desk, template, opening, opening, "", ("", desk.brief.product)))
            case "end":
                last = desk.workdays.last_at_or_before(desk.end - DAY, opening)
                made.append(_task(channel, desk, template, last, last, "", ("", desk.brief.product)))
            case "each":
                for slot, word in zip(slots, words, strict=True):
                    wished = max(days[slot] - template.before * DAY, opening)
                    due = desk.workdays.last_at_or_before(wished, opening)
                    made.append(_task(channel, desk, template, due, slot, "", word))
            case _:
                made += [
                    _task(channel, desk, template, days[slot], slot, channel.cadence.time, word)
                    for slot, word in zip(slots, words, strict=True)
                ]
    return made


def campaign_tasks(channel: Channel, desk: Desk, cycle: int, days: Sequence[CalendarDay]) -> list[Task]:
    """Return the tasks of the campaigns that fit whole into the plan, one every ``cycle`` days.

    A campaign ends on a sales day or in time for a festival's parcels where one is near, else on a Sunday; it never
    touches a quiet day. All material is ready three days before; there are three briefings and a review (methods B).
    """
    rule = desk.pace["campaign"]
    lead = max(rule["ready_before"], *rule["brief_before"]) * DAY
    made: list[Task] = []
    free = wished = desk.start + lead
    while wished < desk.end:
        first = _campaign_start(desk, wished, free, cycle, days)
        if first is not None:
            made += _one_campaign(channel, desk, first)
            # The next one's first briefing comes after this one's review.
            free = first + (rule["days"] + rule["review_after"]) * DAY + lead
        # A sales day begins the rhythm anew; a few days' shift to a Sunday does not.
        wished = (first if first is not None and first - wished > _NEAR else wished) + cycle * DAY
    return made


def cycle_days(repurchase_days: float, rule: Mapping[str, Any]) -> int:
    """Return the days between campaigns: about 10 days until the next purchase → 15, about 20 → 30."""
    least: int = rule["at_least"]
    factor: float = rule["cycle_factor"]
    return max(round(repurchase_days * factor), least)


def short_codes(identifiers: Iterable[str]) -> dict[str, str]:
    """Return a code of four signs for each task, longer only where two would be the same."""
    codes: dict[str, str] = {}
    taken: set[str] = set()
    for identifier in sorted(set(identifiers)):
        number = int.from_bytes(hashlib.sha256(identifier.encode()).digest()[:16], "big")
        signs = ""
        while len(signs) < 4 or signs in taken:
            number, rest = divmod(number, len(CODE_SIGNS))
            signs += CODE_SIGNS[rest]
        codes[identifier] = signs
        taken.add(signs)
    return codes


def weekly(tasks: Iterable[Task], desk: Desk) -> list[float]:
    """Return the hours of every week of the plan."""
    hours = [0.0] * desk.weeks
    for task in tasks:
        hours[desk.week_of(task.due)] += task.hours
    return hours


def settle(tasks: Sequence[Task], kept: Sequence[Task], desk: Desk) -> list[Task]:
    """Return the tasks with those that were done or skipped before in place of their like.

    Work that is done once is not asked for again; of repeated work each kept task stands for one of the same week.
    """
    by_id = {task.id: task for task in kept}
    mine = {task.id for task in tasks}
    spare = [task for task in kept if task.id not in mine]
    out: list[Task] = []
    once = {task.template for task in tasks if task.kind == "setup"} & {task.template for task in kept}
    for task in tasks:
        match = by_id.get(task.id) or next(
            (old for old in spare if old.template == task.template and _same_week(old, task, desk)), None
        )
        if match is not None:
            if match in spare:
                spare.remove(match)
            out.append(match)
        elif task.template not in once:
            out.append(task)
    return [*out, *(old for old in spare if desk.start <= old.due < desk.end)]


def _same_week(old: Task, new: Task, desk: Desk) -> bool:
    # A campaign that moved by a day is another campaign's work: only its own id stands for it.
    return new.kind != "campaign" and desk.week_of(old.slot) == desk.week_of(new.slot)


def _opening_day(desk: Desk, first_week: int) -> date:
    """Return the first working day of a week of the plan, its first day when none is worked."""
    monday = desk.start + (first_week - 1) * WEEK
    return next((day for day in (monday + n * DAY for n in range(7)) if not desk.workdays.is_off(day)), monday)


def _slots(channel: Channel, desk: Desk, first_week: int, times: int) -> list[date]:
    """Return the days of the cadence: ``times`` weekdays, well apart, every so many weeks."""
    cadence = channel.cadence
    count = min(times, len(cadence.weekdays))
    weekdays = [cadence.weekdays[len(cadence.weekdays) * place // count] for place in range(count)]
    begins = [desk.start + week * WEEK for week in range(first_week - 1, desk.weeks, cadence.every_weeks)]
    return sorted(
        begin + ((weekday - begin.isoweekday()) % 7) * DAY for begin in begins for weekday in sorted(weekdays)
    )


def _day_of(channel: Channel, desk: Desk, slot: date) -> date:
    """Return the day on which a slot is worked: the shop's inner work on working days, nothing sold on quiet days."""
    begin = desk.start + desk.week_of(slot) * WEEK
    if channel.kind in ("page", "paid"):
        slot = desk.workdays.last_at_or_before(slot, begin)
    if channel.kind == "steady" or not desk.calendar.quiet(slot):
        return slot
    near = sorted((begin + n * DAY for n in range(7)), key=lambda day: (abs((day - slot).days), day < slot))
    return next((day for day in near if not desk.calendar.quiet(day)), slot)


def _campaign_start(desk: Desk, wished: date, free: date, cycle: int, days: Sequence[CalendarDay]) -> date | None:
    """Return the first day of the campaign that is due on ``wished``, None when none fits near it.

    It may wait half the cycle for a sales day; for a Sunday to end on it moves a few days.
    """
    rule = desk.pace["campaign"]
    back = (rule["days"] - 1) * DAY
    fit = [
        day
        for day in (wished + shift * DAY for shift in range(-3, max(cycle // 2, _NEAR.days) + 1))
        if day >= free
        and day + back + rule["review_after"] * DAY < desk.end
        and not any(desk.calendar.quiet(day + n * DAY) for n in range(rule["days"]))
    ]
    anchors = {day.day - day.ship * DAY for day in days if day.use == "sell"}
    return min(
        (day for day in fit if day + back in anchors or abs(day - wished) <= _NEAR),
        key=lambda day: (day + back not in anchors, (day + back).isoweekday() != 7, abs((day - wished).days)),
        default=None,
    )


def _one_campaign(channel: Channel, desk: Desk, first: date) -> list[Task]:
    rule, script = desk.pace["campaign"], desk.pace["script"]
    last = first + (rule["days"] - 1) * DAY
    until = desk.say(f"{last.month} 月 {last.day} 日 24 点", f"midnight of {last:%m-%d}")
    hours, briefings, days = rule["hours"], script["briefings"], script["days"]

    def made(name: str, step: Mapping[str, Any], due: date, effort: float, when: str = "each") -> Task:
        title = step["title"].replace("{product}", desk.brief.product).replace("{until}", until)
        template = TaskTemplate(name, title, step["role"], effort, when, 0, tuple(step.get("commands", ())))
        task = _task(channel, desk, template, due, first, step.get("time", ""), ("", desk.brief.product))
        return replace(task, kind="campaign", details={})

    ready = desk.workdays.last_at_or_before(first - rule["ready_before"] * DAY, desk.start)
    tasks = [made("campaign_ready", script["ready"], ready, hours["ready"])]
    for number, before in enumerate(rule["brief_before"]):
        day = desk.workdays.last_at_or_before(first - before * DAY, desk.start)
        step = briefings[min(number, len(briefings) - 1)]
        tasks.append(made(f"campaign_brief_{number + 1}", step, day, hours["brief"]))
    for number in range(rule["days"]):
        ends = number == rule["days"] - 1
        step = days[-1 if ends else min(number, len(days) - 1)]
        tasks.append(made(f"campaign_day_{number + 1}", step, first + number * DAY, hours["day"], "post"))
    if rule["days"] > 1:
        tasks.append(
            made(f"campaign_brief_{len(rule['brief_before']) + 1}", script["evening"], first + DAY, hours["brief"])
        )
    tasks.append(made("campaign_review", script["review"], last + rule["review_after"] * DAY, hours["review"]))
    return tasks


def _task(
    channel: Channel, desk: Desk, template: TaskTemplate, due: date, slot: date, time: str, word: tuple[str, str]
) -> Task:
    identifier = f"{channel.id}/{template.id}/{slot.isoformat()}"
    line, theme = word
    kinds = {"start": "setup", "each": "make", "post": "post", "end": "review"}
    names = {
        "brief": _quoted(desk.brief_path or "资料.toml"),
        "platform": channel.platform or "content",
        "file": f"{channel.id}-{slot:%m%d}",
        "seed": f"{slot:%m%d}",  # another text for every post
        "plan": _quoted(desk.plan),
        "site": desk.brief.shop.site or desk.brief.shop.page or "https://…",
    }
    known = (command for command in template.commands if desk.has_command(command))
    commands = tuple(f"copykit {command.format_map(names)}" for command in known)
    details: dict[str, str] = {}
    if template.when == "post" and channel.post:
        details = {"line": line, "theme": theme, **channel.post}
    return Task(
        id=identifier,
        code="",
        channel=channel.id,
        template=template.id,
        title=template.title.replace("{theme}", theme),
        due=due,
        slot=slot,
        time=time,
        owner=_owner(desk.brief.shop.team, template.role),
        hours=template.hours,
        kind=kinds[template.when],
        commands=commands,
        details=details,
    )


def _owner(team: Iterable[tuple[str, str]], role: str) -> str:
    """Return who does the work of a role: who is named for it, in a team of one always the same, else the role."""
    people = dict(team)
    alone = next(iter(people.values())) if len(set(people.values())) == 1 else role
    return people.get(role, alone)


def _words(channel: Channel, brief: Brief, count: int) -> Iterable[tuple[str, str]]:
    """Return a line and a theme for every post, going round through the themes and through what the brief holds."""
    values = {
        "scene": brief.scenes,
        "audience": brief.audience,
        "selling_point": brief.selling_points,
        "keyword": brief.keywords,
        "product": (brief.product,),
        "category": (brief.category or brief.product,),
        "persona": brief.material.persona.about,
        "doubt": tuple(doubt.ask.rstrip("？?") for doubt in brief.material.doubts if doubt.ask and doubt.answer),
        "bad_reviews": (brief.shop.bad_reviews,) if brief.shop.bad_reviews else (),
    }
    usable = [
        (line, text)
        for line, text in channel.themes
        if all(found for name, found in values.items() if f"{{{name}}}" in text)
    ]
    told = {name: found for name, found in values.items() if found}
    words = dict.fromkeys(
        (line, text.format_map({name: found[turn % len(found)] for name, found in told.items()}))
        for turn in range(count)
        for line, text in usable
    )
    # A theme with one scene to fill it has one thing to say; the others go on, and only then all begins anew.
    return itertools.islice(itertools.cycle(words or {("", brief.product): None}), count)


def _quoted(text: str) -> str:
    return f'"{text}"' if any(sign in text for sign in " '()&;|<>$`") else text
