"""A listing title for a product: which words carry most of its keywords, in which order."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from copykit.errors import CopykitError
from copykit.model import Dropped, PackedTitle, Product
from copykit.text.measure import Unit, measure
from copykit.text.normalize import fold_text
from copykit.writing.order import Order, joined, placed
from copykit.writing.pack import Packing, Puzzle, bits, solve
from copykit.writing.screen import Screen
from copykit.writing.stated import Stated, brand_term
from copykit.writing.terms import HEAD, Term, Vocabulary
from copykit.writing.wanted import MOST_DROPPED, KeywordPools, Keywords, WantedWord


class TitleRoom(NamedTuple):
    """Where a title will stand: ``limit`` in ``unit``, the signs that the platform bars, whether it wants the brand.

    ``allowed`` are the only signs beside letters, digits and Han, where the platform says so.
    """

    unit: Unit
    limit: int
    barred: str = ""
    brand: bool = False
    allowed: str = ""

    def bars(self, text: str) -> str:
        """Return the first sign of a text that may not stand in a title, empty when there is none."""
        for char in text:
            if char in self.barred or not (char.isalnum() or not self.allowed or char in self.allowed):
                return char
        return ""


class NoRoom(CopykitError):
    """A product whose bare name is longer than a title may be."""

    zh = "品类词“{name}”就有 {used}，超过了上限 {limit}"
    en = "its bare name '{name}' measures {used}, over the limit of {limit}"


class OldLocked(CopykitError):
    """Words that are locked and do not fit together."""

    zh = "锁定的词“{words}”和品类词合起来 {used}，超过了上限 {limit}；请少锁几个"
    en = "the locked words '{words}' and the product's name measure {used}, over the limit of {limit}; lock fewer"


class TitlePacker:
    """Packs titles for one shop."""

    def __init__(self, vocabulary: Vocabulary, screen: Screen, keywords: Keywords, searched: Mapping[str, int]) -> None:
        """Take the shop's keywords, and how often words are searched in general, for what no keyword speaks of."""
        settings: Any = vocabulary.settings
        self._vocabulary, self._screen, self._searched = vocabulary, screen, searched
        self._extra: float = settings["extra"]
        self.order = Order(vocabulary.slots, settings["front"], settings["front_most"])
        self._pools = KeywordPools(vocabulary, screen, keywords, settings["roles"])
        self._signs: dict[tuple[str, str], dict[str, str]] = {}
        self._measured: dict[Unit, dict[str, int]] = {}

    def task(self, product: Product, stated: Stated) -> Task:
        """Return what all titles of a product have in common: its words, and why others are none of its own."""
        return Task(self, product, stated, *self._pools.words(product, stated))

    def sizes(self, room: TitleRoom) -> tuple[Callable[[str], int], int]:
        """Return how words are measured there, and how much there is room for, so that the sizes of words add up.

        Xiaohongshu halves the sum and rounds up; in halves it adds up.
        """
        known = self._measured.setdefault(room.unit, {})
        halves = room.unit == "xhs"

        def size(text: str) -> int:
            found = known.get(text)
            if found is None:
                if len(known) > _MOST_KNOWN:
                    known.clear()
                found = known[text] = _halves(text) if halves else measure(text, room.unit)
            return found

        return size, room.limit * 2 if halves else room.limit

    def barred(self, room: TitleRoom, text: str) -> str:
        """Return the first sign of a word that may not stand in a title there, empty when there is none."""
        if not room.barred and not room.allowed:
            return ""
        known = self._signs.setdefault((room.barred, room.allowed), {})
        found = known.get(text)
        if found is None:
            if len(known) > _MOST_KNOWN:
                known.clear()
            found = known[text] = room.bars(text)
        return found

    def worth_alone(self, term: Term) -> int:
        """Return how often a word is searched in general, on a scale of 1 to 12."""
        return 1 + round(math.log1p(self._searched.get(term.key, 0)))


class Task:
    """One product's words; packs a title for each place that it will stand in."""

    def __init__(
        self,
        packer: TitlePacker,
        product: Product,
        stated: Stated,
        words: Sequence[WantedWord],
        dropped: Callable[[], list[Dropped]],
    ) -> None:
        self._packer, self._product, self._stated = packer, product, stated
        self._words, self._dropped = words, dropped

    def pack(self, room: TitleRoom, change: float | None = None) -> PackedTitle:
        """Return the best title.

        ``change``: how much of the title in use may go, and how much may come in, as a share of its length; None
        when it need not stay.

        Raises:
            NoRoom, OldLocked: what has to stand in it does not fit.
        """
        return self.pack_many(room, 1, change)[0]

    def pack_many(
        self,
        room: TitleRoom,
        count: int,
        change: float | None = None,
        without: frozenset[str] = frozenset(),
        grows: bool = False,
    ) -> list[PackedTitle]:
        """Return the best title and further ones that differ from each other in a third of their chosen words.

        Fewer come back where there are no other words. ``without`` are words that none of them may choose. With
        ``grows`` as much may come into the title in use as there is room for.
        """
        bench = _Bench(
            self._packer, self._product, self._stated, self._words, self._dropped, room, change, without, grows
        )
        found: list[PackedTitle] = []
        taken: list[tuple[int, int]] = []
        for _ in range(count):
            packing = bench.solve(taken)
            if found and not packing.chosen:
                break
            found.append(bench.title(packing))
            size = packing.chosen.bit_count()
            taken.append((packing.chosen, size - max(1, math.ceil(size / 3))))
        return found


class _Bench:
    """The words of a product laid out for one room: what stands anyway, what may be chosen, what it brings."""

    def __init__(
        self,
        packer: TitlePacker,
        product: Product,
        stated: Stated,
        words: Sequence[WantedWord],
        dropped: Callable[[], list[Dropped]],
        room: TitleRoom,
        change: float | None,
        without: frozenset[str] = frozenset(),
        grows: bool = False,
    ) -> None:
        self.packer, self.product, self.stated, self.room = packer, product, stated, room
        self.words = words
        self.dropped: list[Dropped] = []
        self.others_dropped = dropped
        self.size, self.limit = packer.sizes(room)
        self.before = self._cut_old() if product.current_title else []
        self.old = self._old_terms()
        self.must = self._must()
        # What may be chosen, each once; a bit of a mask is the place of its term here.
        self.terms: list[Term] = []
        self._places: dict[str, int] = {}
        self._spelt = {term.key: term for term in stated.own}  # a seller writes USB where buyers type usb
        self._bare: set[int] = set()
        self.needs: list[int] = []
        standing = "\n".join(term.key for term in self.must)
        # What keeps its place only because the title in use has it may still go.
        # 护手霜厚 of the old title says nothing beside 厚 and 护手霜.
        twice = {term.key for term in self.old if stated.head.key in term.key != stated.head.key}
        old = self._mask(
            term for term in self.old if term.key not in standing and term.key not in twice and term.text not in without
        )
        wants = self._wants(standing, without)
        room_left = self.limit - sum(self.size(term.text) for term in self.must)
        worths = self._worths(wants, self._extras(old, standing, without))
        costs = [
            room_left + 1 if place in self._bare else max(1, self.size(term.text))
            for place, term in enumerate(self.terms)
        ]
        keep, add = (0, None) if change is None else self._kept(old, standing, costs, change)
        add = None if grows else add
        caps = self._caps(packer._vocabulary, old if change is not None else 0)
        self.puzzle = Puzzle(costs, worths, max(0, room_left), self._covers(), {}, caps, old, keep, add)
        self.keeps_order = change is not None and bool(self.old)

    def _mask(self, terms: Iterable[Term]) -> int:
        """Return the bits of terms, giving a place to those that have none yet."""
        mask = 0
        for term in terms:
            place = self._places.get(term.key)
            if place is None:
                place = self._places[term.key] = len(self.terms)
                self.terms.append(self._spelt.get(term.key, term))
                if term.bare:
                    self._bare.add(place)
            mask |= 1 << place
        return mask

    def _wants(self, standing: str, without: frozenset[str]) -> list[tuple[int, float]]:
        """Return what each keyword lacks of the title as it stands, with its weight; tell those that cannot be had."""
        wants: list[tuple[int, float]] = []
        is_choosy = bool(self.room.barred or self.room.allowed)
        for word in self.words:
            if without and (parted := [term.text for term in word.terms if term.text in without]):
                self.dropped.append(Dropped(word.shop.text, "together", {"word": parted[0]}))
                self.needs.append(-1)
                continue
            if is_choosy and (sign := self.packer.barred(self.room, word.shop.text)):
                self.dropped.append(Dropped(word.shop.text, "barred", {"sign": sign}))
                self.needs.append(-1)
                continue
            mask = self._mask(term for term in word.terms if term.key not in standing)
            wants.append((mask, word.weight))
            self.needs.append(mask)
        return wants

    def _extras(self, old: int, standing: str, without: frozenset[str]) -> dict[int, int]:
        """Return the bits of words that no keyword needs to be worth something: the product's own, and the old ones."""
        extras: dict[int, int] = {}
        for term in (*self.stated.own, *self._brand_wanted()):
            if term.text in without or term.bare:
                continue
            if term.key not in standing and not self.packer.barred(self.room, term.text):
                # 图书 behind 三国演义 is only better than nothing.
                extras[self._mask((term,))] = self.packer.worth_alone(term) if not term.names else 0
        for bit in bits(old):
            extras.setdefault(bit, self.packer.worth_alone(self.terms[bit.bit_length() - 1]))
        return extras

    def _worths(self, wants: Sequence[tuple[int, float]], extras: Mapping[int, int]) -> list[tuple[int, int]]:
        """Return keywords and extras with whole worths; all extras together are worth less than the least keyword."""
        least = min((weight for _, weight in wants), default=1.0)
        scale = _SCALE * (least if wants else 1.0) * self.packer._extra / max(1, sum(extras.values()))
        whole = [(mask, max(1, round(weight * _SCALE))) for mask, weight in wants]
        return whole + [(bit, max(1, round(worth * scale))) for bit, worth in extras.items()]

    def _kept(self, old: int, standing: str, costs: Sequence[int], change: float) -> tuple[int, int | None]:
        """Return how much of the title in use has to stay beside what stands anyway, and how much may come in."""
        if not self.old:
            return 0, None
        total = sum(self.size(term.text) for term in self.old)
        stays = sum(self.size(term.text) for term in self.old if term.key in standing)
        keep = max(0, math.ceil(total * (1 - change)) - stays)
        return min(keep, sum(costs[bit.bit_length() - 1] for bit in bits(old))), math.floor(total * change)

    def solve(self, taken: Sequence[tuple[int, int]]) -> Packing:
        """Return the best choice that shares no more than so many words with each of those taken."""
        puzzle = self.puzzle._replace(caps=[*self.puzzle.caps, *taken]) if taken else self.puzzle
        latin = sum(term.text[0].isascii() or term.text[-1].isascii() for term in (*self.terms, *self.must))
        fits = self._fits if latin > 1 else None
        for share in _SHARES:
            # A title in use that is longer than this platform takes cannot stay as it is: then as much as goes.
            packing = solve(puzzle._replace(keep=int(puzzle.keep * share)), fits)
            if packing is not None:
                return packing
        return Packing(0, 0, proved=False)

    def title(self, packing: Packing) -> PackedTitle:
        """Return the title that a choice makes, and what became of every keyword."""
        terms = self._arranged(packing.chosen)
        text, spans = placed(term.text for term in terms)
        covered = packing.chosen
        for term, inside in self.puzzle.covers.items():
            if covered >> term & 1:
                covered |= inside
        found: list[str] = []
        dropped = list(self.dropped)
        worth = possible = 0.0
        left = self.limit - sum(self.size(term.text) for term in terms)
        for word, needs in zip(self.words, self.needs, strict=True):
            if needs < 0:
                continue
            possible += word.weight
            if needs & ~covered:
                if len(dropped) < MOST_DROPPED:
                    dropped.append(self._left_out(word, needs & ~covered, packing.chosen, left))
            else:
                worth += word.weight
                found.append(word.shop.text)
        dropped += self.others_dropped()
        old = {term.key: term.text for term in self.before}
        now = {term.key: term.text for term in terms}
        standing, before = "\n".join(now), fold_text(self.product.current_title)
        return PackedTitle(
            text,
            tuple(term.text for term in terms),
            tuple(found),
            tuple(dropped),
            round(worth, 4),
            round(possible, 4),
            measure(text, self.room.unit),
            self.room.limit,
            self.room.unit,
            tuple(text for key, text in old.items() if key in standing),
            tuple(text for key, text in old.items() if key not in standing),
            tuple(text for key, text in now.items() if key not in before) if old else (),
            packing.proved,
            spans=spans,
        )

    def _fits(self, chosen: int) -> bool:
        return measure(joined(self._arranged(chosen)), self.room.unit) <= self.room.limit

    def _arranged(self, chosen: int) -> list[Term]:
        picked = [self.terms[bit.bit_length() - 1] for bit in bits(chosen)]
        head = self.must[0]
        order = self.packer.order
        if not self.keeps_order:
            return order.arrange([*self.must, *picked], head, self.stated.tied)
        old = {term.key for term in self.old}
        kept_keys = {term.key for term in (*self.must, *picked)}
        kept = [term for term in self.old if term.key in kept_keys]
        new = [term for term in (*self.must, *picked) if term.key not in old]
        return order.insert(kept, new, head)

    def _must(self) -> list[Term]:
        """Return what stands in the title whatever it costs, the thing's name first; none inside another."""
        product, vocabulary = self.product, self.packer._vocabulary
        locked = [vocabulary.term(word) for word in product.locked]
        wanted = [*locked, *(vocabulary.term(word) for word in product.must), *self.stated.must]
        if self.room.brand and (brand := brand_term(product)) is not None:
            wanted.append(brand)
        head = self.stated.head
        longer = next((term for term in wanted if head.key in term.key and term.key != head.key), None)
        chosen = [longer._replace(slot=HEAD) if longer is not None else head]
        used = self.size(chosen[0].text)
        if used > self.limit:
            raise NoRoom(name=head.text, used=measure(head.text, self.room.unit), limit=self.room.limit)
        for term in wanted:
            standing = [other.key for other in chosen]
            if any(term.key in key for key in standing):
                continue
            if sign := self.packer.barred(self.room, term.text):
                self.dropped.append(Dropped(term.text, "barred", {"sign": sign}))
                continue
            size = self.size(term.text)
            if used + size > self.limit:
                if term in locked:
                    words = "、".join(term.text for term in locked)
                    measured = measure("".join(product.locked) + head.text, self.room.unit)
                    raise OldLocked(words=words, used=measured, limit=self.room.limit)
                facts = {"short": str(used + size - self.limit), "unit": self.room.unit}
                self.dropped.append(Dropped(term.text, "room", facts))
                continue
            chosen = [*(other for other in chosen if other.slot == HEAD or other.key not in term.key), term]
            used = sum(self.size(other.text) for other in chosen)
        while len(chosen) > 1 and measure(joined(chosen), self.room.unit) > self.room.limit:
            gone = chosen.pop()  # the blanks between Latin words
            self.dropped.append(Dropped(gone.text, "room", {"short": "1", "unit": self.room.unit}))
        return chosen

    def _brand_wanted(self) -> list[Term]:
        brand = brand_term(self.product)
        return [brand] if brand is not None and not self.room.brand else []

    def _old_terms(self) -> list[Term]:
        """Return the words of the title in use that may be said at all; those that may not are told as dropped."""
        terms: list[Term] = []
        # Of 全网最低价 no half stays either.
        unlawful = self.packer._screen.unlawful(self.product.current_title, self.stated.categories)
        for term in self.before:
            barred = self.packer._screen.barred(term.text, self.stated.categories)
            if barred is None:
                barred = next((why for match, why in unlawful if term.key in match), None)
            if barred is not None:
                self.dropped.append(Dropped(term.text, *barred))
            elif self.packer.barred(self.room, term.text):
                self.dropped.append(Dropped(term.text, "barred", {"sign": self.packer.barred(self.room, term.text)}))
            else:
                terms.append(term)
        return terms

    def _cut_old(self) -> list[Term]:
        """Return the words of the title in use; its brand, what is locked and the thing's name stay whole."""
        title, head = self.product.current_title, self.stated.head
        brand = brand_term(self.product)  # 喵呜碳钢 is a brand and a material
        wholes = [*([brand] if brand is not None else []), *map(self.packer._vocabulary.term, self.product.locked)]
        terms = self._cut_around(title, wholes)
        if head not in terms and any(term.key in head.key for term in terms):
            terms = self._cut_around(title, [*wholes, head])
        return [term._replace(bare=False) for term in terms]

    def _cut_around(self, title: str, wholes: Sequence[Term]) -> list[Term]:
        """Return the different words of a title, in which some are not cut."""
        by_key = {whole.key: whole for whole in wholes if whole.key}
        known = "|".join(re.escape(whole.text) for whole in sorted(by_key.values(), key=lambda term: -len(term.text)))
        terms: list[Term] = []
        for number, piece in enumerate(re.split(f"({known})", title, flags=re.IGNORECASE) if known else [title]):
            whole = by_key.get(fold_text(piece).strip()) if number % 2 else None
            terms += [whole] if whole is not None else self.packer._vocabulary.cut(piece)
        return list(dict.fromkeys(terms))

    def _covers(self) -> dict[int, int]:
        """Return which terms stand inside which others."""
        keys = [term.key for term in self.terms]
        every = "\n".join(keys)
        covers: dict[int, int] = {}
        for n, key in enumerate(keys):
            if every.count(key) > 1:
                for m, other in enumerate(keys):
                    if m != n and key in other:
                        covers[m] = covers.get(m, 0) | 1 << n
        return covers

    def _caps(self, vocabulary: Vocabulary, old: int) -> list[tuple[int, int]]:
        """Return how many words of each kind may still come in, where there are more of them."""
        masks: dict[str, int] = {}
        for n, term in enumerate(self.terms):
            masks[term.slot] = masks.get(term.slot, 0) | 1 << n
        there: dict[str, int] = {}
        for term in self.must:
            there[term.slot] = there.get(term.slot, 0) + 1
        caps = []
        for slot, mask in masks.items():
            # A title in use may say more of a kind than we would: what stands there stays readable to its buyers.
            stays = mask & old
            most = max(0, vocabulary.slots[slot].most - there.get(slot, 0) - stays.bit_count())
            if (mask & ~stays).bit_count() > most:
                caps.append((mask & ~stays, most))
        # 通勤 and 上班 say the same: one of them is enough.
        alike: dict[str, int] = {}
        for n, term in enumerate(self.terms):
            if term.like:
                alike[term.like] = alike.get(term.like, 0) | 1 << n
        said = {term.like for term in self.must if term.like}
        for like, mask in alike.items():
            stays = mask & old
            most = 0 if like in said or stays else 1
            if (mask & ~stays).bit_count() > most:
                caps.append((mask & ~stays, most))
        return caps

    def _left_out(self, word: WantedWord, lacking: int, chosen: int, left: int) -> Dropped:
        if (bare := next((bit for bit in bits(lacking) if bit.bit_length() - 1 in self._bare), None)) is not None:
            facts = {"word": self.terms[bare.bit_length() - 1].text, "head": self.must[0].text}
            return Dropped(word.shop.text, "other_goods", facts)
        for mask, most in self.puzzle.caps:
            if lacking & mask and (chosen & mask).bit_count() >= most:
                terms = "、".join(self.terms[bit.bit_length() - 1].text for bit in bits(chosen & mask))
                return Dropped(word.shop.text, "crowd", {"most": str(most), "terms": terms})
        size = sum(self.size(self.terms[bit.bit_length() - 1].text) for bit in bits(lacking))
        add = self.puzzle.add
        if add is not None and size <= left:
            return Dropped(word.shop.text, "change")
        short = _shown(max(1, size - left), self.room.unit)
        return Dropped(word.shop.text, "room", {"short": short, "unit": self.room.unit})


def code_of(product: str, platform: str, text: str) -> str:
    """Return a short code for one title of one product on one platform, by which its results are told from others'."""
    digest = hashlib.blake2s(f"{product}\n{platform}\n{text}".encode("utf-8", "replace"), digest_size=5).digest()
    number = int.from_bytes(digest, "big")
    return "".join(_LETTERS[number >> 5 * place & 31] for place in range(8))


_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"  # no letters that are read for others
_SHARES = (1.0, 0.75, 0.5, 0.25, 0.0)
_MOST_KNOWN = 200_000
_SCALE = 1_000_000  # weights become whole numbers, so that equal worths are equal


def _halves(text: str) -> int:
    return 2 * len(text) - _ascii(text) + _astral(text)


def _ascii(text: str) -> int:
    return len(text.encode("ascii", "ignore"))


def _astral(text: str) -> int:
    """Return what characters beyond the basic plane count more: two units of two instead of one."""
    return 2 * sum(char > "\uffff" for char in text)


def _shown(size: int, unit: str) -> str:
    return f"{size / 2:g}" if unit == "xhs" else str(size)
