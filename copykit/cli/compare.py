"""``copykit titles compare``: which of several titles readers chose."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from copykit import tables
from copykit.cli import common
from copykit.cli.command import Command, option
from copykit.cli.common import note, write_json
from copykit.cli.language import Text, UsageMistake, lang_of, say
from copykit.errors import CopykitError
from copykit.model import Comparison
from copykit.render.compare import comparison_json, comparison_text
from copykit.render.titles import View
from copykit.titles.compare import FACTORS, Shown
from copykit.titles.compare import compare as compared
from copykit.titles.results import ROLES, check_figures, group_header, read_shown

COMPARE = Text(
    "几条标题谁点得多：主图、商品、价格、位置、时间都一样才比，随时看、看几次都作数；还分不出就说还要多少展现。\n"
    "\n"
    "copykit titles compare 测试.xlsx\n"
    "copykit titles compare 测试.csv --same 主图,价格 --group 商品\n"
    '现成的数：copykit titles compare "标题一" "标题二" --impressions 3120,3080 --clicks 45,80 --same 全部',
    "Which of several titles is clicked more: told only where picture, product, price, placement and period match,\n"
    "valid at any look; else how many more impressions it takes.",
)
_ALL = ("全部", "all")


@click.command("compare", cls=Command, text=COMPARE)
@click.argument("given", metavar="结果表|-|标题...", nargs=-1, required=True)
@option(
    "--same",
    default="",
    metavar="NAMES",
    zh="表里没写、但你知道都一样的：主图,商品,价格,位置,时间，或者 全部",
    en="what was the same though the table does not tell: picture,product,price,placement,period or all",
)
@option("--group", metavar="COLUMN", zh="按这一列分组，一组比一次", en="compare within each group of this column")
@option("--column", metavar="NAME", zh="标题在哪一列（列名，或第几列）", en="the column of titles, by name or number")
@option("--impressions", metavar="N,N", zh="直接给标题时，各自的展现", en="impressions of the titles given")
@option("--clicks", metavar="N,N", zh="直接给标题时，各自的点击", en="clicks of the titles given")
@option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "jsonl"]),
    default="text",
    zh="输出格式；分了组，json 是数组",
    en="output format; json is an array where there are groups",
)
@common.data_option
@common.lang_option
def compare(
    given: tuple[str, ...],
    same: str,
    group: str | None,
    column: str | None,
    impressions: str | None,
    clicks: str | None,
    form: str,
    data_folders: tuple[Path, ...],
) -> int:
    """Compare titles and return the exit code."""
    factors = _factors(same)
    refused: list[CopykitError] = []
    if impressions is not None or clicks is not None:
        rows = {"": _typed(given, impressions, clicks)}
    elif len(given) == 1:
        rows, refused = _read(given[0], group, column, data_folders)
    else:
        raise UsageMistake(
            "给一张结果表，或者给几条标题加上 --impressions 和 --clicks",
            "give one table of results, or titles with --impressions and --clicks",
        )
    _write([compared(shown, factors, name) for name, shown in rows.items()], form, group is not None)
    for error in refused:
        note(error.say(lang_of()))
    if refused:
        note(say(f"{len(refused)} 行没用上，其余照算", f"{len(refused)} rows left out, the others counted"))
    return common.REJECTED if refused else 0


def _write(found: Sequence[Comparison], form: str, several: bool) -> None:
    lang = lang_of()
    if form == "text":
        view = View({}, {}, {}, "", lang, common.terminal(sys.stdout))
        click.echo("\n\n".join(comparison_text(one, view) for one in found))
        return
    values = [comparison_json(one, lang) for one in found]
    if form != "jsonl":
        write_json(values if several else values[0])
        return
    sys.stdout.flush()
    sys.stdout.buffer.writelines(tables.json_bytes(value) + b"\n" for value in values)
    sys.stdout.buffer.flush()


def _factors(given: str) -> frozenset[str]:
    names = {word: factor for factor, words in FACTORS.items() for word in (factor, words.zh)}
    names |= {"图": "picture", "图片": "picture", "产品": "product", "售价": "price", "日期": "period"}
    wanted = [word.strip().lower() for word in given.replace("，", ",").replace("、", ",").split(",") if word.strip()]
    if any(word in _ALL for word in wanted):
        return frozenset(FACTORS)
    unknown = next((word for word in wanted if word not in names), None)
    if unknown is not None:
        raise UsageMistake(
            f"--same 里的“{unknown}”不认识；可以写 {'、'.join(words.zh for words in FACTORS.values())}，或者 全部",
            f"--same does not know '{unknown}'; it takes {', '.join(FACTORS)} or all",
        )
    return frozenset(names[word] for word in wanted)


def _typed(titles: Sequence[str], impressions: str | None, clicks: str | None) -> list[Shown]:
    counts = []
    for name, told in (("--impressions", impressions), ("--clicks", clicks)):
        values = [tables.parse_number(part) for part in (told or "").replace("，", ",").split(",") if part.strip()]
        if len(values) != len(titles) or any(value is None or value < 0 or value % 1 for value in values):
            raise UsageMistake(
                f"{name} 要给 {len(titles)} 个整数，用逗号隔开，和标题一一对应",
                f"{name} takes {len(titles)} whole numbers, one a title, with commas between",
            )
        counts.append([int(value or 0) for value in values])
    if any(shown < clicked for shown, clicked in zip(*counts, strict=True)):
        raise UsageMistake("点击比展现还多，数填反了吗", "more clicks than impressions; are they swapped?")
    return [Shown(title, *pair) for title, *pair in zip(titles, *counts, strict=True)]


def _read(
    source: str, group: str | None, column: str | None, folders: Sequence[Path]
) -> tuple[dict[str, list[Shown]], list[CopykitError]]:
    """Return group → rows, and the errors of rows that cannot be used."""
    files = common.open_data(folders)
    wanted = tables.merge_names(files.load("columns")["results"], ROLES)
    stream = sys.stdin.buffer if source == "-" else Path(source)
    found: dict[str, list[Shown]] = {}
    refused: list[CopykitError] = []
    with tables.read_rows(stream, wanted=wanted, column=column) as table:
        check_figures(table)
        for one in read_shown(table, group_header(table, group)):
            if isinstance(one, CopykitError):
                refused.append(one)
            else:
                found.setdefault(one[0], []).append(one[1])
        common.tell_table(table)
    if not found and not refused:
        raise UsageMistake(f"{source} 里一行结果也没有", f"{source} holds no results")
    return found, refused
