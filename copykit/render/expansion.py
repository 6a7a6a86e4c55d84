"""Widened words for people and for machines: what stands beside the root, what is known of it, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from copykit.model import WidenedWord
from copykit.render.terminal import Bilingual, Terminal, wrapped
from copykit.text.measure import display_width, pad

WIDEST = 26  # cells of a word, from which on it stands on a line of its own


@dataclass(frozen=True, slots=True)
class ExpansionView(Bilingual):
    """How widened words are shown: what slots are called, and the sentence beside each word."""

    lang: str
    terminal: Terminal
    slots: Mapping[str, str]
    reasons: Mapping[str, str]


def expansion_table(words: Sequence[WidenedWord], shown: int, view: ExpansionView) -> str:
    """Return the first words, each with what stands beside the root and why; unseen ones are marked with ○."""
    say = view.say
    if not words:
        return say("没有扩出词来", "there is nothing to widen to")
    first = words[:shown]
    seen = sum(word.seen > 0 for word in words)
    head = say(
        f"扩出 {len(words):,} 个词：{seen:,} 个在搜索词里见过，{len(words) - seen:,} 个没见过（标 ○）",
        f"{len(words):,} words: {seen:,} were searched, {len(words) - seen:,} not seen (marked ○)",
    )
    widest = min(max(display_width(word.text) for word in first), WIDEST)
    kinds = [say("＋", " + ").join(dict.fromkeys(view.slots[slot] for slot, _ in word.parts)) for word in first]
    broad = max(map(display_width, kinds))
    lines = [*wrapped(head, view.terminal.width), ""]
    for word, kind in zip(first, kinds, strict=True):
        mark = "  " if word.seen else "○ "
        front = pad(mark, 3) if display_width(mark) > 2 else mark
        gap = " " * (2 + widest + 2 + broad + 2)
        reason = wrapped(view.reasons[word.text], max(view.terminal.width - len(gap), 20))
        if display_width(word.text) > widest:
            lines.append(front + word.text)
            lines.append(" " * (2 + widest + 2) + pad(kind, broad) + "  " + reason[0])
        else:
            lines.append(front + pad(word.text, widest) + "  " + pad(kind, broad) + "  " + reason[0])
        lines += [gap + line for line in reason[1:]]
    if len(words) > len(first):
        more = len(words) - len(first)
        lines.append(say(f"  还有 {more:,} 个", f"  and {more:,} more"))
    return "\n".join(view.terminal.safe(line).rstrip() for line in lines)


def expanded_json(word: WidenedWord, view: ExpansionView) -> dict[str, Any]:
    """Return a widened word as others build on it."""
    return {
        "keyword": word.text,
        "root": word.root,
        "parts": [{"slot": slot, "word": part} for slot, part in word.parts],
        "seen": word.seen,
        "unseen": not word.seen,
        "written": word.written,
        "told": word.told,
        "expected": word.expected,
        "reason": view.reasons[word.text],
    }


def expansion_cells(words: Sequence[WidenedWord], view: ExpansionView) -> tuple[list[str], Iterable[list[object]]]:
    """Return the headers of a sheet of widened words and its rows: a column for each slot."""
    say = view.say
    headers = [
        say("次序", "place"),
        say("词", "keyword"),
        say("词根", "root"),
        *view.slots.values(),
        say("见过", "seen"),
        say("搜索词条数", "searches"),
        say("文章句数", "sentences"),
        say("估计量", "expected"),
        say("理由", "reason"),
    ]

    def rows() -> Iterator[list[object]]:
        for place, word in enumerate(words, 1):
            beside = [" ".join(part for slot, part in word.parts if slot == known) for known in view.slots]
            seen = say("见过", "yes") if word.seen else say("没见过", "no")
            yield [
                *(place, word.text, word.root, *beside, seen),
                *(word.seen, word.written, word.expected, view.reasons[word.text]),
            ]

    return headers, rows()
