"""Signs that add up to a verdict on a page, by the ``signs`` data files: each sign has its points and its reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from copykit.model import Sign


def weigh(facts: Mapping[str, float], data: Mapping[str, Any]) -> tuple[Sign, ...]:
    """Return the signs that the facts show, those that weigh most first; a fact that nobody took shows nothing."""
    found = [
        Sign(row["id"], facts[row["fact"]], row["points"], row["zh"], row["en"], row["why"])
        for row in data["signs"]
        if row["fact"] in facts and row["at_least"] <= facts[row["fact"]] < row.get("below", float("inf"))
    ]
    return tuple(sorted(found, key=lambda sign: -sign.points))


def holds(signs: tuple[Sign, ...], data: Mapping[str, Any]) -> bool:
    """Return whether the signs together make the verdict."""
    return bool(sum(sign.points for sign in signs) >= data["least"])
