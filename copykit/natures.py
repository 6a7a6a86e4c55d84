"""What a product is to those who deliver it, as data: in a parcel or over the net, in sizes, eaten."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from copykit.categories import Categories
from copykit.datafiles import DataFiles
from copykit.text.normalize import fold_text
from copykit.text.patterns import either

if TYPE_CHECKING:
    from copykit.model import Brief

KIND = "natures"
USUAL = "goods"  # what is none of the others


def nature_of(brief: Brief, files: DataFiles) -> str:
    """Return the id of a brief's nature: told by how its category ends, else by its law's category, else its product.

    The longest ending tells: 护手油 is no 油.
    """
    data: dict[str, Any] = files.load(KIND)
    ranked = sorted(data, key=lambda name: (data[name]["rank"], name))
    told = Categories(files).of(brief)
    of_law = next((name for name in ranked if told.intersection(data[name]["categories"])), "")
    return _ending(brief.category, data, ranked) or of_law or _ending(brief.product, data, ranked) or USUAL


def natures_of(brief: Brief, files: DataFiles) -> tuple[str, ...]:
    """Return a brief's nature and its special cases: worn, and the steps tell how to measure; eaten, and by pets."""
    data: dict[str, Any] = files.load(KIND)
    nature = nature_of(brief, files)
    steps = [" ".join((step.do, step.note)) for step in brief.material.steps]

    names = [fold_text(name) for name in (brief.category, brief.product, *brief.keywords)]

    def says(words: list[str]) -> bool:
        return any(word in step for step in steps for word in words)

    def is_case(case: dict[str, Any]) -> bool:
        if "names" in case:
            return any(fold_text(word) in name for word in case["names"] for name in names)
        return says(case["steps"]) and not says(case["not_steps"])

    return (nature, *(name for name in sorted(data) if data[name].get("of") == nature and is_case(data[name])))


class Sizes(NamedTuple):
    """By what a statement is known to say how large goods of a nature are: words, and figures with their unit."""

    words: tuple[str, ...] = ()
    figures: re.Pattern[str] | None = None

    def asked(self, text: str) -> bool:
        """Return whether a question is about the size."""
        return any(word in text for word in self.words)

    def told(self, text: str) -> bool:
        """Return whether a statement tells the size."""
        return self.asked(text) or (self.figures is not None and self.figures.search(text) is not None)


def sizes_of(nature: str, files: DataFiles) -> Sizes:
    """Return how goods of a nature are measured."""
    data: dict[str, Any] = files.load(KIND)[nature]
    units = data.get("size_units", ())
    figures = re.compile(rf"[\d一二三四五六七八九十百半] ?(?:{either(units)})(?![A-Za-z])") if units else None
    return Sizes(tuple(data.get("size", ())), figures)


def _ending(text: str, data: dict[str, Any], ranked: list[str]) -> str:
    folded = fold_text(text).strip()
    found = [
        (len(word), 0, name) for name in ranked for word in data[name]["words"] if folded.endswith(fold_text(word))
    ]
    others = [
        (len(word), 1, "") for name in ranked for word in data[name].get("not_words", ()) if folded.endswith(word)
    ]
    return max([*found, *others], default=(0, 0, ""), key=lambda each: each[:2])[2]
