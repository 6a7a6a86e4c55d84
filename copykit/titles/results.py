"""A table of what was shown and clicked, row by row, for comparing titles and for learning from them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from copykit.errors import CopykitError, Words
from copykit.tables import (
    BadFigure,
    Row,
    RowEmpty,
    Table,
    amount,
    amounts,
    counted_rows,
    fold_header,
    more_than,
)
from copykit.titles.compare import FACTORS, Shown

ROLES = ("title", "impressions", "clicks", *FACTORS, "date")


class FiguresMissing(CopykitError):
    """A table of results without impressions or clicks."""

    zh = "{file} 里没有{wanted}这一列；现有的列：{columns}。把那一列的名字改成“{wanted}”再来"
    en = "{file} has no column of {wanted}; it has: {columns}. Rename that column"


class GroupMissing(CopykitError):
    """A column to group by that a table does not have."""

    zh = "{file} 里没有“{name}”这一列；现有的列：{columns}"
    en = "{file} has no column '{name}'; it has: {columns}"


def group_header(table: Table, name: str | None) -> str | None:
    """Return the header by which rows are grouped.

    Raises:
        GroupMissing: there is none of that name.
    """
    if name is None:
        return None
    found = next((header for header in table.headers if fold_header(header) == fold_header(name)), None)
    if found is None:
        raise GroupMissing(file=table.name, name=name, columns=_columns(table))
    return found


def check_figures(table: Table) -> None:
    """Raise FiguresMissing when a table tells no impressions or no clicks."""
    for role, zh, en in (("impressions", "展现量", "impressions"), ("clicks", "点击量", "clicks")):
        if role not in table.columns:
            raise FiguresMissing(file=table.name, wanted=Words(zh, en), columns=_columns(table))


def read_shown(table: Table, group: str | None) -> Iterator[tuple[str, Shown] | CopykitError]:
    """Yield (group, row) of a table opened with ``ROLES``; a row that cannot be used yields its error."""
    for row in counted_rows(table, ROLES):
        try:
            shown = _shown(table, row)
        except CopykitError as error:
            yield error
        else:
            yield (row.values.get(group, "").strip() if group is not None else ""), shown


def _shown(table: Table, row: Row) -> Shown:
    if row.error is not None:
        raise row.error
    title = " ".join(row.text.split())
    if not title:
        raise RowEmpty(file=table.name, row=row.number)
    found = amounts(table, row, ("impressions", "clicks"))
    for role in ("impressions", "clicks"):
        if role not in found or found[role] != int(found[role]):
            label, told = table.columns[role], table.value(row, role).strip()
            zh = f"{label}是空的，没有就删掉这一行" if not told else f"{label}的“{told}”不是整数"
            en = f"{label} is empty; delete the row" if not told else f"'{told}' in {label} is no whole number"
            raise BadFigure(file=table.name, row=row.number, reason=Words(zh, en))
    error = more_than(table, row, "clicks", "impressions", found)
    if error is not None:
        raise error
    factors = {factor: _value(table, row, factor) for factor in FACTORS if factor in table.columns}
    return Shown(title, int(found["impressions"]), int(found["clicks"]), table.value(row, "date").strip(), factors)


def _value(table: Table, row: Row, factor: str) -> str:
    told = table.value(row, factor).strip()
    price = amount(told) if factor == "price" else None
    return told if price is None else f"{price:g}"  # 99, ¥99.00 and 99元/支 are one price


def _columns(table: Table) -> Words:
    shown: Sequence[str] = [header if len(header) <= 20 else header[:20] + "…" for header in table.headers[:12]]
    return Words("、".join(shown), ", ".join(shown))
