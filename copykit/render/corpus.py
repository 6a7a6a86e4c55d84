"""What was collected and what was found, as people read it and as machines do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from copykit.model import Collected, Found, Span
from copykit.render.terminal import Bilingual, Terminal, wrapped
from copykit.render.web import outcome_words
from copykit.text.measure import display_width

COUNTS = (
    ("new", "新收", "new"),
    ("changed", "有变化", "changed"),
    ("unchanged", "没变", "unchanged"),
    ("skipped", "不用再读", "not read again"),
    ("same", "重复", "the same"),
    ("near", "几乎重复", "nearly the same"),
)
SHOWN_FAILURES, SHOWN_EMPTY = 8, 3


@dataclass(frozen=True, slots=True)
class CorpusView(Bilingual):
    """How a corpus is shown: language and screen."""

    lang: str = "zh"
    terminal: Terminal = field(default_factory=Terminal)


def collected_json(result: Collected, total: int, path: str) -> dict[str, Any]:
    """Return what a run came to as JSON; ``total`` documents are in the corpus at ``path`` now."""
    body = asdict(result)
    body["failures"] = [failure._asdict() for failure in result.failures]
    return {"corpus": path, "documents": total, **body}


def collected_text(result: Collected, total: int, view: CorpusView) -> str:
    """Return what a run came to: what came in first, then what did not."""
    say, terminal = view.say, view.terminal
    told = [f"{say(zh, en)} {count:,}" for name, zh, en in COUNTS if (count := getattr(result, name))]
    head = say(f"语料里现在有 {total:,} 篇", f"{total:,} documents in the corpus")
    came = say("；这次", "; this time: ") + (" · ".join(told) or say("什么也没有", "nothing"))
    lines = [terminal.paint(head + came, "strong")]
    if result.untrusted:
        zh = f"{result.untrusted:,} 篇像采集站的脏文字，标为不可信，找词和搜索都不算它们"
        lines.append(say(zh, f"{result.untrusted:,} look like polluted copies and are kept apart"))
    if result.empty:
        names = [Path(path).name or path for path in result.empty[:SHOWN_EMPTY]]
        more = " …" if len(result.empty) > SHOWN_EMPTY else ""
        zh = f"{len(result.empty):,} 个文件里没有文字：{'、'.join(names)}{more}"
        lines.append(say(zh, f"{len(result.empty):,} files hold no text: {', '.join(names)}{more}"))
    if result.left:
        zh = f"还有 {result.left:,} 页没问（一次最多 --most 页），下次接着来"
        lines.append(say(zh, f"{result.left:,} pages were not asked (--most); they come next time"))
    if result.failures:
        lines += [
            "",
            terminal.paint(say(f"没抓到 {len(result.failures):,} 个", f"{len(result.failures):,} failed"), "cost"),
        ]
        named = sorted(result.failures, key=lambda failure: not failure.given)
        for failure in named[:SHOWN_FAILURES]:
            lines += _wrapped("  ", f"{failure.source}  {outcome_words(failure.outcome, view.lang)}", view)
        if len(named) > SHOWN_FAILURES:
            rest = Counter(failure.outcome for failure in named[SHOWN_FAILURES:])
            told = [f"{outcome_words(outcome, view.lang)} {count:,}" for outcome, count in rest.most_common()]
            lines.append(say("  另外：", "  and: ") + say("、", ", ").join(told))
    return "\n".join(lines)


def found_json(found: Found) -> dict[str, Any]:
    """Return a found document as JSON; spans are code points of the snippet."""
    return {**found._asdict(), "spans": [list(span) for span in found.spans]}


def found_text(found: Sequence[Found], total: int, view: CorpusView) -> str:
    """Return found documents: title and day, the place with its words marked, where it is from."""
    say, terminal = view.say, view.terminal
    if not found:
        return say("没有找到；词短一点、少一点再试", "nothing was found; try fewer or shorter words")
    head = say(f"找到 {total:,} 篇", f"{total:,} found")
    if total > len(found):
        head += say(f"，前 {len(found)} 篇：", f", the first {len(found)}:")
    lines = [terminal.paint(head, "strong")]
    for number, each in enumerate(found, 1):
        trust = "" if each.trusted else say(" · 不可信", " · untrusted")
        title = each.title or say("（没有标题）", "(no title)")
        lines.append("")
        lines += _wrapped(f"{number:>2} ", f"{title}  {each.day}{trust}", view)
        marked = _marked(each.snippet, each.spans, terminal)
        lines += [_painted("   " + line, terminal) for line in wrapped(marked, max(terminal.width - 3, 20))]
        lines += [terminal.paint(line, "quiet") for line in _wrapped("   ", each.key, view)]
    return "\n".join(lines)


_OPEN, _SHUT = "【", "】"


def _marked(snippet: str, spans: Sequence[Span], terminal: Terminal) -> str:
    """Return a snippet with brackets around its words, which say the same without colour."""
    parts = []
    place = 0
    for start, end in spans:
        if start >= place:
            parts += [snippet[place:start], _OPEN, snippet[start:end], _SHUT]
            place = end
    return terminal.safe("".join([*parts, snippet[place:]]))


def _painted(line: str, terminal: Terminal) -> str:
    return line.replace(_OPEN, "\x1b[1m" + _OPEN).replace(_SHUT, _SHUT + "\x1b[0m") if terminal.colour else line


def _wrapped(lead: str, text: str, view: CorpusView) -> list[str]:
    wide = display_width(lead)
    first, *rest = wrapped(view.terminal.safe(text), max(view.terminal.width - wide, 20))
    return [lead + first, *(" " * wide + line for line in rest)]
