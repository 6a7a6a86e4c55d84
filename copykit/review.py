"""Judge a document as it stands in its file: what is known about it, what its author lets stand, and every place."""

from __future__ import annotations

import difflib
import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from copykit import datafiles, parsing, schemas
from copykit.brief import read_brief
from copykit.compliance import Checker, Facts, verdict
from copykit.datafiles import DataFiles
from copykit.documents import FRONT_KEYS, Document, Shops, front_matter
from copykit.errors import DataFileError, Problem
from copykit.excuses import Excuses, Phrases, excuses_in, idle, left_open, named, names_of
from copykit.model import Brief, Checked, Claim, Finding, Place, Span, Spared, Told
from copykit.project import CheckSettings, PhraseExcuse
from copykit.rules.reading import Context
from copykit.text.originality import Index
from copykit.voices import Voice, lint

# What a run went over: sentences and streams alone, files, a folder, all of a project.
Over = Literal["texts", "files", "folder", "project"]
_MISSPELT = 0.85  # chanel is; categories, which other programs read, is not


@dataclass(frozen=True, slots=True)
class Known:
    """What a run's options say of all its texts; None and empty are what they do not say."""

    category: str = ""
    has_link: bool | None = None
    commercial: bool | None = None
    audience: str = ""
    channel: str = ""
    brief: Brief | None = None
    evidence: tuple[Claim, ...] = ()
    today: str = ""
    kind: str = ""
    corpus: Index | None = None
    voice: Voice | None = None


class Reviewer:
    """Judges documents one after another; ``idle_phrases`` tells at the end which excuses were good for nothing."""

    def __init__(
        self,
        files: DataFiles,
        checker: Checker,
        packs: Sequence[str],
        known: Known,
        project: CheckSettings | None = None,
        lang: str = "zh",
    ) -> None:
        self._checker = checker
        rules = files.load("rules")
        self._rules = names_of(rules)
        self._active = names_of(rule for rule in rules if named(rule, packs))
        self._known = known
        self._project = project or CheckSettings()
        self._shops = Shops(files)
        self._lang = lang
        self._contexts: dict[Facts, Context] = {}
        self._briefs: dict[Path, Brief] = {}
        told = self._project.told
        brief = self._brief(self._project.folder / told["brief"]) if self._project.folder and "brief" in told else None
        self._base = {
            key: told[key] for key in ("category", "has_link", "commercial", "audience", "channel") if key in told
        }
        if brief is not None:
            self._base["brief"] = brief
        self._held = [
            each for each in self._project.excuses if not each.until or not known.today or each.until >= known.today
        ]
        self._asked: set[PhraseExcuse] = set()
        self._used: set[PhraseExcuse] = set()
        self.context(Facts(category=known.category or self._base.get("category", "")))  # an unknown one is told at once

    def review(self, document: Document) -> Checked:
        """Return what is to be said of a document.

        Raises:
            DataFileError, UnknownCategory, FileMissing: its front matter says what cannot be.
        """
        seen = document.visible
        facts, inferred = self._facts(document)
        context = self.context(facts)
        anchors = tuple((*link.span, link.title) for link in seen.links if link.span.end)
        if anchors or seen.again is not None:
            context = replace(context, links=anchors or None, again=seen.again)
        report = self._checker.check(seen.text, context, titles=seen.titles)
        if self._known.voice is not None:
            report = report._replace(findings=(*report.findings, *lint(self._known.voice, seen.text, self._lang)))
        found, faults = excuses_in(seen, self._rules, self._lang)
        excuses = Excuses(found)
        phrases = Phrases(seen.text, [each for each in self._held if self._speaks_of(each, document.file)])
        where = _Where(document)
        standing: list[tuple[Finding, Span]] = []
        spared: list[Spared] = []
        used: set[int] = set()
        for finding in report.findings:
            span = seen.span(finding.start, finding.end)
            excuse = excuses.covering(finding, span)
            phrase = phrases.excusing(finding) if excuse is None else None
            if excuse is not None:
                used.add(excuse)
                directive = excuses.all[excuse].directive
                by = f"{document.file}:{where.line(directive.span.start)}"
                spared.append(Spared(*where.placed(finding, span), directive.reason, by=by))
            elif phrase is not None:
                self._used.add(phrase)
                spared.append(
                    Spared(*where.placed(finding, span), phrase.reason, by=f"{datafiles.PROJECT_FILE}:{phrase.line}")
                )
            else:
                standing.append((finding, span))
        for number, each in enumerate(excuses.all):
            if number not in used and not self._active.isdisjoint(each.directive.rules):
                faults.append(idle(each, seen, self._lang))
            elif each.open:
                faults.append(left_open(each, seen, self._lang))
        places = [(span, Told(*where.placed(finding, span))) for finding, span in standing]
        places += [(span, Told(*where.placed(finding, span, in_source=True))) for finding, span in faults]
        told = [each for _, each in sorted(places, key=lambda place: (place[0], place[1].finding.rule))]
        exempted = tuple(
            Spared(
                *where.placed(each.finding, seen.span(each.finding.start, each.finding.end)),
                each.reason,
                each.clause,
                each.evidence_needed,
            )
            for each in report.exempted
        )
        left = {finding for finding, _ in standing}
        asks = tuple(
            (fact, tuple(dict.fromkeys(finding.rule for finding in about if finding in left)))
            for fact, about in report.asks
            if not left.isdisjoint(about)
        )
        grave = verdict(each.finding for each in told)
        return Checked(
            document.file, document.row, grave, tuple(told), exempted, tuple(spared), asks, inferred, seen.text
        )

    def context(self, facts: Facts) -> Context:
        """Return the context of some facts, the same one for the same facts."""
        if facts not in self._contexts:
            self._contexts[facts] = self._checker.context(facts)
        return self._contexts[facts]

    def complaints(self, over: Over) -> list[Problem]:
        """Return what is wrong with the excuses of copykit.toml, after a run over all that ``over`` tells."""
        folder = self._project.folder
        if folder is None:
            return []
        shown = parsing.shown_path(folder / datafiles.PROJECT_FILE)
        problems: list[Problem] = []
        for each in self._project.excuses:
            unknown = [name for name in each.rules if name not in self._rules]
            key = f"check.excuse（{each.phrase or '、'.join(each.rules)}）"
            if unknown:
                names = "、".join(unknown)
                zh, en = f"没有“{names}”这条规则", f"there is no rule '{names}'"
            elif each not in self._held:
                zh, en = f"到 {each.until} 为止，已经过期，不再放过", f"ended on {each.until} and no longer holds"
            elif each not in self._used and self._was_tried(each, over):
                zh, en = "没有放过任何一处，用不上了就删掉", "excuses nothing any more; remove it"
            else:
                continue
            problems.append(Problem(shown, each.line, key, zh, en))
        return problems

    def _was_tried(self, excuse: PhraseExcuse, over: Over) -> bool:
        """Return whether a run has shown that an excuse is good for nothing: one file tells little of a phrase."""
        if excuse.rules and self._active.isdisjoint(excuse.rules):
            return False
        if over == "project" or excuse not in self._asked:
            return over == "project"
        return over == "folder" or (over == "files" and bool(excuse.files))

    def _speaks_of(self, excuse: PhraseExcuse, file: str) -> bool:
        folder = self._project.folder
        path = Path(file)
        if folder is not None and file != "-":
            try:
                path = path.absolute().relative_to(folder)
            except ValueError:  # a text outside of the project
                return not excuse.files
        if excuse.speaks_of(path.as_posix()):
            self._asked.add(excuse)
            return True
        return False

    def _facts(self, document: Document) -> tuple[Facts, tuple[str, ...]]:
        """Return what is known of a document, the nearest source first: option, front matter, project, the text."""
        told: dict[str, Any] = {**self._base, **self._front(document)}
        known = self._known
        for key in ("category", "has_link", "commercial", "audience", "channel", "brief"):
            value = getattr(known, key)
            if value not in (None, ""):
                told[key] = value
        brief = told.pop("brief", None)
        if known.evidence:
            brief = replace(brief or Brief(""), claims=(*(brief.claims if brief else ()), *known.evidence))
        inferred: tuple[str, ...] = ()
        if told.get("has_link") is None and self._shops.sells(document.visible):
            told["has_link"], inferred = True, ("has_link",)
        kind = known.kind or ("title" if [each.role for each in document.cells] == ["title"] else "")
        return Facts(**told, brief=brief, today=known.today, kind=kind, corpus=known.corpus), inferred

    def _front(self, document: Document) -> dict[str, Any]:
        front = document.visible.front
        if front is None:
            return {}
        given: Mapping[str, Any] = front_matter(front, document.file)
        told, problems = {}, []
        for key, value in given.items():
            key = str(key).casefold()
            name = FRONT_KEYS.get(key)
            if name is not None:
                told[name] = value
            elif near := difflib.get_close_matches(key, FRONT_KEYS, 1, _MISSPELT):
                problems.append(
                    Problem(document.file, 0, key, f"没有这个键，是不是想写 {near[0]}？", f"did you mean '{near[0]}'?")
                )
        problems += schemas.check_value({"check": told}, "project", document.file)
        if not problems and "category" in told:
            self.context(Facts(category=told["category"]))
        if problems:
            raise DataFileError([_at_its_line(problem, front.text, front.line) for problem in problems])
        if "brief" in told:
            told["brief"] = self._brief(Path(document.file).parent / told["brief"])
        return told

    def _brief(self, path: Path) -> Brief:
        if path not in self._briefs:
            self._briefs[path] = read_brief(path)
        return self._briefs[path]


class _Where:
    """Tells where offsets of a document's source stand, for people and for machines."""

    def __init__(self, document: Document) -> None:
        self._document = document
        source = document.visible.source
        self._lines = [0, *(match.end() for match in re.finditer("\n", source))] if not document.cells else []

    def line(self, offset: int) -> int:
        """Return the 1-based line of an offset, or the table's row."""
        return self._document.row or bisect_right(self._lines, offset)

    def placed(self, finding: Finding, span: Span, *, in_source: bool = False) -> tuple[Finding, Place]:
        """Return a finding of the visible text as one of the file's own, and its place.

        ``in_source``: what was found is no part of the visible text, such as a directive.
        """
        seen = Span(finding.start, finding.end) if not in_source else Span(0, 0)
        source = self._document.visible.source
        if not self._document.cells:
            line, last = self.line(span.start), bisect_right(self._lines, max(span.end - 1, span.start))
            place = Place(
                line, span.start - self._lines[line - 1] + 1, last, span.end - self._lines[last - 1] + 1, seen
            )
            return _moved(finding, span, source, 0, self._document), place
        cell = next(
            (each for each in reversed(self._document.cells) if each.span.start <= span.start), self._document.cells[0]
        )
        span = Span(span.start, min(span.end, cell.span.end))  # what runs on into the next column is told in its first
        row, base = self._document.row or 1, cell.span.start
        place = Place(row, span.start - base + 1, row, span.end - base + 1, seen, cell.name)
        return _moved(finding, span, source, base, self._document), place


def _moved(finding: Finding, span: Span, source: str, base: int, document: Document) -> Finding:
    seen = document.visible
    related: Iterable[Span] = (seen.span(*each) for each in finding.related)
    return finding._replace(
        start=span.start - base,
        end=span.end - base,
        match=source[span.start : span.end],
        related=tuple(Span(each.start - base, each.end - base) for each in related),
    )


def _at_its_line(problem: Problem, text: str, first: int) -> Problem:
    """Return a problem of a front matter with its line in the file and its key as it was written."""
    key = problem.key.removeprefix("check.")
    names = [written for written, meant in FRONT_KEYS.items() if meant == key] or [key]
    pattern = re.compile(rf"^(?:{'|'.join(map(re.escape, names))})\s*[:=]", re.IGNORECASE)
    lines = text.split("\n")
    number = next((number for number, line in enumerate(lines) if pattern.match(line)), 0)
    return Problem(problem.file, first + number, key, problem.zh, problem.en)
