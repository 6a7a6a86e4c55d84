"""Which row is the header, and which column plays which role."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from copykit.errors import CopykitError
from copykit.late import late

Wanted = Mapping[str, Sequence[str]]


def merge_names(data: Mapping[str, Any], roles: Iterable[str] | None = None) -> dict[str, list[str]]:
    """Return role → column names from the value of a ``columns`` data file, in its order, for ``read_rows(wanted=…)``.

    ``roles`` chooses and orders them, the text first; a role may have several entries, one for each tool.
    """
    merged: dict[str, list[str]] = {}
    for entry in data["columns"]:
        names = merged.setdefault(entry["role"], [])
        names += [name for name in entry["names"] if name not in names]
    return merged if roles is None else {role: merged.get(role, []) for role in roles}


class Record(NamedTuple):
    """Cells of one row before the header is known."""

    number: int
    cells: list[str]
    error: CopykitError | None = None


class Choice(NamedTuple):
    """Which columns are asked for."""

    wanted: Wanted
    column: str | None

    @property
    def role(self) -> str:
        """The role of the text column."""
        return next(iter(self.wanted), "text")

    @property
    def shown(self) -> str:
        """What an error calls the text column."""
        return self.column or next(iter(next(iter(self.wanted.values()), ())), self.role)


class Header(NamedTuple):
    """The header row as found: its position among the first records, its names, role → index."""

    position: int
    names: list[str]
    columns: dict[str, int]


def find_header(first: Sequence[Record], choice: Choice) -> Header | None:
    """Return the row that names the text column and most other roles; None when no row does.

    A row that names nothing else and stands below one that is as full is no header but a row of a list of fields:
    标题 in its first column says what the cell beside it is. Two rows whose cells were merged are one header.
    """
    best: Header | None = None
    fullest = 0
    for position, cells, names in _header_rows(first):
        columns = match_columns(cells, choice.wanted)
        filled = sum(map(bool, map(str.strip, cells)))
        if len(columns) == 1 and 2 <= filled <= fullest and choice.column is None:
            continue
        fullest = max(fullest, filled)
        if choice.column is not None:
            folded = [fold_header(cell) for cell in cells]
            named = fold_header(choice.column)
            if named in folded:
                columns = {**columns, choice.role: folded.index(named)}
            elif choice.column.isdecimal() and 1 <= int(choice.column) <= len(cells) and columns:
                columns = {**columns, choice.role: int(choice.column) - 1}
            else:
                continue
        if choice.role in columns and (best is None or len(columns) > len(best.columns)):
            best = Header(position, _unique(names), columns)
    if best is None and choice.column is not None and choice.column.isdecimal():
        width = max((len(record.cells) for record in first), default=0)
        if 1 <= int(choice.column) <= width:
            return Header(-1, _unique([""] * width), {choice.role: int(choice.column) - 1})
    return best


def _header_rows(first: Sequence[Record]) -> Iterator[tuple[int, list[str], list[str]]]:
    """Yield the position of each row, its cells and names; and of two that can be one header, at the lower one's.

    Such a one has blanks below the columns whose names take both rows, names below the others (流量 over 展现量 and
    点击量; a spreadsheet leaves the group's name in its first cell or writes it in each), and no figures.
    """
    above: list[str] = []
    for position, record in enumerate(first):
        if record.error is not None:
            above = []
            continue
        yield position, record.cells, record.cells
        below = record.cells + [""] * (len(above) - len(record.cells))
        upper = above + [""] * (len(below) - len(above))
        pairs = list(zip(upper, below, strict=True))
        if (
            any(top and not cell for top, cell in pairs)
            and any(cell and top in ("", left) for left, (top, cell) in zip(upper, pairs[1:], strict=False))
            and not any(cell[:1].isdigit() or cell[:1] in "-¥￥" for cell in below if cell)
        ):
            yield position, [cell or top for top, cell in pairs], _joined(pairs)
        above = record.cells


def _joined(pairs: Sequence[tuple[str, str]]) -> list[str]:
    """Return the names of columns from the cells of two header rows; with the group before where names are the same."""
    groups: list[str] = []
    for top, cell in pairs:
        groups.append(top if top or not cell or not groups else groups[-1])
    seen = Counter(cell for _, cell in pairs if cell)
    return [
        f"{group} {cell}" if seen[cell] > 1 and group else cell or group
        for group, (_, cell) in zip(groups, pairs, strict=True)
    ]


def match_columns(headers: Sequence[str], wanted: Wanted) -> dict[str, int]:
    """Return role → index of the column that plays it; units in brackets, as in 花费(元), may be left out."""
    places: dict[str, int] = {}
    folded = [fold_header(header) for header in headers]
    for index, name in enumerate(folded):
        places.setdefault(name, index)
    for index, name in enumerate(folded):
        places.setdefault(re.sub(r"[(\[][^()\[\]]*[)\]]$", "", name), index)
    found: dict[str, int] = {}
    for role, names in wanted.items():
        for name in names:
            index = places.get(fold_header(name), -1)
            if index >= 0 and index not in found.values():
                found[role] = index
                break
    return found


@functools.lru_cache(8192)  # the same few thousand names of data files are compared with every table
def fold_header(name: str) -> str:
    """Return a column name without case, width, blanks, stars, hyphens and underscores, for comparing."""
    return _HEADER_NOISE.sub("", unicodedata.normalize("NFKC", name).casefold())


_HEADER_NOISE = late(r"[\s_\-*:\u200b-\u200d\ufeff]+")


def _unique(cells: Sequence[str]) -> list[str]:
    """Return header names that are all different: a blank one is called by its place, a second one gets `` (2)``."""
    names: list[str] = []
    taken: set[str] = set()
    for place, cell in enumerate(cells, 1):
        wish = " ".join(cell.split()) or f"#{place}"
        name, number = wish, 1
        while name in taken:
            number += 1
            name = f"{wish} ({number})"
        taken.add(name)
        names.append(name)
    return names
