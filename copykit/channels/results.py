"""The user's own results as a table: one row a channel and period, read into what forecasts rest on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from copykit.channels.catalog import Catalog
from copykit.channels.forecast import OwnResult
from copykit.errors import CopykitError, Words
from copykit.tables import Row, RowError, Table, amounts, counted_rows, more_than

ROLES = ("channel", "actions", "visitors", "orders", "cost", "revenue", "hours", "period")
_COUNTED = ROLES[1:-1]


class BadResult(RowError):
    """A row of results that cannot be used."""

    zh = "{file} 第 {row} 行：{reason}"
    en = "{file} row {row}: {reason}"


def read_results(table: Table, catalog: Catalog) -> Iterator[OwnResult | CopykitError]:
    """Yield the results of a table opened with the roles of ``ROLES``; a row that cannot be used yields its error."""
    for row in counted_rows(table, ROLES):
        try:
            yield _result(row, table, catalog)
        except CopykitError as error:
            yield error


def split(found: Iterable[OwnResult | CopykitError]) -> tuple[list[OwnResult], list[CopykitError]]:
    """Return good rows and errors apart."""
    good: list[OwnResult] = []
    bad: list[CopykitError] = []
    for one in found:
        if isinstance(one, OwnResult):
            good.append(one)
        else:
            bad.append(one)
    return good, bad


def _result(row: Row, table: Table, catalog: Catalog) -> OwnResult:
    if row.error is not None:
        raise row.error
    name = table.value(row, "channel") or row.text
    if name not in catalog:
        zh, en = (
            f"没有叫“{name}”的渠道（全部：copykit channels list）",
            f"no channel '{name}' (all: copykit channels list)",
        )
        raise BadResult(file=table.name, row=row.number, reason=Words(zh, en))
    found = amounts(table, row, _COUNTED)
    error = more_than(table, row, "orders", "visitors", found)
    if error is not None:
        raise error
    actions, visitors, orders, cost, revenue, hours = (found.get(role) for role in _COUNTED)
    period = table.value(row, "period").strip()
    return OwnResult(catalog[name].id, actions, visitors, orders, cost, revenue, hours, period)
