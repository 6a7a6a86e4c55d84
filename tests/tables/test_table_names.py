"""The package fetches its names late; whoever uses it must not notice."""

from __future__ import annotations

import importlib
import subprocess
import sys

import pytest

from copykit import tables


def test_every_public_name_is_there_once_and_is_what_its_module_holds() -> None:
    homes = [(module, name) for module, names in tables._PUBLIC.items() for name in names]
    assert sorted(name for _, name in homes) == sorted(tables.__all__)
    for module, name in homes:
        assert getattr(tables, name) is getattr(importlib.import_module(f"copykit.tables.{module}"), name)
        assert name in dir(tables)


def test_a_misspelt_name_is_told() -> None:
    with pytest.raises(AttributeError, match="no attribute 'read_row'"):
        tables.read_row  # type: ignore[attr-defined]  # noqa: B018


def test_a_batch_loads_rows_and_no_reader() -> None:
    script = "import sys, copykit.batch; print(*sorted(name for name in sys.modules if 'copykit.' in name))"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    assert loaded == ["copykit._version", "copykit.batch", "copykit.errors", "copykit.tables", "copykit.tables.rows"]
