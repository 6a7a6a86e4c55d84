"""Run many rows through one piece of work: in chunks, in order, one bad row never stopping the others."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from copykit.errors import CopykitError
from copykit.tables.rows import Row, RowEmpty

Result = TypeVar("Result")
OnError = Callable[[Row, CopykitError], None]


class Progress(Protocol):
    """Something that shows how far a run is; the total need not be known."""

    def advance(self, n: int) -> None:
        """Note that ``n`` more rows are finished, failed ones included."""


@dataclass(slots=True)
class Summary:
    """What a run has come to; grows while it goes on, ``seconds`` from the first row asked for."""

    read: int = 0
    done: int = 0
    failed: int = 0
    seconds: float = 0.0


class Run(Generic[Result]):
    """A run in progress: iterate for ``(row, result or error)`` in input order; ``summary`` counts along."""

    def __init__(self, pairs: Callable[[Summary], Iterator[tuple[Row, Result | CopykitError]]]) -> None:
        self.summary = Summary()
        self._pairs = pairs(self.summary)

    def __iter__(self) -> Iterator[tuple[Row, Result | CopykitError]]:
        return self._pairs

    def finish(self) -> Summary:
        """Run to the end without keeping results, and return the counts."""
        for _ in self:
            pass
        return self.summary


def run(
    rows: Iterable[Row],
    work: Callable[[list[Row]], Sequence[Result]],
    *,
    chunk: int = 512,
    on_error: OnError | None = None,
    progress: Progress | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> Run[Result]:
    """Give the good rows to ``work`` in lists of at most ``chunk`` and pair every row with its result or its error.

    ``work`` returns one result a row. When it raises a CopykitError the list is tried again row by row, so that only
    the bad row fails; it must therefore bear being called twice for a row. Any other exception is a fault of the
    program and ends the run. Nothing is read before the first pair is asked for, and at most ``chunk`` rows are held.
    """
    if chunk < 1:
        raise ValueError("chunk has to be at least 1")

    def pairs(summary: Summary) -> Iterator[tuple[Row, Result | CopykitError]]:
        start = clock()
        for group in _groups(rows, chunk):
            summary.read += len(group)
            outcomes = _work_through(group, work)
            summary.seconds = clock() - start
            for row, outcome in zip(group, outcomes, strict=True):
                if isinstance(outcome, CopykitError):
                    summary.failed += 1
                    if on_error is not None:
                        on_error(row, outcome)
                else:
                    summary.done += 1
                yield row, outcome
            if progress is not None:
                progress.advance(len(group))
        summary.seconds = clock() - start

    return Run(pairs)


@contextmanager
def few_collections() -> Iterator[None]:
    """Keep the collector from walking through rules and rows over and over: a quarter of a bulk run's time.

    Rows are freed by their reference counts; the rare cycles are still collected, a hundred times less often.
    """
    thresholds, collecting = gc.get_threshold(), gc.isenabled()
    gc.freeze()
    gc.enable()
    gc.set_threshold(thresholds[0] * 100, *thresholds[1:])
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        gc.unfreeze()
        if not collecting:
            gc.disable()


def refuse_empty(rows: Iterable[Row], file: str = "-") -> Iterator[Row]:
    """Mark rows without text as errors; the others pass as they are."""
    for row in rows:
        if row.error is None and not row.text.strip():
            row = row._replace(error=RowEmpty(file=file, row=row.number))
        yield row


def _groups(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    """Cut rows into lists; what was read before a reader fails or is interrupted is still handed on."""
    group: list[Row] = []
    for row in rows:
        group.append(row)
        if len(group) == size:
            yield group
            group = []
    if group:
        yield group


def _work_through(group: list[Row], work: Callable[[list[Row]], Sequence[Result]]) -> list[Result | CopykitError]:
    good = [row for row in group if row.error is None]
    results = iter(_attempt(good, work))
    return [next(results) if row.error is None else row.error for row in group]


def _attempt(good: list[Row], work: Callable[[list[Row]], Sequence[Result]]) -> list[Result | CopykitError]:
    if not good:
        return []
    try:
        results = work(good)
    except CopykitError as error:
        if len(good) == 1:
            return [error]
        return [outcome for row in good for outcome in _attempt([row], work)]
    if len(results) != len(good):
        raise ValueError(f"work gave {len(results)} results for {len(good)} rows")
    return list(results)
