"""How far what stands around a hit reaches: from a wish or a goal to it, and from it to the nouns behind it."""

from __future__ import annotations

from copykit.model import Span
from copykit.rules.frames import Frame


def open_from(frame: Frame, begin: int) -> bool:
    """Return whether what is said from ``begin`` up to the hit takes the hit in and does not merely mention it.

    目标是做最好的面膜 does; 希望你喜欢这款最好的面膜 tells of goods that are there. What is there already
    (这款, 我们的) and what others do with it (用上, 买到) close the way; a word of making (做, 成为) opens it.
    """
    text, start = frame.reading.folded.text, frame.hit.start
    making = makes(frame, begin, start)
    since = making.end if making is not None else begin
    if frame.last("receiving", begin, start) or frame.last("presents", since, start):
        return False
    if _presented(frame, since):
        return False
    path = text[begin : making.start if making is not None else start]
    if "的人" in path or (making is None and "的" in path):
        return False  # 追求品质的人都选…
    if making is not None:
        return True
    person = frame.last("persons", begin, start)
    return person is None or not any(tag.startswith("v") for _, tag in frame.tokens(person.end, start))


def is_plain(frame: Frame, begin: int, end: int) -> bool:
    """Return whether next to nothing is said between two offsets: 希望 (有一天)，…."""
    roles = ("receiving", "presents", "persons", "own")
    return end - begin <= _FILLER and all(frame.last(role, begin, end) is None for role in roles)


def _presented(frame: Frame, since: int) -> bool:
    """Return whether the hit is said of goods that are there: 我们最好的面膜, 最好的这款."""
    text, hit = frame.reading.folded.text, frame.hit
    behind = hit.end + 1 if text[hit.end : hit.end + 1] == "的" else hit.end
    if any(span.start == behind for span in frame.spans("presents")):
        return True
    return frame.attribute is not None and any(
        since <= span.start and span.end == hit.start for span in frame.spans("own")
    )


def makes(frame: Frame, begin: int, end: int) -> Span | None:
    """Return the last word of making between two offsets; 做的, 做出的 are attributes."""
    text, bounds = frame.reading.folded.text, frame.reading.bounds
    found = [
        span
        for span in frame.spans("making")
        if begin <= span.start and span.end <= end and span.start in bounds and span.end in bounds
    ]
    return next((span for span in reversed(found) if "的" not in text[span.end : min(span.end + 2, end)]), None)


def behind(frame: Frame, role: str) -> list[Span]:
    """Return the words of a role behind the hit."""
    return [span for span in frame.spans(role) if span.start >= frame.hit.end]


def phrase_reaches(frame: Frame, span: Span) -> bool:
    """Return whether nothing but nouns and attributes stands between the hit and a word behind it."""
    text, end = frame.reading.folded.text, frame.hit.end
    if text[end : end + 1] in _OPENS_PHRASE:
        end += 1
    gap = text[end : span.start]
    if span.start < end or len(gap) > _PHRASE or any(char in _ENDS_PHRASE for char in gap):
        return False
    # 国家级水源靠近自然保护区 has a verb of its own; one that ends in the word (生产基地) is a part of the name.
    breaks = [(each.end, tag) for each, tag in frame.tokens(end, span.start) if tag in _NO_NOUNS]
    return not breaks or (len(breaks) == 1 and breaks[0] == (span.start, "v"))


def phrase_ends(frame: Frame, span: Span) -> bool:
    """Return whether a noun phrase ends with ``span``."""
    following = frame.reading.folded.text[span.end : frame.clause.end]
    if not following or not "\u4e00" <= following[0] <= "\u9fff":
        return True
    return any(each.start == span.end for each in frame.spans("predicates"))


def chooses(frame: Frame, span: Span) -> bool:
    """Return whether a word of choosing stands soon behind ``span`` and before the hit, whole, in one clause."""
    start = frame.hit.start
    clause = frame.reading.clause_at(span.start)
    return any(
        span.end <= each.start <= span.end + _GROUP and each.end <= min(start, clause.end)
        for each in frame.spans("inside")
        if each.end in frame.reading.bounds
    )


def opens_with(frame: Frame, clause: Span, role: str) -> Span | None:
    """Return the word of a role with which a clause opens."""
    return next((span for span in frame.spans(role) if span.start == clause.start), None)


_FILLER = 4  # characters of next to nothing: 希望 (有一天)
_PHRASE = 6  # characters between an attribute and the noun of its phrase: 国家级 (制造业) 单项冠军
_GROUP = 8  # characters of what the seller has: 我家 (的牛肉干) 里
# Tags of words that stand in no noun phrase.
_NO_NOUNS = ("v", "vd", "vg", "p", "c", "ul", "uz", "uj")
_OPENS_PHRASE, _ENDS_PHRASE = ("的", "之", "“", "‘", "”", "’"), ",。、;:!?(（)[【《的是了在比由被靠给"
