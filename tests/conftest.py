"""Keep every test, and every process that a test starts, away from the user's own folders."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator

import pytest
from hypothesis import settings

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
