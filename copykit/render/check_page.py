"""What a check found as one page that needs nothing else: no script, nothing from the network, every text escaped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from copykit.model import Checked, Finding, Spared, Told
from copykit.render.check import FACTS, SEVERITIES, SIGNS, VERDICTS, View
from copykit.templating import page_environment

AROUND = 60  # characters shown before and behind what was found
TEMPLATE = Path(__file__).with_name("check.html.j2")


class Part(NamedTuple):
    """A run of a text; ``severity`` is that of the gravest finding in it, empty where there is none."""

    text: str
    severity: str


class Line(NamedTuple):
    """A line of a text in which something was found: its number or column, its parts, and what was found."""

    label: str
    parts: tuple[Part, ...]
    findings: tuple[Finding, ...]


class Sheet(NamedTuple):
    """What the page says of one text."""

    name: str
    verdict: str
    counts: tuple[tuple[str, int], ...]
    lines: tuple[Line, ...]
    exempted: tuple[Spared, ...]
    excused: tuple[Spared, ...]
    asks: tuple[tuple[str, str, int], ...]
    inferred: bool


def check_html(results: Iterable[Checked], view: View, tally: Callable[[], str]) -> Iterator[str]:
    """Yield the page in pieces. Texts of which nothing is to be said are counted and not listed.

    ``tally`` gives the line that sums them up; it is asked once all results were taken.
    """
    sheets = [_sheet(checked, view) for checked in results if _speaks(checked)]
    page = page_environment().from_string(TEMPLATE.read_text("utf-8"))
    yield from page.generate(
        lang="zh-CN" if view.lang == "zh" else "en",
        say=view.say,
        sheets=sheets,
        tally=tally(),
        verdicts=VERDICTS[view.lang],
        severities=SEVERITIES[view.lang],
    )
    yield "\n"


def _speaks(checked: Checked) -> bool:
    return bool(checked.findings or checked.exempted or checked.excused)


def _sheet(checked: Checked, view: View) -> Sheet:
    counts = Counter(told.finding.severity for told in checked.findings)
    facts = FACTS[view.lang]
    by_line = groupby(checked.findings, key=lambda told: (told.place.line, told.place.field))
    return Sheet(
        view.name(checked),
        checked.verdict,
        tuple((severity, counts[severity]) for severity in SIGNS if counts[severity]),  # type: ignore[index]
        tuple(_line(field or str(line), list(group), checked.text) for (line, field), group in by_line),
        checked.exempted,
        checked.excused,
        tuple((*facts.get(fact, (fact, "")), len(rules)) for fact, rules in checked.asks),
        "has_link" in checked.inferred,
    )


def _line(label: str, told: list[Told], text: str) -> Line:
    """Return a line with what was found in it, the gravest first."""
    order = list(SIGNS)
    told = sorted(told, key=lambda each: order.index(each.finding.severity))
    findings = tuple(each.finding for each in told)
    seen = [(each.place.seen, each.finding.severity) for each in told if each.place.seen.end]
    if not seen:
        return Line(label, (Part(told[0].finding.match, told[0].finding.severity),), findings)
    begin = text.rfind("\n", 0, min(span.start for span, _ in seen)) + 1
    end = text.find("\n", begin)
    end = len(text) if end < 0 else end
    low = max(begin, min(span.start for span, _ in seen) - AROUND)
    high = min(end, max(span.end for span, _ in seen) + AROUND)
    worst = [""] * (high - low)
    for span, grave in reversed(seen):  # the gravest last, so that it is the one that shows
        for place in range(max(span.start, low), min(span.end, high)):
            worst[place - low] = grave
    parts = [Part("…", "")] if low > begin else []
    start = low
    for severity, group in groupby(worst):
        size = sum(1 for _ in group)
        parts.append(Part(text[start : start + size], severity))
        start += size
    if high < end:
        parts.append(Part("…", ""))
    return Line(label, tuple(parts), findings)
