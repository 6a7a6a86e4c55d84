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
from copykit.cli import common
from copykit.cli.common import note, say
from copykit.cli.report_make import BROKE, Log, Made, Maker, state_file
from copykit.datafiles import DataFiles
from copykit.errors import CopykitError
from copykit.render import report as render
from copykit.reports import snapshot as snapshots
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
        log("warning", warning.say(common.lang_of()), {})
    code = 0
    with locked(folder):
        recover(folder)
        snapshots.check_owner(settings)
        done = snapshots.read(folder, period.label)
        if done is not None and (folder / period.label / MESSAGE).is_file() and not options["force"]:
            log("kept", _kept(period.label, len(done.failed)), {"failed": len(done.failed)})
        else:
            made = Maker(settings, period, day, files, log).make(options["offline"])
            code = made.code
            _publish(settings, period, made, files)
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
        f"{label} 已经做过，那次有 {failed} 处来源没读到；现在读得到了就重做：--force",
        f"{label} stands already, without {failed} sources that failed; when they are back: --force",
    )


def _publish(settings: ReportSettings, period: Period, made: Made, files: DataFiles) -> None:
    lang, report = settings.lang, made.report
    page = render.html(report, render.page_template(files), lang)
    message = {
        "title": f"{settings.name} · {report.days}",
        "paragraphs": render.message_paragraphs(report, settings.where(period), lang),
        "changes": sum(len(rows) for state, rows in report.words.items() if state != "one_day")
        + sum(row.state == "lost" for row in report.links or ()),
        "top": top_figure(report.words),
    }

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
    with State(state_file(settings)) as state:
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
        url = ping_address(settings.folder / settings.ping_file)
    except CopykitError as error:
        log("failed", error.say(common.lang_of()), {})
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
