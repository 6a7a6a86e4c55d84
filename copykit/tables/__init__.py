"""Rows in and rows out: tables as people really send them, one bad row never costing the good ones.

A name is fetched from its module when it is first used, so that importing this package costs next to nothing.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from copykit.tables.columns import Wanted, fold_header, match_columns, merge_names
    from copykit.tables.figures import BadFigure, amount, amounts, counted_rows, more_than
    from copykit.tables.numbers import estimate_number, parse_number
    from copykit.tables.reading import read_rows
    from copykit.tables.rows import (
        DEFAULT_CAPS,
        Caps,
        ColumnMissing,
        QuoteUnclosed,
        RestUnreadable,
        Row,
        RowEmpty,
        RowError,
        RowHasNul,
        RowNotJson,
        RowTooLong,
        RowTooWide,
    )
    from copykit.tables.table import Format, Table
    from copykit.tables.writing import (
        Heading,
        OutputFailed,
        Sheet,
        Written,
        atomic,
        guard_cell,
        json_bytes,
        write_csv,
        write_jsonl,
        write_xlsx,
    )
    from copykit.tables.xlsx import check_zip
else:  # hidden from type checkers: behind a __getattr__ they would take a misspelt name for a good one

    def __getattr__(name: str) -> object:
        """Fetch a public name from its module, once."""
        for module, names in _PUBLIC.items():
            if name in names:
                from importlib import import_module

                value = globals()[name] = getattr(import_module(f"{__name__}.{module}"), name)
                return value
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})


_PUBLIC = {
    "columns": ("Wanted", "fold_header", "match_columns", "merge_names"),
    "figures": ("BadFigure", "amount", "amounts", "counted_rows", "more_than"),
    "numbers": ("estimate_number", "parse_number"),
    "reading": ("read_rows",),
    "rows": (
        "DEFAULT_CAPS",
        "Caps",
        "ColumnMissing",
        "QuoteUnclosed",
        "RestUnreadable",
        "Row",
        "RowEmpty",
        "RowError",
        "RowHasNul",
        "RowNotJson",
        "RowTooLong",
        "RowTooWide",
    ),
    "table": ("Format", "Table"),
    "writing": (
        "Heading",
        "OutputFailed",
        "Sheet",
        "Written",
        "atomic",
        "guard_cell",
        "json_bytes",
        "write_csv",
        "write_jsonl",
        "write_xlsx",
    ),
    "xlsx": ("check_zip",),
}
__all__ = [
    "DEFAULT_CAPS",
    "BadFigure",
    "Caps",
    "ColumnMissing",
    "Format",
    "Heading",
    "OutputFailed",
    "QuoteUnclosed",
    "RestUnreadable",
    "Row",
    "RowEmpty",
    "RowError",
    "RowHasNul",
    "RowNotJson",
    "RowTooLong",
    "RowTooWide",
    "Sheet",
    "Table",
    "Wanted",
    "Written",
    "amount",
    "amounts",
    "atomic",
    "check_zip",
    "counted_rows",
    "estimate_number",
    "fold_header",
    "guard_cell",
    "json_bytes",
    "match_columns",
    "merge_names",
    "more_than",
    "parse_number",
    "read_rows",
    "write_csv",
    "write_jsonl",
    "write_xlsx",
]
