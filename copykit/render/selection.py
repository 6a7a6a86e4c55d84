"""Chosen words for people and for machines: the core words first, each with its reason, the others by what they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from copykit.model import SelectedWord
from copykit.render.keywords import ROLES as FIGURES
from copykit.render.terminal import Bilingual, Terminal, wrapped
from copykit.text.measure import display_width, pad

TAILS, OTHERS = 3, 3  # long-tail words shown of a group; words shown of each other role
WIDEST = 26  # cells of a word, from which on it stands on a line of its own


@dataclass(frozen=True, slots=True)
class SelectionView(Bilingual):
    """How chosen words are shown; ``roles`` and ``intents`` are what their ids are called."""

    lang: str
    terminal: Terminal
    roles: Mapping[str, str]
    intents: Mapping[str, str]

    def figure(self, role: str) -> str:
        """Return what a figure is called."""
        return self.say(*FIGURES.get(role, (role, role.replace("_", " "))))


def selection_table(words: Sequence[SelectedWord], counts: Mapping[str, int], view: SelectionView, title: str) -> str:
    """Return the words by what they are for."""
    if not words:
        return view.say("没有可选的词", "there are no words to choose from")
    say = view.say
    summary = say(" · ", " · ").join(
        f"{name} {counts[role]:,}" for role, name in view.roles.items() if counts.get(role)
    )
    lines = [*([title] if title else []), *wrapped(summary, view.terminal.width)]
    by_role: dict[str, list[SelectedWord]] = {}
    for word in words:
        by_role.setdefault(word.role, []).append(word)
    for role, name in view.roles.items():
        chosen = by_role.get(role, [])
        if not chosen:
            continue
        lines += ["", view.terminal.paint(name, "strong") + say(HINTS[role][0], HINTS[role][1])]
        if role == "long_tail":
            lines += _tails(words, chosen, view)
            continue
        shown = chosen if role == "core" else chosen[:OTHERS]
        lines += _reasons(shown, view, numbered=role == "core")
        if len(chosen) > len(shown):
            more = len(chosen) - len(shown)
            lines.append(say(f"  还有 {more:,} 个", f"  and {more:,} more"))
    return "\n".join(lines)


HINTS = {
    "core": ("（先投这些）", " (take these first)"),
    "long_tail": ("（跟着核心词，每组列 3 个）", " (with the core words, three of each group)"),
    "own_brand": ("（单独一个计划）", " (a plan of their own)"),
    "other_brand": ("（不导出）", " (never exported)"),
    "low": ("（停掉或压价）", " (stop, or bid less)"),
    "unrelated": (
        "（不导出；真是买家会搜的，把词写进资料的 keywords）",
        " (never exported; add them to the brief's keywords if its buyers search them)",
    ),
    "negative": ("（加进否定词）", " (bar them)"),
}


def _reasons(words: Sequence[SelectedWord], view: SelectionView, *, numbered: bool) -> list[str]:
    """Return words with their reasons beside them, wrapped below themselves."""
    widest = min(max(display_width(word.text) for word in words), WIDEST)
    lines: list[str] = []
    for number, word in enumerate(words, 1):
        front = f"  {number:>2} " if numbered else "  "
        intent = pad(view.intents.get(word.intent, word.intent), 5 if view.lang == "zh" else 10) if numbered else ""
        gap = " " * (len(front) + widest + 2)
        cells = max(view.terminal.width - display_width(gap) - display_width(intent), 24)
        reason = wrapped(word.reason, cells)
        if display_width(word.text) > widest:
            lines.append(view.terminal.safe(front + word.text))
            lines.append(view.terminal.safe(gap + intent + reason[0]))
        else:
            lines.append(view.terminal.safe(front + pad(word.text, widest) + "  " + intent + reason[0]))
        lines += [view.terminal.safe(gap + " " * display_width(intent) + line) for line in reason[1:]]
    return [line.rstrip() for line in lines]


def _tails(words: Sequence[SelectedWord], chosen: Sequence[SelectedWord], view: SelectionView) -> Iterator[str]:
    """Yield a line a group: what it is called after, how many words it has, and the first of them."""
    sizes = Counter(word.group for word in chosen)
    first: dict[str, list[str]] = {group: [] for group in sizes}
    for word in chosen:
        if len(first[word.group]) < TAILS and word.text != word.group:
            first[word.group].append(word.text)
    core = [word.text for word in words if word.role == "core"]
    groups = [group for group in core if group in sizes] + [group for group in sizes if group not in set(core)]
    widest = min(max((display_width(group) for group in groups[: len(core) + OTHERS]), default=0), WIDEST)
    for group in groups[: len(core) + OTHERS]:
        size = f"{sizes[group]:,}".rjust(6)
        tail = view.say("、", ", ").join(first[group])
        gap = 2 + widest + 2 + 6 + 2
        lines = wrapped(tail, max(view.terminal.width - gap, 20)) if tail else [""]
        yield view.terminal.safe(f"  {pad(group, widest)}  {size}  {lines[0]}").rstrip()
        for line in lines[1:]:
            yield view.terminal.safe(" " * gap + line)
    more = len(groups) - len(core) - OTHERS
    if more > 0:
        yield view.say(f"  还有 {more:,} 组", f"  and {more:,} more groups")


def word_json(word: SelectedWord) -> dict[str, Any]:
    """Return a chosen word as others build on it."""
    value: dict[str, Any] = {
        "keyword": word.text,
        "role": word.role,
        "group": word.group,
        "intent": word.intent,
        "priority": word.priority,
        "reason": word.reason,
    }
    if word.metrics:
        value["metrics"] = dict(word.metrics)
    return value


def selection_cells(words: Sequence[SelectedWord], view: SelectionView) -> tuple[list[str], Iterable[list[object]]]:
    """Return the headers of a sheet of chosen words and its rows; ``keywords select`` and others read it back."""
    roles = list(dict.fromkeys(role for word in words for role in word.metrics))
    say = view.say
    headers = [
        say("优先级", "priority"),
        say("词", "keyword"),
        say("用途", "role"),
        say("组", "group"),
        say("意图", "intent"),
        say("理由", "reason"),
        *map(view.figure, roles),
    ]

    def rows() -> Iterator[list[object]]:
        for word in words:
            yield [
                *(word.priority, word.text, view.roles[word.role], word.group),
                *(view.intents.get(word.intent, word.intent), word.reason),
                *(_figure(word.metrics.get(role)) for role in roles),
            ]

    return headers, rows()


def _figure(value: float | None) -> float | None:
    """Return a figure without what adding left at its end: 5067.3 for 5067.299999999999, 18332 for 18332.0."""
    if value is None:
        return None
    return int(value) if float(value).is_integer() else float(f"{value:.10g}")
