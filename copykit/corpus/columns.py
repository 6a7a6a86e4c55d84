"""Which columns of a table hold texts, ids, days and figures, and which figures nobody knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from copykit import tables
from copykit.tables import Row, Table
from copykit.tables.numbers import parse_number

SUMMED = ("count", "money")  # measures that may be added up; of an index the highest is kept, rates are left out
SEEN = 5  # rows from which is known that a column holds numbers
LEAST_ID = 1e10


@dataclass(frozen=True, slots=True)
class Columns:
    """Column names by role, and how each figure is counted: count, money, index.

    ``days``: the columns that tell when a text was written, where that is asked for.
    """

    text: Sequence[str]
    body: Sequence[str]
    id: Sequence[str]
    figures: Mapping[str, Sequence[str]]
    measures: Mapping[str, str]
    days: Sequence[str] = ()


def columns_of(data: Mapping[str, Any], *, queries: bool = False, days: bool = False) -> Columns:
    """Return the columns from the ``columns`` data files; ``queries`` looks for searched words before titles, ``days``
    for when a text was written, too."""
    named = tables.merge_names(data["text"])
    titles, keywords, bodies = named["title"], named["keyword"], named["body"]
    texts = [*named.get("review", ()), *bodies, "text"]
    first = [*keywords, *titles] if queries else [*titles, *keywords]
    # "text" names a title where there is nothing else; beside a title it is the body.
    first = [name for name in first if name != "text"]
    measures = {entry["role"]: entry["measure"] for entry in data["metrics"]["columns"]}
    measures = {role: measure for role, measure in measures.items() if measure in (*SUMMED, "index")}
    figures = {role: names for role, names in tables.merge_names(data["metrics"]).items() if role in measures}
    when = named["date"] if days else ()
    return Columns([*first, *texts], texts, [*named["id"], "id"], figures, measures, when)


class Dated(NamedTuple):
    """Which rows of a table count: those whose cell under ``column`` says a day that ``holds``."""

    column: str
    holds: Callable[[str], bool]


def unnamed_columns(table: Table) -> dict[str, list[float]]:
    """Return the columns of a table that play no role, to be filled with the numbers that they hold."""
    return {name: [] for name in table.headers if name not in table.columns.values()}


def look_at(strange: dict[str, list[float]], row: Row, unknown: list[tuple[str, str]], file: str) -> None:
    """Let go of the columns whose cell is no number; those that hold nothing else in ``SEEN`` rows are ``unknown``.

    Ids are longer than figures, and numbers of rows count from one on.
    """
    for name, numbers in list(strange.items()):
        value = parse_number(row.values.get(name, ""))
        if value is None or value >= LEAST_ID:
            del strange[name]
        else:
            numbers.append(value)
            if len(numbers) == SEEN:
                if numbers != [float(number) for number in range(1, SEEN + 1)]:
                    unknown.append((file, name))
                del strange[name]
