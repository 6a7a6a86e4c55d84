"""The report as one page: no script, nothing from the network, small charts inside."""

from __future__ import annotations

import functools
import pickle
from dataclasses import replace
from typing import NamedTuple

from copykit.datafiles import BUNDLED, DataFiles
from copykit.model import Example, LinkRow, PlanLine, Report, SourceRow, TitleRow, WordRow, YearPart
from copykit.render.report import words
from copykit.templating import Cage, render_page

WIDTH, HEIGHT, EDGE = 132, 30, 4  # of a chart, in CSS pixels
MOST_BYTES = 300_000
WHOLE = (20, 5, 0)  # words of a state that are told in full, tried one after another


class PageTemplate(NamedTuple):
    """The Jinja source of the page (``templates/report/report.html.j2``, or one's own in its place).

    ``line`` is that of the file where it begins; ``own``: it is somebody else's, and rendered in the cage.
    """

    source: str
    file: str = "report/report.html"
    line: int = 1
    own: bool = False


def page_template(files: DataFiles) -> PageTemplate:
    """Return the template that is in force."""
    found = files.load("report")["report.html"]
    own = files.origin("report", "report.html") != BUNDLED
    return PageTemplate(found["body"], "report/report.html", found["line"], own)


def html(report: Report, template: PageTemplate, lang: str = "zh") -> str:
    """Return the page; every text is escaped.

    One that would weigh too much for a phone leaves out what stands with words further down; their figures stay.

    Raises:
        TemplateFault: the template cannot be parsed, or fails.
        Caged: it takes too much time, memory or room.
    """
    if template.own:
        with Cage() as cage:
            return cage.call(f"{__name__}:caged", pickle.dumps((report, template, lang))).decode()
    page = _html(report, template, lang)
    for whole in WHOLE:
        if len(page.encode()) <= MOST_BYTES:
            break
        page = _html(_lighter(report, whole), template, lang)
    return page


def caged(payload: bytes) -> bytes:
    """Return the page of a template that is not ours; what runs in the cage."""
    report, template, lang = pickle.loads(payload)  # noqa: S301  (from html() alone)
    return html(report, template._replace(own=False), lang).encode()


def tried(template: PageTemplate, lang: str) -> None:
    """Render two small made-up reports: one in which every part is there, and one of a first period, with none.

    Raises:
        TemplateFault, Caged: as a page of a real one would.
    """
    rows = {
        state: (
            WordRow(
                *("护手霜", state, 10.0, 20.0, 2.0, (10.0, 20.0), (Example("买了", "护手霜", "，不黏手", "评论.csv"),)),
                *(("护手霜 50g",), ("滋润护手霜",), False, "连涨 2 期", ("copykit",), 8.0),
            ),
        )
        for state in words.ORDER
    }
    report = Report(
        name="周报",
        period="2026-W47",
        days="11月16日—11月22日",
        made_on="2026-11-23",
        measure="次数",
        lead=("“护手霜”增加最多。",),
        words=rows,
        own=rows["rising"],
        periods=("2026-W46", "2026-W47"),
        totals=(("读了", "30 条"),),
        titles=(TitleRow("护手霜 50g", 46.9, 51.0, "点出给谁看", "手干的人用的护手霜"),),
        links=(LinkRow("https://a.example/", "https://b.example/", "lost", "链接没有了"),),
        plan=(PlanLine("小红书", "每周 3 篇", False, "做了 1 次"),),
        due=(("2026-11-24", "发一篇"),),
        sources=(SourceRow("搜索词", 30, True),),
        notes=("漏了 2026-W45",),
        commands=("copykit report run",),
        year=YearPart("2025-W47", "2025年11月17日—11月23日", rows["rising"]),
        top=rows["rising"],
    )
    html(report, template, lang)
    bare = replace(report, words={}, own=(), titles=None, links=None, plan=None, due=(), notes=(), year=None)
    html(bare, template, lang)


def _lighter(report: Report, whole: int) -> Report:
    """Return a report whose words of each state tell all there is of them down to a place only."""
    words = {
        state: (*rows[:whole], *(replace(row, examples=(), titles=(), could=(), commands=()) for row in rows[whole:]))
        for state, rows in report.words.items()
    }
    return replace(report, words=words)


def _html(report: Report, template: PageTemplate, lang: str) -> str:
    from markupsafe import Markup

    every = [row for _, rows in words.groups(report) for row in rows]
    variables = {
        "report": report,
        "lang": "zh-CN" if lang == "zh" else "en",
        "say": lambda zh, en: zh if lang == "zh" else en,
        "groups": words.groups(report),
        "headings": words.HEADINGS[lang],
        "state_names": words.STATES[lang],
        "link_states": words.LINK_STATES[lang],
        "table": [row for row in (*every, *report.own) if row.history],
        "number": words.number,
        "change": functools.partial(words.change, lang=lang),
        "figures": words.figures,
        "last_year": functools.partial(words.last_year, lang=lang),
        "top_heading": words.TOP[lang],
        "source_told": functools.partial(words.source_told, lang=lang),
        "spark": lambda row: Markup(spark(row, lang)),  # noqa: S704 – made of numbers only
    }
    return render_page(template.source, variables, template.file, template.line) + "\n"


def spark(row: WordRow, lang: str) -> str:
    """Return a word's history as a line in SVG, the last point marked; empty when there are not two figures.

    A period without a figure is a gap in the line, not a zero.
    """
    values = [value for value in row.history if value is not None]
    if len(values) < 2:
        return ""
    low, high = min(0.0, *values), max(values)
    step = (WIDTH - 2 * EDGE) / (len(row.history) - 1)
    scale = (HEIGHT - 2 * EDGE) / ((high - low) or 1.0)
    lines: list[list[tuple[float, float]]] = [[]]
    for place, value in enumerate(row.history):
        if value is None:
            lines.append([])
        else:
            lines[-1].append((EDGE + place * step, HEIGHT - EDGE - (value - low) * scale))
    drawn = []
    for line in filter(None, lines):
        if len(line) == 1:
            drawn.append(_dot(line[0], 1.5))
        else:
            points = " ".join(f"{x:.1f},{y:.1f}" for x, y in line)
            drawn.append(f'<polyline points="{points}" fill="none" stroke="currentColor" stroke-width="1.5"/>')
    if row.history[-1] is not None:
        drawn.append(_dot(lines[-1][-1], 2.5))
    told = ", ".join(words.number(value) for value in row.history)
    label = f"各期：{told}" if lang == "zh" else f"by period: {told}"
    return (
        f'<svg class="change" role="img" aria-label="{label}" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}">{"".join(drawn)}</svg>'
    )


def _dot(point: tuple[float, float], radius: float) -> str:
    return f'<circle cx="{point[0]:.1f}" cy="{point[1]:.1f}" r="{radius}" fill="currentColor"/>'
