"""Counts and money of a row, by role: blank is not zero, and what is no number is told with its row and column."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from copykit.errors import Words
from copykit.tables.numbers import is_bound, parse_number
from copykit.tables.rows import Row, RowError
from copykit.tables.table import Table

# What exports write where there is nothing to tell.
NOTHING = frozenset(
    ("", "-", "—", "--", "/", "null", "none", "nan", "n/a", "无", "暂无", "暂无数据", "无数据", "未统计", "未上榜")
)
_TOTALS = frozenset(("合计", "总计", "汇总", "小计", "总和", "共计", "total", "grandtotal", "subtotal"))


def is_total(name: str) -> bool:
    """Return whether a row of this name sums the others up, as the last line of many exports does."""
    return name.replace(" ", "").rstrip("：:").lower() in _TOTALS


def counted_rows(table: Table, roles: Iterable[str]) -> Iterator[Row]:
    """Yield the rows of a table but those that sum others up, which ``table.sums`` remembers by their numbers.

    A row is known by what it calls itself: its first cell that holds something, its text, or a cell that plays one of
    ``roles``.
    """
    labels = [table.columns[role] for role in roles if role in table.columns]
    for row in table:
        first = next(filter(None, row.values.values()), "")
        if row.error is None and any(map(is_total, (first, row.text, *(row.values.get(name, "") for name in labels)))):
            table.sums.append(row.number)
        else:
            yield row


class BadFigure(RowError):
    """A cell that should hold a number and does not, or numbers of a row that contradict each other."""

    zh = "{file} 第 {row} 行：{reason}"
    en = "{file} row {row}: {reason}"


def amounts(table: Table, row: Row, roles: Iterable[str]) -> dict[str, float]:
    """Return role → number of a row; roles whose column or value is missing are left out.

    Raises:
        BadFigure: a cell holds something else than a number from 0 on.
    """
    found: dict[str, float] = {}
    for role in roles:
        told = table.value(row, role).strip()
        if told.lower() in NOTHING:
            continue
        value = amount(told)
        if value is None or value < 0:
            raise no_number(table.name, row.number, table.columns[role], told)
        found[role] = value
    return found


def amount(cell: str) -> float | None:
    """Return the number of a cell as people write it: ¥1,299.00, 35.8元/件, 约 500 件; None for ranges and words.

    So it is for 99起 and 100以下: what the goods cost is another number.
    """
    number = parse_number(cell)
    if number is not None:
        return number
    found = _AMOUNT.fullmatch(cell.strip())
    return parse_number(found["number"]) if found is not None and not is_bound(cell) else None


def no_number(file: str, number: int, label: str, told: str) -> BadFigure:
    """Return the error of a cell that holds something else than a number."""
    zh, en = f"{label}的“{_short(told)}”不是数", f"'{_short(told)}' in {label} is no number"
    return BadFigure(file=file, row=number, reason=Words(zh, en))


def more_than(table: Table, row: Row, part: str, whole: str, found: dict[str, float]) -> BadFigure | None:
    """Return the error of a row in which a part is larger than its whole, such as clicks than impressions."""
    if part not in found or whole not in found or found[part] <= found[whole]:
        return None
    names = [table.columns[role] for role in (part, whole)]
    zh = f"{names[0]} {found[part]:g} 比{names[1]} {found[whole]:g} 还多，列可能认错了"
    en = f"{names[0]} {found[part]:g} exceeds {names[1]} {found[whole]:g}; a column may be taken for another"
    return BadFigure(file=table.name, row=row.number, reason=Words(zh, en))


# No letters around it: A12 and 3XL are codes.
_AMOUNT = re.compile(
    r"[^\dA-Za-z第.\-~～至]{0,4}?(?P<number>[¥$€£]?\s*\d[\d,.]*\s*[千万wWkK]?)\s*"
    r"(?:[^\dA-Za-z~～至\-.,]{0,8}|pcs|yuan|usd)",
    re.IGNORECASE,
)


def _short(text: str) -> str:
    return text if len(text) <= 20 else text[:20] + "…"
