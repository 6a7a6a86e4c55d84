"""Compare Chinese by sound: two texts that are read alike, tones aside, get the same key."""

from __future__ import annotations

from collections.abc import Iterable


class Sounds:
    """Characters by their most common reading, as in ``corpora/tables/sound.txt``."""

    __slots__ = ("_table",)

    def __init__(self, lines: Iterable[str]) -> None:
        """Take lines of a syllable without tone, a blank, and the characters read so.

        Syllables in -in and -ing, and in -en and -eng, are one: half of the country hears no difference (琴, 情).
        """
        firsts: dict[str, int] = {}
        # A list, because str.translate looks a character up in it faster than in a dict.
        self._table = list(range(0x10000))
        for line in lines:
            syllable, _, chars = line.partition(" ")
            codes = list(map(ord, chars))
            heard = syllable[:-1] if syllable.endswith(("ing", "eng")) else syllable
            first = firsts.setdefault(heard, codes[0])
            for code in codes:
                self._table[code] = first

    def key(self, text: str) -> str:
        """Return the text with one character standing for each syllable; length kept, unknown characters kept."""
        return text.translate(self._table)
