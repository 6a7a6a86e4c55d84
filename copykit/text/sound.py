"""Compare Chinese by sound: two texts that are read alike, tones aside, get the same key."""

from __future__ import annotations

from collections.abc import Iterable


class Sounds:
    """Characters by their most common reading, as in ``corpora/tables/sound.txt``."""

    __slots__ = ("_table",)

    def __init__(self, lines: Iterable[str]) -> None:
        """Take lines of a syllable without tone, a blank, and the characters read so."""
        # A list, because str.translate looks a character up in it faster than in a dict.
        self._table = list(range(0x10000))
        for line in lines:
            codes = list(map(ord, line.partition(" ")[2]))
            for code in codes:
                self._table[code] = codes[0]

    def key(self, text: str) -> str:
        """Return the text with one character standing for each syllable; length kept, unknown characters kept."""
        return text.translate(self._table)
