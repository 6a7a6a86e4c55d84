"""What ``copykit report check`` and ``show`` look up: what a run would find, and what earlier ones made."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from copykit.brief import read_brief
from copykit.cli.language import say
from copykit.cli.report_make import NoPlan, platform_of, read_titles, state_file
from copykit.corpus.files import find_files
from copykit.corpus.store import corpus_path
from copykit.datafiles import DataFiles
from copykit.errors import CopykitError, Words
from copykit.render.report import page_template, tried
from copykit.render.report.page import PageTemplate
from copykit.reports import snapshot as snapshots
from copykit.reports.bots import bots
from copykit.reports.collect import read_lines
from copykit.reports.gather import open_source
from copykit.reports.links import read_links
from copykit.reports.period import Period
from copykit.reports.publish import published
from copykit.reports.settings import ReportSettings, Source, read_settings
from copykit.reports.targets import ping_address, targets_of
from copykit.state import State


def looked_over(
    settings: ReportSettings, period: Period, files: DataFiles
) -> Iterator[tuple[str, Words | CopykitError]]:
    """Yield each part of the settings with what it would find, or why it would not."""
    from copykit.keywords.profile import load_profile

    by_line = load_profile(files, settings.kind).by_line
    for source in settings.sources:
        try:
            if source.collects:
                yield source.name, _to_collect(source, settings, period)
                continue
            opened = open_source(source, settings, period, files, by_line, lambda error: None)
            yield source.name, _of_files(source, opened.files, settings)
        except CopykitError as error:
            yield source.name, Words("没有，但可以没有", "absent, as it may be") if source.optional else error
    page = page_template(files)
    checks: list[tuple[str, bool, Callable[[], Words]]] = [
        ("output", True, partial(_folder_there, settings)),
        ("titles", settings.titles is not None, partial(_titles_there, settings, files)),
        ("brief", bool(settings.brief), lambda: Words(read_brief(settings.folder / settings.brief).product, "ok")),
        ("links", settings.links is not None, partial(_links_there, settings, files)),
        (
            "stop",
            "stop" in settings.words,
            lambda: _count(len(read_lines(settings.folder / settings.words["stop"])), "个词", "words"),
        ),
        ("plan", bool(settings.plan), partial(_plan_there, settings)),
        ("page", page.own and "html" in settings.forms, lambda: _page_fits(page, settings.lang)),
        ("delivery", bool(settings.deliveries), partial(_targets_there, settings, files)),
        ("ping", bool(settings.ping_file), partial(_ping_there, settings)),
    ]
    for name, asked, look in checks:
        if asked:
            try:
                yield name, look()
            except CopykitError as error:
                yield name, error


def _count(count: int, zh: str, en: str) -> Words:
    return Words(f"{count:,} {zh}", f"{count:,} {en}")


class Doubt(Words):
    """What a part would find, and what is likely to be wrong with it."""


def _of_files(source: Source, paths: Sequence[str], settings: ReportSettings) -> Words:
    """Return how many files a source would read; a doubt where each period would read all of several again."""
    zh, en = f"{len(paths):,} 个文件", f"{len(paths):,} files"
    if len(paths) < 2 or source.tells_days(settings.folder):
        return Words(zh, en)
    return Doubt(
        f"{zh}，看不出是哪天的，每一期都会全部算进去；文件名写上日子（-2026-11-16），或者写 date_column",
        f"{en} of no known day, all counted in every period; put days into their names, or set date_column",
    )


def _to_collect(source: Source, settings: ReportSettings, period: Period) -> Words:
    """Return how much a source would collect; what is only asked on the web is not looked at."""
    paths, addresses = source.to_collect(settings.folder, period)
    files = sum(len(find_files(path)) for path, _ in paths)
    addresses += [url for name in source.urls for url in read_lines(settings.folder / name)]
    made = corpus_path(source.corpus, settings.folder).is_file()
    zh, en = [f"收进语料“{source.corpus}”"], [f"into corpus '{source.corpus}'"]
    if not made:
        zh.append("还没有，跑的时候建")
        en.append("not there yet, made by the run")
    if addresses:
        zh.append(f"{len(addresses):,} 个网址")
        en.append(f"{len(addresses):,} addresses")
    if files:
        zh.append(f"{files:,} 个文件")
        en.append(f"{files:,} files")
    return Words("，".join(zh), ", ".join(en))


def _folder_there(settings: ReportSettings) -> Words:
    """Return how many periods were made, unless the folder is another report's, or may become that of one beside."""
    beside = [] if snapshots.check_owner(settings) else sorted(settings.folder.glob("*.toml"))
    for path in beside:
        if path.name != settings.path.name and _folder_of(path) == settings.report_folder:
            raise snapshots.AnotherReport(
                folder=settings.report_folder, other=path.name, file=settings.path.name, stem=settings.path.stem
            )
    made = len(published(settings.report_folder))
    folder = settings.report_folder.name
    return Words(
        f"写进 {folder}，{f'做过 {made:,} 期' if made else '还没做过'}",
        f"into {folder}, {f'{made:,} made so far' if made else 'none made yet'}",
    )


def _folder_of(path: Path) -> Path | None:
    """Return where a file's report goes, None where the file is no report's."""
    try:
        return read_settings(path).report_folder
    except CopykitError:
        return None


def _page_fits(page: PageTemplate, lang: str) -> Words:
    tried(page, lang)
    return Words("自己的网页模板能用", "the template of your own can be used")


def _titles_there(settings: ReportSettings, files: DataFiles) -> Words:
    platform_of(settings, files)
    titles, refused = read_titles(settings, files)
    if refused:
        raise refused[0]
    return _count(len(titles), "条标题", "titles")


def _links_there(settings: ReportSettings, files: DataFiles) -> Words:
    brief = read_brief(settings.folder / settings.brief) if settings.brief else None
    placed, refused = read_links(settings, brief, files)
    if refused:
        raise refused[0]
    return _count(len(placed), "条外链", "links")


def _plan_there(settings: ReportSettings) -> Words:
    path = state_file(settings)
    if not path.is_file():
        raise NoPlan(name=settings.plan)
    with State(path) as state:
        if state.plan(settings.plan) is None:
            raise NoPlan(name=settings.plan)
    return Words(settings.plan, settings.plan)


def _targets_there(settings: ReportSettings, files: DataFiles) -> Words:
    names = [target.name for target in targets_of(settings.deliveries, settings.folder, bots(files))]
    zh, en = "、".join(names), ", ".join(names)
    if not settings.address:
        zh += "；没写 address（完整报告的网址），收到的人打不开全文"
        en += "; no address is set, so those who get it cannot open the whole report"
    return Words(zh, en)


def _ping_there(settings: ReportSettings) -> Words:
    ping_address(settings.folder / settings.ping_file)
    return Words("有", "there")


def history(settings: ReportSettings, form: str) -> str:
    """Return the reports made so far and how their deliveries stand."""
    labels = published(settings.report_folder)
    rows: list[dict[str, Any]] = []
    path = state_file(settings)
    state = State(path) if path.is_file() else None
    try:
        for label in labels:
            found = snapshots.read(settings.report_folder, label)
            sent = state.deliveries(f"{settings.path.stem}:{label}") if state is not None else []
            if found is not None:
                rows.append(
                    {
                        "period": label,
                        "made_on": found.made_on,
                        "documents": found.documents,
                        "words": len(found.words),
                        "failed": list(found.failed),
                        "deliveries": [
                            {"target": target, "state": each, "parts": parts} for target, each, parts in sent
                        ],
                    }
                )
    finally:
        if state is not None:
            state.close()
    if form == "json":
        return json.dumps(rows, ensure_ascii=False, indent=2) + "\n"
    if not rows:
        return say(
            f"还没有做过；copykit report run {settings.path.name}\n",
            f"none yet; copykit report run {settings.path.name}\n",
        )
    from copykit.render.terminal import columns

    head = [
        say("期", "period"),
        say("做于", "made on"),
        say("读了", "texts"),
        say("来源", "sources"),
        say("投递", "sent"),
    ]
    body = [
        [
            row["period"],
            row["made_on"],
            f"{row['documents']:,}",
            say(f"{len(row['failed'])} 处没读到", f"{len(row['failed'])} failed")
            if row["failed"]
            else say("都读到了", "all read"),
            "、".join(f"{each['target']} {each['state']}" for each in row["deliveries"]) or "–",
        ]
        for row in rows
    ]
    return "\n".join(columns([head, *body])) + "\n"
