"""Where the results of the keyword commands go: a file by its ending, or stdout in the form that is asked for."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

from copykit import tables
from copykit.cli import common
from copykit.cli.command import option
from copykit.cli.language import UsageMistake, lang_of, say
from copykit.corpus.sources import Sources
from copykit.errors import CopykitError, OverInput
from copykit.tables.rows import cut_off
from copykit.text.encoding import decode

FORMATS = ("table", "json", "jsonl", "csv", "md")
FILES = (".csv", ".xlsx", ".jsonl", ".json", ".md")
F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Result:
    """One result in every form: as cells, and as objects; both are made when they are written."""

    sheet: str
    headers: Sequence[str]
    rows: Callable[[], Iterable[Sequence[object]]]
    objects: Callable[[], Iterable[dict[str, Any]]]


def output_options(command: F, more: Sequence[str] = ()) -> F:
    """Add -o, --format, --no-bom and --raw; ``more`` are endings that only this command writes."""
    endings = (*more, *FILES)
    decorators = (
        common.csv_options,
        common.output_option(zh=f"写到文件：{' '.join(endings)}", en=f"write {' '.join(endings)}"),
        option("--format", "form", type=click.Choice(FORMATS), zh="输出格式", en="output format"),
    )
    for decorator in reversed(decorators):
        command = decorator(command)
    return command


def check_output(output: Path | None, more: Sequence[str] = ()) -> None:
    """Refuse an ending that is not written.

    Raises:
        UsageMistake: naming those that are.
    """
    if output is not None and output.suffix.lower() not in (*more, *FILES):
        known = " ".join((*more, *FILES))
        raise UsageMistake(f"-o 只会写 {known}，现在是 {output.name}", f"-o writes {known}, not {output.name}")


def refuse_briefs(sources: Sequence[str]) -> None:
    """Refuse a brief that is given as a list of words.

    Raises:
        UsageMistake: naming it and the option that takes it.
    """
    for source in sources:
        if source.lower().endswith((".toml", ".yaml", ".yml")):
            raise UsageMistake(
                f"{source} 是产品资料，请写成 --brief {source}", f"{source} is a brief; give it as --brief {source}"
            )


def write_result(result: Result, options: dict[str, Any], table: Callable[[], str]) -> None:
    """Write a result to its file, and what is asked for, a table by default, to stdout."""
    output: Path | None = options["output"]
    if output is not None:
        write_file(result, output, bom=not options["no_bom"], raw=options["raw"])
    match options["form"]:
        case None | "table":
            click.echo(table())
        case "csv":
            tables.write_csv(sys.stdout, result.headers, result.rows(), raw=options["raw"])
        case form:
            write_bytes(_encoded(result, form))


def write_file(result: Result, output: Path, *, bom: bool = True, raw: bool = False) -> None:
    """Write a file in the form that its ending names."""
    match output.suffix.lower():
        case ".csv":
            tables.write_csv(output, result.headers, result.rows(), bom=bom, raw=raw)
        case ".xlsx":
            tables.write_xlsx(output, [tables.Sheet(result.sheet, result.headers, result.rows())])
        case suffix:
            with tables.atomic(output) as out:
                out.writelines(_encoded(result, suffix.removeprefix(".")))


def _encoded(result: Result, form: str) -> Iterator[bytes]:
    if form != "md":
        yield from as_json(result.objects(), form)
        return
    yield ("| " + " | ".join(result.headers) + " |\n" + "|" + " --- |" * len(result.headers) + "\n").encode()
    for row in result.rows():
        cells = ("" if cell is None else str(cell).replace("|", "\\|").replace("\n", "<br>") for cell in row)
        yield ("| " + " | ".join(cells) + " |\n").encode("utf-8", "replace")


def as_json(values: Iterable[dict[str, Any]], form: str) -> Iterator[bytes]:
    """Yield json (an array) or jsonl."""
    return joined_json(map(tables.json_bytes, values), form)


def joined_json(lines: Iterable[bytes], form: str) -> Iterator[bytes]:
    """Yield values that are JSON already as json (an array) or jsonl."""
    if form == "jsonl":
        yield from (line + b"\n" for line in lines)
        return
    yield b"["
    for number, line in enumerate(lines):
        yield (b",\n" if number else b"\n") + line
    yield b"\n]\n"


def check_passed_over(sources: Sources) -> None:
    """Refuse to write over a file of a folder or a pattern that is no result of these commands.

    Raises:
        OverInput: naming the file.
    """
    if sources.passed_over and not _is_result(Path(sources.passed_over)):
        raise OverInput(sources.passed_over)


def _is_result(path: Path) -> bool:
    """Return whether a file has the columns of what a keyword command writes, or nothing at all."""
    if path.suffix.lower() == ".txt" or path.stat().st_size <= EMPTY:
        return True  # a dictionary is added to, if it is one
    if path.suffix.lower() == ".md":
        with path.open("rb") as file:
            names = decode(file.read(4096)).text.split("\n")[0].split("|")
    else:
        try:
            with tables.read_rows(str(path), wanted={"main": WORD_COLUMNS}, name=str(path)) as table:
                names = list(table.headers)
        except CopykitError:
            return False
    return any(signs <= {name.strip() for name in names} for signs in RESULTS)


EMPTY = 4  # bytes of a JSON array of nothing
WORD_COLUMNS = ("词", "关键词", "keyword", "keywords")
# Two columns of each result, which no export of a shop has side by side.
RESULTS = tuple(
    {*names.split()}
    for names in (
        *("词 权重", "keyword weight", "开头 关键词", "beginning keywords", "id keywords"),  # mine, discover
        *("优先级 用途", "priority role", "次序 词根", "place root", "keyword root"),  # select, expand
        *("涨跌 碰巧的可能", "state p_value"),  # compare
    )
)


def told_sources(sources: Sources) -> None:
    """Tell on stderr what was read in another way than its owner may think, once all is read."""
    if sources.passed_over:
        common.note(
            say(
                f"{sources.passed_over} 是 -o 要写的文件，当作上一次的结果，没有读",
                f"{sources.passed_over} is where -o writes: taken for an earlier result, it was not read",
            )
        )
    for file, name in sources.twice[:SHOWN_TWICE]:
        common.note(
            say(
                f"{file} 有两列都叫“{name}”，读的是前面那列；要读后面的，改列名或者用 --column 写第几列",
                f"{file} has two columns '{name}', and the first was read; rename one, or give --column a number",
            )
        )
    for file, rows in sources.sums[:SHOWN_TWICE]:
        common.tell_rows_of_sums(file, rows)
    for file, row in sources.cut[:SHOWN_TWICE]:
        common.note(cut_off(file, row).say(lang_of()))
    for file, name in sources.unknown[:SHOWN_TWICE]:
        common.note(
            say(
                f"{file} 的“{name}”是数，可是没认出是什么数，没有用；"
                f"改成“搜索次数”“展现量”“点击量”这样的列名就认得，compare 也可以加 --figure {name}",
                f"the numbers in '{name}' of {file} were not used, as nobody knows what they are; call the column"
                f" 'searches', 'impressions' or 'clicks' (compare also takes --figure {name})",
            )
        )
    for error in sources.strange[:SHOWN_TWICE]:
        common.note(error.say(lang_of()) + say("，这一格当作不知道", ", so that cell counts as unknown"))
    if len(sources.strange) > SHOWN_TWICE:
        more = len(sources.strange) - SHOWN_TWICE
        common.note(say(f"还有 {more:,} 行也有不是数的格子", f"{more:,} more rows have cells that are no numbers"))
    if sources.estimated:
        common.note(
            say(
                f"有 {sources.estimated:,} 格的数是个范围：3000~5000 按中间的 4000 算，<100 按 50 算",
                f"{sources.estimated:,} figures are ranges: 3000~5000 counts as its middle 4000, <100 as 50",
            )
        )


SHOWN_TWICE = 3


def told_nothing(files: Sequence[str], what_zh: str, what_en: str) -> None:
    """Tell on stderr that the files hold nothing to work on, naming the first of them."""
    names = say("、", ", ").join(say("标准输入", "standard input") if file == "-" else file for file in files[:3])
    more = len(files) - 3
    zh = f"{names} 等 {len(files):,} 个文件" if more > 0 else names
    en = f"{names} and {more:,} more files" if more > 0 else names
    common.note(
        say(f"{zh} 里{what_zh}也没有，请检查文件或列名", f"there is no {what_en} in {en}; check the file or the column")
    )


def write_bytes(parts: Iterable[bytes]) -> None:
    """Write UTF-8 to stdout whatever the console's encoding; a reader that has gone ends it quietly."""
    sys.stdout.flush()
    out = sys.stdout.buffer
    try:
        for part in parts:
            out.write(part)
        out.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def told(errors: Sequence[Any], shown: int = 5) -> None:
    """Tell the first errors on stderr and how many more there are."""
    for error in errors[:shown]:
        common.note(error.say(lang_of()))
    if len(errors) > shown:
        more = len(errors) - shown
        common.note(say(f"还有 {more:,} 处同样没能读", f"and {more:,} more could not be read"))
