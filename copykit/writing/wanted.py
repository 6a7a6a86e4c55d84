"""Which of a shop's keywords may be said of a product, and why the others may not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import NamedTuple

from copykit.model import Dropped, Product, ShopWord
from copykit.text.normalize import fold_text
from copykit.writing.screen import Screen
from copykit.writing.stated import Stated, misfit, said
from copykit.writing.terms import Term, Vocabulary

MOST_DROPPED = 12  # keywords that are told with the reason why a title lacks them, the heaviest first


class WantedWord(NamedTuple):
    """A keyword that may be said of the goods as far as their kind goes."""

    shop: ShopWord
    terms: tuple[Term, ...]
    keys: frozenset[str]
    weight: float
    names: bool


class _Pool(NamedTuple):
    """The keywords for one kind of goods, screened, heaviest first.

    The terms that each product has to state have a bit each: ``plain`` ones are looked for in its data, ``ruled`` ones
    judged by attributes, by the one that is named where no other matters. ``asks`` are the bits of each word.
    """

    words: tuple[WantedWord, ...]
    asks: tuple[int, ...]
    plain: tuple[tuple[int, str], ...]
    ruled: tuple[tuple[int, Term, str], ...]
    asked: Mapping[int, Term]
    dropped: tuple[tuple[float, Dropped], ...]


class Keywords:
    """A shop's keywords, found by what they name."""

    def __init__(self, words: Iterable[ShopWord], vocabulary: Vocabulary) -> None:
        """Take the words of a shop; of the same word twice the heavier one counts."""
        best: dict[str, ShopWord] = {}
        for word in words:
            key = fold_text("".join(word.text.split()))
            if key and (key not in best or word.weight > best[key].weight):
                best[key] = word
        self.words = tuple(sorted(best.values(), key=lambda word: (-word.weight, word.text)))
        self._named: dict[str, list[int]] = {}
        self._unnamed: list[int] = []
        for number, word in enumerate(self.words):
            names = [term.key for term in vocabulary.cut(word.text) if term.names]
            for name in names:
                for start in range(len(name)):
                    self._named.setdefault(name[start:], []).append(number)
            if not names:
                self._unnamed.append(number)

    def of(self, names: Iterable[str]) -> list[ShopWord]:
        """Return the words that name goods by one of ``names`` or by none at all, heaviest first."""
        numbers = set(self._unnamed)
        for name in names:
            numbers.update(self._named.get(name, ()))
            for end in (name[-1:], name[-2:]):
                numbers.update(self._named.get(end, ()) if end != name else ())
        return [self.words[number] for number in sorted(numbers)]


class KeywordPools:
    """A shop's keywords, screened once for each kind of goods and held against each product's own data."""

    def __init__(self, vocabulary: Vocabulary, screen: Screen, keywords: Keywords, roles: Mapping[str, float]) -> None:
        """``roles`` is the share of its weight that a keyword of each role counts with."""
        self._vocabulary, self._screen, self._keywords, self._roles = vocabulary, screen, keywords, roles
        self._pools: dict[tuple[frozenset[str], frozenset[str], str], _Pool] = {}
        self._unfit: dict[tuple[str, frozenset[frozenset[str]] | None] | None, bool] = {}

    def words(self, product: Product, stated: Stated) -> tuple[list[WantedWord], Callable[[], list[Dropped]]]:
        """Return the keywords that may be said of a product, and what tells the others when it is called."""
        own_brand = fold_text(product.brand).strip()
        pool = self._pool(stated, own_brand)
        text = stated.text
        bad = 0
        for bit, key in pool.plain:
            if key not in text or not said(key, text):
                bad |= bit
        unfit = self._unfit
        for bit, term, attribute in pool.ruled:
            # What one attribute decides is remembered: thousands of coats are white.
            seen = (term.key, stated.groups.get(attribute)) if attribute else None
            is_unfit = unfit.get(seen)
            if is_unfit is None:
                is_unfit = misfit(term, stated, self._vocabulary) is not None
                if seen is not None:
                    unfit[seen] = is_unfit
            if is_unfit:
                bad |= bit
        words = [word for word, asks in zip(pool.words, pool.asks, strict=True) if not asks & bad]
        shared = len(words)
        own_dropped: list[Dropped] = []
        for given, weight in product.keywords:
            own = self._own_word(given, weight, stated, own_brand)
            if isinstance(own, Dropped):
                own_dropped.append(own)
            else:
                words.append(own)

        @cache
        def dropped() -> list[Dropped]:
            return own_dropped + self._dropped(pool, bad, stated)

        return _unique(words) if len(words) > shared else words, dropped

    def _dropped(self, pool: _Pool, bad: int, stated: Stated) -> list[Dropped]:
        """Return the heaviest keywords for such goods that are none of this product's, each with its reason."""
        found: list[tuple[float, Dropped]] = [(-weight, dropped) for weight, dropped in pool.dropped[:MOST_DROPPED]]
        enough = len(found) + MOST_DROPPED
        for word, asks in zip(pool.words, pool.asks, strict=True):
            if asks & bad:
                lowest = (asks & bad) & -(asks & bad)
                why = misfit(pool.asked[lowest], stated, self._vocabulary)
                if why is not None and (word.names or asks & ~bad):
                    found.append((-word.weight, Dropped(word.shop.text, *why)))
                    if len(found) >= enough:
                        break
        found.sort(key=_FIRST)
        return [dropped for _, dropped in found[:MOST_DROPPED]]

    def _pool(self, stated: Stated, own_brand: str) -> _Pool:
        key = (stated.names, stated.categories, own_brand)
        pool = self._pools.get(key)
        if pool is None:
            pool = self._pools[key] = self._screened(self._keywords.of(stated.names), stated, own_brand)
        return pool

    def _screened(self, shop: Sequence[ShopWord], stated: Stated, own_brand: str) -> _Pool:
        words: list[WantedWord] = []
        asks: list[int] = []
        dropped: list[tuple[float, Dropped]] = []
        asked: dict[str, tuple[int, Term]] = {}
        for word in shop:
            found = self._word(word, stated, own_brand)
            if isinstance(found, Dropped):
                dropped.append((word.weight, found))
            else:
                words.append(found)
        words = _unique(words)
        for found in words:
            mask = 0
            for term in found.terms:
                if term.names and (term.key in stated.names or term.bare):
                    continue
                if not term.groups and term.goes_with(stated.categories):
                    continue
                mask |= asked.setdefault(term.key, (1 << len(asked), term))[0]
            asks.append(mask)
        plain = [(bit, term.key) for bit, term in asked.values() if not (term.groups or term.names)]
        ruled = [(bit, term, _only_attribute(term)) for bit, term in asked.values() if term.groups or term.names]
        by_bit = dict(asked.values())
        return _Pool(tuple(words), tuple(asks), tuple(plain), tuple(ruled), by_bit, tuple(dropped))

    def _word(self, word: ShopWord, stated: Stated, own_brand: str) -> WantedWord | Dropped:
        share = self._roles.get(word.role, 0.0)
        if word.role == "other_brand":
            return Dropped(word.text, "brand", {"word": word.text})
        if share <= 0 or word.weight <= 0:
            return Dropped(word.text, "negative", {"role": word.role})
        barred = self._screen.barred(word.text, stated.categories)
        if barred is not None:
            return Dropped(word.text, *barred)
        brand = self._screen.brand_in(word.text, own_brand)
        if brand is not None:
            return Dropped(word.text, "brand", {"word": brand})
        terms = self._parted(self._vocabulary.cut(word.text), stated.names)
        if not terms:
            return Dropped(word.text, "unnamed")
        keys = frozenset(term.key for term in terms)
        return WantedWord(word, terms, keys, word.weight * share, any(term.names for term in terms))

    def _parted(self, terms: tuple[Term, ...], names: frozenset[str]) -> tuple[Term, ...]:
        """Return terms with names parted that end as the goods' own name does: 软毛牙刷 of a 电动牙刷 is only 软毛."""
        found: list[Term] = []
        for term in terms:
            end = self._shared_end(term.key, names) if term.names and not term.bare and term.key not in names else 0
            rest = self._vocabulary.cut(term.text[:-end]) if end and len(term.key) == len(term.text) else ()
            if rest and not any(part.names for part in rest):
                found += [*rest, self._vocabulary.term(term.text[-end:])._replace(bare=True)]
            else:
                found.append(term)
        return tuple(dict.fromkeys(found))

    def _shared_end(self, key: str, names: frozenset[str]) -> int:
        """Return how many characters of a name are another name of the goods, or its end."""
        for start in range(1, len(key) - 1):
            end = key[start:]
            if self._vocabulary.is_name(end) and any(name.endswith(end) for name in names):
                return len(end)
        return 0

    def _own_word(self, text: str, weight: float, stated: Stated, own_brand: str) -> WantedWord | Dropped:
        """Judge a keyword of the product's own row: what a row says is stated, unless a column contradicts it."""
        word = self._word(ShopWord(text, weight), stated, own_brand)
        if isinstance(word, WantedWord):
            for term in word.terms:
                found = misfit(term, stated, self._vocabulary)
                if found is not None and found[0] in ("clash", "other_goods"):
                    return Dropped(text, *found)
        return word


def _only_attribute(term: Term) -> str:
    """Return the attribute that alone decides whether a term may be said, empty when more has to be looked at."""
    attributes = {identifier for identifier, _ in term.groups}
    if term.names or term.exact or len(attributes) != 1 or any(char.isascii() for char in term.key):
        return ""
    return attributes.pop()


def _unique(words: Sequence[WantedWord]) -> list[WantedWord]:
    """Return words by weight, each set of terms once: 加厚羽绒服 and 羽绒服加厚 are found by the same title."""
    best: dict[frozenset[str], WantedWord] = {}
    for word in words:
        if word.keys not in best or word.weight > best[word.keys].weight:
            best[word.keys] = word
    return sorted(best.values(), key=lambda word: (-word.weight, word.shop.text))


_FIRST = itemgetter(0)
