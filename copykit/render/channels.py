"""Channels, plans and progress as people read them and as machines do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from copykit.model import Channel, Forecast, Plan, PlanRow, Task
from copykit.render.terminal import Bilingual, Terminal, columns, wrapped
from copykit.render.titles import clipped
from copykit.text.measure import display_width, pad

KINDS = {
    "zh": {"steady": "打底", "page": "先做", "natural": "先做", "owned": "再做", "paid": "试投"},
    "en": {"steady": "base", "page": "first", "natural": "first", "owned": "then", "paid": "try"},
}
ROOMS = {
    "zh": {"steady": "坚持", "page": "商品页", "natural": "自然", "owned": "自己的人", "paid": "付费"},
    "en": {"steady": "steady", "page": "page", "natural": "natural", "owned": "owned", "paid": "paid"},
}
STATES = {
    "zh": {"alive": "还在", "changed": "变了", "gone": "没了", "refused": "不做"},
    "en": {"alive": "alive", "changed": "changed", "gone": "gone", "refused": "refused"},
}
EFFORTS = {
    "zh": {"low": "轻", "middle": "中", "high": "重"},
    "en": {"low": "low", "middle": "middle", "high": "high"},
}
COSTS = {
    "zh": {
        "free": "不花钱",
        "clicks": "按点击",
        "pieces": "按份",
        "messages": "按条",
        "orders": "成交后付",
        "fixed": "起步费",
    },
    "en": {
        "free": "free",
        "clicks": "per click",
        "pieces": "per piece",
        "messages": "per message",
        "orders": "on orders",
        "fixed": "fixed",
    },
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
# Who does it, where nobody of the team is named; a role that a user's own channel names stands as it is.
ROLES = {
    "zh": {},
    "en": {
        "运营": "operations",
        "文案": "copywriter",
        "投放": "ads",
        "店主": "owner",
        "客服": "service",
        "设计": "design",
    },
}
WEEKDAYS = {"zh": "一二三四五六日", "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}
_STARRED = ("assumed", "mixed")
SHOWN_DAYS = 7


@dataclass(frozen=True, slots=True)
class View(Bilingual):
    """How plans are shown: language and screen."""

    lang: str = "zh"
    terminal: Terminal = field(default_factory=Terminal)

    def who(self, owner: str) -> str:
        """Return what an owner of a task is called."""
        return ROLES[self.lang].get(owner, owner)

    def day(self, day: date) -> str:
        """Return a day as people write it in a table: 12-01 周二."""
        weekday = WEEKDAYS[self.lang][day.weekday()]
        return f"{day:%m-%d} {'周' if self.lang == 'zh' else ''}{weekday}"


# --- JSON -----------------------------------------------------------------------------------------------------------


def channel_json(channel: Channel) -> dict[str, Any]:
    """Return a channel's JSON: the fields of the vocabulary."""
    return asdict(channel) | {"post": dict(channel.post)}


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


# --- the catalog ----------------------------------------------------------------------------------------------------


def channels_table(channels: Sequence[tuple[Channel, float]], view: View) -> str:
    """Return channels as a table; beside each the least hours a week."""
    say, lang, terminal = view.say, view.lang, view.terminal
    head = [say("渠道", "channel"), say("哪一类", "kind"), say("今天", "today"), say("小时/周", "h/week")]
    head += [say("花钱", "cost"), say("力气", "effort"), say("店和阶段", "shops, stages")]
    rows = [
        [
            channel.name,
            ROOMS[lang][channel.kind],
            STATES[lang][channel.state],
            f"{hours:.1f}",
            COSTS[lang][channel.cost_model],
            EFFORTS[lang][channel.effort],
            _fits_whom(channel, view),
        ]
        for channel, hours in channels
    ]
    lines = [clipped(line, terminal.width) for line in columns([head, *rows], gap=2 if lang == "zh" else 1)]
    return "\n".join([terminal.paint(lines[0], "quiet"), *(terminal.safe(line) for line in lines[1:])])


def _fits_whom(channel: Channel, view: View) -> str:
    if view.lang != "zh":
        return ", ".join((*channel.shop_types, *channel.stages)) or "any"
    shops = {"marketplace": "平台店", "own_site": "网站", "mini_program": "小程序", "content_shop": "内容店"}
    stages = {"new": "新店", "growing": "在长", "mature": "稳定"}
    grown = channel.stages == ("growing", "mature")
    told = [shops[name] for name in channel.shop_types]
    told += ["非新店"] if grown else [stages[name] for name in channel.stages]
    return "、".join(told) or "都行"


def channel_page(channel: Channel, successors: Sequence[str], hours: float, view: View) -> str:
    """Return the page of one channel: what it is and whether it still lives first, then how, then what the law asks."""
    say, lang, terminal = view.say, view.lang, view.terminal
    listed = say("、", ", ")
    number = say(f"十六法之 {channel.method}", f"method {channel.method}") if channel.method else ""
    first = [
        channel.name,
        ROOMS[lang][channel.kind],
        number,
    ]
    lines = [terminal.paint(terminal.safe(" · ".join(part for part in first if part)), "strong")]
    lines += _wrapped("", channel.what, view)
    style = {"gone": "bad", "refused": "bad", "changed": "cost"}.get(channel.state, "plain")
    state = f"{STATES[lang][channel.state]}{say('：', ': ')}{channel.state_today}"
    if successors:
        state += say("；接着做：", "; now: ") + listed.join(successors)
    lines += [terminal.paint(line, style) for line in _wrapped(say("今天  ", "today  "), state, view)]  # type: ignore[arg-type]
    lines.append("")
    least, most = channel.cadence.least, channel.cadence.times
    cadence = channel.cadence.words.replace("{n}", f"{least}—{most}" if least < most else str(most))
    facts = [
        (
            say("怎么做", "cadence"),
            say(f"{cadence}，每周最少 {hours:.1f} 小时", f"{cadence}; at least {hours:.1f} h/week"),
        ),
        (say("见效", "effect"), channel.effect_words),
        (say("花钱", "cost"), "；".join(part for part in (COSTS[lang][channel.cost_model], channel.cost_note) if part)),
        (say("看什么", "KPIs"), listed.join(channel.kpis)),
        (say("写什么", "copy"), listed.join(channel.forms)),
        (say("遇见谁", "people"), listed.join(channel.audience)),
        (say("适合", "fits"), _fits_whom(channel, view)),
    ]
    wide = max(display_width(name) for name, _ in facts)
    for name, text in facts:
        if text:
            lines += _wrapped(pad(name, wide) + "  ", text, view)
    for heading, advices, sign in (
        (say("要做", "do"), channel.do, "+"),
        (say("别做", "don't"), channel.dont, "-"),
        (say("规矩", "duties"), channel.duties, "!"),
    ):
        lines += ["", terminal.paint(heading, "strong")]
        for advice in advices:
            told = (
                say(f"{advice.text}（{advice.why}）", f"{advice.text} ({advice.why})")
                if sign == "!"
                else f"{advice.text}{say('——', ' – ')}{advice.why}"
            )
            lines += _wrapped(f"  {sign} ", told, view)
    lines += ["", terminal.paint(say("要做的事", "tasks"), "strong")]
    for task in channel.tasks:
        who = say(f"（{task.role}，{task.hours:g} 小时）", f" ({view.who(task.role)}, {task.hours:g} h)")
        lines += _wrapped("  · ", task.title.replace("{theme}", "…") + who, view)
    known = say(
        f"来源 {channel.source} · {channel.checked} 看的，{channel.expires} 前再看一遍",
        f"source {channel.source} · as of {channel.checked}, to be verified again by {channel.expires}",
    )
    return "\n".join([*lines, "", *(terminal.paint(line, "quiet") for line in _wrapped("", known, view))])


# --- the plan -------------------------------------------------------------------------------------------------------


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
        lines += [terminal.paint(part, "quiet") for part in _wrapped("        ", row.why, view)]
    if not plan.rows:
        lines.append(say("  一条也排不下", "  nothing fits"))
    lines += ["", terminal.paint(say("不做的和原因", "left out, and why"), "strong")]
    for name, why in _brief_refusals(plan, view) if not whole else [(r.name, r.why) for r in plan.rejected]:
        lines += _wrapped("  ", f"{name}{say('：', ': ')}{why}", view)
    lines.append("")
    lines += [terminal.paint(part, "strong") for part in _wrapped("", _outcome(plan, view), view)]
    for note in plan.notes:
        lines += _wrapped("  · ", note, view)
    if plan.days:
        names = say("、", ", ").join(f"{day.day:%m-%d} {day.name}{_use(day.use, view)}" for day in plan.days)
        lines += _wrapped(say("  日子  ", "  days  "), names, view)
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


def _wrapped(lead: str, text: str, view: View) -> list[str]:
    wide = display_width(lead)
    first, *rest = wrapped(view.terminal.safe(text), max(view.terminal.width - wide, 20))
    return [lead + first, *(" " * wide + line for line in rest)]


# --- Markdown and tables --------------------------------------------------------------------------------------------


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


# --- progress -------------------------------------------------------------------------------------------------------


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
    counts = say(
        f"做完 {status.done} · 跳过 {status.skipped} · 过了没做 {len(status.late)} · 还有 {status.open}",
        f"{status.done} done · {status.skipped} skipped · {len(status.late)} late · {status.open} open",
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
            lines += _wrapped(f"  {day[5:]} {code}  ", text, view)
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
                f"守住 {cadence.kept}/{cadence.weeks} 周；断在 {first:%m-%d} 那周（{asked} 做了 {done}）",
                f"{cadence.kept} of {cadence.weeks} weeks kept; broken in the week of {first}: {done} of {asked}",
            )
        rows.append([f"  {cadence.name}", cadence.words, week, held])
    lines = columns(rows)
    return [
        terminal.paint(terminal.safe(line), "cost" if cadence.broken and not cadence.streak else "plain")
        for line, cadence in zip(lines, cadences, strict=True)
    ]


def code_rows(codes: Sequence[Mapping[str, Any]]) -> list[list[str]]:
    """Return tracked codes as cells: where, what for, kind, code, link."""
    return [[str(code.get(key, "")) for key in CODE_KEYS] for code in codes]


CODE_KEYS = ("channel", "label", "kind", "code", "link", "caption")


def code_headers(view: View) -> list[str]:
    """Return the names of the cells of :func:`code_rows`."""
    return (
        ["渠道", "用在哪", "种类", "码", "链接", "图注"]
        if view.lang == "zh"
        else ["channel", "label", "kind", "code", "link", "caption"]
    )
