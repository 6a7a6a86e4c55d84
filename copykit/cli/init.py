"""``copykit init``: a project of one's own, empty or with a first brief for each product of a table."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import click

from copykit import datafiles, tables
from copykit.brief.form import Found, skeleton, toml_of
from copykit.brief.origin import ProductRows
from copykit.brief.shapes import fields
from copykit.cli import common
from copykit.cli.command import Command, option
from copykit.cli.common import note
from copykit.cli.language import Text, UsageMistake, lang_of, say
from copykit.datafiles import DataFiles
from copykit.errors import CopykitError

INIT = Text(
    "建一个自己的项目：设置、产品资料、词和模板的文件夹、周报的设置。已经有的文件不动。\n"
    "\n"
    "copykit init 我的店\n"
    "copykit init 我的店 --from 商品.xlsx        每个商品起草一份资料\n"
    "copykit init 我的店 --ask                   问几个问题再写",
    "Make a project: settings, briefs, folders for words and templates, a report. Existing files stay as they are.",
)
MOST_BRIEFS = 200
IGNORED = "# 进度、密钥和报告不进版本库\n.copykit/\nsecrets/\n报告/\n"


class NoProduct(CopykitError):
    """A row that does not say what its product is called."""

    zh = "{file} 第 {row} 行：没有品名，这一行没起草"
    en = "{file}, row {row}: no product is named; nothing was drafted from it"


@click.command(cls=Command, text=INIT)
@click.argument("folder", metavar="[文件夹]", default=".", type=click.Path(path_type=Path, file_okay=False))
@option(
    "--from", "source", type=click.Path(path_type=Path), metavar="FILE", zh="商品表（csv、xlsx、jsonl）", en="a table"
)
@option("--ask", is_flag=True, zh="在终端里问几个问题", en="ask a few questions")
@common.data_option
@common.lang_option
def init(folder: Path, source: Path | None, ask: bool, data_folders: tuple[Path, ...]) -> int:
    """Write what is not there yet; exit 2 when rows of the table could not be used."""
    if ask and source is not None:
        raise UsageMistake("--ask 和 --from 二选一", "--ask or --from, not both")
    files = common.open_data(data_folders)
    refused: list[CopykitError] = []
    briefs = dict(_briefs(files, source, refused)) if source is not None else {"我的商品.toml": _first(files, ask)}
    made, kept = [], []
    for name, text in {**_frame(), **{f"briefs/{name}": text for name, text in briefs.items()}}.items():
        target = folder / name
        if target.exists():
            kept.append(name)
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        with tables.atomic(target) as out:
            out.write(text.encode("utf-8", "replace"))
        made.append(name)
    for name in made:
        click.echo(f"  {say('写好', 'wrote')}  {name}")
    for name in kept:
        click.echo(f"  {say('已有', 'kept')}  {name}")
    for error in refused:
        note(error.say(lang_of()))
    first = f"briefs/{next(iter(briefs))}" if briefs else "briefs/"
    place = "" if folder == Path(".") else f"cd {folder} && "
    click.echo(
        say(
            f"\n接着做：{place}copykit brief check {first}    看资料还缺什么\n"
            f"        copykit titles suggest {first}    要二十条标题",
            f"\nnext: {place}copykit brief check {first}\n      copykit titles suggest {first}",
        )
    )
    return common.REJECTED if refused else 0


def _frame() -> dict[str, str]:
    """Return the files that every project has."""
    entries = {entry.id: entry.path for entry in datafiles.bundled().entries("samples")}
    ready = entries["project/copykit"].parent

    def text(name: str) -> str:
        return (ready / name).read_text("utf-8")

    return {
        "copykit.toml": text("copykit.toml"),
        "周报.toml": text("weekly.toml"),
        "corpora/README.md": text("corpora.md"),
        "templates/README.md": text("templates.md"),
        ".gitignore": IGNORED,
    }


def _first(files: DataFiles, ask: bool) -> str:
    notes = files.load("questions")["brief"]["notes"]
    empty = skeleton(fields(files), notes)
    if not ask:
        return empty
    answers: dict[str, str] = {}
    for key, zh, en in (
        ("product", "这件货叫什么", "what is the product called"),
        ("category", "是什么品类", "of what category"),
        ("brand", "什么牌子（没有就回车）", "of what brand (enter for none)"),
    ):
        answers[key] = click.prompt(say(zh, en), default="", show_default=False, err=True).strip()
    lines = empty.split("\n")
    for key, value in answers.items():
        place = next((at for at, line in enumerate(lines) if line.removeprefix("# ").startswith(f"{key} = ")), None)
        if value and place is not None:
            lines[place] = f"{key} = {json.dumps(value, ensure_ascii=False)}"
    return "\n".join(lines)


def _briefs(files: DataFiles, source: Path, refused: list[CopykitError]) -> Iterator[tuple[str, str]]:
    """Yield a file name and a brief for each product; a product's further rows are left out."""
    rows = ProductRows(files)
    taken: set[str] = set()
    left = 0
    with rows.open(source) as table:
        for row in rows.goods(table):
            if row.error is not None:
                refused.append(row.error)
                continue
            found, _ = rows.found(table, row)
            product = next((str(each.value) for each in found if each.key == "product"), "")
            name = _file_name(product)
            if not name:
                refused.append(NoProduct(file=str(source), row=row.number))
            if not name or name in taken:
                continue
            if len(taken) == MOST_BRIEFS:
                left += 1
                continue
            taken.add(name)
            yield f"{name}.toml", _drafted(found, source, row.number)
    if left:
        note(
            say(
                f"只起草前 {MOST_BRIEFS} 份，还有 {left} 个商品；要哪个再用 copykit brief from",
                f"drafted the first {MOST_BRIEFS}; {left} products are left, see copykit brief from",
            )
        )


def _drafted(found: list[Found], source: Path, row: int) -> str:
    return toml_of(found, [f"由 {source.name} 第 {row} 行起草，每一项后面写着来自哪里；看过、改过再用。"])


def _file_name(product: str) -> str:
    """Return a product's name as every system takes it for a file."""
    return re.sub(r'[\x00-\x1f<>:"/\\|?*]+', " ", product).strip(" .")[:60].strip()
