"""Plans as people read them, on the screen, as a page and as tables, and as machines do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from copykit.model import Forecast, Plan, PlanRow, Task
from copykit.render.channels import View
from copykit.render.terminal import columns, wrapped
from copykit.text.measure import display_width

KINDS = {
    "zh": {"steady": "打底", "page": "先做", "natural": "先做", "owned": "再做", "paid": "试投"},
    "en": {"steady": "base", "page": "first", "natural": "first", "owned": "then", "paid": "try"},
}

DETAILS = {
    "zh": {
        "line": "线",
        "theme": "主题",
        "picture": "图",
        "comment": "评论",
        "mention": "提到谁",
        "visible_to": "谁能看",
        "private_message": "私信",
        "feedback": "反馈",
    },
    "en": {
        "line": "line",
        "theme": "theme",
        "picture": "picture",
        "comment": "comment",
        "mention": "mention",
        "visible_to": "visible to",
        "private_message": "message",
        "feedback": "feedback",
    },
}

_STARRED = ("assumed", "mixed")
SHOWN_DAYS = 7


def plan_json(plan: Plan) -> dict[str, Any]:
    """Return a plan's JSON; days in ISO form."""
    body: dict[str, Any] = {
        "name": plan.name,
        "product": plan.product,
        "made_on": plan.made_on.isoformat(),
        "start": plan.start.isoformat(),
        "weeks": plan.weeks,
        "budget": plan.budget,
        "hours": plan.hours,
        "goal": plan.goal,
        "rows": [_row_json(row) for row in plan.rows],
        "rejected": [rejected._asdict() for rejected in plan.rejected],
        "forecast": plan.forecast._asdict(),
        "days": [{**day._asdict(), "day": day.day.isoformat()} for day in plan.days],
        "notes": list(plan.notes),
        "kept": [task_json(task) for task in plan.kept],
    }
    return body


def _row_json(row: PlanRow) -> dict[str, Any]:
    return {
        "channel": row.channel,
        "name": row.name,
        "kind": row.kind,
        "why": row.why,
        "start": row.start.isoformat(),
        "cadence": row.cadence,
        "per_period": row.per_period,
        "hours": row.hours,
        "cost": row.cost,
        "cost_note": row.cost_note,
        "forecast": row.forecast._asdict(),
        "tracking": row.tracking,
        "tasks": [task_json(task) for task in row.tasks],
    }


def task_json(task: Task) -> dict[str, Any]:
    """Return a task's JSON."""
    return {
        **asdict(task),
        "due": task.due.isoformat(),
        "slot": task.slot.isoformat(),
        "commands": list(task.commands),
        "details": dict(task.details),
    }


def plan_text(plan: Plan, view: View, whole: bool = False) -> str:
    """Return a plan as a page: what to do first, why, what not and why not, what may come of it.

    ``whole``: every reason and every task; else one line a refusal and the first week's tasks.
    """
    say, terminal, lang = view.say, view.terminal, view.lang
    money = f"{plan.budget:,.0f}"
    lines = [
        terminal.paint(
            say(
                f"{plan.product}：每周 {plan.hours:g} 小时、共 {money} 元，{plan.start:%m-%d} 起 {plan.weeks} 周：",
                f"{plan.product}: {plan.hours:g} h a week, {money} yuan, {plan.weeks} weeks from {plan.start}:",
            ),
            "strong",
        )
    ]
    head = [
        [
            KINDS[lang][row.kind],
            row.name,
            row.cadence,
            f"{row.hours:.1f} {say('小时/周', 'h/week')}",
            _yuan(row.cost, view),
        ]
        for row in plan.rows
    ]
    for line, row in zip(columns(head), plan.rows, strict=True):
        extra = f"  {forecast_text(row.forecast, view)}" if row.forecast.basis != "none" else ""
        shown = terminal.safe(f"  {line}")
        if extra and display_width(shown + extra) > terminal.width:
            lines.append(shown)
            shown, extra = "      ", extra
        lines.append(shown + terminal.paint(terminal.safe(extra), "good") if extra else shown)
        lines += [terminal.paint(part, "quiet") for part in terminal.hanging("        ", row.why)]
    if not plan.rows:
        lines.append(say("  一条也排不下", "  nothing fits"))
    lines += ["", terminal.paint(say("不做的和原因", "left out, and why"), "strong")]
    for name, why in _brief_refusals(plan, view) if not whole else [(r.name, r.why) for r in plan.rejected]:
        lines += terminal.hanging("  ", f"{name}{say('：', ': ')}{why}")
    lines.append("")
    lines += [terminal.paint(part, "strong") for part in terminal.hanging("", _outcome(plan, view))]
    for note in plan.notes:
        lines += terminal.hanging("  · ", note)
    if plan.days:
        names = say("、", ", ").join(f"{day.day:%m-%d} {day.name}{_use(day.use, view)}" for day in plan.days)
        lines += terminal.hanging(say("  日子  ", "  days  "), names)
    lines += ["", terminal.paint(say("要做的事", "tasks") if whole else say("头一周", "first week"), "strong")]
    tasks = plan.tasks if whole else [task for task in plan.tasks if (task.due - plan.start).days < SHOWN_DAYS]
    lines += task_lines(tasks, view)
    return "\n".join(lines)


def _use(use: str, view: View) -> str:
    return view.say("（不发促销）", " (no promotion)") if use == "quiet" else ""


def _brief_refusals(plan: Plan, view: View) -> Iterator[tuple[str, str]]:
    """Yield refusals: those with the same reason together, and all that had no hours left in one line."""
    together: dict[str, list[str]] = {}
    hours = [rejected for rejected in plan.rejected if rejected.kind == "hours"]
    for rejected in plan.rejected:
        if rejected.kind != "hours":
            together.setdefault(rejected.why, []).append(rejected.name)
    for why, names in together.items():
        yield view.say("、", ", ").join(names), why
    if len(hours) == 1:
        yield hours[0].name, hours[0].why
    elif hours:
        yield (
            view.say("、", ", ").join(rejected.name for rejected in hours),
            view.say(
                f"时间排不下，每周 {plan.hours:g} 小时给了上面几条（各要多少：--all）",
                f"no hours left of {plan.hours:g} a week (--all tells how many each needs)",
            ),
        )


def _outcome(plan: Plan, view: View) -> str:
    forecast = plan.forecast
    if forecast.basis == "none":
        return view.say(f"预计 {plan.weeks} 周：这段时间还看不出成交", f"{plan.weeks} weeks: no orders to be seen yet")
    star = "*" if forecast.basis in _STARRED else ""
    basis = {
        "own": view.say("按你自己的结果算", "from your own results"),
        "mixed": view.say(
            "有你自己的数按你的算，没有的按假设", "your own figures where there are, assumptions elsewhere"
        ),
        "assumed": view.say("全是假设，没有你自己的数", "assumptions only"),
    }[forecast.basis]
    low, high = _whole(forecast)
    return view.say(
        f"预计 {plan.weeks} 周：成交 {low}—{high} 单{star}（{basis}）",
        f"{plan.weeks} weeks: {low}–{high} orders{star} ({basis})",
    )


def _whole(forecast: Forecast) -> tuple[int, int]:
    # Outward: a range that is rounded must not promise more than the numbers do.
    return int(forecast.low), -int(-forecast.high // 1)


def forecast_text(forecast: Forecast, view: View) -> str:
    """Return a range of orders, with a star where it rests on assumptions; empty when there is none."""
    if forecast.basis == "none":
        return forecast.note
    low, high = _whole(forecast)
    star = "*" if forecast.basis in _STARRED else ""
    return view.say(f"{low}—{high} 单{star}", f"{low}–{high} orders{star}")


def task_lines(tasks: Sequence[Task], view: View) -> list[str]:
    """Return tasks as lines: code, day, hour, owner, hours, what."""
    terminal, say = view.terminal, view.say
    if not tasks:
        return [say("  （没有）", "  (none)")]
    table = columns(
        [f"  {task.code}", view.day(task.due), task.time or " ", view.who(task.owner), f"{task.hours:g}h", "x"]
        for task in tasks
    )
    lines: list[str] = []
    for line, task in zip(table, tasks, strict=True):
        head = line[:-1]
        room = max(terminal.width - display_width(head), 20)
        signs = {"done": say("✓ ", "✓ "), "skipped": say("跳过 ", "skipped ")}
        sign = signs.get(task.state, "")
        first, *rest = wrapped(terminal.safe(sign + task.title), room)
        lines.append(terminal.safe(head) + first)
        lines += [" " * display_width(head) + part for part in rest]
    return lines


def _yuan(value: float, view: View) -> str:
    return view.say(f"{value:,.0f} 元", f"{value:,.0f} yuan")


def plan_markdown(plan: Plan, view: View) -> Iterator[str]:
    """Yield a plan as the lines of a Markdown page with check boxes."""
    say = view.say
    colon = say("：", ": ")
    yield f"# {say('引流计划', 'Plan')}{colon}{_md(plan.product)}"
    yield ""
    yield say(
        f"{plan.start.isoformat()} 起 {plan.weeks} 周 · 每周 {plan.hours:g} 小时 · 共 {plan.budget:,.0f} 元",
        f"{plan.weeks} weeks from {plan.start.isoformat()} · {plan.hours:g} h a week · {plan.budget:,.0f} yuan",
    )
    yield ""
    yield _outcome(plan, view)
    yield ""
    yield _md_row(plan_headers(view))
    yield "|" + " --- |" * len(plan_headers(view))
    for cells in plan_rows(plan, view):
        yield _md_row(cells)
    yield ""
    yield f"## {say('不做的和原因', 'Left out, and why')}"
    yield ""
    for rejected in plan.rejected:
        yield f"- {_md(rejected.name)}{colon}{_md(rejected.why)}"
    if plan.notes:
        yield ""
        for note in plan.notes:
            yield f"> {_md(note)}"
            yield ">"
    if plan.days:
        yield ""
        yield f"## {say('日子', 'Days')}"
        yield ""
        for day in plan.days:
            yield f"- {day.day.isoformat()} {_md(day.name)}{_use(day.use, view)}"
    yield ""
    yield f"## {say('要做的事', 'Tasks')}"
    week = -1
    for task in plan.tasks:
        number = (task.due - plan.start).days // 7
        if number != week:
            week = number
            yield ""
            yield f"### {say(f'第 {week + 1} 周', f'Week {week + 1}')}"
            yield ""
        box = {"done": "x", "skipped": "-"}.get(task.state, " ")
        when = f"{view.day(task.due)} {task.time}".rstrip()
        owner = _md(view.who(task.owner))
        who = say(f"（{owner}，{task.hours:g} 小时）", f" ({owner}, {task.hours:g} h)")
        yield f"- [{box}] `{task.code}` {when} {_md(task.title)}{who}"
        told = [
            f"{DETAILS[view.lang][key]}{colon}{_md(value)}"
            for key, value in task.details.items()
            if key != "theme" and value
        ]
        if told:
            yield f"  - {say('；', '; ').join(told)}"
        for command in task.commands:
            yield f"  - `{command}`"


def plan_headers(view: View) -> list[str]:
    """Return the names of the cells of :func:`plan_rows`."""
    zh = ["先后", "渠道", "节奏", "从哪天", "小时/周", "花费（元）", "花费怎么算", "预计成交", "为什么"]
    en = ["order", "channel", "cadence", "from", "hours/week", "cost (yuan)", "how counted", "orders", "why"]
    return zh if view.lang == "zh" else en


def plan_rows(plan: Plan, view: View) -> Iterator[list[Any]]:
    """Yield the cells of every channel taken."""
    for row in plan.rows:
        yield [
            KINDS[view.lang][row.kind],
            row.name,
            row.cadence,
            row.start.isoformat(),
            row.hours,
            int(row.cost) if row.cost.is_integer() else row.cost,
            row.cost_note,
            forecast_text(row.forecast, view),
            row.why,
        ]


def task_headers(view: View) -> list[str]:
    """Return the names of the cells of :func:`task_rows`."""
    zh = ["编号", "日期", "时间", "渠道", "要做的事", "谁做", "小时", "状态", "要跑的命令"]
    en = ["code", "day", "hour", "channel", "task", "owner", "hours", "state", "commands"]
    return zh if view.lang == "zh" else en


def task_rows(plan: Plan, view: View) -> Iterator[list[Any]]:
    """Yield the cells of every task by day."""
    names = {row.channel: row.name for row in plan.rows}
    states = {
        "open": view.say("没做", "open"),
        "done": view.say("做完", "done"),
        "skipped": view.say("跳过", "skipped"),
    }
    for task in plan.tasks:
        yield [
            task.code,
            task.due.isoformat(),
            task.time,
            names.get(task.channel, task.channel),
            task.title,
            view.who(task.owner),
            task.hours,
            states[task.state],
            "\n".join(task.commands),
        ]


def post_headers(view: View) -> list[str]:
    """Return the names of the cells of :func:`post_rows`."""
    first = ["日期", "时间", "渠道", "第几条"] if view.lang == "zh" else ["day", "hour", "channel", "number"]
    return [*first, *DETAILS[view.lang].values(), view.say("编号", "code")]


def post_rows(plan: Plan) -> Iterator[list[Any]]:
    """Yield the posting calendar: when, where, which one of the day's, on what, and how it is followed up."""
    names = {row.channel: row.name for row in plan.rows}
    counts: dict[str, int] = {}
    for task in plan.tasks:
        if task.kind == "post" and task.details:
            counts[task.channel] = counts.get(task.channel, 0) + 1
            told = [task.details.get(key, "") for key in DETAILS["zh"]]
            yield [task.due.isoformat(), task.time, names[task.channel], counts[task.channel], *told, task.code]


def refusal_rows(plan: Plan) -> Iterator[list[Any]]:
    """Yield the channels left out and why."""
    for rejected in plan.rejected:
        yield [rejected.name, rejected.why]


def note_rows(plan: Plan, view: View) -> Iterator[list[Any]]:
    """Yield what holds for the whole plan: what was asked, what may come of it, remarks, days to mind."""
    say = view.say
    yield [say("商品", "product"), plan.product]
    yield [say("哪几周", "weeks"), say(f"{plan.start} 起 {plan.weeks} 周", f"{plan.weeks} from {plan.start}")]
    yield [
        say("最多花", "at most"),
        say(f"{plan.budget:,.0f} 元，每周 {plan.hours:g} 小时", f"{plan.budget:,.0f} yuan, {plan.hours:g} h a week"),
    ]
    yield [say("预计", "forecast"), _outcome(plan, view)]
    for note in plan.notes:
        yield [say("注意", "remark"), note]
    for day in plan.days:
        yield [say("日子", "day"), f"{day.day} {day.name}{_use(day.use, view)}"]


def _md_row(cells: Sequence[Any]) -> str:
    return "| " + " | ".join(_md(str(cell)) for cell in cells) + " |"


def _md(text: str) -> str:
    """Return text in which no markup of a user's comes alive; line breaks become blanks."""
    plain = "".join(char if char.isprintable() else " " for char in text)
    for sign in "\\`*_[]|#":
        plain = plain.replace(sign, "\\" + sign)
    return plain.replace("<", "&lt;")
