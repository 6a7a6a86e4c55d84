"""The laws and guides that rules cite, as data: full name, date of the text, where it stands, and how sure it is."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from copykit.datafiles import DataFiles
from copykit.errors import Words
from copykit.text.numerals import parse_han
from copykit.text.patterns import either


class Law(NamedTuple):
    """One law, regulation or guide. ``official`` False: only a secondary source was at hand.

    ``articles`` is how many it has, None where not all of its text was read. ``items`` (项) and ``paragraphs`` (款)
    tell how many an article has; one that is not named has no items and one paragraph.
    """

    id: str
    name: str
    short: str
    issuer: str
    text_date: str
    url: str
    official: bool
    note: str
    articles: int | None
    items: Mapping[int, int]
    paragraphs: Mapping[int, int]


class Beyond(NamedTuple):
    """A citation of what its law does not have: ``place`` as it is written (第九条（十五）), ``has`` what it has."""

    law: Law
    place: str
    has: Words


class Citation(NamedTuple):
    """A part of a rule's source: the law, None for what is no law, and the article as it is written."""

    law: Law | None
    article: str


class Laws:
    """The laws of a run, found by the short names with which rules cite them."""

    def __init__(self, files: DataFiles) -> None:
        self._by_short = {
            data["short"]: Law(
                identifier,
                data["name"],
                data["short"],
                data["issuer"],
                data["text_date"],
                data["url"],
                data["official"],
                data.get("note", ""),
                data.get("articles"),
                dict(data.get("items", ())),
                dict(data.get("paragraphs", ())),
            )
            for identifier, data in files.load("laws").items()
        }
        # The longest first: 广告法适用指南 is not the law whose name it begins with.
        self._names = re.compile(either(self._by_short))

    def cited(self, source: str) -> list[Citation]:
        """Return the parts of a source (``广告法 第九条（三）；价格规定 第十九条``), in order."""
        parts = [part.strip() for part in source.split("；") if part.strip()]
        found = []
        for part in parts:
            name = self._names.match(part)
            law = self._by_short[name[0]] if name else None
            found.append(Citation(law, part[name.end() :].strip() if name else part))
        return found

    def beyond(self, text: str) -> Iterator[Beyond]:
        """Yield what a text cites of laws that were read whole and do not have it.

        Articles (第九十九条), paragraphs (第三款) and items (（十五）).
        """
        for cited in self._citations.finditer(text):
            law = self._by_name[cited[1]]
            if law.articles is None:
                continue
            for article, parts in re.findall(f"({_ARTICLE})({_PARTS})", cited[2]):
                number = _number(article.strip("第条 "))
                if not 1 <= number <= law.articles:
                    has = Words(f"《{law.short}》只有 {law.articles} 条", f"{law.short} has {law.articles} articles")
                    yield Beyond(law, article, has)
                    continue
                for part in re.finditer(_PART, parts):
                    if part[0].endswith("款"):
                        most, has = law.paragraphs.get(number, 1), _PARAGRAPHS
                    else:
                        most, has = law.items.get(number, 0), _ITEMS
                    if not 1 <= _number(part[0].strip("第款项（）()")) <= most:
                        yield Beyond(
                            law, article + parts[: part.end()], _filled(has if most else _NO_ITEMS, law, article, most)
                        )

    def untrue(self, value: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str, str, str]]:
        """Yield the citations of articles that their laws do not have, wherever in a data file's value they stand.

        Each as key, what is wrong in Chinese and in English. The sentences that a file carries to prove itself
        (``cases``) are copy, and may cite what they like.
        """
        if isinstance(value, Mapping):
            for key, part in value.items():
                if key != "cases":
                    yield from self.untrue(part, (*at, key))
        elif isinstance(value, list):
            for number, part in enumerate(value):
                yield from self.untrue(part, (*at, number))
        elif isinstance(value, str):
            for law, place, has in self.beyond(value):
                yield (
                    ".".join(map(str, at)),
                    f"{has.zh}，没有“{place}”；改成真有的（原文：{law.url}）",
                    f"{has.en} and no {place}; cite what it has ({law.url})",
                )

    @functools.cached_property
    def _by_name(self) -> dict[str, Law]:
        return {name: law for law in self for name in (law.short, law.name)}

    @functools.cached_property
    def _citations(self) -> re.Pattern[str]:
        return re.compile(rf"({either(self._by_name)})[》\s]*((?:{_ARTICLE}{_PARTS}{_AND})+)")

    def __iter__(self) -> Iterator[Law]:
        return iter(self._by_short.values())


# 第十五条第二款、第二十一条（一）（四）、第二十八条第二款第（三）项
_NUMERAL = "[零〇一二两三四五六七八九十百千0-9]{1,9}"
_ARTICLE = f"第 ?{_NUMERAL} ?条"
_PART = f"第[（(]?{_NUMERAL}[）)]?[款项]|[（(]{_NUMERAL}[）)]"
_PARTS = f"(?:之[一二三四五]|第{_NUMERAL}目|{_PART})*"
_AND = r"[、，,和及与或至到~—\s-]*"

_PARAGRAPHS = Words("《{short}》{article}只有 {most} 款", "{short} {article} has {most} paragraphs (款)")
_ITEMS = Words("《{short}》{article}只有 {most} 项", "{short} {article} has {most} items (项)")
_NO_ITEMS = Words("《{short}》{article}不分项", "{short} {article} has no items (项)")


def _filled(words: Words, law: Law, article: str, most: int) -> Words:
    facts = {"short": law.short, "article": article, "most": most}
    return Words(words.zh.format_map(facts), words.en.format_map(facts))


def _number(numeral: str) -> int:
    """Return what 九十九 or 99 stands for, 0 for what is no number."""
    return int(numeral) if numeral.isdecimal() else int((parse_han(numeral) or (0.0, 0.0))[0])
