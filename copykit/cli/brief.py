"""``copykit brief``: begin one, see what it lacks, or make a first one of a page or a table."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from copykit import parsing, schemas, tables
from copykit.brief.advice import rank_points, wants
from copykit.brief.form import LISTS, REPEATED, SHAPES, Found, skeleton, toml_of
from copykit.brief.origin import ProductRows, from_page
from copykit.brief.reading import brief_of, read_data
from copykit.brief.shapes import Field, check_shapes, faults_in, fields
from copykit.cli import common
from copykit.cli.command import Group, option
from copykit.cli.common import note
from copykit.cli.language import Text, UsageMistake, lang_of, say
from copykit.datafiles import DataFiles
from copykit.errors import FileUnreadable, Problem
from copykit.model import Brief
from copykit.natures import unsure_of
from copykit.render import brief as render
from copykit.text.segment import Segmenter

if TYPE_CHECKING:
    from copykit.writing.claims import Ledger

NEW = Text(
    "写一份产品资料：在终端里一问一答，或者写一个带说明的空文件（TOML）。\n"
    "\n"
    "copykit brief new 护手霜.toml\n"
    "copykit brief new 护手霜.toml --ask",
    "Begin a brief: answer questions on a terminal, or get a commented file.",
)
CHECK = Text(
    "看一份资料缺什么：哪种文章写不了、补什么最有用、哪个卖点最硬、哪里的写法不对。\n"
    "\n"
    "copykit brief check 护手霜.toml\n"
    "copykit brief check 护手霜.toml --against 同行标题.txt",
    "What a brief lacks: which forms cannot be written, what helps most, which point is the core one.",
)
FROM = Text(
    "用现成的商品网页（存成 .html）或商品表里的一行，写一份初稿，每一项注明来自哪里。\n"
    "\n"
    "copykit brief from 商品页.html -o 护手霜.toml\n"
    "copykit brief from 商品.xlsx --row 3 -o 护手霜.toml",
    "Make a first brief of a saved product page or a row of a table; each field says where it comes from.",
)


@click.group(cls=Group, text=Text("产品资料：新建、检查、从网页或表格来", "Briefs: new, check, from"))
@common.lang_option
def brief() -> None:
    """Group of the brief commands."""


@brief.command("new", text=NEW)
@click.argument("path", metavar="文件", type=click.Path(path_type=Path))
@option("--ask", is_flag=True, zh="在终端里一项一项问", en="ask field by field")
@option("--force", is_flag=True, zh="文件在也覆盖", en="write over an existing file")
@common.data_option
@common.lang_option
def new(path: Path, ask: bool, force: bool, data_folders: tuple[Path, ...]) -> int:
    """Write a commented brief, or one of answers."""
    if path.exists() and not force:
        raise UsageMistake(f"{path} 已经有了；要覆盖就加 --force", f"{path} is there already; --force writes over it")
    if path.suffix.lower() != ".toml":
        raise UsageMistake(f"资料写成 .toml，现在是 {path.name}", f"a new brief is .toml, not {path.name}")
    files = common.open_data(data_folders)
    asked = fields(files)
    named = path.stem.strip()
    answers, code = _answers(asked) if ask else ([], 0)
    text = toml_of(answers) if ask else skeleton(asked, files.load("questions")["brief"]["notes"], named)
    with tables.atomic(path) as out:
        out.write(text.encode())
    note(
        say(f"写好了 {path}；填完查一遍：copykit brief check {path}", f"wrote {path}; next: copykit brief check {path}")
    )
    if not ask:
        note(say(f"商品先照文件名叫“{named}”，不对就改", f"for now the product is named for the file: {named}"))
    return code


def _answers(asked: list[Field]) -> tuple[list[Found], int]:
    """Return the answers, those until the asking was cut short too, and the exit code that this leads to.

    Raises:
        UsageMistake: nobody said what the product is called.
    """
    answers: list[Found] = []
    code = 0
    try:
        for answer in _ask(asked):
            answers.append(answer)  # noqa: PERF402 - those before an end of input are kept
    except click.Abort as error:
        code = common.INTERRUPTED if isinstance(error.__context__, KeyboardInterrupt) else 0
        if code and not answers:
            raise
        note(say("没问完，先把答过的写下", "cut short; what was answered is written"))
    if not any(each.key == "product" for each in answers):
        raise UsageMistake("至少要写这件货叫什么", "say at least what the product is called")
    return answers, code


def _ask(asked: list[Field]) -> Iterator[Found]:
    """Ask for every field; an empty answer skips it, and skips a table whose first field it is."""
    segmenter = Segmenter()
    note(say("不知道的直接回车跳过；几个值用 ； 隔开。", "enter skips; several values are parted by ；"))
    groups: dict[str, list[Field]] = {}
    for field in asked:
        groups.setdefault(field.key.rpartition(".")[0], []).append(field)
    for name, group in groups.items():
        while True:
            answered = False
            for answer in _ask_group(group, segmenter, name in REPEATED):
                answered = True
                yield answer
            if name not in REPEATED or not answered:
                break


def _ask_group(group: list[Field], segmenter: Segmenter, repeated: bool) -> Iterator[Found]:
    for number, field in enumerate(group):
        answer = _answer(field, segmenter)
        if not answer and number == 0 and repeated:
            return
        if answer and field.shape == "number":
            yield Found(field.key, float(answer))
        elif field.key in LISTS:
            yield from (Found(field.key, part) for part in _parts(answer))
        elif answer:
            yield Found(field.key, answer)
        if number == 0 and answer and field.key.startswith("claims."):
            yield from _claim_answers()


def _parts(answer: str) -> list[str]:
    return [part.strip() for part in answer.replace(";", "；").split("；") if part.strip()]


def _claim_answers() -> Iterator[Found]:
    asked = say("  这是哪一种（sales 销量、returns 退换、reviews 评价…）", "  its kind")
    yield Found("claims.kind", click.prompt(asked, default="spec", err=True))
    evidence = click.prompt(say("  手里有什么证据（没有就回车，这句话就不写）", "  its evidence"), default="", err=True)
    if evidence:
        yield Found("claims.evidence", evidence)


def _answer(field: Field, segmenter: Segmenter) -> str:
    while True:
        shape = SHAPES[field.shape] if lang_of() == "zh" else field.shape
        question = say(f"{field.ask}（{shape}，如 {field.example}）", f"{field.en} ({shape}, such as {field.example})")
        answer: str = click.prompt(question, default="", show_default=False, err=True).strip()
        if field.shape == "number":
            fault = None if not answer or tables.parse_number(answer) is not None else ("不是数字", "is no number")
        else:
            parts = _parts(answer) if field.key in LISTS else [answer] if answer else []
            fault = next((fault for part in parts for fault in faults_in(part, field, segmenter)), None)
        if fault is None:
            return answer if field.shape != "number" or not answer else str(tables.parse_number(answer))
        note(say(f"“{answer}”{fault[0]}，再写一次", f"'{answer}' {fault[1]}; again"))


@brief.command("check", text=CHECK)
@click.argument("path", metavar="资料", type=click.Path(path_type=Path))
@option(
    "--against",
    "others",
    type=click.Path(path_type=Path),
    metavar="FILE",
    zh="同行的标题或文案，看哪个卖点人人都在说",
    en="titles or texts of others, to see which points everybody has",
)
@option("--format", "form", type=click.Choice(["text", "json"]), default="text", zh="输出格式", en="output format")
@common.today_option
@common.data_option
@common.lang_option
def check(path: Path, others: Path | None, form: str, today: Any, data_folders: tuple[Path, ...]) -> int:
    """Say what a brief lacks; exit 1 when something in it cannot be used as it is."""
    from copykit.writing.claims import Ledger
    from copykit.writing.writer import NameBarred

    files = common.open_data(data_folders)
    data, lines = read_data(path)
    faults = check_shapes(data, lines, parsing.shown_path(path), files, Segmenter())
    made = brief_of(data, lines, path)
    try:
        forms, ledger = _forms(made, files, common.iso_day(today))
    except NameBarred as error:
        zh, en = f"{error.why.say('zh')}；请换一个商品名", f"{error.why.say('en')}; give it another name"
        faults.append(Problem(parsing.shown_path(path), schemas.locate(lines, ("product",)), "product", zh, en))
        forms, ledger = (), Ledger(made, ())
    report = render.BriefReport(
        made.product,
        tuple(faults),
        tuple(rank_points(made, files, _texts(files, others), ledger.brief)),
        tuple(wants(data, files)),
        forms,
        ledger.withheld,
        unsure_of(made, files),
    )
    if form == "json":
        click.echo(render.brief_json(report, lang_of()))
    else:
        click.echo(render.brief_page(report, common.terminal(sys.stdout), lang_of()))
    return common.FAILED if faults else 0


def _forms(made: Brief, files: DataFiles, today: str) -> tuple[tuple[render.FormState, ...], Ledger]:
    """Return whether each form of articles can be written of a brief and what it lacks, and what may be said of it."""
    from copykit.writing.writer import NotWritable, Options, Writer, told_lacks

    pools = files.load("advice")["brief"]["pools"]
    with closing(Writer(files, "article", lang_of())) as writer:
        prepared = writer.prepare(made, today)
        there = prepared.facts.pools
        states = []
        for form in writer.forms:
            missing = [pool for pool in form.data.get("settings", {}).get("without", {}) if pool not in there]
            if not missing:
                try:
                    writer.write(prepared, form, Options(length="short"))
                except NotWritable as error:
                    missing = list(error.lacks)
            lacks = tuple(each.say(lang_of()) for each in told_lacks(missing, pools, there))
            name = form.name if lang_of() == "zh" else str(form.data.get("name_en", form.id))
            states.append(render.FormState(form.id, name, not missing, lacks))
        return tuple(states), prepared.ledger


def _texts(files: DataFiles, path: Path | None) -> list[str]:
    if path is None:
        return []
    wanted = tables.merge_names(files.load("columns")["text"], ("title", "body"))
    with tables.read_rows(path, wanted=wanted) as table:
        return [row.text for row in table if row.error is None]


@brief.command("from", text=FROM)
@click.argument("source", metavar="网页或表格", type=click.Path(path_type=Path))
@option(
    "--row",
    type=click.IntRange(1),
    metavar="N",
    zh="表格的第几行（Excel 里看到的行号；默认表头下的第一行）",
    en="the row of a table (the first below its header)",
)
@common.output_option(zh="写到哪个文件", en="write to this file")
@option("--force", is_flag=True, zh="文件在也覆盖", en="write over an existing file")
@common.data_option
@common.lang_option
def from_(source: Path, row: int | None, output: Path | None, force: bool, data_folders: tuple[Path, ...]) -> int:
    """Write a first brief."""
    if output is not None and output.exists() and not force:
        raise UsageMistake(f"{output} 已经有了；要覆盖就加 --force", f"{output} is there; --force writes over it")
    unused: list[str] = []
    if source.suffix.lower() in (".html", ".htm") and row is None:
        found = from_page(_bytes_of(source))
    else:
        found, unused = _row(source, row, common.open_data(data_folders))
    if not any(each.key == "product" for each in found):
        raise UsageMistake(
            f"{source} 里看不出商品叫什么；检查是不是商品页，或表头有没有“品名”",
            f"{source} does not say what the product is called",
        )
    head = [f"由 {source.name} 起草，每一项后面写着来自哪里；看过、改过再用。"]
    if unused:
        head.append(f"没用上的列：{'、'.join(unused[:20])}")
    text = toml_of(found, head)
    if output is None:
        click.echo(text, nl=False)
    else:
        with tables.atomic(output) as out:
            out.write(text.encode())
        note(say(f"写好了 {output}，{len(found)} 项；补完再查：copykit brief check {output}", f"wrote {output}"))
    return 0


def _bytes_of(path: Path) -> bytes:
    from copykit.errors import FileMissing

    try:
        with path.open("rb") as file:
            return file.read(MOST)
    except FileNotFoundError:
        raise FileMissing(path) from None
    except OSError as error:
        raise FileUnreadable(path, f"{error.strerror}，请检查权限", f"{error.strerror}; check its rights") from None


MOST = 2_000_000


def _row(source: Path, wanted: int | None, files: DataFiles) -> tuple[list[Found], list[str]]:
    """Return what a row of a table tells, by default the first below its header."""
    first = last = 0
    rows = ProductRows(files)
    with rows.open(source) as table:
        for row in rows.goods(table):
            first, last = first or row.number, row.number
            if row.number == (wanted or first):
                if row.error is not None:
                    raise row.error
                return rows.found(table, row)
    if first and wanted is not None and wanted < first:
        raise UsageMistake(
            f"{source} 第 {wanted} 行是表头或标题，商品从第 {first} 行起",
            f"row {wanted} of {source} is its header or above it; the goods begin at row {first}",
        )
    if wanted in table.sums:
        raise UsageMistake(f"{source} 第 {wanted} 行是合计，不是商品", f"row {wanted} of {source} sums others up")
    if not last:
        raise UsageMistake(f"{source} 里只有表头，没有商品", f"{source} has a header and no goods")
    raise UsageMistake(f"{source} 没有第 {wanted} 行（到第 {last} 行为止）", f"{source} has no row {wanted} of {last}")
