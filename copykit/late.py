"""Patterns that are compiled when they are first used: a run that scores one title uses few of those that it imports.

A pattern that names Han takes a millisecond to compile, because ``re`` notes each character of its sets.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any, cast


def late(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """Return what behaves as ``re.compile(pattern, flags)`` and compiles at its first use."""
    return made_late(functools.partial(re.compile, pattern, flags))


def made_late(make: Callable[[], re.Pattern[str]]) -> re.Pattern[str]:
    """Return what behaves as the pattern that ``make()`` returns, and makes it at its first use."""
    return cast("re.Pattern[str]", _Late(make))


class _Late:
    def __init__(self, make: Callable[[], re.Pattern[str]]) -> None:
        self._make = make

    def __getattr__(self, name: str) -> Any:
        """Return an attribute of the compiled pattern, and keep all that will be asked for, so that this ends here."""
        if name.startswith("_"):
            raise AttributeError(name)
        compiled = self._make()
        vars(self).update({each: getattr(compiled, each) for each in _METHODS})
        return getattr(compiled, name)


_METHODS = ("search", "match", "fullmatch", "finditer", "findall", "split", "sub", "subn", "pattern", "groupindex")
