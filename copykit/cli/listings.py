"""``copykit listings``: an operator's table in, upload-ready listings out."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click

from copykit import parsing
from copykit.cli import common
from copykit.cli.command import Group, is_same_file, option
from copykit.cli.common import note
from copykit.cli.language import Text, UsageMistake, lang_of, say
from copykit.cli.listings_out import FILES, files_beside
from copykit.cli.listings_run import Run
from copykit.datafiles import DataFiles
from copykit.errors import FileMissing, OverInput
from copykit.platforms import Platforms
from copykit.project import ColumnsUnkept, listing_settings, remember_columns
from copykit.render import listings as render
from copykit.render.listings import PlatformView, View
from copykit.writing.fields import Shape, load_shape
from copykit.writing.products import ProductTable
from copykit.writing.terms import AttributeNames

BUILD = Text(
    "商品表进来，各平台能上传的标题和字段出去：不超字数，没有依据的不写，哪一行有问题说哪一行。\n"
    "\n"
    "copykit listings build 商品.xlsx -p 淘宝,拼多多,小红书 --keywords 关键词.xlsx -o 上架.xlsx\n"
    "copykit listings build 商品.csv -p 淘宝 --alternatives 2 --max-change 0.3 -o 上架.xlsx\n"
    "copykit listings build 商品.csv -p 淘宝 --into 后台模板.xlsx -o 填好.xlsx\n"
    "\n"
    "中断了再运行同一条命令，会接着做；改了几行以后加 --only-failed，只重做没写成的。",
    "An operator's table in, upload-ready listings out: nothing over its limit, nothing that nobody can prove.\n\n"
    "Run the same command again after an interrupt, and it goes on where it stopped.",
)


@click.group(cls=Group, text=Text("上架：商品表变成各平台能上传的标题和字段", "Listings from a table of products"))
@common.lang_option
def listings() -> None:
    """Group of the listing commands."""


@listings.command("build", text=BUILD, keeps=("template",))
@click.argument("source", metavar="商品表|-")
@option(
    "-p",
    "--platform",
    "platforms",
    multiple=True,
    metavar="A,B",
    zh="平台，可以给多个：淘宝,京东,拼多多,抖店,小红书,微信小店,亚马逊,shopify",
    en="platforms: taobao, jd, pinduoduo, douyin_shop, xiaohongshu, wechat_store, amazon, shopify",
)
@common.output_option(
    zh="写到 .xlsx（一个平台一页）、.csv（一个平台）、.jsonl、.json，或者一个文件夹（每个平台一个 CSV）",
    en="write .xlsx, .csv (one platform), .jsonl, .json, or a folder of CSV files",
)
@option(
    "--keywords",
    "words_path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    zh="关键词表：keywords select 的结果，或者有“关键词”和“搜索价值”（成交、点击、搜索人气…）的表",
    en="the shop's keywords: a result of keywords select, or a table of keywords and their worth",
)
@option(
    "--column",
    "columns",
    multiple=True,
    metavar="ROLE=NAME",
    zh="哪一列是什么，如 product=款名；认错了才要写，会存进 copykit.toml",
    en="which column plays which role, such as product=款名; kept in copykit.toml",
)
@option(
    "--max-change",
    type=click.FloatRange(0, 1),
    metavar="0-1",
    zh="在用的标题最多改多少（去掉的、加上的各不超过这一份；默认 0.3，没有搜索流量的随便改，"
    "空着大半的随便加；1 是全改）",
    en="how much of titles in use may change (0.3; those that search brings nothing are free, mostly empty ones grow; "
    "1: all)",
)
@option(
    "--alternatives",
    type=click.IntRange(0, 9),
    default=0,
    metavar="N",
    zh="每条再给 N 个用词不同的标题，带追踪码，拿来测试",
    en="N further titles in different words to test, with tracking codes",
)
@option(
    "--details",
    is_flag=True,
    zh="再写详情页：一屏一行，主标题、副标题、画面、依据",
    en="write the screens of product pages too: main line, second line, picture, evidence",
)
@option(
    "--only",
    type=click.Path(path_type=Path),
    metavar="FILE",
    zh="只做这些货号（一行一个，或表里的货号列）",
    en="only these ids",
)
@option(
    "--only-failed",
    is_flag=True,
    zh="只重做上次没写成、被挡下的，别的照上次",
    en="make again only what failed last time",
)
@option(
    "--changed-since",
    type=click.Path(path_type=Path),
    metavar="FILE",
    zh="只做和这张旧表比有变化的商品",
    en="only products that differ from this older table",
)
@option(
    "--into",
    "template",
    type=click.Path(path_type=Path),
    metavar="XLSX",
    zh="按表头填进你自己的模板（平台后台、聚水潭、店小秘…），别的页和下拉选项不动；要一个平台",
    en="fill your own template by its headers and leave all else of it alone; one platform",
)
@option("--jobs", type=click.IntRange(1), default=1, metavar="N", zh="用几个进程", en="processes")
@option("--again", is_flag=True, zh="从头做，不接着上次的", en="begin anew instead of going on")
@option("--no-save", is_flag=True, zh="不把认出来的列存进 copykit.toml", en="do not keep the columns in copykit.toml")
@option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "jsonl"]),
    default="table",
    zh="不写文件时的输出格式",
    en="output format",
)
@common.csv_options
@common.today_option
@common.data_option
@common.lang_option
def build(source: str, **options: Any) -> int:
    """Build listings and return the exit code."""
    started = time.monotonic()
    output: Path | None = options["output"]
    files = common.open_data(options["data_folders"])
    settings = listing_settings(Path.cwd())
    shapes = _shapes(files, options["platforms"] or tuple(settings.get("platforms", ())), options["details"])
    _check_output(output, shapes, options)
    with ExitStack() as stack:
        path, shown = _spooled(source, stack)
        chosen = _chosen(options["columns"])
        table = ProductTable(path, files, AttributeNames(files), chosen, shown, settings.get("columns", {}))
        view = View(lang_of(), common.terminal(sys.stdout), tuple(map(_platform_view, shapes)))
        for written in files_beside(output, view) if output is not None else ():
            if any(is_same_file(given, written) for given in (path, *_tables(options))):
                raise OverInput(written)
        _tell_columns(table, view, options)
        run = Run(files, table, shapes, view, options, settings)
        journal = stack.enter_context(run.open_journal())
        run.build(journal)
        return run.finish(journal, output, started)


def _shapes(files: DataFiles, given: tuple[str, ...], details: bool) -> tuple[Shape, ...]:
    platforms = Platforms(files)
    names = [name.strip() for each in given for name in each.replace("，", ",").split(",") if name.strip()]
    if not names:
        raise UsageMistake(
            "用 -p 说上哪些平台，如 -p 淘宝,拼多多,小红书", "say which platforms with -p, such as -p taobao,xiaohongshu"
        )
    found = {platform.id: platform for platform in (platforms[name] for name in names)}
    return tuple(load_shape(files, platform, details=details) for platform in found.values())


def _check_output(output: Path | None, shapes: tuple[Shape, ...], options: dict[str, Any]) -> None:
    if output is not None and output.suffix and output.suffix.lower() not in FILES:
        raise UsageMistake(
            f"-o 只会写 {' '.join(FILES)} 或文件夹，现在是 {output.name}",
            f"-o writes {' '.join(FILES)} or a folder, not {output.name}",
        )
    if output is not None and output.suffix.lower() == ".csv" and len(shapes) > 1 and options["template"] is None:
        raise UsageMistake(
            "一个 CSV 只放得下一个平台：用 .xlsx，或者 -o 写文件夹名，每个平台一个 CSV",
            "one CSV holds one platform: use .xlsx, or a folder, which gets a CSV a platform",
        )
    if options["template"] is not None and (
        len(shapes) > 1 or output is None or output.suffix.lower() not in (".xlsx", ".xlsm")
    ):
        raise UsageMistake(
            "--into 要配一个平台和 -o 填好.xlsx", "--into takes one platform and an output such as -o filled.xlsx"
        )
    if options["template"] is not None and not options["template"].is_file():
        raise FileMissing(path=str(options["template"]))
    if output is not None and not output.absolute().parent.is_dir():
        raise UsageMistake(
            f"-o 的文件夹 {output.parent} 不存在，请先建好",
            f"the folder of -o, {output.parent}, does not exist; create it",
        )


def _tables(options: dict[str, Any]) -> list[Path]:
    """Return the tables that are read besides that of the products."""
    return [options[name] for name in ("words_path", "changed_since") if options[name] is not None]


def _chosen(columns: Iterable[str]) -> dict[str, str]:
    chosen: dict[str, str] = {}
    for given in columns:
        role, sign, header = given.partition("=")
        if not sign or not role.strip() or not header.strip():
            raise UsageMistake(
                f"--column 写成 角色=列名，如 product=款名；现在是“{given}”", f"--column takes ROLE=NAME, not '{given}'"
            )
        chosen[role.strip()] = header.strip()
    return chosen


def _tell_columns(table: ProductTable, view: View, options: dict[str, Any]) -> None:
    note(render.columns_line(table.columns, table.attributes, table.unused, view))
    if not options["no_save"]:
        try:
            path = remember_columns(Path.cwd(), table.columns)
        except ColumnsUnkept as unkept:
            note(unkept.say(view.lang))
            return
        if path is not None:
            note(
                say(
                    f"（存进 {parsing.shown_path(path)}，认错了改那里或用 --column）",
                    f"(kept in {parsing.shown_path(path)}; mend it there, or with --column)",
                )
            )


def _spooled(source: str, stack: ExitStack) -> tuple[Path, str | None]:
    """Return a file that can be read twice; standard input is copied."""
    if source != "-":
        return Path(source), None
    handle, name = tempfile.mkstemp(prefix="copykit-")
    stack.callback(Path(name).unlink, missing_ok=True)
    with open(handle, "wb") as spool:
        while chunk := sys.stdin.buffer.read(1 << 20):
            spool.write(chunk)
    return Path(name), "-"


def _platform_view(shape: Shape) -> PlatformView:
    about = []
    for spec in shape.fields:
        if spec.make in ("title", "seo_title"):
            limit, source = (
                str(shape.room.limit),
                shape.platform.source if not shape.guessed else say("没有查到，copykit 的取舍", "none found; ours"),
            )
        else:
            limit = str(spec.max or "")
            source = spec.limit_source or (say("copykit 的取舍", "ours") if spec.max else "")
        whose = (
            say(f"官方：{spec.official}", f"official: {spec.official}")
            if spec.official
            else say("copykit 起的名", "ours")
        )
        about.append((spec.column, whose, limit, source))
    columns = {spec.id: spec.column for spec in shape.fields}
    return PlatformView(
        shape.platform.id, shape.platform.name, columns, shape.by_sku, tuple(about), shape.guessed, shape.room.limit
    )
