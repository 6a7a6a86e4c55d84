"""A seller's table as products: whose columns are guessed and told, whose rows are grouped under their product.

The table is read twice, as a stream: once to see how many products there are and which of them are scattered over it,
once to build them. Nothing but scattered products is held in memory.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from copykit import tables
from copykit.datafiles import DataFiles
from copykit.errors import CopykitError, Words
from copykit.model import CellNote, Claim, Product, Sku
from copykit.tables.cells import CLAUSES, pairs, parts, weighted
from copykit.tables.figures import NOTHING, amount
from copykit.writing.terms import AttributeNames

MOST_SCATTERED = 20_000  # rows of products whose rows stand apart, which are held in memory


MOST_BRANDS, MOST_VALUES, LONGEST_CELL = 1_000, 20_000, 60
MOST_TOLD = 5  # rows that have fewer cells than the header


class ProductUnnamed(CopykitError):
    """A row that does not say what it is."""

    zh = "{file} 第 {row} 行：品名和标题都空着，请补上"
    en = "{file}, row {row}: neither product nor title is filled in"


class NameIsFormula(CopykitError):
    """A row whose name is a formula that nobody worked out."""

    zh = "{file} 第 {row} 行：品名“{name}”是没算出来的公式，请写上品名"
    en = "{file}, row {row}: the product '{name}' is a formula that was not worked out; write the name"


class IdShared(CopykitError):
    """Rows of one id that are different goods."""

    zh = "{file} 第 {row} 行“{name}”和第 {other} 行“{other_name}”的{header}都是“{id}”，像两件商品；请各用各的{header}"
    en = "{file}: row {row} '{name}' and row {other} '{other_name}' share the {header} '{id}'; give each its own"


class TooScattered(CopykitError):
    """A table whose products' rows lie far apart, too many of them."""

    zh = "{file} 里同一个{header}的行分散在各处，超过 {limit} 行；请先按“{header}”排序"
    en = "{file}: the rows of the same {header} stand apart, over {limit} of them; sort it by '{header}' first"


class Entry(NamedTuple):
    """A product, or what is wrong with its rows. ``digest`` changes with any cell of them; ``row`` is the first."""

    row: int
    digest: str
    product: Product | None
    error: Words | None = None


class RoleUnknown(CopykitError):
    """A column that was given a part which no column plays."""

    zh = "--column 里的“{role}”不是一种列；可以写 {roles}"
    en = "'{role}' in --column is no kind of column; there are {roles}"


class Scan(NamedTuple):
    """What a first walk through the table found: how many entries there are, and a digest of all cells.

    ``scattered`` are products whose rows stand apart, ``brands`` those that the table names, ``values`` what its
    columns of attributes say. ``short`` are the first rows that have fewer cells than the header, of ``shorts``.
    """

    entries: int
    digest: str
    scattered: frozenset[str]
    brands: tuple[str, ...]
    values: tuple[str, ...]
    short: tuple[int, ...] = ()
    shorts: int = 0


class ProductTable:
    """A table of products; iterate for entries in the order of their first rows."""

    def __init__(
        self,
        source: Path,
        files: DataFiles,
        attributes: AttributeNames,
        chosen: Mapping[str, str] | None = None,
        name: str | None = None,
        usual: Mapping[str, str] | None = None,
    ) -> None:
        """Look at the header; ``chosen`` are roles whose columns the user named, ``name`` what errors call a stream.

        ``usual`` are roles as they were in an earlier table: they are tried first, and need not be there.

        Raises:
            FileMissing, FileUnreadable, ColumnMissing: there is no table with names of products.
            RoleUnknown: there is no such role.
        """
        self._source, self._names, self._shown = source, attributes, name
        names = tables.merge_names(files.load("columns")["listing"])
        for role in chosen or {}:
            if role not in names:
                raise RoleUnknown(role=role, roles="、".join(names))
        for role, header in (usual or {}).items():
            if role in names:
                names[role] = [header, *names[role]]
        names |= {role: [header] for role, header in (chosen or {}).items()}
        self._wanted = names
        try:
            with self._open() as table:
                self._note(table)
        except tables.ColumnMissing as missing:
            # A table may have titles alone; then they tell what is sold.
            self._wanted = {"current_title": names["current_title"], **names}
            try:
                with self._open() as table:
                    self._note(table)
            except tables.ColumnMissing:
                raise missing from None
        for role, header in (chosen or {}).items():
            if role not in self.columns:
                raise tables.ColumnMissing(self.name, header, self.headers)

    def _open(self) -> tables.Table:
        return tables.read_rows(self._source, wanted=self._wanted, name=self._shown)

    def _note(self, table: tables.Table) -> None:
        self.name, self.headers, self.columns = table.name, table.headers, dict(table.columns)
        if "id" in self.columns and "sku" not in self.columns:
            # Beside 款式编码 a 商品编码 is the version's.
            ids = {tables.fold_header(name) for name in self._wanted["id"]}
            taken = set(self.columns.values())
            second = (header for header in self.headers if header not in taken and tables.fold_header(header) in ids)
            if (header := next(second, None)) is not None:
                self.columns["sku"] = header
        used = set(self.columns.values())
        self.attributes = tuple(header for header in self.headers if header not in used and self._names.of(header))
        pictures = [header for header in self.headers if header not in used and _PICTURE.fullmatch(header.strip())]
        self.pictures = tuple(([self.columns["images"]] if "images" in self.columns else []) + pictures)
        self.unused = tuple(
            header
            for header in self.headers
            if header not in used and header not in self.attributes and header not in pictures and header[:1] != "#"
        )

    def scan(self, advance: Callable[[int], None] = lambda rows: None) -> Scan:
        """Walk through the table once; ``advance`` is told of rows that were read."""
        digest = hashlib.blake2b(digest_size=16)
        seen: set[bytes] = set()
        scattered: set[str] = set()
        entries = count = 0
        previous: str | None = None
        brands: set[str] = set()
        values: set[str] = set()
        lacking: list[int] = []
        shorts = 0
        with self._open() as table:
            digest.update(repr((table.headers, sorted(table.columns.items()))).encode("utf-8", "replace"))
            for row in table:
                digest.update(repr((row.number, list(row.values.values()))).encode("utf-8", "replace"))
                count += 1
                if count % 1000 == 0:
                    advance(1000)
                if row.lacks:
                    shorts += 1
                    lacking += [row.number] if shorts <= MOST_TOLD else []
                key = None if row.error is not None else self._key(row, previous)
                if row.error is None:
                    if len(brands) < MOST_BRANDS:
                        brands.add(self._cell(row, "brand"))
                    if len(values) < MOST_VALUES:
                        for header in self.attributes:
                            cell = row.values.get(header, "")
                            if cell and len(cell) < LONGEST_CELL:
                                values.update(parts(cell))
                if key is not None and key == previous:
                    continue
                previous = key
                if key is not None:
                    short = hashlib.blake2b(key.encode("utf-8", "replace"), digest_size=8).digest()
                    if short in seen:
                        scattered.add(key)
                        continue
                    seen.add(short)
                entries += 1
        advance(count % 1000)
        brands.discard("")
        told = tuple(sorted(brands)), tuple(sorted(values))
        return Scan(entries, digest.hexdigest(), frozenset(scattered), *told, tuple(lacking), shorts)

    def entries(self, scattered: frozenset[str] = frozenset()) -> Iterator[Entry]:
        """Yield the products, or what is wrong with their rows; ``scattered`` as ``scan`` found it.

        Raises:
            TooScattered: the rows of too many products stand apart.
        """
        apart = self._gathered(scattered) if scattered else {}
        group: list[tables.Row] = []
        key: str | None = None
        with self._open() as table:
            for row in table:
                if row.error is not None:
                    if group:
                        yield self._entry(group)
                        group, key = [], None
                    yield Entry(row.number, _digest([row]), None, _told(row.error))
                    continue
                own = self._key(row, key)
                if group and own == key and own is not None:
                    group.append(row)
                    continue
                if group:
                    yield self._entry(group)
                group, key = [], own
                if own in scattered:
                    rows = apart.pop(own, None) if own is not None else None
                    if rows is not None:
                        yield self._entry(rows)
                    continue
                group = [row]
            if group:
                yield self._entry(group)

    def _gathered(self, scattered: frozenset[str]) -> dict[str, list[tables.Row]]:
        found: dict[str, list[tables.Row]] = {}
        count = 0
        key: str | None = None
        with self._open() as table:
            for row in table:
                key = None if row.error is not None else self._key(row, key)
                if key in scattered and key is not None:
                    count += 1
                    if count > MOST_SCATTERED:
                        header = self.columns.get("id") or self.columns["product"]
                        raise TooScattered(file=self.name, header=header, limit=MOST_SCATTERED)
                    found.setdefault(key, []).append(row)
        return found

    def _key(self, row: tables.Row, previous: str | None) -> str | None:
        """Return what groups a row with others: its product's id; None for a product of its own.

        A row that has a version and neither id nor name stands under a merged cell: it goes with the one before.
        """
        identifier = self._cell(row, "id")
        if identifier:
            return identifier
        named = self._cell(row, "product") or self._cell(row, "current_title")
        versions = self._cell(row, "sku") or self._cell(row, "options") or self._version(row)
        if not named:
            return previous if versions else None
        if not versions:
            return None
        # Without ids the same name on rows with versions is the same product; where only these rows lack theirs, as
        # long as they stand together.
        if "id" not in self.columns:
            return f"\0{named}"
        lead = f"\0{named}\0"
        return previous if previous is not None and previous.startswith(lead) else f"{lead}{row.number}"

    def _version(self, row: tables.Row) -> dict[str, str]:
        """Return what a row states of attributes in which versions of one product differ: header → value."""
        return {
            header: value
            for header in self.attributes
            if self._names.of(header) in _VERSIONS and (value := row.values.get(header, "").strip())
        }

    def _cell(self, row: tables.Row, role: str) -> str:
        header = self.columns.get(role)
        return row.values.get(header, "").strip() if header is not None else ""

    def _entry(self, rows: Sequence[tables.Row]) -> Entry:
        digest = _digest(rows)
        first = rows[0]
        filled = {role: next(filter(None, (self._cell(row, role) for row in rows)), "") for role in self.columns}
        if not filled.get("product") and not filled.get("current_title"):
            return Entry(first.number, digest, None, _told(ProductUnnamed(file=self.name, row=first.number)))
        error = self._formula(rows) or self._shared_id(rows)
        if error is not None:
            return Entry(first.number, digest, None, _told(error))
        return Entry(first.number, digest, self._product(rows, filled))

    def _formula(self, rows: Sequence[tables.Row]) -> NameIsFormula | None:
        for row in rows:
            name = self._cell(row, "product")
            if name.startswith(("=", "＝")):
                return NameIsFormula(file=self.name, row=row.number, name=name[:LONGEST_CELL])
        return None

    def _shared_id(self, rows: Sequence[tables.Row]) -> IdShared | None:
        """Return the error of two rows whose id is the same and whose name or category is another."""
        for role, is_other in (("product", _is_other_name), ("category", _is_other_category)):
            told = [(row, cell) for row in rows if (cell := self._cell(row, role))]
            for row, cell in told[1:]:
                first, one = told[0]
                if is_other(one, cell):
                    header, name = self.columns["id"], self._cell(first, "product") or one
                    other_name = self._cell(row, "product") or cell
                    facts = {"header": header, "id": self._cell(first, "id"), "name": name, "other_name": other_name}
                    return IdShared(file=self.name, row=first.number, other=row.number, **facts)
        return None

    def _product(self, rows: Sequence[tables.Row], filled: dict[str, str]) -> Product:
        first = rows[0]
        filled |= {role: narrow(filled[role]) for role in _NARROW if role in filled}
        notes: list[CellNote] = []
        attributes = self._attributes(rows, filled)
        prices = [self._figure(row, "price", notes, len(rows) > 1) for row in rows]
        stocks = [self._figure(row, "stock", notes, len(rows) > 1) for row in rows]
        has_versions = self._has_versions(rows)
        skus = tuple(map(self._sku, rows, prices, stocks)) if has_versions else ()
        for sku in skus:
            for name, value in sku.options.items():
                told = attributes.get(name, "")
                if value not in told.split("、"):
                    attributes[name] = f"{told}、{value}" if told else value
        written = filled.get("product") or filled.get("current_title", "")
        name = _LEADING.sub("", written)
        if name != written:
            header = self.columns["product" if filled.get("product") else "current_title"]
            zh = f"{header}“{written[:LONGEST_CELL]}”开头的符号像公式，按“{name[:LONGEST_CELL]}”写"
            en = f"'{written[:LONGEST_CELL]}' begins like a formula; '{name[:LONGEST_CELL]}' is written instead"
            notes.append(CellNote("title", written, zh, en))
        identifier = filled.get("id") or filled.get("sku") or str(first.number)
        if "id" in self.columns and not (filled.get("id") or filled.get("sku")):
            zh = f"{self.columns['id']}空着，先用行号 {first.number} 代替"
            en = f"{self.columns['id']} is empty; the row number {first.number} stands for it"
            notes.append(CellNote("id", identifier, zh, en))
        english = {role: filled[role] for role in _ENGLISH if filled.get(role)}
        return Product(
            id=identifier,
            name=name,
            row=first.number,
            category=filled.get("category", ""),
            brand=filled.get("brand", ""),
            head=filled.get("head", ""),
            attributes=attributes,
            selling_points=parts(filled.get("selling_points", ""), CLAUSES),
            audience=parts(filled.get("audience", "")),
            scenes=parts(filled.get("scenes", "")),
            keywords=weighted(filled.get("keywords", "")),
            must=parts(filled.get("must", "")),
            locked=parts(filled.get("locked", "")),
            current_title=filled.get("current_title", ""),
            searched=amount(filled["searched"]) if filled.get("searched") else None,
            price=next((price for price in prices if price is not None), None),
            promotion=filled.get("promotion", ""),
            claims=tuple(claims(filled.get("evidence", ""))),
            images=tuple(
                dict.fromkeys(
                    link
                    for row in rows
                    for header in self.pictures
                    for link in _LINKS.split(row.values.get(header, ""))
                    if link
                )
            ),
            skus=skus,
            english=english,
            columns=dict(first.values),
            notes=tuple(notes),
        )

    def _figure(self, row: tables.Row, role: str, notes: list[CellNote], is_one_of_many: bool) -> float | None:
        """Return the number of a cell; one that cannot be, and a price of nought, is noted and left out."""
        cell = self._cell(row, role)
        if cell.lower() in NOTHING:
            return None
        value = amount(cell)
        if value is not None and (value > 0 or (value == 0 and role != "price")):
            return value
        header = self.columns[role]
        zh, en = f"{header}写的“{cell[:LONGEST_CELL]}”", f"'{cell[:LONGEST_CELL]}' in {header}"
        what = ("能上传的价", "price that can be uploaded") if role == "price" else ("数", "number")
        where = (f"第 {row.number} 行的", f"row {row.number}: ") if is_one_of_many else ("", "")
        notes.append(
            CellNote(
                role, cell, f"{where[0]}{zh}不是{what[0]}，空着没写", f"{where[1]}{en} is no {what[1]}; left blank"
            )
        )
        return None

    def _has_versions(self, rows: Sequence[tables.Row]) -> bool:
        return len(rows) > 1 or any(self._cell(row, "options") or self._cell(row, "sku") for row in rows)

    def _sku(self, row: tables.Row, price: float | None, stock: float | None) -> Sku:
        options: dict[str, str] = {}
        given = self._cell(row, "options")
        options.update(pairs(given))
        if given and not options:
            options[self.columns["options"]] = narrow(given)
        options.update(self._version(row))
        return Sku(self._cell(row, "sku") or str(row.number), options, price, stock, row.number)

    def _attributes(self, rows: Sequence[tables.Row], filled: Mapping[str, str]) -> dict[str, str]:
        found: dict[str, str] = dict(pairs(filled.get("attributes", "")))
        for header in self.attributes:
            values = dict.fromkeys(value for row in rows if (value := row.values.get(header, "").strip()))
            if values:
                found[header] = narrow("、".join(values))
        return found


def narrow(text: str) -> str:
    """Return a text with half-width figures and letters, which count one each: ２０２６ → 2026."""
    return text.translate(_WIDE)


_WIDE = {0xFEE0 + code: code for code in range(0x21, 0x7F) if chr(code).isalnum()}


def claims(cell: str) -> Iterator[Claim]:
    """Yield the evidence of a cell: sales=累计售出 30 万支（后台订单）; a line without a kind is about the goods."""
    for part in parts(cell, _LINES):
        kind, sign, said = part.partition("=")
        if sign and kind.strip().isascii() and said.strip():
            yield Claim(kind.strip().lower(), said.strip(), said.strip())
        else:
            yield Claim("spec", part, part)


def _is_other_name(one: str, other: str) -> bool:
    """Return whether two names are of different goods: neither holds the other, nor is half of them the same.

    白色羽绒服 and 黑色羽绒服 are versions, 电热水壶 and 羽绒服 are not.
    """
    one, other = tables.fold_header(one), tables.fold_header(other)
    if one in other or other in one:
        return False
    short = min(len(one), len(other))
    begin = next((n for n in range(short) if one[n] != other[n]), short)
    end = next((n for n in range(short - begin) if one[-1 - n] != other[-1 - n]), short - begin)
    return 2 * (begin + end) < short


def _is_other_category(one: str, other: str) -> bool:
    one, other = tables.fold_header(one), tables.fold_header(other)
    return one not in other and other not in one


def _told(error: CopykitError) -> Words:
    """Return an error's sentence, which can be sent to another process."""
    return Words(error.say("zh"), error.say("en"))


def _digest(rows: Sequence[tables.Row]) -> str:
    digest = hashlib.blake2b(digest_size=12)
    for row in rows:
        digest.update(repr(sorted(row.values.items())).encode("utf-8", "replace"))
    return digest.hexdigest()


_LEADING = re.compile(r"^[@＠+＋](?:\d{1,3}(?=[^\W\d]))?\s*")  # @ and +86 before a name
_LINES = re.compile(r"[；;\n\r]+")
_LINKS = re.compile(r"[\s,，;；|]+")
_PICTURE = re.compile(r"(?:主图|图片|商品图|详情图|image)\s*[0-9一二三四五六七八九]{1,2}", re.IGNORECASE)
_NARROW = ("product", "brand", "head", "category", "attributes", "selling_points")  # told to buyers as they are
_ENGLISH = ("name_en", "selling_points_en", "keywords_en", "brand_en")
_VERSIONS = frozenset(("color", "size", "pack", "model", "taste"))  # what versions of one product differ in
