"""The fields of a listing beside its title, made from what the product's own data say, platform by platform as data.

Nothing is invented: a line is a selling point of the seller's, an attribute, or words that were packed. What is too
long is left out whole or ends at a clause; no word is cut.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from copykit.datafiles import DataFiles
from copykit.errors import CopykitError
from copykit.model import PackedTitle, Product, Sku
from copykit.platforms import Platform
from copykit.text.measure import Unit, measure
from copykit.writing.latin import LatinPacker
from copykit.writing.order import joined, joined_texts
from copykit.writing.stated import Stated, brand_term
from copykit.writing.terms import Vocabulary
from copykit.writing.title import TitleRoom


class NoListing(CopykitError):
    """A platform for which nobody wrote down what a listing consists of."""

    zh = "还没有{name}的上架字段；有的是 {known}。照着 data/listings 里的写一个文件就行"
    en = "there are no listing fields for {name}; there are {known}. One more file like those in data/listings adds it"


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field: see the schema of ``listings``."""

    id: str
    make: str
    column: str
    official: str = ""
    of: str = ""
    unit: Unit = "char"
    max: int | None = None
    min: int | None = None
    count: int = 1
    number: int = 1
    all_max: int | None = None
    sep: str = ""
    limit_source: str = ""


@dataclass(frozen=True, slots=True)
class Shape:
    """What a listing consists of on one platform.

    ``room`` is that of the title; ``guessed`` when no limit of the platform's could be sourced and ours is used.
    """

    platform: Platform
    room: TitleRoom
    fields: tuple[FieldSpec, ...]
    language: str
    by_sku: bool
    guessed: bool
    allowed: str
    needs_han: bool
    source: str


def load_shape(files: DataFiles, platform: Platform, *, details: bool = False) -> Shape:
    """Return what a listing consists of on a platform; the screens of its page only with ``details``.

    Raises:
        NoListing: there is no file for it.
    """
    every = files.load("listings")
    data = every.get(platform.id)
    if data is None:
        known = "、".join(
            sorted(files.load("platforms")[name]["name"] for name in every if name in files.load("platforms"))
        )
        raise NoListing(name=platform.name, known=known)
    title = data.get("title", {})
    limit = platform.max or title.get("aim") or DEFAULT_AIM
    room = TitleRoom(platform.unit, limit, platform.barred, title.get("brand", False), title.get("allowed", ""))
    fields = tuple(
        FieldSpec(**{key: value for key, value in field.items() if key != "note"})
        for field in data["fields"]
        if details or field["make"] != "detail"
    )
    return Shape(
        platform,
        room,
        fields,
        data.get("language", "zh"),
        data.get("rows", "product") == "sku",
        platform.max is None,
        title.get("allowed", ""),
        title.get("han", False),
        data["source"],
    )


DEFAULT_AIM = 60


class Making(NamedTuple):
    """What fields are made of: the product, what it states, its title, and words to spare."""

    product: Product
    stated: Stated
    title: PackedTitle
    short: Callable[[TitleRoom], PackedTitle | None]
    vocabulary: Vocabulary
    shape: Shape
    detail: str
    latin: LatinPacker
    lines: dict[tuple[str, int | None], list[str]]  # what several fields take one each of, made once

    @property
    def in_english(self) -> bool:
        """Return whether the listing is written in English."""
        return self.shape.language == "en" and bool(self.product.english.get("name_en"))

    @property
    def points(self) -> tuple[str, ...]:
        """Return the selling points in the language of the listing."""
        if self.in_english:
            return _lines(self.product.english.get("selling_points_en", ""))
        return self.product.selling_points


def make_fields(making: Making) -> tuple[dict[str, str], tuple[dict[str, str], ...]]:
    """Return the fields of a product, and those that differ by version, a mapping a row; empty ones are left out."""
    fields: dict[str, str] = {}
    for spec in making.shape.fields:
        if making.shape.by_sku and spec.make in _BY_ROW:
            continue
        text = MAKERS[spec.make](making, spec)
        if text:
            fields[spec.id] = text
    if not making.shape.by_sku:
        return fields, ()
    product = making.product
    count = max(1, len(product.skus), len(product.images))
    rows = []
    for number in range(count):
        row = {}
        for spec in making.shape.fields:
            if spec.make in _BY_ROW:
                text = _BY_ROW[spec.make](making, spec, number)
                if text:
                    row[spec.id] = text
            elif spec.make == "handle":
                row[spec.id] = fields[spec.id]
        rows.append(row)
    return fields, tuple(rows)


def fitted(text: str, spec: FieldSpec) -> str:
    """Return the beginning of a text that its field holds, ended at a clause; empty when no clause fits."""
    if spec.max is None or measure(text, spec.unit) <= spec.max:
        return text
    ends = [match.end() for match in _CLAUSE_END.finditer(text)]
    for end in reversed(ends):
        part = text[:end].rstrip(_SIGNS)
        if part and measure(part, spec.unit) <= spec.max:
            return part
    return ""


_CLAUSE_END = re.compile(r"[，。；！？,;!?\n]|\. ")
_SIGNS = "，。；！？、,;!?. \n"


def _product(making: Making, spec: FieldSpec) -> str:
    product = making.product
    match spec.of:
        case "id":
            return product.id
        case "price":
            return _figure(product.price)
        case "stock":
            stocks = [sku.stock for sku in product.skus if sku.stock is not None]
            return _figure(sum(stocks)) if stocks else ""
        case "brand":
            brand = product.english.get("brand_en") if making.in_english else None
            term = brand_term(product)
            return brand or (term.text if term is not None else "")
        case "category":
            return product.category
        case "name":
            return _name(making)
        case _:
            return product.columns.get(spec.of, "")


def _title(making: Making, _spec: FieldSpec) -> str:
    return making.title.text


def _short_title(making: Making, spec: FieldSpec) -> str:
    if spec.max is None:
        return making.title.text
    short = making.short(TitleRoom(spec.unit, spec.max, making.shape.room.barred, allowed=making.shape.allowed))
    return short.text if short is not None else ""


def _ad_title(making: Making, spec: FieldSpec) -> str:
    """Return promotion, then attributes, then the thing's name: the order of an advertisement, not of a listing."""
    product, head = making.product, making.stated.head.text
    promotion = product.promotion.strip()
    lead = [promotion] if promotion else []
    chosen: list[Any] = []
    for term in sorted(making.stated.own, key=lambda term: making.vocabulary.slots[term.slot].rank):
        if term.names or term.key in making.stated.head.key or any(term.key in other.key for other in chosen):
            continue
        longer = [*(other for other in chosen if other.key not in term.key), term]  # 不锈钢 goes when 316不锈钢 comes
        text = "！".join([*lead, joined([*longer, making.stated.head])])
        if spec.max is None or measure(text, spec.unit) <= spec.max:
            chosen = longer
    text = "！".join([*lead, joined([*chosen, making.stated.head])])
    if spec.max is not None and measure(text, spec.unit) > spec.max:
        return joined([*chosen, making.stated.head]) if measure(head, spec.unit) <= spec.max else ""
    return text


def _point(making: Making, spec: FieldSpec) -> str:
    """Return one selling point; where they run out, an attribute as a sentence."""
    return _one_of(making, spec, _point_lines)


def _one_of(making: Making, spec: FieldSpec, lines_of: Callable[[Making, FieldSpec], list[str]]) -> str:
    """Return the line of a field's number, empty when there are fewer."""
    lines = making.lines.get((spec.make, spec.max))
    if lines is None:
        lines = making.lines[spec.make, spec.max] = lines_of(making, spec)
    return lines[spec.number - 1] if len(lines) >= spec.number else ""


def _point_lines(making: Making, spec: FieldSpec) -> list[str]:
    lines = [line for point in making.points if (line := fitted(point, spec))]
    if not making.in_english:
        lines += [line for line in _attribute_lines(making) if fitted(line, spec)]
    lines = [line for line in lines if spec.min is None or measure(line, spec.unit) >= spec.min]
    if spec.all_max is not None:
        kept: list[str] = []
        for line in lines:
            if sum(measure(each, spec.unit) for each in [*kept, line]) <= spec.all_max:
                kept.append(line)
        return kept
    return lines


def _points(making: Making, spec: FieldSpec) -> str:
    """Return as many selling points as fit into one field."""
    chosen: list[str] = []
    sep = spec.sep if making.in_english or making.shape.language != "en" else "；"
    for point in making.points:
        line = point.rstrip(_SIGNS)
        if (
            line
            and len(chosen) < spec.count
            and (spec.max is None or measure(sep.join([*chosen, line]), spec.unit) <= spec.max)
        ):
            chosen.append(line)
    return sep.join(chosen)


def _attributes(making: Making, spec: FieldSpec) -> str:
    return spec.sep.join(f"{name}:{value}" for name, value in making.product.attributes.items())


def _attribute_lines(making: Making) -> list[str]:
    return [f"{name}：{value}" for name, value in making.product.attributes.items() if value]


def _search_terms(making: Making, spec: FieldSpec) -> str:
    """Return words that the title does not say, heaviest first, each once."""
    said = making.title.text.casefold()
    chosen: list[str] = []
    words: Sequence[str]
    if making.in_english:
        words = [word for phrase, _ in making.latin.keywords(making.product)[0] for word in phrase.split()]
    else:
        phrases = (drop.keyword for drop in making.title.dropped if drop.kind in ("room", "crowd"))
        words = [term.text for phrase in phrases for term in making.vocabulary.cut(phrase)]
        words = [*words, *(name for name in sorted(making.stated.names) if len(name) > 1)]
    for word in words:
        key = word.casefold()
        if key in said or any(key == other.casefold() for other in chosen):
            continue
        if spec.max is None or measure(spec.sep.join([*chosen, word]), spec.unit) <= spec.max:
            chosen.append(word)
    return spec.sep.join(chosen)


def _description(making: Making, spec: FieldSpec) -> str:
    """Return the name and the selling points as sentences, as many as the field holds."""
    stop, blank = (". ", " ") if making.in_english else ("。", "")
    text = ""
    for line in (_name(making), *(point.rstrip(_SIGNS) for point in making.points)):
        longer = f"{text}{blank if text else ''}{line}{stop.strip() if line else ''}"
        if spec.max is None or measure(longer, spec.unit) <= spec.max:
            text = longer
    return text


def _html(making: Making, _spec: FieldSpec) -> str:
    items = "".join(f"<li>{html.escape(point)}</li>" for point in making.points)
    rows = (
        ""
        if making.in_english
        else "".join(
            f"<li>{html.escape(name)}：{html.escape(value)}</li>" for name, value in making.product.attributes.items()
        )
    )
    return f"<p>{html.escape(_name(making))}</p>" + (f"<ul>{items}{rows}</ul>" if items or rows else "")


def _handle(making: Making, spec: FieldSpec) -> str:
    """Return a part of an address: letters, digits and hyphens, from the English name or the product's id."""
    name = making.product.english.get("name_en", "")
    slug = _NOT_SLUG.sub("-", f"{name} {making.product.id}".casefold()).strip("-")
    return slug[: spec.max].strip("-") if slug else f"item-{making.product.row}"


_NOT_SLUG = re.compile(r"[^a-z0-9]+")


def _tags(making: Making, spec: FieldSpec) -> str:
    """Return the keywords that the title is found by, then words of the product's own, each once."""
    if making.in_english:
        words = [phrase for phrase, _ in making.latin.keywords(making.product)[0]]
    else:
        words = [*making.title.found, making.stated.head.text, *(term.text for term in making.stated.own)]
    sign = spec.sep.strip()
    words = [word for word in dict.fromkeys(words) if not (sign and sign in word) and not _DOUBLED.search(word)]
    chosen: list[str] = []
    for word in words:
        if len(chosen) < spec.count and (
            spec.max is None or measure(spec.sep.join([*chosen, word]), spec.unit) <= spec.max
        ):
            chosen.append(word)
    return spec.sep.join(chosen)


_DOUBLED = re.compile(r"(.{2,})\1")  # buyers type 316不锈钢不锈钢锅, nobody wants to read it


def _picture(making: Making, spec: FieldSpec) -> str:
    """Return the line for one picture: what can be read at a glance."""
    return _one_of(making, spec, _picture_lines)


def _picture_lines(making: Making, spec: FieldSpec) -> list[str]:
    product = making.product
    lines: list[str] = []
    for point in product.selling_points:
        for part in (point, *_CLAUSE_END.split(point)):  # the whole of it where that is short enough
            line = part.strip(_SIGNS)
            if spec.max is not None and len(line) > 2 and measure(line, spec.unit) <= spec.max:
                lines.append(line)
                break
    differing = {name for sku in product.skus for name in sku.options}
    for name, value in product.attributes.items():
        line = f"{name}：{value}"
        if name in differing or "、" in value or making.vocabulary.attribute_of(name) == "size":
            continue  # the one picture stands for all versions
        if spec.max is not None and measure(line, spec.unit) <= spec.max:
            lines.append(line)
    return list(dict.fromkeys(lines))


def _post(making: Making, spec: FieldSpec) -> str:
    """Return the body of a note: the selling points a line each, then what the goods are made of."""
    text = ""
    for line in (*making.points, *_attribute_lines(making)):
        longer = f"{text}\n{line}" if text else line
        if spec.max is None or measure(longer, spec.unit) <= spec.max:
            text = longer
    return text


def _detail(making: Making, _spec: FieldSpec) -> str:
    return making.detail


def _fixed(_making: Making, spec: FieldSpec) -> str:
    return spec.of


def _row_sku(making: Making, spec: FieldSpec, number: int) -> str:
    sku = _sku(making.product, number)
    if sku is None:
        return _product(making, spec) if number == 0 else ""
    return {"id": sku.id, "price": _figure(sku.price), "stock": _figure(sku.stock)}.get(spec.of, "")


def _row_option_name(making: Making, spec: FieldSpec, number: int) -> str:
    sku = _sku(making.product, number)
    names = list(sku.options) if sku is not None else []
    if len(names) >= spec.number:
        return names[spec.number - 1]
    return "Title" if spec.number == 1 and number == 0 and not names else ""


def _row_option_value(making: Making, spec: FieldSpec, number: int) -> str:
    sku = _sku(making.product, number)
    values = list(sku.options.values()) if sku is not None else []
    if len(values) >= spec.number:
        return values[spec.number - 1]
    return "Default Title" if spec.number == 1 and number == 0 and not values else ""


def _row_image(making: Making, _spec: FieldSpec, number: int) -> str:
    images = making.product.images
    return images[number] if number < len(images) else ""


def _row_alt(making: Making, spec: FieldSpec, number: int) -> str:
    """Return what a picture's words for the blind can honestly say: what the goods are and which picture it is."""
    count = len(making.product.images)
    if number >= count:
        return ""
    name = _name(making)
    text = (
        f"{name}, picture {number + 1} of {count}"
        if making.in_english
        else f"{name}，第 {number + 1} 张图，共 {count} 张"
    )
    return fitted(text, spec)


def _alt(making: Making, spec: FieldSpec) -> str:
    return _row_alt(making, spec, spec.number - 1)


def _name(making: Making) -> str:
    """Return what people call the goods, the brand in front."""
    if making.in_english:
        return making.product.english["name_en"]
    brand, name = brand_term(making.product), making.product.name
    return name if brand is None or brand.text in name else joined_texts(brand.text, name)


def _sku(product: Product, number: int) -> Sku | None:
    return product.skus[number] if number < len(product.skus) else None


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}".rstrip("0").rstrip(".")


@cache
def _lines(cell: str) -> tuple[str, ...]:
    return tuple(line for part in re.split(r"[;；|\n]+", cell) if (line := part.strip()))


Maker = Callable[[Making, FieldSpec], str]
MAKERS: Mapping[str, Maker] = {
    "product": _product,
    "title": _title,
    "seo_title": _title,
    "short_title": _short_title,
    "ad_title": _ad_title,
    "point": _point,
    "points": _points,
    "attributes": _attributes,
    "search_terms": _search_terms,
    "description": _description,
    "html": _html,
    "handle": _handle,
    "tags": _tags,
    "picture": _picture,
    "post": _post,
    "detail": _detail,
    "fixed": _fixed,
    "alt": _alt,
}
_BY_ROW: Mapping[str, Callable[[Making, FieldSpec, int], str]] = {
    "sku": _row_sku,
    "option_name": _row_option_name,
    "option_value": _row_option_value,
    "image": _row_image,
    "alt": _row_alt,
}
