"""What a command line came to, as its user meets it; the fixture ``copykit`` runs one."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple


class Ran(NamedTuple):
    """The exit code, and what was written to standard output and standard error."""

    code: int
    out: str
    err: str


Copykit = Callable[..., Ran]
