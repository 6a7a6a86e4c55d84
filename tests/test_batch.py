"""Every row gets its own answer, in order, whatever becomes of its neighbours."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copykit.batch import refuse_empty, run
from copykit.errors import CopykitError
from copykit.tables import Row, RowEmpty, RowNotJson


class TooLoud(CopykitError):
    zh = "太吵：{text}"
    en = "too loud: {text}"


def shout(rows: list[Row]) -> list[str]:
    for row in rows:
        if "!" in row.text:
            raise TooLoud(text=row.text)
    return [row.text.upper() for row in rows]


def rows_of(*texts: str) -> list[Row]:
    return [Row(number, {"title": text}, text) for number, text in enumerate(texts, 2)]


@given(st.lists(st.sampled_from(["a", "b", "loud!", ""])), st.integers(1, 7))
def test_only_the_bad_row_fails_and_the_order_stays(texts: list[str], chunk: int) -> None:
    rows = list(refuse_empty(rows_of(*texts)))
    running = run(rows, shout, chunk=chunk)
    pairs = list(running)
    assert [row for row, _ in pairs] == rows
    for row, outcome in pairs:
        if row.text == "":
            assert isinstance(outcome, RowEmpty)
        elif row.text == "loud!":
            assert isinstance(outcome, TooLoud)
        else:
            assert outcome == row.text.upper()
    failed = sum(text in ("", "loud!") for text in texts)
    counts = running.summary
    assert (counts.read, counts.done, counts.failed) == (len(texts), len(texts) - failed, failed)


def test_work_comes_in_chunks_and_a_lone_bad_row_is_not_tried_twice() -> None:
    calls: list[int] = []

    def work(rows: list[Row]) -> list[str]:
        calls.append(len(rows))
        return shout(rows)

    run(rows_of("a", "b", "c", "d", "loud!"), work, chunk=2).finish()
    assert calls == [2, 2, 1]


def test_rows_that_could_not_be_read_never_reach_the_work() -> None:
    broken = Row(3, {}, "", RowNotJson(file="a.jsonl", row=3, reason="x"))
    told: list[int] = []
    running = run([*rows_of("a"), broken], shout, on_error=lambda row, error: told.append(row.number))
    assert [outcome for _, outcome in running] == ["A", broken.error]
    assert told == [3]


def test_no_more_than_a_chunk_is_read_ahead() -> None:
    given_out = 0

    def endless() -> Iterator[Row]:
        nonlocal given_out
        while True:
            given_out += 1
            yield Row(given_out, {}, "a")

    pairs = iter(run(endless(), shout, chunk=10))
    for _ in range(25):
        next(pairs)
    assert given_out == 30


def test_progress_hears_of_every_row_and_the_clock_is_the_callers() -> None:
    class Bar:
        total = 0

        def advance(self, n: int) -> None:
            self.total += n

    bar, ticks = Bar(), iter(range(100))
    summary = run(rows_of("a", "loud!", "b"), shout, chunk=2, progress=bar, clock=lambda: float(next(ticks))).finish()
    assert bar.total == 3
    assert summary.seconds > 0


def test_a_fault_of_the_program_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        run(rows_of("a"), lambda rows: [1 // 0]).finish()
    with pytest.raises(ValueError, match="1 results for 2 rows"):
        run(rows_of("a", "b"), lambda rows: ["only one"]).finish()
