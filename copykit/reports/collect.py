"""Collect what a report's sources name into their corpora before it is made; what fails stops nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import TypeVar

from copykit.corpus.collect import Collector, Wishes
from copykit.corpus.columns import columns_of
from copykit.corpus.fetch import Fetcher
from copykit.corpus.store import Store, corpus_path
from copykit.datafiles import DataFiles
from copykit.errors import CopykitError
from copykit.keywords.profile import load_profile
from copykit.reports.period import Period, last_whole
from copykit.reports.settings import ReportSettings
from copykit.text.encoding import text_in

T = TypeVar("T")
SHOWN = 3  # pages that are named where several could not be had


@dataclass(slots=True)
class Came:
    """What collecting a source came to: ``told`` of what could not be had, ``failed`` where the source names it itself.

    Read from the corpus, not from the run, so that a run that was broken off and repeated tells the same.
    """

    told: list[str] = field(default_factory=list)
    failed: bool = False
    refused: list[CopykitError] = field(default_factory=list)

    def fail(self, reason: str) -> None:
        """Note what the source names itself and could not be had."""
        self.failed = True
        if reason not in self.told:
            self.told.append(reason)

    def attempt(self, make: Callable[[], T], tell: Callable[[CopykitError], str]) -> T | None:
        """Return what ``make`` makes; where it cannot, note why."""
        try:
            return make()
        except CopykitError as error:
            self.fail(tell(error))
            return None


def collect_sources(
    settings: ReportSettings,
    period: Period,
    today: date,
    files: DataFiles,
    fetcher: Fetcher,
    say_outcome: Callable[[str], str],
    advance: Callable[[int], None] = lambda documents: None,
) -> Mapping[str, Came]:
    """Collect every source that is to be collected; return what came of each, by name.

    Texts that tell no day count as the period's last day where their file is named for it, or where the period is the
    one just over: they are what was found at its end. ``say_outcome`` puts what became of a page in words.
    """
    last_day = period.end.isoformat()
    found_by = last_day if period == last_whole(today, period.kind) else ""
    profile = load_profile(files, settings.kind)
    columns = columns_of(files.load("columns"), queries=settings.kind == "query", days=True)
    found: dict[str, Came] = {}
    for source in settings.sources:
        if not source.collects:
            continue
        wishes = Wishes(
            today.isoformat(),
            source.most,
            by_line=profile.by_line,
            column=source.column,
            zone=settings.timezone,
        )
        came = found[source.name] = Came()
        try:
            with Store.collecting(corpus_path(source.corpus, settings.folder)) as store:
                on_error = came.refused.append
                collector = Collector(
                    store, files, columns, wishes, fetcher=fetcher, advance=advance, on_error=on_error
                )
                paths, addresses = source.to_collect(settings.folder, period)
                for path, named in paths:
                    came.attempt(partial(collector.collect, [path], last_day if named else found_by), settings.told)
                for name in source.urls:
                    addresses += came.attempt(partial(read_lines, settings.folder / name), settings.told) or []
                if addresses:
                    collector.collect(addresses, found_by)
                failing = store.failing(period.start.isoformat())
        except CopykitError as error:  # the corpus itself: locked, damaged, no room
            came.fail(settings.told(error))
            continue
        own = [(url, outcome) for url, outcome in failing if url in addresses]
        for url, outcome in own:
            came.fail(_missed(url, outcome, say_outcome, settings.lang))
        told_of = [each for each in failing if each not in own]
        if told_of:
            some = _JOIN[settings.lang].join(_missed(*each, say_outcome, settings.lang) for each in told_of[:SHOWN])
            more = " …" if len(told_of) > SHOWN else ""
            zh, en = f"{len(told_of):,} 页没抓到：{some}{more}", f"{len(told_of):,} pages failed: {some}{more}"
            came.told.append(zh if settings.lang == "zh" else en)
    return found


def read_lines(path: Path) -> list[str]:
    """Return what a plain file lists, one a line; empty lines and those that begin with # are left out.

    Raises:
        FileMissing, FileUnreadable: it is not there or cannot be read.
    """
    return [line.strip() for line in text_in(path).splitlines() if line.strip() and not line.startswith("#")]


_JOIN = {"zh": "、", "en": ", "}


def _missed(url: str, outcome: str, say_outcome: Callable[[str], str], lang: str) -> str:
    told = say_outcome(outcome)
    return f"{url}（{told}）" if lang == "zh" else f"{url} ({told})"
