"""What ``copykit listings build`` writes: a workbook, a folder of CSV files, JSON, or rows into a user's template."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from copykit import tables
from copykit.cli.language import say
from copykit.render import listings as render
from copykit.render.listings import PlatformView, Record, Summary, View
from copykit.tables import Sheet

FILES = (".xlsx", ".csv", ".jsonl", ".json")
Listings = Callable[[], Iterator[Record]]


@dataclass(frozen=True, slots=True)
class Output:
    """What is to be written: all listings (which may be asked for again and again), their twins, the summary."""

    listings: Listings
    twins: Mapping[tuple[str, int], str]
    summary: Summary
    view: View
    bom: bool = True
    raw: bool = False


def write(path: Path, output: Output) -> int:
    """Write a file by its ending, or a folder of CSV files; return how many cells had to be cut."""
    suffix = path.suffix.lower()
    match suffix:
        case ".xlsx":
            return tables.write_xlsx(path, _sheets(output)).shortened
        case ".csv":
            _write_csv(path, output.view.platforms[0], output)
            write_problems(problem_file(path), output)
        case ".jsonl" | ".json":
            with tables.atomic(path) as out:
                out.writelines(encoded(output.listings(), suffix == ".json"))
        case _:
            write_folder(path, output)
    return 0


def files_beside(path: Path, view: View) -> list[Path]:
    """Return the files that are written besides the one that is named: all of a folder, the troubles of a CSV."""
    match path.suffix.lower():
        case ".csv":
            return [problem_file(path)]
        case "":
            names = [platform.name for platform in view.platforms]
            return [path / f"{name}.csv" for name in (*names, _dropped(), _summary(), _problems())]
    return []


def _dropped() -> str:
    return say("没用上的词", "words left out")


def _summary() -> str:
    return say("汇总", "summary")


def _problems() -> str:
    return say("问题", "problems")


def problem_file(path: Path) -> Path:
    """Return where troubles are told that have no place in the file itself: 上架.csv → 上架-问题.csv."""
    return path.with_name(f"{path.stem}-{_problems()}.csv")


def write_problems(path: Path, output: Output) -> None:
    """Write the troubles of all rows as CSV; where there is none, only an older file is emptied."""
    rows = render.problem_rows(output.listings(), output.twins, output.view)
    first = list(itertools.islice(rows, 1))
    if not first and not path.exists():
        return
    headers = render.problem_headers(output.view)
    tables.write_csv(path, headers, itertools.chain(first, rows), bom=output.bom, raw=output.raw)


def write_folder(path: Path, output: Output) -> None:
    """Write a CSV file a platform, and one each for troubles and words that were left out."""
    path.mkdir(parents=True, exist_ok=True)
    view = output.view
    for platform in view.platforms:
        _write_csv(path / f"{platform.name}.csv", platform, output)
    for name, headers, rows in (
        (
            _dropped(),
            render.dropped_headers(view),
            render.dropped_rows(output.listings(), view),
        ),
        (_summary(), [], render.summary_rows(output.summary, view)),
    ):
        tables.write_csv(path / f"{name}.csv", headers, rows, bom=output.bom, raw=output.raw)
    write_problems(path / f"{_problems()}.csv", output)


def _write_csv(path: Path, platform: PlatformView, output: Output) -> None:
    """Write one platform's listings as it takes them, and nothing else: no column of warnings."""
    view = output.view
    rows = render.platform_rows(platform, output.listings(), {}, notes=False)
    headers = render.platform_headers(platform, view, notes=False)
    tables.write_csv(path, headers, rows, bom=output.bom, raw=output.raw)


def _sheets(output: Output) -> Iterator[Sheet]:
    """Yield the sheets: what may be uploaded first, then what to look at."""
    view, listings, twins = output.view, output.listings, output.twins
    for platform in view.platforms:
        rows = render.platform_rows(platform, listings(), twins)
        yield Sheet(platform.name, render.platform_headers(platform, view), rows)
    yield Sheet(_summary(), render.summary_headers(view), render.summary_rows(output.summary, view))
    yield Sheet(say("问题", "problems"), render.problem_headers(view), render.problem_rows(listings(), twins, view))
    dropped = list(_first(render.dropped_rows(listings(), view)))
    if dropped:
        name = say("没用上的词", "words left out")
        yield Sheet(name, render.dropped_headers(view), render.dropped_rows(listings(), view))
    changes = list(_first(render.change_rows(listings(), view)))
    if changes:
        yield Sheet(say("新旧标题", "old and new"), render.change_headers(view), render.change_rows(listings(), view))
    tests = list(_first(render.test_rows(listings(), view)))
    if tests:
        yield Sheet(say("测试标题", "titles to test"), render.test_headers(view), render.test_rows(listings(), view))
    yield Sheet(say("字段说明", "columns"), render.field_headers(view), render.field_rows(view))


def _first(rows: Iterable[list[object]]) -> Iterator[list[object]]:
    """Yield the first row, if there is one."""
    for row in rows:
        yield row
        return


def encoded(listings: Iterable[Record], as_array: bool) -> Iterator[bytes]:
    """Yield the bytes of JSON: an array, or an object a line."""
    if not as_array:
        for listing in listings:
            yield tables.json_bytes(listing) + b"\n"
        return
    yield b"["
    for number, listing in enumerate(listings):
        yield (b",\n" if number else b"\n") + tables.json_bytes(listing)
    yield b"\n]\n"


def write_lines(listings: Iterable[Record], form: str) -> None:
    """Write JSON to stdout whatever the console's encoding."""
    sys.stdout.flush()
    out = sys.stdout.buffer
    for part in encoded(listings, form == "json"):
        out.write(part)
    with suppress(BrokenPipeError):
        out.flush()
