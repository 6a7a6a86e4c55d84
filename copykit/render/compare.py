"""Titles held against each other, as people read it and as machines do."""

from __future__ import annotations

import math
from typing import Any

from copykit.model import Comparison
from copykit.render.terminal import columns, wrapped
from copykit.render.titles import View, clipped

VERDICTS = {
    "zh": {"winner": "有结果", "undecided": "还分不出", "not comparable": "不能比"},
    "en": {"winner": "winner", "undecided": "undecided", "not comparable": "not comparable"},
}
_STYLES = {"winner": "good", "undecided": "cost", "not comparable": "bad"}


def comparison_json(found: Comparison, lang: str) -> dict[str, Any]:
    """Return the JSON that others build on; ``interval`` and ``rate`` are shares, ``ratio`` is first by second."""
    return {
        **({"group": found.group} if found.group else {}),
        "titles": [
            {
                "title": one.title,
                "impressions": one.impressions,
                "clicks": one.clicks,
                "rate": one.rate,
                "interval": list(one.interval),
            }
            for one in found.titles
        ],
        "verdict": found.verdict,
        "winner": found.winner,
        # JSON knows no infinity: an open end is null
        "ratio": [value if math.isfinite(value) else None for value in found.ratio] if found.ratio else None,
        "more_impressions_needed": found.more_impressions_needed,
        "reason": found.reason.say(lang),
        "notes": [note.say(lang) for note in found.notes],
    }


def comparison_text(found: Comparison, view: View) -> str:
    """Return a comparison as a page: the verdict and its reason first, then what each title brought."""
    say, terminal = view.say, view.terminal
    heading = VERDICTS[view.lang][found.verdict]
    if found.group:
        heading = f"{found.group}{say('：', ': ')}{heading}"
    lines = [terminal.paint(terminal.safe(heading), _STYLES[found.verdict])]  # type: ignore[arg-type]
    for sentence in (found.reason, *found.notes):
        lines += [f"  {line}" for line in wrapped(terminal.safe(sentence.say(view.lang)), terminal.width - 2)]
    head = [
        say("展现", "shown"),
        say("点击", "clicks"),
        say("点击率", "rate"),
        say("95% 区间", "95 % interval"),
        say("标题", "title"),
    ]
    cells = [
        [
            f"{one.impressions:,}",
            f"{one.clicks:,}",
            f"{one.rate:.2%}",
            f"{one.interval[0]:.2%}—{one.interval[1]:.2%}",
            "",
        ]
        for one in found.titles
    ]
    table = columns([head, *([*row[:-1], "x"] for row in cells)])
    start = max(len(line) for line in columns([*([*row[:-1], "x"] for row in cells)])) if cells else 0
    room = max(terminal.width - start - 6, 20)
    lines += ["", "  " + terminal.paint(table[0], "quiet")]
    lines += [
        "  " + line[:-1] + clipped(terminal.safe(one.title), room)
        for line, one in zip(table[1:], found.titles, strict=True)
    ]
    return "\n".join(lines)
