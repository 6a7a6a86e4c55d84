"""What ``copykit titles`` writes: pages, tables and lines on the screen, and files that keep the input's columns."""

from __future__ import annotations

import heapq
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from copykit import tables
from copykit.cli.language import Text, say
from copykit.errors import CopykitError
from copykit.model import TitleAdvice, TitleScore
from copykit.render import titles as render
from copykit.render.titles import Advise, View
from copykit.tables import Row

FORMATS = ("text", "table", "json", "jsonl", "csv", "md")
FILES = (".jsonl", ".json", ".csv", ".xlsx", ".md")
SCREENFUL = 10  # titles of a file that are shown when nothing else is asked

_UNDER = Text("没到分数线", "under the mark")
_REFUSED = Text("没能打分", "not scored")
Outcome = TitleScore | CopykitError
Pairs = Iterable[tuple[Row, Outcome]]


@dataclass(frozen=True, slots=True)
class Output:
    """How scored rows are written: as people see them, beside which of the input's columns, with which quoting.

    ``fail_under`` is the mark that each title is held against, ``advise`` says what would help; None: not asked for.
    """

    view: View
    headers: tuple[str, ...] = ()
    bom: bool = True
    raw: bool = False
    fail_under: float | None = None
    advise: Advise | None = None


def under_mark(score: TitleScore, mark: float | None) -> bool | None:
    """Return whether a title scores under the mark, None when there is none."""
    return None if mark is None else score.overall.value < mark


class Best:
    """Keeps the best N scores of a stream."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._heap: list[tuple[float, int, TitleScore]] = []
        self._count = 0

    def passing(self, pairs: Pairs) -> Iterator[tuple[Row, Outcome]]:
        """Yield the pairs as they are, noting their scores; earlier ones win ties."""
        for row, outcome in pairs:
            if isinstance(outcome, TitleScore):
                self._count += 1
                item = (outcome.overall.value, -self._count, outcome)
                if len(self._heap) < self._size:
                    heapq.heappush(self._heap, item)
                elif item > self._heap[0]:
                    heapq.heapreplace(self._heap, item)
            yield row, outcome

    def scores(self) -> list[TitleScore]:
        """Return them, best first."""
        return [score for _, _, score in sorted(self._heap, reverse=True)]


def best_of(pairs: Pairs, size: int) -> list[tuple[Row, Outcome]]:
    """Return the best pairs of a stream, best first, without the input's other columns."""
    best = Best(size)
    for _ in best.passing(pairs):
        pass
    return [(Row(0, {}, score.title), score) for score in best.scores()]


def write_lines(pairs: Pairs, form: str, output: Output) -> None:
    """Write the pairs to stdout as json, jsonl, csv, md or table; only a table waits for the last row."""
    if form == "csv":
        headers, cells = _cells(pairs, output)
        tables.write_csv(sys.stdout, headers, cells, raw=output.raw)
    elif form == "table":
        scores = [outcome for _, outcome in pairs if isinstance(outcome, TitleScore)]
        click.echo(render.titles_table(scores, output.view, output.advise))
    else:
        write_bytes(_encoded(pairs, form, output))


def write_file(path: Path, pairs: Pairs, output: Output) -> None:
    """Write the pairs to a file by its ending; it appears whole or not at all."""
    match path.suffix.lower():
        case ".csv":
            headers, cells = _cells(pairs, output)
            tables.write_csv(path, headers, cells, bom=output.bom, raw=output.raw)
        case ".xlsx":
            headers, cells = _cells(pairs, output)
            tables.write_xlsx(path, [tables.Sheet(say("打分", "scores"), headers, cells)])
        case suffix:
            with tables.atomic(path) as out:
                out.writelines(_encoded(pairs, suffix.removeprefix("."), output))


def _encoded(pairs: Pairs, form: str, output: Output) -> Iterator[bytes]:
    """Yield the bytes of json (an array), jsonl or md."""
    if form == "md":
        scores = (outcome for _, outcome in pairs if isinstance(outcome, TitleScore))
        yield from (
            line.encode("utf-8", "replace") + b"\n"
            for line in render.titles_markdown(scores, output.view, output.advise)
        )
        return
    lines = (
        json_line(
            row.number,
            row.values,
            outcome,
            under=under_mark(outcome, output.fail_under),
            advice=output.advise(outcome) if output.advise is not None else None,
        )
        if isinstance(outcome, TitleScore)
        else json_line(row.number, row.values, None, row.text, outcome.say(output.view.lang))
        for row, outcome in pairs
    )
    if form == "jsonl":
        yield from lines
        return
    yield b"["
    for number, line in enumerate(lines):
        yield (b",\n" if number else b"\n") + line.rstrip(b"\n")
    yield b"\n]\n"


def _cells(pairs: Pairs, output: Output) -> tuple[list[str], Iterator[list[object]]]:
    """Return headers and rows: the input's own columns, then what scoring adds, then why a row could not be scored."""
    view = output.view
    added = render.title_columns(view)
    # A file that was scored before has its scores replaced.
    advised = render.advice_columns(view)
    ours = (*added, *advised, _UNDER.say(view.lang), _REFUSED.say(view.lang))
    own = [name for name in output.headers if name not in ours] or [say("标题", "title")]
    if output.fail_under is not None:
        added.append(_UNDER.say(view.lang))
    if output.advise is not None:
        added += advised
    blank: list[object] = [""] * len(added)

    def rows() -> Iterator[list[object]]:
        for row, outcome in pairs:
            kept: list[object] = [row.values.get(name, "") for name in own] if row.values else [row.text]
            kept += [""] * (len(own) - len(kept))
            if isinstance(outcome, TitleScore):
                under = under_mark(outcome, output.fail_under)
                marked = [] if under is None else [view.say("是", "yes") if under else ""]
                if output.advise is not None:
                    marked += render.advice_row(output.advise(outcome), view)
                yield [*kept, *render.title_row(outcome, view), *marked, ""]
            else:
                yield [*kept, *blank, outcome.say(view.lang)]

    return [*own, *added, _REFUSED.say(view.lang)], rows()


def json_line(
    number: int,
    values: Mapping[str, str],
    score: TitleScore | None,
    title: str = "",
    refused: str = "",
    under: bool | None = None,
    advice: TitleAdvice | None = None,
) -> bytes:
    """Return a row's line of JSON, its score or why it has none.

    ``row`` and ``values`` lead back to the line and the columns it came from, where there are columns; ``under`` tells
    of a mark that the score had to reach.
    """
    value: dict[str, Any] = (
        render.title_json(score, advice) if score is not None else {"title": title, "error": refused}
    )
    if number:
        value["row"] = number
    if under is not None:
        value["under"] = under
    if values and not (len(values) == 1 and value["title"] in values.values()):
        value["values"] = values
    return tables.json_bytes(value) + b"\n"


def write_bytes(parts: Iterable[bytes]) -> None:
    """Write UTF-8 to stdout whatever the console's encoding."""
    sys.stdout.flush()
    out = sys.stdout.buffer
    for part in parts:
        out.write(part)
    with suppress(BrokenPipeError):
        out.flush()
