"""The laws and guides that rules cite, as data: full name, date of the text, where it stands, and how sure it is."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from copykit.datafiles import DataFiles
from copykit.text.numerals import parse_han
from copykit.text.patterns import either


class Law(NamedTuple):
    """One law, regulation or guide. ``official`` False: only a secondary source was at hand.

    ``articles`` is how many it has, None where not all of its text was read.
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

    def beyond(self, text: str) -> Iterator[tuple[Law, str]]:
        """Yield the articles (第九十九条) that a text cites and their law, if it was read whole, does not have."""
        for cited in self._citations.finditer(text):
            law = self._by_name[cited[1]]
            for article in re.findall(_ARTICLE, cited[2]):
                if law.articles is not None and not 1 <= _number(article.strip("第条 ")) <= law.articles:
                    yield law, article

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
            for law, article in self.beyond(value):
                yield (
                    ".".join(map(str, at)),
                    f"《{law.short}》只有 {law.articles} 条，没有“{article}”；改成真有的条号（原文：{law.url}）",
                    f"{law.short} has {law.articles} articles and no {article}; cite one that it has ({law.url})",
                )

    @functools.cached_property
    def _by_name(self) -> dict[str, Law]:
        return {name: law for law in self for name in (law.short, law.name)}

    @functools.cached_property
    def _citations(self) -> re.Pattern[str]:
        return re.compile(rf"({either(self._by_name)})[》\s]*((?:{_ARTICLE}{_PARTS}{_AND})+)")

    def __iter__(self) -> Iterator[Law]:
        return iter(self._by_short.values())


# 第十五条第二款、第二十一条（一）（四）
_NUMERAL = "[零〇一二两三四五六七八九十百千0-9]{1,9}"
_ARTICLE = f"第 ?{_NUMERAL} ?条"
_PARTS = f"(?:之[一二三四五]|第{_NUMERAL}[款项目]|[（(]{_NUMERAL}[）)])*"
_AND = r"[、，,和及与或至到~—\s-]*"


def _number(numeral: str) -> float:
    """Return what 九十九 or 99 stands for, 0 for what is no number."""
    return int(numeral) if numeral.isdecimal() else (parse_han(numeral) or (0.0, 0.0))[0]
