"""What commands share: options, notes on stderr, JSON on stdout, exit codes."""

from __future__ import annotations

import datetime
import os
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from copykit import datafiles, tables
from copykit.cli.command import F, option
from copykit.cli.language import LANG_KEY, Text, UsageMistake, lang_of, say
from copykit.render.terminal import Terminal
from copykit.tables.rows import cut_off
from copykit.text.beside import Beside

if TYPE_CHECKING:
    from copykit.tables import Table

# The process in which the segmenter's dictionary loads, where a run over a few texts has started one.
beside: ContextVar[Beside | None] = ContextVar("beside", default=None)
FAILED, REJECTED, OUTSIDE, INTERRUPTED = 1, 2, 3, 130


def tell_table(table: Table) -> None:
    """Note which rows of a table that was read sum others up, and were not counted once more, and where it ends."""
    if table.sums:
        tell_rows_of_sums(table.name, table.sums)
    if table.cut:
        note(cut_off(table.name, table.cut).say(lang_of()))


def tell_rows_of_sums(name: str, rows: Sequence[int]) -> None:
    """Note which rows of a table sum others up."""
    shown = [str(row) for row in rows[:8]]
    more = "…" if len(rows) > len(shown) else ""
    zh = f"{name} 第 {'、'.join(shown)}{more} 行是合计，没有再算一遍"
    note(say(zh, f"{name}: not counted again, because it sums others up: row {', '.join(shown)}{more}"))


def note(message: str) -> None:
    """Print a line for people to stderr."""
    click.echo(terminal(sys.stderr).safe(message), err=True)


def output_option(*, zh: str, en: str, many: bool = False, **kwargs: Any) -> Callable[[F], F]:
    """Declare -o; with ``many`` it may be given several times, as ``outputs``."""
    names = ("-o", "--output", "outputs") if many else ("-o", "--output")
    usual = {"type": click.Path(path_type=Path), "metavar": "FILE", "multiple": many}
    return option(*names, zh=zh, en=en, **{**usual, **kwargs})


def csv_options(command: F) -> F:
    """Add --no-bom and --raw, which say how CSV is written."""
    for decorate in (
        option(
            "--raw",
            is_flag=True,
            zh="写 CSV 时不给 = + - @ 开头的格子加引号",
            en="do not quote CSV cells that begin with = + - @",
        ),
        option("--no-bom", is_flag=True, zh="写 CSV 时不加 BOM", en="write CSV without a BOM"),
    ):
        command = decorate(command)
    return command


def _set_lang(ctx: click.Context, _param: click.Parameter, value: str | None) -> None:
    if value:
        ctx.meta[LANG_KEY] = value


def lang_option(command: F) -> F:
    """Add --lang."""
    decorate = option(
        "--lang",
        type=click.Choice(["zh", "en"]),
        is_eager=True,
        expose_value=False,
        callback=_set_lang,
        zh="界面和理由用的语言（默认中文，也可设 COPYKIT_LANG）",
        en="language of messages and reasons (Chinese unless COPYKIT_LANG says otherwise)",
    )
    return decorate(command)


def input_format_option(command: F) -> F:
    """Add --input-format, for tables and lists of texts."""
    decorate = option(
        "--input-format",
        type=click.Choice(["txt", "csv", "tsv", "jsonl", "xlsx"]),
        zh="输入是什么格式（默认看内容）",
        en="format of the input",
    )
    return decorate(command)


def user_words_option(command: F) -> F:
    """Add --user-words."""
    decorate = option(
        "--user-words",
        type=click.Path(path_type=Path),
        metavar="FILE",
        zh="自己的分词词典（jieba 格式），词会整个保留",
        en="your words for the segmenter (jieba's format)",
    )
    return decorate(command)


def segmenter_option(command: F) -> F:
    """Add --segmenter."""
    decorate = option(
        "--segmenter", type=click.Choice(["rjieba", "jieba"]), default="rjieba", zh="分词器", en="segmenter"
    )
    return decorate(command)


def data_option(command: F) -> F:
    """Add --data, folders of the user's own data files."""
    decorate = option(
        "--data",
        "data_folders",
        multiple=True,
        type=click.Path(path_type=Path),
        metavar="DIR",
        zh="自己的数据文件夹（rules/、lexicons/、platforms/…），盖在自带的上面；可以给多个",
        en="a folder of your own data files (rules/, lexicons/, platforms/ …), over the bundled ones; repeatable",
    )
    return decorate(command)


def open_data(folders: Sequence[Path], start: Path | None = None) -> datafiles.DataFiles:
    """Return the data files seen from a folder, the working folder unless one is named."""
    return datafiles.open_layers(start or Path.cwd(), folders)


def today_option(command: F) -> F:
    """Add --today, so that a run can be repeated."""
    decorate = option(
        "--today",
        type=click.DateTime(["%Y-%m-%d"]),
        metavar="YYYY-MM-DD",
        zh="当作今天的日期（默认真的今天）",
        en="the date to take for today",
    )
    return decorate(command)


def iso_day(given: datetime.datetime | None) -> str:
    """Return the given day or today as an ISO date."""
    return (given.date() if given else datetime.date.today()).isoformat()


def terminal(stream: TextIO) -> Terminal:
    """Return what a stream can show."""
    colour = stream.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
    width = min(shutil.get_terminal_size((80, 24)).columns, 100)
    return Terminal(max(width, 40), colour, stream.encoding or "utf-8")


_MENDED = {
    "html": Text("网页标签 {n} 处", "{n} tags"),
    "radicals": Text("部首字 {n} 个", "{n} radicals"),
    "pinyin": Text("夹在字后的拼音 {n} 处", "{n} bracketed readings"),
    "quotes": Text("变成 & 的引号 {n} 处", "{n} quotes that had become &"),
    "furniture": Text("导航、版权、日期 {n} 行", "{n} lines of navigation and notices"),
    "repeats": Text("重复的段落 {n} 段", "{n} repeated paragraphs"),
}


def tell_mended(changes: Mapping[str, int]) -> None:
    """Note on stderr what a cleaner mended: mend → how often."""
    done = [name for name in _MENDED if changes.get(name)]
    told = [_MENDED[name].say(lang_of()).format(n=f"{changes[name]:,}") for name in done]
    if told:
        note(
            say(
                f"清理了：{'、'.join(told)}（不想清理：--keep {done[0]}）",
                f"mended: {', '.join(told)} (to leave one: --keep NAME)",
            )
        )


def check_ending(path: Path, endings: Sequence[str]) -> None:
    """Raise UsageMistake when a file that is to be written has no ending of a kind that the command writes."""
    if path.suffix.lower() not in endings:
        known = " ".join(endings)
        raise UsageMistake(f"-o 只会写 {known}，现在是 {path.name}", f"-o writes {known}, not {path.name}")


def encoded(value: object) -> bytes:
    """Return a value as indented JSON with Chinese as it is."""
    return tables.json_bytes(value, indent=True) + b"\n"


def write_json(value: object) -> None:
    """Write a value to stdout as JSON, in UTF-8 whatever the console's encoding."""
    sys.stdout.flush()
    sys.stdout.buffer.write(encoded(value))
    sys.stdout.buffer.flush()
