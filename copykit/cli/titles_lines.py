"""Scored titles as JSON lines, made in this process and, where there are many, in others at the same time.

What a process gives back is what will be written, in bytes, and not the scores: these would take as long to be sent as
to be made.
"""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, NamedTuple

from copykit import batch
from copykit.cli.titles_out import json_line, under_mark
from copykit.datafiles import DataFiles, Layer
from copykit.errors import CopykitError
from copykit.model import TitleScore
from copykit.processes import follow_parent
from copykit.tables import Row
from copykit.text.segment import Backend, Segmenter, UserWord
from copykit.titles.score import Settings, TitleScorer, check_title

TOGETHER = 512  # titles that are given to a process at once
_MOST = 16  # lots that wait for one before them: a new process needs the time of a dozen to be ready


class ScorerLost(CopykitError):
    """A process that ended before its work was done."""

    zh = "有一个工作进程中途退出了（内存不够时会这样）；换成 --jobs 1 再试"
    en = "a worker process ended half way (as happens when memory runs out); try again with --jobs 1"
    exit_code: ClassVar[int] = 3


class Sent(NamedTuple):
    """A row as it can be sent to another process; ``refused`` is the sentence why it cannot be judged, else empty."""

    number: int
    values: dict[str, str]
    text: str
    body: str | None = None
    refused: str = ""
    names_row: bool = False  # the sentence tells which row it is


class Lines(NamedTuple):
    """The lines of a lot, and what has to be told of it: how many are done, which miss the mark or are refused."""

    lines: bytes
    done: int
    under: tuple[int, ...]
    refused: tuple[tuple[int, str, bool], ...]


@dataclass(frozen=True, slots=True)
class Recipe:
    """All that decides what is said of a title, small enough to be sent to another process."""

    layers: tuple[Layer, ...]
    cache: Path | None
    settings: Settings
    backend: Backend
    user_words: tuple[UserWord, ...]
    fail_under: float | None

    def writer(self) -> LineWriter:
        """Open the data files and make what judges titles."""
        files = DataFiles(self.layers, self.cache)
        return LineWriter(TitleScorer(files, self.settings, Segmenter(self.backend, self.user_words)), self.fail_under)


class LineWriter:
    """Judges rows and writes them as lines."""

    def __init__(self, scorer: TitleScorer, fail_under: float | None) -> None:
        self._scorer, self._fail_under, self._lang = scorer, fail_under, scorer.settings.lang

    def __call__(self, lot: Sequence[Sent]) -> Lines:
        """Return the lines of a lot, in order."""
        sound = [place for place, sent in enumerate(lot) if not sent.refused]
        rows = (_checked(Row(place, {}, lot[place].text)) for place in sound)

        def work(rows: list[Row]) -> list[TitleScore]:
            return self._scorer.score_many([row.text for row in rows], [lot[row.number].body for row in rows])

        outcomes = {row.number: outcome for row, outcome in batch.run(rows, work, chunk=TOGETHER)}
        lines: list[bytes] = []
        refused: list[tuple[int, str, bool]] = []
        under: list[int] = []
        for place, sent in enumerate(lot):
            outcome = outcomes.get(place)
            if isinstance(outcome, TitleScore):
                marked = under_mark(outcome, self._fail_under)
                if marked:
                    under.append(sent.number)
                lines.append(json_line(sent.number, sent.values, outcome, under=marked))
            else:
                sentence = sent.refused if outcome is None else outcome.say(self._lang)
                names_row = sent.names_row if outcome is None else "row" in outcome.facts
                refused.append((sent.number, sentence, names_row))
                lines.append(json_line(sent.number, sent.values, None, sent.text, sentence))
        return Lines(b"".join(lines), len(lot) - len(refused), tuple(under), tuple(refused))


def write_lots(rows: Iterable[Sent], recipe: Recipe, here: LineWriter, jobs: int = 1) -> Iterator[Lines]:
    """Yield the lines of all rows, lot by lot, in order and the same whatever the jobs; this process works too."""
    if jobs < 2:
        yield from map(here, _lots(rows))
        return
    # Not forked: a copy of a process with threads may hang, and Windows cannot.
    pool = ProcessPoolExecutor(jobs - 1, multiprocessing.get_context("spawn"), _open_writer, (recipe,))
    try:
        yield from _shared(_lots(rows), pool, here, jobs - 1)
    except BrokenProcessPool:
        raise ScorerLost from None
    finally:
        pool.shutdown(wait=False, cancel_futures=True)  # what feeds a lost process may never end


def _shared(
    lots: Iterable[list[Sent]], pool: ProcessPoolExecutor, here: Callable[[list[Sent]], Lines], others: int
) -> Iterator[Lines]:
    """Give each lot to another process as long as these have little to do, else write it here."""
    waiting: deque[Lines | Future[Lines]] = deque()
    for lot in lots:
        busy = sum(isinstance(each, Future) and not each.done() for each in waiting)
        waiting.append(pool.submit(_write, lot) if busy < 2 * others else here(lot))
        while waiting and (len(waiting) > _MOST * (others + 1) or _is_there(waiting[0])):
            yield _got(waiting.popleft())
    while waiting:
        yield _got(waiting.popleft())


def _is_there(lot: Lines | Future[Lines]) -> bool:
    return not isinstance(lot, Future) or lot.done()


def _got(lot: Lines | Future[Lines]) -> Lines:
    return lot.result() if isinstance(lot, Future) else lot


def _lots(rows: Iterable[Sent]) -> Iterator[list[Sent]]:
    lot: list[Sent] = []
    for row in rows:
        lot.append(row)
        if len(lot) == TOGETHER:
            yield lot
            lot = []
    if lot:
        yield lot


def _checked(row: Row) -> Row:
    """Mark a row whose text cannot be judged, so that its neighbours stay in one lot."""
    try:
        check_title(row.text)
    except CopykitError as error:
        return row._replace(error=error)
    return row


_writer: dict[str, LineWriter] = {}


def _open_writer(recipe: Recipe) -> None:
    follow_parent()
    _writer["writer"] = recipe.writer()


def _write(lot: list[Sent]) -> Lines:
    with batch.few_collections():
        return _writer["writer"](lot)
