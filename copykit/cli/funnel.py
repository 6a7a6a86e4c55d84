"""``copykit channels funnel``: where sales come from, what moved them, what to do first."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from copykit.brief import read_brief
from copykit.channels import funnel as funnels
from copykit.channels.forecast import Assumptions
from copykit.channels.outcomes import Outcome, header_of, open_outcomes, read_outcomes
from copykit.cli import common
from copykit.cli.command import Command, option
from copykit.cli.common import note, write_json
from copykit.cli.language import Text, UsageMistake, lang_of, say
from copykit.errors import CopykitError
from copykit.render.channels import View
from copykit.render.funnel import funnel_json, funnel_text
from copykit.tables.days import parse_day

FUNNEL = Text(
    "销售额从哪来：展现 × 点击率 × 转化率 × 客单价 × 频次，按入口拆开；两期一比，变化一分不差地分到每个因素。\n"
    "\n"
    "copykit channels funnel 结果.xlsx\n"
    "copykit channels funnel 日报.csv --split 2026-11-01 --brief 睫毛膏.toml\n"
    "copykit channels funnel 结果.csv --by 商品 --before 10月 --after 11月",
    "Sales by entry as impressions × click rate × conversion × order value × frequency; a change between two periods\n"
    "split exactly among them, and the lever that pays most for an hour of work.",
)


@click.command("funnel", cls=Command, text=FUNNEL)
@click.argument("source", metavar="结果表|-")
@option("--by", metavar="COLUMN", zh="按哪一列拆（默认渠道、入口）", en="the column of entries")
@option("--before", metavar="NAME", zh="前一期（表里“期间”那列的值）", en="the first period")
@option("--after", metavar="NAME", zh="后一期", en="the second period")
@option(
    "--split",
    "day",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="YYYY-MM-DD",
    zh="按日期分两期：这天之前，和从这天起",
    en="two periods by date: before this day, and from it on",
)
@option("--margin", type=click.FloatRange(0, 1), metavar="N", zh="毛利率，0–1：按毛利算划不划算", en="margin, 0 to 1")
@option(
    "--brief",
    "brief_path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    zh="从资料的 shop.margin 取毛利率",
    en="take the margin from a brief",
)
@option("--format", "form", type=click.Choice(["text", "json"]), default="text", zh="输出格式", en="output format")
@common.data_option
@common.lang_option
def funnel(source: str, form: str, data_folders: tuple[Path, ...], **options: Any) -> int:
    """Tell where sales come from and what moved them, and return the exit code."""
    files = common.open_data(data_folders)
    margin = options["margin"]
    if margin is None and options["brief_path"]:
        margin = read_brief(options["brief_path"]).shop.margin
    rows, chain, refused = _read(source, files.load("columns")["results"], options)
    if not rows and not refused:
        raise UsageMistake(f"{source} 里一行结果也没有", f"{source} holds no results")
    found = funnels.report(rows, chain, Assumptions(files)["lever"], margin)
    if form == "json":
        write_json(funnel_json(found, lang_of()))
    else:
        view = View(lang_of(), common.terminal(sys.stdout))
        click.echo(funnel_text(found, view, profit=margin is not None and found.value == "revenue"))
    return tell_refused(refused)


def tell_refused(refused: Sequence[CopykitError]) -> int:
    """Tell of the rows that could not be used and return the exit code."""
    for error in refused[:_SHOWN]:
        note(error.say(lang_of()))
    if refused:
        note(say(f"{len(refused)} 行没用上，其余照算", f"{len(refused)} rows left out, the others counted"))
    return common.REJECTED if refused else 0


_SHOWN = 8


def source_of(source: str) -> Path | io.BytesIO:
    """Return a file, or all of stdin: its header is looked for more than once."""
    return io.BytesIO(sys.stdin.buffer.read()) if source == "-" else Path(source)


def _read(
    source: str, data: Any, options: dict[str, Any]
) -> tuple[list[tuple[str, str, Outcome]], tuple[str, ...], list[CopykitError]]:
    """Return (entry, period, row) of one period or two, the levels told, and the errors of other rows."""
    good: list[Outcome] = []
    refused: list[CopykitError] = []
    with open_outcomes(source_of(source), data) as table:
        chain = funnels.chain_of(table)
        by = None
        if options["by"]:
            by = header_of(table, options["by"])
            if by is None:
                columns = "、".join(table.headers)
                raise UsageMistake(
                    f"{table.name} 里没有“{options['by']}”这一列；现有的列：{columns}",
                    f"{table.name} has no column '{options['by']}'; it has: {columns}",
                )
        for one in read_outcomes(table, by):
            if isinstance(one, CopykitError):
                refused.append(one)
                continue
            try:
                good.append(funnels.complete(table, one, chain))
            except CopykitError as error:
                refused.append(error)
        common.tell_table(table)
    label = "by" if by is not None else "channel"
    whole = say("全店", "shop")
    rows = [(row.labels.get(label) or whole, _period(row, options["day"]), row) for row in good]
    periods = _chosen([period for _, period, _ in rows], options["before"], options["after"])
    order = {period: place for place, period in enumerate(periods)}
    return sorted((row for row in rows if row[1] in order), key=lambda row: order[row[1]]), chain, refused


def _period(row: Outcome, day: Any) -> str:
    if day is None:
        return row.labels.get("period") or (row.labels.get("date", "") if not row.labels.get("period") else "")
    told = _day(row.labels.get("date", ""))
    if told is None:
        raise UsageMistake(
            f"--split 要有“日期”一列，第 {row.row} 行的日期是“{row.labels.get('date', '')}”",
            f"--split needs a column of dates; row {row.row} has '{row.labels.get('date', '')}'",
        )
    split = day.date().isoformat()
    return say(f"{split} 前", f"before {split}") if told < split else say(f"{split} 起", f"from {split}")


def _day(told: str) -> str | None:
    day = parse_day(told)
    return day.isoformat() if day is not None else None


def _in_order(periods: Sequence[str]) -> list[str]:
    """Return periods by the numbers in their names where these differ in numbers only (2026-10, 第 44 周, 10月).

    December before January is a new year: then, and for names of other kinds, the table's own order stands.
    """
    numbers = {period: [int(part) for part in re.findall(r"\d+", period)] for period in periods}
    alike = len({re.sub(r"\d+", "#", period) for period in periods}) == 1 and all(numbers.values())
    if not alike or (periods and max(numbers.values())[0] - min(numbers.values())[0] >= _YEAR_TURNS):
        return list(periods)
    return sorted(periods, key=lambda period: numbers[period])


_YEAR_TURNS = 11  # months from January to December


def _chosen(periods: Sequence[str], before: str | None, after: str | None) -> list[str]:
    """Return the periods to hold against each other: those named, else the last two, dates in their order."""
    known = list(dict.fromkeys(periods))
    if all(_day(period) for period in known):
        known.sort(key=lambda period: _day(period) or "")
    else:
        known = _in_order(known)
    for name in (before, after):
        if name is not None and name not in known:
            raise UsageMistake(
                f"没有“{name}”这一期；有 {'、'.join(known)}",
                f"there is no period '{name}'; there are {', '.join(known)}",
            )
    if before is not None or after is not None:
        if before is None or after is None:
            raise UsageMistake("--before 和 --after 要一起给", "--before and --after go together")
        return [before, after]
    if len(known) > 2:
        last = known[-2:]
        zh = f"有 {len(known)} 期，比最后两期：{'、'.join(last)}（换别的：--before、--after，按日期分：--split）"
        note(say(zh, f"{len(known)} periods; comparing the last two, {', '.join(last)} (--before, --after, --split)"))
    return known[-2:]
