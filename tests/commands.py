"""What a command line came to, as its user meets it; the fixture ``copykit`` runs one."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple


class Ran(NamedTuple):
    """The exit code, and what was written to standard output and standard error."""

    code: int
    out: str
    err: str


Copykit = Callable[..., Ran]


def interrupted(command: Sequence[str], folder: Path) -> Ran:
    """Run a command that writes into a folder, and interrupt it as soon as it has begun to write."""
    before = set(folder.iterdir())
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    while set(folder.iterdir()) == before:
        assert process.poll() is None, "ended before it began to write"
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=120)
    return Ran(process.returncode, out.decode(), err.decode())
