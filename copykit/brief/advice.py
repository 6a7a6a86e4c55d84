"""What would strengthen a brief most, and which of its selling points is the core one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from copykit.datafiles import DataFiles
from copykit.errors import Words
from copykit.lexicon import Lexicons
from copykit.model import Brief, Point
from copykit.text.normalize import fold_text


class Want(NamedTuple):
    """Something that a brief lacks: how much it helps, and the sentence that says what to do."""

    key: str
    weight: int
    message: Words


class RankedPoint(NamedTuple):
    """A selling point and what it has for and against it: the sum of ``parts`` orders the points."""

    point: Point
    parts: Mapping[str, int]

    @property
    def weight(self) -> int:
        """Return the sum of its parts."""
        return sum(self.parts.values())


def wants(data: Mapping[str, Any], files: DataFiles) -> list[Want]:
    """Return what a brief's data lack, the most helpful first."""
    found = []
    for each in files.load("advice")["brief"]["wants"]:
        count = counted(data, each["key"])
        if count < each["at_least"]:
            told = {"count": count, "missing": each["at_least"] - count}
            message = Words(each["zh"].format(**told), each["en"].format(**told))
            found.append(Want(each["key"], each["weight"], message))
    return sorted(found, key=lambda want: -want.weight)


def counted(data: Mapping[str, Any], key: str) -> int:
    """Return how many values a key has: ``details``, ``selling_points.proof``, ``details.kind=wrong``."""
    name, _, wanted = key.partition("=")
    values: list[Any] = [data]
    for part in name.split("."):
        values = [value[part] for value in values if isinstance(value, Mapping) and value.get(part)]
        values = [item for value in values for item in (value if isinstance(value, list) else [value])]
    return sum(not wanted or value == wanted for value in values)


def rank_points(
    brief: Brief, files: DataFiles, others: Iterable[str] = (), left: Brief | None = None
) -> list[RankedPoint]:
    """Return the selling points, the core one first; ``others`` are texts by others, to find what everybody says.

    ``left`` is what a ledger leaves of the brief: what is withheld speaks for no point, and a point that no text says
    comes last. Ties keep the order of the brief: its writer knows best.
    """
    left = left or brief
    weights: Mapping[str, int] = files.load("advice")["brief"]["points"]
    lexicons = Lexicons(files)
    worn = [word for name in WORN for word in lexicons[name].entries]
    units = "|".join(map(re.escape, lexicons["written_units"].entries))
    figure = re.compile(rf"\d|[一二三四五六七八九十两半](?:{units})")
    texts = [_pairs(text) for text in others]
    ranked = []
    for told, point in zip(brief.material.points, left.material.points, strict=True):
        folded = fold_text(_said(point))
        met = {
            "proof": bool(point.proof),
            "claim": any(_alike(point, claim.statement) for claim in left.claims if claim.evidence),
            "benefit": bool(point.benefit),
            "scene": bool(point.scene) or any(_alike(point, scene.text) for scene in left.material.scenes),
            "keyword": min(sum(bool(_pairs(word) & _pairs(_said(point))) for word in left.keywords), 2),
            "figure": bool(figure.search(point.feature)),
            "common": bool(texts) and sum(_shared(point, text) for text in texts) > len(texts) / 10,
            "worn": any(word in folded for word in worn),
        }
        if told.feature and not point.feature:
            met = {"withheld": True}
        ranked.append(RankedPoint(told, {name: weights[name] * int(value) for name, value in met.items() if value}))
    return sorted(ranked, key=lambda each: -each.weight)


WORN = ("worn_hype", "machine_phrases")
# Three pairs of characters make a statement speak of the same thing; one or two are often 一个 or 不会.
_ALIKE = 3


def _said(point: Point) -> str:
    return f"{point.feature}\n{point.benefit}"


def _alike(point: Point, text: str) -> bool:
    return len(_pairs(_said(point)) & _pairs(text)) >= _ALIKE


def _shared(point: Point, text: frozenset[str]) -> bool:
    """Return whether a text holds most of what a feature says."""
    pairs = _pairs(point.feature)
    return bool(pairs) and len(pairs & text) * 2 > len(pairs)


def _pairs(text: str) -> frozenset[str]:
    folded = "".join(char for char in fold_text(text) if char.isalnum())
    return frozenset(folded[at : at + 2] for at in range(len(folded) - 1))
