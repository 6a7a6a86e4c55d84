"""A shop's keywords with what each is worth, from what ``keywords select`` wrote or from a table of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from copykit import tables
from copykit.datafiles import DataFiles
from copykit.errors import CopykitError
from copykit.model import ShopWord
from copykit.selection import NotASelection, read_selection
from copykit.tables.numbers import parse_number

# Figures that add up, the nearest to a sale first; an index only ranks.
COUNTS = ("weight", "orders", "buyers", "clicks", "visitors", "impressions", "mobile_searches")
INDICES = ("search_index", "click_index", "mobile_search_index")


class NoWords(CopykitError):
    """A table of keywords in which there is none."""

    zh = "{file} 里一个关键词也没有，请检查“关键词”这一列"
    en = "there is no keyword in {file}; look at its column of keywords"


def read_words(
    path: Path, files: DataFiles, on_error: Callable[[CopykitError], None] = lambda error: None
) -> tuple[list[ShopWord], str]:
    """Return the keywords of a file, heaviest first, and the header of what weighs them (empty: by places).

    Raises:
        FileMissing, FileUnreadable, ColumnMissing, NoWords: there is nothing that can be read.
    """
    power = float(files.load("packing")["title"]["rank_power"])
    try:
        selected = read_selection(path, files, on_error)
    except NotASelection:
        selected = []
    if selected:
        last = max((word.priority for word in selected), default=0)
        return [
            ShopWord(word.text, by_rank(word.priority or last + 1, power), word.role, word.group) for word in selected
        ], ""
    rows, headers = _rows(path, files, on_error)
    if not rows:
        raise NoWords(file=str(path))
    for role in (*COUNTS, *INDICES):
        figures = [figure for _, told in rows if (figure := told.get(role)) is not None and figure > 0]
        if not figures:
            continue
        if role in COUNTS:
            words = [ShopWord(text, told.get(role, 0.0)) for text, told in rows if told.get(role, 0.0) > 0]
            return sorted(words, key=lambda word: -word.weight), headers[role]
        ranked = sorted(rows, key=lambda row: -row[1].get(role, 0.0))
        return _ranked([text for text, _ in ranked], power), headers[role]
    return _ranked([text for text, _ in rows], power), ""


def by_rank(rank: int, power: float) -> float:
    """Return what the word at a place is worth where nothing but places is known."""
    return float(round(100 / rank**power, 4))


def _ranked(texts: Sequence[str], power: float) -> list[ShopWord]:
    return [ShopWord(text, by_rank(rank, power)) for rank, text in enumerate(texts, 1)]


def _rows(
    path: Path, files: DataFiles, on_error: Callable[[CopykitError], None]
) -> tuple[list[tuple[str, dict[str, float]]], dict[str, str]]:
    """Return the words with their figures by role, and the header of each role."""
    columns = files.load("columns")
    wanted = tables.merge_names(columns["words"], ("keyword", "weight"))
    for role, names in tables.merge_names(columns["metrics"], (*COUNTS[1:], *INDICES)).items():
        wanted.setdefault(role, names)
    rows: list[tuple[str, dict[str, float]]] = []
    with tables.read_rows(path, wanted=wanted) as table:
        for row in table:
            if row.error is not None:
                on_error(row.error)
                continue
            told = {
                role: number
                for role in table.columns
                if role != "keyword" and (number := parse_number(table.value(row, role))) is not None
            }
            if row.text.strip():
                rows.append((row.text.strip(), told))
        return rows, dict(table.columns)
