"""What a product's name holds that is none of it: shouts, decoration, a code's letter stuck to the front."""

from __future__ import annotations

import re
from dataclasses import replace

from copykit.model import CellNote, Product
from copykit.writing.screen import Screen
from copykit.writing.terms import Vocabulary

_DECORATION = re.compile(r"[!！~～★☆◆◇●■▲▼♥❤✨🔥✅⭐]+")
_EMPTY = re.compile(r"[(（\[【〔][\W_]*[)）\]】〕]")
_LETTER = re.compile(r"([A-Za-z])(?=[\u4e00-\u9fff])")
_TAIL = re.compile(r"(?<=[\u4e00-\u9fff])[A-Za-z]$")


def tidied(product: Product, screen: Screen, vocabulary: Vocabulary) -> Product:
    """Return a product whose name is what it is called, with a note of what was taken out.

    What promotes (包邮, HOT SALE) is for promotion titles; signs and a letter before the name of goods (B旗袍改良A, not
    T恤) say nothing. A name of which nothing would be left stays.
    """
    name = product.name
    places = screen.promotion_in(name)
    places += [match.span() for match in _DECORATION.finditer(name)]
    letter = _LETTER.match(name)
    if letter is not None:
        goods = vocabulary.cut(name[letter.end() :])
        if goods and vocabulary.is_name(goods[0].key) and not goods[0].bare and len(goods[0].key) > 1:
            places += [letter.span(), *(match.span() for match in _TAIL.finditer(name))]
    if not places:
        return product
    places.sort()
    rest = name
    for start, end in reversed(places):
        rest = f"{rest[:start]} {rest[end:]}"
    rest = " ".join(_EMPTY.sub(" ", rest).split())
    if not any(map(str.isalnum, rest)):
        return product
    taken = list(dict.fromkeys(name[start:end] for start, end in places))
    zh = f"品名里的{''.join(f'“{each}”' for each in taken)}说的不是商品本身，没写进标题"
    en = f"{', '.join(map(repr, taken))} in the product's name says nothing of the goods and was left out"
    current = rest if product.current_title == name else product.current_title
    return replace(product, name=rest, current_title=current, notes=(*product.notes, CellNote("title", name, zh, en)))
