"""``copykit report``: run it, look at the earlier ones, check its settings, have it run by itself."""

from __future__ import annotations

import datetime
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from copykit.cli import common
from copykit.cli.command import Group, option
from copykit.cli.common import note
from copykit.cli.language import LANG_KEY, Text, UsageMistake, lang_of, say
from copykit.errors import CopykitError
from copykit.reports import period as periods
from copykit.reports import schedule as scheduling
from copykit.reports.publish import published, remote_disk
from copykit.reports.settings import ReportSettings, read_settings
from copykit.reports.snapshot import check_owner

RUN = Text(
    "跑一期报告：收来源、找词、和上一期、去年比，给标题打分、查外链、看计划，写成网页和表格，发到群里。\n"
    "\n"
    "copykit report run 周报.toml\n"
    "copykit report run 周报.toml --period 2026-W46      补跑漏掉的一期\n"
    "copykit report run 周报.toml --no-send              只写不发\n"
    "copykit report run 周报.toml --force --offline      用手里有的重做一遍\n"
    "\n"
    "做过的一期有来源没读到，再跑一遍，读得到了就重做，发过的群里收到的写明是更正。\n"
    "收到一半断了、被杀了，再跑一遍就接着来；同样的数据、同一个 --today，写出来一字不差。\n"
    "退出码：0 都好 · 2 有读不了的行或设置不对 · 3 有来源没读到、没发出去 · 75 另一次运行正在写",
    "Make a period's report: collect, mine, compare, judge titles, look after links and the plan, tell the team.\n"
    "\n"
    "copykit report run weekly.toml\n"
    "copykit report run weekly.toml --period 2026-W46    make up for a missed one\n"
    "copykit report run weekly.toml --no-send            write, but tell nobody\n"
    "copykit report run weekly.toml --force --offline    once more, of what is there\n"
    "\n"
    "A period that lacks a source is made again once it can be read, and its message says that it is a correction.\n"
    "A run that was broken off or killed goes on when it is run again; the same data and --today give the same\n"
    "bytes. Exit codes: 0 fine, 2 rows or settings that are no use, 3 a source that could not be read or a message\n"
    "that did not go out, 75 another run is writing.",
)
SCHEDULE = Text(
    "打印一段让系统按时跑报告的设置，时间避开整点和半点：crontab、systemd 或 Windows 任务计划。\n"
    "\n"
    "copykit report schedule 周报.toml\n"
    "copykit report schedule 周报.toml --as systemd --hour 8",
    "Print what makes the system (cron, systemd, Windows) run the report by itself, away from whole and half hours.\n"
    "\n"
    "copykit report schedule weekly.toml\n"
    "copykit report schedule weekly.toml --as systemd --hour 8",
)


@click.group(cls=Group, text=Text("报告：每周自己跑，比出变化，发到群里", "Reports that run by themselves"))
@common.lang_option
def report() -> None:
    """Group of the report commands."""


@report.command("run", text=RUN)
@click.argument("path", metavar="报告.toml", type=click.Path(path_type=Path))
@option("--period", "label", metavar="PERIOD", zh="跑哪一期，如 2026-W47（默认刚过完的一期）", en="which period")
@option("--force", is_flag=True, zh="跑过的一期也重做", en="make it again though it was made")
@option("--no-send", is_flag=True, zh="只写报告，不发消息", en="write, but tell nobody")
@option("--offline", is_flag=True, zh="不联网：来源不重新收，外链不查", en="collect nothing anew, look at no links")
@option("--resend-unknown", is_flag=True, zh="对方收没收到不清楚的，再发一次", en="send again what may have been lost")
@option("--quiet", is_flag=True, zh="没出错就什么也不说", en="say nothing unless something failed")
@option(
    "--log-format", type=click.Choice(["text", "json"]), default="text", zh="过程写成文字还是 JSON 行", en="log format"
)
@common.today_option
@common.data_option
@common.lang_option
def run(path: Path, label: str | None, today: Any, data_folders: tuple[Path, ...], **options: Any) -> int:
    """Run one period and return the exit code."""
    from copykit.cli.report_run import run_report

    settings = read_settings(path)
    chosen = click.get_current_context().meta.get(LANG_KEY)
    if chosen:  # asked for on the line it is the report's language, too
        settings = replace(settings, lang=chosen)
    day = _today(today, settings)
    wanted = periods.parse(label, settings.period) if label else periods.last_whole(day, settings.period)
    if wanted.end >= day:
        raise UsageMistake(
            f"{wanted.label} 还没过完（到 {wanted.end}）", f"{wanted.label} is not over (until {wanted.end})"
        )
    return run_report(settings, wanted, day, common.open_data(data_folders, settings.folder), options)


@report.command("check", text=Text("不跑，先看报告的设置对不对", "Check a report's settings without running it"))
@click.argument("path", metavar="报告.toml", type=click.Path(path_type=Path))
@common.today_option
@common.data_option
@common.lang_option
def check(path: Path, today: Any, data_folders: tuple[Path, ...]) -> int:
    """Say what each part would find; exit 2 when something is missing."""
    from copykit.cli.report_look import Doubt, looked_over

    settings = read_settings(path)
    wanted = periods.last_whole(_today(today, settings), settings.period)
    click.echo(
        say(
            f"{settings.name}：下一次跑的是 {wanted.label}（{wanted.say('zh')}）",
            f"{settings.name}: the next run is about {wanted.label} ({wanted.say('en')})",
        )
    )
    bad = 0
    for name, found in looked_over(settings, wanted, common.open_data(data_folders, settings.folder)):
        good = not isinstance(found, CopykitError)
        bad += not good
        told = found.say(lang_of())
        mark = "!" if isinstance(found, Doubt) else "✓" if good else "✗"
        click.echo(f"  {mark} {name}  {told}")
    warning = remote_disk(settings.report_folder)
    if warning is not None:
        note(warning.say(lang_of()))
    return common.REJECTED if bad else 0


@report.command(
    "show", text=Text("看做过的报告，和每次发得怎么样", "Show the reports made so far, and their deliveries")
)
@click.argument("path", metavar="报告.toml", type=click.Path(path_type=Path))
@option("--period", "label", metavar="PERIOD", zh="看这一期的全文", en="the whole of one period")
@option("--format", "form", type=click.Choice(["text", "json"]), default="text", zh="输出格式", en="output format")
@common.lang_option
def show(path: Path, label: str | None, form: str) -> int:
    """Print the history, or one report."""
    from copykit.cli.report_look import history

    settings = read_settings(path)
    check_owner(settings)
    if label is not None:
        wanted = periods.parse(label, settings.period)
        folder = settings.report_folder / wanted.label
        page = folder / ("report.json" if form == "json" else "report.md")
        if not page.is_file():
            known = "、".join(published(settings.report_folder)[-6:]) or "还没有"
            raise UsageMistake(f"没有 {wanted.label} 的 {page.name}；做过的：{known}", f"there is no {page}")
        click.echo(page.read_text("utf-8"), nl=False)
        return 0
    click.echo(history(settings, form), nl=False)
    return 0


@report.command("schedule", text=SCHEDULE)
@click.argument("path", metavar="报告.toml", type=click.Path(path_type=Path))
@option("--as", "system", type=click.Choice(scheduling.SYSTEMS), default="cron", zh="哪种系统", en="for which system")
@option("--hour", type=click.IntRange(0, 23), default=8, metavar="H", zh="几点（默认 8）", en="the hour (8)")
@option("--minute", type=click.IntRange(0, 59), metavar="M", zh="几分（默认按报告算一个避开整点的）", en="the minute")
@option(
    "--weekday",
    type=click.IntRange(1, 7),
    metavar="N",
    zh="周报在周几（1 是周一，默认）",
    en="1 is Monday, the default",
)
@common.lang_option
def schedule(path: Path, system: str, hour: int, minute: int | None, weekday: int | None) -> int:
    """Print the lines."""
    settings = read_settings(path)
    if minute is None:
        minute = scheduling.minute_of(str(settings.path))
    if weekday is not None and settings.period != "week":
        zh = "--weekday 只管周报：这份报告" + ("每天出" if settings.period == "day" else "每月 1 日出")
        note(say(zh, f"--weekday is for weekly reports: this one runs {_RUNS[settings.period]}"))
    when = scheduling.When(settings.period, hour, minute, (weekday or 1) - 1)
    command = [sys.executable, "-m", "copykit", "report", "run", str(settings.path), "--quiet"]
    name = f"copykit-{settings.path.stem}"
    zone = str(settings.timezone)
    match system:
        case "cron":
            click.echo(scheduling.cron(when, command, zone), nl=False)
            note(
                say(
                    "用 crontab -e 加进去；不认 CRON_TZ 的系统（Debian、Ubuntu）按机器的时区，跑的还是刚过完的那一期",
                    "add it with crontab -e; where CRON_TZ is not known (Debian, Ubuntu) times are the machine's own",
                )
            )
        case "systemd":
            click.echo(scheduling.systemd(when, command, zone, name), nl=False)
        case _:
            click.echo(scheduling.windows(when, command, name), nl=False)
            note(
                say(
                    f"这里的时间按这台机器的时区；它不在 {zone} 的话，用 --hour、--minute 写成这台机器上的钟点",
                    f"times are the machine's own; where it is not in {zone}, give its time by --hour and --minute",
                )
            )
    return 0


_RUNS = {"day": "every day", "month": "on the first of a month"}


def _today(given: Any, settings: ReportSettings) -> datetime.date:
    """Return the given day, or today where the report lives."""
    if given is not None:
        day: datetime.date = given.date()
        return day
    return datetime.datetime.now(settings.timezone).date()
