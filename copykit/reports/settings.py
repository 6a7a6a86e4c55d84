"""``report.toml``: what a report gathers, compares, writes and tells, each path taken from the file's own folder."""

from __future__ import annotations

import os
import re
import zoneinfo
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from copykit import parsing, schemas
from copykit.corpus.files import find_files
from copykit.errors import CopykitError, DataFileError, Problem, Words
from copykit.reports.period import Kind, Period
from copykit.tables.days import find_day

FORMS = ("html", "md", "xlsx", "json", "csv")


class NoneOfPeriod(CopykitError):
    """A pattern whose files are named by days, none of them the period's."""

    zh = "{path} 里没有 {period} 的文件（文件名里最晚的日子是 {last}）；这一期的起名写上 {start} 或者这一期的哪天"
    en = "{path} has no file of {period} (the latest day in a name is {last}); name it with {start}, or a day of it"


@dataclass(frozen=True, slots=True)
class Source:
    """Files or a collected corpus. ``{start}``, ``{end}`` and ``{period}`` in a path stand for the period's days.

    ``collect``: addresses and local paths to collect into the corpus first, ``urls``: files of addresses, one a line,
    ``most`` pages of a sitemap or a feed in a run. ``date_column``: rows of other days are left out; without it, files
    of other days where all have a day in their names. ``optional``: it may be missing.
    """

    name: str
    files: tuple[str, ...] = ()
    corpus: str = ""
    collect: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    most: int = 500
    column: str | None = None
    date_column: str = ""
    optional: bool = False

    @property
    def collects(self) -> bool:
        """Whether something has to be collected before it is read."""
        return bool(self.collect or self.urls)

    @property
    def named(self) -> bool:
        """Whether each period has files of its own."""
        return bool(self.files) and all(_names_days(path) for path in self.files) and not self.corpus

    def tells_days(self, folder: Path) -> bool:
        """Return whether it can tell one period's texts from another's."""
        by_file = (_names_days(path) or _by_name(str(folder / path)) for path in self.files)
        return bool(self.corpus or self.date_column or any(by_file))

    def paths(self, folder: Path, period: Period) -> list[str]:
        """Return the paths of a period; of a pattern whose files all have a day in their names, those of its days.

        Raises:
            NoneOfPeriod: no file of such a pattern is of the period.
        """
        found = []
        for each in self.files:
            path = str(folder / _filled(each, _days_of(period)))
            dated = [] if self.date_column or _names_days(each) else _by_name(path)
            own = [file for file, day in dated if day in period]
            if dated and not own:
                last = max(day for _, day in dated)
                raise NoneOfPeriod(path=path, period=period.label, start=period.start, last=last)
            found += own or [path]
        return found

    def to_collect(self, folder: Path, period: Period) -> tuple[list[tuple[str, bool]], list[str]]:
        """Return the local paths, each with whether it is named for the period, and the addresses to collect."""
        local, addresses = [], []
        for each in self.collect:
            filled = _filled(each, _days_of(period))
            if _ADDRESS.match(filled):
                addresses.append(filled)
            else:
                local.append((str(folder / filled), _names_days(each)))
        return local, addresses


@dataclass(frozen=True, slots=True)
class ReportSettings:
    """A checked ``report.toml``; ``path`` is where it lies."""

    path: Path
    name: str
    period: Kind
    timezone: zoneinfo.ZoneInfo
    lang: str
    kind: str
    sources: tuple[Source, ...]
    own_brands: tuple[str, ...]
    brief: str
    words: Mapping[str, Any]
    titles: Mapping[str, Any] | None
    links: Mapping[str, Any] | None
    plan: str
    output: str
    forms: tuple[str, ...]
    address: str
    deliveries: Sequence[Mapping[str, Any]]
    ping_file: str

    @property
    def folder(self) -> Path:
        """Return the folder that its paths are taken from."""
        return self.path.parent

    @property
    def report_folder(self) -> Path:
        """Return where reports are published."""
        return self.folder / self.output

    def told(self, error: CopykitError) -> str:
        """Return an error in the report's language, paths as its settings name them: a report is the same anywhere."""
        return error.say(self.lang).replace(f"{self.folder}{os.sep}", "")

    def where(self, period: Period) -> str:
        """Return what a message gives as the report's address: the one set, else the path of who makes it."""
        if self.address:
            return _filled(self.address, {"period": period.label})
        path = Path(self.output, period.label, f"report.{self.forms[0]}").as_posix()
        here = Words(f"在做报告的电脑上，{path}", f"{path} on the computer that makes it")
        return here.say(self.lang)


def read_settings(path: Path) -> ReportSettings:
    """Read and check a report's settings.

    Raises:
        FileMissing: there is no such file.
        DataFileError: with every unknown key and bad value, its line and its cure.
    """
    value, problems = parsing.parse_file(path, "report_settings")
    if not problems:
        problems = _more_faults(value, path)
    if problems:
        raise DataFileError(problems)
    output = value.get("output", {})
    forms = tuple(output.get("forms", FORMS))
    return ReportSettings(
        path=path.absolute(),
        name=value["name"],
        period=value.get("period", "week"),
        timezone=zoneinfo.ZoneInfo(value.get("timezone", "Asia/Shanghai")),
        lang=value.get("lang", "zh"),
        kind=value.get("kind", "query"),
        sources=tuple(_source(each) for each in value["source"]),
        own_brands=tuple(value.get("own_brands", ())),
        brief=value.get("brief", ""),
        words=value.get("words", {}),
        titles=value.get("titles"),
        links=value.get("links"),
        plan=value.get("plan", {}).get("name", ""),
        output=output.get("folder", "报告"),
        forms=tuple(form for form in FORMS if form in forms),
        address=output.get("address", ""),
        deliveries=tuple(value.get("delivery", ())),
        ping_file=value.get("ping", {}).get("url_file", ""),
    )


def _source(table: Mapping[str, Any]) -> Source:
    files, collect, urls = (tuple(table.get(key, ())) for key in ("files", "collect", "urls"))
    corpus = table.get("corpus", "")
    name = table.get("name") or next(iter((*files, *([corpus] if corpus else []), *collect, *urls)))
    if not corpus and (collect or urls):
        corpus = _NO_NAME.sub("-", name).strip("-")[:60]
    return Source(
        name,
        files,
        corpus,
        collect,
        urls,
        table.get("most", 500),
        table.get("column"),
        table.get("date_column", ""),
        table.get("optional", False),
    )


def _more_faults(value: Mapping[str, Any], path: Path) -> list[Problem]:
    """Return the faults that the schema cannot tell."""
    text, _ = parsing.read_text(path)
    lines = schemas.key_lines(text or "")
    shown = parsing.shown_path(path)
    found = []
    zone = value.get("timezone", "Asia/Shanghai")
    try:
        zoneinfo.ZoneInfo(zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        line = schemas.locate(lines, ("timezone",))
        zh, en = f"没有叫“{zone}”的时区，写成 Asia/Shanghai 这样", f"there is no time zone '{zone}'; like Asia/Shanghai"
        found.append(Problem(shown, line, "timezone", zh, en))
    taken: dict[str, str] = {}
    read: dict[tuple[object, ...], str] = {}
    for number, table in enumerate(value["source"]):
        line = schemas.locate(lines, ("source", number))
        if not any(table.get(key) for key in ("files", "corpus", "collect", "urls")):
            zh = "没写数据从哪来：files 写文件，collect 写要收的网址和文件，corpus 写收好的语料"
            en = "it says not where from: files, collect (addresses and files to collect) or corpus (a collected one)"
            found.append(Problem(shown, line, f"source[{number}]", zh, en))
            continue
        source = _source(table)
        if source.collects and source.date_column:
            zh = "date_column 只用在 files 上；要按日期分的表写进 files，不用收"
            en = "date_column is for files; name a table whose rows have days under files, it needs no collecting"
            found.append(Problem(shown, line, f"source[{number}].date_column", zh, en))
        if source.corpus and source.corpus in taken:
            zh = f"语料“{source.corpus}”在“{taken[source.corpus]}”里已经读了，会算两遍；合成一处，或者换一个 corpus"
            en = f"'{source.corpus}' is read by '{taken[source.corpus]}' already; join them, or name another corpus"
            found.append(Problem(shown, line, f"source[{number}].corpus", zh, en))
        taken.setdefault(source.corpus, source.name)
        for place, each in enumerate(source.files):
            key = each, source.column, source.date_column
            if key in read:
                zh, en = (
                    f"{each} 在“{read[key]}”里已经读了，会算两遍；去掉一处",
                    f"{each} is read by '{read[key]}' already",
                )
                found.append(Problem(shown, line, f"source[{number}].files[{place}]", zh, f"{en}; take one out"))
            read.setdefault(key, source.name)
    for number, delivery in enumerate(value.get("delivery", ())):
        if delivery.get("mode") == "above" and "threshold" not in delivery:
            line = schemas.locate(lines, ("delivery", number))
            zh = 'mode = "above" 要写 threshold（涨到几倍才说，比如 2）'
            found.append(Problem(shown, line, f"delivery[{number}]", zh, "mode above needs a threshold, like 2"))
    return found


def _by_name(path: str) -> list[tuple[str, date]]:
    """Return the files of a folder or a pattern with the day in their names; nothing where one has none."""
    if os.path.isfile(path):
        return []
    try:
        dated = [(file, find_day(Path(file).name)) for file in find_files(path)]
    except CopykitError:  # told where the files are opened
        return []
    found = [(file, day) for file, day in dated if day is not None]
    return found if len(found) == len(dated) else []


_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_NO_NAME = re.compile(r"[^\w-]+")


def _days_of(period: Period) -> dict[str, str]:
    return {"start": period.start.isoformat(), "end": period.end.isoformat(), "period": period.label}


def _names_days(path: str) -> bool:
    return any(f"{{{name}}}" in path for name in ("start", "end", "period"))


def _filled(text: str, facts: Mapping[str, str]) -> str:
    for name, value in facts.items():
        text = text.replace(f"{{{name}}}", value)
    return text
