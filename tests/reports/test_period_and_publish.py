"""Periods meet without gaps; a period's folder is there whole or not at all; one run at a time."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import textwrap
import time
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copykit.locks import AnotherRuns
from copykit.reports import period, publish, schedule
from copykit.reports.period import BadPeriod
from copykit.reports.publish import PublishFailed, locked
from copykit.reports.schedule import When

DAYS = st.dates(date(1990, 1, 1), date(2090, 1, 1))
KINDS = st.sampled_from(["day", "week", "month"])


@given(DAYS, KINDS)
def test_periods_meet(day: date, kind: period.Kind) -> None:
    found = period.holding(day, kind)
    assert day in found
    assert found.before().end + timedelta(days=1) == found.start
    assert found.after().start == found.end + timedelta(days=1)
    assert period.parse(found.label, kind) == found
    assert period.last_whole(day, kind).end < day
    assert period.between(found.before(), found.after()) == [found]
    assert period.between(found, found.after()) == []


@pytest.mark.parametrize(
    ("day", "kind", "label", "zh"),
    [
        ("2026-11-02", "week", "2026-W44", "10月26日—11月1日"),
        ("2026-11-08", "week", "2026-W44", "10月26日—11月1日"),
        ("2027-01-04", "week", "2026-W53", "2026年12月28日—2027年1月3日"),
        ("2026-03-01", "month", "2026-02", "2026年2月"),
        ("2026-11-22", "day", "2026-11-21", "11月21日"),
    ],
)
def test_a_run_covers_the_last_whole_period(day: str, kind: period.Kind, label: str, zh: str) -> None:
    found = period.last_whole(date.fromisoformat(day), kind)
    assert (found.label, found.say("zh")) == (label, zh)


@pytest.mark.parametrize("label", ["2026-W60", "2026-47", "W47", "2026-11-31", "", "2026-W1"])
def test_what_is_no_week_is_refused(label: str) -> None:
    with pytest.raises(BadPeriod, match="2026-W47"):
        period.parse(label, "week")


# --- publishing ---


def _fill(text: str) -> object:
    def write(folder: Path) -> None:
        (folder / publish.SNAPSHOT).write_text(text, "utf-8")
        (folder / "report.html").write_text(text, "utf-8")

    return write


def test_a_folder_is_replaced_whole(tmp_path: Path) -> None:
    for text in ("one", "two"):
        publish.publish(tmp_path, "2026-W47", _fill(text))  # type: ignore[arg-type]
        assert {path.read_text() for path in (tmp_path / "2026-W47").iterdir()} == {text}
    assert publish.published(tmp_path) == ["2026-W47"]
    assert [path.name for path in tmp_path.iterdir()] == ["2026-W47"]


def test_a_disk_that_is_full_leaves_the_old_one(tmp_path: Path) -> None:
    publish.publish(tmp_path, "2026-W47", _fill("one"))  # type: ignore[arg-type]

    def full(folder: Path) -> None:
        (folder / "report.html").write_text("two")
        raise OSError(28, "No space left on device")

    with pytest.raises(PublishFailed, match="No space left"):
        publish.publish(tmp_path, "2026-W47", full)
    assert (tmp_path / "2026-W47" / "report.html").read_text() == "one"
    assert [path.name for path in tmp_path.iterdir()] == ["2026-W47"]


@pytest.mark.parametrize("moved", [False, True])
def test_what_a_killed_run_left_is_cleared(tmp_path: Path, moved: bool) -> None:
    publish.publish(tmp_path, "2026-W47", _fill("one"))  # type: ignore[arg-type]
    (tmp_path / ".2026-W47.new").mkdir()
    if moved:
        (tmp_path / "2026-W47").rename(tmp_path / ".2026-W47.old")
    publish.recover(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["2026-W47"]
    assert (tmp_path / "2026-W47" / "report.html").read_text() == "one"


HOLDER = textwrap.dedent(
    """
    import sys, time
    from pathlib import Path
    from copykit.reports.publish import locked
    with locked(Path(sys.argv[1])):
        print("held", flush=True)
        time.sleep(60)
    """
)


def test_one_run_at_a_time_and_a_killed_one_frees_the_lock(tmp_path: Path) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(AnotherRuns) as caught, locked(tmp_path):
        pass
    assert caught.value.exit_code == 75
    holder.send_signal(signal.SIGKILL if os.name != "nt" else signal.SIGTERM)
    holder.wait()
    holder.stdout.close()
    for _ in range(50):
        try:
            with locked(tmp_path):
                return
        except AnotherRuns:
            time.sleep(0.1)
    pytest.fail("the lock of a dead process is still held")


def test_a_network_disk_is_told(tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/sda / ext4 rw 0 0\nserver:/x {tmp_path}/share nfs4 rw 0 0\n")
    assert publish.remote_disk(tmp_path / "share" / "报告", mounts) is not None
    assert publish.remote_disk(tmp_path / "报告", mounts) is None
    assert publish.remote_disk(tmp_path / "报告", tmp_path / "none") is None


# --- schedules ---


@given(st.text())
def test_a_minute_is_away_from_whole_and_half_hours(seed: str) -> None:
    minute = schedule.minute_of(seed)
    assert minute == schedule.minute_of(seed)
    assert 0 <= minute < 60
    assert min(minute % 30, 30 - minute % 30) >= 4


@given(st.lists(st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1), min_size=1))
def test_a_crontab_line_runs_the_same_words(command: list[str]) -> None:
    line = schedule.cron(When("week", 8, 7), command, "Asia/Shanghai").split("\n", 1)[1]
    minute, hour, day, month, weekday, rest = line.rstrip("\n").split(" ", 5)
    assert (minute, hour, day, month, weekday) == ("7", "8", "*", "*", "1")
    assert shlex.split(rest.replace("\\%", "%")) == command


def test_the_other_schedulers() -> None:
    command = ["/usr/bin/python3", "-m", "copykit", "report", "run", "/shop/周 报.toml"]
    unit = schedule.systemd(When("week", 8, 7, 2), command, "Asia/Shanghai", "weekly")
    assert "OnCalendar=Wed *-*-* 08:07:00 Asia/Shanghai" in unit
    assert 'ExecStart=/usr/bin/python3 -m copykit report run "/shop/周 报.toml"' in unit
    task = schedule.windows(When("month", 8, 7), command, "weekly")
    assert "/SC MONTHLY /D 1" in task
    assert "/ST 08:07" in task
