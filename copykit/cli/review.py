"""``copykit channels review``: what came of a plan, what to feed, what to stop, where the next plan starts."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from copykit import tables
from copykit.brief import read_brief
from copykit.channels import review as reviews
from copykit.channels.catalog import Catalog
from copykit.channels.outcomes import open_outcomes, read_outcomes
from copykit.channels.review import Joined, Money, NextRow, Register
from copykit.cli import common
from copykit.cli import saved_plans as plans
from copykit.cli.command import Command, option
from copykit.cli.common import check_ending, encoded, note, write_json
from copykit.cli.funnel import source_of, tell_refused
from copykit.cli.language import Text, UsageMistake, lang_of, say
from copykit.errors import CopykitError
from copykit.model import Plan
from copykit.render import review as render
from copykit.render.channels import View
from copykit.tables import Sheet

REVIEW = Text(
    "复盘：结果按跟踪码对回渠道、任务、标题、商品、物料，算转化和投产比（都带区间），说哪些该加、哪些该停。\n"
    "\n"
    "copykit channels review 结果.xlsx --brief 睫毛膏.toml -o 下期.csv\n"
    "copykit channels plan 睫毛膏.toml --results 下期.csv",
    "Join results to channels, tasks, titles, products and material by their tracking codes; conversion and roi with\n"
    "intervals; what to feed and what to stop; the next plan starts from the file written with -o.",
)
FILES = (".csv", ".xlsx", ".json")


@click.command("review", cls=Command, text=REVIEW)
@click.argument("source", metavar="结果表|-")
@option("--plan", "names", multiple=True, metavar="NAME", zh="对哪个计划（默认存过的都对）", en="which saved plans")
@option("--margin", type=click.FloatRange(0, 1), metavar="N", zh="毛利率，0–1：算保本", en="margin, 0 to 1")
@option(
    "--brief",
    "brief_path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    zh="从资料取毛利率（shop.margin）和售价（price）",
    en="margin and price from a brief",
)
@option("--format", "form", type=click.Choice(["text", "json"]), default="text", zh="输出格式", en="output format")
@common.output_option(
    zh="写到 .csv（下个计划的 --results）、.xlsx（第一页就是它，后面是各个维度）、.json",
    en="write .csv (for plan --results), .xlsx (that, and a sheet a dimension) or .json",
)
@common.data_option
@common.lang_option
def review(source: str, form: str, output: Path | None, data_folders: tuple[Path, ...], **options: Any) -> int:
    """Judge results and return the exit code."""
    if output is not None:
        check_ending(output, FILES)
    files = common.open_data(data_folders)
    catalog = Catalog(files, lang_of())
    money = _money(options["margin"], options["brief_path"])
    codes, saved = plans.remembered(options["names"])
    register = Register(catalog, codes, saved)
    joined: list[Joined] = []
    refused: list[CopykitError] = []
    with open_outcomes(source_of(source), files.load("columns")["results"]) as table:
        for one in read_outcomes(table):
            if isinstance(one, CopykitError):
                refused.append(one)
            else:
                joined.append(register.join(one))
        common.tell_table(table)
    if not joined and not refused:
        raise UsageMistake(f"{source} 里一行结果也没有", f"{source} holds no results")
    hours, actions = _worked(saved, catalog)
    found = reviews.review(joined, money, hours, actions)
    view = View(lang_of(), common.terminal(sys.stdout))
    following = reviews.next_rows(joined, catalog, actions)
    if output is not None:
        _write(output, found, following, view)
    if form == "json":
        write_json(render.review_json(found, view.lang))
    else:
        click.echo(render.review_text(found, view))
    if output is not None:
        _tell_next(output, following, joined, catalog, options["brief_path"])
    return tell_refused(refused)


def _money(margin: float | None, brief_path: Path | None) -> Money:
    if brief_path is None:
        return Money(margin)
    brief = read_brief(brief_path)
    return Money(margin if margin is not None else brief.shop.margin, brief.price)


def _worked(saved: Sequence[Plan], catalog: Catalog) -> tuple[dict[str, float], dict[str, float]]:
    """Return the hours and the posts of what was done, by the channel's name."""
    hours: dict[str, float] = {}
    actions: dict[str, float] = {}
    for plan in saved:
        for task in (*plan.tasks, *plan.kept):
            if task.state == "done":
                name = catalog.name_of(task.channel)
                hours[name] = hours.get(name, 0.0) + task.hours
                actions[name] = actions.get(name, 0.0) + (task.kind == "post")
    return hours, {name: count for name, count in actions.items() if count}


def _write(path: Path, found: reviews.Review, following: Sequence[NextRow], view: View) -> None:
    headers = render.next_headers(view)
    rows = [[_cell(cell) for cell in row] for row in following]
    match path.suffix.lower():
        case ".csv":
            tables.write_csv(path, headers, rows)
        case ".xlsx":
            tables.write_xlsx(path, _sheets(headers, rows, found, view))
        case _:
            with tables.atomic(path) as out:
                out.write(encoded(render.review_json(found, view.lang)))


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _sheets(headers: list[str], rows: list[list[Any]], found: reviews.Review, view: View) -> Iterator[Sheet]:
    yield Sheet(view.say("下期", "next"), headers, rows)
    for dimension, standings in found.standings.items():
        if standings:
            name = view.say("按", "by ") + render.DIMENSIONS[view.lang][dimension]
            yield Sheet(name, render.standing_headers(dimension, view), render.standing_rows(standings, view))


def _tell_next(
    output: Path, following: Sequence[NextRow], joined: Sequence[Joined], catalog: Catalog, brief_path: Path | None
) -> None:
    note(say(f"写在 {output}", f"written: {output}"))
    if output.suffix.lower() == ".json":
        return
    outside = dict.fromkeys(
        one.names["channel"] for one in joined if one.names.get("channel") and one.names["channel"] not in catalog
    )
    if outside:
        names = "、".join(outside)
        note(
            say(
                f"没写进去的：{names}，copykit 没有这样的渠道。是别的叫法，就在表里改成 copykit channels list "
                "里的名字再复盘；真是另一条路，照 copykit data show channels/qa "
                "那样写一个 channels/名字.toml，加 --data 用上",
                f"left out: {', '.join(outside)}, no channel of copykit. If it goes by another name in "
                "copykit channels list, call it so in the table; else write a channels/NAME.toml like that of "
                "copykit data show channels/qa, and give its folder with --data",
            )
        )
    if not following:
        note(
            say(
                "没有一行对得上渠道，下个计划仍按假设排",
                "no row belongs to a channel; the next plan rests on assumptions",
            )
        )
        return
    brief = brief_path or say("资料.toml", "BRIEF")
    note(
        say(
            f"下个计划从这里开始：copykit channels plan {brief} --results {output}",
            f"the next plan starts here: copykit channels plan {brief} --results {output}",
        )
    )
