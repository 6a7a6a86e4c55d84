"""Imports run downward only: the contract in ``pyproject.toml`` holds, and it names every module there is."""

from __future__ import annotations

from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

ROOT = Path(__file__).resolve().parent.parent


def test_imports_run_downward_only(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)  # import-linter looks for its configuration and for the package here
    monkeypatch.syspath_prepend(ROOT)  # and adds it to sys.path itself, for good; this takes it out again
    status = lint_imports(no_cache=True, no_logo=True)
    assert status == EXIT_STATUS_SUCCESS, capsys.readouterr().out
