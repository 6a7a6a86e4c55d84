"""Suggested titles as people read them and as machines do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from copykit.model import Finding, TitleScore
from copykit.render.terminal import Terminal, wrapped
from copykit.render.titles import View, finding_json, title_json
from copykit.text.measure import display_width


@dataclass(frozen=True, slots=True)
class Proposal:
    """A title to choose from: its score, the dimensions that its pattern plays on, why, and the fields it rests on."""

    score: TitleScore
    pattern: str
    dimensions: tuple[str, ...]
    why: str
    facts: tuple[str, ...]


def proposals_text(proposals: Sequence[Proposal], view: View) -> str:
    """Return the titles, best first, each with what it plays on, why, and what to heed before it goes out."""
    terminal = view.terminal
    lines: list[str] = []
    for number, each in enumerate(proposals, 1):
        score = each.score
        head = f"{number:>3}  {score.overall.value:>3.0f}  "
        lines.append(head + terminal.paint(terminal.safe(score.title), "strong"))
        played = "＋".join(view.shorts[name] for name in each.dimensions if name in view.shorts)
        lines += _told(f"{played}  {each.why}" if played else each.why, display_width(head), terminal)
        for finding in _to_heed(score):
            lines += _told(f"! {finding.message}", display_width(head), terminal)
    return "\n".join(lines)


def _told(text: str, indent: int, terminal: Terminal) -> list[str]:
    room = max(terminal.width - indent, 20)
    return [" " * indent + terminal.paint(line, "quiet") for line in wrapped(terminal.safe(text), room)]


def _to_heed(score: TitleScore) -> list[Finding]:
    return [finding for finding in score.findings if finding.severity in ("error", "warning")][:1]


def improved_text(
    old: TitleScore,
    better: Sequence[tuple[TitleScore, Sequence[str], Sequence[tuple[str, str]]]],
    view: View,
    wrong: Sequence[str] = (),
) -> str:
    """Return an old title, what is wrong with it, and what could become of it.

    Words taken out stand in 〔−〕, words put in in 〔+〕; of a title that shares little with it no pieces are shown.
    """
    terminal = view.terminal
    head = f"     {old.overall.value:>3.0f}  "
    lines = [head + terminal.safe(old.title)]
    for each in wrong:
        lines += _told(each, display_width(head), terminal)
    lines.append("")
    values = [score.overall.value for score, _, _ in better]
    if values != sorted(values, reverse=True):  # else the order explains itself
        order = view.say("留着原题的话越多越靠前，左边是分数", "what keeps most of it first; scores on the left")
        lines.append("     " + terminal.paint(order, "quiet"))
    for number, (score, why, pieces) in enumerate(better, 1):
        head = f"{number:>3}  {score.overall.value:>3.0f}  "
        lines.append(head + terminal.paint(terminal.safe(score.title), "strong"))
        if sum(len(text) for kind, text in pieces if kind == "kept") * 3 >= len(score.title):
            shown = "".join(_piece(kind, terminal.safe(text), terminal) for kind, text in pieces)
            lines.append(" " * display_width(head) + shown)
        if why:
            lines += _told("；".join(why), display_width(head), terminal)
    return "\n".join(lines)


def _piece(kind: str, text: str, terminal: Terminal) -> str:
    match kind:
        case "removed":
            return terminal.paint(f"〔−{text}〕", "bad")
        case "added":
            return terminal.paint(f"〔+{text}〕", "good")
        case _:
            return text


def proposal_json(each: Proposal) -> dict[str, Any]:
    """Return the JSON that others build on."""
    score = each.score
    value = title_json(score)
    return {
        "title": score.title,
        "score": score.overall.value,
        "dimensions": value["dimensions"],
        "pattern": each.pattern,
        "plays": list(each.dimensions),
        "why": each.why,
        "facts": list(each.facts),
        "length": value["length"],
        "findings": list(map(finding_json, score.findings)),
    }


def proposal_columns(view: View) -> list[str]:
    """Return the heads of :func:`proposal_row`."""
    say = view.say
    return [
        say("标题", "title"),
        say("总分", "score"),
        *(view.labels[name] for name in view.shorts),
        say("长度", "length"),
        say("写法", "pattern"),
        say("为什么", "why"),
        say("用到的资料", "facts"),
        say("发布前", "to heed"),
    ]


def proposal_row(each: Proposal, view: View) -> list[object]:
    """Return a title as cells."""
    score = each.score
    return [
        score.title,
        score.overall.value,
        *(score.dimensions[name].value for name in view.shorts),
        score.length.used,
        each.pattern,
        each.why,
        "、".join(each.facts),
        "；".join(finding.message for finding in _to_heed(score)),
    ]
