"""What arrives, held against what a corpus has: equal and nearly equal documents are left out, the others are kept."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple, Self

import numpy as np

from copykit.corpus import near
from copykit.corpus.signs import holds, weigh
from copykit.corpus.store import KnownPage, NewDocument, Store, units_of
from copykit.datafiles import DataFiles
from copykit.lexicon import Lexicons
from copykit.model import Collected, Sign
from copykit.text.normalize import fold_text

# Local documents, or their characters, in one transaction: an index in few large pieces is built in half the time.
KEPT_AT_ONCE, KEPT_CHARS = 20_000, 6_000_000
_NOTHING_TOLD: Mapping[str, str] = MappingProxyType({})
_NO_PAGES: Mapping[str, KnownPage] = MappingProxyType({})


class Arrival(NamedTuple):
    """A document before it is compared with others.

    ``versioned``: its key stays when its text changes; rows without an id of their own have none that does.
    """

    key: str
    versioned: bool
    source: str
    title: str
    text: str
    published: str = ""
    figures: Mapping[str, float] = {}
    facts: Mapping[str, float] = {}


class Intake:
    """Takes documents into one store, which no other run writes meanwhile; a context manager that keeps what it took.

    ``at`` is now, in ISO form; ``result`` counts what becomes of the documents.
    """

    def __init__(self, store: Store, files: DataFiles, at: str, result: Collected) -> None:
        self._store, self._at, self._result = store, at, result
        self._mirror = files.load("signs")["mirror"]
        self._spam = _Words(fold_text(word) for word in Lexicons(files)["spam_words"].entries)
        self._next = store.next_id()
        self._digests, self._bands = _known_of(store)
        self._replaced: set[int] = set()  # earlier versions that this run put others in place of
        self._fresh: dict[int, str] = {}  # folded texts that are not on disk yet
        self._rows: list[NewDocument] = []
        self._stamps: dict[str, str] = {}
        self._told: dict[str, KnownPage] = {}
        self._chars = 0

    def take(
        self,
        batch: Sequence[Arrival],
        undated: str,
        stamps: Mapping[str, str] = _NOTHING_TOLD,
        pages: Mapping[str, KnownPage] = _NO_PAGES,
    ) -> None:
        """Hold documents against what is known and take those that are new.

        ``undated`` is the day of those that tell none; ``stamps`` and ``pages`` are known once all of them are kept.
        """
        batch = [raw for raw in batch if raw.title or raw.text.strip()]
        folded = [fold_text(f"{raw.title}\n{raw.text}") for raw in batch]
        sketches = near.sketch(folded)
        digests = np.array(list(map(_digest, batch, sketches.digests.tolist())), np.int64)
        bands = [[band for band in row if band] for row in sketches.bands.tolist()]
        keys = [raw.key or f"{raw.source}#{_hex(digest)}" for raw, digest in zip(batch, digests.tolist(), strict=True)]
        twins = self._twins(digests)
        prior = self._store.live(key for place, key in enumerate(keys) if batch[place].versioned or place in twins)
        suspects = self._suspects(bands)
        mine: set[int] = set()  # digests of this very batch
        banded: dict[int, int] = {}
        taken: list[tuple[int, int]] = []  # place, id
        rows: list[NewDocument] = []
        for place, (raw, digest) in enumerate(zip(batch, digests.tolist(), strict=True)):
            earlier, before = prior.get(keys[place], (0, 0))
            if earlier and before == digest:
                self._result.unchanged += 1
                continue
            if digest in mine or place in twins:
                self._result.same += 1
                continue
            alike = suspects.get(place, set()) | {banded[band] for band in bands[place] if band in banded}
            alike -= {earlier, *self._replaced}
            if alike and not raw.figures and self._is_near(folded[place], alike):
                self._result.near += 1
                continue
            number = self._next
            self._next += 1
            if earlier:
                self._replaced.add(earlier)
                self._result.changed += 1
            else:
                self._result.new += 1
            mine.add(digest)
            banded.update(dict.fromkeys(bands[place], number))
            taken.append((place, number))
            if bands[place]:
                self._fresh[number] = folded[place]
            packed = sketches.bands[place].tobytes() if bands[place] else b""
            rows.append(self._document(raw, number, keys[place], folded[place], digest, packed, earlier, undated))
        self._digests.add(digests[[place for place, _ in taken]], np.array([number for _, number in taken], np.int64))
        pairs = [(band, number) for place, number in taken for band in bands[place]]
        self._bands.add(np.array([band for band, _ in pairs], np.int64), np.array([n for _, n in pairs], np.int64))
        self._rows += rows
        self._stamps |= stamps
        self._told |= pages
        self._chars += sum(len(row.text) for row in rows)
        if len(self._rows) >= KEPT_AT_ONCE or self._chars >= KEPT_CHARS:
            self.keep()

    def keep(self) -> None:
        """Put what was taken on disk."""
        rows, pages, stamps = self._rows, self._told, self._stamps
        # Let go of first: an interrupt just behind the commit must not keep them twice.
        self._rows, self._told, self._stamps, self._chars = [], {}, {}, 0
        if rows or pages or stamps:
            self._store.add(rows, pages, stamps)
        self._fresh.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.keep()  # after an interrupt, too: what was read before it is kept

    def _twins(self, digests: Any) -> set[int]:
        """Return the places of digests that a document has which is still in force."""
        return {place for place, number in self._digests.find(digests) if number not in self._replaced}

    def _suspects(self, bands: Sequence[Sequence[int]]) -> dict[int, set[int]]:
        """Return place → documents that share a band with it."""
        flat = np.array([band for row in bands for band in row], np.int64)
        places = [place for place, row in enumerate(bands) for _ in row]
        found: dict[int, set[int]] = {}
        for at, number in self._bands.find(flat):
            found.setdefault(places[at], set()).add(number)
        return found

    def _document(
        self, raw: Arrival, number: int, key: str, folded: str, digest: int, bands: bytes, earlier: int, undated: str
    ) -> NewDocument:
        signs = self._signs(raw, folded)
        self._result.untrusted += bool(signs)
        title, _, text = folded.partition("\n")
        return NewDocument(
            number,
            key,
            raw.source,
            raw.title,
            raw.text,
            raw.published,
            self._at,
            raw.published[:10] or undated,
            digest,
            bands,
            not signs,
            [sign.id for sign in signs],
            raw.figures,
            f"{units_of(title)}\n{units_of(text)}",
            earlier,
        )

    def _signs(self, raw: Arrival, folded: str) -> tuple[Sign, ...]:
        facts = dict(raw.facts)
        if spam := self._spam.count(folded):
            facts["spam_words"] = float(spam)
        if broken := raw.text.count("\ufffd"):
            facts["broken_percent"] = 100.0 * broken / len(raw.text)
        if not facts:
            return ()
        signs = weigh(facts, self._mirror)
        return signs if holds(signs, self._mirror) else ()

    def _is_near(self, folded: str, numbers: set[int]) -> bool:
        own = near.runs_of(folded)
        fresh = [self._fresh[number] for number in numbers if number in self._fresh]
        if any(near.alike(own, near.runs_of(text)) for text in fresh):
            return True
        kept = self._store.texts(number for number in numbers if number not in self._fresh)
        return any(near.alike(own, near.runs_of(fold_text(f"{title}\n{text}"))) for title, text in kept.values())


class _Words:
    """Counts how many different words of a list stand in a text."""

    def __init__(self, words: Iterable[str]) -> None:
        import daachorse

        self._find = daachorse.CharwiseDoubleArrayAhoCorasick(list(words)).find

    def count(self, folded: str) -> int:
        return len({word for _, _, word in self._find(folded)})


def _known_of(store: Store) -> tuple[near.Known, near.Known]:
    """Return the digests and the bands of what the corpus holds."""
    ids: list[int] = []
    digests: list[int] = []
    banded: list[int] = []
    packed: list[bytes] = []
    for number, digest, bands in store.fingerprints():
        ids.append(number)
        digests.append(digest)
        if bands:
            banded.append(number)
            packed.append(bands)
    known, bands_known = near.Known(), near.Known()
    known.add(np.array(digests, np.int64), np.array(ids, np.int64))
    bands_known.add(np.frombuffer(b"".join(packed), np.int64), np.repeat(np.array(banded, np.int64), near.BANDS))
    return known, bands_known


def _digest(raw: Arrival, ink: int) -> int:
    """Return what tells a document apart: its ink; with figures beside it, these and where they come from as well."""
    if not raw.figures:
        return ink
    told = f"{ink} {sorted(raw.figures.items())} {raw.source}".encode("utf-8", "replace")
    return int.from_bytes(hashlib.blake2b(told, digest_size=8).digest(), "big", signed=True)


def _hex(digest: int) -> str:
    return f"{digest & (1 << 64) - 1:016x}"
