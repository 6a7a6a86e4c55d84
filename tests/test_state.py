"""The state keeps what it was told, lifts old files, and says what is wrong with a file that it cannot use."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from copykit import state as module
from copykit.state import MIGRATIONS, Mark, State, StateBusy, StateFailed, StateUnreadable, state_path


def test_what_was_saved_is_there_after_opening_again(tmp_path: Path) -> None:
    path = state_path(tmp_path)
    with State(path) as state:
        assert state.save_plan("睫毛膏", "2026-11-22", {"rows": ["小红书"]}) == 1
        assert state.save_plan("睫毛膏", "2026-11-23", {"rows": []}) == 2
        state.save_plan("雨伞", "2026-11-22", {})
        state.mark("睫毛膏", "a/b/1", Mark("done", "2026-11-24", "好"))
        state.mark("睫毛膏", "a/b/2", Mark("skipped", "2026-11-24", "下雨"))
        state.mark("睫毛膏", "a/b/2", None)
        state.add_note("睫毛膏", "a/b/1", "2026-11-24", "有人问色号")
        state.keep_codes({("scene", "card.abc"): {"source": "包裹卡"}})
    with State(path) as state:
        assert state.plan("睫毛膏") == ("睫毛膏", "2026-11-23", 2, {"rows": []})
        assert state.plan("没有") is None
        assert state.plan_names() == ["睫毛膏", "雨伞"]
        assert state.marks("睫毛膏") == {"a/b/1": Mark("done", "2026-11-24", "好")}
        assert state.notes("睫毛膏") == {"a/b/1": [("2026-11-24", "有人问色号")]}
        assert state.notes("雨伞") == {}
        assert state.codes() == {("scene", "card.abc"): {"source": "包裹卡"}}


def test_an_older_file_is_lifted_step_by_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "state.sqlite3"
    with State(path) as state:
        state.save_plan("旧", "2026-11-22", {"a": 1})
    monkeypatch.setattr(module, "MIGRATIONS", (*MIGRATIONS, "CREATE TABLE extra (x TEXT); CREATE TABLE more (y TEXT)"))
    with State(path) as state:
        saved = state.plan("旧")
        assert saved is not None
        assert saved.body == {"a": 1}
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS) + 1,)
        assert db.execute("SELECT count(*) FROM more").fetchone() == (0,)
    monkeypatch.undo()
    with pytest.raises(StateUnreadable, match="newer"):
        State(path)


def test_a_step_that_breaks_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "state.sqlite3"
    State(path).close()
    monkeypatch.setattr(module, "MIGRATIONS", (*MIGRATIONS, "CREATE TABLE extra (x TEXT); CREATE TABLE plans (y TEXT)"))
    with pytest.raises(StateFailed):
        State(path)
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT name FROM sqlite_master WHERE name = 'extra'").fetchone() is None
        assert db.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)


def test_a_file_that_is_none_is_told_with_its_cure(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite3"
    path.write_bytes("这不是数据库，只是很长的一段文字。".encode() * 100)
    with pytest.raises(StateUnreadable) as caught:
        State(path)
    assert "挪开它" in caught.value.say("zh")


def test_a_place_where_nothing_can_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StateFailed):
        State(tmp_path / "file" / "state.sqlite3")


def test_another_run_that_writes_is_waited_for_and_then_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "state.sqlite3"
    with State(path) as state:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        state._db.execute("PRAGMA busy_timeout = 50")
        with pytest.raises(StateBusy) as caught:
            state.mark("a", "b", Mark("done", "2026-11-22", ""))
        assert caught.value.exit_code == 75
        other.execute("ROLLBACK")
        other.close()
        state.mark("a", "b", Mark("done", "2026-11-22", ""))
