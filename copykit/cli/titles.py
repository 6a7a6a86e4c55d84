"""``copykit titles``: score titles, one or a million."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from copykit import batch, tables
from copykit.cli import common
from copykit.cli.command import Group, option
from copykit.cli.language import Text, UsageMistake, lang_of
from copykit.cli.progress import ProgressLine
from copykit.cli.titles_out import (
    FILES,
    FORMATS,
    SCREENFUL,
    Best,
    Output,
    Pairs,
    best_of,
    write_bytes,
    write_file,
    write_lines,
)
from copykit.cli.titles_tally import Tally, told
from copykit.datafiles import DataFiles
from copykit.errors import CopykitError, Words
from copykit.model import TitleAdvice, TitleScore
from copykit.platforms import Platforms
from copykit.render import titles as render
from copykit.render.titles import Advise, View
from copykit.tables import Row, Table
from copykit.titles.advise import Adviser
from copykit.titles.learned import Learned, NotLearned, read_learned
from copykit.titles.score import Settings, TitleScorer, check_title, choose_profiles

if TYPE_CHECKING:
    from copykit.model import Brief
    from copykit.text.segment import UserWord

PAGES = 5  # this many titles at most are shown as a page each

SCORE = Text(
    "给标题打分，说明哪个词加了几分、扣了几分、为什么，再给出最有用的两处改法。\n"
    "\n"
    'copykit titles score "11块钱的睫毛膏，凭什么三个月断货5次？" -p 小红书\n'
    "copykit titles score -i 标题.csv --column 标题 -p 淘宝 --top 10 -o 打分.xlsx\n"
    "cat 标题.txt | copykit titles score - --format jsonl",
    "Score titles: which words earned or cost which points, why, and the two changes that would help most.",
)


@click.group(
    cls=Group,
    text=Text("标题：打分、说明理由、给出改法", "Titles: scores, reasons, changes"),
    lazy={
        "suggest": (
            "copykit.cli.suggest",
            "suggest",
            Text("用产品资料出二十条标题，或者改一条旧的", "titles from a brief, or an old one made better"),
        ),
        "compare": (
            "copykit.cli.compare",
            "compare",
            Text("几条标题谁点得多，随时看都作数", "which of several titles is clicked more"),
        ),
        "learn": (
            "copykit.cli.learn",
            "learn",
            Text("从自己的点击数据学一个打分方案", "learn a profile from your own results"),
        ),
    },
)
@common.lang_option
def titles() -> None:
    """Group of the title commands."""


@titles.command("score", text=SCORE, keeps=("source",))
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
@common.input_format_option
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
    zh="打分方案：content（内容）、listing（上架）、en（英文），或 titles learn 学出来的文件；"
    "默认跟着平台，英文标题自动用 en",
    en="content, listing, en, or a file that titles learn wrote; follows the platform, English titles take en",
)
@option(
    "--fail-under",
    type=click.FloatRange(0, 100),
    metavar="N",
    zh="有标题低于 N 分时退出码为 1，说出是哪几行，-o 的文件里标出来",
    en="exit 1 when a title scores under N; its row is told, and marked in a file",
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
    "--changes",
    is_flag=True,
    zh="表和文件里每条也带上最有用的两处改法，没有就带上要先回答的话；每条要多打十来次分，慢几十倍",
    en="tables and files, too, tell the two changes of each title, or what to answer first; tens of times slower",
)
@common.output_option(
    zh="写到文件：.xlsx .csv（原来的列都在）、.jsonl .json（带行号和原来的列）、.md",
    en="write .xlsx .csv .jsonl .json (all with the input's columns) or .md",
)
@common.user_words_option
@common.segmenter_option
@option(
    "--jobs",
    type=click.IntRange(1),
    metavar="N",
    zh="用几个进程，jsonl 用得上（默认大文件用几个，小文件用一个）",
    en="processes, for jsonl (default: several for a large file)",
)
@common.csv_options
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
    if given and options["column"]:
        raise UsageMistake("--column 要和 -i 一起用", "--column goes with -i")
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

    files: DataFiles
    scorer: TitleScorer
    view: View
    body: str | None
    user_words: tuple[UserWord, ...] = ()


def _prepare(files: DataFiles, options: dict[str, Any]) -> _Room:
    from copykit.text.segment import Segmenter, load_user_words

    lang = lang_of()
    platform = Platforms(files)[options["platform"]] if options["platform"] else None
    learned = _learned(files, options["profile"])
    named = learned.stands_on if learned is not None else options["profile"]
    profile, english = choose_profiles(files, named, platform, lang)
    own = options["user_words"]
    words = load_user_words(_text_in(own).splitlines(), str(own)) if own else ()
    settings = Settings(
        profile,
        platform,
        _brief(options["brief_path"]),
        common.iso_day(options["today"]),
        tuple(_used_titles(files, options["used_path"])) if options["used_path"] else (),
        lang,
        english,
        learned,
    )
    scorer = TitleScorer(files, settings, Segmenter(options["segmenter"], words, common.beside.get()))
    return _Room(
        files,
        scorer,
        View(
            scorer.profile.labels,
            scorer.profile.shorts,
            scorer.profile.highs,
            platform.name if platform else "",
            lang,
            common.terminal(sys.stdout),
            scorer.profile.lesser,
            options["fail_under"],
        ),
        _text_in(options["body_path"]) if options["body_path"] else None,
        tuple(words),
    )


def _brief(path: Path | None) -> Brief | None:
    if path is None:
        return None
    from copykit.brief import read_brief

    return read_brief(path)


def _learned(files: DataFiles, name: str | None) -> Learned | None:
    """Return the profile that a file holds, None for one known by its name."""
    if name is None or name in files.load("profiles"):
        return None
    path = Path(name)
    if path.suffix.lower() != ".toml" and not path.is_file():
        raise NotLearned(name=name, known=Words.listed(sorted(files.load("profiles"))))
    return read_learned(path)


def _finish(
    room: _Room, rows: Iterable[Row], table: Table | None, form: str, options: dict[str, Any], source: str | None
) -> int:
    """Score the rows, write what was asked for, tell what could not be done, and return the exit code."""
    tally = Tally()
    headers = table.headers if table is not None else ()
    output = Output(
        room.view,
        headers,
        not options["no_bom"],
        options["raw"],
        options["fail_under"],
        _advise(room) if options["changes"] else None,
    )
    top: int | None = options["top"]
    with batch.few_collections(), closing(ProgressLine()) as progress:
        plain_lines = form == "jsonl" and output.advise is None and options["output"] is None
        if plain_lines and source is not None and top is None:
            write_bytes(_lines(room, rows, table, tally, progress, options, source))
            return told(tally, table, options, source)
        pairs: Pairs = _scored(room, rows, table, tally, progress, options["fail_under"])
        if options["output"]:
            best = Best(top or SCREENFUL)
            write_file(options["output"], best.passing(pairs), output)
            progress.close()
            if form in ("text", "table"):
                click.echo(render.titles_table(best.scores(), room.view, output.advise))
        else:
            cut_short = top is None and source is not None and form in ("text", "table")
            if cut_short:
                top = SCREENFUL
            if top is not None:
                pairs, output = best_of(pairs, top), replace(output, headers=())
            if cut_short:
                tally.left_out = max(tally.done - SCREENFUL, 0)
            if form == "text":
                _print_pages(room, pairs)
            else:
                write_lines(pairs, form, output)
    return told(tally, table, options, source)


def _advise(room: _Room) -> Advise:
    """Return what says what would help; where every row has its body, the body says nothing of a changed title."""
    adviser = Adviser(room.files, room.scorer, room.view.lang)

    def advise(score: TitleScore) -> TitleAdvice:
        changes = adviser.changes(score, room.body)
        return TitleAdvice(changes, () if changes else adviser.questions(score))

    return advise


def _lines(
    room: _Room,
    rows: Iterable[Row],
    table: Table | None,
    tally: Tally,
    progress: ProgressLine,
    options: dict[str, Any],
    source: str,
) -> Iterator[bytes]:
    """Yield JSON lines, from several processes where there are many, counting along."""
    from copykit.cli.titles_lines import LineWriter, Recipe, Sent, write_lots

    fail_under, lang = options["fail_under"], room.view.lang
    recipe = Recipe(
        room.files.layers, room.files.cache, room.scorer.settings, options["segmenter"], room.user_words, fail_under
    )
    with_bodies = table is not None and "body" in table.columns and room.body is None

    def sent() -> Iterator[Sent]:
        for row in rows:
            body = (table.value(row, "body") or None) if with_bodies and table is not None else room.body
            if row.error is None:
                yield Sent(row.number, row.values, row.text, body)
            else:
                yield Sent(row.number, row.values, row.text, body, row.error.say(lang), "row" in row.error.facts)

    begun = time.perf_counter()
    jobs = options["jobs"] or _jobs_for(source)
    for lot in write_lots(sent(), recipe, LineWriter(room.scorer, fail_under), jobs):
        for number, sentence, names_row in lot.refused:
            tally.refuse(number, sentence, names_row)
        tally.done += lot.done
        for number in lot.under:
            tally.under.add(number)
        tally.seconds = time.perf_counter() - begun
        yield lot.lines
        progress.advance(lot.done + len(lot.refused))


def _jobs_for(source: str) -> int:
    """Return how many processes a file is worth; a stream does not say how long it is."""
    large = source != "-" and Path(source).stat().st_size > WORTH_A_PROCESS
    return min(os.cpu_count() or 1, 4) if large else 1


WORTH_A_PROCESS = 1_500_000  # bytes: some thirty thousand titles, three seconds of work


def _print_pages(room: _Room, pairs: Pairs) -> None:
    scores = [outcome for _, outcome in pairs if isinstance(outcome, TitleScore)]
    advise = _advise(room)
    for number, score in enumerate(scores):
        if number:
            click.echo()
        click.echo(render.title_text(score, room.view, advise(score)))


def _scored(
    room: _Room,
    rows: Iterable[Row],
    table: Table | None,
    tally: Tally,
    progress: ProgressLine,
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
            tally.refuse(row.number, outcome.say(room.view.lang), "row" in outcome.facts)
        else:
            tally.done += 1
            if fail_under is not None and outcome.overall.value < fail_under:
                tally.under.add(row.number)
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


def _used_titles(files: DataFiles, path: Path) -> Iterator[str]:
    columns = tables.merge_names(files.load("columns")["text"], ("title",))
    with tables.read_rows(path, wanted=columns) as table:
        yield from (row.text for row in table if row.error is None and row.text.strip())


def _text_in(path: Path) -> str:
    from copykit.text.encoding import text_in  # late: most runs read no such file

    return text_in(path)
