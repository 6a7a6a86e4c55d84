"""Keep every test, and every process that a test starts, away from the user's own folders."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from copykit.cli import run
from tests.commands import Copykit, Ran
from tests.web import Web, serving


def pytest_configure(config: pytest.Config) -> None:
    home = tempfile.mkdtemp(prefix="copykit-tests-")
    config.add_cleanup(lambda: shutil.rmtree(home, ignore_errors=True))
    os.environ["XDG_CONFIG_HOME"] = os.path.join(home, "config")
    os.environ["XDG_CACHE_HOME"] = os.path.join(home, "cache")
    os.environ.pop("COPYKIT_LANG", None)
    # A job in the background is started with interrupts ignored, and so would be every process that a test interrupts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # A busy machine is no fault of the code: speed is measured in bench/.
    settings.register_profile("copykit", deadline=None)
    settings.load_profile("copykit")


@pytest.fixture
def web() -> Iterator[Web]:
    """Serve a web of the test's own on the loopback."""
    with serving() as found:
        yield found


@pytest.fixture
def copykit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Copykit:
    """Run a command line in an empty folder, on a screen of 80 columns."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")

    def call(*argv: str | Path) -> Ran:
        code = run([str(arg) for arg in argv])
        return Ran(code, *capsys.readouterr())

    return call
