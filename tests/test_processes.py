"""Processes end with the one that they work for, and nothing that a killed one left stays for ever."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from copykit import processes

posix = pytest.mark.skipif(os.name == "nt", reason="processes are told to end otherwise there")
PARENT = """
import multiprocessing, time
from copykit.processes import follow_parent

def work(told):
    follow_parent()
    told.put(multiprocessing.current_process().pid)
    time.sleep(600)

if __name__ == "__main__":
    context = multiprocessing.get_context("spawn")
    told = context.Queue()
    context.Process(target=work, args=(told,)).start()
    print(told.get(), flush=True)
    time.sleep(600)
"""


def _gone(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    # One that nobody has asked for its end is a zombie where no init collects it.
    state = Path(f"/proc/{process}/stat")
    return state.exists() and state.read_text().rpartition(") ")[2].startswith("Z")


MASKED = """
import multiprocessing, signal
from copykit.processes import starting_workers

def work(told):
    told.put(signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, []))

if __name__ == "__main__":
    context = multiprocessing.get_context("spawn")
    told = context.Queue()
    with starting_workers():
        context.Process(target=work, args=(told,)).start()
    print(told.get(), signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, []))
"""


@posix
def test_an_interrupt_does_not_reach_a_worker_that_has_only_begun(tmp_path: Path) -> None:
    (tmp_path / "parent.py").write_text(MASKED, "utf-8")
    told = subprocess.run([sys.executable, str(tmp_path / "parent.py")], capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["True", "False"], told.stderr


@posix
def test_a_worker_ends_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    (tmp_path / "parent.py").write_text(PARENT, "utf-8")
    with subprocess.Popen([sys.executable, str(tmp_path / "parent.py")], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        assert not _gone(worker)
        parent.kill()
        parent.wait()
        until = time.monotonic() + 30
        while not _gone(worker) and time.monotonic() < until:
            time.sleep(0.05)
        assert _gone(worker)


@posix
def test_what_killed_processes_left_is_cleared_and_nothing_else(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as done:
        pass
    names = {
        f"copykit-{done.pid}-abc": (True, True),
        f".copykit-{done.pid}-0.part": (True, True),
        f"copykit-{done.pid}-young": (False, False),
        f"copykit-{os.getpid()}-mine": (True, False),
        f"copykit-{done.pid}": (True, False),
        "copykit-notes-1": (True, False),
    }
    for name, (old, _) in names.items():
        path = tmp_path / name
        if name.endswith(".part"):
            path.write_text("x")
        else:
            path.mkdir()
            (path / "counts").write_text("x")
        if old:
            os.utime(path, (1, 1))
    processes.clear_left(tmp_path)
    assert {name: (tmp_path / name).exists() for name in names} == {
        name: not cleared for name, (_, cleared) in names.items()
    }


@posix
def test_a_run_that_is_told_to_end_clears_up(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "copykit", "keywords", "mine", "-", "--kind", "title"]
    command += ["-o", str(tmp_path / "词.csv")]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    ) as process:
        assert process.stdin is not None
        process.stdin.write("平价睫毛膏不晕染。\n".encode() * 200_000)
        process.stdin.flush()
        until = time.monotonic() + 60
        while not any(tmp_path.iterdir()) and time.monotonic() < until:
            time.sleep(0.05)
        assert list(tmp_path.iterdir())
        process.send_signal(signal.SIGTERM)
        said = process.communicate(timeout=60)[1].decode()
        assert process.returncode == 130
    assert "已中断" in said
    assert not list(tmp_path.iterdir())
