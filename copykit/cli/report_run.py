"""What ``copykit report run`` does: make a report, publish it in one step, tell it, each once."""

from __future__ import annotations

import datetime
import json
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import orjson

from copykit import tables
from copykit.cli.common import note
from copykit.cli.language import lang_of, say
from copykit.cli.report_make import BROKE, Log, Made, Maker, state_file
from copykit.datafiles import DataFiles
from copykit.errors import CopykitError
from copykit.render import report as render
from copykit.reports import snapshot as snapshots
from copykit.reports.basis import listed
from copykit.reports.bots import bots
from copykit.reports.build import top_figure
from copykit.reports.deliver import Delivered, deliver
from copykit.reports.message import Message
from copykit.reports.period import Period
from copykit.reports.post import ping, sender
from copykit.reports.publish import SNAPSHOT, locked, publish, recover, remote_disk
from copykit.reports.settings import ReportSettings
from copykit.reports.targets import Target, ping_address, targets_of
from copykit.state import State

MESSAGE = "message.json"


def run_report(
    settings: ReportSettings, period: Period, day: datetime.date, files: DataFiles, options: Mapping[str, Any]
) -> int:
    """Make, publish and deliver a period's report; return the exit code, the highest that applies."""
    log = _log(options["log_format"], options["quiet"])
    targets = targets_of(settings.deliveries, settings.folder, bots(files)) if not options["no_send"] else []
    folder = settings.report_folder
    warning = remote_disk(folder)
    if warning is not None:
        log("warning", warning.say(lang_of()), {})
    code = 0
    with locked(folder):
        recover(folder)
        snapshots.check_owner(settings)
        done = snapshots.read(folder, period.label)
        stands = done is not None and (folder / period.label / MESSAGE).is_file() and not options["force"]
        lacking = done.failed if stands and done is not None else ()
        made = None
        if not stands or lacking:
            made = Maker(settings, period, day, files, log).make(options["offline"])
            if lacking and len(made.snapshot.failed) >= len(lacking):
                made = None
        if made is None:
            log("kept", _kept(period.label, len(lacking)), {"failed": len(lacking)})
            code = BROKE if lacking else 0
        else:
            code = made.code
            _publish(settings, period, made, files, done)
            log(
                "published",
                say(f"写好了 {folder / period.label}", f"published {folder / period.label}"),
                {
                    "period": period.label,
                    "documents": made.snapshot.documents,
                    "failed": len(made.snapshot.failed),
                },
            )
            if not options["quiet"]:
                click.echo("\n".join(f"{number}. {line}" for number, line in enumerate(made.report.lead, 1)))
        if targets:
            code = max(code, _deliver(settings, period, targets, options["resend_unknown"], log))
    if settings.ping_file and code < BROKE:
        _ping(settings, log)
    return code


def _kept(label: str, failed: int) -> str:
    if not failed:
        return say(f"{label} 已经做过，没有重做（重做：--force）", f"{label} stands already; to make it again: --force")
    return say(
        f"{label} 已经做过，有 {failed} 处来源那次没读到，现在还是没读到，没有重做；读得到了再跑一遍就补上",
        f"{label} stands already, without {failed} sources that fail still; when they are back, run it again",
    )


def _publish(
    settings: ReportSettings, period: Period, made: Made, files: DataFiles, old: snapshots.Snapshot | None
) -> None:
    lang, report = settings.lang, made.report
    page = render.html(report, render.page_template(files), lang)
    message: dict[str, Any] = {
        "title": f"{settings.name} · {report.days}",
        "paragraphs": render.message_paragraphs(report, settings.where(period), lang),
        "changes": sum(len(rows) for state, rows in report.words.items() if state != "one_day")
        + sum(row.state == "lost" for row in report.links or ()),
        "top": top_figure(report.words),
    }
    message["corrects"] = _corrects(settings, period, message["paragraphs"], made.snapshot, old)

    def write(folder: Path) -> None:
        (folder / SNAPSHOT).write_bytes(snapshots.dump(made.snapshot))
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


def _corrects(
    settings: ReportSettings,
    period: Period,
    paragraphs: Sequence[str],
    now: snapshots.Snapshot,
    old: snapshots.Snapshot | None,
) -> str:
    """Return what is said above a message that takes the place of one that somebody may have read; else nothing."""
    path, zh = settings.report_folder / period.label / MESSAGE, settings.lang == "zh"
    try:
        told = orjson.loads(path.read_bytes())
    except (OSError, ValueError):
        return ""
    if list(told["paragraphs"]) == list(paragraphs):
        return str(told.get("corrects", ""))
    state = state_file(settings)
    if not state.is_file():
        return ""
    with State(state) as ledger:
        if not any(each in ("sent", "unknown", "sending") for _, each, _ in ledger.deliveries(_run(settings, period))):
            return ""
    if old is not None and now.sources is not None and old.sources is not None:
        back = [name for name in now.sources if name not in old.sources]
        if back:
            names = listed(back, settings.lang)
            if zh:
                return f"更正：这一期发过的那份没读到{names}，现在读到了，以这份为准。"
            return f"Correction: the message sent before lacked {names}; this one takes its place."
    if zh:
        return "更正：这一期重做过，和发过的那份不一样，以这份为准。"
    return "Correction: this period was made again; this message takes the place of the one sent before."


def _run(settings: ReportSettings, period: Period) -> str:
    """Return by what the messages of a period are known."""
    return f"{settings.path.stem}:{period.label}"


def _deliver(
    settings: ReportSettings, period: Period, targets: Sequence[Target], resend_unknown: bool, log: Log
) -> int:
    folder = settings.report_folder / period.label
    told = orjson.loads((folder / MESSAGE).read_bytes())
    page = folder / "report.html"
    corrects = told.get("corrects", "")
    message = Message(
        told["title"] if not corrects else _as_correction(told["title"], settings.lang),
        (*([corrects] if corrects else ()), *told["paragraphs"]),
        page.read_text("utf-8") if page.is_file() else "",
        max(told["changes"], bool(corrects)),
        told["top"],
    )
    with State(state_file(settings)) as state:
        found = deliver(
            _run(settings, period),
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


def _as_correction(title: str, lang: str) -> str:
    return f"{title}（更正）" if lang == "zh" else f"{title} (correction)"


def _said(each: Delivered) -> str:
    lang = lang_of()
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
        url = ping_address(settings.folder / settings.ping_file)
    except CopykitError as error:
        log("failed", error.say(lang_of()), {})
        return
    if not ping(url):
        log("failed", say("ping 没有成功，看门狗会以为没跑", "the ping failed"), {})


def _log(form: str, quiet: bool) -> Log:
    """Return what tells of the run's steps on stderr: JSON lines, or sentences; quiet: only what went wrong."""

    def tell(event: str, sentence: str, facts: Mapping[str, Any]) -> None:
        if quiet and event not in ("failed", "unknown", "refused", "warning"):
            return
        if form == "json":
            stamp = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
            line = {"time": stamp, "event": event, "message": sentence, **facts}
            sys.stderr.write(json.dumps(line, ensure_ascii=False) + "\n")
        else:
            note(sentence)

    return tell
