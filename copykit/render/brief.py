"""What is to be said of a brief, for people and for machines."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from copykit.errors import Problem, Words
from copykit.model import Point
from copykit.render.terminal import Terminal, columns, wrapped

PARTS = {
    "proof": Words("有证明", "proved"),
    "claim": Words("有主张撑着", "a claim backs it"),
    "benefit": Words("说了用处", "says its use"),
    "scene": Words("有场景", "felt in a scene"),
    "keyword": Words("有人搜", "searched"),
    "figure": Words("有数字", "a figure"),
    "common": Words("人人都说", "everybody says it"),
    "worn": Words("套话", "worn words"),
    "withheld": Words("现在不会写", "said in no text for now"),
}


class Ranked(Protocol):
    """A selling point with what speaks for and against it."""

    @property
    def point(self) -> Point: ...  # noqa: D102

    @property
    def parts(self) -> Mapping[str, int]: ...  # noqa: D102

    @property
    def weight(self) -> int: ...  # noqa: D102


class Wanted(Protocol):
    """Something that a brief lacks."""

    @property
    def key(self) -> str: ...  # noqa: D102

    @property
    def message(self) -> Words: ...  # noqa: D102


class FormState(NamedTuple):
    """Whether a form can be written, and what it lacks otherwise or would gain by."""

    id: str
    name: str
    ok: bool
    lacks: tuple[str, ...] = ()


class HeldBack(Protocol):
    """Something of a brief that no text says, and why."""

    @property
    def field(self) -> str: ...  # noqa: D102

    @property
    def text(self) -> str: ...  # noqa: D102

    @property
    def reason(self) -> Words: ...  # noqa: D102


class BriefReport(NamedTuple):
    """All that is to be said of a brief."""

    product: str
    faults: tuple[Problem, ...]
    points: Sequence[Ranked]
    wants: Sequence[Wanted]
    forms: tuple[FormState, ...] = ()
    withheld: Sequence[HeldBack] = ()
    unsure: Words | None = None


def brief_page(report: BriefReport, terminal: Terminal, lang: str) -> str:
    """Return the page: what has to change, what helps most, the points by strength, the forms."""
    zh = lang == "zh"
    lines: list[str] = [report.product]
    if report.faults:
        lines += ["", "  要改" if zh else "  to change"]
        for fault in report.faults:
            lines += _hanging(f"✗ {fault.say(lang)}", terminal.width)
    if report.unsure is not None:
        lines += ["", "  看不准的" if zh else "  not clear", *_hanging(f"? {report.unsure.say(lang)}", terminal.width)]
    if report.withheld:
        lines += ["", "  现在不会写进去" if zh else "  said in no text for now"]
        for held in report.withheld:
            reason = held.reason.say(lang)
            lines += _hanging(f"✗ {held.text}（{reason}）" if zh else f"✗ {held.text} ({reason})", terminal.width)
    if report.wants:
        lines += ["", "  先补这几样" if zh else "  what helps most"]
        for number, want in enumerate(report.wants, 1):
            lines += _hanging(f"{number} {want.message.say(lang)}", terminal.width)
    if report.points:
        lines += ["", "  卖点，从硬到软（第一个当核心）" if zh else "  points, the core one first"]
        rows = []
        for ranked in report.points:
            why = " ".join(f"{PARTS[name].say(lang)}{value:+d}" for name, value in ranked.parts.items())
            rows.append([f"    {ranked.weight}", ranked.point.feature, why])
        lines += columns(rows)
    if report.forms:
        lines += ["", "  能写什么" if zh else "  forms"]
        for form in report.forms:
            state = "能写" if form.ok else "还不能写"
            if not zh:
                state = "ok" if form.ok else "not yet"
            lacks = (
                ("：要有" if zh else ": needs ") + ("，或者" if zh else ", or ").join(form.lacks) if form.lacks else ""
            )
            lines += _hanging(f"{'✓' if form.ok else '·'} {form.name}  {state}{lacks}", terminal.width)
    if not (report.faults or report.withheld or report.wants or report.unsure):
        lines += ["", "  什么都不缺" if zh else "  nothing is missing"]
    return "\n".join(terminal.safe(line) for line in lines)


def brief_json(report: BriefReport, lang: str) -> str:
    """Return the report as JSON."""
    return json.dumps(
        {
            "product": report.product,
            "faults": [
                {"file": each.file, "line": each.line, "key": each.key, "message": each.zh if lang == "zh" else each.en}
                for each in report.faults
            ],
            "withheld": [
                {"field": each.field, "text": each.text, "reason": each.reason.say(lang)} for each in report.withheld
            ],
            "unsure": report.unsure.say(lang) if report.unsure is not None else None,
            "wants": [{"key": each.key, "message": each.message.say(lang)} for each in report.wants],
            "points": [
                {"feature": each.point.feature, "weight": each.weight, "parts": dict(each.parts)}
                for each in report.points
            ],
            "forms": [
                {"form": each.id, "name": each.name, "ok": each.ok, "lacks": list(each.lacks)} for each in report.forms
            ],
        },
        ensure_ascii=False,
        indent=2,
    )


def _hanging(text: str, width: int) -> list[str]:
    first, *rest = wrapped(text, width - 6)
    return [f"    {first}", *(f"      {line}" for line in rest)]
