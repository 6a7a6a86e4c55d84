"""How goods and suppliers stand, as people and machines read it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from copykit.model import Grade, Grading, Standing
from copykit.render.terminal import Bilingual, Terminal, columns, wrapped
from copykit.tables import Sheet
from copykit.text.measure import display_width

SHOWN = 8
BANDS = {
    "zh": {"high": "高", "mid": "中", "low": "低", "": ""},
    "en": {"high": "high", "mid": "mid", "low": "low", "": ""},
}
KINDS = {
    "zh": {"rank": "排名", "floor": "销售额", "defect": "不良率", "dead": "没卖过", "hand": "人工", "new": "新品"},
    "en": {
        "rank": "rank",
        "floor": "floor",
        "defect": "defects",
        "dead": "never sold",
        "hand": "by hand",
        "new": "new",
    },
}
VERDICTS = {
    "zh": {"out": "淘汰", "mend": "先解决", "watch": "观察"},
    "en": {"out": "out", "mend": "mend", "watch": "watch"},
}
STATES = {
    "zh": {"watch": "看一个月", "mend": "补救", "out": "下架复盘", "passed": "达标"},
    "en": {"watch": "first month", "mend": "mend", "out": "take off", "passed": "passed"},
}


@dataclass(frozen=True, slots=True)
class View(Bilingual):
    """How a grading is shown."""

    lang: str = "zh"
    terminal: Terminal = field(default_factory=Terminal)


def grading_text(grading: Grading, view: View) -> str:
    """Return the page: profit first, then where the money lies, what has to go, what to push, how it was reckoned."""
    say = view.say
    lines = _forces(grading, view)
    lines += ["", *_letters(grading.goods, say("库存 ABC", "stock ABC"), view)]
    if grading.suppliers:
        lines += _letters(grading.suppliers, say("供应商", "suppliers"), view)
    lines += ["", *_ranking(grading, view)]
    out = [each for each in grading.removals if each.verdict == "out"]
    if grading.removals:
        watch = len(grading.removals) - len(out)
        lines += ["", say(f"该走的 {len(out)} 个，要看着的 {watch} 个", f"to remove: {len(out)}, to watch: {watch}")]
        for each in grading.removals[:SHOWN]:
            lines += _entry(f"{VERDICTS[view.lang][each.verdict]}  {_named(each.product, each.name)}  {each.why}", view)
            for measure in each.measures[:1]:
                lines += _entry(f"    {measure}", view)
    due = [clock for clock in grading.clocks if clock.state in ("out", "mend")]
    if due:
        lines += ["", say("新品", "new goods")]
        for clock in due[:SHOWN]:
            until = say(f"，到 {clock.until} 前", f", until {clock.until}") if clock.until else ""
            told = say(
                f"上架 {clock.days} 天，动销率 {clock.sell_through:.0%}",
                f"{clock.days} days, {clock.sell_through:.0%} sold",
            )
            lines += _entry(
                f"{STATES[view.lang][clock.state]}{until}  {_named(clock.product, clock.name)}  {told}", view
            )
    lines += ["", *_pushed(grading, view)]
    if grading.notes:
        lines += ["", *(line for note in grading.notes for line in _entry(f"＊ {note}", view))]
    lines += ["", say("公式和原文写错的地方：", "formulas, and what was put right in them:")]
    for formula in grading.formulas:
        lines += _entry(f"{formula.name}：{formula.formula}", view)
        lines += ["  " + view.terminal.paint(line.strip(), "quiet") for line in _entry(f"  {formula.note}", view)]
    return "\n".join(lines)


def _forces(grading: Grading, view: View) -> list[str]:
    forces, say = grading.forces, view.say
    lines = [
        say(
            f"{len(grading.standings)} 个商品，{grading.days} 天",
            f"{len(grading.standings)} products, {grading.days} days",
        )
    ]
    if forces.goods:
        text = say(
            f"毛利额 {forces.profit:,.0f} 元 = 商品数量 {forces.goods} × 动销率 {forces.sell_through:.1%} × 单品贡献额"
            f" {forces.contribution:,.0f} 元 × 毛利率 {forces.margin:.1%}",
            f"gross profit {forces.profit:,.0f} = {forces.goods} products × {forces.sell_through:.1%} selling ×"
            f" {forces.contribution:,.0f} each × margin {forces.margin:.1%}",
        )
        lines += wrapped(text, view.terminal.width)
    if forces.turnover is not None:
        lines.append(
            say(
                f"周转 {forces.turnover:.1f} 次/年（一年至少 12 次）",
                f"turnover {forces.turnover:.1f} a year (12 at least)",
            )
        )
    return lines


def _letters(grades: Sequence[Grade], label: str, view: View) -> list[str]:
    counts, shares = Counter[str](), Counter[str]()
    for each in grades:
        counts[each.letter] += 1
        shares[each.letter] += each.share  # type: ignore[assignment]
    if not counts:
        return [f"{label}：" + view.say("没有库存金额", "no stock value is told")]
    parts = [
        view.say(
            f"{letter} {counts[letter]} 个占 {shares[letter]:.0%}", f"{letter}: {counts[letter]}, {shares[letter]:.0%}"
        )
        for letter in ("S", "A", "B", "C")
        if counts[letter]
    ]
    return [f"{label}：" + " · ".join(parts)]


def _ranking(grading: Grading, view: View) -> list[str]:
    ranked = sorted((each for each in grading.standings if each.cross is not None), key=lambda each: -(each.cross or 0))
    if not ranked:
        return [
            view.say(
                "算不出交叉比率：要有成本、销量（或销售额）和库存", "no cross ratio: cost, sales and stock are needed"
            )
        ]
    say = view.say
    header = [
        say("交叉比率", "cross"),
        say("毛利率", "margin"),
        say("周转/年", "turns"),
        "ABC",
        say("档", "band"),
        say("商品", "product"),
    ]
    rows = [header, *(_row(each, view) for each in ranked[:SHOWN])]
    lines = columns(rows)
    if len(ranked) > SHOWN:
        lines.append(say(f"还有 {len(ranked) - SHOWN} 个", f"{len(ranked) - SHOWN} more"))
    return lines


def _row(each: Standing, view: View) -> list[str]:
    return [
        f"{each.cross:.2f}",
        f"{each.margin:.0%}" if each.margin is not None else "",
        f"{each.turnover:.1f}" if each.turnover is not None else "",
        each.letter,
        BANDS[view.lang][each.band],
        _clipped(_named(each.product, each.name), max(view.terminal.width - 38, 16)),
    ]


def _pushed(grading: Grading, view: View) -> list[str]:
    say = view.say
    if not grading.pushed:
        return [say("没有够格推的商品", "nothing deserves to be pushed")]
    header = [
        say("推", "push"),
        say("名次均", "score"),
        say("交叉", "cross"),
        say("转化", "conv."),
        say("够卖", "cover"),
        "ABC",
        say("商品", "product"),
    ]
    rows = [
        [
            str(number),
            f"{each.score:g}",
            f"{each.cross:.2f}",
            f"{each.conversion:.1%}" if each.conversion else "-",
            say(f"{each.cover:.0f} 天", f"{each.cover:.0f} d"),
            each.letter,
            _clipped(f"{_named(each.product, each.name)}（{each.kind}）", max(view.terminal.width - 46, 16)),
        ]
        for number, each in enumerate(grading.pushed[:SHOWN], 1)
    ]
    lines = columns([header, *rows])
    if len(grading.pushed) > SHOWN:
        lines.append(say(f"还有 {len(grading.pushed) - SHOWN} 个", f"{len(grading.pushed) - SHOWN} more"))
    if grading.not_pushed:
        lines.append(
            say(f"没排进来的 {len(grading.not_pushed)} 个，如：", f"left out: {len(grading.not_pushed)}, such as")
        )
        for left in grading.not_pushed[:3]:
            lines += _entry(f"{_named(left.product, left.name)}  {left.why}", view)
    lines.append(say("ABC 只是列出来看，不参与选", "ABC is shown and chooses nothing"))
    return lines


def _named(product: str, name: str) -> str:
    return name if name == product else f"{product} {name}"


def _entry(text: str, view: View) -> list[str]:
    lines = wrapped(text, view.terminal.width - 4)
    return ["  " + lines[0], *("    " + line for line in lines[1:])]


def _clipped(text: str, width: int) -> str:
    while display_width(text) > width:
        text = text[:-2] + "…"
    return text


def grading_json(grading: Grading) -> dict[str, Any]:
    """Return what machines read."""
    return {
        "days": grading.days,
        "forces": grading.forces._asdict(),
        "goods": [each._asdict() for each in grading.goods],
        "suppliers": [each._asdict() for each in grading.suppliers],
        "standings": [_plain(asdict(each)) for each in grading.standings],
        "removals": [each._asdict() for each in grading.removals],
        "new": [_plain(each._asdict()) for each in grading.clocks],
        "push": [each._asdict() for each in grading.pushed],
        "not_pushed": [each._asdict() for each in grading.not_pushed],
        "formulas": [each._asdict() for each in grading.formulas],
        "notes": list(grading.notes),
    }


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in values.items()}


def grading_sheets(grading: Grading, view: View) -> Iterator[Sheet]:
    """Yield every sheet of the workbook."""
    say = view.say
    yield push_sheet(grading, view)
    yield _crosses_sheet(grading, view)
    yield _grades_sheet(say("库存ABC", "stock ABC"), grading.goods, view)
    yield _grades_sheet(say("供应商SABC", "suppliers SABC"), grading.suppliers, view)
    yield _removals_sheet(grading, view)
    yield _new_goods_sheet(grading, view)
    yield Sheet(
        say("没排进来", "left out"),
        [say("商品", "product"), say("品名", "name"), say("为什么", "why")],
        [[each.product, each.name, each.why] for each in grading.not_pushed],
    )
    yield _forces_sheet(grading, view)


def _crosses_sheet(grading: Grading, view: View) -> Sheet:
    say = view.say
    headers = [
        say("商品", "product"),
        say("品名", "name"),
        say("档", "band"),
        say("交叉比率", "cross ratio"),
        say("毛利率", "margin"),
        say("周转/年", "turnover"),
        say("转化率", "conversion"),
        say("够卖天数", "days of stock"),
        say("动销率", "selling"),
        say("销售额", "revenue"),
        say("毛利额", "profit"),
        "ABC",
    ]
    rows: list[list[object]] = [
        [
            each.product,
            each.name,
            BANDS[view.lang][each.band],
            each.cross,
            each.margin,
            each.turnover,
            each.conversion,
            each.cover,
            each.sell_through,
            each.revenue,
            each.profit,
            each.letter,
        ]
        for each in sorted(grading.standings, key=lambda each: -(each.cross if each.cross is not None else -1e18))
    ]
    return Sheet(say("交叉比率", "cross ratio"), headers, rows)


def _grades_sheet(name: str, grades: Iterable[Grade], view: View) -> Sheet:
    say = view.say
    headers = [
        say("编号", "id"),
        say("名称", "name"),
        say("金额", "value"),
        say("占比", "share"),
        say("在它之前累计", "before it"),
        say("级", "grade"),
    ]
    rows = [[each.id, each.name, each.value, each.share, each.before, each.letter] for each in grades]
    return Sheet(name, headers, rows)


def _removals_sheet(grading: Grading, view: View) -> Sheet:
    say = view.say
    headers = [
        say("商品", "product"),
        say("品名", "name"),
        say("结论", "verdict"),
        say("哪张名单", "list"),
        say("为什么", "why"),
        say("原因和办法", "causes and measures"),
    ]
    rows: list[list[object]] = [
        [
            each.product,
            each.name,
            VERDICTS[view.lang][each.verdict],
            KINDS[view.lang][each.kind],
            each.why,
            "\n".join(each.measures),
        ]
        for each in grading.removals
    ]
    return Sheet(say("该走的", "to remove"), headers, rows)


def _new_goods_sheet(grading: Grading, view: View) -> Sheet:
    say = view.say
    headers = [
        say("商品", "product"),
        say("品名", "name"),
        say("上架", "listed"),
        say("天数", "days"),
        say("到哪一步", "state"),
        say("期限", "until"),
        say("动销率", "selling"),
    ]
    rows: list[list[object]] = [
        [
            each.product,
            each.name,
            each.listed.isoformat(),
            each.days,
            STATES[view.lang][each.state],
            each.until.isoformat() if each.until else "",
            each.sell_through,
        ]
        for each in grading.clocks
    ]
    return Sheet(say("新品", "new goods"), headers, rows)


def _forces_sheet(grading: Grading, view: View) -> Sheet:
    say, forces = view.say, grading.forces
    rows: list[list[object]] = [
        [say("潜力：商品数量", "products"), forces.goods, ""],
        [say("竞争力：动销率", "share that sells"), forces.sell_through, ""],
        [say("内力：单品贡献额（元）", "revenue of one that sold"), forces.contribution, ""],
        [say("营利能力：毛利率", "margin"), forces.margin, ""],
        [say("拉动力：周转率（次/年）", "turnover a year"), forces.turnover, ""],
        [say("毛利额＝前四个相乘（元）", "gross profit: the first four multiplied"), forces.profit, ""],
        *_cells((note, "", "") for note in grading.notes),
        *_cells((each.name, "", f"{each.formula}。{each.note}") for each in grading.formulas),
    ]
    headers = [say("项目", "what"), say("数", "value"), say("说明", "note")]
    return Sheet(say("五力和公式", "forces and formulas"), headers, rows)


def _cells(rows: Iterable[Sequence[object]]) -> list[list[object]]:
    return [list(row) for row in rows]


def push_sheet(grading: Grading, view: View) -> Sheet:
    """Return the ranking of what to push; its first column is what ``listings build --only`` reads."""
    say = view.say
    headers = [
        say("货号", "id"),
        say("品名", "name"),
        say("第几", "place"),
        say("名次平均", "score"),
        say("交叉比率", "cross ratio"),
        say("转化率", "conversion"),
        say("够卖天数", "days of stock"),
        "ABC",
        say("类型", "kind"),
    ]
    rows: list[list[object]] = [
        [each.product, each.name, number, each.score, each.cross, each.conversion, each.cover, each.letter, each.kind]
        for number, each in enumerate(grading.pushed, 1)
    ]
    return Sheet(say("推", "push"), headers, rows)
