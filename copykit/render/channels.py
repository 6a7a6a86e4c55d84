"""Channels as people read them and as machines do, and the view in which they, plans and reviews are shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from copykit.model import Channel
from copykit.render.terminal import Bilingual, Terminal, columns
from copykit.render.titles import clipped
from copykit.text.measure import display_width, pad

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


def channel_json(channel: Channel) -> dict[str, Any]:
    """Return a channel's JSON: the fields of the vocabulary."""
    return asdict(channel) | {"post": dict(channel.post)}


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
    lines += terminal.hanging("", channel.what)
    style = {"gone": "bad", "refused": "bad", "changed": "cost"}.get(channel.state, "plain")
    state = f"{STATES[lang][channel.state]}{say('：', ': ')}{channel.state_today}"
    if successors:
        state += say("；接着做：", "; now: ") + listed.join(successors)
    lines += [terminal.paint(line, style) for line in terminal.hanging(say("今天  ", "today  "), state)]  # type: ignore[arg-type]
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
            lines += terminal.hanging(pad(name, wide) + "  ", text)
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
            lines += terminal.hanging(f"  {sign} ", told)
    lines += ["", terminal.paint(say("要做的事", "tasks"), "strong")]
    for task in channel.tasks:
        who = say(f"（{task.role}，{task.hours:g} 小时）", f" ({view.who(task.role)}, {task.hours:g} h)")
        lines += terminal.hanging("  · ", task.title.replace("{theme}", "…") + who)
    known = say(
        f"来源 {channel.source} · {channel.checked} 看的，{channel.expires} 前再看一遍",
        f"source {channel.source} · as of {channel.checked}, to be verified again by {channel.expires}",
    )
    return "\n".join([*lines, "", *(terminal.paint(line, "quiet") for line in terminal.hanging("", known))])


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
