"""``copykit shop``: what deserves work and what has to go."""

from __future__ import annotations

import datetime
import sys
from pathlib import Path
from typing import Any

import click

from copykit import tables
from copykit.cli import common
from copykit.cli.command import Group, option
from copykit.cli.common import note
from copykit.cli.language import Text, UsageMistake, lang_of, say
from copykit.errors import CopykitError
from copykit.model import Stocked
from copykit.render import shop as render
from copykit.render.shop import View
from copykit.shop.grading import grade
from copykit.shop.stock import open_stock, read_stock
from copykit.tables import Sheet

FILES = (".xlsx", ".json")
LISTS = (".csv", ".xlsx", ".txt")

GRADE = Text(
    "库存销售表进来：钱压在哪（ABC）、供应商（SABC）、五力和利润、交叉比率、该淘汰的、新品到哪一步、该推哪些，公式写明。\n"
    "\n"
    "copykit shop grade 库存销售.xlsx --days 30 -o 分级.xlsx\n"
    "copykit shop grade 库存销售.xlsx --push 推.csv\n"
    "copykit listings build 商品.xlsx -p 淘宝 --only 推.csv -o 上架.xlsx\n"
    "\n"
    "一行一个 SKU 或一个商品，一个时段。认得的列：货号、品名、供应商、库存、期初库存、成本、售价、销量、销售额、\n"
    "采购额、访客、支付买家数、不良数、上架日期、风险。",
    "Grade goods and suppliers by a table of stock and sales; every formula is stated.",
)


@click.group(cls=Group, text=Text("货：分级、淘汰、该推哪些", "Goods: grades, what has to go, what to push"))
@common.lang_option
def shop() -> None:
    """Group of the shop commands."""


@shop.command("grade", text=GRADE)
@click.argument("source", metavar="库存销售表|-")
@option(
    "--days",
    type=click.IntRange(1, 366),
    default=30,
    metavar="N",
    zh="表里的销量是多少天的（默认 30）",
    en="days that the sales are of (30)",
)
@option(
    "--floor",
    type=float,
    metavar="YUAN",
    zh="一个月至少要卖多少元，不到的列进淘汰",
    en="revenue a month under which a product is to go",
)
@option(
    "--push",
    type=click.Path(path_type=Path),
    metavar="FILE",
    zh="把该推的货号写到 .csv、.xlsx 或 .txt，给 listings build --only 用",
    en="write the ids to push to .csv, .xlsx or .txt, for listings build --only",
)
@option("--top", type=click.IntRange(1), default=20, metavar="N", zh="推几个（默认 20）", en="how many to push (20)")
@common.output_option(zh="写到 .xlsx 或 .json", en="write .xlsx or .json")
@option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    zh="屏幕上的格式",
    en="format on the screen",
)
@common.today_option
@common.data_option
@common.lang_option
def grade_command(source: str, **options: Any) -> int:
    """Grade a table and return the exit code."""
    output: Path | None = options["output"]
    push: Path | None = options["push"]
    for path, endings in ((output, FILES), (push, LISTS)):
        if path is not None and path.suffix.lower() not in endings:
            raise UsageMistake(
                f"{path.name}：只会写 {' '.join(endings)}", f"{path.name}: written are {' '.join(endings)}"
            )
    files = common.open_data(options["data_folders"])
    view = View(lang_of(), common.terminal(sys.stdout))
    rows: list[Stocked] = []
    refused: list[CopykitError] = []
    with open_stock(sys.stdin.buffer if source == "-" else Path(source), files) as table:
        for row in read_stock(table):
            if isinstance(row, CopykitError):
                refused.append(row)
            else:
                rows.append(row)
        common.tell_table(table)
    for error in refused[:10]:
        note(error.say(view.lang))
    if not rows:
        note(say("表里没有可以算的行，请检查文件", "there is no row to grade; look at the file"))
        return common.REJECTED
    today = datetime.date.fromisoformat(common.iso_day(options["today"]))
    standard = files.load("grading")["standard"]
    grading = grade(
        rows, standard, days=options["days"], today=today, floor=options["floor"], top=options["top"], lang=view.lang
    )
    if options["form"] == "json":
        click.echo(tables.json_bytes(render.grading_json(grading)).decode())
    else:
        click.echo(render.grading_text(grading, view))
    if output is not None:
        if output.suffix.lower() == ".json":
            with tables.atomic(output) as out:
                out.write(common.encoded(render.grading_json(grading)))
        else:
            tables.write_xlsx(output, list(render.grading_sheets(grading, view)))
        note(say(f"全部在 {output}", f"everything is in {output}"))
    if push is not None:
        _write_push(push, render.push_sheet(grading, view))
        following = f"copykit listings build 商品.xlsx -p 淘宝 --only {push} -o 上架.xlsx"
        note(
            say(
                f"该推的 {len(grading.pushed)} 个在 {push}；接着：{following}",
                f"{len(grading.pushed)} to push are in {push}; next: {following}",
            )
        )
    return common.REJECTED if refused else 0


def _write_push(path: Path, sheet: Sheet) -> None:
    match path.suffix.lower():
        case ".csv":
            tables.write_csv(path, sheet.headers, sheet.rows)
        case ".xlsx":
            tables.write_xlsx(path, [sheet])
        case _:
            with tables.atomic(path) as out:
                out.write("".join(f"{row[0]}\n" for row in sheet.rows).encode("utf-8", "replace"))
