"""Make a first brief of what is there already: a product page, or the row of a table; every value keeps its origin.

Only what the page says of itself is taken over. What a shop praises is no fact: phrases that might be selling points
are put down for a person to judge; sales figures, awards and the like are left out, since a page is no evidence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from copykit.brief.form import Found
from copykit.datafiles import DataFiles
from copykit.tables import ColumnMissing, Row, Table, counted_rows, merge_names, parse_number, read_rows
from copykit.tables.cells import CLAUSES, pairs, parts
from copykit.text.encoding import decode, find_charset
from copykit.text.normalize import fold_text

MOST_PAGE = 2_000_000
ROLES = ("product", "title", "category", "brand", "price", "audience", "selling_points", "keyword", "link")


class ProductRows:
    """What the rows of a seller's table tell of the goods; which columns tell it, the data files know."""

    def __init__(self, files: DataFiles) -> None:
        columns = files.load("columns")
        self._roles = {**merge_names(columns["text"], ROLES), **merge_names(columns["listing"], ("attributes",))}
        self._stating = {fold_text(name) for each in files.load("attributes").values() for name in each["headers"]}

    def open(self, source: Path) -> Table:
        """Return a table's rows. Raises ``ColumnMissing`` where neither product nor title is a column of it."""
        try:
            return read_rows(source, wanted=self._roles)
        except ColumnMissing:
            roles = dict(self._roles)
            return read_rows(source, wanted={"title": roles.pop("title"), **roles})

    def goods(self, table: Table) -> Iterator[Row]:
        """Yield the rows of a table but those that sum others up, which ``table.sums`` remembers."""
        return counted_rows(table, ("product", "title"))

    def found(self, table: Table, row: Row) -> tuple[list[Found], list[str]]:
        """Return what a row tells, and its columns that tell nothing that a brief knows."""
        found: list[Found] = []
        unread: dict[str, str] = {}
        for role, key in _ROLE_KEYS.items():
            header = table.columns.get(role)
            value = row.values.get(header, "").strip() if header is not None else ""
            if not value or header is None or (role == "title" and any(each.key == "product" for each in found)):
                continue
            origin = _origin(row, header)
            if role == "price":
                number = parse_number(value)
                if number is None:
                    unread[header] = f"{header}（“{' '.join(value.split())[:20]}”不是一个数）"
                else:
                    found.append(Found(key, number, origin))
            else:
                found += [Found(key, part, origin) for part in _values(value, role)]
        used = set(table.columns.values())
        listed = table.columns.get("attributes")
        for header in table.headers:
            if header == listed:
                for name, value in pairs(row.values.get(header, "")).items():
                    found += _spec(name, value, f"{_origin(row, header)}，要人核对")
            elif header and header not in used and fold_text(header).strip() in self._stating:
                value = row.values.get(header, "").strip()
                told = list(_spec(header, value, f"{_origin(row, header)}，要人核对"))
                found += told
                used.update([header] if told or not value else ())
        left = [header for header in table.headers if header and header not in used]
        return found, [*unread.values(), *left]


def _origin(row: Row, header: str) -> str:
    return f"第 {row.number} 行“{header}”"


def _spec(name: str, said: str, origin: str) -> Iterator[Found]:
    """Yield what a page or a table states of the goods (材质：棉): a claim whose evidence a person has to add."""
    if 0 < len(name) <= 8 and 0 < len(said) <= 30:
        yield Found("claims.kind", "spec", origin)
        yield Found("claims.subject", name, "")
        yield Found("claims.statement", f"{name}：{said}", "")


_ROLE_KEYS = {
    "product": "product",
    "title": "product",
    "category": "category",
    "brand": "brand",
    "price": "price",
    "audience": "audience.who",
    "selling_points": "selling_points.feature",
    "keyword": "keywords",
    "link": "links.url",
}


def _values(value: str, role: str) -> Iterable[str]:
    if role == "selling_points":
        return parts(value, CLAUSES)
    return parts(value) if role in ("audience", "keyword") else (value.strip("。."),)


def from_page(data: bytes) -> list[Found]:
    """Return what a product page tells of itself: its structured data first, then meta tags, headings, attributes.

    A page of more than two million bytes is read as far as that.
    """
    from bs4 import BeautifulSoup  # late: 60 ms

    data = data[:MOST_PAGE]
    page = BeautifulSoup(decode(data, find_charset(data[:4096])).text, "html.parser")
    told: dict[str, Found] = {}
    for each in (*_structured(page), *_meta(page), *_headings(page)):
        told.setdefault(each.key, each)
    return [*told.values(), *_attributes(page)]


def _structured(page: Any) -> Iterator[Found]:
    import orjson

    for script in page.find_all("script", type="application/ld+json"):
        try:
            value = orjson.loads(str(script.string or ""))
        except orjson.JSONDecodeError:
            continue
        origin = f"网页的结构化数据（第 {script.sourceline} 行）"
        for item in _items(value):
            if "Product" not in str(item.get("@type", "")) and "Course" not in str(item.get("@type", "")):
                continue
            brand, offers = item.get("brand"), item.get("offers")
            yield from _text("product", item.get("name"), origin)
            yield from _text("category", item.get("category"), origin)
            yield from _text("brand", brand.get("name") if isinstance(brand, dict) else brand, origin)
            offer = offers[0] if isinstance(offers, list) and offers else offers
            yield from _price(offer.get("price") if isinstance(offer, dict) else None, origin)


def _items(value: Any) -> Iterator[Mapping[str, Any]]:
    stack = [value]
    while stack:
        each = stack.pop()
        if isinstance(each, dict):
            yield each
            stack += list(each.get("@graph", ())) if isinstance(each.get("@graph"), list) else []
        elif isinstance(each, list):
            stack += reversed(each)


_META = {
    "og:title": "product",
    "og:product:brand": "brand",
    "product:brand": "brand",
    "product:price:amount": "price",
    "og:price:amount": "price",
    "product:category": "category",
}


def _meta(page: Any) -> Iterator[Found]:
    for tag in page.find_all("meta"):
        name = str(tag.get("property") or tag.get("name") or "").lower()
        if name in _META:
            origin = f"网页的 meta {name}（第 {tag.sourceline} 行）"
            key = _META[name]
            yield from (
                _price(tag.get("content"), origin) if key == "price" else _text(key, tag.get("content"), origin)
            )


def _headings(page: Any) -> Iterator[Found]:
    for name in ("h1", "title"):
        tag = page.find(name)
        if tag is not None:
            name_of = _TAIL.sub("", tag.get_text(" ", strip=True))
            yield from _text("product", name_of, f"网页的 {name}（第 {tag.sourceline} 行）")


_TAIL = re.compile(r"\s*[-_|–—]\s*[^-_|–—]{1,20}$")  # 护手霜 - 某某商城


def _attributes(page: Any) -> Iterator[Found]:
    """Yield 材质：棉 and the like as claims of the kind spec, without evidence, and short list items as points."""
    seen: set[str] = set()
    for tag in page.find_all(["li", "tr", "dt"]):
        if tag.name == "dt":
            value = tag.find_next_sibling("dd")
            name, said = tag.get_text(" ", strip=True), value.get_text(" ", strip=True) if value else ""
        elif tag.name == "tr":
            cells = [cell.get_text(" ", strip=True) for cell in tag.find_all(["th", "td"])]
            name, said = (cells[0], cells[1]) if len(cells) == 2 else ("", "")
        else:
            name, sign, said = tag.get_text(" ", strip=True).partition("：")
            if not sign:
                name, said = "", name
        name, said = name.strip("：: "), said.strip()
        origin = f"网页的 {tag.name}（第 {tag.sourceline} 行），要人核对"
        if not said or said in seen or len(seen) >= _MOST_ATTRIBUTES:
            continue
        seen.add(said)
        if name in _NAMED:
            yield Found(_NAMED[name], said, origin)
        elif name:
            yield from _spec(name, said, origin)
        elif _POINT.fullmatch(said):
            yield Found("selling_points.feature", said, origin)


_NAMED = {"品牌": "brand", "类目": "category", "分类": "category"}
_MOST_ATTRIBUTES = 30
# What a list of points says: a short clause, not the word of a menu.
_POINT = re.compile(r"[^\n]{6,40}")


def _text(key: str, value: Any, origin: str) -> Iterator[Found]:
    if isinstance(value, str) and value.strip():
        yield Found(key, " ".join(value.split())[:60], origin)


def _price(value: Any, origin: str) -> Iterator[Found]:
    number = parse_number(str(value)) if value is not None else None
    if number is not None and number >= 0:
        yield Found("price", number, origin)
