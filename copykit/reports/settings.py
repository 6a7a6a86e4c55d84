"""``report.toml``: what a report gathers, compares, writes and tells, each path taken from the file's own folder."""

from __future__ import annotations

import zoneinfo
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from copykit import datafiles
from copykit.errors import DataFileError, Problem
from copykit.reports.period import Kind, Period

FORMS = ("html", "md", "xlsx", "json", "csv")


@dataclass(frozen=True, slots=True)
class Source:
    """Files or a collected corpus. ``{start}``, ``{end}`` and ``{period}`` in a path stand for the period's days.

    ``date_column``: rows of other days are left out. ``collect``: a file of addresses to collect into the corpus first.
    ``optional``: it may be missing.
    """

    name: str
    files: tuple[str, ...] = ()
    corpus: str = ""
    collect: str = ""
    column: str | None = None
    date_column: str = ""
    optional: bool = False

    def paths(self, folder: Path, period: Period) -> list[str]:
        """Return the paths of a period."""
        facts = {"start": period.start.isoformat(), "end": period.end.isoformat(), "period": period.label}
        return [str(folder / _filled(path, facts)) for path in self.files]


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

    def where(self, period: Period) -> str:
        """Return what a message gives as the report's address: the one set, else its path."""
        if self.address:
            return _filled(self.address, {"period": period.label})
        return str(self.report_folder / period.label / f"report.{self.forms[0]}")


def read_settings(path: Path) -> ReportSettings:
    """Read and check a report's settings.

    Raises:
        FileMissing: there is no such file.
        DataFileError: with every unknown key and bad value, its line and its cure.
    """
    value, problems = datafiles.parse_file(path, "report_settings")
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
    files = tuple(table.get("files", ()))
    name = table.get("name") or (files[0] if files else table["corpus"])
    return Source(
        name,
        files,
        table.get("corpus", ""),
        table.get("collect", ""),
        table.get("column"),
        table.get("date_column", ""),
        table.get("optional", False),
    )


def _more_faults(value: Mapping[str, Any], path: Path) -> list[Problem]:
    """Return the faults that the schema cannot tell."""
    text, _ = datafiles.read_text(path)
    lines = datafiles.key_lines(text or "")
    shown = datafiles.shown_path(path)
    found = []
    zone = value.get("timezone", "Asia/Shanghai")
    try:
        zoneinfo.ZoneInfo(zone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        line = datafiles.locate(lines, ("timezone",))
        zh, en = f"没有叫“{zone}”的时区，写成 Asia/Shanghai 这样", f"there is no time zone '{zone}'; like Asia/Shanghai"
        found.append(Problem(shown, line, "timezone", zh, en))
    for number, delivery in enumerate(value.get("delivery", ())):
        if delivery.get("mode") == "above" and "threshold" not in delivery:
            line = datafiles.locate(lines, ("delivery", number))
            zh = 'mode = "above" 要写 threshold（涨到几倍才说，比如 2）'
            found.append(Problem(shown, line, f"delivery[{number}]", zh, "mode above needs a threshold, like 2"))
    return found


def _filled(text: str, facts: Mapping[str, str]) -> str:
    for name, value in facts.items():
        text = text.replace(f"{{{name}}}", value)
    return text
