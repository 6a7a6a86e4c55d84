"""What ``copykit report run`` does, step by step, and what the other report commands look up."""

from __future__ import annotations

import datetime
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import click
import orjson

from copykit import tables
from copykit.brief import read_brief
from copykit.channels.progress import marked, plan_from
from copykit.cli import common
from copykit.cli.common import note, say
from copykit.datafiles import DataFiles
from copykit.errors import CopykitError, FileMissing, FileUnreadable, Words
from copykit.model import Brief, Report, TitleRow
from copykit.platforms import Platforms
from copykit.render import report as render
from copykit.reports import snapshot as snapshots
from copykit.reports.bots import bots
from copykit.reports.build import Beside, build, top_figure
from copykit.reports.deliver import Delivered, deliver
from copykit.reports.gather import Gathered, find_examples, gather, open_source
from copykit.reports.message import Message
from copykit.reports.parts import OwnTitles, judged_titles, plan_part
from copykit.reports.period import Period, parse
from copykit.reports.post import ping, sender
from copykit.reports.publish import SNAPSHOT, locked, publish, published, recover, remote_disk
from copykit.reports.settings import ReportSettings
from copykit.reports.snapshot import Snapshot
from copykit.reports.targets import Target, targets_of
from copykit.reports.words import changes
from copykit.state import State, state_path

BROKE = 3
MESSAGE = "message.json"
DEFAULT_TOP, DEFAULT_HISTORY = 20, 8
Log = Callable[[str, str, Mapping[str, Any]], None]


def run_report(
    settings: ReportSettings, period: Period, day: datetime.date, files: DataFiles, options: Mapping[str, Any]
) -> int:
    """Make, publish and deliver a period's report; return the exit code, the highest that applies."""
    log = _log(options["log_format"], options["quiet"])
    targets = targets_of(settings.deliveries, settings.folder, bots(files)) if not options["no_send"] else []
    folder = settings.report_folder
    warning = remote_disk(folder)
    if warning is not None:
        note(warning.say(common.lang_of()))
    code = 0
    with locked(folder):
        recover(folder)
        done = snapshots.read(folder, period.label) is not None and (folder / period.label / MESSAGE).is_file()
        if done and not options["force"]:
            log(
                "kept", say(f"{period.label} 已经做过，没有重做（重做：--force）", f"{period.label} stands already"), {}
            )
        else:
            gathered, report, scores = _make(settings, period, day, files, log)
            code = BROKE if gathered.failed else common.REJECTED if gathered.refused else 0
            _publish(settings, period, report, gathered, scores, files)
            log(
                "published",
                say(f"写好了 {folder / period.label}", f"published {folder / period.label}"),
                {"period": period.label, "documents": gathered.documents, "failed": len(gathered.failed)},
            )
            if not options["quiet"]:
                click.echo("\n".join(f"{number}. {line}" for number, line in enumerate(report.lead, 1)))
        if targets:
            code = max(code, _deliver(settings, period, targets, options["resend_unknown"], log))
    if settings.ping_file and code < BROKE:
        _ping(settings, log)
    return code


# --- making ---------------------------------------------------------------------------------------------------------


def _make(
    settings: ReportSettings, period: Period, day: datetime.date, files: DataFiles, log: Log
) -> tuple[Gathered, Report, Mapping[str, float]]:
    begun = time.monotonic()
    gathered = gather(settings, period, files)
    log(
        "read",
        say(f"读了 {gathered.documents:,} 条，{time.monotonic() - begun:.1f} 秒", f"{gathered.documents:,} texts read"),
        {"documents": gathered.documents},
    )
    for error in gathered.refused[:5]:
        log("refused", error.say(settings.lang), {})
    for reason in gathered.failed:
        log("failed", reason, {})
    notes: list[str] = []
    labels = _labels(period, settings.words.get("history", DEFAULT_HISTORY))
    earlier = [_snapshot(settings, label, notes) for label in labels[:-1]]
    brief = read_brief(settings.folder / settings.brief) if settings.brief else None
    own_words = tuple(word.casefold() for word in (*settings.own_brands, brief.brand if brief else "") if word)
    now = Snapshot(
        period.label,
        day.isoformat(),
        gathered.measure,
        gathered.documents,
        gathered.floor,
        gathered.digest,
        gathered.words,
    )
    found = changes(
        now,
        earlier[-1] if earlier else None,
        [*earlier, now],
        lambda word: any(own in word.casefold() for own in own_words),
        settings.words.get("top", DEFAULT_TOP),
        settings.words.get("min_count", 1),
        settings.lang,
    )
    told = [row.keyword for rows in found.words.values() for row in rows if row.state != "gone"]
    examples = find_examples(told, settings, period, files)
    beside, titles = _beside(settings, day, files, brief, earlier[-1] if earlier else None, notes)
    made = [parse(label, settings.period) for label in published(settings.report_folder) if label != period.label]
    last_made = max((each for each in made if each.start < period.start), default=None)
    report = build(
        settings,
        period,
        day.isoformat(),
        gathered,
        found,
        earlier[-1] if earlier else None,
        labels,
        last_made,
        beside,
        examples,
        notes,
    )
    return gathered, report, titles


def _labels(period: Period, count: int) -> list[str]:
    """Return the names of a period and those before it, oldest first."""
    found = [period]
    while len(found) < count:
        found.append(found[-1].before())
    return [each.label for each in reversed(found)]


def _snapshot(settings: ReportSettings, label: str, notes: list[str]) -> Snapshot | None:
    try:
        return snapshots.read(settings.report_folder, label)
    except FileUnreadable as error:
        notes.append(error.say(settings.lang))
        return None


def _beside(
    settings: ReportSettings,
    day: datetime.date,
    files: DataFiles,
    brief: Brief | None,
    before: Snapshot | None,
    notes: list[str],
) -> tuple[Beside, Mapping[str, float]]:
    """Return what is asked for beside the words; what cannot be had is told among the notes."""
    rows: tuple[TitleRow, ...] | None = None
    own: OwnTitles | None = None
    scores: Mapping[str, float] = {}
    beside = Beside()
    if settings.titles is not None:
        try:
            titles = _titles(settings, files)
            rows, scores = _judged(settings, files, titles, brief, before, day)
            own = _own_titles(titles)
            beside = beside._replace(titles=rows, own_titles=own)
        except CopykitError as error:
            notes.append(error.say(settings.lang))
    if settings.plan:
        try:
            with State(state_path(settings.folder)) as state:
                saved = state.plan(settings.plan)
                if saved is None:
                    raise NoPlan(name=settings.plan)
                plan = marked(plan_from(saved.body, saved.name), state.marks(saved.name))
            lines, due = plan_part(plan, day, settings.lang)
            beside = beside._replace(plan=tuple(lines), due=tuple(due))
        except CopykitError as error:
            notes.append(error.say(settings.lang))
    return beside, scores


class NoPlan(CopykitError):
    """A plan that was never saved."""

    zh = "没有存过叫“{name}”的计划；先 copykit channels plan … --save"
    en = "no plan '{name}' was saved; first copykit channels plan … --save"


def _titles(settings: ReportSettings, files: DataFiles) -> list[str]:
    assert settings.titles is not None
    wanted = tables.merge_names(files.load("columns")["text"], ("title",))
    path = settings.folder / settings.titles["file"]
    with tables.read_rows(path, wanted=wanted, column=settings.titles.get("column")) as table:
        return [row.text for row in table if row.error is None and row.text.strip()]


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
    name = settings.titles.get("platform")
    platform = Platforms(files)[name] if name else None
    profile = load_profile(files, platform.profile if platform else "content", settings.lang)
    scorer = TitleScorer(files, Settings(profile, platform, brief, day.isoformat(), (), settings.lang))
    adviser = Adviser(files, scorer, settings.lang)
    rows, scores = judged_titles(
        titles, scorer, adviser, before.titles if before else {}, settings.titles.get("show", 10)
    )
    return tuple(rows), scores


def _own_titles(titles: Sequence[str]) -> OwnTitles:
    from copykit.text.segment import Segmenter

    return OwnTitles(titles, Segmenter().words)


# --- publishing and telling -----------------------------------------------------------------------------------------


def _publish(
    settings: ReportSettings,
    period: Period,
    report: Report,
    gathered: Gathered,
    scores: Mapping[str, float],
    files: DataFiles,
) -> None:
    lang = settings.lang
    page = render.html(report, files.load("report")["report.html"]["body"], lang)
    message = {
        "title": f"{settings.name} · {report.days}",
        "paragraphs": render.message_paragraphs(report, settings.where(period), lang),
        "changes": sum(map(len, report.words.values())),
        "top": top_figure(report.words),
    }
    kept = Snapshot(
        period.label,
        report.made_on,
        gathered.measure,
        gathered.documents,
        gathered.floor,
        gathered.digest,
        gathered.words,
        scores,
        {},
        gathered.failed,
    )

    def write(folder: Path) -> None:
        (folder / SNAPSHOT).write_bytes(snapshots.dump(kept))
        (folder / MESSAGE).write_bytes(orjson.dumps(message, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
        for form in settings.forms:
            path = folder / f"report.{form}"
            match form:
                case "html":
                    path.write_text(page, "utf-8", newline="\n")
                case "md":
                    path.write_text(render.markdown(report, lang), "utf-8", newline="\n")
                case "json":
                    value = render.report_json(report)
                    path.write_bytes(orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
                case "csv":
                    tables.write_csv(path, render.FLAT_COLUMNS, render.flat_rows(report))
                case _:
                    tables.write_xlsx(path, render.sheets(report, lang))

    publish(settings.report_folder, period.label, write)


def _deliver(
    settings: ReportSettings, period: Period, targets: Sequence[Target], resend_unknown: bool, log: Log
) -> int:
    folder = settings.report_folder / period.label
    told = orjson.loads((folder / MESSAGE).read_bytes())
    page = folder / "report.html"
    message = Message(
        told["title"],
        tuple(told["paragraphs"]),
        page.read_text("utf-8") if page.is_file() else "",
        told["changes"],
        told["top"],
    )
    with State(state_path(settings.folder)) as state:
        found = deliver(
            f"{settings.path.stem}:{period.label}",
            message,
            targets,
            state,
            sender(),
            time.time,
            time.sleep,
            resend_unknown,
        )
    for each in found:
        log(each.state, _said(each), {"target": each.target, "parts": len(each.parts)})
    return BROKE if any(each.state in ("failed", "unknown") for each in found) else 0


def _said(each: Delivered) -> str:
    lang = common.lang_of()
    reason = next(
        (part.reason_zh if lang == "zh" else part.reason_en for part in each.parts if part.state == each.state), ""
    )
    match each.state:
        case "sent":
            return say(f"发到了 {each.target}", f"sent to {each.target}")
        case "skipped":
            return say(f"{each.target}：没有要说的，没发", f"{each.target}: nothing to tell")
        case "unknown":
            return say(
                f"{each.target}：{reason}；确认没收到再加 --resend-unknown 发一次",
                f"{each.target}: {reason}; if it did not arrive, run with --resend-unknown",
            )
        case _:
            return say(f"{each.target}：没发出去，{reason}", f"{each.target}: not sent, {reason}")


def _ping(settings: ReportSettings, log: Log) -> None:
    try:
        url = (settings.folder / settings.ping_file).read_text("utf-8").strip()
    except OSError:
        log("failed", say("ping 的地址文件读不了", "the file of the ping address cannot be read"), {})
        return
    if not ping(url):
        log("failed", say("ping 没有成功，看门狗会以为没跑", "the ping failed"), {})


# --- looking --------------------------------------------------------------------------------------------------------


def looked_over(
    settings: ReportSettings, period: Period, files: DataFiles
) -> Iterator[tuple[str, Words | CopykitError]]:
    """Yield each part of the settings with what it would find, or why it would not."""
    from copykit.keywords.profile import load_profile

    by_line = load_profile(files, settings.kind).by_line
    for source in settings.sources:
        try:
            opened = open_source(source, settings, period, files, by_line, lambda error: None)
            yield source.name, Words(f"{len(opened.files)} 个文件", f"{len(opened.files)} files")
        except CopykitError as error:
            yield source.name, Words("没有，但可以没有", "absent, as it may be") if source.optional else error
    checks: list[tuple[str, bool, Callable[[], Words]]] = [
        ("titles", settings.titles is not None, lambda: _count(len(_titles(settings, files)), "条标题", "titles")),
        ("brief", bool(settings.brief), lambda: Words(read_brief(settings.folder / settings.brief).product, "ok")),
        ("plan", bool(settings.plan), partial(_plan_there, settings)),
        ("delivery", bool(settings.deliveries), partial(_targets_there, settings, files)),
        ("ping", bool(settings.ping_file), partial(_file_there, settings.folder / settings.ping_file)),
    ]
    for name, asked, look in checks:
        if asked:
            try:
                yield name, look()
            except CopykitError as error:
                yield name, error


def _count(count: int, zh: str, en: str) -> Words:
    return Words(f"{count:,} {zh}", f"{count:,} {en}")


def _plan_there(settings: ReportSettings) -> Words:
    path = state_path(settings.folder)
    if not path.is_file():
        raise NoPlan(name=settings.plan)
    with State(path) as state:
        if state.plan(settings.plan) is None:
            raise NoPlan(name=settings.plan)
    return Words(settings.plan, settings.plan)


def _targets_there(settings: ReportSettings, files: DataFiles) -> Words:
    names = [target.name for target in targets_of(settings.deliveries, settings.folder, bots(files))]
    return Words("、".join(names), ", ".join(names))


def _file_there(path: Path) -> Words:
    if not path.is_file():
        raise FileMissing(path)
    return Words("有", "there")


def history(settings: ReportSettings, form: str) -> str:
    """Return the reports made so far and how their deliveries stand."""
    labels = published(settings.report_folder)
    rows: list[dict[str, Any]] = []
    path = state_path(settings.folder)
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


def _log(form: str, quiet: bool) -> Log:
    """Return what tells of the run's steps on stderr: JSON lines, or sentences; quiet: only what went wrong."""

    def tell(event: str, sentence: str, facts: Mapping[str, Any]) -> None:
        if quiet and event not in ("failed", "unknown", "refused"):
            return
        if form == "json":
            stamp = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
            line = {"time": stamp, "event": event, "message": sentence, **facts}
            sys.stderr.write(json.dumps(line, ensure_ascii=False) + "\n")
        else:
            note(sentence)

    return tell
