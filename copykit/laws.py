"""The laws and guides that rules cite, as data: full name, date of the text, where it stands, and how sure it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from copykit.datafiles import DataFiles


class Law(NamedTuple):
    """One law, regulation or guide. ``official`` False: only a secondary source was at hand."""

    id: str
    name: str
    short: str
    issuer: str
    text_date: str
    url: str
    official: bool
    note: str


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
            )
            for identifier, data in files.load("laws").items()
        }
        # The longest first: 广告法适用指南 is not the law whose name it begins with.
        self._names = re.compile("|".join(map(re.escape, sorted(self._by_short, key=len, reverse=True))))

    def cited(self, source: str) -> list[Citation]:
        """Return the parts of a source (``广告法 第九条（三）；价格规定 第十九条``), in order."""
        parts = [part.strip() for part in source.split("；") if part.strip()]
        found = []
        for part in parts:
            name = self._names.match(part)
            law = self._by_short[name[0]] if name else None
            found.append(Citation(law, part[name.end() :].strip() if name else part))
        return found

    def __iter__(self) -> Iterator[Law]:
        return iter(self._by_short.values())
