"""Written texts: Markdown with the places of their facts, clean HTML to paste, plain text, JSON, the trace."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from copykit.model import Block, Draft
from copykit.render.terminal import Terminal, wrapped

SIGNS = {"head": "## ", "para": "", "item": "- ", "quote": "> "}


class Placed(NamedTuple):
    """Where a fact stands in the Markdown of a text."""

    start: int
    end: int
    path: str


def markdown(title: Any, blocks: Sequence[Block], columns: Sequence[str] = ()) -> tuple[str, list[Placed]]:
    """Return a text as Markdown and where its facts stand; ``title`` and the blocks' parts are marked texts."""
    out = _Out()
    if title.text:
        out.put("# ")
        out.marked(title)
        out.put("\n")
    before = ""
    for block in blocks:
        # Items and rows of one list follow each other without an empty line.
        out.put("" if block.kind == before in ("item", "row") else "\n")
        if block.kind == "row":
            if before != "row" and columns:
                out.put(f"| {' | '.join(columns)} |\n|{' --- |' * len(columns)}\n")
            out.put("| ")
            for number, part in enumerate(block.parts):
                out.put(" | " if number else "")
                out.marked(part, cell=True)
            out.put(" |\n")
        else:
            out.put(SIGNS[block.kind])
            out.marked(block.parts[0])
            out.put("\n")
        before = block.kind
    return "".join(out.parts).lstrip("\n"), out.placed_from("".join(out.parts))


class _Out:
    def __init__(self) -> None:
        self.parts: list[str] = []
        self._placed: list[Placed] = []
        self._size = 0

    def put(self, text: str) -> None:
        if text:
            self.parts.append(text)
            self._size += len(text)

    def marked(self, part: Any, *, cell: bool = False) -> None:
        place = 0
        for mark in part.marks:
            self.put(_escaped(part.text[place : mark.start], cell, first=place == 0))
            begin = self._size
            shown = _escaped(part.text[mark.start : mark.end], cell, first=mark.start == 0)
            self.put(f"[{shown}]({mark.url})" if mark.url else shown)
            self._placed.append(Placed(begin, self._size, mark.path))
            place = mark.end
        self.put(_escaped(part.text[place:], cell, first=place == 0))

    def placed_from(self, text: str) -> list[Placed]:
        cut = len(text) - len(text.lstrip("\n"))
        return [Placed(start - cut, end - cut, path) for start, end, path in self._placed]


def _escaped(text: str, cell: bool, *, first: bool) -> str:
    """Return text in which nothing means anything to Markdown."""
    text = _ACTIVE.sub(r"\\\g<0>", text)
    if cell:
        return text.replace("|", "\\|").replace("\n", " ")
    return _LEADING.sub(r"\\\g<0>", text) if first else text


_ACTIVE = re.compile(r"[\\*_`\[\]<]|~(?=~)|!(?=\[)")
_LEADING = re.compile(r"^(?:[#>+-](?=\s|#)|\d{1,9}(?=[.)]\s)|=+$|-+$)")


def clean_html(draft: Draft) -> str:
    """Return a text as HTML to paste into an editor: headings, paragraphs, lists, a table; no styles, no scripts."""
    lines = [f"<h1>{html.escape(draft.title)}</h1>"] if draft.title else []
    before = ""
    for block in draft.blocks:
        kind = block.kind
        if before != kind:
            lines += [_ENDS[before]] if before in _ENDS else []
            lines += [_BEGINS[kind]] if kind in _BEGINS else []
            if kind == "row" and draft.columns:
                cells = "".join(f"<th>{html.escape(name)}</th>" for name in draft.columns)
                lines.append(f"<tr>{cells}</tr>")
        if kind == "row":
            lines.append(f"<tr>{''.join(f'<td>{_inline(part)}</td>' for part in block.parts)}</tr>")
        else:
            tag = _TAGS[kind]
            lines.append(f"<{tag}>{_inline(block.parts[0])}</{tag}>")
        before = kind
    lines += [_ENDS[before]] if before in _ENDS else []
    return "\n".join(lines) + "\n"


_TAGS = {"head": "h2", "para": "p", "item": "li", "quote": "p"}
_BEGINS = {"item": "<ul>", "row": "<table>", "quote": "<blockquote>"}
_ENDS = {"item": "</ul>", "row": "</table>", "quote": "</blockquote>"}


def _inline(part: Any) -> str:
    pieces: list[str] = []
    place = 0
    for mark in part.marks:
        if mark.url:
            words = html.escape(part.text[mark.start : mark.end])
            pieces += [html.escape(part.text[place : mark.start]), f'<a href="{html.escape(mark.url)}">{words}</a>']
            place = mark.end
    return "".join([*pieces, html.escape(part.text[place:])]).replace("\n", "<br>")


def plain_text(draft: Draft) -> str:
    """Return a text without markup; the address of a link stands behind its words, cells are parted by bars."""
    lines = [draft.title, ""] if draft.title else []
    before = ""
    for block in draft.blocks:
        if lines and lines[-1] and not (block.kind == before and block.kind in ("item", "row")):
            lines.append("")
        if block.kind == "row":
            if before != "row" and draft.columns:
                lines.append(" ｜ ".join(draft.columns))
            lines.append(" ｜ ".join(_spelt(part) for part in block.parts))
        else:
            lines.append(("· " if block.kind == "item" else "") + _spelt(block.parts[0]))
        before = block.kind
    return "\n".join(lines) + "\n"


def _spelt(part: Any) -> str:
    pieces: list[str] = []
    place = 0
    for mark in part.marks:
        if mark.url:
            pieces.append(f"{part.text[place : mark.end]}（{mark.url}）")
            place = mark.end
    return "".join([*pieces, part.text[place:]])


def draft_json(draft: Draft, lang: str = "zh") -> dict[str, Any]:
    """Return what others build on; offsets are code points of ``text``."""
    return {
        "form": draft.form,
        "title": draft.title,
        "text": draft.text,
        "findings": [
            {
                "rule": each.rule,
                "start": each.start,
                "end": each.end,
                "match": each.match,
                "severity": each.severity,
                "message": each.message,
                "suggestions": list(each.suggestions),
                "source": each.source,
            }
            for each in draft.findings
        ],
        "withheld": [
            {"field": each.field, "claim": each.text, "reason": each.reason.say(lang)} for each in draft.withheld
        ],
        "trace": [{"start": each.start, "end": each.end, "facts": list(each.facts)} for each in draft.trace],
        "seed": draft.seed,
        "plan": draft.plan,
        "length": draft.length,
        "lacks": list(draft.lacks),
    }


def json_lines(drafts: Iterable[Draft], lang: str) -> Iterator[str]:
    """Yield a line of JSON a text."""
    for draft in drafts:
        yield json.dumps(draft_json(draft, lang), ensure_ascii=False)


def trace_page(draft: Draft, terminal: Terminal, lang: str) -> str:
    """Return every sentence with the fields it rests on."""
    nothing = "（连接的话，不说事实）" if lang == "zh" else "(states nothing)"
    lines: list[str] = []
    for each in draft.trace:
        lines += wrapped(draft.text[each.start : each.end].replace("\n", " "), terminal.width)
        lines.append(terminal.paint(f"    {'、'.join(each.facts) or nothing}", "quiet"))
    return "\n".join(lines)


def notes(draft: Draft, terminal: Terminal, lang: str) -> list[str]:
    """Return what its writer should know: what was held back, what is to be looked at."""
    zh = lang == "zh"
    lines: list[str] = []
    if draft.withheld:
        lines.append("没写进去的：" if zh else "held back:")
        for each in draft.withheld:
            told = f"“{each.text}”（{each.field}）：{each.reason.say(lang)}"
            lines += [f"  {line}" for line in wrapped(told, terminal.width - 2)]
    if draft.findings:
        lines.append("发布前看一眼：" if zh else "look at these before it goes out:")
        for finding in draft.findings:
            lines += [f"  {line}" for line in wrapped(f"“{finding.match}” {finding.message}", terminal.width - 2)]
    return lines
