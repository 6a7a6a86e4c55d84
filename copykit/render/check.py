"""What a check found, as people read it and as machines do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from copykit.model import Checked, Finding, Place, Spared, Told
from copykit.render.terminal import Bilingual, Mark, Style, Terminal, columns, underlined, wrapped
from copykit.render.titles import clipped, clipped_front, finding_json, markdown_cell
from copykit.text.measure import display_width, pad

SIGNS: dict[str, tuple[str, Style]] = {"error": ("━", "bad"), "warning": ("─", "cost"), "hint": ("┄", "quiet")}
VERDICTS = {
    "zh": {"error": "暂不能发布", "warning": "核对后再发布", "ok": "可以发布"},
    "en": {"error": "not yet", "warning": "verify first", "ok": "may go out"},
}
SEVERITIES = {
    "zh": {"error": "错误", "warning": "提醒", "hint": "建议"},
    "en": {"error": "error", "warning": "warning", "hint": "hint"},
}
LONGEST_MARK = 80  # characters; a rule about a whole paragraph need not be drawn under all of it
# A fact of the context → how people call it and the option that tells it.
FACTS = {
    "zh": {
        "category": ("品类", "--category"),
        "has_link": ("带不带购买链接", "--has-link 或 --no-link"),
        "commercial": ("和卖家有没有利益关系", "--commercial 或 --not-commercial"),
        "audience": ("给谁看", "--audience general 或 minors"),
        "channel": ("发在哪里", "--channel public、group 或 private"),
    },
    "en": {
        "category": ("the category", "--category"),
        "has_link": ("whether it leads to a shop", "--has-link or --no-link"),
        "commercial": ("whether its writer gains by the sale", "--commercial or --not-commercial"),
        "audience": ("for whom it is", "--audience general or minors"),
        "channel": ("where it goes out", "--channel public, group or private"),
    },
}


@dataclass(frozen=True, slots=True)
class View(Bilingual):
    """How checks are shown. ``names`` are what people call files such as - (standard input)."""

    lang: str = "zh"
    terminal: Terminal = field(default_factory=Terminal)
    names: Mapping[str, str] = field(default_factory=dict)

    def name(self, checked: Checked) -> str:
        """Return what people call a text: its file, and its row in a table."""
        name = self.names.get(checked.file, checked.file)
        row = checked.row
        return name if row is None else self.say(f"{name} 第 {row:,} 行", f"{name}, row {row:,}")


def check_json(checked: Checked) -> dict[str, Any]:
    """Return the JSON that others build on; offsets, lines and columns in code points of the file's own text."""
    row: dict[str, Any] = {
        "file": checked.file,
        "verdict": checked.verdict,
        "findings": [_placed_json(*told) for told in checked.findings],
        "exempted": [_spared_json(spared) for spared in checked.exempted],
        "excused": [
            {**_placed_json(each.finding, each.place), "reason": each.reason, "by": each.by} for each in checked.excused
        ],
        "asks": [{"fact": fact, "rules": rules} for fact, rules in checked.asks],
        "inferred": checked.inferred,
    }
    if checked.row is not None:
        row["row"] = checked.row
    return row


def _spared_json(spared: Spared) -> dict[str, Any]:
    told = {"reason": spared.reason, "clause": spared.clause, "evidence_needed": spared.evidence_needed}
    return {**_placed_json(spared.finding, spared.place), **told}


def _placed_json(finding: Finding, place: Place) -> dict[str, Any]:
    row = finding_json(finding) | {"line": place.line, "column": place.column}
    return row | {"field": place.field} if place.field else row


def check_text(checked: Checked, view: View) -> str:
    """Return the page for one text: the answer first, each reason under its place, then what may stand."""
    lines = [headline(checked, view)]
    explained: set[str] = set()
    width = max((display_width(_label(place)) for place in _places(checked)), default=1)
    for _, group in groupby(checked.findings, key=lambda told: (told.place.line, told.place.field)):
        gravest = sorted(group, key=lambda told: list(SIGNS).index(told.finding.severity))
        lines += ["", *_lines_of(gravest, checked, view, width, explained)]
    lines += _spared(checked, view, width)
    lines += _excused(checked, view, width)
    lines += _asks(checked, view)
    return "\n".join(lines)


def headline(checked: Checked, view: View) -> str:
    """Return the answer in a line: 软文.md   暂不能发布：错误 2 · 提醒 1 · 可保留 2."""
    counts = Counter(told.finding.severity for told in checked.findings)
    names = SEVERITIES[view.lang]
    parts = [f"{names[severity]} {counts[severity]}" for severity in SIGNS if counts[severity]]  # type: ignore[index]
    if checked.exempted:
        parts.append(view.say(f"可保留 {len(checked.exempted)}", f"may stand {len(checked.exempted)}"))
    if checked.excused:
        parts.append(view.say(f"已放过 {len(checked.excused)}", f"excused {len(checked.excused)}"))
    style: Style = {"error": "bad", "warning": "cost", "ok": "good"}[checked.verdict]  # type: ignore[assignment]
    answer = view.terminal.paint(VERDICTS[view.lang][checked.verdict], style)
    tail = view.say("：", ": ") + " · ".join(parts) if parts else ""
    name = view.terminal.safe(view.name(checked))
    told = VERDICTS[view.lang][checked.verdict] + tail
    gap = "   " if display_width(name) + 3 + display_width(told) <= view.terminal.width else "\n  "
    return f"{name}{gap}{answer}{tail}"


def tally(verdicts: Mapping[str, int], refused: int, skipped: int, view: View) -> str:
    """Return the closing line of a folder, a table or several files."""
    total = sum(verdicts.values())
    names = VERDICTS[view.lang]
    parts = [
        f"{names[verdict]} {verdicts[verdict]:,}" for verdict in ("error", "warning", "ok") if verdicts.get(verdict)
    ]
    if refused:
        parts.append(view.say(f"没能检查 {refused:,}", f"not checked {refused:,}"))
    if skipped:
        parts.append(view.say(f"跳过 {skipped:,}（隐藏的或不认识的）", f"skipped {skipped:,} (hidden or unknown)"))
    return view.say(f"共检查 {total:,} 篇：", f"{total:,} checked: ") + " · ".join(parts)


def check_columns(view: View) -> list[str]:
    """Return the names of the columns that :func:`check_rows` fills."""
    say = view.say
    return [
        say("文件", "file"),
        say("行", "line"),
        say("列", "column"),
        say("栏", "field"),
        say("结论", "state"),
        say("原文", "match"),
        say("说明", "message"),
        say("为什么", "why"),
        say("可以写", "use instead"),
        say("依据", "source"),
        say("备好", "evidence"),
        say("规则", "rule"),
    ]


def check_rows(checked: Checked, view: View) -> Iterator[list[object]]:
    """Yield a row of cells a finding: those that stand, then those that may be left, then those that were excused."""
    names = SEVERITIES[view.lang]
    for finding, place in checked.findings:
        told = [finding.message, finding.why, "；".join(finding.suggestions), finding.source, ""]
        words = _as_read(finding, place, checked)
        yield [*_where(checked, place, view), names[finding.severity], words, *told, finding.rule]
    for each in checked.exempted:
        state = view.say("可保留", "may stand")
        told = [each.reason, each.finding.message, "", each.clause, each.evidence_needed]
        words = _as_read(each.finding, each.place, checked)
        yield [*_where(checked, each.place, view), state, words, *told, each.finding.rule]
    for each in checked.excused:
        state = view.say("已放过", "excused")
        told = [each.reason, each.finding.message, "", each.by, ""]
        words = _as_read(each.finding, each.place, checked)
        yield [*_where(checked, each.place, view), state, words, *told, each.finding.rule]


def _as_read(finding: Finding, place: Place, checked: Checked) -> str:
    """Return what was found as people read it, without the markup that may stand in it."""
    return checked.text[slice(*place.seen)] if place.seen.end else finding.match


def check_table(results: Iterable[Checked], view: View) -> str:
    """Return findings as a short table, a line each; a long path shows its end."""
    say, terminal = view.say, view.terminal
    head = [say("文件", "file"), say("行", "line"), say("结论", "state"), say("原文", "match"), say("说明", "message")]
    rows = [
        [
            clipped_front(terminal.safe(str(row[0])), terminal.width // 4),
            *map(
                terminal.safe,
                (str(row[1]), str(row[4]), clipped(str(row[5]).replace("\n", " "), 16), str(row[6])),
            ),
        ]
        for checked in results
        for row in check_rows(checked, view)
    ]
    return "\n".join(clipped(line, terminal.width) for line in columns([head, *rows])) if rows else ""


def check_markdown(results: Iterable[Checked], view: View) -> Iterator[str]:
    """Yield a heading and a table of findings a text, as lines of Markdown."""
    names = check_columns(view)[1:]
    for checked in results:
        yield f"## {markdown_cell(view.name(checked))}"
        yield ""
        yield VERDICTS[view.lang][checked.verdict]
        rows = list(check_rows(checked, view))
        if rows:
            yield ""
            yield "| " + " | ".join(names) + " |"
            yield "|" + " --- |" * len(names)
        for row in rows:
            yield "| " + " | ".join(markdown_cell(str(cell)) for cell in row[1:]) + " |"
        yield ""


def check_github(checked: Checked, view: View) -> Iterator[str]:
    """Yield a workflow command of GitHub a finding, so that it is shown beside its line."""
    levels = {"error": "error", "warning": "warning", "hint": "notice"}
    for finding, place in checked.findings:
        given = {
            "file": checked.file,
            "line": place.line,
            "endLine": place.end_line,
            "col": place.column,
            "endColumn": max(place.end_column - 1, place.column),
            "title": f"{finding.source or finding.rule}",
        }
        if place.end_line != place.line or place.field:  # a cell's column is none of its file's; nor over lines
            del given["col"], given["endColumn"]
        settings = ",".join(f"{key}={_escaped(str(value), ',:')}" for key, value in given.items())
        yield f"::{levels[finding.severity]} {settings}::{_escaped(_message(finding, view))}"


def _message(finding: Finding, view: View) -> str:
    """Return message, reason and wording to use instead in one paragraph."""
    parts = [finding.message, finding.why]
    if finding.suggestions:
        parts.append(view.say("可以：", "use instead: ") + view.say("；", "; ").join(finding.suggestions))
    return view.say("。", ". ").join(part.rstrip("。.") for part in parts if part)


def _escaped(text: str, more: str = "") -> str:
    for char in f"%\r\n{more}":
        text = text.replace(char, f"%{ord(char):02X}")
    return text


def _where(checked: Checked, place: Place, view: View) -> list[object]:
    return [view.names.get(checked.file, checked.file), place.line, place.column, place.field]


def _places(checked: Checked) -> Iterator[Place]:
    yield from (told.place for told in checked.findings)
    yield from (spared.place for spared in (*checked.exempted, *checked.excused))


def _label(place: Place) -> str:
    """Return what stands left of a line: its number, or the column of a table."""
    return clipped(place.field, 10) if place.field else str(place.line)


def _lines_of(told: Sequence[Told], checked: Checked, view: View, width: int, explained: set[str]) -> list[str]:
    """Return one line of the text with its marks, and under it what they mean."""
    terminal = view.terminal
    label = _label(told[0].place)
    bar = "│" if terminal.holds("│") else "|"
    room = terminal.width - width - 4
    lines: list[str] = []
    for text in _drawn(told, checked, terminal, room):
        head = " " * (width - display_width(label)) + label if not lines else " " * width
        lines.append(f" {terminal.paint(head, 'quiet')} {bar} {text}")
    margin = f" {' ' * width} {bar} "
    for finding, _ in told:
        lines += [margin + line for line in _explained(finding, view, room, explained)]
    return lines


def _drawn(told: Sequence[Told], checked: Checked, terminal: Terminal, room: int) -> list[str]:
    """Return the parts of a line in which something was found, each with the signs under it."""
    marks = []
    # The graver over the milder, the shorter over the longer that holds it.
    order = list(SIGNS)
    for finding, place in sorted(
        told, key=lambda each: (-order.index(each.finding.severity), each.place.seen.start - each.place.seen.end)
    ):
        sign, style = SIGNS[finding.severity]
        shown = sign if terminal.holds(sign) else "^"
        marks += [(place.seen.start, min(place.seen.end, place.seen.start + LONGEST_MARK), shown, style)]
    if not any(end for _, end, _, _ in marks):
        return [terminal.paint(terminal.safe(clipped(_blank(told[0].finding.match), room)), "strong")]
    text = checked.text
    drawn: list[str] = []
    begin = min(start for start, end, _, _ in marks if end)
    start = text.rfind("\n", 0, begin) + 1
    stop = text.find("\n", begin)
    stop = len(text) if stop < 0 else stop
    small = Terminal(room, terminal.colour, terminal.encoding)
    for low, high in _parts(text, start, stop, room):
        inside = [
            Mark(max(a, low) - low, min(b, high) - low, sign, style)
            for a, b, sign, style in marks
            if a < high and low < b
        ]
        if not inside:
            continue
        before, after = "…" * (low > start), "…" * (high < stop)
        moved = [Mark(each.start + len(before), each.end + len(before), each.sign, each.style) for each in inside]
        drawn += underlined(before + _blank(text[low:high]).rstrip() + after, moved, small)
    return drawn


def _parts(text: str, start: int, stop: int, room: int) -> Iterator[tuple[int, int]]:
    """Yield a line in parts that fit, cut behind punctuation where there is some in their second half."""
    if display_width(_blank(text[start:stop])) <= room:
        yield start, stop
        return
    while start < stop:
        end, used = start, 0
        pause = start
        while end < stop and used < room - 4:
            used += display_width(text[end])
            end += 1
            if text[end - 1] in "，。！？；,!?;" and used > room // 2:
                pause = end
        end = pause if pause > start and end < stop else end
        yield start, end
        start = end


def _blank(text: str) -> str:
    return text.translate(_BLANKS)


_BLANKS = dict.fromkeys(map(ord, "\t\r\u3000\xa0\u2002\u2003\u2009"), " ")


def _explained(finding: Finding, view: View, room: int, explained: set[str]) -> Iterator[str]:
    """Yield severity, message and source, then why, what to write instead and the rule's name, once a rule.

    The name stands on a line of its own, to be copied whole: an excuse in the text has to give it.
    """
    terminal = view.terminal
    name = pad(SEVERITIES[view.lang][finding.severity], 4)
    indent = " " * (display_width(name) + 2)
    message, source = terminal.safe(finding.message), terminal.safe(finding.source)
    first, *rest = wrapped(message, room - len(indent))
    left = f"{terminal.paint(name, SIGNS[finding.severity][1])}  "
    used = len(indent) + display_width(first)
    if not rest and used + 2 + display_width(source) <= room:
        gap = " " * max(44 - used, 2) if 44 + display_width(source) <= room else "  "
        yield left + first + gap + terminal.paint(source, "quiet")
        source = ""
    else:
        yield left + first
        yield from (indent + line for line in rest)
    if source:
        yield from (indent + terminal.paint(line, "quiet") for line in wrapped(source, room - len(indent)))
    if finding.rule in explained:
        return
    explained.add(finding.rule)
    yield from (indent + line for line in wrapped(terminal.safe(finding.why), room - len(indent)))
    if finding.suggestions:
        told = view.say("可以：", "use: ") + view.say("；", "; ").join(finding.suggestions)
        first, *rest = wrapped(terminal.safe(told), room - len(indent))
        yield indent + terminal.paint(first, "good")
        yield from (indent + terminal.paint(line, "good") for line in rest)
    yield indent + terminal.paint(terminal.safe(finding.rule), "quiet")


def _spared(checked: Checked, view: View, width: int) -> list[str]:
    """Return what looks dangerous and may stand: the place, the reason, the clause, the evidence to have at hand."""
    if not checked.exempted:
        return []
    heading = view.say("看着像、其实可以留：", "Looks dangerous, may stand:")
    lines = ["", view.terminal.paint(heading, "strong")]
    for each in checked.exempted:
        owed = view.say("；备好", "; have at hand: ") + each.evidence_needed if each.evidence_needed else ""
        lines += _entry(each, each.reason, each.clause + owed, view, width)
    return lines


def _excused(checked: Checked, view: View, width: int) -> list[str]:
    if not checked.excused:
        return []
    lines = ["", view.terminal.paint(view.say("你说过可以留：", "Excused by you:"), "strong")]
    for each in checked.excused:
        lines += _entry(each, each.reason, f"{each.finding.rule} · {each.by}", view, width)
    return lines


def _entry(each: Spared, reason: str, source: str, view: View, width: int) -> list[str]:
    terminal = view.terminal
    bar = "│" if terminal.holds("│") else "|"
    label = _label(each.place)
    head = f" {' ' * (width - display_width(label))}{terminal.paint(label, 'quiet')} {bar} "
    match = clipped(terminal.safe(_blank(each.finding.match.replace("\n", " "))), 24)
    column = max(display_width(match), 14) + 2
    room = terminal.width - width - 4 - column
    told = [*wrapped(terminal.safe(reason), room)]
    told += [terminal.paint(line, "quiet") for line in wrapped(terminal.safe(source), room)]
    margin = f" {' ' * width} {bar} " + " " * column
    return [head + pad(match, column) + told[0], *(margin + line for line in told[1:])]


def _asks(checked: Checked, view: View) -> list[str]:
    """Return the facts that nobody told and that would decide, and those that the text itself told of."""
    terminal = view.terminal
    lines: list[str] = []
    for fact, rules in checked.asks:
        name, options = FACTS[view.lang].get(fact, (fact, ""))
        lines.append(
            view.say(
                f"没说{name}：有 {len(rules)} 条要看这个才能定，用 {options} 说明",
                f"{name} is not told: {len(rules)} of these depend on it; tell with {options}",
            )
        )
    if "has_link" in checked.inferred:
        lines.append(
            view.say(
                "从正文里的链接看出带购买链接；不是的话加 --no-link",
                "a link in the text leads to a shop, so it is taken to; --no-link if not",
            )
        )
    if not lines:
        return []
    return [
        "",
        *(terminal.paint(part, "quiet") for line in lines for part in wrapped(terminal.safe(line), terminal.width)),
    ]
