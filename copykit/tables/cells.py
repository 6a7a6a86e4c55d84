"""What one cell lists: words, words with weights, pairs of a name and a value."""

from __future__ import annotations

import re


def parts(cell: str, signs: re.Pattern[str] | None = None) -> tuple[str, ...]:
    """Return what a cell lists, once each."""
    return tuple(dict.fromkeys(part for each in (signs or _LIST).split(cell) if (part := each.strip(" 。.·•-"))))


def weighted(cell: str) -> tuple[tuple[str, float], ...]:
    """Return the keywords of a cell with their weights: 加厚羽绒服:95、羽绒服女; those without one weigh 1."""
    found: dict[str, float] = {}
    for part in parts(cell, _WORDS):
        match = _WEIGHTED.fullmatch(part)
        word, weight = (match["word"].strip(), float(match["weight"])) if match else (part, 1.0)
        if word:
            found.setdefault(word, weight)
    return tuple(found.items())


def pairs(cell: str) -> dict[str, str]:
    """Return the pairs of a cell such as 材质:棉;颜色:白色."""
    found: dict[str, str] = {}
    for part in parts(cell, _PAIRS):
        name, sign, value = part.replace("：", ":").partition(":")
        if sign and name.strip() and value.strip() and len(name.strip()) <= 12:
            found[name.strip()] = value.strip()
    return found


CLAUSES = re.compile(r"[；;|｜\n\r]+")  # what parts clauses, in which a comma may stand
_LIST = re.compile(r"[、，,；;|｜/\n\r]+")
_WORDS = re.compile(r"[、，,；;|｜\n\r]+")
_PAIRS = re.compile(r"[；;，,|｜\n\r]+")
_WEIGHTED = re.compile(r"(?P<word>.+?)\s*[:：(（]\s*(?P<weight>\d+(?:\.\d+)?)\s*[)）]?")
