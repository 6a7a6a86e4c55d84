"""Where sales come from and what moved them, as people read it and as machines do."""

from __future__ import annotations

from typing import Any

from copykit.render.channels import View
from copykit.render.terminal import columns, wrapped

FACTORS = {
    "zh": {
        "impressions": "展现",
        "visits": "访客",
        "buyers": "买家",
        "orders": "成交",
        "revenue": "销售额",
        "click_rate": "点击率",
        "conversion": "转化率",
        "frequency": "频次",
        "order_value": "客单价",
        "visit_value": "每次点击带来",
        "presale": "预售（不拆）",
    },
    "en": {
        "impressions": "impressions",
        "visits": "visits",
        "buyers": "buyers",
        "orders": "orders",
        "revenue": "sales",
        "click_rate": "click rate",
        "conversion": "conversion",
        "frequency": "frequency",
        "order_value": "order value",
        "visit_value": "value a visit",
        "presale": "pre-sale (not split)",
    },
}
_SHARES = ("click_rate", "conversion")
_LEVERS, _ENTRIES = 5, 12
_CAUSES = 2  # of an entry, that drove it the way it went


def funnel_json(report: Any, lang: str) -> dict[str, Any]:
    """Return the JSON: effects add up to the change; rates and intervals are shares, money is yuan."""
    total = report.total
    return {
        "value": report.value,
        "periods": list(report.periods),
        "entries": [
            {
                "entry": one.entry,
                "period": one.period,
                "levels": dict(one.levels),
                "factors": dict(one.factors),
                "intervals": {name: list(ends) for name, ends in one.intervals.items()},
                "peers": dict(one.peers),
                "cost": one.cost,
                "presale_order_rate": one.presale,
            }
            for one in report.funnels
        ],
        "change": _change_json(total) if total is not None else None,
        "changes": [{"entry": change.entry, **_change_json(change)} for change in report.changes],
        "levers": [
            {
                "entry": lever.entry or None,
                "factor": lever.factor,
                "now": lever.now,
                "target": lever.target,
                "gain": lever.gain,
                "hours": lever.hours,
                "per_hour": lever.per_hour,
                "basis": lever.basis,
                "do": lever.do.say(lang),
            }
            for lever in report.levers
        ],
        "notes": [note.say(lang) for note in report.notes],
    }


def _change_json(change: Any) -> dict[str, Any]:
    return {
        "before": change.before,
        "after": change.after,
        "delta": change.after - change.before,
        "effects": dict(change.effects),
        "may_be_chance": list(change.chance),
    }


def funnel_text(report: Any, view: View, *, profit: bool = False) -> str:
    """Return the page: what changed and why first, then the entries, then what to do next.

    ``profit``: gains are gross profit, because the margin is known.
    """
    terminal, say = view.terminal, view.say
    lines: list[str] = []
    if report.total is not None:
        lines += [*_total(report, view), ""]
    lines += _entries(report, view)
    if report.changes and len(report.changes) > 1:
        lines += ["", *_by_entry(report, view)]
    if report.levers:
        lines += ["", *_levers(report, view, profit=profit)]
    for note in report.notes:
        first, *rest = wrapped(terminal.safe(note.say(view.lang)), terminal.width - 4)
        lines += ["", terminal.paint(say("  ! ", "  ! ") + first, "cost"), *("    " + line for line in rest)]
    return "\n".join(lines)


def _total(report: Any, view: View) -> list[str]:
    total, names = report.total, FACTORS[view.lang]
    delta = total.after - total.before
    before, after = report.periods
    grown = view.say("多了", "up") if delta >= 0 else view.say("少了", "down")
    head = view.say(
        f"{names[report.value]}：{before} {_number(total.before)} → {after} {_number(total.after)}，"
        f"{grown} {_number(abs(delta))}",
        f"{names[report.value]}: {_number(total.before)} in {before}, {_number(total.after)} in {after},"
        f" {grown} {_number(abs(delta))}",
    )
    widest = max((abs(effect) for effect in total.effects.values()), default=0) or 1
    rows = [
        [f"  {names[name]}", f"{effect:+,.0f}", "█" * round(12 * abs(effect) / widest) or " "]
        for name, effect in total.effects.items()
    ]
    rows.append([f"  {view.say('合计', 'sum')}", f"{'-' if delta < 0 else '+'}{_number(abs(delta))}", " "])
    return [view.terminal.paint(view.terminal.safe(head), "strong"), *map(view.terminal.safe, columns(rows))]


def _entries(report: Any, view: View) -> list[str]:
    names = FACTORS[view.lang]
    last = [one for one in report.funnels if one.period == report.periods[-1]][:_ENTRIES]
    if not last:
        return []
    # Entries may begin at different levels: nobody counts how often a card in a parcel is seen.
    factors = sorted({name for one in last for name in one.factors}, key=list(names).index)
    head = [view.say("入口", "entry"), *(names[factor] for factor in factors)]
    if report.value not in factors:
        head.append(names[report.value])
    rows = [
        [
            one.entry,
            *(_factor(name, one.factors.get(name), one) for name in factors),
            *([] if report.value in factors else [_number(one.levels[report.value])]),
        ]
        for one in last
    ]
    table = columns([head, *rows])
    title = view.say(f"{report.periods[-1]} 各入口", f"entries, {report.periods[-1]}").strip()
    shown = [view.terminal.paint(title, "strong"), view.terminal.paint("  " + table[0], "quiet")]
    return [*shown, *("  " + view.terminal.safe(line) for line in table[1:])]


def _factor(name: str, value: float | None, one: Any) -> str:
    if value is None:
        return "–"
    if name == "conversion" and one.presale is not None:
        return f"{one.presale:.2%}!"  # of those who ordered, not of those who paid
    if name in _SHARES:
        return f"{value:.2%}"
    return _number(value) if name not in ("frequency", "order_value", "visit_value") else f"{value:,.2f}"


def _by_entry(report: Any, view: View) -> list[str]:
    names = FACTORS[view.lang]
    rows = []
    for change in report.changes[:_ENTRIES]:
        delta = change.after - change.before
        # What drove it the way it went comes first, then what most went the other way; the others are the rest.
        ordered = sorted(change.effects.items(), key=lambda item: -abs(item[1]))
        shown = [(name, effect) for name, effect in ordered if effect * delta > 0 and round(effect)][:_CAUSES]
        shown += [(name, effect) for name, effect in ordered if effect * delta < 0 and round(effect)][:1]
        luck = view.say("（可能碰巧）", " (may be luck)")
        told = [f"{names[name]} {effect:+,.0f}{luck if name in change.chance else ''}" for name, effect in shown]
        rest = delta - sum(effect for _, effect in shown)
        if told and round(rest):
            told.append(view.say(f"其余 {rest:+,.0f}", f"the rest {rest:+,.0f}"))
        causes = view.say("、", ", ").join(told)
        rows.append([f"  {change.entry}", f"{delta:+,.0f}", causes or "–"])
    heading = view.say("哪个入口、因为什么", "which entry, and why")
    return [view.terminal.paint(heading, "strong"), *map(view.terminal.safe, columns(rows))]


def _levers(report: Any, view: View, *, profit: bool) -> list[str]:
    names, say = FACTORS[view.lang], view.say
    units = {"revenue": "元销售额", "orders": "单", "buyers": "位买家", "visits": "位访客"}
    gained = say("元毛利", "yuan of gross profit") if profit else say(units[report.value], names[report.value])
    lines = [
        view.terminal.paint(say("先动哪一手（按每小时多出来的排）", "what to do first, by gain an hour"), "strong")
    ]
    starred = False
    for number, lever in enumerate(report.levers[:_LEVERS], 1):
        where = f"{lever.entry} " if lever.entry else ""
        star = "*" if lever.basis == "assumed" else ""
        starred = starred or bool(star)
        aim = say("到同行同层的 ", "to the peers' ") if lever.basis == "peers" else say("到 ", "to ")
        told = say(
            f"{where}{names[lever.factor]} {_amount(lever.factor, lever.now)}，"
            f"{aim}{_amount(lever.factor, lever.target)}：约多 {_number(lever.gain)} {gained}{star}，"
            f"{lever.hours:g} 小时，每小时 {_number(lever.per_hour)}",
            f"{where}{names[lever.factor]} {_amount(lever.factor, lever.now)} {aim}"
            f"{_amount(lever.factor, lever.target)}: about {_number(lever.gain)} {gained}{star} for {lever.hours:g} h,"
            f" {_number(lever.per_hour)} an hour",
        )
        first, *rest = wrapped(view.terminal.safe(told), view.terminal.width - 4)
        lines += [f"  {number} {first}", *(f"    {line}" for line in rest)]
        todo = wrapped(view.terminal.safe(lever.do.say(view.lang)), view.terminal.width - 4)
        lines += [view.terminal.paint(f"    {line}", "quiet") for line in todo]
    if starred:
        note = say(
            "* 能提多少、要几小时是假设（data/assumptions/levers.toml）；表里给同行同层的列就按同行算",
            "* how far it may rise and how long it takes are assumptions; give columns of peers' averages",
        )
        lines += [view.terminal.paint(f"  {line}", "quiet") for line in wrapped(note, view.terminal.width - 2)]
    return lines


def _amount(factor: str, value: float) -> str:
    if factor in _SHARES:
        return f"{value:.2%}"
    return _number(value) if factor in ("impressions", "visits") else f"{value:,.2f}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:,.1f}"
