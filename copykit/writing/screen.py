"""Words that no listing title takes: promotion, past years, shops, the brands of others, unlawful claims."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple

from copykit.compliance import Checker, Facts
from copykit.datafiles import DataFiles
from copykit.lexicon import AutomatonBuilder, Lexicons
from copykit.model import NO_FACTS
from copykit.rules.reading import Context
from copykit.text.normalize import fold_text
from copykit.writing.terms import Vocabulary


class Barred(NamedTuple):
    """Why a word is never used: the kind of reason, and the words that fill its sentence."""

    kind: str
    facts: Mapping[str, str] = NO_FACTS


class Screen:
    """Says of a keyword whether a title may carry it at all; every word is looked at once a category."""

    def __init__(
        self, files: DataFiles, vocabulary: Vocabulary, checker: Checker, today: str, brands: Iterable[str] = ()
    ) -> None:
        """Take the day, so that years can be past, and the brands that the table itself names."""
        self._vocabulary, self._checker, self._year = vocabulary, checker, today[:4]
        lexicons = Lexicons(files)
        builder = AutomatonBuilder()
        promotion, empty, shop = lexicons["promotion"], lexicons["empty_praise"], lexicons["shop_words"]
        self._promotion = builder.slot("promotion", promotion.entries, promotion.exceptions)
        self._empty = builder.slot("empty", empty.entries, empty.exceptions)
        self._shop = builder.slot("shop", shop.entries, shop.exceptions)
        english = sorted(lexicons["en_promotion"].entries, key=len, reverse=True)
        self._english = re.compile(rf"(?<![a-z])(?:{'|'.join(map(re.escape, english))})(?![a-z])")
        names = dict(lexicons["brands"].entries)
        names |= {word: fields for word, fields in lexicons["names"].entries.items() if fields.get("kind") == "brand"}
        self._needs = {
            word: tuple(fold_text(part) for part in fields["needs"].split("|"))
            for word, fields in names.items()
            if "needs" in fields
        }
        excepted = {fold_text(part) for fields in names.values() for part in fields.get("not", "").split("|") if part}
        self._brands = frozenset(key for brand in brands if len(key := fold_text(brand).strip()) > 1)
        self._brand = builder.slot("brand", {*names, *self._brands}, excepted)
        self._automaton = builder.build()
        self._today = today
        self._seen: dict[tuple[str, frozenset[str]], Barred | None] = {}
        self._contexts: dict[frozenset[str], Context] = {}

    def barred(self, keyword: str, categories: frozenset[str]) -> Barred | None:
        """Return why a keyword is never used for goods of these categories (ids); brands are asked for apart."""
        found = self._seen.get((keyword, categories), _UNSEEN)
        if found is _UNSEEN:
            if len(self._seen) > _MOST_SEEN:
                self._seen.clear()
            found = self._seen[keyword, categories] = self._look(keyword, categories)
        return found

    def unlawful(self, text: str, categories: frozenset[str]) -> list[tuple[str, Barred]]:
        """Return what the checker objects to in a text: the folded stretch that it means, and why."""
        context = self._contexts.get(categories)
        if context is None:
            plain = self._checker.context(Facts(has_link=False, today=self._today, kind="title"))
            context = self._contexts[categories] = replace(plain, categories=categories)
        return [
            (
                fold_text(finding.match),
                Barred("law", {"word": finding.match, "message": finding.message, "source": finding.source}),
            )
            for finding in self._checker.check(text, context).findings
            if finding.severity != "hint"
        ]

    def barred_in_english(self, phrase: str, own: str) -> Barred | None:
        """Return why an English phrase is never used; ``own`` is the goods' own brand, folded."""
        text = fold_text(phrase)
        praise = self._english.search(text)
        if praise is not None:
            return Barred("promotion", {"word": praise[0]})
        year = _YEAR.search(text)
        if year is not None and year[0] < self._year:
            return Barred("past_year", {"word": year[0]})
        brand = self.brand_in(phrase, own)
        return Barred("brand", {"word": brand}) if brand is not None else None

    def promotion_in(self, text: str) -> list[tuple[int, int]]:
        """Return where a text promotes, in Chinese or English; nothing where folding moves its places."""
        folded = fold_text(text)
        if len(folded) != len(text):
            return []
        found = list(self._automaton.hits(folded).get(self._promotion, ()))
        return found + [match.span() for match in self._english.finditer(folded)]

    def brand_in(self, keyword: str, own: str) -> str | None:
        """Return a brand in a keyword that is not ``own`` (folded), as the keyword writes it."""
        text = fold_text(keyword)
        if len(text) != len(keyword):
            keyword = text
        for start, end in self._automaton.hits(text).get(self._brand, ()):
            name = text[start:end]
            needs = self._needs.get(name)
            rest = f"{text[:start]} {text[end:]}"
            meant = needs is None or name in self._brands or any(need in rest for need in needs)
            if meant and name not in own and self._is_whole(keyword, text, name, start, end):
                return keyword[start:end]
        return None

    def _is_whole(self, keyword: str, text: str, name: str, start: int, end: int) -> bool:
        """Return whether a name is no part of another word: lv of lvory, 小米 of 小米粥."""
        if name.isascii():
            before, after = text[start - 1 : start], text[end : end + 1]
            return not (before.isascii() and before.isalpha()) and not (after.isascii() and after.isalpha())
        return len(name) > 2 or any(term.key.startswith(name) for term in self._vocabulary.cut(keyword))

    def _look(self, keyword: str, categories: frozenset[str]) -> Barred | None:
        text = fold_text(keyword)
        hits = self._automaton.hits(text)
        for slot, kind in ((self._promotion, "promotion"), (self._empty, "empty"), (self._shop, "shop")):
            if slot in hits:
                start, end = hits[slot][0]
                return Barred(kind, {"word": text[start:end]})
        year = _YEAR.search(text)
        if year is not None and year[0] < self._year:
            return Barred("past_year", {"word": year[0]})
        return next((barred for _, barred in self.unlawful(keyword, categories)), None)


_UNSEEN = Barred("")
_MOST_SEEN = 200_000
_YEAR = re.compile(r"(?<!\d)20[0-4]\d(?!\d)(?![a-z%])")
