"""Documents, and many of them joined to one text, which is how they are cut and counted at full speed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

# Stand between title and text and after each text where many are joined; texts cannot hold them (see ``marked``).
TITLE_END, TEXT_END = "\x1e", "\x1d"
MARKS = {0x1D: " ", 0x1E: " ", 0: " "}


class Block(NamedTuple):
    """Many documents joined: title, TITLE_END, text, TEXT_END, and so on; ``figures`` has one entry each, or none."""

    text: str
    documents: int
    figures: list[Mapping[str, float]]


class Document(NamedTuple):
    """One text: where it came from, its title (or the line itself), its body, and the figures beside it.

    ``day``: when it was written (ISO), where a column tells it and days were asked for.
    """

    id: str
    title: str
    text: str
    metrics: Mapping[str, float]
    day: str = ""


def marked(title: str, text: str) -> str:
    """Return a document as it stands in a block."""
    joined = f"{title}{TITLE_END}{text}{TEXT_END}"
    if joined.count(TITLE_END) + joined.count(TEXT_END) > 2 or "\0" in joined:
        return f"{title.translate(MARKS)}{TITLE_END}{text.translate(MARKS)}{TEXT_END}"
    return joined


def all_marked(texts: Sequence[tuple[str, str]]) -> str:
    """Return documents, each with its title, as they stand in a block."""
    size = len(texts)
    joined = "".join([f"{title}{TITLE_END}{text}{TEXT_END}" for title, text in texts])
    if joined.count(TITLE_END) == joined.count(TEXT_END) == size and "\0" not in joined:
        return joined
    return "".join([marked(title, text) for title, text in texts])


def block_of(documents: Sequence[Document]) -> Block:
    """Return documents joined."""
    joined = all_marked([(document.title, document.text) for document in documents])
    figures = [document.metrics for document in documents]
    return Block(joined, len(documents), figures if any(figures) else [])
