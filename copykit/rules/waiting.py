"""Which rules have what they need in which part of a long text: one walk over the words of all rules.

Most sentences hold words of rules, and few hold all that one of these needs. So the words are not sorted by list before
a rule has what it needs of the sentence: its own word, words of the lists that it requires, and its pattern.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from copykit.lexicon import Automaton, Hits, bits
from copykit.model import Finding, Span
from copykit.rules.reading import Reading

Find = Callable[[Reading], Iterable[Finding]]


class Need:
    """What a rule needs of a sentence beside its own slot: other slots, and a pattern that has to be found in it.

    Without ``find`` somebody wants to know of the slot and asks no rule: a detector, or the rules about whole texts.
    """

    __slots__ = ("also", "find", "probe", "slot", "slots")

    def __init__(
        self, slot: int, find: Find | None, also: frozenset[int] = frozenset(), probe: re.Pattern[str] | None = None
    ) -> None:
        self.slot = slot
        self.find = find
        self.slots = also
        self.also = bits(also)
        self.probe = probe

    def met(self, hits: Hits, text: str) -> bool:
        """Return whether a text with these hits has all of it."""
        return self.slots <= hits.keys() and (self.probe is None or self.probe.search(text) is not None)


class Called(NamedTuple):
    """A part, its hits, and the rules that have what they need in it."""

    span: Span
    hits: Hits
    finds: list[Find]


class _Entry(NamedTuple):
    """What a word means to those who wait: the slots that others require, as bits, and those who wait for its own."""

    bits: int
    needs: tuple[Need, ...]


class Waiting:
    """All needs of one context, laid out by the words of an automaton."""

    def __init__(self, needs: Iterable[Need], whole: Iterable[int], automaton: Automaton) -> None:
        """``whole`` are the slots of which every hit in the text is told."""
        self._automaton = automaton
        self._by_slot: dict[int, list[Need]] = {}
        for need in needs:
            self._by_slot.setdefault(need.slot, []).append(need)
        wanted = {slot: Need(slot, None) for slot in whole}
        required = frozenset(slot for each in self._by_slot.values() for need in each for slot in need.slots)
        self._whole = frozenset(wanted.values())
        self._entries: list[_Entry | None] = []
        for slots in automaton.slots:
            waiting = [need for slot in slots for need in self._by_slot.get(slot, ())]
            waiting += [wanted[slot] for slot in slots if slot in wanted]
            known = bits(required.intersection(slots))
            self._entries.append(_Entry(known, tuple(waiting)) if known or waiting else None)
        self._nobody = not any(self._entries)

    def of(self, slot: int) -> Sequence[Need]:
        """Return those who wait for a slot."""
        return self._by_slot.get(slot, ())

    def in_parts(self, text: str, cut: Callable[[str], Sequence[Span]]) -> tuple[Hits, list[Called]]:
        """Return the hits that are told of the whole text, and the parts in which somebody has what is needed.

        ``cut`` gives the parts of the folded text in order; one search through all of it is cheaper than one a part.
        """
        joined: Hits = {}
        called: list[Called] = []
        if self._nobody:
            return joined, called
        parts = cut(text)
        entries = self._entries
        found = self._automaton.found(text)
        waiting: list[Need] = []
        number, base, edge = -1, 0, 0
        present = first = 0
        for place, (start, end, word) in enumerate(found):
            entry = entries[word]
            if entry is None:
                continue
            if end > edge:
                if waiting:
                    able = _able(waiting, present, text, base, edge)
                    if able:
                        hits = self._hits(found, first, base, edge)
                        self._call(able, parts[number], hits, joined, called)
                    waiting = []
                present, first = 0, place
                while end > edge and number + 1 < len(parts):
                    number += 1
                    base, edge = parts[number]
                if end > edge:
                    break
            if start >= base:
                slots, needs = entry
                if slots:
                    present |= slots
                waiting += needs
        if waiting:
            able = _able(waiting, present, text, base, edge)
            if able:
                hits = self._hits(found, first, base, edge)
                self._call(able, parts[number], hits, joined, called)
        return joined, called

    def _hits(self, found: Sequence[tuple[int, int, int]], first: int, start: int, end: int) -> Hits:
        """Return the hits between two offsets; ``found[first]`` is one of its words, those before it nobody awaits."""
        while first and found[first - 1][1] > start:
            first -= 1
        return self._automaton.hits_of(found, first, start, end)

    def _call(self, able: Iterable[Need], part: Span, hits: Hits, joined: Hits, called: list[Called]) -> None:
        """Add what a part's needs that are met tell of it."""
        base = part.start
        finds: list[Find] = []
        heard = False
        for need in able:
            # What an exception hides was taken for present until here.
            spans = hits.get(need.slot)
            if spans is None or not (need.slots <= hits.keys()):
                continue
            if need.find is not None:
                finds.append(need.find)
            elif need in self._whole:
                joined.setdefault(need.slot, []).extend((start + base, end + base) for start, end in spans)
            else:
                heard = True
        if finds or heard:
            called.append(Called(part, hits, finds))


def _able(waiting: Iterable[Need], present: int, text: str, start: int, end: int) -> list[Need]:
    """Return the needs that a part of a text meets, as far as one can tell without its hits."""
    absent = ~present
    return [
        need
        for need in dict.fromkeys(waiting)
        if not need.also & absent and (need.probe is None or need.probe.search(text, start, end) is not None)
    ]
