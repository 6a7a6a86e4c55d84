"""What became of words between periods, for people and for machines; and a picture of the rise and fall."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from copykit.model import WordChange
from copykit.render.terminal import Bilingual, Terminal, wrapped
from copykit.text.measure import display_width, pad

SHOWN = 10  # words of a state on the screen
WIDEST = 24  # cells of a word, from which on it stands on a line of its own
FONTS = "'Noto Sans CJK SC','Source Han Sans SC','PingFang SC','Microsoft YaHei',sans-serif"
BARS = 15  # words to either side of the picture
NEWS = 1.25  # how much longer the bar of a word that came or went may be than the longest other
BAR, GAP, LABEL, WIDTH = 20, 8, 190, 760  # of the picture, in pixels
RISE, FALL, INK, QUIET = "#2f7d4f", "#b4492e", "#222222", "#777777"


@dataclass(frozen=True, slots=True)
class ChangeView(Bilingual):
    """How changes are shown; ``states`` are what their ids are called, ``spikes`` what one-day words are."""

    lang: str
    terminal: Terminal
    states: Mapping[str, str]
    shown: int = SHOWN


def changes_table(words: Sequence[WordChange], view: ChangeView, head: Sequence[str]) -> str:
    """Return the words that changed, by state, each with its reason and a text that shows it."""
    say = view.say
    lines = [line for part in head for line in wrapped(part, view.terminal.width)]
    for name, some in _sections(words, view):
        if not some:
            continue
        lines += ["", view.terminal.paint(name, "strong") + say(f"（{len(some):,}）", f" ({len(some):,})")]
        plain = [word for word in some if not word.inside]
        lines += _lines(plain[: view.shown], view)
        more = len(some) - min(len(plain), view.shown)
        if more > 0:
            lines.append(say(f"  还有 {more:,} 个", f"  and {more:,} more"))
    steady = sum(word.state == "steady" and not word.shape for word in words)
    lines += ["", say(f"另有 {steady:,} 个词看不出变化", f"{steady:,} further words show no change")]
    return "\n".join(lines)


def _sections(words: Sequence[WordChange], view: ChangeView) -> Iterator[tuple[str, list[WordChange]]]:
    """Yield the headings with their words; brands of one's own stand apart."""
    own = view.say("自家品牌的", "your brand")
    yield own, [word for word in words if word.brand == "own" and (word.state != "steady" or word.shape)]
    for state in ("new", "rising", "falling", "gone"):
        yield view.states[state], [word for word in words if word.state == state and word.brand != "own"]
    spikes = view.say("只热了一天的", "one day only")
    yield spikes, [word for word in words if word.state == "steady" and word.shape == "one_day" and word.brand != "own"]


def _lines(words: Sequence[WordChange], view: ChangeView) -> Iterator[str]:
    if not words:
        return
    widest = min(max(display_width(word.text) for word in words), WIDEST)
    safe, say = view.terminal.safe, view.say
    for word in words:
        indent = " " * (2 + widest + 2)
        told = [word.reason]
        if word.rises > 1:
            told.append(say(f"连涨 {word.rises} 段", f"growing for {word.rises} periods"))
        if word.year_ago:
            way = say("涨" if word.year_ago == "rising" else "跌", "rose" if word.year_ago == "rising" else "fell")
            told.append(say(f"去年这时也{way}", f"it {way} a year ago too"))
        if word.brand == "other":
            told.append(say("别家品牌", "another's brand"))
        reason = wrapped(say("，", ", ").join(told), max(view.terminal.width - len(indent), 24))
        if display_width(word.text) > widest:
            yield safe("  " + word.text)
            yield safe(indent + reason[0])
        else:
            yield safe("  " + pad(word.text, widest) + "  " + reason[0])
        for line in reason[1:]:
            yield safe(indent + line)
        if word.examples:
            example = wrapped(say("例：", "e.g. ") + word.examples[0], max(view.terminal.width - len(indent), 24))
            shown = example[0] + ("…" if len(example) > 1 else "")
            yield view.terminal.paint(safe(indent + shown), "quiet")


def change_json(word: WordChange) -> dict[str, Any]:
    """Return a change as others build on it."""
    return {
        "keyword": word.text,
        "state": word.state,
        "measure": word.measure,
        "before": word.before,
        "after": word.after,
        "ratio": word.ratio,
        "p_value": word.p_value,
        "examples": list(word.examples),
        "reason": word.reason,
        "shape": word.shape,
        "series": list(word.series),
        "rises": word.rises,
        "share_before": word.share_before,
        "share_after": word.share_after,
        "brand": word.brand,
        "inside": word.inside,
        "year_ago": word.year_ago,
    }


def change_cells(
    words: Sequence[WordChange], view: ChangeView, periods: Sequence[str]
) -> tuple[list[str], Iterable[list[object]]]:
    """Return the headers of a sheet of changes and its rows."""
    say = view.say
    headers = [
        say("词", "keyword"),
        say("涨跌", "state"),
        say("量的是", "measure"),
        say("以前", "before"),
        say("现在", "after"),
        say("占比倍数", "ratio"),
        say("碰巧的可能", "p_value"),
        say("理由", "reason"),
        say("连涨几段", "rises"),
        say("品牌", "brand"),
        say("属于", "inside"),
        say("例子", "examples"),
        *periods,
    ]
    measures = {"count": say("次数", "count"), "index": say("指数", "index"), "rank": say("名次", "rank")}
    brands = {"own": say("自家", "own"), "other": say("别家", "other"), "": ""}

    def rows() -> Iterator[list[object]]:
        for word in words:
            yield [
                *(word.text, view.states[word.state], measures[word.measure], word.before, word.after),
                *(word.ratio, word.p_value, word.reason, word.rises, brands[word.brand], word.inside),
                "\n".join(word.examples),
                *word.series,
            ]

    return headers, rows()


def changes_svg(words: Sequence[WordChange], view: ChangeView, title: str) -> str:
    """Return a picture: the words that rose to the right, those that fell to the left, by how many times."""
    plain = [word for word in words if word.state != "steady" and not word.inside]
    up = sorted((word for word in plain if word.state in ("new", "rising")), key=_far, reverse=True)[:BARS]
    down = sorted((word for word in plain if word.state in ("falling", "gone")), key=_far, reverse=True)[:BARS]
    rows = [*up, *reversed(down)]
    top = 56
    height = top + max(len(rows), 1) * (BAR + GAP) + 24
    middle, reach = WIDTH / 2, WIDTH / 2 - LABEL
    # Words that came or went have no number of times, and would leave the others no room.
    most = max([1.0, *(_far(word) for word in rows if word.state in ("rising", "falling"))]) * NEWS
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" '
        f'font-family="{FONTS}" font-size="13" role="img">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="20" y="28" font-size="16" fill="{INK}">{escape(title)}</text>',
        f'<line x1="{middle:g}" y1="{top - 8}" x2="{middle:g}" y2="{height - 16}" stroke="#bbbbbb"/>',
    ]
    if not rows:
        nothing = view.say("没有看得出的涨跌", "no change that can be told")
        parts.append(
            f'<text x="{middle:g}" y="{top + 14}" text-anchor="middle" fill="{QUIET}">{escape(nothing)}</text>'
        )
    for number, word in enumerate(rows):
        y = top + number * (BAR + GAP)
        length = max(reach * min(_far(word) / most, 1), 2)
        rose = word.state in ("new", "rising")
        x = middle if rose else middle - length
        anchor, at, outer = ("end", middle - 8, "start") if rose else ("start", middle + 8, "end")
        end = middle + length + 6 if rose else middle - length - 6
        parts += [
            f'<rect x="{x:.1f}" y="{y}" width="{length:.1f}" height="{BAR}" rx="2" fill="{RISE if rose else FALL}"/>',
            f'<text x="{at:g}" y="{y + 15}" text-anchor="{anchor}" fill="{INK}">{escape(_cut(word.text))}</text>',
            f'<text x="{end:.1f}" y="{y + 15}" text-anchor="{outer}" fill="{QUIET}">{escape(_told(word, view))}</text>',
        ]
    return "\n".join([*parts, "</svg>\n"])


def _far(word: WordChange) -> float:
    """Return by how many doublings a word changed; one that came or went counts as from, or to, a half."""
    before, after = max(word.before or 0, 0.5), max(word.after or 0, 0.5)
    if word.measure == "rank":
        before, after = after, before
    return abs(math.log2(word.ratio)) if word.ratio else abs(math.log2(after / before))


def _told(word: WordChange, view: ChangeView) -> str:
    """Return the figures at the end of a bar."""
    if word.state == "new":
        return view.say(f"新 · {word.after:,.0f}", f"new · {word.after:,.0f}")
    if word.state == "gone":
        return view.say(f"没了 · {word.before:,.0f}", f"gone · {word.before:,.0f}")
    before = "—" if word.before is None else f"{word.before:,.0f}"
    if word.measure == "rank":
        return view.say(f"第 {before} → 第 {word.after:,.0f}", f"no. {before} → no. {word.after:,.0f}")
    times = f"  ×{word.ratio:.2g}" if word.ratio else ""
    return f"{before} → {word.after:,.0f}{times}"


def _cut(text: str) -> str:
    while display_width(text) > WIDEST:
        text = text.removesuffix("…")[:-1] + "…"
    return text
