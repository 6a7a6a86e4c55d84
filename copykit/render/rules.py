"""A rule as a page for people: what it flags, why, by which article, under which conditions, and its sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from copykit.render.terminal import Terminal
from copykit.render.titles import markdown_cell
from copykit.text.measure import display_width, pad


class Cited(NamedTuple):
    """A part of a rule's source: the law by its full name, the article, the date of the text and how sure it is."""

    law: str
    article: str
    issuer: str = ""
    text_date: str = ""
    url: str = ""
    official: bool | None = None
    note: str = ""


class RulePage(NamedTuple):
    """All that people want to know of a rule. ``conditions`` are told in words, ``searched`` says what it looks for."""

    id: str
    title: str
    severity: str
    why: str
    sources: tuple[Cited, ...]
    source: str
    searched: tuple[str, ...]
    conditions: tuple[str, ...]
    exemptions: tuple[str, ...]
    suggestions: tuple[str, ...]
    flagged: tuple[str, ...]
    clean: tuple[str, ...]
    official: bool
    worth: str = ""  # its points and their dimension


LABELS = {
    "zh": {
        "severity": "轻重",
        "worth": "计分",
        "why": "为什么",
        "sources": "依据",
        "searched": "找什么",
        "conditions": "什么时候算",
        "exemptions": "什么时候可以留",
        "suggestions": "可以写",
        "flagged": "会命中",
        "clean": "不会命中",
        "error": "错误：要改",
        "warning": "提醒：核对了再发",
        "hint": "建议：可改可不改",
    },
    "en": {
        "severity": "severity",
        "worth": "worth",
        "why": "why",
        "sources": "source",
        "searched": "looks for",
        "conditions": "applies when",
        "exemptions": "may stand",
        "suggestions": "use instead",
        "flagged": "flags",
        "clean": "leaves alone",
        "error": "error: to be changed",
        "warning": "warning: verify first",
        "hint": "hint: as you like",
    },
}


def rule_page(page: RulePage, terminal: Terminal, lang: str) -> list[str]:
    """Return the lines of the page."""
    labels = LABELS[lang]
    wide = max(display_width(labels[name]) for name in _ORDER)
    lines = [terminal.paint(page.title, "strong"), terminal.paint(page.id, "quiet"), ""]
    told: Mapping[str, Sequence[str]] = {
        "severity": (labels[page.severity],),
        "worth": (page.worth,) if page.worth else (),
        "why": (page.why,),
        "sources": tuple(_law_lines(page.sources, lang)),
        "searched": page.searched,
        "conditions": page.conditions,
        "exemptions": page.exemptions,
        "suggestions": page.suggestions,
        "flagged": page.flagged,
        "clean": page.clean,
    }
    for name in _ORDER:
        for number, text in enumerate(told[name]):
            head = pad(labels[name] if not number else "", wide + 2)
            lines += terminal.hanging(head, text)
    return lines


_ORDER = (
    "severity",
    "worth",
    "why",
    "sources",
    "searched",
    "conditions",
    "exemptions",
    "suggestions",
    "flagged",
    "clean",
)


def _law_lines(sources: Iterable[Cited], lang: str) -> Iterator[str]:
    for each in sources:
        yield f"{each.law} {each.article}".strip()
        if each.official is None:
            continue
        sure = (
            ("官方文本" if each.official else "不是官方文本，发布前请自己核对")
            if lang == "zh"
            else ("official text" if each.official else "no official text; verify it yourself")
        )
        yield " · ".join(part for part in (each.issuer, each.text_date, sure) if part)
        if each.url:
            yield each.url


def rules_markdown(groups: Iterable[tuple[str, Sequence[RulePage]]], head: str) -> Iterator[str]:
    """Yield the lines of the page of all rules, a table a group."""
    yield from head.split("\n")
    for name, pages in groups:
        yield ""
        yield f"## {name}"
        yield ""
        yield "| 规则 | 轻重 | 查什么 | 依据 | 会命中 | 不会命中 |"
        yield "|---|---|---|---|---|---|"
        for page in pages:
            sure = "" if page.official else "（非官方文本）"
            severity = LABELS["zh"][page.severity].partition("：")[0]
            told = (page.title, page.source + sure, page.flagged[0], page.clean[0])
            title, source, flagged, clean = (markdown_cell(" ".join(each.split())) for each in told)
            yield f"| `{page.id}` | {severity} | {title} | {source} | {flagged} | {clean} |"
