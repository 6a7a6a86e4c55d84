"""The two changes that would help a title most: real rewrites, each judged again before it is proposed.

What may be tried is data (``changes/*.toml``): put someone or some scene in, take a word out, replace it by the one
that its list has for it, leave superlatives out, bring the core word forward, shorten to the platform's limit. Words
come from the brief, otherwise from what buyers of that category are like; nothing that would need evidence (a figure, a
result) is ever put in. A silly rewrite costs more trust than none: where grammar or sense are in doubt nothing is
proposed, and the writer is asked for what only the writer knows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from copykit.datafiles import DataFiles
from copykit.errors import CopykitError
from copykit.lexicon import Lexicons
from copykit.model import MOST_CHANGES, Change, Finding, TitleScore
from copykit.titles.rewrites import Rewrite, Rewriter, quoted
from copykit.titles.score import TitleScorer
from copykit.titles.sparing import Sparing, is_whole

_JOINTS = {"zh": "，", "en": ", "}
LEAST_GAIN = 1.0  # less is not to be seen in a score without decimals
_TRIED = 24  # rewrites judged at most; each costs about as much as the title itself


class Adviser:
    """Proposes changes to a judged title."""

    def __init__(self, files: DataFiles, scorer: TitleScorer, lang: str = "zh") -> None:
        self._scorer = scorer
        self._lang = lang
        self._changes = {
            name: {**data, **data.get("en", {})} if lang == "en" else data
            for name, data in sorted(files.load("changes").items())
        }
        lexicons = Lexicons(files)
        self._sparing = Sparing(lexicons, scorer)
        self._rewriter = Rewriter(self._changes, lexicons, scorer, self._sparing, lang)
        self._asked = [
            rule for data in self._changes.values() if data["kind"] == "ask" for rule in data.get("rules", ())
        ]

    def changes(self, score: TitleScore, body: str | None = None) -> list[Change]:
        """Return up to two changes of different kinds, the second made upon the first; none when nothing helps.

        What the law bars is not shown: of two changes that only together rid a title of it the second is told with
        the first, and where it stays there is none.
        """
        chosen: list[Change] = []
        used: set[str] = set()
        told: list[str] = []
        for _ in range(MOST_CHANGES):
            best = next(iter(self._judged(score, body, used)), None)
            if best is None:
                break
            change, score = best
            used.add(change.change)
            told.append(change.message)
            if not _barred(score):
                chosen.append(Change(_JOINTS[self._lang].join(told), change.title, score.overall.value))
                told = []
        return chosen

    def alone(self, score: TitleScore, body: str | None = None) -> list[Change]:
        """Return the best change of each kind, each made upon the title itself, the one that helps most first."""
        kinds: dict[str, Change] = {}
        for change, after in self._judged(score, body, ()):
            if not _barred(after) and all(change.title != other.title for other in kinds.values()):
                kinds.setdefault(change.change, Change(change.message, change.title, after.overall.value))
        return list(kinds.values())

    def questions(self, score: TitleScore) -> list[str]:
        """Return what to ask the writer about a title that no rewrite of its own words would help."""
        asked: list[tuple[int, str]] = []
        for data in self._changes.values():
            if data["kind"] != "ask" or score.profile not in data.get("profiles", (score.profile,)):
                continue
            rules, lacks = data.get("rules", ()), data.get("lacks")
            found = [finding for finding in score.findings if self._asks(data, finding)]
            told = any(f.dimension == lacks and f.points > 0 and f.rule not in rules for f in score.findings)
            low = score.percentile is None or score.percentile < data.get("below", 0)
            if (found or (low and "below" in data)) and not (lacks and told):
                asked.append((data["rank"], self._question(score, data, found)))
        return [message for rank, message in asked if rank == min(asked)[0]]

    def _asks(self, data: Mapping[str, Any], finding: Finding) -> bool:
        """Return whether a question is asked of a finding: of its rule, or of what no other question names."""
        of = data.get("of", finding.severity)
        if finding.severity != of:
            return False
        return (
            _names(data["rules"], finding.rule)
            if "rules" in data
            else "of" in data and not _names(self._asked, finding.rule)
        )

    def _question(self, score: TitleScore, data: Mapping[str, Any], found: Sequence[Finding]) -> str:
        """Return a question with the words that it is about, how far the length is off, and what could go."""
        old = quoted(dict.fromkeys(finding.match for finding in found), self._lang)
        length = score.length
        over = max(length.used - (length.limit or length.used), (length.low or 0) - length.used)
        spare = self._sparing.could_go(score, over) if "bare" in data else []
        message = data["message"] if spare or "bare" not in data else data["bare"]
        return str(message.format(old=old, over=over, word=quoted(spare, self._lang)))

    def _judged(self, score: TitleScore, body: str | None, without: Iterable[str]) -> list[tuple[Rewrite, TitleScore]]:
        """Return the rewrites that help with what they come to, the best first.

        One that mends an error and leaves another, or a warning of the law, is also tried without the clause of that.
        """
        judged: list[tuple[int, int, float, int, Rewrite, TitleScore]] = []
        barred = _barred(score)
        for number, rewrite in enumerate(list(dict.fromkeys(self._rewriter.rewrites(score, without)))[:_TRIED]):
            try:
                after = self._scorer.score(rewrite.title, body)
            except CopykitError:
                continue
            for each, then in ((rewrite, after), *(self._cleared(rewrite, after, body) if barred else ())):
                if _worth(score, then, self._scorer.profile.highs):
                    left = sum(map(_is_of_law, then.findings))
                    judged.append((_fixes(score, then), -left, then.overall.value, -number, each, then))
        judged.sort(key=lambda item: item[:4], reverse=True)
        return [(rewrite, after) for *_, rewrite, after in judged]

    def _cleared(self, rewrite: Rewrite, after: TitleScore, body: str | None) -> Iterator[tuple[Rewrite, TitleScore]]:
        left = [finding for finding in after.findings if _is_of_law(finding)]
        if not left:
            return
        cleared = self._rewriter.cleared(rewrite, after, left)
        if cleared is not None:
            yield cleared, self._scorer.score(cleared.title, body)


def _worth(before: TitleScore, after: TitleScore, highs: Mapping[str, int]) -> bool:
    """Return whether a rewrite helps: it fits, brings nothing new to mend, and mends an error or gains visibly.

    While something has to be mended, nothing else is worth proposing.
    """
    if after.length.ok is False or _faults(after) - _faults(before):
        return False
    if any(part.value >= highs.get(name, 101) > before.risks[name].value for name, part in after.risks.items()):
        return False
    if _fixes(before, after) > 0:
        return after.overall.value >= before.overall.value
    mended = before.length.ok is not False and not any(finding.severity == "error" for finding in before.findings)
    return mended and after.overall.value >= before.overall.value + LEAST_GAIN


def _fixes(before: TitleScore, after: TitleScore) -> int:
    """Return how much of what must be mended is mended: the length, and each error."""
    errors = [sum(finding.severity == "error" for finding in score.findings) for score in (before, after)]
    return (before.length.ok is False and after.length.ok is True) + errors[0] - errors[1]


def _is_of_law(finding: Finding) -> bool:
    return finding.severity != "hint" and finding.rule.startswith("law/")


def _barred(score: TitleScore) -> bool:
    """Return whether the law bars a word of a title."""
    return any(_is_of_law(finding) and finding.severity == "error" for finding in score.findings)


def _faults(score: TitleScore) -> Counter[tuple[str, str]]:
    """Return what warns, by rule and words, and what costs points, by rule: of its words only a few are ever told."""
    return Counter(
        (finding.rule, "" if finding.severity == "hint" or is_whole(finding, score) else finding.matched_as)
        for finding in score.findings
        if finding.severity != "hint" or (finding.points < 0 and finding.dimension in score.overall.parts)
    )


def _names(rules: Iterable[str], rule: str) -> bool:
    """Return whether a rule is one of those named; a name with a slash at its end means a whole folder."""
    return any(rule.startswith(name) if name.endswith("/") else rule == name for name in rules)
