"""What a check says of a text, and where."""

from __future__ import annotations

from typing import NamedTuple

from copykit.vocabulary.findings import Finding, Span, Verdict


class Place(NamedTuple):
    """Where a finding stands in its file: 1-based lines and columns in code points, the end column exclusive.

    ``seen`` is its range in the text that readers see (without markup); ``field`` is the column of a table.
    """

    line: int
    column: int
    end_line: int
    end_column: int
    seen: Span
    field: str = ""


class Told(NamedTuple):
    """A finding of a check and its place."""

    finding: Finding
    place: Place


class Spared(NamedTuple):
    """A finding that may stand, and why: by a clause of the law, or by an excuse that its user wrote at ``by``."""

    finding: Finding
    place: Place
    reason: str
    clause: str = ""
    evidence_needed: str = ""
    by: str = ""


class Checked(NamedTuple):
    """What a check says of one text. ``text`` is what readers see.

    ``row`` is the row of a table, None for a text of its own. ``asks`` are (fact, rules of which it decides);
    ``inferred`` are the facts that the text itself told of.
    """

    file: str
    row: int | None
    verdict: Verdict
    findings: tuple[Told, ...]
    exempted: tuple[Spared, ...]
    excused: tuple[Spared, ...]
    asks: tuple[tuple[str, tuple[str, ...]], ...]
    inferred: tuple[str, ...]
    text: str
