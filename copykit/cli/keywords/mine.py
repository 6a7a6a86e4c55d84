"""``copykit keywords mine`` and ``discover``: the words buyers use, from texts of any kind and size."""

from __future__ import annotations

import itertools
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import click

from copykit import tables
from copykit.cli import common
from copykit.cli.command import Command, option
from copykit.cli.common import note, tell_mended
from copykit.cli.keywords.out import (
    as_json,
    check_output,
    check_passed_over,
    joined_json,
    output_options,
    told_nothing,
    told_sources,
    write_bytes,
)
from copykit.cli.keywords.out import told as told_errors
from copykit.cli.language import Text, UsageMistake, lang_of, say
from copykit.corpus.columns import columns_of
from copykit.corpus.sources import Sources
from copykit.datafiles import DataFiles
from copykit.errors import CopykitError
from copykit.model import Keyword
from copykit.processes import scratch
from copykit.render import keywords as render
from copykit.render.keywords import KeywordView
from copykit.render.terminal import wrapped
from copykit.text.clean import MENDS, Cleaner
from copykit.text.encoding import text_in

SCREENFUL, FILEFUL, EACH = 30, 1_000, 10
DICTIONARY = (".txt",)
WORTH_A_PROCESS = 40_000_000  # bytes; for less the start of further processes costs more than it saves
F = TypeVar("F", bound=Callable[..., Any])

MINE = Text(
    "从文章、标题、评论、搜索词里找出值得写的词和词组，按权重排好，每个词带着依据。\n"
    "\n"
    "copykit keywords mine 文章/ 笔记.xlsx --top 50\n"
    "copykit keywords mine 搜索词.csv --kind query -o 关键词.xlsx\n"
    "copykit keywords mine 标题.txt --kind product --per-document --format jsonl\n"
    "\n"
    "来源：文件、文件夹、通配符、-（标准输入）；txt md html csv tsv jsonl json xlsx，都可以压成 .gz。一个文件最多\n"
    "读成每篇 100 万字的几篇，网页 800 万字，表格一格 100 万字；xlsx 先查压缩目录（解开最多 512 MB）再打开。\n"
    "\n"
    "次数是分词以后它成词的次数，会比直接查找（Ctrl-F）少：“口红色号”切成了“口、红色、号”，里面的“口红”就没有数。\n"
    "简体繁体、全角半角、大小写是同一个词，一起数；同样几个词换了次序的（睫毛膏平价）不另列，写在“别的写法”里，带着它自己的次数。",
    "Find the words and phrases worth writing for in articles, titles, reviews and queries, ranked, with their "
    "evidence.\n\nSources: files, folders, patterns, -; txt md html csv tsv jsonl json xlsx, each in .gz too. Caps: "
    "1,000,000 characters\na document (longer files go on as further ones), 8,000,000 a page; an xlsx is inspected "
    "before it is unpacked.\n\nA count is of places where the word stands as a word, so that it is lower than what a "
    "search of the text finds.\nTraditional, full-width and upper-case spellings are counted with the usual one; the "
    "same words in another order are told beside it, with a count of their own.",
)


DISCOVER = Text(
    "找出词典里没有的词：字和字总在一起、左右又常换别的字，就像一个词。\n"
    "\n"
    "copykit keywords discover 标题.txt --kind product -o 新词.txt\n"
    "copykit keywords mine 标题.txt --kind product --user-words 新词.txt\n"
    "\n"
    "-o 新词.txt 是 jieba 词典的格式，别的工具也能用；词组、度量、日期、\n"
    "纯英文不写进去（-o 新词.csv 全都有）。放进项目的 words/ 文件夹，以后每次\n"
    "都会用上。文件已经有了，只往里加；里面不是词表，就不写。",
    "Find words that the dictionary lacks: characters that keep together while their neighbours change.\n\n"
    "-o words.txt writes jieba's user-dictionary format, without phrases, measures, dates and Latin words (a .csv has "
    "all).\nIn the project's words/ folder it is used from then on. A file that is there is added to; one that is "
    "no list of words is left alone.",
)


def source_options(command: F, endings: Sequence[str] = ()) -> F:
    """Add what every command that reads a corpus takes; ``endings`` are those of files that only it writes."""
    decorators = (
        click.argument("sources", metavar="[文件|文件夹|-]...", nargs=-1),
        option(
            "--column", metavar="NAME", zh="文字在哪一列（列名，或第几列）", en="the column of texts, by name or number"
        ),
        common.input_format_option,
        option(
            "--kind",
            default="article",
            metavar="KIND",
            zh="文本是哪种：article 文章（默认）· title 标题 · product 商品标题 · query 搜索词",
            en="kind of text: article (default), title, product, query",
        ),
        option(
            "--stop",
            "stop_path",
            type=click.Path(path_type=Path),
            metavar="FILE",
            zh="不要的词，一行一个：它和带它的词组都不会出现",
            en="words that never count, one a line, nor phrases that hold them",
        ),
        common.user_words_option,
        common.segmenter_option,
        option(
            "--keep",
            "keep",
            multiple=True,
            metavar="NAME",
            zh=f"不做哪种清理，可以给多个：{' '.join(MENDS)}；all 是都不做",
            en=f"leave something unmended, repeatable: {' '.join(MENDS)}, or all",
        ),
        option(
            "-j",
            "--jobs",
            type=click.IntRange(1, 64),
            metavar="N",
            zh="同时用几个进程（默认：小文件 1 个，大文件按处理器个数）",
            en="how many processes",
        ),
        partial(output_options, more=endings),
        common.data_option,
        common.lang_option,
    )
    for decorator in reversed(decorators):
        command = decorator(command)
    return command


_least_option = option(
    "--min-documents",
    type=click.IntRange(1),
    default=1,
    metavar="N",
    zh="至少出现在 N 篇里",
    en="found in N texts at least",
)


@click.command("mine", cls=Command, text=MINE)
@source_options
@option(
    "--top",
    type=click.IntRange(1),
    metavar="N",
    zh="要几个词（默认屏幕 30 个、文件 1000 个；--per-document 时每篇 10 个）",
    en="how many words (30 on the screen, 1000 in a file, 10 a text)",
)
@_least_option
@option("--per-document", is_flag=True, zh="给每一篇各找关键词", en="keywords of each text")
@option(
    "--cluster",
    metavar="ADDRESS",
    zh="用几台机器一起数：dask 调度器的地址，如 tcp://10.0.0.5:8786（只在信得过的内网用）",
    en="count on several machines: the address of a dask scheduler (in a network you trust)",
)
@option(
    "--explain",
    is_flag=True,
    zh="把每个因素各占多少都列出来；--per-document 的 JSON 里还有位置（start、end），按清理之后的文字数，"
    "--keep all 时就是原文",
    en="tell the share of every factor; in JSON of --per-document also places (start, end: in the mended text, which "
    "is the original with --keep all)",
)
def mine(sources: tuple[str, ...], per_document: bool, **options: Any) -> int:
    """Mine keywords and return the exit code."""
    if options["cluster"] and (per_document or options["jobs"]):
        other = "--per-document" if per_document else "--jobs"
        raise UsageMistake(
            f"--cluster 不和 {other} 一起用：它把整份语料分给几台机器数",
            f"--cluster does not go with {other}: it counts a whole corpus on several machines",
        )
    desk = _desk(sources, options)
    if per_document:
        return _each(desk, options)
    return _all(desk, options)


@click.command("discover", cls=Command, text=DISCOVER, keeps=("user_words",))
@partial(source_options, endings=DICTIONARY)
@option(
    "--top", type=click.IntRange(1), metavar="N", zh="要几个词（默认屏幕 30 个、文件 1000 个）", en="how many words"
)
@_least_option
@option("--explain", is_flag=True, zh="把每个因素各占多少都列出来", en="tell the share of every factor")
def discover(sources: tuple[str, ...], **options: Any) -> int:
    """Discover new words and return the exit code."""
    from copykit.keywords.mine import Wanted
    from copykit.keywords.run import discover_blocks

    desk = _desk(sources, options, DICTIONARY)
    kept = _kept(options["output"])
    on_screen = options["output"] is None and options["form"] in (None, "table")
    top = options["top"] or (SCREENFUL if on_screen else FILEFUL)
    wanted = Wanted(2 * top if on_screen else top, options["min_documents"], explain=True)
    with scratch() as folder, _Progress(desk) as progress:
        found, totals = discover_blocks(
            desk.sources.blocks(), desk.recipe, wanted, folder, jobs=desk.jobs, advance=progress.advance
        )
    desk.documents = totals.documents
    _write(found, desk, options, kept=kept)
    return _report(desk, options)


def _on_screen(found: list[Keyword], desk: _Desk) -> list[Keyword]:
    """Return the new words that people look for on a screen, and tell how many others there are."""
    from copykit.keywords.discover import is_plain

    rest = [word for word in found if not is_plain(word.text, desk.files.load("discovery")["words"])]
    if len(rest) < len(found):
        number = len(found) - len(rest)
        note(
            say(
                f"另有 {number} 个纯英文、数字、度量没有列（--format csv 或 -o 新词.csv 全都有）",
                f"{number} Latin words, numbers and measures are not listed (--format csv, or -o words.csv, has all)",
            )
        )
    return rest


@dataclass(slots=True)
class _Desk:
    """What a run has at hand, and what it has to tell at the end."""

    files: DataFiles
    sources: Sources
    cleaner: Cleaner | None
    recipe: Any
    view: KeywordView
    jobs: int
    measure: str  # the word that counts texts of the kind, in Chinese
    telling: Sequence[str]  # the figures that rows are judged by, the first first; none where texts are no rows
    errors: list[CopykitError] = field(default_factory=list)
    begun: float = field(default_factory=time.monotonic)
    documents: int = 0


def _desk(given: tuple[str, ...], options: dict[str, Any], more: tuple[str, ...] = ()) -> _Desk:
    from copykit.keywords.profile import load_profile
    from copykit.keywords.run import Recipe
    from copykit.text.segment import load_user_words

    if not given:
        raise UsageMistake(
            "请给出文件、文件夹或 -（标准输入）；写法看 copykit keywords mine --help",
            "name files, folders or - (stdin); see copykit keywords mine --help",
        )
    check_output(options["output"], more)
    files = common.open_data(options["data_folders"])
    profile = load_profile(files, options["kind"])
    own = options["user_words"]
    user_words = load_user_words(text_in(own).splitlines(), str(own)) if own else []
    stop = [line.strip() for line in text_in(options["stop_path"]).splitlines()] if options["stop_path"] else []
    keep = options["keep"]
    cleaner = None if "all" in keep else Cleaner(keep)
    errors: list[CopykitError] = []
    columns = columns_of(files.load("columns"), queries=options["kind"] == "query")
    sources = Sources(
        given,
        columns,
        column=options["column"],
        by_line=profile.by_line,
        form=options["input_format"],
        cleaner=cleaner,
        stdin=sys.stdin.buffer,
        on_error=errors.append,
        output=options["output"],
    )
    check_passed_over(sources)
    recipe = Recipe(
        files.layers,
        files.cache,
        options["kind"],
        options["segmenter"],
        tuple(user_words),
        tuple(word for word in stop if word and not word.startswith("#")),
    )
    jobs = options["jobs"] or (min(os.cpu_count() or 1, 4) if (sources.size or 0) > WORTH_A_PROCESS else 1)
    view = KeywordView(lang_of(), common.terminal(sys.stdout), options.get("explain", False))
    measure = "条" if profile.by_line else "篇"
    telling = profile.data.get("rows", {}).get("telling", ())
    return _Desk(files, sources, cleaner, recipe, view, jobs, measure, telling, errors)


def _all(desk: _Desk, options: dict[str, Any]) -> int:
    from copykit.keywords.mine import Wanted
    from copykit.keywords.run import mine_blocks

    on_screen = options["output"] is None and options["form"] in (None, "table")
    wanted = Wanted(
        options["top"] or (SCREENFUL if on_screen else FILEFUL),
        options["min_documents"],
        explain=True,
    )
    # Standard input shows its columns only when it is read; the first block is enough to see them.
    blocks = desk.sources.blocks()
    first = list(itertools.islice(blocks, 1))
    roles = sorted({*desk.sources.roles(), *desk.sources.found})
    measures = desk.sources.columns.measures
    highest = [role for role in roles if measures[role] == "index"]
    with scratch() as folder, _Progress(desk) as progress:
        every = itertools.chain(first, blocks)
        figures: dict[str, Any] = {"roles": roles, "highest": highest, "advance": progress.advance}
        if options["cluster"]:
            from copykit.keywords.cluster import mine_on_cluster

            found, totals = mine_on_cluster(every, desk.recipe, wanted, folder, options["cluster"], **figures)
        else:
            found, totals = mine_blocks(every, desk.recipe, wanted, folder, jobs=desk.jobs, **figures)
    desk.documents = totals.documents
    _write(found, desk, options)
    _tell_measures(found, desk)
    return _report(desk, options)


def _tell_measures(found: Sequence[Keyword], desk: _Desk) -> None:
    """Tell that words are judged by figures of several kinds, as those of several tools' tables are."""
    judged = {next((role for role in desk.telling if role in word.metrics), "") for word in found}
    first, *others = [desk.view.role(role) for role in desk.telling if role in judged] or [""]
    if others:
        note(
            say(
                f"有的词没有{first}，只有{'、'.join(others)}：按几样数都有的词折成一样的高低，排在一起",
                f"some words have no {first} but {', '.join(others)}: the words that have both tell how these compare",
            )
        )


def _write(found: list[Keyword], desk: _Desk, options: dict[str, Any], *, kept: Sequence[str] | None = None) -> None:
    """Write the words; ``kept`` are the lines that a dictionary of new words has already."""
    view, output, new = desk.view, options["output"], kept is not None
    table = render.new_words_table if new else render.keywords_table
    if output is not None:
        headers, rows = render.keyword_cells(found, view)
        match output.suffix.lower():
            case ".csv":
                tables.write_csv(output, headers, rows, bom=not options["no_bom"], raw=options["raw"])
            case ".xlsx":
                tables.write_xlsx(output, [tables.Sheet(say("关键词", "keywords"), headers, rows)])
            case ".txt":
                _write_dictionary(found, desk, output, kept or ())
            case suffix:
                with tables.atomic(output) as out:
                    out.writelines(_encoded(found, suffix.removeprefix("."), view))
        if options["form"] is None:
            click.echo(table((_on_screen(found, desk) if new else found)[:SCREENFUL], view))
            return
    match options["form"] or "table":
        case "table":
            click.echo(table(_on_screen(found, desk)[: options["top"] or SCREENFUL] if new else found, view))
        case "csv":
            headers, rows = render.keyword_cells(found, view)
            tables.write_csv(sys.stdout, headers, rows, raw=options["raw"])
        case form:
            write_bytes(_encoded(found, form, view))


def _kept(output: Path | None) -> list[str]:
    """Return the lines of the dictionary that new words are added to.

    Raises:
        UsageMistake: the file is there, and holds something else.
    """
    from copykit.text.segment import is_dictionary

    if output is None or output.suffix.lower() not in DICTIONARY or not output.exists():
        return []
    lines = text_in(output).removeprefix("\ufeff").splitlines()
    if not is_dictionary(lines):
        raise UsageMistake(
            f"{output} 已经有了，里面不是词表（一行一个词），不往里写；请给 -o 换个名字",
            f"{output} is there and no list of words, one a line, to add to; give -o another name",
        )
    return lines


def _write_dictionary(found: list[Keyword], desk: _Desk, output: Path, kept: Sequence[str]) -> None:
    """Write new words as a dictionary; what it has already stays in it."""
    from copykit.keywords.discover import dictionary_lines

    lines = dictionary_lines(found, desk.recipe.kitchen().segmenter, desk.files.load("discovery")["words"])
    there = {line.split()[0] for line in kept if line.strip()}
    lines = [line for line in lines if line.split()[0] not in there]
    with tables.atomic(output) as out:
        out.writelines(f"{line}\n".encode("utf-8", "replace") for line in (*kept, *lines))
    note(
        say(
            f"写进词典 {len(lines)} 个词" + (f"，原有的 {len(kept)} 行留着" if kept else ""),
            f"{len(lines)} words written to the dictionary" + (f"; its {len(kept)} lines were kept" if kept else ""),
        )
    )


def _encoded(found: list[Keyword], form: str, view: KeywordView) -> Iterator[bytes]:
    if form == "md":
        yield from (line.encode("utf-8", "replace") + b"\n" for line in render.keywords_markdown(found, view))
    else:
        yield from as_json((render.keyword_json(word, view) for word in found), form)


def _each(desk: _Desk, options: dict[str, Any]) -> int:
    from copykit.keywords.run import extract_documents

    view, output = desk.view, options["output"]
    form = output.suffix.lower().removeprefix(".") if output is not None else options["form"] or "table"
    made = render.text_keywords_json if form in ("json", "jsonl") else render.text_keywords_row
    with _Progress(desk) as progress:

        def results() -> Iterator[Any]:
            documents, recipe = iter(desk.sources), desk.recipe
            top: int = options["top"] or EACH
            every = extract_documents(
                documents, recipe, partial(made, view), top=top, explain=view.explain, jobs=desk.jobs
            )
            for found in every:
                desk.documents += 1
                if not desk.documents % 500:
                    progress.advance(500)
                yield found

        _write_each(results(), form, output, view, options)
    return _report(desk, options)


def _write_each(
    results: Iterator[Any], form: str, output: Path | None, view: KeywordView, options: dict[str, Any]
) -> None:
    """Write what was made of each text: lines of JSON, or rows."""
    headers = [say("编号", "id"), say("开头", "beginning"), say("关键词", "keywords")]

    def encoded(form: str) -> Iterator[bytes]:
        if form != "md":
            yield from joined_json(results, form)
            return
        yield f"| {' | '.join(headers)} |\n| --- | --- | --- |\n".encode()
        for row in results:
            cells = (str(cell).replace("|", "\\|").replace("\n", "<br>") for cell in row)
            yield f"| {' | '.join(cells)} |\n".encode("utf-8", "replace")

    if output is not None:
        match form:
            case "csv":
                tables.write_csv(output, headers, results, bom=not options["no_bom"], raw=options["raw"])
            case "xlsx":
                tables.write_xlsx(output, [tables.Sheet(say("关键词", "keywords"), headers, results)])
            case _:
                with tables.atomic(output) as out:
                    out.writelines(encoded(form))
    elif form == "csv":
        tables.write_csv(sys.stdout, headers, results, raw=options["raw"])
    elif form == "table":
        for name, begin, words in results:
            click.echo(view.terminal.safe(f"{begin or name}"))
            for line in words.split("\n"):
                first, *more = wrapped(line, view.terminal.width - 4)
                click.echo(
                    "\n".join(view.terminal.safe(part) for part in (f"  {first}", *(f"    {part}" for part in more)))
                )
    else:
        write_bytes(encoded(form))


def _report(desk: _Desk, options: dict[str, Any]) -> int:
    """Tell on stderr what was read, mended and refused; return the exit code."""
    seconds = time.monotonic() - desk.begun
    note(
        say(
            f"读了 {desk.documents:,} {desk.measure}，用时 {seconds:.1f} 秒",
            f"{desk.documents:,} texts read in {seconds:.1f} s",
        )
    )
    if desk.cleaner is not None:
        tell_mended(desk.cleaner.changes)
    for encoding, files in sorted(desk.sources.encodings.items()):
        note(say(f"{files} 个文件是 {encoding} 编码，已转换", f"{files} files were read as {encoding}"))
    if desk.sources.replaced:
        note(
            say(
                f"有 {desk.sources.replaced:,} 处读不出来的字节，已换成 �",
                f"{desk.sources.replaced:,} places could not be decoded",
            )
        )
    if desk.sources.parts:
        note(
            say(
                f"{desk.sources.parts} 个文件太长，按每 100 万字一篇来算",
                f"{desk.sources.parts} long files were taken in parts",
            )
        )
    for file, sheet, unread in desk.sources.unread:
        note(
            say(
                f"{file} 只读了工作表“{sheet}”，没读：{'、'.join(unread)}（要读就单独存成文件）",
                f"of {file} only the sheet '{sheet}' was read, not {', '.join(unread)}; save them as files",
            )
        )
    told_sources(desk.sources)
    told_errors(desk.errors)
    if not desk.documents and not desk.errors:
        told_nothing(desk.sources.files, f"一{desk.measure}文字", "text")
    if options["output"]:
        note(say(f"全部在 {options['output']}", f"everything is in {options['output']}"))
    return common.REJECTED if desk.errors or not desk.documents or desk.sources.replaced else 0


class _Progress:
    """How much is read and how long the rest will take, on one line of a terminal, once a run is over a second old."""

    def __init__(self, desk: _Desk) -> None:
        self._desk, self._begun = desk, time.monotonic()
        self._shown_at = self._begun + 0.8
        self._live = sys.stderr.isatty()
        self._size = desk.sources.size
        self._documents = 0

    def __enter__(self) -> _Progress:
        return self

    def advance(self, documents: int) -> None:
        """Note documents that are finished."""
        self._documents += documents
        now = time.monotonic()
        if not self._live or now - self._shown_at < 0.2:
            return
        self._shown_at = now
        seconds = now - self._begun
        line = say(
            f"  读了 {self._documents:,} {self._desk.measure} · {seconds:.0f} 秒",
            f"  {self._documents:,} texts · {seconds:.0f} s",
        )
        if self._size:
            share = min(self._desk.sources.read_bytes / self._size, 0.99)
            left = seconds * (1 - share) / max(share, 0.001)
            line += say(f" · {share:.0%} · 还要约 {left:.0f} 秒", f" · {share:.0%} · about {left:.0f} s left")
        sys.stderr.write("\r" + line + "\x1b[K")
        sys.stderr.flush()

    def __exit__(self, *_: object) -> None:
        if self._live and self._shown_at > self._begun + 0.8:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
