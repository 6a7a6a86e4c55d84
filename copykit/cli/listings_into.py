"""``copykit listings build --into``: the user's own template filled, everything else of it as it was."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from copykit.cli.common import note
from copykit.cli.language import say
from copykit.datafiles import DataFiles
from copykit.tables.filling import fill_rows, find_place, headers_of
from copykit.writing.fields import Shape
from copykit.writing.into import TemplateFields
from copykit.writing.products import Entry
from copykit.writing.records import Record


def fill_template(
    template: Path, target: Path, files: DataFiles, shape: Shape, entries: Iterable[Entry], records: Iterable[Record]
) -> None:
    """Write the template with the listings below what it holds; ``records`` are those of ``entries``, in order."""
    into = TemplateFields(files, shape)
    place = find_place(template, into.knows, "商品标题")
    headers = list(headers_of(place))

    def rows() -> Iterator[dict[str, str | float]]:
        for entry, record in zip(entries, records, strict=True):
            for listing in record["listings"]:
                if entry.product is not None and not listing["error"] and not listing["blocked"]:
                    yield from into.rows(headers, listing, entry.product)

    filled = fill_rows(template, target, place, rows())
    missed = [header for header in headers if header not in filled.headers]
    note(
        say(
            f"填进「{filled.sheet}」第 {filled.first:,}—{filled.last:,} 行，表头在第 {filled.header_row} 行："
            + "、".join(filled.headers),
            f"filled into '{filled.sheet}', rows {filled.first:,}–{filled.last:,}: " + ", ".join(filled.headers),
        )
    )
    if missed:
        note(say("没有填的列：" + "、".join(missed), "columns left alone: " + ", ".join(missed)))
