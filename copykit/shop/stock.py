"""Read a table of stock and sales: one row a version or a product, for one period."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import BinaryIO

from copykit import tables
from copykit.datafiles import DataFiles
from copykit.errors import CopykitError, Words
from copykit.model import Stocked
from copykit.tables import BadFigure, ColumnMissing, Row, Table, amounts, counted_rows
from copykit.tables.days import parse_day

FIGURES = (
    "stock", "stock_before", "cost", "price", "stock_value", "average_stock_value", "sold", "revenue", "cost_of_sales",
    "purchases", "visitors", "buyers", "conversion", "defects", "repeat",
)  # fmt: skip
TEXTS = ("id", "sku", "product", "category", "supplier", "listed", "risk", "festival")


class NothingToGrade(CopykitError):
    """A table without any figure of stock or sales."""

    zh = "{file} 里没有库存、销量、销售额这样的列；现有的列：{columns}"
    en = "{file} has no column of stock, units sold or revenue; it has: {columns}"


def open_stock(source: Path | BinaryIO, files: DataFiles) -> Table:
    """Open a table of stock and sales.

    Raises:
        FileMissing, FileUnreadable, ColumnMissing, NothingToGrade: there is nothing to grade.
    """
    names = tables.merge_names(files.load("columns")["stock"], (*TEXTS, *FIGURES))
    try:
        table = tables.read_rows(source, wanted=names)
    except ColumnMissing:
        # Without ids the names of products tell them apart.
        if not isinstance(source, Path):
            raise
        table = tables.read_rows(source, wanted={"product": names["product"], **names})
    if not any(role in table.columns for role in ("stock", "stock_value", "sold", "revenue")):
        table.close()
        raise NothingToGrade(file=table.name, columns="、".join(table.headers))
    return table


def read_stock(table: Table) -> Iterator[Stocked | CopykitError]:
    """Yield what each row says, or what is wrong with it."""
    previous = ""
    for row in counted_rows(table, TEXTS):
        if row.error is not None:
            yield row.error
            continue
        try:
            stocked = _stocked(table, row, previous)
        except CopykitError as error:
            yield error
            continue
        if stocked is not None:
            previous = stocked.product
            yield stocked


def _stocked(table: Table, row: Row, previous: str) -> Stocked | None:
    told = {role: table.value(row, role).strip() for role in TEXTS}
    figures = amounts(table, row, FIGURES)
    product = told["id"] or told["product"]
    if not product and not told["sku"]:
        if not figures:
            return None
        product = previous  # under a merged cell
    if not product:
        product = told["sku"]
    return Stocked(
        item=told["sku"] or f"{product}#{row.number}",
        product=product,
        name=told["product"] or product,
        row=row.number,
        category=told["category"],
        supplier=told["supplier"],
        listed=_day(told["listed"], table, row) if told["listed"] else None,
        risk="" if told["risk"] in _NONE else told["risk"],
        festival="" if told["festival"] in _NONE else told["festival"],
        **figures,
    )


def _day(text: str, table: Table, row: Row) -> date:
    day = parse_day(text)
    if day is None:
        label = table.columns["listed"]
        zh, en = f"{label}的“{text}”不是日期，写成 2026-09-01 这样", f"'{text}' in {label} is no day; write 2026-09-01"
        raise BadFigure(file=table.name, row=row.number, reason=Words(zh, en))
    return day


_NONE = frozenset(("无", "否", "-", "0"))
