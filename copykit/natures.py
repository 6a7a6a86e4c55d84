"""What a product is to those who deliver it, as data: in a parcel or over the net, in sizes, eaten."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from copykit.categories import Categories
from copykit.datafiles import DataFiles
from copykit.errors import Words
from copykit.text.normalize import fold_text
from copykit.text.patterns import either

if TYPE_CHECKING:
    from copykit.model import Brief

KIND = "natures"
USUAL = "goods"  # what is none of the others


def nature_of(brief: Brief, files: DataFiles) -> str:
    """Return the id of a brief's nature: by how its category ends, else its law's category, else its product."""
    return _natures(brief, files)[0]


def unsure_of(brief: Brief, files: DataFiles) -> Words | None:
    """Return what to tell of goods of several natures (课 on the net or in a room), and how to settle it."""
    data: dict[str, Any] = files.load(KIND)
    found = _natures(brief, files)
    if len(found) == 1:
        return None
    zh = "还是".join(data[name]["name"] for name in found)
    en = " or ".join(data[name].get("name_en", name) for name in found)
    cures = " / ".join(f'category = "{data[name]["cure"]}"' for name in found if "cure" in data[name])
    taken, taken_en = data[found[0]]["name"], data[found[0]].get("name_en", found[0])
    goods = brief.category or brief.product
    return Words(
        f"“{goods}”是{zh}，资料里看不出来，先当“{taken}”写；写明白用 {cures}，或者写一句在哪儿上",
        f"whether {goods} is {en} the brief does not tell; taken for {taken_en}. To settle it: {cures}",
    )


def _natures(brief: Brief, files: DataFiles) -> tuple[str, ...]:
    data: dict[str, Any] = files.load(KIND)
    ranked = sorted(data, key=lambda name: (data[name]["rank"], name))
    told = Categories(files).of(brief)
    of_law = tuple(name for name in ranked if told.intersection(data[name]["categories"]))
    by_category, by_product = (_ending(text, data, ranked) for text in (brief.category, brief.product))
    likely = by_category or of_law or by_product or (USUAL,)
    if len(by_product) == 1 and by_product[0] in likely:  # 课 may be either, 陶艺课 is not
        return by_product
    said = fold_text(" ".join(_statements(brief)))
    signs = {name: sum(fold_text(word) in said for word in data[name].get("signs", ())) for name in likely}
    most = max(signs.values())
    return tuple(name for name in likely if signs[name] == most)


def _statements(brief: Brief) -> Iterator[str]:
    """What a brief says of where and how its goods are had."""
    material = brief.material
    yield from (brief.category, brief.product, *brief.keywords, *material.readers.pains)
    for point in material.points:
        yield from (point.feature, point.benefit, point.proof, point.scene)
    for scene in material.scenes:
        yield from (scene.name, scene.text, scene.trouble)
    for detail in material.details:
        yield from (detail.text, detail.place)
    for doubt in material.doubts:
        yield from (doubt.ask, doubt.answer)
    for step in material.steps:
        yield from (step.do, step.note)
    yield from (claim.statement for claim in brief.claims)


def natures_of(brief: Brief, files: DataFiles) -> tuple[str, ...]:
    """Return a brief's nature and its special cases: worn, and the steps tell how to measure; eaten, and by pets."""
    data: dict[str, Any] = files.load(KIND)
    nature = nature_of(brief, files)
    steps = [" ".join((step.do, step.note)) for step in brief.material.steps]

    names = [fold_text(name) for name in (brief.category, brief.product, *brief.keywords)]

    def says(words: list[str]) -> bool:
        return any(word in step for step in steps for word in words)

    def is_case(case: dict[str, Any]) -> bool:
        if case["words"]:
            return any(name.endswith(fold_text(word)) for word in case["words"] for name in names)
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


def _ending(text: str, data: dict[str, Any], ranked: list[str]) -> tuple[str, ...]:
    """Return the natures that have the longest ending of a text among their words: 护手油 is no 油."""
    folded = fold_text(text).strip()
    ends = {name: _longest(folded, data[name]["words"]) for name in ranked if "of" not in data[name]}
    longest = max(ends.values(), default=0)
    if not longest or longest <= max(_longest(folded, data[name].get("not_words", ())) for name in ranked):
        return ()
    return tuple(name for name, length in ends.items() if length == longest)


def _longest(folded: str, words: Iterable[str]) -> int:
    return max((len(word) for word in map(fold_text, words) if folded.endswith(word)), default=0)
