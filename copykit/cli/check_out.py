"""What ``copykit check`` writes: lines for machines on the screen, and files."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import click

from copykit import tables
from copykit._version import __version__
from copykit.cli.language import say
from copykit.model import Checked
from copykit.render import check as render
from copykit.render.check import View
from copykit.render.sarif import RulePage, sarif_parts

FORMATS = ("text", "table", "json", "jsonl", "csv", "md", "sarif", "github")
FILES = (".xlsx", ".csv", ".json", ".jsonl", ".md", ".html", ".sarif")


@dataclass(frozen=True, slots=True)
class Writing:
    """How results are written: as people see them, with which quoting; ``page`` describes a rule."""

    view: View
    bom: bool
    raw: bool
    page: RulePage


def write_lines(results: Iterable[Checked], form: str, writing: Writing) -> None:
    """Write results to stdout; only a table waits for the last one."""
    view = writing.view
    if form == "csv":
        tables.write_csv(sys.stdout, render.check_columns(view), _cells(results, view), raw=writing.raw)
    elif form == "table":
        shown = render.check_table(results, view)
        if shown:
            click.echo(shown)
    else:
        sys.stdout.flush()
        out = sys.stdout.buffer
        for part in _encoded(results, form, writing):
            out.write(part)
        with suppress(BrokenPipeError):
            out.flush()


def write_file(path: Path, results: Iterable[Checked], writing: Writing, tally: Callable[[], str]) -> None:
    """Write results to a file by its ending; it appears whole or not at all.

    ``tally`` sums up all texts once they were checked.
    """
    view = writing.view
    match path.suffix.lower():
        case ".csv":
            headers = render.check_columns(view)
            tables.write_csv(path, headers, _cells(results, view), bom=writing.bom, raw=writing.raw)
        case ".xlsx":
            verdicts: list[list[object]] = []
            headers = render.check_columns(view)
            head = [say("文件", "file"), say("行", "row"), say("结论", "verdict")]
            sheets = (
                tables.Sheet(say("问题", "findings"), headers, _cells(_noting(results, verdicts, view), view)),
                tables.Sheet(say("结论", "verdicts"), head, verdicts),
            )
            tables.write_xlsx(path, sheets)
        case ".html":
            from copykit.render.check_page import check_html  # late, as few ask for it

            with tables.atomic(path) as out:
                out.writelines(piece.encode("utf-8", "replace") for piece in check_html(results, view, tally))
        case suffix:
            with tables.atomic(path) as out:
                out.writelines(_encoded(results, suffix.removeprefix("."), writing))


def _cells(results: Iterable[Checked], view: View) -> Iterator[list[object]]:
    return (row for checked in results for row in render.check_rows(checked, view))


def _noting(results: Iterable[Checked], verdicts: list[list[object]], view: View) -> Iterator[Checked]:
    """Pass results on, keeping each one's verdict for the second sheet."""
    for checked in results:
        verdicts.append([checked.file, checked.row, render.VERDICTS[view.lang][checked.verdict]])
        yield checked


def _encoded(results: Iterable[Checked], form: str, writing: Writing) -> Iterator[bytes]:
    """Yield the bytes of json (an array), jsonl, md, sarif or github."""
    view = writing.view
    if form == "sarif":
        yield from sarif_parts(results, writing.page, __version__, view.lang)
    elif form == "md":
        yield from (line.encode("utf-8", "replace") + b"\n" for line in render.check_markdown(results, view))
    elif form == "github":
        lines = (line for checked in results for line in render.check_github(checked, view))
        yield from (line.encode("utf-8", "replace") + b"\n" for line in lines)
    elif form == "jsonl":
        yield from (tables.json_bytes(render.check_json(checked)) + b"\n" for checked in results)
    else:
        yield b"["
        for number, checked in enumerate(results):
            yield (b",\n" if number else b"\n") + tables.json_bytes(render.check_json(checked))
        yield b"\n]\n"
