"""What a title pattern may be filled with: the brief's phrases by name, each remembering the field that it is from.

A slot has several choices (each selling point, each scene …). What needs evidence is a choice only where the evidence
is there and holds today; what is empty is no choice, so a pattern that asks for it is not used.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from copykit.model import Brief, Claim
from copykit.text.clauses import clauses

LONGEST_LEAD = 24  # characters of a sentence's beginning that a title takes
_SHORTEST_LEAD = 6
_ENDS = "。；;，, 　"
# A space that only sets figures off from Han characters; in titles every character counts.
_LOOSE = re.compile(r"(?<=[\u4e00-\u9fff，。：？！—])\s+(?=[0-9A-Za-z])|(?<=[0-9A-Za-z%])\s+(?=[\u4e00-\u9fff—])")


class Fact(str):
    """A phrase of a brief with the path of its field, like ``selling_points[0].benefit``."""

    path: str

    def __new__(cls, text: str, path: str) -> Fact:
        made = super().__new__(cls, text)
        made.path = path
        return made


Choice = Fact | Mapping[str, Fact]


def choices(brief: Brief, claims: Iterable[tuple[int, Claim]], today: str) -> dict[str, list[Choice]]:
    """Return slot → its choices in the brief's order; ``claims`` are those that may be stated, with their places."""
    of = brief.material
    found: dict[str, list[Choice]] = {
        "product": _one(brief.product, "product"),
        "category": _one(brief.category or brief.product, "category"),
        "brand": _one(brief.brand, "brand"),
        "price": _one("" if brief.price is None else f"{brief.price:g}", "price"),
        "unit": _one(brief.unit or "款", "unit"),
        "word": _each(brief.keywords or (brief.product,), "keywords"),
        "who": _each(brief.audience, "audience.who"),
        "pain": _each(of.readers.pains, "audience.pains"),
        "not_for": _each(of.readers.not_for, "audience.not_for"),
        "point": [
            _fields(f"selling_points[{number}]", vars_of(point))
            for number, point in enumerate(of.points)
            if point.feature
        ],
        "scene": [_fields(f"scenes[{number}]", vars_of(scene)) for number, scene in enumerate(of.scenes)],
        "doubt": [
            _fields(f"doubts[{number}]", {"ask": doubt.ask.rstrip("？?"), "first": _first(doubt.answer)})
            for number, doubt in enumerate(of.doubts)
        ],
        "step": [_fields(f"steps[{number}]", vars_of(step)) for number, step in enumerate(of.steps)],
        "count": _one(str(len(of.steps)) if len(of.steps) > 1 else "", "steps"),
    }
    for number, detail in enumerate(of.details):
        name = {"wrong": "mishap", "number": "figure"}.get(detail.kind, "oddity")
        told = {"time": detail.time, "place": detail.place, "lead": lead(detail.text)}
        found.setdefault(name, []).append(_fields(f"details[{number}]", told))
    for number, story in enumerate(of.stories):
        if (story.kind == "hot" and story.until and story.until < today) or (story.kind == "ip" and not story.licence):
            continue
        told = {"name": story.name, "meets": story.meets, "lead": lead(story.meets)}
        found.setdefault(story.kind, []).append(_fields(f"stories[{number}]", told))
    for number, claim in claims:
        told = {"statement": claim.statement, "subject": claim.subject, "person": claim.person, "who": claim.who}
        found.setdefault(claim.kind, []).append(_fields(f"claims[{number}]", told))
    return {name: [choice for choice in some if choice] for name, some in found.items()}


def vars_of(value: Any) -> dict[str, str]:
    """Return the text fields of a dataclass."""
    return {name: getattr(value, name) for name in value.__slots__ if isinstance(getattr(value, name), str)}


def lead(text: str) -> str:
    """Return the clauses that a sentence begins with, as far as a title has room; empty when the first is too long."""
    text = tight(text)
    ends = [clause.end for clause in clauses(text)] or [len(text)]
    fitting = [end for end in ends if _SHORTEST_LEAD <= len(text[:end].rstrip(_ENDS)) <= LONGEST_LEAD]
    return text[: fitting[-1]].rstrip(_ENDS) if fitting else ""


def tight(text: str) -> str:
    """Return a phrase as titles write it: no loose blanks, no full stop."""
    return _LOOSE.sub("", text.strip()).rstrip(_ENDS)


def related(first: Choice, second: Choice) -> bool:
    """Return whether two choices speak of one thing: they share two Han characters in a row."""
    return bool(_pairs(first) & _pairs(second))


def _pairs(choice: Choice) -> set[str]:
    texts: Sequence[str] = [choice] if isinstance(choice, str) else list(choice.values())
    found: set[str] = set()
    for text in texts:
        runs = re.findall(r"[\u4e00-\u9fff]{2,}", text)
        found |= {run[at : at + 2] for run in runs for at in range(len(run) - 1)}
    return found


def _first(text: str) -> str:
    return re.split(r"(?<=[。！？])", text.strip(), maxsplit=1)[0]


def _one(text: str, path: str) -> list[Choice]:
    return [Fact(tight(text), path)] if text.strip() else []


def _each(texts: Iterable[str], path: str) -> list[Choice]:
    return [Fact(tight(text), f"{path}[{number}]") for number, text in enumerate(texts) if text.strip()]


def _fields(path: str, texts: Mapping[str, str]) -> dict[str, Fact]:
    return {name: Fact(tight(text), f"{path}.{name}") for name, text in texts.items() if text and text.strip()}
