"""A table of results of any shape: what was shown, clicked, bought and paid, row by row, under its labels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from copykit.errors import CopykitError, Words
from copykit.tables import (
    BadFigure,
    ColumnMissing,
    Row,
    Table,
    amounts,
    counted_rows,
    fold_header,
    merge_names,
    more_than,
    read_rows,
)

LABELS = (
    *("channel", "task", "title", "product", "material", "code", "spoken", "link", "utm_source", "utm_campaign"),
    *("period", "date", "presale"),
)
COUNTS = (
    "impressions",
    "clicks",
    "visitors",
    "carts",
    "placed",
    "orders",
    "buyers",
    "revenue",
    "cost",
    "hours",
    "actions",
)
PEERS = ("peer_click_rate", "peer_conversion_rate", "peer_order_value")
# One of these has to be there, so that a row says anything; tried in this order to find the header.
_NEEDED = ("orders", "buyers", "revenue", "clicks", "visitors", "impressions")
_YES = frozenset(("是", "1", "y", "yes", "true", "预售", "对", "√"))


@dataclass(frozen=True, slots=True)
class Outcome:
    """One row of results.

    ``labels`` are what it says of itself (channel, title, code …), ``counts`` what was counted, ``peers`` the averages
    of the same tier of the trade. Counts that the row does not tell are not in it; ``visits`` are clicks, or visitors.
    """

    row: int
    labels: Mapping[str, str]
    counts: Mapping[str, float]
    peers: Mapping[str, float] = field(default_factory=dict)

    @property
    def presale(self) -> bool:
        """Return whether the row is of a pre-sale: it says so, or goods were ordered and nothing was paid."""
        if self.labels.get("presale", "").strip().lower() in _YES:
            return True
        paid = self.counts.get("orders", self.counts.get("buyers"))
        return paid == 0 and self.counts.get("placed", 0) > 0


class NothingCounted(CopykitError):
    """A table without any figure."""

    zh = "{file} 里没有成交、点击、展现这样的列；现有的列：{columns}"
    en = "{file} has no column of orders, clicks or impressions; it has: {columns}"


def open_outcomes(source: Path | BinaryIO, data: Mapping[str, Any]) -> Table:
    """Open a table of results; ``data`` is the value of ``columns/results``.

    Raises:
        FileMissing, FileUnreadable: there is nothing that can be read.
        NothingCounted: it holds no figures.
    """
    missing: ColumnMissing | None = None
    for needed in _NEEDED:
        roles = (needed, *(role for role in (*COUNTS, *PEERS, *LABELS) if role != needed))
        if not isinstance(source, Path):
            source.seek(0)
        try:
            return read_rows(source, wanted=merge_names(data, roles))
        except ColumnMissing as error:
            missing = error
    assert missing is not None
    raise NothingCounted(file=missing.facts["file"], columns=missing.facts["columns"])


def read_outcomes(table: Table, by: str | None = None) -> Iterator[Outcome | CopykitError]:
    """Yield the rows of a table; ``by`` is a header whose cells become the label ``by``."""
    for row in counted_rows(table, LABELS):
        try:
            yield _outcome(table, row, by)
        except CopykitError as error:
            yield error


def header_of(table: Table, name: str) -> str | None:
    """Return the header that is called ``name``, None when there is none."""
    return next((header for header in table.headers if fold_header(header) == fold_header(name)), None)


def _outcome(table: Table, row: Row, by: str | None) -> Outcome:
    if row.error is not None:
        raise row.error
    counts = amounts(table, row, COUNTS)
    if "visitors" in counts or "clicks" in counts:
        counts["visits"] = counts.get("clicks", counts.get("visitors", 0.0))
    seen = "clicks" if "clicks" in counts else "visitors"
    checks = [(seen, "impressions"), ("buyers", seen), ("buyers", "orders")]
    if "buyers" not in counts:
        checks.append(("orders", seen))
    for part, whole in checks:
        error = more_than(table, row, part, whole, counts)
        if error is not None:
            raise error
    if counts.get("revenue", 0) > 0 and counts.get("orders", counts.get("buyers", 1)) == 0:
        zh = f"成交 0 单，{table.columns['revenue']}却有 {counts['revenue']:g}，列可能认错了"
        en = f"no orders, but {counts['revenue']:g} in {table.columns['revenue']}; a column may be taken for another"
        raise BadFigure(file=table.name, row=row.number, reason=Words(zh, en))
    labels = {role: told for role in LABELS if (told := table.value(row, role).strip())}
    labels["code"] = labels.get("code") or labels.pop("spoken", "")
    if by is not None:
        labels["by"] = row.values.get(by, "").strip()
    return Outcome(row.number, labels, counts, amounts(table, row, PEERS))
