"""What came of learning from results, as people read it and as machines do."""

from __future__ import annotations

from typing import Any

from copykit.errors import CopykitError
from copykit.model import Lesson
from copykit.render.terminal import wrapped
from copykit.render.titles import View


def lesson_json(lesson: Lesson, profile: str | None, lang: str) -> dict[str, Any]:
    """Return the JSON that others build on; ``profile`` is the file that was written."""
    return {
        "pairs": lesson.pairs,
        "accuracy": lesson.accuracy,
        "interval": list(lesson.interval),
        "baseline": lesson.baseline,
        "accepted": lesson.accepted,
        "profile": profile,
        "groups": lesson.groups,
        "titles": lesson.titles,
        "better_by": list(lesson.better),
        "more": [{"family": family, "name": name, "points": points} for family, name, points in lesson.more],
        "less": [{"family": family, "name": name, "points": points} for family, name, points in lesson.less],
        "reason": _reason(lesson, View({}, {}, {}, "", lang)),
    }


def refusal_json(error: CopykitError, lang: str) -> dict[str, Any]:
    """Return the same shape where there was too little to learn from."""
    return {
        "pairs": error.facts["pairs"],
        "accuracy": None,
        "interval": None,
        "baseline": None,
        "accepted": False,
        "profile": None,
        "groups": error.facts["groups"],
        "reason": error.say(lang),
    }


def lesson_text(lesson: Lesson, view: View) -> str:
    """Return the page: whether it was worth it first, on which data, then what was learned."""
    say, terminal = view.say, view.terminal
    style = "good" if lesson.accepted else "cost"
    lines = [terminal.paint(line, style) for line in wrapped(_reason(lesson, view), terminal.width)]  # type: ignore[arg-type]
    lines.append(
        say(
            f"  {lesson.groups:,} 组 · {lesson.titles:,} 条标题 · {lesson.pairs:,} 对分得出高下（在没学过的组上量）",
            f"  {lesson.groups:,} groups, {lesson.titles:,} titles, {lesson.pairs:,} pairs, all in groups held out",
        )
    )
    if lesson.accepted:
        for heading, factors in (
            (say("点得多的", "clicked more"), lesson.more),
            (say("点得少的", "clicked less"), lesson.less),
        ):
            told = say("、", ", ").join(f"{name} {points:+d}" for _, name, points in factors)
            first, *rest = wrapped(terminal.safe(f"{heading}  {told}"), terminal.width - 2)
            lines += ["", "  " + first, *("    " + line for line in rest)]
        if any(family == "words" and name.isascii() for family, name, _ in (*lesson.more, *lesson.less)):
            told = say(
                "英文词去掉了词尾：help 也管 helps、helped", "words stand without endings: help is helps, helped"
            )
            lines += ["", terminal.paint(f"  {told}", "quiet")]
    return "\n".join(lines)


def _reason(lesson: Lesson, view: View) -> str:
    low, high = lesson.interval
    told = view.say(
        f"没见过的组里，两条标题哪条点得多，说对 {lesson.accuracy:.1%}（95% 区间 {low:.1%}—{high:.1%}）；"
        f"光看谁长，说对 {lesson.baseline:.1%}",
        f"in groups held out it tells the better of two titles {lesson.accuracy:.1%} of the time"
        f" (95 % interval {low:.1%} to {high:.1%}); 'the longer wins' does {lesson.baseline:.1%}",
    )
    if lesson.accepted:
        return view.say(f"学会了：{told}", f"learned: {told}")
    return view.say(
        f"没学到东西，不写文件：{told}，分不出哪个更准；再攒些数据",
        f"nothing learned, nothing written: {told}, and the two cannot be told apart; collect more",
    )
