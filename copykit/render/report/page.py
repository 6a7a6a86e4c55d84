"""The report as one page: no script, nothing from the network, small charts inside."""

from __future__ import annotations

import functools
from dataclasses import replace

from copykit.model import Report, WordRow
from copykit.render.report import words

WIDTH, HEIGHT, EDGE = 132, 30, 4  # of a chart, in CSS pixels
MOST_BYTES = 300_000
WHOLE = (20, 5, 0)  # words of a state that are told in full, tried one after another


def html(report: Report, template: str, lang: str = "zh") -> str:
    """Return the page; every text is escaped.

    ``template`` is the Jinja source of the page (``templates/report/report.html.j2``, or one's own in its place). One
    that would weigh too much for a phone leaves out what stands with words further down; their figures stay.
    """
    page = _html(report, template, lang)
    for whole in WHOLE:
        if len(page.encode()) <= MOST_BYTES:
            break
        page = _html(_lighter(report, whole), template, lang)
    return page


def _lighter(report: Report, whole: int) -> Report:
    """Return a report whose words of each state tell all there is of them down to a place only."""
    words = {
        state: (*rows[:whole], *(replace(row, examples=(), titles=(), could=(), commands=()) for row in rows[whole:]))
        for state, rows in report.words.items()
    }
    return replace(report, words=words)


def _html(report: Report, template: str, lang: str) -> str:
    import jinja2
    from jinja2.sandbox import ImmutableSandboxedEnvironment
    from markupsafe import Markup

    environment = ImmutableSandboxedEnvironment(autoescape=True, undefined=jinja2.StrictUndefined)
    page = environment.from_string(template)
    every = [row for _, rows in words.groups(report) for row in rows]
    return (
        page.render(
            report=report,
            lang="zh-CN" if lang == "zh" else "en",
            say=lambda zh, en: zh if lang == "zh" else en,
            groups=words.groups(report),
            headings=words.HEADINGS[lang],
            state_names=words.STATES[lang],
            link_states=words.LINK_STATES[lang],
            table=[row for row in (*every, *report.own) if row.history],
            number=words.number,
            change=functools.partial(words.change, lang=lang),
            figures=words.figures,
            last_year=functools.partial(words.last_year, lang=lang),
            spark=lambda row: Markup(spark(row, lang)),  # noqa: S704 – made of numbers only
        )
        + "\n"
    )


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
