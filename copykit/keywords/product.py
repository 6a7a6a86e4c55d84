"""What is known of the goods that words are chosen for: what it is, whose it is, and what it is not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from copykit.datafiles import DataFiles
from copykit.lexicon import Lexicons
from copykit.model import Brief
from copykit.text.normalize import fold_text

NO_BRIEF = Brief("")


class Side(NamedTuple):
    """One side of what cannot both be true: its name, its folded words, and the set that it belongs to."""

    set: str
    set_en: str
    name: str
    words: tuple[str, ...]
    told: bool  # the brief tells of this side


@dataclass(frozen=True, slots=True)
class Product:
    """One product or plan. All words are folded.

    ``heads`` are the category words that name it, longest first; ``families`` the kinds of goods these belong to.
    ``told`` is all that the brief says, for asking whether it holds a word. ``names`` are product, category and
    keywords, where these tell what the goods are searched by; ``points`` selling points, ``others`` what else is said
    of the goods (doubts, for whom, where), ``unfit`` whom they are not for. ``sides`` are those of sets that the brief
    says something of.
    """

    name: str = ""
    heads: tuple[str, ...] = ()
    families: frozenset[str] = frozenset()
    own_brands: tuple[str, ...] = ()
    told: str = ""
    names: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    unfit: tuple[str, ...] = ()
    sides: tuple[Side, ...] = ()
    things: Mapping[str, str] = field(default_factory=dict)  # every category word → its family, "" where it has none
    like: frozenset[str] = frozenset()  # category words that the same goods may be called by

    @property
    def known(self) -> bool:
        """Whether anything is told that a search could be held against."""
        return bool(self.heads)


def product_of(files: DataFiles, brief: Brief = NO_BRIEF, brands: Iterable[str] = ()) -> Product:
    """Return what a brief tells of its goods; ``brands`` are further names of one's own."""
    lexicons = Lexicons(files)
    entries = lexicons["category_words"].entries
    things = {word: fields.get("family", "") for word, fields in entries.items()}
    texts = [fold_text(text) for text in (brief.product, brief.category, *brief.keywords) if text]
    told = "\n".join([*texts, *map(fold_text, (*brief.selling_points, *brief.audience, *brief.scenes))])
    heads = (
        _heads(texts[:2], things) or _heads(texts[2:], things) or tuple(text for text in texts[:1] if len(text) < 12)
    )
    material = brief.material
    doubts = (text for doubt in material.doubts for text in (doubt.ask, doubt.answer))
    own = [fold_text(name) for name in (brief.brand, brief.shop.name, *brands) if name.strip()]
    facts = "\n".join(texts[:2] + list(map(fold_text, (*brief.selling_points, *brief.audience))))
    return Product(
        brief.product,
        heads,
        frozenset(filter(None, (things.get(head, "") for head in heads))),
        tuple(dict.fromkeys(own)),
        told,
        tuple(texts) if brief.keywords or not things.keys().isdisjoint(heads) else (),
        tuple(map(fold_text, brief.selling_points)),
        tuple(map(fold_text, (*doubts, *brief.audience, *brief.scenes))),
        tuple(map(fold_text, material.readers.not_for)),
        tuple(_sides(files, facts, heads)),
        things,
        frozenset(
            word for head in heads if head in entries for word in entries if _alike(entries[head], entries[word])
        ),
    )


def _alike(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Return whether the other category word names the same sort of goods, or all goods of the family."""
    sort, meant = one.get("sort"), other.get("sort")
    return one.get("family") == other.get("family") and sort is not None and meant in (sort, "any")


def _heads(texts: Sequence[str], things: Mapping[str, str]) -> tuple[str, ...]:
    """Return the category words in texts, of each text the one that stands last and longest: it names the thing."""
    found: dict[str, None] = {}
    for text in texts:
        ends = [(text.rfind(word) + len(word), len(word), word) for word in things if word in text]
        if ends:
            found[max(ends)[2]] = None
    return tuple(sorted(found, key=len, reverse=True))


def every_side(files: DataFiles) -> list[Side]:
    """Return the sides of all sets of what cannot both be true, told or not."""
    return [
        Side(data["name"], data["name_en"], side["name"], tuple(map(fold_text, side["words"])), told=False)
        for data in files.load("contradictions").values()
        for side in data["sides"]
    ]


def too_young(files: DataFiles, brief: Brief) -> frozenset[str]:
    """Return the words for people younger than those whom the brief names (22–40 岁), none where it names no age."""
    readers = brief.material.readers
    # The age of a child may stand with its parents (3–8 岁孩子的家长), so the first number is the lowest that counts.
    lowest = re.search(r"\d+", readers.age)
    return frozenset(
        fold_text(word)
        for data in files.load("contradictions").values()
        for side in data["sides"]
        if lowest is not None and "until" in side and int(lowest[0]) > side["until"]
        for word in side["words"]
    )


def _sides(files: DataFiles, facts: str, heads: Sequence[str]) -> Iterable[Side]:
    for data in files.load("contradictions").values():
        sides = [
            (
                side["name"],
                tuple(map(fold_text, side["words"])),
                frozenset(map(fold_text, side.get("implied_by", ()))),
            )
            for side in data["sides"]
        ]
        told = {
            name
            for name, words, implied in sides
            if any(len(word) > 1 and word in facts for word in words) or not implied.isdisjoint(heads)
        }
        if told:
            for name, words, _ in sides:
                yield Side(data["name"], data["name_en"], name, words, name in told)
