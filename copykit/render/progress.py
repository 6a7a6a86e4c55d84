"""Where a plan stands, as people read it and as machines do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from copykit.model import Plan
from copykit.render.channels import View
from copykit.render.plan import task_json, task_lines
from copykit.render.terminal import columns


def status_json(status: Any) -> dict[str, Any]:
    """Return where a plan stands, as JSON."""
    return {
        "plan": status.plan.name,
        "today": status.today.isoformat(),
        "week": status.week,
        "done": status.done,
        "skipped": status.skipped,
        "open": status.open,
        "due": [task_json(task) for task in status.due],
        "late": [task_json(task) for task in status.late],
        "coming": [task_json(task) for task in status.coming],
        "cadences": [
            {
                **cadence._asdict(),
                "broken": {
                    "week": cadence.broken[0].isoformat(),
                    "planned": cadence.broken[1],
                    "made": cadence.broken[2],
                }
                if cadence.broken
                else None,
                "this_week": {"made": cadence.this_week[0], "planned": cadence.this_week[1]},
            }
            for cadence in status.cadences
        ],
        "notes": {task: [{"day": day, "text": text} for day, text in notes] for task, notes in status.notes.items()},
    }


def status_text(status: Any, view: View) -> str:
    """Return where a plan stands: today first, then what is late, then whether the cadence held."""
    say, terminal = view.say, view.terminal
    plan: Plan = status.plan
    if status.week == 0:
        where = say(f"{plan.start:%m-%d} 才开始", f"begins on {plan.start}")
    elif status.week > plan.weeks:
        where = say("已经结束", "is over")
    else:
        where = say(f"第 {status.week} 周，共 {plan.weeks} 周", f"week {status.week} of {plan.weeks}")
    late = len(status.late)
    counts = say(
        f"做完 {status.done} · 跳过 {status.skipped} · 没做 {status.open}" + (f"（{late} 件过了日子）" if late else ""),
        f"{status.done} done · {status.skipped} skipped · {status.open} open"
        + (f" ({late} of them late)" if late else ""),
    )
    lines = [terminal.paint(terminal.safe(f"{plan.name} {where}"), "strong"), f"  {counts}", ""]
    lines.append(terminal.paint(say(f"今天 {view.day(status.today)}", f"today {view.day(status.today)}"), "strong"))
    lines += task_lines(status.due, view)
    for command in dict.fromkeys(command for task in status.due for command in task.commands):
        lines.append(terminal.paint(terminal.safe(f"      $ {command}"), "quiet"))
    if status.late:
        lines += ["", terminal.paint(say("过了没做", "late"), "cost"), *task_lines(status.late[:SHOWN_LATE], view)]
        if len(status.late) > SHOWN_LATE:
            lines.append(
                say(f"  还有 {len(status.late) - SHOWN_LATE} 件", f"  and {len(status.late) - SHOWN_LATE} more")
            )
    if not status.due and status.coming:
        lines += ["", terminal.paint(say("接下来", "coming"), "strong"), *task_lines(status.coming[:SHOWN_LATE], view)]
    if status.cadences:
        lines += [
            "",
            terminal.paint(say("坚持得怎么样", "how it is kept up"), "strong"),
            *_cadences(status.cadences, view),
        ]
    told = sorted(_told(status, view))
    if told:
        lines += ["", terminal.paint(say("记下的", "notes"), "strong")]
        for day, code, text in told[-SHOWN_LATE:]:
            lines += terminal.hanging(f"  {day[5:]} {code}  ", text)
    return "\n".join(lines)


SHOWN_LATE = 8


def _told(status: Any, view: View) -> Iterator[tuple[str, str, str]]:
    """Yield (day, code, words) of what was noted, by itself or when a task was done or skipped."""
    signs = {"done": view.say("做完：", "done: "), "skipped": view.say("跳过：", "skipped: ")}
    for task in (*status.plan.tasks, *status.plan.kept):
        if task.note:
            yield task.done_on, task.code, signs.get(task.state, "") + task.note
        for day, text in status.notes.get(task.id, ()):
            yield day, task.code, text


def _cadences(cadences: Sequence[Any], view: View) -> list[str]:
    say, terminal = view.say, view.terminal
    rows = []
    for cadence in cadences:
        made, planned = cadence.this_week
        week = say(f"本周 {made}/{planned}", f"this week {made}/{planned}") if planned else " "
        if not cadence.weeks:
            held = say("还没满一周", "no full week yet")
        elif cadence.kept == cadence.weeks:
            held = say(f"{cadence.weeks} 周没断", f"{cadence.weeks} weeks kept")
        else:
            first, asked, done = cadence.broken
            held = say(
                f"守住 {cadence.kept}/{cadence.weeks} 周；断在 {first:%m-%d} 那周（该做 {asked} 次，做了 {done} 次）",
                f"{cadence.kept} of {cadence.weeks} weeks kept; broken in the week of {first}: {done} of {asked}",
            )
        rows.append([f"  {cadence.name}", cadence.words, week, held])
    lines = columns(rows)
    return [
        terminal.paint(terminal.safe(line), "cost" if cadence.broken and not cadence.streak else "plain")
        for line, cadence in zip(lines, cadences, strict=True)
    ]
