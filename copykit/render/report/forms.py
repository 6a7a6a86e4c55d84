"""The report as Markdown, sheets, flat rows, JSON, and as a message for a chat."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

from copykit.model import Report, WordRow
from copykit.render.report import words
from copykit.tables import Sheet

# One value a cell, a key that stays, ISO dates: what 飞书多维表格 and other databases take in as it is.
FLAT_COLUMNS = (
    "key",
    "period",
    "date",
    "keyword",
    "state",
    "before",
    "after",
    "ratio",
    "own_brand",
    "example",
    "year_ago",
)
NOTES_IN_CHAT = 3
TOLD_IN_CHAT = 5  # words of a state


def flat_rows(report: Report) -> Iterator[list[object]]:
    """Yield a row a word: period/word is its key, so that taking the file in twice changes nothing."""
    for row in _every(report):
        example = row.examples[0] if row.examples else None
        yield [
            f"{report.period}/{row.keyword}",
            report.period,
            report.made_on,
            row.keyword,
            row.state,
            _plain(row.before),
            _plain(row.after),
            "" if row.ratio is None else f"{row.ratio:.4g}",
            "1" if row.own else "0",
            f"{example.before}{example.match}{example.after}" if example else "",
            _plain(row.year_ago),
        ]


def report_json(report: Report) -> dict[str, Any]:
    """Return the whole report; a part that was not asked for is null."""
    value = dataclasses.asdict(report)
    for name in ("titles", "links", "plan"):
        rows = getattr(report, name)
        value[name] = None if rows is None else [row._asdict() for row in rows]
    value["sources"] = [row._asdict() for row in report.sources]
    value["year"] = None if report.year is None else report.year._asdict() | {"words": value["year"][2]}
    told = [word for rows in value["words"].values() for word in rows] + list(value["own"])
    for word in (*told, *(value["year"]["words"] if value["year"] else ())):
        word["examples"] = [
            dict(zip(("before", "match", "after", "source"), each, strict=True)) for each in word["examples"]
        ]
    return value


def sheets(report: Report, lang: str = "zh") -> list[Sheet]:
    """Return the workbook: words, titles, links, plan, sources."""

    def say(zh: str, en: str) -> str:
        return zh if lang == "zh" else en

    states = words.STATES[lang]
    heads = [say("变化", "state"), say("词", "word"), say("上期", "before"), say("本期", "after"), say("倍数", "ratio")]
    heads += [*report.periods, say("去年同期", "a year ago"), say("说明", "note"), say("例句", "example")]
    heads += [say("可以加它的标题", "titles that could have it")]
    rows: list[list[object]] = []
    for row in _every(report):
        history = row.history or (None,) * len(report.periods)
        example = "".join(row.examples[0][:3]) if row.examples else ""
        figures = (row.before, row.after, row.ratio, *history)
        rows.append([states[row.state], row.keyword, *figures, row.year_ago, row.note, example, "\n".join(row.could)])
    made = [Sheet(say("词", "words"), heads, rows)]
    if report.year is not None:
        heads = [
            say("变化", "state"),
            say("词", "word"),
            report.year.period,
            report.period,
            say("除去整体的倍数", "ratio against the rest"),
        ]
        cells = [[states[row.state], row.keyword, row.before, row.after, row.ratio] for row in report.year.words]
        made.append(Sheet(say("和去年比", "a year ago"), heads, cells))
    if report.top:
        heads = [say("词", "word"), say("上期", "before"), say("本期", "after"), say("变化", "state")]
        cells = [[row.keyword, row.before, row.after, states[row.state]] for row in report.top]
        made.append(Sheet(words.TOP[lang], heads, cells))
    if report.titles is not None:
        heads = [
            say("标题", "title"),
            say("总分", "score"),
            say("上期", "before"),
            say("为什么", "why"),
            say("改成", "better"),
        ]
        made.append(Sheet(say("标题", "titles"), heads, [list(row) for row in report.titles]))
    if report.links is not None:
        heads = [say("页面", "page"), say("链接", "link"), say("状态", "state"), say("说明", "detail")]
        cells = [[row.page, row.link, words.LINK_STATES[lang][row.state], row.detail] for row in report.links]
        made.append(Sheet(say("链接", "links"), heads, cells))
    if report.plan is not None:
        heads = [say("渠道", "channel"), say("频率", "cadence"), say("守住", "kept"), say("说明", "words")]
        made.append(Sheet(say("计划", "plan"), heads, [[*row[:2], int(row.kept), row.words] for row in report.plan]))
    heads = [say("来源", "source"), say("篇数", "texts"), say("读到", "ok"), say("说明", "detail")]
    heads += [say("合计", "sum"), say("占比", "share")]
    cells = [[*row[:2], int(row.ok), row.detail, row.figure, row.share] for row in report.sources]
    made.append(Sheet(say("来源", "sources"), heads, cells))
    return made


def markdown(report: Report, lang: str = "zh") -> str:
    """Return the report as Markdown."""

    def say(zh: str, en: str) -> str:
        return zh if lang == "zh" else en

    p = words.MARKS[lang]
    out = [
        f"# {_md(report.name)}",
        f"{report.days}{p.open}{report.period}{p.shut} · {say('做于', 'made on')} {report.made_on}",
    ]
    out.append("\n".join(f"{number}. {_md(sentence)}" for number, sentence in enumerate(report.lead, 1)))
    out += [f"> {_md(note)}" for note in report.notes]
    for state, rows in words.groups(report):
        out.append(f"## {words.HEADINGS[lang][state]}")
        out.append("\n".join(_word_line(row, lang) for row in rows))
    if report.own:
        out.append(f"## {say('自己的牌子', 'own brand')}")
        out.append("\n".join(_word_line(row, lang) for row in report.own))
    if report.year is not None:
        out.append(f"## {words.AGAINST_LAST_YEAR[lang]}{p.open}{report.year.days}{p.shut}")
        lines = [
            f"- **{_md(row.keyword)}** {words.change(row, lang)}{p.open}{words.figures(row)}{p.shut}"
            for row in report.year.words
        ]
        out.append("\n".join(lines) or say("没有够得上说变化的词。", "no word changed enough to be told."))
    if report.top:
        lines = [f"- {_md(row.keyword)}{p.colon}{_of_top(row, lang)}" for row in report.top]
        out.append(f"## {words.TOP[lang]}")
        out += [f"{_md(report.measure)}{say('合计', ' in all')}{p.colon}{report.whole}"] if report.whole else []
        out.append("\n".join(lines))
    if report.titles is not None:
        lines = [
            f"- {words.number(row.score)}  {_md(row.title)}{_dashed(row.why)}"
            + (f"\n  → {_md(row.better)}" if row.better else "")
            for row in report.titles
        ]
        out += [f"## {say('自己的标题', 'own titles')}", "\n".join(lines)]
    if report.links is not None:
        states = words.LINK_STATES[lang]
        lines = [
            f"- {states[row.state]}{p.colon}{_md(row.page)} → {_md(row.link)}{_dashed(row.detail)}"
            for row in report.links
        ]
        out += [f"## {say('外面的链接', 'links elsewhere')}", "\n".join(lines) or say("都在。", "all there.")]
    if report.plan is not None:
        kept = {True: say("守住", "kept"), False: say("断了", "broken")}
        lines = [
            f"- {kept[row.kept]}{p.colon}{_md(row.channel)}{p.open}{row.cadence}{p.shut} {row.words}"
            for row in report.plan
        ]
        lines += [f"- {day} {_md(task)}" for day, task in report.due]
        out += [f"## {say('计划', 'plan')}", "\n".join(lines)]
    out.append(f"## {say('怎么来的', 'how this was made')}")
    lines = [
        f"- {_md(row.name)}{p.colon}{words.number(row.documents)} {say('条', 'texts')}"
        + _dashed(words.source_told(row, lang))
        for row in report.sources
    ]
    out.append("\n".join(lines))
    again = "\n".join(f"    {command}" for command in report.commands)
    out += [f"{say('重做这一期', 'to make this one again')}{p.colon}", again] if again else []
    return "\n\n".join(part for part in out if part) + "\n"


def message_paragraphs(report: Report, where: str = "", lang: str = "zh") -> tuple[str, ...]:
    """Return what is told in a chat, the figures in the message itself; ``where`` is the report's address."""
    zh = lang == "zh"
    p = words.MARKS[lang]
    out = list(report.lead)
    for state, rows in words.groups(report):
        told = p.between.join(f"{row.keyword}{p.open}{words.change(row, lang)}{p.shut}" for row in rows[:TOLD_IN_CHAT])
        more = (f"…… 共 {len(rows)} 个" if zh else f" … {len(rows)} in all") if len(rows) > TOLD_IN_CHAT else ""
        out.append(f"**{words.HEADINGS[lang][state]}**{p.colon}{told}{more}")
    if report.year is not None and report.year.words:
        told = p.between.join(
            f"{row.keyword}{p.open}{words.change(row, lang)}{p.shut}" for row in report.year.words[:TOLD_IN_CHAT]
        )
        out.append(f"**{words.AGAINST_LAST_YEAR[lang]}**{p.colon}{told}")
    lost = [row for row in report.links or () if row.state == "lost"]
    if lost:
        out.append(
            f"**{'链接没了' if zh else 'links lost'}**{p.colon}"
            + p.between.join(row.page for row in lost[:TOLD_IN_CHAT])
        )
    missing = [f"{row.name}{p.open}{row.detail}{p.shut}" for row in report.sources if not row.ok]
    if missing:
        out.append(f"**{'没读到' if zh else 'not read'}**{p.colon}" + p.between.join(missing[:TOLD_IN_CHAT]))
    if report.notes:
        more = (
            (f"（共 {len(report.notes)} 条）" if zh else f" ({len(report.notes)} in all)")
            if len(report.notes) > NOTES_IN_CHAT
            else ""
        )
        out.append(f"**{'说明' if zh else 'notes'}**{p.colon}" + p.semicolon.join(report.notes[:NOTES_IN_CHAT]) + more)
    if where:
        out.append(f"{'完整报告' if zh else 'the whole report'}{p.colon}{where}")
    return tuple(out)


def _every(report: Report) -> list[WordRow]:
    return [*(row for _, rows in words.groups(report) for row in rows), *report.own]


def _word_line(row: WordRow, lang: str) -> str:
    p = words.MARKS[lang]
    last_year = f"{p.comma}{words.last_year(row, lang)}" if row.year_ago is not None else ""
    figures = f"{p.open}{words.figures(row)}{last_year}{p.shut}"
    line = f"- **{_md(row.keyword)}** {words.change(row, lang)}{figures}{_dashed(row.note)}"
    for example in row.examples[:1]:
        line += f"\n  > {_md(example.before + example.match + example.after)}"
    if row.could:
        could = "可以加它的标题" if lang == "zh" else "titles that could have it"
        line += f"\n  {could}{p.colon}{_md(p.semicolon.join(row.could))}"
    return line + "".join(f"\n  `{command}`" for command in row.commands)


def _of_top(row: WordRow, lang: str) -> str:
    """Return a figure, after that of the period before where it is known, and the state of what changed."""
    figures = words.figures(row) if row.before is not None else words.number(row.after)
    p = words.MARKS[lang]
    return figures + (f"{p.open}{words.STATES[lang][row.state]}{p.shut}" if row.state != "steady" else "")


def _dashed(text: str) -> str:
    return f" · {_md(text)}" if text else ""


def _md(text: str) -> str:
    """Escape what Markdown would take for its own."""
    flat = " ".join(text.split())
    return "".join(f"\\{char}" if char in "\\`*_[]<>#|~" else char for char in flat)


def _plain(value: float | None) -> str:
    return "" if value is None else f"{value:.10g}"
