"""A corpus so little that its counts say hardly anything of phrases: what its texts say one by one is asked as well."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from copykit.corpus.blocks import TEXT_END, TITLE_END, Block
from copykit.keywords.candidates import Piece
from copykit.keywords.extract import KeywordExtractor
from copykit.keywords.words import U64, text_hashes
from copykit.text.normalize import fold_texts

CHARS = 60_000  # some 1,500 titles, read again in a fifth of a second
EACH = 20  # keywords of each text that are asked for
# Of the share that the best word inside it has in a text, a phrase has so much at least: one that was met once; one
# that was met again, or is made of words that buyers search for; one that looks like half of what is said.
ONCE, AGAIN, HALF_SAID = 0.8, 0.5, 1.0


class BorneOut(NamedTuple):
    """Phrases by the hashes of their letters, rising: whole texts, names of goods, and keywords of a text.

    ``shares``: the share of each keyword over that of the best word inside it, in the text where it is highest.
    """

    whole: U64
    goods: U64
    keywords: U64
    shares: NDArray[np.float64]

    def holds(self, keys: U64, least: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return which phrases are keywords of a text with so much of a share."""
        at = np.minimum(np.searchsorted(self.keywords, keys), len(self.keywords) - 1)
        found: NDArray[np.bool_] = (self.keywords.take(at) == keys) & (self.shares.take(at) >= least)
        return found


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

    def borne_out(self, extractor: Callable[[], KeywordExtractor], goods: Iterable[str]) -> BorneOut | None:
        """Return the phrases that a text or a list of goods bears out, None of a corpus that is no little one."""
        if self._blocks is None:
            return None
        texts = [text for block in self._blocks for text in block.split(TEXT_END)[:-1]]
        pieces = [Piece(*text.partition(TITLE_END)[::2]) for text in texts]
        best = {"": 0.0}
        for keywords in extractor().extract(pieces, EACH):
            names = fold_texts([keyword.text.replace(" ", "") for keyword in keywords])
            shares = dict(zip(names, (keyword.weight for keyword in keywords), strict=True))
            for name, share in shares.items():
                inside = max((other for text, other in shares.items() if text != name and text in name), default=share)
                best[name] = max(best.get(name, 0.0), share / inside)
        keys, first = np.unique(text_hashes(list(best)), return_index=True)
        whole = np.unique(text_hashes([text.replace(TITLE_END, "").replace(" ", "") for text in ["", *texts]]))
        return BorneOut(whole, np.unique(text_hashes(list(goods))), keys, np.array(list(best.values())).take(first))
