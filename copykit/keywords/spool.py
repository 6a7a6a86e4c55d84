"""Texts with the slot of time that each belongs to, on disk when they are many, to be gone through several times."""

from __future__ import annotations

import tempfile
from array import array
from collections.abc import Iterator
from types import TracebackType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from copykit.corpus.blocks import TEXT_END, TITLE_END, marked

IN_MEMORY = 64_000_000  # bytes of text that are not written to disk
BLOCK_CHARS = 120_000


class SlotBlock(NamedTuple):
    """Joined texts (see ``corpus.blocks.Block``), the slot and the weight of each."""

    text: str
    slots: NDArray[np.int32]
    weights: NDArray[np.float64]


class Spool:
    """Collects texts; iterate as often as wished, in the order in which they came.

    Slots are given new numbers with ``remap`` once all days are known; a text whose slot becomes -1 weighs nothing.
    """

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - closed by ``close``
        self._sizes: list[tuple[int, int]] = []  # bytes and documents of each block
        self._slots, self._weights = array("i"), array("d")
        self._map: NDArray[np.int32] | None = None
        self._waiting: list[str] = []
        self._chars = 0

    def add(self, title: str, text: str, slot: int, weight: float = 1.0) -> None:
        """Take a text."""
        self._waiting.append(marked(title, text))
        self._slots.append(slot)
        self._weights.append(weight)
        self._chars += len(self._waiting[-1])
        if self._chars >= BLOCK_CHARS:
            self._write()

    def __len__(self) -> int:
        return len(self._slots)

    def remap(self, numbers: NDArray[np.int32]) -> None:
        """Give each slot a new number."""
        self._map = numbers

    def slots(self) -> NDArray[np.int32]:
        """Return the slot of each text, 0 for those that weigh nothing."""
        slots = np.array(self._slots, np.int32)
        return slots if self._map is None else np.maximum(self._map[slots], 0)

    def weights(self) -> NDArray[np.float64]:
        """Return the weight of each text."""
        weights = np.array(self._weights, np.float64)
        return weights if self._map is None else np.where(self._map[np.array(self._slots, np.int32)] < 0, 0, weights)

    def __iter__(self) -> Iterator[SlotBlock]:
        self._write()
        self._file.seek(0)
        at = 0
        slots, weights = self.slots(), self.weights()
        for size, documents in self._sizes:
            text = self._file.read(size).decode("utf-8", "surrogatepass")
            yield SlotBlock(text, slots[at : at + documents], weights[at : at + documents])
            at += documents

    def _write(self) -> None:
        if not self._waiting:
            return
        data = "".join(self._waiting).encode("utf-8", "surrogatepass")
        self._file.seek(0, 2)
        self._file.write(data)
        self._sizes.append((len(data), len(self._waiting)))
        self._waiting, self._chars = [], 0

    def close(self) -> None:
        """Forget everything."""
        self._file.close()

    def __enter__(self) -> Spool:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def texts_of(block: str) -> list[str]:
    """Return the texts of a block, title and body parted by a blank."""
    return [part.replace(TITLE_END, " ").strip() for part in block.split(TEXT_END)[:-1]]
