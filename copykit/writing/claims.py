"""The ledger: what of a brief may be said today, and what is held back and why.

A claim needs what its kind asks for (``data/claims``) and must not have expired. Beyond that, every phrase of the brief
that might get into a text is judged once against the law packs, so that a sales figure among the details is no way
around the ledger.
"""

from __future__ import annotations

import dataclasses
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from itertools import accumulate, groupby
from typing import Any, NamedTuple

from copykit.brief.said import FILE_NAMES, Path, said_in
from copykit.brief.shapes import as_noun, begun_with, fields, key_of
from copykit.compliance import Checker
from copykit.datafiles import DataFiles
from copykit.errors import Words
from copykit.excuses import named
from copykit.model import Brief, Claim, Finding, Stock, Story, Withheld
from copykit.rules.reading import Context
from copykit.templating import clean

# A brand and a story are called as others call them, signs and all.
_NAMED_ELSEWHERE = frozenset(("brand", "stories.name"))


class Ledger(NamedTuple):
    """A brief without what may not be said; ``withheld`` tells of all that was taken out."""

    brief: Brief
    withheld: tuple[Withheld, ...]


def open_ledger(
    brief: Brief, today: str, files: DataFiles, checker: Checker, make_context: Callable[[Brief], Context]
) -> Ledger:
    """Return what of a brief may be said on a day (ISO).

    ``make_context`` gives the context in which texts of a brief are judged; it is asked with the claims that stand, so
    that one without its evidence proves nothing else, and again where the proof of a point turns out not to.
    """
    settings = files.load("claims")["kinds"]
    missing: Mapping[str, Mapping[str, str]] = settings["missing"]
    withheld: list[Withheld] = []

    def hold(path: str, text: str, why: str, **told: Any) -> None:
        words = missing[why]
        withheld.append(Withheld(path, text, Words(words["zh"].format(**told), words["en"].format(**told))))

    def passes(path: str, text: str, each: Any, needs: list[str], until: str) -> bool:
        lacking = [need for need in needs if not getattr(each, need)]
        for need in lacking:
            hold(path, text, need)
        expired = bool(until and until < today)
        if expired:
            hold(path, text, "expired", day=until)
        return not lacking and not expired

    def claim_passes(number: int, claim: Claim) -> bool:
        needs = settings["kinds"][claim.kind]["needs"]
        return passes(f"claims.{number}", claim.statement, claim, needs, claim.valid_until)

    def story_passes(number: int, story: Story) -> bool:
        return passes(f"stories.{number}", story.name, story, settings["stories"].get(story.kind, []), story.until)

    material = brief.material
    stock = material.stock
    if stock != Stock():
        text = f"left {stock.left}, quota {stock.quota}"
        good = passes("stock", text, stock, settings["stock"]["needs"], stock.until)
        days = _days_between(stock.as_of, today)
        if good and stock.left is not None and days > settings["stock"]["stale_days"]:
            hold("stock.left", text, "stale", day=stock.as_of, days=settings["stock"]["stale_days"])
            stock = dataclasses.replace(stock, left=None)
        stock = stock if good else Stock()
    # What does not pass leaves an empty place, so that the others keep their numbers and paths.
    claims = tuple(claim if claim_passes(n, claim) else Claim(claim.kind, "") for n, claim in enumerate(brief.claims))
    stories = tuple(
        story if story_passes(n, story) else Story(story.kind, "") for n, story in enumerate(material.stories)
    )
    left = dataclasses.replace(
        brief, claims=claims, material=dataclasses.replace(material, stories=stories, stock=stock)
    )
    shaped = {field.key: field for field in fields(files)}
    for path, text in list(said_in(left)):
        field = shaped.get(key_of(path))
        is_noun = field is not None and field.shape == "noun" and field.key not in _NAMED_ELSEWHERE
        noun = as_noun(text) if is_noun else text.strip()
        if noun == text.strip() or (not noun and path == ("product",)):
            continue
        if noun != clean(text):  # that a stop at the end is not written is nothing to tell
            hold(".".join(map(str, path)), text, "noun" if noun else "no_noun", noun=noun)
        left = replaced(left, path, noun)
    screen = _Screen(checker, settings)
    proofs = True
    while proofs:
        proofs = False
        for path, text, reason in screen.barred(left, make_context(left)):
            withheld.append(Withheld(".".join(map(str, path)), text, reason))
            left = without(left, path)
            # What this proof stood for has to be judged without it.
            proofs = proofs or (path[0], path[-1]) == ("selling_points", "proof")
    # A second subject behind the product's name is no sentence; where there is nothing else to say, it is said so.
    second = [
        (path, text, word)
        for path, text in said_in(left)
        if (field := shaped.get(key_of(path))) is not None and (word := begun_with(text, field))
    ]
    if len(second) < sum(bool(point.feature) for point in left.material.points):
        for path, text, word in second:
            hold(".".join(map(str, path)), text, "subject", word=word)
            left = without(left, path)
    return Ledger(left, tuple(withheld))


def passed_over(brief: Brief, files: DataFiles) -> tuple[Withheld, ...]:
    """Return the claims of a ledger that stand and are passed over by texts, for want of what they are told with."""
    settings = files.load("claims")["kinds"]
    return tuple(
        Withheld(
            f"claims.{number}", claim.statement, Words(settings["missing"][need]["zh"], settings["missing"][need]["en"])
        )
        for number, claim in enumerate(brief.claims)
        if claim.statement
        for need in settings["kinds"][claim.kind].get("told_with", ())
        if not getattr(claim, need)
    )


def without_unsourced(ledger: Ledger, files: DataFiles) -> Ledger:
    """Return a ledger without the claims that texts pass over, for what has no room to name a source itself."""
    passed = passed_over(ledger.brief, files)
    left = ledger.brief
    for each in passed:
        first, number = each.field.split(".")
        left = without(left, (first, int(number), "statement"))
    return Ledger(left, (*ledger.withheld, *passed))


def stock_claims(brief: Brief) -> tuple[Claim, ...]:
    """Return what a brief's stock states, as claims with its evidence, for the rules that ask for proof."""
    stock = brief.material.stock
    if not stock.evidence:
        return ()
    day = date.fromisoformat(stock.until) if stock.until else None
    until = f"到 {day.month} 月 {day.day} 日" if day is not None else ""
    said = f"还有 {stock.left} {brief.unit}，每人限 {stock.quota} {brief.unit}，{until}"
    return tuple(Claim(kind, said, stock.evidence, stock.until) for kind in ("stock", "deadline"))


class _Screen:
    """Finds the phrases of a brief that no text may hold.

    These are errors, claims of which there is no proof, and what ``barred`` of the data names.
    """

    def __init__(self, checker: Checker, settings: Mapping[str, Any]) -> None:
        self._checker = checker
        self._barred: Sequence[str] = settings["barred"]["rules"]
        self._kinds: Mapping[str, Mapping[str, Any]] = settings["kinds"]
        self._missing: Mapping[str, Mapping[str, str]] = settings["missing"]

    def barred(self, brief: Brief, context: Context) -> Iterator[tuple[Path, str, Words]]:
        """Yield the path of each phrase that may not be said, the phrase, and why."""
        # Only what stands in one entry may excuse, finish or answer each other: a question and its answer do.
        for _, entry in groupby(said_in(brief), lambda said: _entry(said[0])):
            said = list(entry)
            starts = list(accumulate((len(text) + len(_APART) for _, text in said), initial=0))
            found: dict[int, list[Finding]] = {}
            # What a graver finding swallows bars as well: 得湿疹 of a cream sounds like medicine and is a threat.
            for finding in self._checker.every(_APART.join(text for _, text in said), context):
                if self._bars(finding):
                    found.setdefault(bisect_right(starts, finding.start) - 1, []).append(finding)
            for number, findings in found.items():
                path, text = said[number]
                yield path, text, self._why(path, _gravest(findings))

    def _bars(self, finding: Finding) -> bool:
        if not finding.rule.startswith("law/"):
            return False
        unproved = self._proof(finding) or named(finding.rule, self._barred)
        return finding.severity == "error" or (finding.severity == "warning" and bool(unproved))

    def _proof(self, finding: Finding) -> str:
        """Return the kind of claim that would prove what was found, if any would."""
        proof: str = getattr(self._checker.kind_of(finding.rule), "proof", "")
        return proof

    def _why(self, path: Path, finding: Finding) -> Words:
        """Return why a phrase may not be said, and where the evidence is written that would let it."""
        parts = [{lang: self._missing["checked"][lang].format(message=finding.message) for lang in ("zh", "en")}]
        kind = self._proof(finding)
        if kind:
            example = self._kinds[kind]["example"]
            cure = self._missing["claim"]
            parts.append({lang: cure[lang].format(kind=kind, example=example[lang]) for lang in cure})
            if self._kinds[kind].get("by_proof") and path[0] == "selling_points" and path[-1] != "proof":
                parts.append(dict(self._missing["proof_of_point"]))
        return Words("".join(each["zh"] for each in parts), "".join(each["en"] for each in parts))


def _gravest(findings: Sequence[Finding]) -> Finding:
    """Return an error where there is one, then what stands first, then what spans most."""
    return min(findings, key=lambda each: (each.severity != "error", each.start, -each.end))


# A blank line parts paragraphs, so that no line is read as if it ran on in the next.
_APART = "\n\n"


def _entry(path: Path) -> Path:
    """Return the path of the entry of a list that a phrase belongs to, or its own."""
    number = next((at for at, part in enumerate(path) if isinstance(part, int)), len(path))
    return path[: number + 1]


def _days_between(first: str, last: str) -> int:
    return (date.fromisoformat(last) - date.fromisoformat(first)).days if first and last else 0


def without(brief: Brief, path: Path) -> Brief:
    """Return a brief in which the phrase at a path is empty; the numbers of the others stay as they are."""
    return replaced(brief, path, "")


def replaced(brief: Brief, path: Path, text: str) -> Brief:
    """Return a brief in which another phrase stands at a path."""
    first, *rest = path
    if first == "audience" and rest[0] == "who":
        return dataclasses.replace(brief, audience=_put(brief.audience, rest[1:], text))
    if first in ("claims", "keywords"):
        return dataclasses.replace(brief, **{str(first): _put(getattr(brief, str(first)), rest, text)})
    name = {told: own for own, told in FILE_NAMES.items()}.get(str(first), str(first))
    if not rest:
        changes: dict[str, Any] = {name: text}
        return dataclasses.replace(brief, **changes)
    return dataclasses.replace(brief, material=_put(brief.material, [name, *rest], text))


def _put(value: Any, path: list[str | int] | tuple[str | int, ...], text: str) -> Any:
    if not path:
        return text
    first, *rest = path
    if isinstance(first, int):
        return (*value[:first], _put(value[first], rest, text), *value[first + 1 :])
    return dataclasses.replace(value, **{first: _put(getattr(value, first), rest, text)})
