"""What was kept before a run was cut off is there afterwards, whole, and nothing else."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from copykit.journal import Journal, JournalBusy, read_journal

BATCHES = [[{"n": 1}, {"n": 2, "文": "羽绒服"}], [{"n": 3}], [{"n": n} for n in range(4, 40)]]


def kept(path: Path, key: str = "k") -> list[int]:
    with Journal(path, key) as journal:
        return [record["n"] for record in journal]


def write(path: Path, *, finish: bool = False) -> list[int]:
    """Write the batches and return the sizes of the file after each of them."""
    sizes = []
    with Journal(path, "k") as journal:
        journal.begin({"today": "2026-11-22"})
        sizes.append(path.stat().st_size)
        for batch in BATCHES:
            journal.append(batch)
            sizes.append(path.stat().st_size)
        if finish:
            journal.finish()
    return sizes


def test_a_run_goes_on_where_it_stopped(tmp_path: Path) -> None:
    path = tmp_path / "a.journal"
    write(path)
    with Journal(path, "k") as journal:
        assert journal.records == 39
        assert not journal.finished
        assert journal.about == {"today": "2026-11-22"}
        journal.append([{"n": 40}])
        journal.finish()
    with Journal(path, "k") as journal:
        assert journal.finished
        assert journal.records == 40
    assert [record["n"] for record in read_journal(path)] == list(range(1, 41))


@given(st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_whatever_was_cut_off_costs_only_its_own_batch(tmp_path: Path, data: st.DataObject) -> None:
    path = tmp_path / "b.journal"
    path.unlink(missing_ok=True)
    sizes = write(path)
    whole = path.read_bytes()
    end = data.draw(st.integers(0, len(whole)))
    torn = whole[:end] + data.draw(st.binary(max_size=12))
    path.write_bytes(torn)
    batches = sum(end >= size for size in sizes) - 1
    expected = [record["n"] for batch in BATCHES[: max(batches, 0)] for record in batch]
    with Journal(path, "k") as journal:
        assert [record["n"] for record in journal] == expected
        assert journal.records == len(expected)
        if batches >= 0:
            journal.append([{"n": 99}])
            assert [record["n"] for record in journal] == [*expected, 99]


def test_a_flipped_byte_ends_the_journal_there(tmp_path: Path) -> None:
    path = tmp_path / "c.journal"
    sizes = write(path)
    data = bytearray(path.read_bytes())
    data[(sizes[1] + sizes[2]) // 2] ^= 0x40
    path.write_bytes(data)
    assert kept(path) == [1, 2]


def test_the_journal_of_another_run_is_not_gone_on_with(tmp_path: Path) -> None:
    path = tmp_path / "d.journal"
    write(path, finish=True)
    with Journal(path, "another") as journal:
        assert journal.records == 0
        assert not journal.finished
        assert journal.about == {}


def _hold(path: Path, ready: object, leave: object) -> None:
    with Journal(path, "k"):
        ready.set()  # type: ignore[attr-defined]
        leave.wait(30)  # type: ignore[attr-defined]


def test_two_runs_do_not_write_one_journal(tmp_path: Path) -> None:
    path = tmp_path / "e.journal"
    context = multiprocessing.get_context("spawn")
    ready, leave = context.Event(), context.Event()
    other = context.Process(target=_hold, args=(path, ready, leave))
    other.start()
    try:
        assert ready.wait(30)
        with pytest.raises(JournalBusy) as told:
            Journal(path, "k")
        assert told.value.exit_code == 75
    finally:
        leave.set()
        other.join(30)
    Journal(path, "k").close()


def test_no_journal_has_no_records(tmp_path: Path) -> None:
    assert list(read_journal(tmp_path / "none.journal")) == []
