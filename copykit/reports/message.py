"""A message for people, and how it is cut where a channel takes only so many bytes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

# Room for （99/99）behind a title, in bytes of UTF-8.
_COUNT_ROOM = len("（99/99）".encode())
_LINK = re.compile(r"\[[^\]\n]*\]\([^)\n]*\)|https?://\S+|\*\*[^*\n]+\*\*")
_SENTENCE_END = re.compile(r"[。！？；\n]")
_PAUSE = re.compile(r"[，、：,\s]")


class TooNarrow(ValueError):
    """A limit that not even the title fits into."""


@dataclass(frozen=True, slots=True)
class Message:
    """What a run tells: paragraphs in simple Markdown, and the same as a page for those who read mail.

    ``changes`` is how much there is to tell (words that rose, links lost …); ``top`` the largest figure of change, for
    those who only want to hear above a threshold.
    """

    title: str
    paragraphs: tuple[str, ...]
    html: str = ""
    changes: int = 1
    top: float = 0.0


def parts_of(title: str, paragraphs: Sequence[str], room: int, size: Callable[[str], int]) -> list[str]:
    """Cut a message into texts of at most ``room`` as ``size`` measures them, each headed by the title.

    Cuts fall between paragraphs; inside one only where it alone is too long: at a line or sentence, then at a pause,
    and never inside a character, a link or bold words unless one alone is too long. Nothing is left out.

    Raises:
        TooNarrow: the title alone does not fit.
    """
    head = f"**{title}**"
    left = room - size(f"{head}\n\n") - _COUNT_ROOM
    if left < size("字") + 8:
        raise TooNarrow(room)
    packed: list[list[str]] = []
    used = 0
    for paragraph in paragraphs:
        for piece in _pieces(paragraph.strip("\n"), left, size):
            cost = size(f"\n\n{piece}")
            if not packed or used + cost > left:
                packed.append([])
                used = 0
            packed[-1].append(piece)
            used += cost
    if not packed:
        return [head]
    if len(packed) == 1:
        return ["\n\n".join([head, *packed[0]])]
    return ["\n\n".join([f"{head}（{number}/{len(packed)}）", *part]) for number, part in enumerate(packed, 1)]


def _pieces(paragraph: str, room: int, size: Callable[[str], int]) -> Iterator[str]:
    gap = size("\n\n")
    while paragraph and size(paragraph) + gap > room:
        cut = _cut(paragraph, room - gap, size)
        yield paragraph[:cut].rstrip("\n")
        paragraph = paragraph[cut:].lstrip("\n")
    if paragraph:
        yield paragraph


def _cut(text: str, room: int, size: Callable[[str], int]) -> int:
    """Return how many characters of a text to take."""
    low, high = 1, len(text)
    while low < high:  # the longest beginning that fits
        middle = (low + high + 1) // 2
        low, high = (middle, high) if size(text[:middle]) <= room else (low, middle - 1)
    held = [(found.start(), found.end()) for found in _LINK.finditer(text, 0, min(len(text), low + 2000))]

    def free(at: int) -> bool:
        return not any(start < at < end for start, end in held)

    for pattern in (_SENTENCE_END, _PAUSE):
        ends = [found.end() for found in pattern.finditer(text, 0, low) if free(found.end())]
        if ends and ends[-1] > low // 3:
            return ends[-1]
    whole = next((at for at in range(low, 0, -1) if free(at)), low)
    return whole if whole > low // 3 else low
