"""Titles in English: the product's English name, then phrases that buyers search for; nothing is translated."""

from __future__ import annotations

import itertools

from copykit.model import Dropped, PackedTitle, Product
from copykit.tables.cells import weighted
from copykit.text.measure import measure
from copykit.text.normalize import fold_text
from copykit.writing.pack import Puzzle, bits, solve
from copykit.writing.screen import Screen
from copykit.writing.title import NoRoom, TitleRoom


class LatinPacker:
    """Packs phrases of Latin words behind a name; a phrase counts when all of its words stand in the title."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen

    def keywords(self, product: Product) -> tuple[list[tuple[str, float]], list[Dropped]]:
        """Return the English keywords of a product with their weights, heaviest first, and those never used."""
        own = fold_text(product.english.get("brand_en") or product.brand).strip()
        kept: list[tuple[str, float]] = []
        dropped: list[Dropped] = []
        for phrase, weight in weighted(product.english.get("keywords_en", "")):
            barred = self._screen.barred_in_english(phrase, own)
            if barred is not None:
                dropped.append(Dropped(phrase, *barred))
            elif not any(char.isascii() and char.isalpha() for char in phrase):
                dropped.append(Dropped(phrase, "language"))
            else:
                kept.append((phrase, weight))
        return sorted(kept, key=lambda pair: -pair[1]), dropped

    def pack(self, product: Product, room: TitleRoom) -> PackedTitle:
        """Return the best title: brand and name, then phrases after commas, no word more than twice.

        Raises:
            NoRoom: the name alone does not fit.
        """
        name = " ".join(product.english["name_en"].split())
        brand = product.english.get("brand_en", "").strip()
        start = f"{brand} {name}" if brand and brand.casefold() not in name.casefold() else name
        used = measure(start, room.unit)
        if used > room.limit and start != name:
            start, used = name, measure(name, room.unit)
        if used > room.limit:
            raise NoRoom(name=name, used=used, limit=room.limit)
        said = set(start.casefold().split())
        phrases: list[tuple[str, float, frozenset[str]]] = []
        given, dropped = self.keywords(product)
        for phrase, weight in given:
            words = frozenset(phrase.casefold().split())
            sign = next((sign for sign in phrase if sign in room.barred), None)
            if sign is not None:
                dropped.append(Dropped(phrase, "barred", {"sign": sign}))
            else:
                phrases.append((phrase, weight, words))
        terms = [each for each in phrases if not each[2] <= said]
        numbers = range(len(terms))
        covers = {
            one: sum(1 << other for other in numbers if other != one and terms[other][2] < terms[one][2] | said)
            for one in numbers
        }
        clashes = {
            one: sum(1 << other for other in numbers if other != one and terms[one][2] & terms[other][2])
            for one in numbers
            if terms[one][2] & said
        }
        puzzle = Puzzle(
            [measure(phrase, room.unit) + 2 for phrase, _, _ in terms],
            [(1 << number, round(weight * 1000)) for number, (_, weight, _) in enumerate(terms)],
            room.limit - used,
            {one: inside for one, inside in covers.items() if inside},
            {one: others for one, others in clashes.items() if others},
        )
        packing = solve(puzzle)
        chosen = packing.chosen if packing is not None else 0
        added = [terms[bit.bit_length() - 1] for bit in bits(chosen)]
        said_words = (start, *(phrase for phrase, _, _ in added))
        text = ", ".join(said_words)
        ends = itertools.accumulate(len(word) + 2 for word in said_words)
        now = set(text.casefold().replace(",", " ").split())
        found = tuple(phrase for phrase, _, words in phrases if words <= now)
        for phrase, _, words in phrases:
            if not words <= now:
                short = max(1, measure(phrase, room.unit) + 2 - (room.limit - measure(text, room.unit)))
                dropped.append(Dropped(phrase, "room", {"short": str(short), "unit": room.unit}))
        return PackedTitle(
            text,
            said_words,
            found,
            tuple(dropped),
            sum(weight for phrase, weight, _ in phrases if phrase in found),
            sum(weight for _, weight, _ in phrases),
            measure(text, room.unit),
            room.limit,
            room.unit,
            proved=packing is not None and packing.proved,
            spans=tuple((end - 2 - len(word), end - 2) for word, end in zip(said_words, ends, strict=True)),
        )
