"""Compare Chinese by sound: two texts that are read alike, tones aside, get the same key."""

from __future__ import annotations

from collections.abc import Iterable


class Sounds:
    """Characters by their most common reading, as in ``corpora/tables/sound.txt``."""

    __slots__ = ("_table",)

    def __init__(self, lines: Iterable[str]) -> None:
        """Take lines of a syllable without tone, a blank, and the characters read so."""
        self._table: dict[int, int] = {}
        for line in lines:
            chars = line.partition(" ")[2]
            self._table.update(dict.fromkeys(map(ord, chars), ord(chars[0])))

    def key(self, text: str) -> str:
        """Return the text with one character standing for each syllable; length kept, unknown characters kept."""
        return text.translate(self._table)
