"""The wording that all forms of a report share: names of states, figures, changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from copykit.model import Report, SourceRow, WordRow
from copykit.render.keywords import ROLES

ORDER = ("new", "rising", "one_day", "falling", "gone")
STATES: Mapping[str, Mapping[str, str]] = {
    "zh": {"new": "新", "rising": "涨", "one_day": "一天", "falling": "跌", "gone": "没了", "steady": "平"},
    "en": {"new": "new", "rising": "up", "one_day": "a day", "falling": "down", "gone": "gone", "steady": "steady"},
}
HEADINGS: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "new": "新出来的词",
        "rising": "涨起来的词",
        "one_day": "只热了一天的词",
        "falling": "掉下去的词",
        "gone": "不见了的词",
    },
    "en": {
        "new": "new words",
        "rising": "rising words",
        "one_day": "hot on one day only",
        "falling": "falling words",
        "gone": "words that went",
    },
}
AGAINST_LAST_YEAR: Mapping[str, str] = {
    "zh": "和去年同期比，除去整体的涨跌",
    "en": "against last year, less what the whole did",
}
TOP: Mapping[str, str] = {"zh": "这期最多的词", "en": "largest figures"}
LINK_STATES: Mapping[str, Mapping[str, str]] = {
    "zh": {"ok": "在", "lost": "没了", "changed": "变了", "nofollow": "加了 nofollow", "unreachable": "打不开"},
    "en": {
        "ok": "there",
        "lost": "lost",
        "changed": "changed",
        "nofollow": "not counted",
        "unreachable": "could not be opened",
    },
}
# What the figure of a word counts; other roles are called as everywhere.
_MEASURES: Mapping[str, tuple[str, str]] = {"searches": ("次数", "count"), "documents": ("篇数", "texts")}


class Marks(NamedTuple):
    """The punctuation of a language."""

    open: str
    shut: str
    colon: str
    comma: str
    between: str  # items of a list
    semicolon: str


MARKS: Mapping[str, Marks] = {
    "zh": Marks("（", "）", "：", "，", "、", "；"),
    "en": Marks(" (", ")", ": ", ", ", ", ", "; "),
}


def measure(role: str, lang: str) -> str:
    """Return what a figure is called."""
    zh, en = _MEASURES.get(role) or ROLES[role]
    return zh if lang == "zh" else en


def number(value: float | None) -> str:
    """Return a figure with thousands; a dash where there is none."""
    if value is None:
        return "–"
    return f"{value:,.0f}" if value == round(value) else f"{value:,.1f}"


def change(row: WordRow, lang: str) -> str:
    """Return how much a word changed, in a word or a percentage."""
    match row.state:
        case "new" | "one_day" if row.state == "new" or row.before == 0:
            return "这期才有" if lang == "zh" else "new"
        case "gone":
            return "这期没有" if lang == "zh" else "gone"
        case _ if row.ratio is None:
            if row.before is None:
                return "以前很少" if lang == "zh" else "rare before"
            return "现在很少" if lang == "zh" else "rare now"
        case _ if row.ratio >= 10:
            return f"{row.ratio:.0f} 倍" if lang == "zh" else f"{row.ratio:.0f} times"
        case _:
            share = (row.ratio - 1) * 100
            told = f"{'+' if share >= 0 else '−'}{abs(share):.0f}%"
            if not against_the_rest(row):
                return told
            return f"和别的词比 {told}" if lang == "zh" else f"{told} against the rest"


def against_the_rest(row: WordRow) -> bool:
    """Return whether a word rose or fell against the others only, while its own figure did not."""
    if row.before is None or row.after is None:
        return False
    return row.after <= row.before if row.state == "rising" else row.state == "falling" and row.after >= row.before


def source_told(row: SourceRow, lang: str) -> str:
    """Return what a source gave and its part of all, then what is said of it."""
    p = MARKS[lang]
    told = [row.detail]
    if row.figure is not None and row.share is not None:
        told.insert(0, f"{'合计' if lang == 'zh' else 'sum'} {number(row.figure)}{p.open}{row.share:.0%}{p.shut}")
    return p.semicolon.join(filter(None, told))


def figures(row: WordRow) -> str:
    """Return the figures before and now."""
    return f"{number(row.before)} → {number(row.after)}"


def last_year(row: WordRow, lang: str) -> str:
    """Return the figure of the same weeks last year."""
    return f"去年同期 {number(row.year_ago)}" if lang == "zh" else f"{number(row.year_ago)} a year ago"


def groups(report: Report) -> list[tuple[str, tuple[WordRow, ...]]]:
    """Return the changed words by state, in the order in which they are told."""
    return [(state, report.words[state]) for state in ORDER if report.words.get(state)]
