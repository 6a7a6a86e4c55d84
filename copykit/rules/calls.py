"""Which rules a short text can call: a run over a title or two builds those and no others.

A rule waits for its words, and a title holds the first two characters of the words of ten rules in four hundred. Which
rule begins with which characters is worked out once and kept as other data is that was made of files.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from copykit.lexicon import AutomatonBuilder
from copykit.rules.kinds import Kind


class Calls:
    """The rules of each beginning of a word, and those that any text may call."""

    def __init__(self, sheet: Mapping[str, Any]) -> None:
        """Take what :func:`call_sheet` returns."""
        self._rules: list[str] = sheet["rules"]
        self._always: list[int] = sheet["always"]
        self._starts: dict[str, list[int]] = sheet["starts"]

    def of(self, starts: Iterable[str]) -> list[str]:
        """Return the rules that a text may call; ``starts`` as ``lexicon.starts_of`` returns them."""
        called = set(self._always)
        for start in starts:
            called.update(self._starts.get(start, ()))
        return [self._rules[number] for number in sorted(called)]


def call_sheet(built: Sequence[Kind], automaton: AutomatonBuilder) -> dict[str, Any]:
    """Return what built rules wait for, as JSON can hold it."""
    words = automaton.starts()
    always: list[int] = []
    starts: dict[str, list[int]] = {}
    for number, kind in enumerate(built):
        slots = kind.triggers
        if slots is None or hasattr(kind, "conclude") or not all(slot in words for slot in slots):
            always.append(number)
            continue
        for start in sorted({start for slot in slots for start in words[slot]}):
            starts.setdefault(start, []).append(number)
    return {"rules": [kind.rule.id for kind in built], "always": always, "starts": starts}
