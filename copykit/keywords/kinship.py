"""By which words a search is about a product: what its brief calls it, and what it only shares with other goods."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from copykit.keywords.product import Product
from copykit.text.segment import Segmenter

_TELLING = frozenset("nvabszilj")  # tags by their first letter: of words that say something of goods
_LATIN = re.compile(r"[0-9]*[a-z][a-z0-9]+|[0-9]+[a-z]")


class Said(NamedTuple):
    """By which words a search is about the goods.

    ``names``: what the goods are called, whole or by what that ends in; ``shared``: the other words of these names,
    and nouns of selling points, which tell of whom and where as well as of what; ``ends``: the last characters of
    names, by which goods of a kind are called (休闲鞋); ``latin``: Latin words of names, ``known_latin`` of all that
    the brief says.
    """

    names: frozenset[str]
    shared: frozenset[str]
    ends: frozenset[str]
    latin: frozenset[str]
    known_latin: frozenset[str]


def said_of(product: Product, segmenter: Segmenter, intents: frozenset[str]) -> Said:
    """Return what a brief calls its goods; ``intents`` are words that say what a searcher is after, of any goods."""
    latin = frozenset(word for name in product.names for word in latin_words(name))
    if not product.names:
        return Said(latin, latin, latin, latin, latin)
    ends: set[str] = set()
    others: set[str] = set(product.like)
    for name in product.names:
        tokens = [token for token in segmenter.tokens(name) if token.text.strip()]
        telling = (
            token for token in tokens if token.tag[0] == "n" or (len(token.text) > 1 and token.tag[0] in _TELLING)
        )
        others |= {token.text for token in telling if token.text not in intents}
        if tokens and len(tokens[-1].text) > 1 and tokens[-1].tag.startswith("n") and tokens[-1].text not in intents:
            ends.add(tokens[-1].text)
    names = frozenset({*product.names, *ends, *latin, *product.heads})
    texts = (*product.points, *product.others)
    known = latin | {word for text in texts for word in latin_words(text)}
    nouns = {word for point in product.points for word in _nouns(point, segmenter)}
    last = frozenset(name[-1] for name in product.names if not name[-1].isascii())
    return Said(names, frozenset(others | nouns | known) - names, last, latin, known)


def unfit_of(product: Product, segmenter: Segmenter, asked: frozenset[str]) -> list[tuple[str, ...]]:
    """Return, of each of those whom the goods are not for, the words that tell them, all of which a search has to hold.

    What the brief says of the goods and what every buyer asks (价格) tells nobody apart.
    """
    told = (phrase.rpartition("的")[0] or phrase for phrase in product.unfit)
    words = (tuple(dict.fromkeys(_nouns(text, segmenter))) for text in told)
    return [some for some in words if some and not any(word in asked or word in product.told for word in some)]


def _nouns(text: str, segmenter: Segmenter) -> Iterator[str]:
    """Yield the nouns of two characters or more, and the Latin words."""
    yield from latin_words(text)
    for token in segmenter.tokens(text):
        if len(token.text) > 1 and token.tag.startswith("n") and not token.text.isascii():
            yield token.text


def latin_words(text: str) -> list[str]:
    """Return the words of Latin letters in a folded text, models such as a6000 and 8k among them."""
    return _LATIN.findall(text)
