"""What has to change before a text goes out, by which article, and what looks dangerous but may stand.

A text is searched once for the words that call any rule; only the sentences where one stands are cut, framed and
judged. Nothing here is legal advice.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from copykit.categories import Categories
from copykit.datafiles import DataFiles
from copykit.errors import Problem
from copykit.late import late
from copykit.laws import Laws
from copykit.lexicon import Lexicons
from copykit.model import Finding, Span
from copykit.rules import claims, copyedit, names, on_page, prose, repetition
from copykit.rules import kinds as rule_kinds
from copykit.rules import rule as rules
from copykit.rules.applies import ALWAYS
from copykit.rules.check import plain_context
from copykit.rules.claims import EXCUSED, Excused
from copykit.rules.engine import Engine, Part
from copykit.rules.exemptions import ASKED
from copykit.rules.kinds import Kind, KindMaker
from copykit.rules.reading import Context, Reading
from copykit.rules.relations import WHOLE
from copykit.rules.surroundings import NEXT
from copykit.text.clauses import sentences
from copykit.text.measure import display_width
from copykit.text.originality import Index, corpus_index
from copykit.text.segment import Segmenter

if TYPE_CHECKING:
    from copykit.model import Brief

Verdict = Literal["error", "warning", "ok"]
_Place = tuple[int, int, str]  # start, end, rule
PACKS = ("law",)

KINDS: dict[str, KindMaker] = {
    **rule_kinds.KINDS,
    **names.KINDS,
    **claims.KINDS,
    **copyedit.KINDS,
    **repetition.KINDS,
    **on_page.KINDS,
}


class Ask(NamedTuple):
    """A fact of the context that nobody told, and the findings of which it would decide."""

    fact: str
    findings: tuple[Finding, ...]


class Report(NamedTuple):
    """What was found in one text. ``excused`` are the hits that may stand; ``asks`` the facts that would decide."""

    text: str
    verdict: Verdict
    findings: tuple[Finding, ...]
    exempted: tuple[Excused, ...]
    asks: tuple[Ask, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about a text beside its words; a fact that is not known is None or empty, never guessed.

    ``category`` as people call it. ``channel``: public, group or private. ``audience``: general or minors.
    ``kind``: title, article, listing or post. ``corpus``: the texts of which nothing is to be repeated.
    """

    category: str = ""
    has_link: bool | None = None
    commercial: bool | None = None
    audience: str = ""
    channel: str = ""
    brief: Brief | None = None
    today: str = ""
    kind: str = ""
    corpus: Index | None = None


class Checker:
    """Compiled rules; ``check`` judges a text against the facts that are known about it."""

    def __init__(
        self,
        files: DataFiles,
        packs: Sequence[str] = PACKS,
        segmenter: Segmenter | None = None,
        lang: str = "zh",
        kinds: Mapping[str, KindMaker] = KINDS,
    ) -> None:
        self._categories = Categories(files)
        self._laws = Laws(files)
        self._unfinished = tuple(Lexicons(files)["unfinished_words"].entries)
        book = rules.rulebook(files, packs, lang)
        if kinds is KINDS:
            self._engine = Engine.of("check", book, files, segmenter or Segmenter(), kinds, lang)
        else:
            self._engine = Engine(book.values(), files, segmenter or Segmenter(), kinds, lang)

    def context(self, facts: Facts) -> Context:
        """Return the context in which rules see a text.

        Raises:
            UnknownCategory: the category is none that the data files know.
        """
        brief = facts.brief
        told = self._categories[facts.category] if facts.category else frozenset()
        if brief is not None and not told:
            told = self._categories.of(brief)
        return Context(
            brief=brief,
            category=facts.category or (brief.category if brief else ""),
            today=facts.today,
            categories=told,
            has_link=facts.has_link,
            commercial=facts.commercial,
            audience=facts.audience,
            channel=facts.channel,
            kind=facts.kind,
            corpus=facts.corpus,
        )

    def check(
        self,
        text: str,
        context: Context,
        links: Sequence[tuple[int, int, str]] | None = None,
        titles: Sequence[tuple[int, int]] = (),
    ) -> Report:
        """Judge one text of any length; total on any string.

        ``links`` stand for those of the context, so that texts which differ in nothing else share one context, for
        which the rules are chosen once. ``titles`` is where the text's own title stands in it (start, end): some rules
        ask nothing of it. Threads may share a checker; they take turns, a text at a time.
        """
        with self._engine.lock:
            return self._judge(text, context, links, titles)

    def every(self, text: str, context: Context) -> list[Finding]:
        """Return all that the sentences of a text claim, by place: also what a report tells by a graver finding there.

        For those who ask which rules hold of a text, and not what its writer should be told.
        """
        with self._engine.lock:
            whole, parts = self._engine.read_long(text, context, sentences)
            return in_order(self._claimed(text, whole, parts)[0])

    def _judge(
        self,
        text: str,
        context: Context,
        links: Sequence[tuple[int, int, str]] | None,
        titles: Sequence[tuple[int, int]],
    ) -> Report:
        whole, parts = self._engine.read_long(text, context, sentences)
        whole.memo[prose.TITLES] = titles
        if links is not None:
            whole.memo[on_page.LINKS] = links
        notices = self._engine.find_whole(whole)
        findings, exempted, asked = self._claimed(text, whole, parts)
        # What the text as a whole owes stands beside what its sentences claim, and swallows none of it.
        findings = settled(findings)
        findings = in_order(_told_once([*findings, *self._owed_once(notices, findings)]))
        exempted = sorted(_unsaid(_settled_too(exempted), findings), key=_place_of)
        return Report(text, verdict(findings), tuple(findings), tuple(exempted), self._asks(findings, context, asked))

    def _claimed(
        self, text: str, whole: Reading, parts: Iterable[Part]
    ) -> tuple[list[Finding], list[Excused], Mapping[str, Set[_Place]]]:
        """Return what sentences claim, what of it is excused, and the untold facts with the places they decide of."""
        folded, context = whole.folded, whole.context
        findings: list[Finding] = []
        exempted: list[Excused] = []
        asked: dict[str, set[_Place]] = {}
        for part in parts:
            start = folded.span(*part.span)[0]
            memo = part.reading.memo
            memo[WHOLE] = folded.text
            memo[NEXT] = folded.text[part.span.end : part.span.end + _GLANCE]
            findings += [_moved(finding, start) for finding in self._engine.find_called(part)]
            exempted += [excused._replace(finding=_moved(excused.finding, start)) for excused in memo.get(EXCUSED, ())]
            for fact, places in memo.get(ASKED, {}).items():
                asked.setdefault(fact, set()).update(
                    (first + start, last + start, rule) for first, last, rule in places
                )
        for runs, signs in (
            (_spelled_runs(folded.text), _SIGNS),
            (_turned_runs(folded.text, self._unfinished), _BLANKS),
        ):
            if runs:
                findings += self._parted(text, [folded.span(*run) for run in runs], context, signs)
        return findings, exempted, asked

    def _parted(self, text: str, runs: Iterable[tuple[int, int]], context: Context, signs: str) -> list[Finding]:
        """Return what stretches of the text, in which signs part the characters of words, say without the signs."""
        joined: list[str] = []
        places: list[tuple[int, int]] = []  # of each joined character: where it stands in the text, how long its run is
        for start, end in runs:
            kept = [place for place in range(start, end) if text[place] not in signs]
            if len(kept) < end - start:
                joined.append("".join(text[place] for place in kept))
                places += [(place, len(kept)) for place in kept]
                places += [(end, 0)] * len(_APART)
        found = []
        for finding in self.check(_APART.join(joined), context).findings if joined else ():
            first, (last, size) = places[finding.start][0], places[finding.end - 1]
            length = finding.end - finding.start
            # What holds no sign was found in its sentence, and what holds all of the run is owed by a whole text.
            is_style = finding.rule.startswith("style/")  # which looks at texts, not at words
            # Blanks inside a line are folded away; only what goes over its end has not been seen yet.
            seen = signs == _BLANKS and "\n" not in text[first : last + 1]
            if not is_style and not seen and length < last + 1 - first and length < size:
                found.append(finding._replace(start=first, end=last + 1, match=text[first : last + 1], related=()))
        return found

    def _owed_once(self, notices: Iterable[Finding], found: Iterable[Finding]) -> list[Finding]:
        """Return one finding a notice that is owed: the gravest, and of these the one that a word calls for.

        What was found may waive a notice: what may not be advertised owes nothing that other ads have to say.
        """
        waived = {notice for each in found for notice in getattr(self._engine.kind_of(each.rule), "waives", ())}
        others = []
        owed: dict[str, Finding] = {}
        for finding in sorted(notices, key=lambda each: (_GRAVITY[each.severity], each.end - each.start, each.rule)):
            notice = getattr(self._engine.kind_of(finding.rule), "notice", "")
            if not notice:
                others.append(finding)
            elif notice not in waived:
                owed.setdefault(notice, finding)
        return [*others, *owed.values()]

    def _asks(self, findings: Iterable[Finding], context: Context, asked: Mapping[str, Set[_Place]]) -> tuple[Ask, ...]:
        """Return the untold facts that decide; some a rule waits for, the others its exemptions (``asked``)."""
        deciding: dict[str, list[Finding]] = {}
        for finding in findings:
            applies = getattr(self._engine.kind_of(finding.rule), "applies", ALWAYS)
            by_exemptions = [fact for fact, places in asked.items() if _place(finding) in places]
            for fact in dict.fromkeys((*(applies.missing(context) or ()), *by_exemptions)):
                deciding.setdefault(fact, []).append(finding)
        return tuple(Ask(fact, tuple(each)) for fact, each in deciding.items())

    def trigger_words(self) -> frozenset[str]:
        """Return the folded words that call the rules, which is what a plain word list would search for."""
        return frozenset(word for kind in self._engine.built for word in getattr(kind, "called_by", ()))

    def kind_of(self, rule: str) -> Kind:
        """Return a built rule."""
        return self._engine.kind_of(rule)


def _spelled_runs(folded: str) -> list[tuple[int, int]]:
    """Return the stretches in which signs that folding keeps part single characters: 最，好，用的, 销、量、第、一."""
    runs: list[tuple[int, int]] = []
    for match in _SPELLED.finditer(folded):
        start, end = match.span()
        while start and folded[start - 1] not in _ENDS:
            start -= 1
        while end < len(folded) and folded[end] not in _ENDS and end - match.end() < _WORD:
            end += 1
        if not runs or start >= runs[-1][1]:
            runs.append((max(start, match.start() - _WORD), end))
    return runs


def _turned_runs(folded: str, unfinished: tuple[str, ...]) -> list[tuple[int, int]]:
    """Return the stretches around line ends that fall into a sentence: those of a wrapped text, and 全网最⏎好用.

    ``unfinished``: folded words with which no line of a list ends.
    """
    runs: list[tuple[int, int]] = []
    block, widest = (0, -1), 0  # consecutive lines, and the width of the widest
    for match in _TURNED.finditer(folded):
        begin = folded.rfind("\n", 0, match.start()) + 1
        line = folded[begin : match.start() + 1]
        turned = line.endswith(unfinished)
        if not turned and len(line) >= _LEAST_WRAPPED:
            if not block[0] <= begin <= block[1]:
                block = folded.rfind("\n\n", 0, begin) + 1, (folded.find("\n\n", begin) + 1 or len(folded) + 1) - 1
                widest = max(map(display_width, folded[slice(*block)].split("\n")))
            turned = display_width(line) >= widest - _RAGGED
        if turned:
            end = match.end()
            stop = next((at for at in range(end, min(end + _WORD, len(folded))) if folded[at] in _ENDS), end + _WORD)
            runs.append((max(begin, match.start() - _WORD), min(stop, len(folded))))
    return runs


# A line end between two Han; a line that was wrapped there is nearly full.
_TURNED = late("[\u4e00-\u9fff] {0,3}\n {0,3}(?=[\u4e00-\u9fff])")
_LEAST_WRAPPED, _RAGGED = 12, 3  # characters of a wrapped line, cells by which its end varies
_BLANKS = " \r\n\u3000"
_APART = "。\n"  # between two runs that are read together
_SIGNS = ",，、;；:：/|·~～*-_.。…"  # signs that part characters, as folding may meet and keep them
_SPELLED = late("[,、;:](?:[\u4e00-\u9fff][,、;:])+")  # a single character between two signs
_ENDS = _SIGNS + "!?()“”《》【】\n "
_WORD = 8  # characters around such a stretch that belong to its words
_GLANCE = 80  # characters behind a sentence in which it may be answered or taken up


def verdict(findings: Iterable[Finding]) -> Verdict:
    """Return the gravest thing that has to be done: error and warning as they are, ok for hints or nothing."""
    severities = {finding.severity for finding in findings}
    return "error" if "error" in severities else "warning" if "warning" in severities else "ok"


def settled(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings by place, without those that lie inside a graver or longer one of the same rule folder.

    国家级 and 最高级 may both call 国家级最高级认证; what is said once need not be said again for a part of it, nor for
    what begins inside a graver one and ends a little behind it (全网最低 and 最低价).
    """
    kept = []
    # Folder → how far findings reach that are graver than an error (none are), a warning, a hint, and all of them.
    reached: dict[str, list[int]] = {}
    for finding in sorted(findings, key=lambda f: (f.start, -f.end, _GRAVITY[f.severity], f.points, f.rule)):
        reach = reached.setdefault(finding.rule.rpartition("/")[0], [-1] * (len(_GRAVITY) + 1))
        gravity, end = _GRAVITY[finding.severity], finding.end
        # What reaches this far began no later, so that it holds the finding.
        if reach[gravity + 1] < end and reach[gravity] <= finding.start:
            kept.append(finding)
            for lighter in range(gravity + 1, len(reach)):
                reach[lighter] = max(reach[lighter], end)
    return in_order(kept)


def _told_once(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings without those of the law at the very place of a graver one: a hit is told once.

    Of style there may be several things to say at one place.
    """
    told: dict[tuple[str, int, int], Finding] = {}
    for finding in sorted(findings, key=lambda each: (_GRAVITY[each.severity], each.points, each.rule)):
        pack = finding.rule.partition("/")[0]
        told.setdefault(("" if pack in PACKS else finding.rule, finding.start, finding.end), finding)
    return list(told.values())


def lawful_once(findings: Sequence[Finding]) -> Sequence[Finding]:
    """Return the findings of all packs, in their order, with those of the law as a report tells them: each hit once."""
    of_law = [finding for finding in findings if finding.rule.partition("/")[0] in PACKS]
    if len(of_law) < 2:
        return findings
    told = set(_told_once(settled(of_law)))
    return [finding for finding in findings if finding in told or finding.rule.partition("/")[0] not in PACKS]


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings by place, then rule."""
    return sorted(findings, key=lambda finding: (finding.start, finding.end, finding.rule))


def case_context(files: DataFiles) -> Callable[[Mapping[str, Any]], Context]:
    """Return what turns a rule's ``[cases.given]`` table into the context of its sentences."""
    categories = Categories(files)

    def context(given: Mapping[str, Any]) -> Context:
        told = categories[given["category"]] if "category" in given else frozenset()
        return replace(
            plain_context(given),
            categories=told,
            has_link=given.get("has_link"),
            commercial=given.get("commercial"),
            audience=given.get("audience", ""),
            channel=given.get("channel", ""),
            kind=given.get("kind", ""),
            corpus=corpus_index((str(number), text) for number, text in enumerate(given["corpus"], 1))
            if "corpus" in given
            else None,
        )

    return context


def check_exemption(
    name: str, data: Mapping[str, Any], checker: Checker, context: Context, minimum: int = 1
) -> list[Problem]:
    """Return what is wrong with an exemption: a sentence that it has to excuse and does not, or the other way round.

    ``exempt`` sentences have to be excused by it (or lowered, if it ``lowers``) and hold no error, but the one that it
    leaves. ``flag`` ones, where the excuse stands near and governs nothing, have to stay findings.
    """
    problems: list[Problem] = []
    for key in ("exempt", "flag"):
        told_of = data["cases"][key]
        if len(told_of) < minimum:
            zh, en = f"至少要 {minimum} 句，现在 {len(told_of)} 句", f"needs {minimum} sentences, has {len(told_of)}"
            problems.append(Problem(name, 0, f"cases.{key}", zh, en))
        for sentence in told_of:
            report = checker.check(sentence, context)
            excused = any(each.exemption == name for each in report.exempted) or lowered_by(data, report)
            told = "、".join(f"{finding.match}（{finding.rule}）" for finding in report.findings)
            if key == "exempt" and not excused:
                zh, en = f"该放过却没有：{sentence}", f"must excuse, does not: {sentence}"
            elif key == "exempt" and report.verdict == "error" and data.get("lowers") != "error":
                zh, en = f"放过了，可还有错误：{sentence}：{told}", f"excuses, but an error is left: {sentence}: {told}"
            elif key == "flag" and excused:
                zh, en = f"不该放过却放过了：{sentence}", f"must not excuse, does: {sentence}"
            elif key == "flag" and report.verdict == "ok":
                zh, en = f"该命中却没有：{sentence}", f"must stay a finding, does not: {sentence}"
            else:
                continue
            problems.append(Problem(name, 0, f"cases.{key}", zh, en))
    return problems


def lowered_by(data: Mapping[str, Any], report: Report) -> bool:
    """Return whether an exemption that ``lowers`` left its reason in one of a report's findings."""
    reasons = [data["reason"], data.get("en", {}).get("reason", data["reason"])]
    return "lowers" in data and any(reason in finding.why for finding in report.findings for reason in reasons)


_GRAVITY = {"error": 0, "warning": 1, "hint": 2}


def _settled_too(exempted: Sequence[Excused]) -> list[Excused]:
    """Return what was excused, settled as findings are: one exemption a hit."""
    kept = {_place(each) for each in _told_once(settled(each.finding for each in exempted))}
    return [each for each in exempted if _place(each.finding) in kept]


def _place(finding: Finding) -> _Place:
    return finding.start, finding.end, finding.rule


def _unsaid(exempted: Iterable[Excused], findings: Iterable[Finding]) -> list[Excused]:
    """Return what was excused and is no finding of another rule too, nor a part of one of the same folder."""
    exempted = list(exempted)
    if not exempted:
        return exempted
    told: set[tuple[int, int]] = set()
    starts: dict[str, list[int]] = {}
    ends: dict[str, list[int]] = {}  # the farthest end of the findings so far, folder by folder
    for finding in in_order(findings):
        told.add((finding.start, finding.end))
        folder = finding.rule.rpartition("/")[0]
        farthest = ends.setdefault(folder, [])
        starts.setdefault(folder, []).append(finding.start)
        farthest.append(max(finding.end, farthest[-1] if farthest else 0))
    left = []
    for each in exempted:
        start, end = each.finding.start, each.finding.end
        folder = each.finding.rule.rpartition("/")[0]
        before = bisect_right(starts.get(folder, ()), start)
        if (start, end) not in told and not (before and ends[folder][before - 1] >= end):
            left.append(each)
    return left


def _place_of(excused: Excused) -> _Place:
    return _place(excused.finding)


def _moved(finding: Finding, by: int) -> Finding:
    """Return a finding of a sentence as a finding of the text that it stands in."""
    related = tuple(Span(start + by, end + by) for start, end in finding.related) if finding.related else ()
    rule, start, end, *others, _ = finding
    return _new(Finding, (rule, start + by, end + by, *others, related))


_new = tuple.__new__  # _replace takes three times as long
