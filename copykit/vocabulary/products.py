"""Goods of a table, and the titles that were packed for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from copykit.vocabulary.brief import Claim
from copykit.vocabulary.findings import NO_FACTS, Finding, Said


@dataclass(frozen=True, slots=True)
class Sku:
    """One version of a product that can be ordered; ``options`` maps 颜色 → 白色, ``row`` is its line in the table."""

    id: str
    options: Mapping[str, str]
    price: float | None = None
    stock: float | None = None
    row: int = 0


class CellNote(NamedTuple):
    """A cell that was not taken over as it stands, in words for its seller; ``field`` of a listing lacks it."""

    field: str
    cell: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Product:
    """One product (宝贝) of a seller's table, its rows grouped; a title belongs to it and not to its versions.

    ``head`` is what it is called, where a column says so; ``attributes`` maps 材质 → 白鸭绒 as they stand in the table.
    ``keywords`` are (word, weight) of its own row. ``must`` are words that its title needs, ``locked`` words of
    ``current_title`` that have to stay; ``searched`` is what search brings it now, None when no column says so.
    ``english`` maps a role to its English wording; ``columns`` are all cells of its first row. ``notes`` are cells
    that could not be taken over.
    """

    id: str
    name: str
    row: int = 0
    category: str = ""
    brand: str = ""
    head: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    selling_points: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()
    scenes: tuple[str, ...] = ()
    keywords: tuple[tuple[str, float], ...] = ()
    must: tuple[str, ...] = ()
    locked: tuple[str, ...] = ()
    current_title: str = ""
    searched: float | None = None
    price: float | None = None
    promotion: str = ""
    claims: tuple[Claim, ...] = ()
    images: tuple[str, ...] = ()
    skus: tuple[Sku, ...] = ()
    english: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[CellNote, ...] = ()


class ShopWord(NamedTuple):
    """A word that buyers search for, and how much it is worth to be found by; ``role`` as ``keywords select`` says."""

    text: str
    weight: float
    role: str = "core"
    group: str = ""


class Dropped(NamedTuple):
    """A keyword that a title does not carry, and why: the kind of reason, and the words that fill its sentence."""

    keyword: str
    kind: str
    facts: Mapping[str, str] = NO_FACTS


class PackedTitle(NamedTuple):
    """A title made of words, and what became of the keywords.

    ``worth`` is the weight of the keywords that it is found by (``found``), ``possible`` that of all that could be
    said of the product. ``kept``, ``removed`` and ``added`` are words of the title in use and of this one. ``proved``:
    no other choice of words is worth more. ``spans``: where each of the words stands in the text.
    """

    text: str
    words: tuple[str, ...]
    found: tuple[str, ...]
    dropped: tuple[Dropped, ...]
    worth: float
    possible: float
    used: int
    limit: int
    unit: str
    kept: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    proved: bool = True
    code: str = ""
    spans: tuple[tuple[int, int], ...] = ()


class FieldFinding(NamedTuple):
    """What a check says of one field of a listing; offsets are those of the field's text."""

    field: str
    finding: Finding


@dataclass(frozen=True, slots=True)
class Listing:
    """A product ready to be put on sale on one platform.

    ``fields`` maps a field's id to its text. ``error`` is why there is none; a listing with an error among its
    ``findings`` is blocked. ``others`` are further titles to test against this one. ``rows`` are the fields that differ
    by version, one mapping a row.
    """

    id: str
    row: int
    platform: str
    title: PackedTitle | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    rows: tuple[Mapping[str, str], ...] = ()
    findings: tuple[FieldFinding, ...] = ()
    others: tuple[PackedTitle, ...] = ()
    old_title: str = ""
    error: Said | None = None

    @property
    def blocked(self) -> bool:
        """Return whether it must not be uploaded as it is."""
        return self.error is not None or any(told.finding.severity == "error" for told in self.findings)
