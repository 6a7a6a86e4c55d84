"""``copykit titles``: score titles, one or a million."""

from __future__ import annotations

import gc
import heapq
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import click

from copykit import batch, tables
from copykit.brief import read_brief
from copykit.cli import common
from copykit.cli.common import Group, Text, UsageMistake, note, option, say
from copykit.datafiles import DataFiles
from copykit.errors import CopykitError
from copykit.model import TitleScore
from copykit.platforms import Platforms
from copykit.render import titles as render
from copykit.render.titles import View
from copykit.tables import Row, Table
from copykit.titles.advise import Adviser
from copykit.titles.profile import load_profile
from copykit.titles.score import Settings, TitleScorer, check_title

FORMATS = ("text", "table", "json", "jsonl", "csv", "md")
FILES = (".jsonl", ".json", ".csv", ".xlsx", ".md")
PAGES = 5  # this many titles at most are shown as a page each
SHOWN_ERRORS = 5

SCORE = Text(
    "给标题打分，说明哪个词加了几分、扣了几分、为什么，再给出最有用的两处改法。\n"
    "\n"
    'copykit titles score "11块钱的睫毛膏，凭什么三个月断货5次？" -p 小红书\n'
    "copykit titles score -i 标题.csv --column 标题 -p 淘宝 --top 10 -o 打分.xlsx\n"
    "cat 标题.txt | copykit titles score - --format jsonl",
    "Score titles: which words earned or cost which points, why, and the two changes that would help most.",
)


@click.group(cls=Group, text=Text("标题：打分、说明理由、给出改法", "Titles: scores, reasons, changes"))
@common.lang_option
def titles() -> None:
    """Group of the title commands."""


@titles.command("score", text=SCORE)
@click.argument("given", metavar="[标题|-]...", nargs=-1)
@option(
    "-i",
    "--input",
    "source",
    metavar="FILE",
    zh="标题文件：txt、csv、tsv、jsonl、xlsx；- 是标准输入",
    en="a file of titles; - is stdin",
)
@option("--column", metavar="NAME", zh="标题在哪一列（列名，或第几列）", en="the column of titles, by name or number")
@option(
    "--input-format",
    type=click.Choice(["txt", "csv", "tsv", "jsonl", "xlsx"]),
    zh="标准输入是什么格式（默认看内容）",
    en="format of stdin",
)
@option(
    "-p",
    "--platform",
    metavar="NAME",
    zh="平台：小红书、淘宝、公众号…（copykit data list platforms）",
    en="platform (copykit data list platforms)",
)
@option(
    "--brief",
    "brief_path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    zh="产品资料（TOML）：品类、人群、场景、关键词",
    en="a product brief (TOML)",
)
@option(
    "--body",
    "body_path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    zh="正文：看标题答应的，正文里有没有",
    en="the body: does it keep what the title promises",
)
@option(
    "--used",
    "used_path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    zh="用过的标题（自己的或同行的）：太像的扣分",
    en="titles used before; near copies cost points",
)
@option(
    "--profile",
    metavar="NAME",
    zh="打分方案：content（内容）或 listing（上架）；默认跟着平台",
    en="content or listing; follows the platform",
)
@option(
    "--fail-under", type=float, metavar="N", zh="有标题低于 N 分时退出码为 1", en="exit 1 when a title scores under N"
)
@option(
    "--top",
    type=click.IntRange(1),
    metavar="N",
    zh="只看分数最高的 N 条（-o 的文件里仍是全部）",
    en="show the best N only (a file written with -o has all)",
)
@option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    zh="输出格式；json 是数组，jsonl 一行一条",
    en="output format; json is an array, jsonl one object a line",
)
@option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    zh="写到文件：.xlsx .csv .jsonl .json .md，原来的列都保留",
    en="write .xlsx .csv .jsonl .json .md, keeping the input's columns",
)
@option(
    "--user-words",
    type=click.Path(path_type=Path),
    metavar="FILE",
    zh="自己的分词词典（jieba 格式）",
    en="your words for the segmenter (jieba's format)",
)
@option("--segmenter", type=click.Choice(["rjieba", "jieba"]), default="rjieba", zh="分词器", en="segmenter")
@option("--no-bom", is_flag=True, zh="写 CSV 时不加 BOM", en="write CSV without a BOM")
@option(
    "--raw",
    is_flag=True,
    zh="写 CSV 时不给 = + - @ 开头的格子加引号",
    en="do not quote CSV cells that begin with = + - @",
)
@common.today_option
@common.data_option
@common.lang_option
def score(given: tuple[str, ...], source: str | None, form: str | None, **options: Any) -> int:
    """Score titles and return the exit code."""
    if given == ("-",):
        given, source = (), "-"
    if bool(given) == (source is not None):
        raise UsageMistake(
            "请给出标题，或用 -i 指定文件（- 是标准输入），二选一",
            "give titles, or a file with -i (- is stdin), not both",
        )
    output: Path | None = options["output"]
    if output is not None and output.suffix.lower() not in FILES:
        raise UsageMistake(
            f"-o 只会写 {' '.join(FILES)}，现在是 {output.name}", f"-o writes {' '.join(FILES)}, not {output.name}"
        )
    files = common.open_data(options["data_folders"])
    room = _prepare(files, options)
    if source is None:
        rows: Iterable[Row] = [Row(number, {}, title) for number, title in enumerate(given, 1)]
        return _finish(room, rows, None, form or ("text" if len(given) <= PAGES else "table"), options, source)
    columns = tables.merge_names(files.load("columns")["text"], ("title", "body"))
    stream = sys.stdin.buffer if source == "-" else Path(source)
    with tables.read_rows(stream, wanted=columns, format=options["input_format"], column=options["column"]) as table:
        return _finish(room, table, table, form or "table", options, source)


@dataclass(slots=True)
class _Room:
    """What a run needs at hand."""

    scorer: TitleScorer
    adviser: Adviser
    view: View
    body: str | None
    lang: str


@dataclass(slots=True)
class _Tally:
    """What a run has come to; ``refused`` maps a sentence to the numbers of its rows."""

    done: int = 0
    failed: int = 0
    under: int = 0
    seconds: float = 0.0
    refused: dict[str, list[int]] = field(default_factory=dict)
    code: int = 0


def _prepare(files: DataFiles, options: dict[str, Any]) -> _Room:
    from copykit.text.segment import Segmenter, load_user_words

    lang = common.lang_of()
    platform = Platforms(files)[options["platform"]] if options["platform"] else None
    profile = load_profile(files, options["profile"] or (platform.profile if platform else "content"), lang)
    words = load_user_words(_read_text(options["user_words"]).splitlines()) if options["user_words"] else ()
    settings = Settings(
        profile,
        platform,
        read_brief(options["brief_path"]) if options["brief_path"] else None,
        common.iso_day(options["today"]),
        tuple(_used_titles(files, options["used_path"])) if options["used_path"] else (),
        lang,
    )
    scorer = TitleScorer(files, settings, Segmenter(options["segmenter"], words))
    return _Room(
        scorer,
        Adviser(files, scorer, lang),
        View(
            profile.labels,
            profile.shorts,
            profile.highs,
            platform.name if platform else "",
            lang,
            common.terminal(sys.stdout),
        ),
        _read_text(options["body_path"]) if options["body_path"] else None,
        lang,
    )


def _finish(
    room: _Room, rows: Iterable[Row], table: Table | None, form: str, options: dict[str, Any], source: str | None
) -> int:
    """Score the rows, write what was asked for, tell what could not be done."""
    tally = _Tally()
    progress = common.ProgressLine()
    gc.freeze()  # the rules live as long as the run; without this every collection walks through them
    try:
        pairs = _scored(room, rows, table, tally, progress, options["fail_under"])
        if options["output"]:
            best = _Best(options["top"] or 10)
            _write_file(options["output"], pairs, table, room, options, best)
            progress.close()
            if form in ("text", "table"):
                click.echo(render.titles_table(best.scores(), room.view))
        else:
            _write_stdout(room, pairs, form, options["top"], source, table, options["raw"])
    finally:
        progress.close()
    _report(tally, room, options, source is not None)
    if table is not None and table.replaced and not tally.failed:
        tally.code = common.REJECTED
    if not tally.done and not tally.failed:
        tally.code = common.REJECTED
    return max(tally.code, common.REJECTED if tally.failed else 0, common.FAILED if tally.under else 0)


def _scored(
    room: _Room,
    rows: Iterable[Row],
    table: Table | None,
    tally: _Tally,
    progress: common.ProgressLine,
    fail_under: float | None,
) -> Iterator[tuple[Row, TitleScore | CopykitError]]:
    """Yield every row with its score or its error, counting along."""
    with_bodies = table is not None and "body" in table.columns and room.body is None

    def work(group: list[Row]) -> list[TitleScore]:
        bodies: Sequence[str | None] = ()
        if room.body is not None:
            bodies = [room.body] * len(group)
        elif with_bodies and table is not None:
            bodies = [table.value(row, "body") or None for row in group]
        return room.scorer.score_many([row.text for row in group], bodies)

    run = batch.run(_checked(rows), work, progress=progress)
    for row, outcome in run:
        if isinstance(outcome, CopykitError):
            tally.failed += 1
            tally.refused.setdefault(outcome.say(room.lang), []).append(row.number)
        else:
            tally.done += 1
            if fail_under is not None and outcome.overall.value < fail_under:
                tally.under += 1
        yield row, outcome
    tally.seconds = run.summary.seconds


def _checked(rows: Iterable[Row]) -> Iterator[Row]:
    """Mark rows whose text cannot be judged, so that their neighbours stay in one chunk."""
    for row in rows:
        if row.error is None:
            try:
                check_title(row.text)
            except CopykitError as error:
                row = row._replace(error=error)
        yield row


class _Best:
    """Keeps the best N scores of a stream."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._heap: list[tuple[float, int, TitleScore]] = []
        self._count = 0

    def add(self, score: TitleScore) -> None:
        """Note a score; earlier ones win ties."""
        self._count += 1
        item = (score.overall.value, -self._count, score)
        if len(self._heap) < self._size:
            heapq.heappush(self._heap, item)
        elif item > self._heap[0]:
            heapq.heapreplace(self._heap, item)

    def scores(self) -> list[TitleScore]:
        """Return them, best first."""
        return [score for _, _, score in sorted(self._heap, reverse=True)]


Pairs = Iterable[tuple[Row, TitleScore | CopykitError]]


def _write_stdout(
    room: _Room, pairs: Pairs, form: str, top: int | None, source: str | None, table: Table | None, raw: bool
) -> None:
    if form in ("text", "table", "md") and top is None and source is not None:
        top = 10 if form != "md" else None
    scores: Iterable[TitleScore]
    if top is not None:
        best = _Best(top)
        for _, outcome in pairs:
            if isinstance(outcome, TitleScore):
                best.add(outcome)
        pairs = [(Row(0, {}, score.title), score) for score in best.scores()]
    if form == "jsonl":
        _write_bytes(_json_lines(pairs, room))
    elif form == "json":
        _write_bytes([_json([_json_row(row, outcome, room) for row, outcome in pairs], indent=2)])
    elif form == "csv":
        headers, cells = _cells(pairs, table if top is None else None, room)
        tables.write_csv(sys.stdout, headers, cells, raw=raw)
    elif form == "md":
        scores = (outcome for _, outcome in pairs if isinstance(outcome, TitleScore))
        click.echo(render.titles_markdown(scores, room.view))
    else:
        scores = [outcome for _, outcome in pairs if isinstance(outcome, TitleScore)]
        if form == "table":
            click.echo(render.titles_table(scores, room.view))
        else:
            _print_pages(room, scores)


def _print_pages(room: _Room, scores: Sequence[TitleScore]) -> None:
    for number, score in enumerate(scores):
        if number:
            click.echo()
        click.echo(render.title_text(score, room.view, room.adviser.changes(score, room.body)))


def _write_file(
    path: Path, pairs: Pairs, table: Table | None, room: _Room, options: dict[str, Any], best: _Best
) -> None:
    def noted() -> Iterator[tuple[Row, TitleScore | CopykitError]]:
        for row, outcome in pairs:
            if isinstance(outcome, TitleScore):
                best.add(outcome)
            yield row, outcome

    match path.suffix.lower():
        case ".csv":
            headers, cells = _cells(noted(), table, room)
            tables.write_csv(path, headers, cells, bom=not options["no_bom"], raw=options["raw"])
        case ".xlsx":
            headers, cells = _cells(noted(), table, room)
            tables.write_xlsx(path, [tables.Sheet(say("打分", "scores"), headers, cells)])
        case ".md":
            scores = (outcome for _, outcome in noted() if isinstance(outcome, TitleScore))
            with tables.atomic(path) as out:
                out.write(render.titles_markdown(scores, room.view).encode() + b"\n")
        case suffix:
            with tables.atomic(path) as out:
                lines = _json_lines(noted(), room)
                if suffix == ".jsonl":
                    out.writelines(lines)
                else:
                    out.write(b"[\n")
                    for number, line in enumerate(lines):
                        out.write((b",\n" if number else b"") + line.rstrip(b"\n"))
                    out.write(b"\n]\n")


def _cells(pairs: Pairs, table: Table | None, room: _Room) -> tuple[list[str], Iterator[list[object]]]:
    """Return headers and rows: the input's own columns, then what scoring adds, then why a row could not be scored."""
    own = list(table.headers) if table is not None and table.headers else [say("标题", "title")]
    sample = room.scorer.score(say("样例", "sample"))
    added = [name if name not in own else f"{name} (2)" for name in render.title_row(sample, room.view)]
    blank: list[object] = [""] * len(added)

    def rows() -> Iterator[list[object]]:
        for row, outcome in pairs:
            kept: list[object] = [row.values.get(name, "") for name in own] if row.values else [row.text]
            kept += [""] * (len(own) - len(kept))
            if isinstance(outcome, TitleScore):
                yield [*kept, *render.title_row(outcome, room.view).values(), ""]
            else:
                yield [*kept, *blank, outcome.say(room.lang)]

    return [*own, *added, say("没能打分", "not scored")], rows()


def _json_lines(pairs: Pairs, room: _Room) -> Iterator[bytes]:
    for row, outcome in pairs:
        yield _json(_json_row(row, outcome, room))


def _json(value: Any, indent: Literal[2] | None = None) -> bytes:
    """Return JSON and a line end; half an emoji, which no UTF-8 can hold, is told by its number."""
    import orjson

    try:
        return orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE | (orjson.OPT_INDENT_2 if indent else 0))
    except TypeError:
        import json

        return json.dumps(value, indent=indent).encode() + b"\n"


def _json_row(row: Row, outcome: TitleScore | CopykitError, room: _Room) -> dict[str, Any]:
    if isinstance(outcome, TitleScore):
        return render.title_json(outcome)
    return {"title": row.text, "row": row.number, "error": outcome.say(room.lang)}


def _write_bytes(parts: Iterable[bytes]) -> None:
    """Write UTF-8 to stdout whatever the console's encoding: JSON has only one."""
    sys.stdout.flush()
    out = sys.stdout.buffer
    for part in parts:
        out.write(part)
    with suppress(BrokenPipeError):
        out.flush()


def _report(tally: _Tally, room: _Room, options: dict[str, Any], many: bool) -> None:
    """Tell on stderr how many were done, which rows were not and why, and where everything is."""
    if many:
        note(
            say(
                f"{tally.done:,} 条打好了分，用时 {tally.seconds:.1f} 秒",
                f"{tally.done:,} titles scored in {tally.seconds:.1f} s",
            )
        )
    for sentence, numbers in tally.refused.items():
        shown = "、".join(f"{number:,}" for number in numbers[:SHOWN_ERRORS])
        more = (
            say(f" 等 {len(numbers):,} 行", f" and others, {len(numbers):,} rows")
            if len(numbers) > SHOWN_ERRORS
            else ""
        )
        if many:
            note(say(f"第 {shown} 行{more}没能打分：{sentence}", f"row {shown}{more} not scored: {sentence}"))
        else:
            note(say(f"第 {shown} 个标题没能打分：{sentence}", f"title {shown} not scored: {sentence}"))
    if not tally.done and not tally.failed:
        note(say("里面一条标题也没有，请检查文件或列名", "there is no title in it; check the file or the column"))
    if tally.under:
        note(
            say(
                f"{tally.under:,} 条低于 {options['fail_under']:g} 分",
                f"{tally.under:,} under {options['fail_under']:g}",
            )
        )
    if options["output"]:
        note(
            say(
                f"全部在 {options['output']}（原来的列都在，后面加了打分的列）", f"everything is in {options['output']}"
            )
        )


def _used_titles(files: DataFiles, path: Path) -> Iterator[str]:
    columns = tables.merge_names(files.load("columns")["text"], ("title",))
    with tables.read_rows(path, wanted=columns) as table:
        yield from (row.text for row in table if row.error is None and row.text.strip())


def _read_text(path: Path) -> str:
    from copykit.errors import FileMissing
    from copykit.text.encoding import decode

    try:
        return decode(path.read_bytes()).text
    except FileNotFoundError:
        raise FileMissing(path) from None
    except OSError as error:
        from copykit.errors import FileUnreadable

        raise FileUnreadable(path, f"{error.strerror}", f"{error.strerror}") from None
