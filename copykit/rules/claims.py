"""Rules about claims: a hit is framed, has to meet its conditions, and may be excused by one exemption.

``claim`` finds words or a pattern where their relations hold. ``duty`` looks at a whole text: something in it (or in
its context) calls for a notice that is not there. Exemptions are files of their own, ``exemptions/<id>.toml``.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from copykit.errors import CopykitError
from copykit.errors import Words as Both
from copykit.late import late, made_late
from copykit.model import Finding, Severity
from copykit.rules.applies import Applies, applies_from
from copykit.rules.exemptions import Exemptions, evidence_of, room_of
from copykit.rules.frames import folded_words
from copykit.rules.kinds import Build, KindMaker, best, lexicon_of, pattern_matcher, whole_words
from copykit.rules.reading import Context, Reading
from copykit.rules.relations import Conditions, condition_words, needs_words
from copykit.rules.rule import Rule, RuleError
from copykit.text.normalize import fold_text
from copykit.text.patterns import presence


class Excused(NamedTuple):
    """A finding that an exemption lets stand: why, by which clause, and what has to be at hand."""

    finding: Finding
    exemption: str
    reason: str
    clause: str
    evidence_needed: str


# Where a reading's memo holds what was excused in it.
EXCUSED = "excused"


class ClaimKind:
    """Finds claims: ``words``, ``lexicon`` or ``lexicons`` (behind each of ``before``, if given), or ``pattern`` at an
    ``anchor``, in the sentences where they stand.

    ``[applies]``: facts of the context. ``[[when]]``: conditions that all have to hold. ``[[not_when]]``: conditions of
    which none may. ``needs``: words of which the sentence has to hold one. A short hit has to begin or end where a
    word does (in 电极|品类 there is no 极品), with ``at = "token"`` both. ``proof``: the kind of claim that excuses
    this one if the brief holds it with evidence, or (kinds that are ``by_proof``) a selling point with a proof says it.
    ``waives``: the notices that a text owes no more once this is found in
    it. A hit that an exemption covers is noted in ``memo``.
    """

    whole_text = False

    def __init__(self, rule: Rule, build: Build) -> None:
        self.rule = rule
        settings = rule.settings
        self.applies = _applies(rule, build)
        self.pattern = pattern_matcher(rule) if "pattern" in settings else None
        # A bundled pattern is tried on a sentence before anything is made of it; a user's own has its time limit.
        self.probe = (
            made_late(functools.partial(presence, settings["pattern"])) if self.pattern and rule.trusted else None
        )
        self.called_by, hidden = trigger_words(rule, build)
        self.slot = build.automaton.words(self.called_by, hidden)
        self.at = settings.get("at", "uncrossed")
        self.ascii = any(_LATIN.match(word[:1]) or _LATIN.match(word[-1:]) for word in self.called_by)
        self.proof: str = settings.get("proof", "")
        self.waives = frozenset(settings.get("waives", ()))
        self.of_person = any(each["relation"] == "by_person" for each in settings.get("when", ()))
        self._room = room_of(build)
        # Words without which no condition can hold are looked for with the triggers, so that a sentence that lacks them
        # is never framed.
        needed = [condition_words(each, self._room.words_of) for each in settings.get("when", ()) if needs_words(each)]
        few = _RATHER * len(self.called_by)  # but few words call seldom, and many more are not worth it
        requires = [build.automaton.words(*words) for words in needed if len(words[0]) <= few]
        if "needs" in settings:
            requires.append(build.automaton.words(folded_words(settings["needs"])))
        self.requires = frozenset(requires)
        self.triggers: frozenset[int] | None = frozenset((self.slot,))
        self._judged: tuple[Context | None, Severity | None] = None, None

    def idle(self, context: Context) -> bool:
        """Return whether the rule says nothing in this context."""
        return self._severity(context) is None

    def find(self, reading: Reading) -> Iterable[Finding]:
        """Yield a finding a claim, at most ``limit`` of them; the excused ones go to ``memo``."""
        if self.requires and not self.requires <= reading.hits.keys():
            return ()
        severity = self._severity(reading.context)
        if severity is None:
            return ()
        hits = self._hits(reading)
        if not hits:
            return ()
        conditions, exemptions = self.conditions
        if not conditions.may_be_met(reading):
            return ()
        found: list[Finding] = []
        for start, end in hits:
            frame = self._room.framer.frame(reading, start, end)
            if not conditions.met(frame):
                continue
            # Asked last, because it cuts the sentence into words.
            if self.at == "uncrossed" and end - start <= _SHORT and not _uncrossed(reading, start, end):
                continue
            if self.of_person and frame.person is not None:
                start = min(start, frame.person[0])  # whose name is borrowed stands in what is found
            finding = self._finding(reading, start, end, severity)
            excuse = self._proven(reading, finding.matched_as) or exemptions.excuse(frame, self._held)
            if excuse is None:
                found.append(exemptions.left(frame, finding))
            else:
                reading.memo.setdefault(EXCUSED, []).append(Excused(finding, *excuse))
        return best(found, self.rule.limit)

    @functools.cached_property
    def conditions(self) -> tuple[Conditions, Exemptions]:
        """What has to hold and what may excuse; built at the first hit, since most rules meet none.

        Raises:
            RuleError: a condition cannot be read.
        """
        room, settings = self._room, self.rule.settings
        try:
            conditions = room.conditions(settings)
        except (KeyError, ValueError, re.error) as error:
            zh, en = f"条件写得不对：{error}", f"bad condition: {error}"
            raise RuleError(rule=self.rule.id, reason=Both(zh, en)) from None
        return conditions, room.exemptions_for(self.rule.id)

    def prepare(self) -> None:
        """Make what would be made at the first hit; the words around hits are searched by an automaton made once."""
        self.conditions  # noqa: B018 - made and kept when it is asked for

    def _severity(self, context: Context) -> Severity | None:
        """Return how grave the rule's findings are in a context, worked out once a context."""
        if self._judged[0] is not context:
            self._judged = context, self.applies.severity(self.rule.severity, context)
        return self._judged[1]

    def _finding(self, reading: Reading, start: int, end: int, severity: Severity) -> Finding:
        if severity == self.rule.severity:
            return self.rule.plain(reading, start, end)
        return self.rule.finding(reading, start, end, severity=severity)

    def _hits(self, reading: Reading) -> list[tuple[int, int]]:
        hits = reading.hits.get(self.slot, [])
        if hits and self.pattern is not None:
            hits = self._called(reading.folded.text, hits)
        elif hits and self.ascii:
            hits = [hit for hit in hits if _parted(reading.folded.text, *hit)]
        if self.at == "token":
            return [hit for hit in hits if hit[0] in reading.bounds and hit[1] in reading.bounds]
        if self.at == "single_token":
            return whole_words(reading, hits)
        return hits

    def _called(self, text: str, triggers: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
        """Return the pattern's hits but those whose only trigger a phrase hides: 最近 in 最好用的锅，最近买的."""
        assert self.pattern is not None
        return [
            (start, end)
            for start, end in self.pattern(text)
            if any(begin < end and start < last for begin, last in triggers)
            or not any(word in text[start:end] for word in self.called_by)
        ]

    def _proven(self, reading: Reading, said: str) -> tuple[str, str, str, str] | None:
        """Return the excuse that the brief gives: a claim of the rule's kind that says the same and is proved."""
        evidence = evidence_of(reading.context, (self.proof,), said) if self.proof else ""
        if self.proof and not evidence and self._by_proof:
            evidence = _proof_of_point(reading.context, said)
        return ("proof", self._held(evidence), self.rule.source, "") if evidence else None

    @functools.cached_property
    def _by_proof(self) -> bool:
        """Whether the proof of a selling point is evidence of such claims."""
        kinds: Mapping[str, Mapping[str, Any]] = self._room.build.data("claims")["kinds"]["kinds"]
        return bool(kinds.get(self.proof, {}).get("by_proof"))

    def _held(self, evidence: str) -> str:
        """Return the words that tell of evidence that the brief holds."""
        return f"资料里有依据：{evidence}" if self._room.build.lang == "zh" else f"the brief holds proof: {evidence}"


def _uncrossed(reading: Reading, start: int, end: int) -> bool:
    """Return whether a hit begins or ends where a word does, so that it is not glued from parts of two words."""
    return start in reading.bounds or end in reading.bounds


_RATHER = 2
_SHORT = 3  # characters; longer words are hardly ever made by chance


def _parted(text: str, start: int, end: int) -> bool:
    """Return whether a hit is no part of a longer run of Latin letters or figures (top1 in laptop15, no.1 in no.12)."""
    return not any(
        text[inner] in kind and text[outer] in kind
        for inner, outer in ((start, start - 1), (end - 1, end))
        if 0 <= outer < len(text)
        for kind in (_FIGURE, _LETTER)
    )


_FIGURE, _LETTER = "0123456789", "abcdefghijklmnopqrstuvwxyz"
_LATIN = late("[0-9a-z]")


def _proof_of_point(context: Context, said: str) -> str:
    """Return the proof of the brief's first selling point that says in the same words what is said."""
    for point in context.brief.material.points if context.brief is not None else ():
        if point.proof and any(said in fold_text(text) for text in (point.feature, point.benefit, point.short)):
            return point.proof
    return ""


class DutyKind:
    """Fires once for a text that owes a notice and does not give it.

    The duty arises from the context (``[applies]``) and, if ``words``, ``lexicon`` or ``anchor`` and ``pattern`` are
    given, from what the text says; ``with_pattern`` has to stand in it too. It is met by one of ``required`` (words) or
    ``required_pattern``. The finding spans what called for it, else the first line. Duties of one ``notice`` owe the
    same, so that the gravest speaks for all.
    """

    whole_text = True

    def __init__(self, rule: Rule, build: Build) -> None:
        self.rule = rule
        settings = rule.settings
        self.applies = _applies(rule, build)
        self.pattern = pattern_matcher(rule) if "pattern" in settings else None
        called = any(key in settings for key in ("words", "lexicon", "lexicons", "anchor"))
        self.slot = build.automaton.words(*trigger_words(rule, build)) if called else None
        required = folded_words(settings.get("required", ()))
        self.required = build.automaton.words(required) if required else None
        # Compiled when first asked for, as most texts call for none of the notices.
        self.required_pattern: str | None = settings.get("required_pattern")
        self.notice: str = settings.get("notice", rule.id)
        self.with_pattern: str | None = settings.get("with_pattern")
        if self.required is None and self.required_pattern is None:
            raise RuleError(rule=rule.id, reason=Both("要写 required 或 required_pattern", "give required(_pattern)"))
        self.triggers: frozenset[int] | None = None if self.slot is None else frozenset((self.slot,))
        self.looks_at = frozenset(slot for slot in (self.slot, self.required) if slot is not None)

    def idle(self, context: Context) -> bool:
        """Return whether the rule says nothing in this context."""
        return self.applies.severity(self.rule.severity, context) is None

    def find(self, reading: Reading) -> Iterable[Finding]:
        """Yield one finding or none; the reading is of the whole text."""
        severity = self.applies.severity(self.rule.severity, reading.context)
        place = None if severity is None else self._called_for(reading)
        if severity is None or place is None or self._met(reading):
            return ()
        return (self.rule.finding(reading, *place, severity=severity),)

    def _met(self, reading: Reading) -> bool:
        if self.required is not None and self.required in reading.hits:
            return True
        return self.required_pattern is not None and _holds(reading.folded.text, self.required_pattern)

    def _called_for(self, reading: Reading) -> tuple[int, int] | None:
        text = reading.folded.text
        if self.slot is not None:
            hits = reading.hits.get(self.slot, [])
            if hits and self.with_pattern is not None and not _holds(text, self.with_pattern):
                return None
            if hits and self.pattern is not None:
                hits = self.pattern(text)
            return hits[0] if hits else None
        start = len(text) - len(text.lstrip())
        end = text.find("\n", start)
        return start, end if end > 0 else len(text)


def _holds(text: str, pattern: str) -> bool:
    return presence(pattern).search(text) is not None


KINDS: dict[str, KindMaker] = {"claim": ClaimKind, "duty": DutyKind}


def trigger_words(rule: Rule, build: Build) -> tuple[frozenset[str], frozenset[str]]:
    """Return the folded words that call a rule and the phrases inside which they do not count."""
    settings = rule.settings
    words = set(folded_words(settings.get("words", ())))
    hidden = set(folded_words(settings.get("except", ())))
    names = [settings["lexicon"]] if "lexicon" in settings else []
    for name in [*names, *settings.get("lexicons", ())]:
        lexicon = lexicon_of(rule, build, name)
        words |= set(lexicon.entries)
        hidden |= lexicon.exceptions
    if "before" in settings:
        fronts = folded_words(settings["before"])
        words = {front + word for front in fronts for word in words}
    words |= folded_words(settings.get("anchor", ()))
    if not words:
        zh, en = "一个词也没有，请写 words / lexicon / anchor", "it has no words; give words, lexicon or anchor"
        raise RuleError(rule=rule.id, reason=Both(zh, en))
    return frozenset(words), frozenset(hidden)


def _applies(rule: Rule, build: Build) -> Applies:
    try:
        return applies_from(rule.settings.get("applies"), tuple(build.data("categories")))
    except CopykitError as error:
        raise RuleError(rule=rule.id, reason=Both(error.say("zh"), error.say("en"))) from None
