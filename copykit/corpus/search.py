"""Find documents of a corpus by words, best first, each with the place where they stand.

A query's pieces become phrases of the units that texts were parted into (see ``store.units_of``), so that whatever
stands in a text is found, whichever words a segmenter would see there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from copykit.corpus.store import Store, Stored, units_of
from copykit.errors import CopykitError
from copykit.model import Found, Span
from copykit.text.normalize import fold, fold_text

SNIPPET = 60  # characters around the first place
WINDOW = 20_000  # characters of a long text that are looked at together when its place is looked for
MOST_PIECES, MOST_UNITS = 20, 100


class NothingToFind(CopykitError):
    """A query without a word in it."""

    zh = "“{query}”里没有可以搜的词"
    en = "there is no word to look for in '{query}'"


class Piece(NamedTuple):
    """One part of a query: units that stand one after another; ``barred`` ones must not stand in a document."""

    units: tuple[str, ...]
    barred: bool = False


def read_query(text: str) -> list[Piece]:
    """Return the pieces of a query: what blanks part, ``"…"`` as one, ``-…`` barred.

    Raises:
        NothingToFind: there is nothing but signs in it, or only what is barred.
    """
    pieces = []
    for barred, quoted, bare in re.findall(r'(-?)(?:"([^"]*)"|(\S+))', text)[:MOST_PIECES]:
        # As the index does: what is ASCII and no letter or digit only parts.
        parted = re.sub(r"[\x00-/:-@\[-`{-\x7f]+", " ", units_of(fold_text(quoted or bare)))
        units = tuple(unit for unit in parted.split() if any(char.isalnum() for char in unit))
        if units:
            pieces.append(Piece(units[:MOST_UNITS], bool(barred)))
    if all(piece.barred for piece in pieces):
        raise NothingToFind(query=text.strip())
    return pieces


def search(
    store: Store, text: str, *, most: int = 10, since: str = "", until: str = "", untrusted: bool = False
) -> tuple[list[Found], int]:
    """Return the best documents and how many there are in all; days are ISO and counted in.

    Raises:
        NothingToFind: there is no word in the query.
    """
    pieces = read_query(text)
    wanted = [piece for piece in pieces if not piece.barred]
    expression = " AND ".join(map(_phrase, wanted))
    for piece in pieces:
        if piece.barred:
            expression = f"({expression}) NOT {_phrase(piece)}"
    matches, total = store.match(expression, most, since, until, untrusted=untrusted)
    documents = store.by_id([match.id for match in matches])
    patterns = [_pattern(piece) for piece in wanted]
    return [_found(documents[match.id], match.score, patterns) for match in matches], total


def _found(document: Stored, score: float, patterns: Sequence[re.Pattern[str]]) -> Found:
    snippet, spans = _snippet(document.text or document.title, patterns)
    return Found(
        document.id,
        document.key,
        document.source,
        document.title,
        document.day,
        document.trusted,
        round(-score, 3),
        snippet,
        spans,
    )


def _phrase(piece: Piece) -> str:
    """Return a piece for the index; a Latin word at its end may go on (coff finds coffee)."""
    return f'"{" ".join(piece.units)}"' + (" *" if piece.units[-1].isascii() else "")


def _pattern(piece: Piece) -> re.Pattern[str]:
    """Return what finds a piece in a folded text by the same rule as the index."""
    parts = [f"(?<![a-z0-9]){unit}" if unit.isascii() else re.escape(unit) for unit in piece.units]
    return re.compile(r"[\x00-/:-@\[-`{-\x7f]{0,20}".join(parts))


def _snippet(text: str, patterns: Sequence[re.Pattern[str]]) -> tuple[str, tuple[Span, ...]]:
    """Return what stands around the first place of a piece, and where the pieces are in it."""
    start = 0
    while start < len(text):
        end = _line_end(text, start + WINDOW)
        folded = fold(text[start:end])
        places = [match.span() for pattern in patterns for match in pattern.finditer(folded.text)]
        if places:
            spans = (folded.span(*place) for place in places)
            return _around(text, sorted(Span(start + begin, start + stop) for begin, stop in spans))
        start = end
    return _around(text, [])


def _line_end(text: str, place: int) -> int:
    """Return where a line ends at or behind a place, within reason."""
    if place >= len(text):
        return len(text)
    found = text.find("\n", place, place + WINDOW)
    return found + 1 if found >= 0 else place


def _around(text: str, spans: Sequence[Span]) -> tuple[str, tuple[Span, ...]]:
    """Return a stretch of the text with the first spans in it, line breaks as blanks."""
    first = spans[0].start if spans else 0
    start = max(first - SNIPPET // 3, 0)
    if start:
        # Not in the middle of a sentence where one begins near by.
        found = max(text.rfind(sign, start, first) for sign in "。！？\n；")
        start = found + 1 if found >= 0 else start
    end = min(max(start + SNIPPET, spans[0].end if spans else 0), len(text))
    inside = [span for span in spans if start <= span.start and span.end <= end]
    lead, tail = "…" * (start > 0), "…" * (end < len(text))
    piece = re.sub(r"\s", " ", text[start:end])
    moved = tuple(Span(span.start - start + len(lead), span.end - start + len(lead)) for span in inside)
    return lead + piece + tail, moved
