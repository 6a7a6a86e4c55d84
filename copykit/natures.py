"""What a product is to those who deliver it, as data: in a parcel or over the net, in sizes, eaten."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from copykit.categories import Categories
from copykit.datafiles import DataFiles
from copykit.text.normalize import fold_text

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


def _ending(text: str, data: dict[str, Any], ranked: list[str]) -> str:
    folded = fold_text(text).strip()
    found = [
        (len(word), 0, name) for name in ranked for word in data[name]["words"] if folded.endswith(fold_text(word))
    ]
    others = [
        (len(word), 1, "") for name in ranked for word in data[name].get("not_words", ()) if folded.endswith(word)
    ]
    return max([*found, *others], default=(0, 0, ""), key=lambda each: each[:2])[2]
