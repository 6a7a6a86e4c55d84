"""Making one report, step by step: what is collected, read, compared and judged; and what other commands look up."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from copykit import tables
from copykit.brief import read_brief
from copykit.channels.links import Remembered
from copykit.channels.progress import marked, plan_from
from copykit.cli import common, web
from copykit.cli.language import lang_of, say
from copykit.cli.progress import ProgressLine
from copykit.corpus.fetch import Fetcher
from copykit.corpus.pages import part_names
from copykit.datafiles import DataFiles, project_folder
from copykit.errors import CopykitError, FileUnreadable
from copykit.model import Brief, LinkCheck, Plan, Report, TitleRow, YearPart
from copykit.platforms import Platform, Platforms
from copykit.render.links import LinkView, summary
from copykit.render.web import outcome_words
from copykit.reports import snapshot as snapshots
from copykit.reports.basis import Basis, basis_of, listed, narrowed
from copykit.reports.build import Beside, Earlier, Extent, build
from copykit.reports.collect import Came, collect_sources
from copykit.reports.gather import Gathered, find_examples, gather, read_daily
from copykit.reports.links import Verified, remembered, to_keep, verify_links
from copykit.reports.parts import OwnTitles, judged_titles, link_rows, plan_part
from copykit.reports.period import Period, parse
from copykit.reports.publish import published
from copykit.reports.settings import ReportSettings
from copykit.reports.snapshot import MOST_WORDS, Snapshot
from copykit.reports.words import Changes, changes, lone_days, top_words, whole, year_part
from copykit.reports.years import Years
from copykit.state import State, state_path
from copykit.tables.rows import RowEmpty

BROKE = 3
DEFAULT_TOP, DEFAULT_HISTORY, SHOWN_OF_YEAR, SHOWN_FAULTS = 20, 8, 10, 5
T = TypeVar("T")
Log = Callable[[str, str, Mapping[str, Any]], None]


class Made(NamedTuple):
    """A report, what is kept for the next one, and the exit code that goes with what could not be had."""

    report: Report
    snapshot: Snapshot
    code: int


class Maker:
    """Makes one report; what cannot be had is told among its notes and shows in the exit code."""

    def __init__(
        self, settings: ReportSettings, period: Period, day: datetime.date, files: DataFiles, log: Log
    ) -> None:
        self._settings, self._period, self._day, self._files, self._log = settings, period, day, files, log
        self._notes: list[str] = []
        self._code = 0
        self._brief: Brief | None = None

    def make(self, offline: bool) -> Made:
        """Collect and look after links where that is asked for and not ``offline``; read, compare, put together."""
        settings, period = self._settings, self._period
        if settings.brief:
            self._brief = self._try(common.REJECTED, lambda: read_brief(settings.folder / settings.brief))
        earlier = self._earlier()
        came, verified = self._from_the_web(earlier, offline)
        begun = time.monotonic()
        gathered = gather(settings, period, self._files, came)
        seconds = time.monotonic() - begun
        self._log(
            "read",
            say(f"读了 {gathered.documents:,} 条，{seconds:.1f} 秒", f"{gathered.documents:,} texts read"),
            {"documents": gathered.documents},
        )
        for error in gathered.refused[:5]:
            self._log("refused", error.say(lang_of()), {})
        for reason in gathered.failed:
            self._log("failed", reason, {})
        for doubt in self._read_twice(gathered, earlier.before):
            self._notes.append(doubt)
            self._log("warning", doubt, {})
        self._code = max(self._code, BROKE if gathered.failed else common.REJECTED if gathered.refused else 0)
        beside, scores = self._beside(earlier.before, verified)
        now = Snapshot(
            period.label,
            self._day.isoformat(),
            gathered.measure,
            gathered.documents,
            gathered.floor,
            gathered.digest,
            gathered.words,
            scores,
            to_keep(verified.memory if verified is not None else self._links_before(earlier)),
            gathered.failed,
            settings.path.stem,
            gathered.by_source,
            gathered.prints,
        )
        earlier = self._reaching_back(earlier, now)
        report = self._report(gathered, now, earlier, beside)
        return Made(report, now, self._code)

    def _try(self, code: int, make: Callable[[], T]) -> T | None:
        """Return what ``make`` makes; where it cannot, note why, and let the exit code say so."""
        try:
            return make()
        except CopykitError as error:
            self._fault(error, code)
            return None

    def _faults(self, errors: Sequence[CopykitError]) -> None:
        """Note rows that are no use: the first few with what is wrong, the rest by their number."""
        for error in errors[:SHOWN_FAULTS]:
            self._fault(error, common.REJECTED)
        more = len(errors) - SHOWN_FAULTS
        if more > 0:
            zh = self._settings.lang == "zh"
            self._notes.append(f"还有 {more:,} 行也用不了" if zh else f"{more:,} more rows are no use")

    def _fault(self, error: CopykitError, code: int) -> None:
        self._notes.append(self._settings.told(error))
        self._log("failed", error.say(lang_of()), {})
        self._code = max(self._code, code)

    # --- from the web

    def _from_the_web(self, earlier: Earlier, offline: bool) -> tuple[Mapping[str, Came], Verified | None]:
        settings = self._settings
        collects = any(source.collects for source in settings.sources)
        if not collects and settings.links is None:
            return {}, None
        zh = settings.lang == "zh"
        if offline:
            self._notes.append(
                "这次没有联网：来源没有重新收，外链没有查"
                if zh
                else "made offline: nothing was collected anew, no link was looked at"
            )
            return {}, None
        lang = settings.lang
        with web.open_fetcher(None, None, settings.folder) as fetcher:
            came: Mapping[str, Came] = {}
            if collects:
                progress = ProgressLine("收", "collected")
                with closing(progress):
                    came = collect_sources(
                        settings,
                        self._period,
                        self._day,
                        self._files,
                        fetcher,
                        lambda outcome: outcome_words(outcome, lang),
                        progress.advance,
                    )
                self._log(
                    "collected", say("收完了", "collected"), {"failed": sum(each.failed for each in came.values())}
                )
            verified = None
            if settings.links is not None:
                verified = self._try(BROKE, lambda: self._verified(fetcher, earlier))
                for error in verified.refused if verified is not None else ():
                    self._fault(error, common.REJECTED)
        return came, verified

    def _verified(self, fetcher: Fetcher, earlier: Earlier) -> Verified:
        from copykit.text.segment import Segmenter

        # How links stood before today: as the last report saw them, else as ``links verify`` did.
        before: dict[tuple[str, str], Remembered] = {}
        path = state_file(self._settings)
        if path.is_file():
            with State(path) as state:
                seen = {key: Remembered(at, body) for key, (at, body) in state.links().items()}
            before = {key: each for key, each in seen.items() if each.at[:10] < self._day.isoformat()}
        before |= self._links_before(earlier)
        progress = ProgressLine("查外链", "links checked")
        with closing(progress):
            found = verify_links(
                self._settings,
                self._brief,
                self._files,
                fetcher,
                before,
                self._day.isoformat(),
                Segmenter().words,
                progress.advance,
            )
        self._log(
            "verified",
            say(f"查了 {len(found.checks):,} 条外链", f"{len(found.checks):,} links checked"),
            {"links": len(found.checks), "lost": sum(check.state == "lost" for check in found.checks)},
        )
        return found

    def _links_before(self, earlier: Earlier) -> Mapping[tuple[str, str], Remembered]:
        """Return how the last report found its links."""
        last = self._published(earlier.last_made.label) if earlier.last_made is not None else None
        return remembered(last.links) if last is not None else {}

    # --- what it is compared with

    def _earlier(self) -> Earlier:
        """Return what was published before this period."""
        settings, period = self._settings, self._period
        labels = _labels(period, settings.words.get("history", DEFAULT_HISTORY))
        made = [parse(label, settings.period) for label in published(settings.report_folder) if label != period.label]
        last_made = max((each for each in made if each.start < period.start), default=None)
        return Earlier(self._published(period.before().label), labels, last_made)

    def _reaching_back(self, earlier: Earlier, now: Snapshot) -> Earlier:
        """Return the same with what the sources hold of earlier periods that were not reported."""
        period, zh = self._period, self._settings.lang == "zh"
        before = earlier.before or self._from_sources(period.before())
        if before is None and earlier.last_made is not None:
            label = earlier.last_made.label
            before = self._published(label)
            self._notes.append(
                f"上一期没有做，这里是和 {label} 比的" if zh else f"the period before is missing; compared with {label}"
            )
        years = Years(self._files)
        like = years.a_year_ago(period)
        year_ago = year_ago_before = None
        if like is not None:
            year_ago = self._published(like.label) or self._from_sources(like)
            if year_ago is not None:
                year_ago_before = self._published(like.before().label) or self._from_sources(like.before())
        if before is not None and before.documents and now.documents:
            self._note_unlike(years, parse(before.period, period.kind), year_ago is not None)
        if year_ago is not None and year_ago.measure != now.measure:
            year_ago = year_ago_before = None
        if year_ago_before is not None and year_ago_before.measure != now.measure:
            year_ago_before = None
        return earlier._replace(before=before, year_ago=year_ago, year_ago_before=year_ago_before)

    def _note_unlike(self, years: Years, before: Period, has_year: bool) -> None:
        """Note where one of two periods lies round a feast, or holds its day, and the other does not."""
        chinese = self._settings.lang == "zh"
        said = []
        for mine, other, zh, en in (
            (self._period, before, "这一期", "this period"),
            (before, self._period, "上一期", "the one before"),
        ):
            near = [name for name in years.feasts(mine) if name not in years.feasts(other)]
            held = [name for name in years.holds(mine) if name not in (*years.holds(other), *near)]
            if near:
                joined = "、".join(near)
                blank = " " if joined[-1].isascii() else ""
                said.append(f"{zh}在{joined}{blank}前后" if chinese else f"{en} lies round {joined}")
            if held:
                said.append(f"{zh}里有{'、'.join(held)}" if chinese else f"{en} holds {', '.join(held)}")
        if not said:
            return
        if chinese:
            tail = "；和去年同样的日子比更准，见下面" if has_year else ""
            self._notes.append(f"{'，'.join(said)}，涨跌里有日子的缘故{tail}")
        else:
            tail = "; the same days of last year are the better measure, see below" if has_year else ""
            self._notes.append(f"{', '.join(said)}: some of the changes are the calendar's{tail}")

    def _published(self, label: str) -> Snapshot | None:
        try:
            return snapshots.read(self._settings.report_folder, label)
        except FileUnreadable as error:
            self._fault(error, common.REJECTED)
            return None

    def _from_sources(self, period: Period, names: Collection[str] | None = None) -> Snapshot | None:
        """Return the words of a period as its sources tell them, or some of these, where every one holds some of it."""
        settings = self._settings
        sources = [source for source in settings.sources if names is None or source.name in names]
        if not all(
            source.tells_days(settings.folder) for source in sources if not source.optional or names is not None
        ):
            return None
        dated = replace(settings, sources=tuple(source for source in sources if source.tells_days(settings.folder)))
        found = gather(dated, period, self._files)
        if found.failed or not found.documents or (names is not None and set(found.by_source) != set(names)):
            return None
        words = found.floor, found.digest, found.words
        return Snapshot(period.label, "", found.measure, found.documents, *words, sources=found.by_source)

    def _read_twice(self, gathered: Gathered, before: Snapshot | None) -> Iterator[str]:
        """Yield which files two sources read, and which the last period read as well: they count twice."""
        zh = self._settings.lang == "zh"
        for name, source, other in gathered.twice:
            if zh:
                yield f"“{source}”和“{other}”读的是同一份 {name}，数算了两遍"
            else:
                yield f"{source} and {other} read the same file, {name}: its figures count twice"
        again = [name for digest, name in gathered.prints.items() if before is not None and digest in before.prints]
        if again:
            names = ("、" if zh else ", ").join(again[:SHOWN_FAULTS]) + (" …" if len(again) > SHOWN_FAULTS else "")
            if zh:
                day = self._period.start.isoformat()
                yield f"{names} 上一期就读过，这期又算了一遍，涨跌不准；每期各放一份，文件名写上这一期的日子（{day}）"
            else:
                yield f"{names} was read the last time, too, and counts again: give each period a file named by its day"

    def _narrowed(self, snapshot: Snapshot | None, names: Collection[str]) -> Snapshot | None:
        """Return a period of some of its sources only, read again where its snapshot does not tell them apart."""
        if snapshot is None:
            return None
        found = narrowed(snapshot, names)
        if found is None and snapshot.sources is not None and set(names) <= set(snapshot.sources):
            found = self._from_sources(parse(snapshot.period, self._settings.period), names)
        return found

    # --- the report

    def _report(self, gathered: Gathered, now: Snapshot, earlier: Earlier, beside: Beside) -> Report:
        settings, period = self._settings, self._period
        own_words = [word.casefold() for word in settings.own_brands]
        if self._brief is not None and self._brief.brand:
            own_words.append(self._brief.brand.casefold())

        def is_own(word: str) -> bool:
            return any(own in word.casefold() for own in own_words)

        top, least = settings.words.get("top", DEFAULT_TOP), settings.words.get("min_count", 1)
        history = [self._of_history(label, earlier.before) for label in earlier.labels[:-1]]
        mine, before, basis = self._alike(now, earlier.before, gathered.lost)
        if basis.how != "untold":
            history = [narrowed(each, mine.sources) if each is not None else None for each in history]
        one_day = self._one_day(mine, before, lambda: changes(mine, before, (), is_own, MOST_WORDS, least))
        found = changes(mine, before, [*history, mine], is_own, top, least, settings.lang, one_day)
        year = None
        like_now, like, like_basis = self._alike(now, earlier.year_ago)
        if like is not None:
            rows = year_part(like_now, like, is_own, SHOWN_OF_YEAR, least, settings.lang)
            last_year = parse(like.period, settings.period)
            year = YearPart(last_year.label, last_year.say(settings.lang, year=True), rows)
            if not like_basis.whole:
                names = listed(like_basis.shared, settings.lang)
                zh = f"和去年比，只比两边都读到的{names}"
                self._notes.append(zh if settings.lang == "zh" else f"against last year, only {names} are compared")
        then, then_before = (
            narrowed(each, mine.sources) if each is not None else None
            for each in (earlier.year_ago, earlier.year_ago_before)
        )
        earlier = earlier._replace(year_ago=then, year_ago_before=then_before, basis=basis)
        told = [row.keyword for rows in found.words.values() for row in rows if row.state != "gone"]
        examples = find_examples(told, settings, period, self._files)
        day = self._day.isoformat()
        alike = before if mine is now and before is not None and before.measure == now.measure else None
        extent = Extent(top_words(now, alike, found), whole(now), whole(alike))
        return build(settings, period, day, gathered, found, earlier, beside, examples, extent, self._notes, year)

    def _alike(
        self, now: Snapshot, other: Snapshot | None, lost: Collection[str] = ()
    ) -> tuple[Snapshot, Snapshot | None, Basis]:
        """Return two periods with what the sources gave that both read; no other one where there is nothing alike."""
        if other is None:
            return now, None, Basis()
        basis = basis_of(now, other, lost)
        if basis.whole or basis.how == "untold":
            return now, other, basis
        if basis.how == "nothing":
            return now, None, basis
        mine, its = self._narrowed(now, basis.shared), self._narrowed(other, basis.shared)
        if mine is None or its is None:
            return now, None, basis._replace(how="mixed")
        return mine, its, basis

    def _one_day(self, now: Snapshot, before: Snapshot | None, find: Callable[[], Changes]) -> Mapping[str, str]:
        """Return what is said of words that only one day made new or rising, where sources tell days."""
        settings = self._settings
        read = {source.name for source in settings.sources if source.date_column and source.name in (now.sources or ())}
        if not read or before is None or settings.kind != "query" or now.measure.endswith("index"):
            return {}
        its = narrowed(before, read)
        found = find()
        rows = [*found.own, *(row for state in ("new", "rising") for row in found.words.get(state, ()))]
        if its is None or not rows:
            return {}
        daily = read_daily([row.keyword for row in rows], read, now.measure, settings, self._period, self._files)
        return lone_days(now, its, daily, self._files.load("comparison")["standard"], settings.lang)

    def _of_history(self, label: str, before: Snapshot | None) -> Snapshot | None:
        """Return an earlier period, from the sources where that costs little: tables of searches, a file a period."""
        if before is not None and label == before.period:
            return before
        settings = self._settings
        told = self._published(label)
        if told is None and settings.kind == "query" and all(source.named for source in settings.sources):
            told = self._from_sources(parse(label, settings.period))
        return told

    def _beside(self, before: Snapshot | None, verified: Verified | None) -> tuple[Beside, Mapping[str, float]]:
        """Return what is asked for beside the words."""
        settings = self._settings
        scores: Mapping[str, float] = {}
        beside = Beside(keywords=self._brief.keywords if self._brief is not None else None)
        if settings.titles is not None:
            titles = self._try(common.REJECTED, lambda: read_titles(settings, self._files))
            if titles is not None:
                self._faults(titles.refused)
                judged = self._try(
                    common.REJECTED,
                    lambda: _judged(settings, self._files, list(titles.found), self._brief, before, self._day),
                )
                rows, scores = judged or (None, scores)
                beside = beside._replace(titles=rows, own_titles=_own_titles(titles.found))
        if verified is not None:
            view = LinkView(settings.lang, parts=part_names(settings.lang))
            rows_of_links = tuple(link_rows(verified.checks, lambda check: _why(view, check)))
            beside = beside._replace(links=rows_of_links, links_told=summary(verified.checks, view))
        if settings.plan:
            plan = self._try(common.REJECTED, lambda: _plan(settings))
            if plan is not None:
                lines, due = plan_part(plan, self._day, settings.lang)
                beside = beside._replace(plan=tuple(lines), due=tuple(due))
        return beside, scores


def _labels(period: Period, count: int) -> list[str]:
    """Return the names of a period and those before it, oldest first."""
    found = [period]
    while len(found) < count:
        found.append(found[-1].before())
    return [each.label for each in reversed(found)]


class NoPlan(CopykitError):
    """A plan that was never saved."""

    zh = "没有存过叫“{name}”的计划；先 copykit channels plan … --save"
    en = "no plan '{name}' was saved; first copykit channels plan … --save"


def state_file(settings: ReportSettings) -> Path:
    """Return the state of the project that a report belongs to."""
    return state_path(project_folder(settings.folder) or settings.folder)


def _plan(settings: ReportSettings) -> Plan:
    with State(state_file(settings)) as state:
        saved = state.plan(settings.plan)
        if saved is None:
            raise NoPlan(name=settings.plan)
        return marked(plan_from(saved.body, saved.name), state.marks(saved.name))


def _why(view: LinkView, check: LinkCheck) -> str:
    """Return the reasons of a check, and from which day on it is so."""
    told = view.why(check)
    if check.was == check.state and check.since != check.checked_at[:10]:
        told += view.say(f"（{check.since} 起）", f" (since {check.since})")
    return told


class Titles(NamedTuple):
    """The own titles that a report judges, each with its product's number where the table has one; rows of no use."""

    found: Mapping[str, str]
    refused: Sequence[CopykitError]


def read_titles(settings: ReportSettings, files: DataFiles) -> Titles:
    """Return the own titles of a report.

    Raises:
        FileMissing, FileUnreadable, ColumnMissing: the table cannot be read.
    """
    assert settings.titles is not None
    wanted = tables.merge_names(files.load("columns")["text"], ("title", "id"))
    path = settings.folder / settings.titles["file"]
    with tables.read_rows(path, wanted=wanted, column=settings.titles.get("column")) as table:
        found: dict[str, str] = {}
        refused: list[CopykitError] = []
        for row in table:
            if row.error is not None:
                refused += [] if isinstance(row.error, RowEmpty) else [row.error]
            elif row.text.strip():
                found.setdefault(row.text, table.value(row, "id").strip())
        return Titles(found, refused)


def platform_of(settings: ReportSettings, files: DataFiles) -> Platform | None:
    """Return the platform by which a report judges its titles.

    Raises:
        UnknownPlatform: there is none of that name.
    """
    name = settings.titles.get("platform") if settings.titles is not None else None
    return Platforms(files)[name] if name else None


def _judged(
    settings: ReportSettings,
    files: DataFiles,
    titles: Sequence[str],
    brief: Brief | None,
    before: Snapshot | None,
    day: datetime.date,
) -> tuple[tuple[TitleRow, ...], Mapping[str, float]]:
    from copykit.titles.advise import Adviser
    from copykit.titles.profile import load_profile
    from copykit.titles.score import Settings, TitleScorer

    assert settings.titles is not None
    platform = platform_of(settings, files)
    profile = load_profile(files, platform.profile if platform else "content", settings.lang)
    scorer = TitleScorer(files, Settings(profile, platform, brief, day.isoformat(), (), settings.lang))
    adviser = Adviser(files, scorer, settings.lang)
    rows, scores = judged_titles(
        titles, scorer, adviser, before.titles if before else {}, settings.titles.get("show", 10)
    )
    return tuple(rows), scores


def _own_titles(titles: Mapping[str, str]) -> OwnTitles:
    from copykit.text.segment import Segmenter

    return OwnTitles(titles, Segmenter().words, titles)
