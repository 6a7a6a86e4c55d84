"""What one row of a shop's table comes to in money; None where the table does not tell."""

from __future__ import annotations

import statistics
from collections.abc import Iterable

from copykit.model import Stocked

FEWEST = 3  # figures that have a median worth the name


def stock_value(row: Stocked) -> float | None:
    """Return what lies in stock, in yuan at cost."""
    if row.stock_value is not None:
        return row.stock_value
    return row.stock * row.cost if row.stock is not None and row.cost is not None else None


def revenue_of(row: Stocked) -> float | None:
    """Return what a row sold for."""
    if row.revenue is not None:
        return row.revenue
    return row.sold * row.price if row.sold is not None and row.price is not None else None


def cost_of_sales(row: Stocked) -> float | None:
    """Return what the goods that were sold had cost."""
    if row.cost_of_sales is not None:
        return row.cost_of_sales
    return row.sold * row.cost if row.sold is not None and row.cost is not None else None


def average_stock(row: Stocked) -> float | None:
    """Return the mean stock value of the period: as told, from both ends, or what lies there now."""
    if row.average_stock_value is not None:
        return row.average_stock_value
    now = stock_value(row)
    if now is not None and row.stock_before is not None and row.cost is not None:
        return (now + row.stock_before * row.cost) / 2
    return now


def told_sum(values: Iterable[float | None]) -> float | None:
    """Return the sum of the values that are told; None where none is."""
    told = [value for value in values if value is not None]
    return sum(told) if told else None


def told_mean(values: Iterable[float | None]) -> float | None:
    """Return the mean of the values that are told; None where none is."""
    told = [value for value in values if value is not None]
    return statistics.fmean(told) if told else None
