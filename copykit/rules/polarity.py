"""Whether a hit is claimed at all: what denies it, an odd number of times, and whether it is really asked."""

from __future__ import annotations

from copykit.model import Span
from copykit.rules.surroundings import Standing
from copykit.text.clauses import clauses

DENYING = ("negators", "rhetoric", "denied_behind", "refusing")  # the lists without whose words nothing is denied


def denial(standing: Standing, reach: int) -> Span | None:
    """Return what denies the claim: an odd number of words governs it that turn a statement round.

    不是最好的 denies it; 谁说不是最好的, 不是最好的不卖 and 不能否认是最好的 do so twice and claim it.
    ``reach`` are the characters between a denial and what it denies, at most.
    """
    start = standing.hit.start
    answer = _answered_no(standing)
    if answer is not None:
        return answer
    if not standing.may_hold(DENYING):
        return None
    clause = standing.clause
    before = [span for span in standing.spans("negators") if clause.start <= span.start and span.end <= start]
    doubt = standing.last("rhetoric", clause.start, start)
    last = before[-1] if before and start - before[-1].end <= reach else None
    if _refused(standing):
        return Span(start - 1, start)
    if last is None or not _denies(standing, last):
        # 谁说贵的就最好 denies what ends it; of an attribute (谁说最好的面膜都贵) it says nothing.
        return doubt if doubt is not None and _closes(standing) else _denial_behind(standing)
    rounds = [
        (doubt is not None and doubt.end <= last.start) or _tag_question(standing),
        any(_denied_by(standing, outer, last) for outer in before[:-1]),
        standing.last("inverters", last.end, start) is not None,
        _withheld(standing, last),
        _conditional(standing, last),
    ]
    return None if sum(rounds) % 2 else last


def _denial_behind(standing: Standing) -> Span | None:
    """Return what denies the hit right behind it: 最好谈不上, 敢说最好的都是吹牛."""
    text, hit, clause = standing.reading.folded.text, standing.hit, standing.clause
    behind = (span for span in standing.spans("denied_behind") if hit.end <= span.start < clause.end)
    return next((span for span in behind if not text[hit.end : span.start].strip(_LINKS)), None)


def _denies(standing: Standing, negator: Span) -> bool:
    """Return whether a negator before the hit governs it, with no turn (而是, 只是) in between.

    One that denies a statement (不是, 称不上) governs all of it, one that denies a verb (不会, 没有) its object
    only: in 没有广告费的最好面霜 the claim stands.
    """
    reading, clause, start = standing.reading, standing.clause, standing.hit.start
    path = reading.folded.text[negator.end : start]
    if any(negator.end <= turn.start < start for turn in standing.spans("turns")):
        return False
    if negator in standing.spans("denials"):
        return not (path.endswith("的") and negator.start == clause.start)
    saying = next((span for span in standing.spans("sayings") if span.start >= negator.end), None)
    if saying is not None and saying.start - negator.end <= _ADVERB and saying.end <= start:
        return not path.endswith("的")  # 医生不会告诉你的 is an attribute of what is claimed
    return "的" not in path and _is_object(standing, negator.end)


def _is_object(standing: Standing, begin: int) -> bool:
    """Return whether at most one verb stands between an offset and the hit, and no noun that is its subject.

    不做最大的 and 不给孩子买最贵的 deny the hit; 不用排队买最好的 denies the queue. 去 and 起来 only tell where to.
    """
    sayings, directions = set(standing.spans("sayings")), set(standing.spans("directions"))
    verbs = nouns = 0
    taken = False  # by a preposition: what follows is no subject
    for span, tag in standing.tokens(begin, standing.hit.start):
        if span in sayings:
            return True
        if span in directions:
            continue
        # A preposition with the hit behind it is the verb: 用最好的.
        if tag.startswith("v") or (tag.startswith("p") and span.end == standing.hit.start):
            if verbs or (nouns and not taken):
                return False
            verbs += 1
        elif tag.startswith("p"):
            taken = True
        elif tag.startswith("n"):
            nouns += 1
    return True


def _denied_by(standing: Standing, outer: Span, inner: Span) -> bool:
    """Return whether one negator governs another: 没有人不, 不会不是; 不大也不是 only sets them side by side."""
    between = standing.reading.folded.text[outer.end : inner.start]
    return len(between) <= _BETWEEN_NEGATORS and not any(char in between for char in _JOINTS)


def _withheld(standing: Standing, negator: Span) -> bool:
    """Return whether what is not so is refused, so that all the rest is so: 不是最好的不卖."""
    text, hit, clause = standing.reading.folded.text, standing.hit, standing.clause
    for span in standing.spans("refusals"):
        if span.start < hit.end:
            continue
        if span.end <= clause.end:
            return not any(char in text[hit.end : span.start] for char in _JOINTS if char != "的")
        nearby = standing.clause_behind
        # 我们不是最好的，不收也行 tells of the seller; without a subject it is a condition.
        return (
            nearby is not None
            and negator.start == clause.start
            and span.start - nearby.start <= _SUBJECT
            and not any(char in text[nearby.start : span.start] for char in _JOINTS)
        )
    return False


def _conditional(standing: Standing, negator: Span) -> bool:
    """Return whether without the seller's own nothing is so: 没用过这款，别说用过最好的."""
    before = standing.clause_before
    if before is None or negator.start != standing.clause.start:
        return False
    denied = any(span.start == before.start for span in standing.spans("negators"))
    pointed = (standing.last(role, before.start, before.end) for role in ("presents", "own"))
    return denied and any(span is not None for span in pointed)


def _tag_question(standing: Standing) -> bool:
    """Return whether the hit's clause ends as a question that wants a yes: 这不是最好的吗."""
    return any(span.end == standing.clause.end for span in standing.spans("yes_particles"))


def _closes(standing: Standing) -> bool:
    """Return whether the hit is the last that its clause says."""
    return not standing.reading.folded.text[standing.hit.end : standing.clause.end].strip(_CLOSING)


def question(standing: Standing) -> Span | None:
    """Return the word that asks, in the hit's clause, for what the hit says.

    A question that knows its answer is a claim: one that is answered with the seller's own goods or speaks of them
    (最好的是不是我们家的), one that wants a yes (难道不是最好的吗), and one that takes the hit for granted
    (想要最好的面膜吗).
    """
    start, clause = standing.hit.start, standing.clause
    if not _ends_asking(standing):
        return None
    asking = next(
        (each for each in standing.spans("questions") if clause.start <= each.start and each.end <= clause.end),
        None,
    )
    if asking is None or standing.last("rhetoric", clause.start, start) is not None:
        return None
    if standing.last("own", clause.start, clause.end) and not _belied(standing):
        return None
    if _tag_question(standing):
        granted = (standing.last(role, clause.start, start) for role in ("wants", "negators"))
        if any(each is not None for each in granted):
            return None
    return None if _answered(standing) else asking


def _ends_asking(standing: Standing) -> bool:
    """Return whether the hit's sentence ends with a question mark."""
    text = standing.reading.folded.text
    return "?" in text and text[: standing.sentence.end].rstrip("”’」』）)》").endswith("?")  # nearly none has one


def _answered_no(standing: Standing) -> Span | None:
    """Return the question mark behind which the text says no: 能治湿疹吗？不能，它就是洗手的.

    To deny that there is anything more (有比它更好的吗？没有) claims the most.
    """
    if not _ends_asking(standing) or not _asks_whether(standing):
        return None
    if standing.last("surpassing", standing.clause.start, standing.clause.end) is not None:
        return None
    said = standing.next_sentence
    parts = [said[slice(*span)].strip(_CLOSING_YES) for span in clauses(said)[:2]]
    if len(parts) > 1 and Span(0, len(parts[0])) in standing.spans_in(parts[0], "answers"):  # 答：不能
        del parts[0]
    no = parts[0] if parts else ""
    found = no and Span(0, len(no)) in standing.spans_in(no, "noes")
    return Span(standing.sentence.end - 1, standing.sentence.end) if found else None


def _belied(standing: Standing) -> bool:
    """Return whether the next sentence begins with a denial: 我们是最好的吗？不敢说."""
    said = standing.next_sentence
    return any(span.start == 0 for span in standing.spans_in(said, "negators"))


def _answered(standing: Standing) -> bool:
    """Return whether the next sentence says yes, or answers with the seller's own: 是的！, 我们！, 当然是本店这款."""
    said, spans = standing.next_sentence, standing.spans_in
    parts = [said[slice(*span)] for span in clauses(said)]
    first = parts[0] if parts else ""
    yes = first.strip(_CLOSING_YES)
    if Span(0, len(yes)) in spans(yes, "affirmations"):
        return _asks_whether(standing) and not spans(said, "turns")
    if len(first) <= _ANSWER and any(span == Span(0, len(yes)) for span in spans(yes, "pointed")):
        return True
    if len(parts) > 1 and Span(0, len(first)) in spans(first, "answers"):  # 答：我们老马家
        first += parts[1]
    if any(span.end == len(first) for span in spans(first, "shops")):  # 码头老王家！
        return len(first) <= _ANSWER and not spans(first, "tellings")
    own = spans(first, "own")
    if not own:
        return False
    if any(span.start == 0 for span in spans(first, "answers")):
        return True
    # 我们试了五款 tells what was done.
    return own[0].start == int(first.startswith("是")) and len(first) <= _ANSWER and not spans(first, "tellings")


def _asks_whether(standing: Standing) -> bool:
    """Return whether the hit's clause is a question that yes or no answers: …吗, 是不是…."""
    clause = standing.clause
    alternatives = standing.last("alternatives", clause.start, clause.end)
    return alternatives is not None or _tag_question(standing)


_ADVERB = 2  # characters between a negator and the saying that it denies: 从不 (轻易) 说
_SUBJECT = 4  # characters that a subject takes: 我们绝
_ANSWER = 12  # characters of an answer that is a name only: 我们家的玫瑰面膜
_BETWEEN_NEGATORS = 4  # characters: 没有 (一位客人) 不
# Single characters that join, trail and close are grammar and a closed class, so they stand here.
_JOINTS = "也又亦更、和或的"  # what sets two denials side by side instead of one into the other
# What may stand between a hit and the denial behind it.
_LINKS = "的都倒也就可却才那种些话”’」』,"
_CLOSING_YES = "的了啊呀呢吧哦嘛呗!?~。…,”’」』 "  # what may close a yes: 是的呀, 当然了
# What may stand between a hit and the end of its clause.
_CLOSING = "的了吗么呢吧啊呀呐哦~”’」』 "


def _refused(standing: Standing) -> bool:
    """Return whether 不 stands right before the hit's own verb: 不保证治好; not 要不, 不得不."""
    return any(span.end == standing.hit.start for span in standing.spans("refusing"))
