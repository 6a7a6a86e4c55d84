"""Exemptions: what excuses a claim, or lowers a finding, and by which clause.

Each is a file, ``exemptions/<id>.toml``, that names the rules or folders of rules that it may excuse. It is
made when such a rule is first hit.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from copykit.errors import CopykitError
from copykit.late import late
from copykit.model import Finding, Severity
from copykit.rules.applies import ALWAYS, Applies, applies_from
from copykit.rules.frames import Frame, Framer
from copykit.rules.kinds import Build
from copykit.rules.reading import Context, Reading
from copykit.rules.relations import Conditions, condition
from copykit.rules.surroundings import Surroundings
from copykit.text.normalize import fold_text

# Where a reading's memo holds the untold facts that may excuse or lower, each with the places (start, end, rule) of the
# findings of which it decides.
ASKED = "asked"


@dataclass(frozen=True, slots=True)
class Exemption:
    """One exemption: the clause under which it excuses, and when it governs.

    With ``lowers`` it is the sign that a text may be no advertisement at all (a report, a paper), which only a fact
    that nobody told decides: the finding stays, less grave, and its reason names the fact. One that lowers to an error
    leaves it as it is, and says why no excuse holds.
    """

    id: str
    clause: str
    reason: str
    evidence: str
    rank: int
    conditions: Conditions
    proof: tuple[str, ...] = ()  # the kinds of claim that are the evidence owed
    lowers: Severity | None = None  # it excuses nothing, and leaves an error no graver than this
    applies: Applies = ALWAYS  # the facts of the context that must not speak against it
    between: str = "；"  # what joins its reason to a finding's


class Exemptions:
    """The exemptions that may excuse a rule's claims, in the order in which they are tried."""

    def __init__(self, exemptions: Iterable[Exemption]) -> None:
        ranked = sorted(exemptions, key=lambda exemption: (exemption.rank, exemption.id))
        self._all = tuple((each.conditions.needed, each) for each in ranked if each.lowers is None)
        self._if_told = tuple((needed, each) for needed, each in self._all if each.applies.unknown == "skip")
        self._lowering = {
            severity: tuple((each.conditions.needed, each) for each in ranked if each.lowers in lower)
            for severity, lower in _LOWER.items()
        }

    def excuse(self, frame: Frame, held: Callable[[str], str]) -> tuple[str, str, str, str] | None:
        """Return (id, reason, clause, evidence needed) of the first exemption that governs the claim, by rank.

        Evidence that the brief holds is not needed any more; ``held`` gives the words that tell of it.
        """
        for each in self._governing(frame, self._all):
            evidence = evidence_of(frame.reading.context, each.proof, _said(frame)) if each.proof else ""
            if evidence:
                return each.id, f"{each.reason}；{held(evidence)}", each.clause, ""
            return each.id, each.reason, each.clause, each.evidence
        return None

    def left(self, frame: Frame, finding: Finding) -> Finding:
        """Return a finding as the first lowering exemption that governs it leaves it, with the reason added to its own.

        The evidence owed is the fact that decides. Facts that nobody told, and with which a claim would be excused or
        not be lowered, are noted in ``memo``.
        """
        for each in self._governing(frame, self._if_told, Applies.missing):
            _ask(frame.reading, finding, each.applies)
        for each in self._governing(frame, self._lowering[finding.severity]):
            _ask(frame.reading, finding, each.applies)
            why = each.between.join(filter(None, (finding.why, each.reason, each.evidence)))
            return finding._replace(severity=each.lowers or finding.severity, why=why)
        return finding

    def _governing(
        self,
        frame: Frame,
        all_of: Sequence[tuple[int, Exemption]],
        fits: Callable[[Applies, Context], object] = Applies.allows,
    ) -> Iterable[Exemption]:
        """Yield the exemptions that govern a claim, out of the two or three of fifty whose words the sentence has."""
        absent = ~frame.seen.slots
        context = frame.reading.context
        for needed, each in all_of:
            if needed & absent or not fits(each.applies, context):
                continue
            if each.conditions.met(frame) and each.conditions.met_by_text(frame.reading):
                yield each


def _ask(reading: Reading, finding: Finding, applies: Applies) -> None:
    """Note the facts of a context that nobody told and that decide about a finding."""
    for fact in applies.missing(reading.context) or ():
        reading.memo.setdefault(ASKED, {}).setdefault(fact, set()).add((finding.start, finding.end, finding.rule))


_LOWER: dict[Severity, tuple[Severity, ...]] = {
    "error": ("error", "warning", "hint"),
    "warning": ("hint",),
    "hint": (),
}


def _said(frame: Frame) -> str:
    """Return what has to be proved: the figures of the hit's sentence where it gives some, else the hit."""
    text = frame.reading.folded.text
    sentence = text[slice(*frame.sentence)]
    return sentence if _FIGURES.search(sentence) else text[slice(*frame.hit)]


class ClaimRoom:
    """What all claim rules of an engine share: the framer, the words around, the exemptions."""

    def __init__(self, build: Build) -> None:
        self.build = build
        self.around = Surroundings()
        self._made: dict[str, Exemption] = {}

    @functools.cached_property
    def framer(self) -> Framer:
        """What makes the frames."""
        return Framer(self.build.data("frames")["claim"], self.around, self.words_of)

    def words_of(self, name: str) -> tuple[Iterable[str], Iterable[str]]:
        """Return a lexicon's words and exceptions."""
        if name not in self.build.lexicons:
            raise ValueError(f"没有词表 {name} / there is no word list {name}")
        lexicon = self.build.lexicons[name]
        return lexicon.entries, lexicon.exceptions

    def conditions(self, data: Mapping[str, Any]) -> Conditions:
        """Make the conditions of a rule or an exemption."""
        when, not_when = (
            tuple(condition(each, self.around, self.words_of, self.framer.needed) for each in data.get(key, ()))
            for key in ("when", "not_when")
        )
        return Conditions(when, not_when, self.around)

    def exemptions_for(self, rule: str) -> Exemptions:
        """Return the exemptions that may excuse a rule: those that name it, or a folder above it."""
        parts = rule.split("/")
        names = ("/".join(parts[:count]) for count in range(1, len(parts) + 1))
        found = dict.fromkeys(each for name in names for each in self._exempting.get(name, ()))
        return Exemptions(map(self._exemption, found))

    @functools.cached_property
    def _exempting(self) -> Mapping[str, Sequence[str]]:
        """The exemptions by the rules and folders that they name."""
        found: dict[str, list[str]] = {}
        for exemption, data in self._exemptions.items():
            for name in data["rules"]:
                found.setdefault(name, []).append(exemption)
        return found

    @functools.cached_property
    def _exemptions(self) -> Mapping[str, Any]:
        return self.build.data("exemptions")

    def _exemption(self, name: str) -> Exemption:
        """Return an exemption, made when a rule that it may excuse is first hit."""
        if name not in self._made:
            self._made[name] = self._make(name, self._exemptions[name])
        return self._made[name]

    def _make(self, name: str, data: Mapping[str, Any]) -> Exemption:
        words = {**data, **data.get("en", {})} if self.build.lang == "en" else data
        try:
            conditions = self.conditions(data)
        except (KeyError, ValueError, re.error) as error:
            raise BadExemption(name=name, reason=str(error)) from None
        return Exemption(
            name,
            data["source"],
            words["reason"],
            words.get("evidence", ""),
            data.get("rank", 50),
            conditions,
            tuple(data.get("proof", ())),
            data.get("lowers"),
            applies_from(data.get("applies"), tuple(self.build.data("categories"))),
            "；" if self.build.lang == "zh" else "; ",
        )


class BadExemption(CopykitError):
    """An exemption whose conditions cannot be read."""

    zh = "例外 {name}：条件写得不对：{reason}"
    en = "exemption {name}: bad condition: {reason}"


def lowering(rule: str, build: Build) -> Callable[[Reading, int, int, Finding], Finding]:
    """Return what lowers the findings of a rule of another kind as its exemptions say; no such kind is excused."""
    room = room_of(build)
    exemptions: list[Exemptions] = []  # made at the first finding

    def lower(reading: Reading, start: int, end: int, finding: Finding) -> Finding:
        if not exemptions:
            exemptions.append(room.exemptions_for(rule))
        return exemptions[0].left(room.framer.frame(reading, start, end), finding)

    return lower


def room_of(build: Build) -> ClaimRoom:
    """Return the room of an engine's claim rules."""
    room = build.shared("claims", ClaimRoom)
    assert isinstance(room, ClaimRoom)
    return room


def evidence_of(context: Context, kinds: Collection[str], said: str) -> str:
    """Return the evidence of the brief's first claim of some kinds that states what is said and has not run out."""
    today = context.today
    for claim in context.brief.claims if context.brief is not None else ():
        expired = bool(claim.valid_until and today and claim.valid_until < today)
        if claim.kind in kinds and claim.evidence and not expired and states(claim.statement, said):
            return claim.evidence
    return ""


def states(statement: str, said: str) -> bool:
    """Return whether a claim of the brief says what a text says: in the same words, or with the same figures."""
    stated = fold_text(statement)
    figures = _FIGURES.findall(said)
    return said in stated or bool(figures and set(figures) <= set(_FIGURES.findall(stated)))


_FIGURES = late(r"\d+(?:\.\d+)?")
