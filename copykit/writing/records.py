"""Listings as plain values: what is kept in a journal, what machines read, and what sheets are filled from."""

from __future__ import annotations

from typing import Any

from copykit.model import Finding, Listing, PackedTitle
from copykit.writing.reasons import reason_of

Record = dict[str, Any]


def record_of(listing: Listing, lang: str) -> Record:
    """Return a listing as JSON that others build on; fields may be added, never renamed."""
    title = listing.title
    record: Record = {
        "id": listing.id,
        "platform": listing.platform,
        "title": title.text if title else "",
        "length": {"used": title.used, "limit": title.limit, "unit": title.unit} if title else {},
        "fields": dict(listing.fields),
        "dropped": [
            {"keyword": each.keyword, "reason": reason_of(each, lang), "kind": each.kind, **_word(each.facts)}
            for each in (title.dropped if title else ())
        ],
        "findings": [_finding(told.field, told.finding) for told in listing.findings],
        "error": listing.error.say(lang) if listing.error is not None else None,
        "row": listing.row,
        "blocked": listing.blocked,
    }
    if title:
        record |= {
            "words": list(title.words),
            "found": list(title.found),
            "worth": title.worth,
            "possible": title.possible,
            "code": title.code,
            "proved": title.proved,
        }
    if listing.old_title:
        record["old_title"] = listing.old_title
        if title:
            record |= {"kept": list(title.kept), "removed": list(title.removed), "added": list(title.added)}
    if listing.rows:
        record["rows"] = [dict(row) for row in listing.rows]
    if listing.others:
        record["alternatives"] = [_alternative(other) for other in listing.others]
    return record


def _alternative(title: PackedTitle) -> Record:
    length = {"used": title.used, "limit": title.limit, "unit": title.unit}
    return {"title": title.text, "code": title.code, "length": length, "worth": title.worth, "words": list(title.words)}


def _finding(field: str, finding: Finding) -> Record:
    return {
        "field": field,
        "rule": finding.rule,
        "start": finding.start,
        "end": finding.end,
        "match": finding.match,
        "matched_as": finding.matched_as,
        "related": [list(span) for span in finding.related],
        "severity": finding.severity,
        "message": finding.message,
        "suggestions": list(finding.suggestions),
        "why": finding.why,
        "source": finding.source,
        "dimension": finding.dimension,
        "points": finding.points,
    }


def _word(facts: Any) -> dict[str, str]:
    return {"word": facts["word"]} if "word" in facts else {}
