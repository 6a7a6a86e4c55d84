"""Put the words of a title into an order that reads well: what describes a thing stands before its name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from copykit.writing.terms import HEAD, Slot, Term


class Order:
    """Arranges terms by the slots of ``packing/title.toml``."""

    def __init__(self, slots: Mapping[str, Slot], front: int, front_most: int) -> None:
        self._slots, self._front, self._front_most = slots, front, front_most

    def arrange(self, terms: Sequence[Term], head: Term, tied: str = "") -> list[Term]:
        """Return different terms in reading order; ``head``, the thing's own name, is one of them.

        ``tied`` is the key of the word that best stands right before it.

        Before the name stands what describes it, as far as the first dozen characters go; what goes with anything
        (season, people, occasion) follows, before a second name if there is one: 加厚白鸭绒羽绒服女冬季通勤外套.
        """
        ranked = sorted(terms, key=lambda term: (self._slots[term.slot].rank, terms.index(term)))
        names = [term for term in ranked if term.slot == HEAD and term is not head and term.key != head.key]
        front, loose, back = (
            [term for term in ranked if self._slots[term.slot].place == place] for place in ("front", "loose", "back")
        )
        for term in [term for term in loose if term.key == tied]:
            loose.remove(term)
            front.append(term)
        used = len(head.text) + sum(len(term.text) for term in front)
        if names:
            # Too much before the first name hides it from the list; what is said farthest from it can describe the
            # second as well. Brand and model stay in front, and one word beside the name.
            movable = [term for term in front if term.slot not in _FIRST and term.key != tied]
            movable = movable if tied in (term.key for term in front) else movable[:-1]
            while used > self._front_most and movable:
                moved = movable.pop(0)
                front.remove(moved)
                loose.append(moved)
                used -= len(moved.text)
        lead: list[Term] = []
        for term in list(loose):
            if used + len(term.text) <= self._front and self._slots[term.slot].place == "loose":
                lead.append(term)
                loose.remove(term)
                used += len(term.text)
        before = sorted([*front, *lead], key=lambda term: (term.key == tied, self._slots[term.slot].rank))
        return [*before, head, *back, *loose, *names]

    def insert(self, kept: Sequence[Term], new: Sequence[Term], head: Term) -> list[Term]:
        """Return the words of a title in use in their own order, with new ones put where they read well."""
        words = list(kept)
        place = next((n for n, term in enumerate(words) if term.key == head.key or term.slot == HEAD), len(words))
        for term in sorted(new, key=lambda term: self._slots[term.slot].rank):
            if self._slots[term.slot].place == "front":
                words.insert(place, term)
                place += 1
            elif self._slots[term.slot].place == HEAD or not words or words[-1].slot != HEAD or len(words) - 1 == place:
                words.append(term)
            else:
                words.insert(len(words) - 1, term)
        return words


_FIRST = ("brand", "model")


def joined(terms: Sequence[Term]) -> str:
    """Return the text of a title: Latin words and figures that would run together are parted by a blank."""
    return joined_texts(*(term.text for term in terms))


def joined_texts(*words: str) -> str:
    """Return words in a row; those that would run together are parted by a blank."""
    return placed(words)[0]


def placed(words: Iterable[str]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Return words in a row, and where each of them stands."""
    text = ""
    spans = []
    for word in words:
        if text and _is_latin(text[-1]) and _is_latin(word[0]):
            text += " "
        spans.append((len(text), len(text) + len(word)))
        text += word
    return text, tuple(spans)


def _is_latin(char: str) -> bool:
    return char.isascii() and not char.isspace()
