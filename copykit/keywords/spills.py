"""Rows on disk: sorted runs, of which a range of keys is read at a time.

Most rows were met at one place only. Those are written shorter, and of the others nothing more is looked at than their
key and their count before it is known that they matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from copykit.keywords.rows import SUMS, U32, Rows, taken
from copykit.keywords.words import AFTER, BASE, NEIGHBOURS, U64, Ints

BUCKETS = 4096  # of the range of keys; a partition is a number of them
WRITTEN_AT_ONCE = 200_000  # rows, so that what writing takes beside them stays small


def write_run(path: Path, parts: Sequence[Rows], places: Sequence[Ints]) -> None:
    """Write the rows at some places of each part as one file; the parts follow each other by key.

    It has sizes; where each bucket begins; rows of one place; all others.
    """
    words, figures = len(parts[0].words), len(parts[0].figures)
    epoch = next(int(part.epochs[0]) for part in parts if len(part.epochs))  # all of them are of one vocabulary
    single = [part.sums[0].take(each) == 1 for part, each in zip(parts, places, strict=True)]
    lone = [each[alone] for each, alone in zip(places, single, strict=True)]
    several = [each[~alone] for each, alone in zip(places, single, strict=True)]
    with path.open("wb") as out:
        np.array([sum(map(len, lone)), sum(map(len, several)), words, figures, epoch], np.int64).tofile(out)
        np.stack([_starts(parts, lone), _starts(parts, several)], 1).astype(np.uint32).tofile(out)
        for sort, encoded in ((lone, _as_lone), (several, _as_several)):
            for part, each in zip(parts, sort, strict=True):
                for start in range(0, len(each), WRITTEN_AT_ONCE):
                    encoded(taken(part, each[start : start + WRITTEN_AT_ONCE])).tofile(out)


def _starts(parts: Sequence[Rows], places: Sequence[Ints]) -> Ints:
    """Return where the rows of each bucket begin among those at these places."""
    keys = np.concatenate([part.keys.take(each) for part, each in zip(parts, places, strict=True)])
    return np.searchsorted(keys >> BUCKET_SHIFT, np.arange(BUCKETS + 1))


def _as_lone(rows: Rows) -> NDArray[np.void]:
    short = np.empty(len(rows.keys), _lone_type(len(rows.words), len(rows.figures)))
    short["key"], short["figures"] = rows.keys, rows.figures.T
    short["numbers"] = _three_bytes(np.concatenate((rows.cuts[None], rows.words.view(np.uint32))))
    short["before"], short["after"] = _as_code(rows.sides & _BEFORE), _as_code(rows.sides >> AFTER)
    short["flags"] = rows.sums[2] | rows.sums[3] << 1
    return short


def _as_several(rows: Rows) -> NDArray[np.void]:
    long = np.empty(len(rows.keys), _several_type(len(rows.words), len(rows.figures)))
    long["key"], long["figures"] = rows.keys, rows.figures.T
    long["numbers"] = _three_bytes(np.concatenate((rows.cuts[None], rows.words.view(np.uint32))))
    long["sums"], long["sides"] = rows.sums.T, rows.sides
    return long


def _lone_type(words: int, figures: int) -> np.dtype[np.void]:
    """Return a candidate with one place on disk: most rows are such, and all of its sums are 0 or 1."""
    return np.dtype(
        [
            ("key", "<u8"),
            ("numbers", np.uint8, (3 * (1 + words),)),  # the cut, then the words
            ("before", np.uint8),
            ("after", np.uint8),
            ("flags", np.uint8),
            ("figures", "<i8", (figures,)),
        ]
    )


def _several_type(words: int, figures: int) -> np.dtype[np.void]:
    """Return a candidate with several places on disk; no corpus has four milliards of anything."""
    return np.dtype(
        [
            ("key", "<u8"),
            ("numbers", np.uint8, (3 * (1 + words),)),
            ("sums", "<u4", (len(SUMS),)),
            ("sides", "<u8"),
            ("figures", "<i8", (figures,)),
        ]
    )


def _three_bytes(numbers: U32) -> NDArray[np.uint8]:
    """Return columns of numbers below 2^24, and -1, as rows of three bytes each."""
    columns, rows = numbers.shape
    as_bytes = np.ascontiguousarray(numbers.T, "<u4").view(np.uint8).reshape(rows, columns, 4)
    return as_bytes[:, :, :3].reshape(rows, 3 * columns)


def _from_bytes(rows: NDArray[np.uint8]) -> NDArray[np.int32]:
    """Return what ``_three_bytes`` was given."""
    padded = np.zeros((len(rows), rows.shape[1] // 3, 4), np.uint8)
    padded[:, :, :3] = rows.reshape(len(rows), rows.shape[1] // 3, 3)
    numbers = padded.view("<i4")[:, :, 0].T.astype(np.int32)
    numbers[numbers == 0xFFFFFF] = -1
    return numbers


def _as_code(sides: U64) -> NDArray[np.uint8]:
    """Return one neighbour as a byte: which of NEIGHBOURS it is."""
    return _CODES.take((sides * _SPREAD >> _SLOT_SHIFT).view(np.int64))


# The highest bits of a product with BASE tell the neighbours apart: half the time of looking for them in order.
_SPREAD, _SLOT_SHIFT = np.uint64(BASE), np.uint64(64 - 14)
_CODES = np.zeros(1 << 14, np.uint8)
_CODES[(NEIGHBOURS * _SPREAD >> _SLOT_SHIFT).astype(np.int64)] = np.arange(len(NEIGHBOURS))
_BEFORE = np.uint64(0xFFFFFFFF)
BUCKET_SHIFT = np.uint64(64 - (BUCKETS - 1).bit_length())


class Records(NamedTuple):
    """Rows as they are on disk, with the vocabulary of each."""

    rows: NDArray[np.void]
    epochs: NDArray[np.uint16]


def join_records(parts: Sequence[Records]) -> Records:
    """Return the records of all parts."""
    return Records(np.concatenate([part.rows for part in parts]), np.concatenate([part.epochs for part in parts]))


def read_lone(records: Records, places: Ints) -> Rows:
    """Return the rows of some records of a single place each."""
    found = records.rows.take(places)
    numbers = _from_bytes(found["numbers"])
    flags = found["flags"].astype(np.uint32)
    ones = np.ones(len(found), np.uint32)
    return Rows(
        found["key"].astype(np.uint64),
        np.stack((ones, ones, flags & 1, flags >> 1)),
        numbers[0].astype(np.uint32),
        numbers[1:],
        records.epochs.take(places),
        np.ascontiguousarray(found["figures"].T),
        NEIGHBOURS.take(found["before"]) | NEIGHBOURS.take(found["after"]) << AFTER,
    )


def read_several(records: Records, places: Ints) -> Rows:
    """Return the rows of some records of several places each."""
    found = records.rows.take(places)
    numbers = _from_bytes(found["numbers"])
    return Rows(
        found["key"].astype(np.uint64),
        np.ascontiguousarray(found["sums"].T),
        numbers[0].astype(np.uint32),
        numbers[1:],
        records.epochs.take(places),
        np.ascontiguousarray(found["figures"].T),
        found["sides"].astype(np.uint64),
    )


class Run:
    """A sorted run on disk, of which slices are read; it is not mapped, as mapped pages count as memory."""

    def __init__(self, path: Path, base: int) -> None:
        """``base`` is the place of the counter's first vocabulary among all."""
        self._path = path
        lone, several, words, figures, epoch = np.fromfile(path, np.int64, 5).tolist()
        self._types = _lone_type(words, figures), _several_type(words, figures)
        begin = 40 + 8 * (BUCKETS + 1)
        self._begins = begin, begin + lone * self._types[0].itemsize
        self._epoch = base + epoch
        self.size = lone + several

    def slice(self, begin: int, end: int) -> tuple[Records, Records]:
        """Return the rows of the buckets from ``begin`` up to ``end``: those of a single place, and the others."""
        found = []
        with self._path.open("rb") as file:
            edges = []
            for bucket in (begin, end):
                file.seek(40 + 8 * bucket)
                edges.append(np.fromfile(file, np.uint32, 2).tolist())
            for sort, (start, stop) in enumerate(zip(*edges, strict=True)):
                file.seek(self._begins[sort] + start * self._types[sort].itemsize)
                rows = np.fromfile(file, self._types[sort], stop - start)
                found.append(Records(rows, np.full(len(rows), self._epoch, np.uint16)))
        return found[0], found[1]
