"""A corpus so little that its counts say hardly anything of phrases: what its texts say one by one is asked as well."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import numpy as np

from copykit.corpus.sources import TEXT_END, TITLE_END, Block
from copykit.keywords.candidates import Piece
from copykit.keywords.extract import KeywordExtractor
from copykit.keywords.words import U64, text_hashes
from copykit.text.normalize import fold_texts

CHARS = 60_000  # some 1,500 titles, read again in a fifth of a second
EACH = 20  # keywords of each text that are asked for
BESIDE = 0.5  # of the share that the best word inside it has, a phrase has so much at least


class BorneOut(NamedTuple):
    """Phrases by the hashes of their letters, rising: those that are a whole text, as searches are, and those that are
    keywords of a text, with a share of it like those of the words inside them."""

    whole: U64
    keywords: U64


class Little:
    """Keeps the texts of a corpus as they pass, for as long as it is a little one."""

    def __init__(self) -> None:
        self._blocks: list[str] | None = []
        self._chars = 0

    def passing(self, blocks: Iterable[Block]) -> Iterator[Block]:
        """Yield the blocks as they are."""
        for block in blocks:
            if self._blocks is not None:
                self._chars += len(block.text)
                if self._chars > CHARS:
                    self._blocks = None
                else:
                    self._blocks.append(block.text)
            yield block

    def borne_out(self, extractor: Callable[[], KeywordExtractor]) -> BorneOut | None:
        """Return the phrases that a text bears out, None of a corpus that is no little one."""
        if self._blocks is None:
            return None
        texts = [text for block in self._blocks for text in block.split(TEXT_END)[:-1]]
        pieces = [Piece(*text.partition(TITLE_END)[::2]) for text in texts]
        found: list[str] = []
        for keywords in extractor().extract(pieces, EACH):
            names = fold_texts([keyword.text for keyword in keywords])
            shares = dict(zip(names, (keyword.weight for keyword in keywords), strict=True))
            for name, share in shares.items():
                inside = (other for text, other in shares.items() if text != name and text in name)
                if share >= BESIDE * max(inside, default=0.0):
                    found.append(name)
        return BorneOut(_hashes(text.replace(TITLE_END, "") for text in texts), _hashes(found))


def _hashes(texts: Iterable[str]) -> U64:
    return np.unique(text_hashes([text.replace(" ", "") for text in texts]))
