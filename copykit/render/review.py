"""A review of results, as people read it and as machines do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from copykit.render.channels import View
from copykit.render.terminal import columns, wrapped
from copykit.text.measure import display_width

VERDICTS = {
    "zh": {
        "feed": "该加",
        "stop": "该停",
        "move": "少投、挪走",
        "mend": "先改页面",
        "weak": "偏弱",
        "watch": "再看",
        "untold": "看不出",
    },
    "en": {
        "feed": "feed",
        "stop": "stop",
        "move": "move",
        "mend": "mend",
        "weak": "weak",
        "watch": "wait",
        "untold": "untold",
    },
}
DIMENSIONS = {
    "zh": {"channel": "渠道", "task": "任务", "title": "标题", "product": "商品", "material": "物料"},
    "en": {"channel": "channel", "task": "task", "title": "title", "product": "product", "material": "material"},
}
_STYLES = {
    "feed": "good",
    "stop": "bad",
    "move": "cost",
    "weak": "cost",
    "mend": "cost",
    "watch": "plain",
    "untold": "quiet",
}
_SIDES = {
    "zh": {"above": "高于同行", "below": "低于同行", "unclear": "和同行分不出"},
    "en": {"above": "above peers", "below": "below peers", "unclear": "not told apart from peers"},
}
_RATES = {
    "zh": {"click_rate": "点击率", "conversion": "转化率", "order_value": "客单价"},
    "en": {"click_rate": "click rate", "conversion": "conversion", "order_value": "order value"},
}
_SHOWN = 8


def review_json(review: Any, lang: str) -> dict[str, Any]:
    """Return the JSON: every standing with its sums, rates, intervals, peers, verdict and why."""
    return {
        "joined": {**{by or "none": count for by, count in review.joined.items()}},
        "unknown_codes": list(review.unknown),
        **{
            dimension: [
                {
                    "name": one.name,
                    "rows": one.rows,
                    "counts": dict(one.counts),
                    "rates": dict(one.rates),
                    "intervals": {name: list(ends) for name, ends in one.intervals.items()},
                    "peers": {name: {"average": peer, "side": side} for name, (peer, side) in one.peers.items()},
                    "verdict": one.verdict,
                    "why": one.why.say(lang),
                }
                for one in standings
            ]
            for dimension, standings in review.standings.items()
        },
        "feed": [one.name for one in review.with_verdict("feed")],
        "stop": [one.name for one in review.with_verdict("stop")],
        "notes": [note.say(lang) for note in review.notes],
    }


def review_text(review: Any, view: View) -> str:
    """Return the page: what to feed and what to stop first, then the figures, then what does not fit anything."""
    say, terminal = view.say, view.terminal
    joined = review.joined
    total = sum(joined.values())
    head = say(
        f"复盘 {total} 行：按码对上 {joined['code']}，按任务 {joined['task']}，按渠道名 {joined['label']}，"
        f"没对上 {joined['']}",
        f"{total} rows: {joined['code']} joined by code, {joined['task']} by task, {joined['label']} by channel,"
        f" {joined['']} by nothing",
    )
    lines = [terminal.paint(line, "strong") for line in wrapped(head, terminal.width)]
    for verdict in ("feed", "stop", "move", "weak", "watch"):
        found = review.with_verdict(verdict)
        if found:
            lines += ["", terminal.paint(VERDICTS[view.lang][verdict], _STYLES[verdict])]  # type: ignore[arg-type]
            for one in found:
                lines += _told(one, view)
    for dimension, standings in review.standings.items():
        if standings and (dimension == "channel" or len(standings) > 1):
            lines += ["", *_table(dimension, standings, view)]
    if review.unknown:
        codes = "、".join(review.unknown[:6]) + ("…" if len(review.unknown) > 6 else "")
        told = say(
            f"没给出过这些码：{codes}；在打码的项目文件夹里复盘，或核对有没有抄错",
            f"codes that were never given out here: {codes}; review in the project that gave them out",
        )
        lines += ["", *view.terminal.hanging("  ! ", told)]
    for note in review.notes:
        lines += ["", *view.terminal.hanging("  ! ", note.say(view.lang))]
    return "\n".join(lines)


def _told(one: Any, view: View) -> list[str]:
    colon = view.say("：", ": ")
    lines = view.terminal.hanging("  ", f"{one.name}{colon}{one.why.say(view.lang)}")
    for rate, (peer, side) in one.peers.items():
        shown = f"{peer:.2%}" if rate != "order_value" else f"{peer:,.2f}"
        lines += view.terminal.hanging("      ", f"{_RATES[view.lang][rate]} {_SIDES[view.lang][side]} {shown}")
    return lines


def _table(dimension: str, standings: Sequence[Any], view: View) -> list[str]:
    say = view.say
    head = [
        DIMENSIONS[view.lang][dimension],
        say("点击", "visits"),
        say("成交", "orders"),
        say("转化率（95% 区间）", "conversion (95 %)"),
        say("投产比", "roi"),
        say("结论", "verdict"),
    ]
    rows = [
        [
            _clip(one.name, 16),
            _count(one.counts.get("visits")),
            _count(one.counts.get("orders")),
            _share(one),
            _roi(one),
            VERDICTS[view.lang][one.verdict],
        ]
        for one in standings[:_SHOWN]
    ]
    table = columns([head, *rows])
    lines = [view.terminal.paint("  " + table[0], "quiet"), *("  " + view.terminal.safe(line) for line in table[1:])]
    if len(standings) > _SHOWN:
        lines.append(say(f"  还有 {len(standings) - _SHOWN} 个，-o 写出来看", f"  and {len(standings) - _SHOWN} more"))
    return lines


def _count(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f}"


def _share(one: Any) -> str:
    if "conversion" not in one.rates:
        return "–"
    low, high = one.intervals["conversion"]
    return f"{one.rates['conversion']:.2%}（{low:.1%}—{high:.1%}）"


def _roi(one: Any) -> str:
    if "roi" not in one.rates:
        return "–"
    low, high = one.intervals["roi"]
    return f"{one.rates['roi']:.2f}（{low:.1f}—{high:.1f}）"


def _clip(text: str, width: int) -> str:
    kept = text
    while display_width(kept) > width:
        kept = kept[:-1]
    return kept if kept == text else kept[:-1] + "…"


# --- files ------------------------------------------------------------------------------------------------------------


def next_headers(view: View) -> list[str]:
    """Return the columns that ``channels plan --results`` reads, and what people want beside them."""
    zh = ["渠道", "期间", "次数", "访客", "成交", "花费", "销售额", "工时"]
    en = ["channel", "period", "actions", "visitors", "orders", "cost", "revenue", "hours"]
    return zh if view.lang == "zh" else en


def standing_headers(dimension: str, view: View) -> list[str]:
    """Return the names of the cells of :func:`standing_rows`."""
    name = DIMENSIONS[view.lang][dimension]
    zh = ["结论", "展现", "点击", "成交", "销售额", "花费", "点击率", "转化率", "转化率低", "转化率高", "客单价"]
    zh += ["每单成本", "投产比", "投产比低", "投产比高", "每小时成交", "同行转化率", "为什么"]
    en = ["verdict", "impressions", "visits", "orders", "revenue", "cost", "click rate", "conversion", "low", "high"]
    en += ["order value", "cost per order", "roi", "roi low", "roi high", "orders per hour", "peers' conversion", "why"]
    return [name, *(zh if view.lang == "zh" else en)]


def standing_rows(standings: Sequence[Any], view: View) -> Iterator[list[Any]]:
    """Yield the cells of every standing."""
    for one in standings:
        conversion, roi = (one.intervals.get(name, ("", "")) for name in ("conversion", "roi"))
        counts = [one.counts.get(name, "") for name in ("impressions", "visits", "orders", "revenue", "cost")]
        rates = [one.rates.get(name, "") for name in ("click_rate", "conversion")]
        yield [
            one.name,
            VERDICTS[view.lang][one.verdict],
            *counts,
            *rates,
            *conversion,
            one.rates.get("order_value", ""),
            one.rates.get("cost_per_order", ""),
            one.rates.get("roi", ""),
            *roi,
            one.rates.get("orders_per_hour", ""),
            one.peers["conversion"][0] if "conversion" in one.peers else "",
            one.why.say(view.lang),
        ]
