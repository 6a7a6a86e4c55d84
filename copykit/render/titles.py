"""A judged title as people read it and as machines do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from copykit.model import MOST_CHANGES, NO_TITLE_ADVICE, Change, Finding, TitleAdvice, TitleScore
from copykit.render.terminal import Bilingual, Mark, Style, Terminal, columns, underlined, wrapped
from copykit.text.measure import Unit, display_width, fit, pad, reading_seconds

SURFACE = 14  # characters that stay in sight where a platform's own number is not known
LATIN_SURFACE = 60  # and of a title in Latin letters: half as wide, and set in wider columns
GLANCE = 3.0  # seconds that a title has
TOLD = 8  # a finding worth this much is told with its reason
MOST_INSTEAD = 2  # wordings to use instead, of the four that some rules have
UNJUDGED = ("没找到能判断的地方", "nothing to judge it by")
USUAL = ("和大多数标题差不多", "much like most titles")
EARNS, COSTS, BREAKS = "━", "┄", "^"
UNITS = {
    "zh": {"char": "字", "han2": "字符", "xhs": "字", "utf8": "字节", "px": "像素"},
    "en": {"char": "characters", "han2": "half-widths", "xhs": "characters", "utf8": "bytes", "px": "pixels"},
}


Advise = Callable[[TitleScore], TitleAdvice]


@dataclass(frozen=True, slots=True)
class View(Bilingual):
    """How titles are shown: the names of dimensions, short ones beside reasons, the risks' thresholds, the screen."""

    labels: Mapping[str, str]
    shorts: Mapping[str, str]
    highs: Mapping[str, int]
    platform: str = ""
    lang: str = "zh"
    terminal: Terminal = field(default_factory=Terminal)
    lesser: frozenset[str] = frozenset()  # rules whose points count in part: told after the other causes of a risk
    mark: float | None = None  # what scores are held against

    def total(self, score: float) -> str:
        """Return a score in whole points, with its decimal where rounding would carry it over the mark (49.7 of 50)."""
        is_carried = self.mark is not None and score < self.mark <= float(f"{score:.0f}")
        return f"{score:.1f}" if is_carried else f"{score:.0f}"


def title_json(score: TitleScore, advice: TitleAdvice | None = None) -> dict[str, Any]:
    """Return the JSON that others build on: every sum can be checked from bases, findings and weights.

    With ``advice`` both its keys are there, empty lists where there is nothing to tell.
    A score's fields are read by place here (1 value, 2 base): by name they take three times as long.
    """
    title, platform, profile, overall, dimensions, risks, length, findings, percentile, judged, usual = score
    row: dict[str, Any] = {
        "title": title,
        "platform": platform,
        "profile": profile,
        "score": overall.value,
        "percentile": percentile,
        "judged": judged,
        "usual": usual,
        "parts": {
            name: {"value": dimensions[name][1], "base": dimensions[name][2], "weight": weight}
            for name, weight in overall.parts.items()
        },
        "dimensions": {name: part[1] for name, part in dimensions.items()},
        "bases": {name: part[2] for name, part in (*dimensions.items(), *risks.items())},
        "risk": {name: part[1] for name, part in risks.items()},
        "length": {"used": length.used, "limit": length.limit, "unit": length.unit, "ok": length.ok},
        "surface": surface(score),
        "reading_seconds": reading_seconds(title),
        "findings": list(map(finding_json, findings)),
    }
    if advice is not None:
        row["changes"] = [{"message": c.message, "title": c.title, "score": c.score} for c in advice.changes]
        row["questions"] = advice.questions
    return row


def finding_json(finding: Finding) -> dict[str, Any]:
    """Return a finding's JSON; offsets in code points of the original."""
    rule, start, end, match, matched_as, severity, message, why, source, dimension, points, suggestions, related = (
        finding
    )
    return {
        "rule": rule,
        "start": start,
        "end": end,
        "match": match,
        "matched_as": matched_as,
        "related": [[start, end] for start, end in related] if related else (),  # orjson takes no named tuples
        "severity": severity,
        "message": message,
        "suggestions": suggestions,
        "why": why,
        "source": source,
        "dimension": dimension,
        "points": points,
    }


def surface(score: TitleScore) -> str:
    """Return the part of a title that a list page shows first."""
    title, length = score.title, score.length
    if length.visible is None:
        latin = title[:1] < "\u2e80" and max(title) < "\u2e80"  # most titles begin with Han, and say so at once
        return fit(title, "char", LATIN_SURFACE if latin else SURFACE)
    return fit(title, cast("Unit", length.unit), length.visible)


def title_columns(view: View) -> list[str]:
    """Return the names of the columns that :func:`title_row` fills."""
    say = view.say
    return [
        say("总分", "score"),
        *(view.labels[name] for name in (*view.shorts, *view.highs)),
        say("高于同类%", "percentile"),
        say("长度", "length"),
        say("超长", "too long"),
        say("理由", "reasons"),
        say("要改的", "to mend"),
    ]


def title_row(score: TitleScore, view: View) -> list[Any]:
    """Return the cells that a table gets beside its own: score, dimensions, risks, length, reasons, what to mend."""
    counted = [finding for finding in score.findings if finding.points and finding.dimension in view.shorts]
    semicolon = view.say("；", "; ")
    return [
        score.overall.value,
        *(score.dimensions[name].value for name in view.shorts),
        *(score.risks[name].value for name in view.highs),
        "" if score.percentile is None else score.percentile,
        score.length.used,
        view.say("是", "yes") if score.length.ok is False else "",
        semicolon.join(
            [
                *([view.say(*UNJUDGED)] if _says_nothing(score) else []),
                *(
                    view.say(f"{f.message}（{f.points:+d}）", f"{f.message} ({f.points:+d})")
                    for f in _by_weight(counted)[:4]
                ),
            ]
        ),
        semicolon.join(f.message for f in told_once(f for f in score.findings if f.severity in ("error", "warning"))),
    ]


def advice_columns(view: View) -> list[str]:
    """Return the names of the columns that :func:`advice_row` fills."""
    changes = [view.say(f"改法 {number}", f"change {number}") for number in range(1, MOST_CHANGES + 1)]
    return [*changes, view.say("要先回答的", "to answer first")]


def advice_row(advice: TitleAdvice, view: View) -> list[str]:
    """Return each change as a cell, then what the writer is asked."""
    told = [change_cell(change, view) for change in advice.changes]
    return [*told, *[""] * (MOST_CHANGES - len(told)), view.say("；", "; ").join(advice.questions)]


def change_cell(change: Change, view: View) -> str:
    """Return a change as one cell: the title as it would be, what it scores, what was done."""
    scored = view.say(f"（{view.total(change.score)} 分；", f" ({view.total(change.score)}; ")
    return change.title + scored + change.message + view.say("）", ")")


def title_text(score: TitleScore, view: View, advice: TitleAdvice = NO_TITLE_ADVICE) -> str:
    """Return the page for one title: the answer first, the reason beside the place, the next step at the end."""
    terminal = view.terminal
    changes, questions = advice
    counted = set(score.overall.parts)
    lines = [
        *underlined(one_line(score.title), _marks(score, counted), terminal),
        *(terminal.paint(terminal.safe(line), "quiet") for line in _facts(score, view)),
        "",
        *_scores(score, view),
        "",
        *_reasons(score, view),
    ]
    beside = _risks(score, view) + _travel(score, view)
    if beside:
        lines += ["", *beside]
    if changes:
        heading = view.say("  先改这两处" if len(changes) > 1 else "  先改这一处", "  change first")
        lines += ["", terminal.paint(heading, "strong"), *_changes(score, changes, view)]
    elif questions:
        heading = view.say("  没有能照抄的改法，先回答这个", "  no rewrite would help; answer this first")
        lines += ["", terminal.paint(heading, "strong")]
        for question in questions:
            first, *rest = wrapped(terminal.safe(question), terminal.width - 4)
            lines += [f"  ? {first}", *(f"    {line}" for line in rest)]
    return "\n".join(lines)


def titles_table(scores: Sequence[TitleScore], view: View, advise: Advise | None = None) -> str:
    """Return many titles as a short table, each with what matters most under it: its error, or its best reason.

    With ``advise`` what would help each stands there, too. A title that holds an error, has the wrong length or
    carries a high risk has a sign, whatever its score; signs are explained below.
    """
    if not scores:
        return ""
    terminal, say = view.terminal, view.say
    parts = list(scores[0].overall.parts)
    warned = [_warnings(score, view) for score in scores]
    signs = {"error": say("错", "E"), "long": say("长", "L"), "short": say("短", "S"), "risk": say("险", "R")}
    noted = any(warned)
    head = [say("总分", "score"), *(view.shorts[name] for name in parts)]
    head += [*([say("注意", "note")] if noted else []), say("标题", "title")]
    rows = [
        [
            view.total(score.overall.value),
            *(f"{score.dimensions[name].value:.0f}" for name in parts),
            *([" ".join(map(signs.__getitem__, kinds))] if noted else []),
            "x",
        ]
        for score, kinds in zip(scores, warned, strict=True)
    ]
    lines = columns([head, *rows])
    start = display_width(lines[1]) - 1
    room = max(terminal.width - start, 20)
    shown = [terminal.paint(lines[0], "quiet")]
    for line, score, kinds in zip(lines[1:], scores, warned, strict=True):
        shown.append(terminal.paint(line[:-1], "bad") if kinds else line[:-1])
        shown[-1] += clipped(terminal.safe(one_line(score.title)), room)
        told = _by_weight(f for f in score.findings if f.points and f.dimension in score.overall.parts)
        if wrong := _errors(score):
            told = sorted(wrong, key=lambda finding: finding.rule in _LENGTHS)
        told = told if score.judged or wrong else [f for f in score.findings if f.severity != "hint"] or told
        reason = say(*UNJUDGED) if _says_nothing(score) else told[0].message if told else ""
        if reason:
            shown.append(" " * start + terminal.paint(clipped(terminal.safe(one_line(reason)), room), "quiet"))
        for line in _advised(advise(score), view) if advise is not None else ():
            first, *rest = wrapped(terminal.safe(one_line(line)), room)
            shown += [" " * start + first, *(" " * (start + 2) + more for more in rest)]
    if noted:
        risks = say("或", " or ").join(view.labels[name] for name in view.highs)
        meant = {
            "error": say("有不能发的地方", "must not be published as it is"),
            "long": say("比平台许的长", "longer than the platform takes"),
            "short": say("比平台要的短", "shorter than the platform wants"),
            "risk": say(f"{risks}偏高", f"high {risks}"),
        }
        present = [kind for kind in signs if any(kind in kinds for kinds in warned)]
        legend = say("；", "; ").join(f"{signs[kind]} = {meant[kind]}" for kind in present)
        shown += ["", *(terminal.paint(line, "quiet") for line in wrapped(legend, terminal.width))]
    return "\n".join(shown)


def _advised(advice: TitleAdvice, view: View) -> list[str]:
    """Return what would help as the lines under a title of a table."""
    changes = [f"{number} {change_cell(change, view)}" for number, change in enumerate(advice.changes, 1)]
    return [*changes, *(f"? {question}" for question in advice.questions)]


def _errors(score: TitleScore) -> list[Finding]:
    return [finding for finding in score.findings if finding.severity == "error"]


def _says_nothing(score: TitleScore) -> bool:
    """Return whether nothing was found but what is not there: no merit, and nothing to warn of but a length."""
    return not score.judged and not any(f.severity != "hint" and f.rule not in _LENGTHS for f in score.findings)


def _warnings(score: TitleScore, view: View) -> list[str]:
    """Return which signs a title gets."""
    kinds = list(dict.fromkeys(_LENGTHS.get(finding.rule, "error") for finding in _errors(score)))
    kinds.sort(key=_SIGNS.index)
    if any(part.value >= view.highs.get(name, 101) for name, part in score.risks.items()):
        kinds.append("risk")
    return kinds


# A length is mended in another way than what may not be said, so that it has signs of its own.
_LENGTHS = {"platform/too_long": "long", "platform/too_short": "short"}
_SIGNS = ("error", "long", "short")


def one_line(text: str) -> str:
    """Return the text with a space for every line break; places in it stay the same."""
    return text.translate(_BREAKS)


_BREAKS = dict.fromkeys(map(ord, "\n\r\t\v\f\x1c\x1d\x1e\x85\u2028\u2029"), " ")


def titles_markdown(scores: Iterable[TitleScore], view: View, advise: Advise | None = None) -> Iterator[str]:
    """Yield many titles as the lines of a Markdown table, with ``advise`` what would help each as its last cells."""
    names = [view.say("标题", "title"), *title_columns(view), *(advice_columns(view) if advise is not None else ())]
    yield "| " + " | ".join(names) + " |"
    yield "|" + " --- |" * len(names)
    for score in scores:
        cells = [score.title, *title_row(score, view), *(advice_row(advise(score), view) if advise is not None else ())]
        yield "| " + " | ".join(markdown_cell(str(cell)) for cell in cells) + " |"


def _marks(score: TitleScore, counted: set[str]) -> list[Mark]:
    whole = len(score.title)
    marks: list[Mark] = []
    for finding in sorted(score.findings, key=lambda f: (f.severity == "error", abs(f.points))):
        if finding.severity == "error":
            sign, style = BREAKS, "bad"
        elif finding.dimension not in counted or not finding.points:
            continue
        elif finding.points > 0:
            sign, style = EARNS, "good"
        else:
            sign, style = COSTS, "cost"
        spans = [(finding.start, finding.end), *finding.related]
        marks += [Mark(*span, sign, style) for span in spans if span[1] - span[0] < whole]  # type: ignore[arg-type]
    return marks


def _facts(score: TitleScore, view: View) -> list[str]:
    length, say = score.length, view.say
    unit = UNITS[view.lang][length.unit]
    place = say(f"{view.platform}标题 ", f"{view.platform} title ") if view.platform else ""
    if score.profile == "en":
        place = say("按英文标题打分 · ", "judged as English · ") + place
    if length.limit is not None:
        size = f"{place}{length.used}/{length.limit} {unit}"
    else:
        unknown = say("（没有可靠的字数上限）", " (no sourced limit)") if view.platform else ""
        size = f"{place}{length.used} {unit}{unknown}"
    needed = reading_seconds(score.title)
    seconds = say(f"约 {needed} 秒读完", f"about {needed} s to read")
    if needed > GLANCE:
        seconds += say("（过了 3 秒）", " (over 3 s)")
    first = surface(score)
    told = one_line(first)
    shown = [say(f"列表里只看得到“{told}”", f'lists show only "{told}"')] if first != score.title else []
    head = [finding.message for finding in score.findings if finding.dimension == "head"]
    lines = [size]
    for part in (seconds, *head, *shown):
        joined = f"{lines[-1]} · {part}"
        if display_width(joined) <= view.terminal.width:
            lines[-1] = joined
        else:
            lines.append(part)
    return lines


def _scores(score: TitleScore, view: View) -> list[str]:
    terminal, labels, say = view.terminal, view.labels, view.say
    total = f"  {say('总分', 'score')} {view.total(score.overall.value)}"
    if _says_nothing(score):
        total += "    " + say(*UNJUDGED)
    elif score.usual:
        total += "    " + say(*USUAL)
    elif score.percentile is not None:
        total += say(f"    高于 {score.percentile}% 的同类标题", f"    above {score.percentile}% of its kind")
        for name, part in score.risks.items():
            if part.value >= view.highs.get(name, 101):  # a rank that a loud title buys is told with its price
                total += say(f"；{labels[name]} {part.value:.0f}，偏高", f"; {labels[name]} {part.value:.0f}, high")
    wide = max(display_width(labels[name]) for name in score.overall.parts)
    cells = [
        f"{pad(labels[name], wide)}  {terminal.bar(score.dimensions[name].value)} {score.dimensions[name].value:3.0f}"
        for name in score.overall.parts
    ]
    side = 2 if 2 * display_width(cells[0]) + 7 <= terminal.width else 1
    rows = ["  " + "     ".join(cells[place : place + side]) for place in range(0, len(cells), side)]
    return [terminal.paint(total, "strong"), *rows]


def _reasons(score: TitleScore, view: View) -> list[str]:
    terminal, shorts, say = view.terminal, view.shorts, view.say
    counted = _by_weight(f for f in score.findings if f.points and f.dimension in shorts)
    warned = [f for f in told_once(f for f in score.findings if f.severity != "hint") if f not in counted]
    if not counted and not warned:
        return [say("  没有加分也没有扣分的地方", "  nothing earned, nothing lost")]
    places = [_place(finding, one_line(score.title), say("（整句）", "(whole)")) for finding in (*counted, *warned)]
    room = min(max(map(display_width, places)), 24)
    names = {"error": say("错误", "error"), "warning": say("提醒", "note")}
    wide = max(map(display_width, (*shorts.values(), *names.values())))
    minus = "−" if terminal.holds("−") else "-"
    lines: list[str] = []
    explained: set[str] = set()
    for finding, place in zip((*counted, *warned), places, strict=True):
        if finding.points and finding.dimension is not None and finding.dimension in shorts:
            sign = "+" if finding.points > 0 else minus
            head = f"  {sign}{abs(finding.points):2d} {pad(shorts[finding.dimension], wide)}  "
            style: Style = "good" if finding.points > 0 else "cost"
        else:
            head = f"  !   {pad(names[finding.severity], wide)}  "
            style = "bad" if finding.severity == "error" else "cost"
        reason = finding.message
        if finding.points > 0 and finding.severity in names:  # what earns may be barred all the same
            reason = names[finding.severity] + say("：", ": ") + reason
        mends = finding.severity != "hint"
        if finding.why and finding.rule not in explained and (mends or abs(finding.points) >= TOLD):
            reason += say("；", "; ") + finding.why
        explained.add(finding.rule)
        instead = say("；", "; ").join(finding.suggestions[:MOST_INSTEAD]) if mends else ""
        if instead and instead not in explained:
            reason += say("。可以：", ". Instead: ") + instead
            explained.add(instead)
        lines += _entry(head, style, place, room, reason, terminal)
    return lines


def _entry(head: str, style: Style, place: str, room: int, reason: str, terminal: Terminal) -> list[str]:
    indent = display_width(head) + room + 2
    if indent > terminal.width - 24:
        indent = display_width(head)
        rest = wrapped(terminal.safe(reason), terminal.width - indent)
        return [terminal.paint(head, style) + terminal.safe(place), *(" " * indent + line for line in rest)]
    first, *rest = wrapped(terminal.safe(reason), terminal.width - indent)
    start = terminal.paint(head, style) + pad(clipped(terminal.safe(place), room), room) + "  "
    return [start + first, *(" " * indent + line for line in rest)]


def _risks(score: TitleScore, view: View) -> list[str]:
    lines: list[str] = []
    for name, part in score.risks.items():
        if part.value < view.highs.get(name, 101):
            continue
        found = sorted(_by_weight(part.findings), key=lambda finding: finding.rule in view.lesser)
        causes = [finding.message for finding in found if finding.points > 0][:3]
        text = (
            f"{view.labels[name]} {part.value:.0f}"
            + view.say("（偏高）：", " (high): ")
            + view.say("；", "; ").join(causes)
        )
        first, *rest = wrapped(view.terminal.safe(text), view.terminal.width - 4)
        lines += ["  " + view.terminal.paint(first, "cost"), *("    " + line for line in rest)]
    return lines


def _travel(score: TitleScore, view: View) -> list[str]:
    told = dict.fromkeys(finding.message for finding in score.findings if finding.dimension == "travel")
    if not told:
        return []
    text = view.say("怎么传：", "how it travels: ") + view.say("；", "; ").join(told)
    first, *rest = wrapped(view.terminal.safe(text), view.terminal.width - 4)
    return ["  " + first, *("    " + line for line in rest)]


def _changes(score: TitleScore, changes: Sequence[Change], view: View) -> list[str]:
    terminal = view.terminal
    lines: list[str] = []
    reached = score.overall.value
    for number, change in enumerate(changes, 1):
        gain = f"{view.say('总分', 'score')} {view.total(reached)} → {view.total(change.score)}"
        reached = change.score  # each is made upon the one before
        lines.append(f"  {number} {terminal.safe(change.message)}   {terminal.paint(terminal.safe(gain), 'good')}")
        lines += [f"    {line}" for line in wrapped(terminal.safe(one_line(change.title)), terminal.width - 4)]
    return lines


def told_once(findings: Iterable[Finding]) -> list[Finding]:
    """Return warnings in order, of each place one: the graver, then the longer, then the one that names a law.

    明星同款 is a matter of one law; that it also raises a risk, and that 同款 stands in it, tells nobody anything new.
    What is neither a law's matter nor a dimension's, such as a shop's own rule, is told whatever else stands there.
    """
    found = list(findings)
    kept: list[Finding] = []
    for finding in sorted(found, key=_gravest):
        own = finding.dimension is None and not finding.rule.startswith("law/")
        if own or not any(other.start <= finding.start and finding.end <= other.end for other in kept):
            kept.append(finding)
    return [finding for finding in found if finding in kept]


def _gravest(finding: Finding) -> tuple[bool, int, bool, str]:
    is_law = finding.rule.startswith("law/")
    return finding.severity != "error", finding.start - finding.end, not is_law, finding.rule


def _by_weight(findings: Iterable[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda finding: (-abs(finding.points), finding.start, finding.rule))


def _place(finding: Finding, title: str, whole: str) -> str:
    if finding.end - finding.start >= len(title) and finding.match not in finding.message:
        return whole
    spans = sorted([(finding.start, finding.end), *finding.related])
    return " … ".join(title[start:end] for start, end in spans[:2])


def clipped(text: str, width: int) -> str:
    """Return the text cut to a width in cells, with … where something was left out."""
    if display_width(text) <= width:
        return text
    kept = ""
    for char in text:
        if display_width(kept + char) > width - 2:
            break
        kept += char
    return kept + "…"


def clipped_front(text: str, width: int) -> str:
    """Return the text cut to a width in cells, its end kept, with … where something was left out."""
    if display_width(text) <= width:
        return text
    return "…" + clipped(text[::-1], width)[-2::-1]


def markdown_cell(text: str) -> str:
    """Return text as one cell of a Markdown table: no link, no markup, no control character comes alive."""
    plain = "".join(char if char.isprintable() else " " for char in text)
    return re.sub(r"([\\`*_\[\]|~#!])", r"\\\1", plain).replace("<", "&lt;")
