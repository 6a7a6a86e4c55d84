"""``copykit titles learn``: what one's own readers click, as a profile for ``titles score``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from copykit import tables
from copykit.cli import common
from copykit.cli.command import Command, option
from copykit.cli.common import note, write_json
from copykit.cli.language import Text, UsageMistake, lang_of, say
from copykit.cli.progress import ProgressLine
from copykit.errors import CopykitError
from copykit.model import Lesson
from copykit.platforms import Platforms
from copykit.render.learn import lesson_json, lesson_text, refusal_json
from copykit.render.titles import View
from copykit.titles.english import is_english
from copykit.titles.learn import LEAST_GROUPS, LEAST_PAIRS, Sample, TooLittle
from copykit.titles.learn import learn as taught
from copykit.titles.learned import learned_toml
from copykit.titles.results import ROLES, check_figures, group_header, read_shown
from copykit.titles.score import Settings, TitleScorer, check_title, choose_profiles

LEARN = Text(
    "从自己的数据学：哪些词、哪些写法你的读者更爱点。表里要有标题、展现、点击，和一列分组（同一商品、同一位置、同一次测试）。\n"
    "\n"
    "copykit titles learn 历史.xlsx --group 测试编号 -o 我的读者.toml\n"
    'copykit titles score "新标题" --profile 我的读者.toml\n'
    "\n"
    f"只和同组的标题比；至少 {LEAST_GROUPS} 组、{LEAST_PAIRS} 对分得出高下的标题才学。\n"
    "在没见过的组上不比“长的赢”强，就不写文件，退出码 1。",
    "Learn what your own readers click from titles, impressions and clicks, within the groups of a column.\n"
    f"Refuses under {LEAST_GROUPS} groups and {LEAST_PAIRS} pairs that differ beyond chance, and when, on groups\n"
    "held out, it does no better than 'the longer title wins' (exit code 1).",
)


@click.command("learn", cls=Command, text=LEARN)
@click.argument("source", metavar="结果表|-")
@option("--group", required=True, metavar="COLUMN", zh="哪一列说哪些标题可以互相比", en="the column of groups")
@common.output_option(
    zh="学出来的打分方案写到哪（.toml）；不写就只看学得怎么样", en="where to write the profile (.toml)"
)
@option("--column", metavar="NAME", zh="标题在哪一列（列名，或第几列）", en="the column of titles, by name or number")
@option("-p", "--platform", metavar="NAME", zh="这些标题在哪个平台", en="the platform of these titles")
@option(
    "--seed", type=click.IntRange(0), default=0, metavar="N", zh="分折和区间用的种子", en="seed of folds and interval"
)
@option("--format", "form", type=click.Choice(["text", "json"]), default="text", zh="输出格式", en="output format")
@common.today_option
@common.data_option
@common.lang_option
def learn(source: str, group: str, output: Path | None, form: str, **options: Any) -> int:
    """Learn a profile, tell how well it does on groups held out, and write it when it is worth having."""
    if output is not None and output.suffix.lower() != ".toml":
        raise UsageMistake(f"-o 写 .toml，现在是 {output.name}", f"-o writes .toml, not {output.name}")
    files = common.open_data(options["data_folders"])
    wanted = tables.merge_names(files.load("columns")["results"], ROLES)
    samples, refused = _samples(source, wanted, group, options["column"])
    for error in refused[:_SHOWN]:
        note(error.say(lang_of()))
    if refused:
        note(say(f"{len(refused)} 行没用上，其余照学", f"{len(refused)} rows left out, the others counted"))
    scorer, kept = _scorer(files, samples, options["platform"])
    if len(kept) < len(samples):
        count = len(samples) - len(kept)
        note(say(f"{count} 行是另一种语言，没有一起学", f"{count} rows are in another language and were left out"))
    name = output.stem if output is not None else "learned"
    try:
        with closing(ProgressLine("学", "learned from")) as progress:
            day = common.iso_day(options["today"])
            lesson, learned = taught(kept, scorer, name, day, options["seed"], progress.advance)
    except TooLittle as error:
        if form == "json":
            write_json(refusal_json(error, lang_of()))
        raise
    written = output if lesson.accepted else None
    if written is not None:
        with tables.atomic(written) as out:
            out.writelines(line.encode("utf-8", "replace") + b"\n" for line in learned_toml(learned))
    _tell(lesson, form, written)
    if not lesson.accepted:
        return common.FAILED
    return common.REJECTED if refused else 0


_SHOWN = 5


def _tell(lesson: Lesson, form: str, written: Path | None) -> None:
    if form == "json":
        write_json(lesson_json(lesson, str(written) if written is not None else None, lang_of()))
    else:
        click.echo(lesson_text(lesson, View({}, {}, {}, "", lang_of(), common.terminal(sys.stdout))))
    if written is not None:
        note(
            say(
                f"写在 {written}；用法：copykit titles score … --profile {written}",
                f"written: {written}; use it with copykit titles score … --profile {written}",
            )
        )


def _samples(
    source: str, wanted: tables.Wanted, group: str, column: str | None
) -> tuple[list[Sample], list[CopykitError]]:
    stream = sys.stdin.buffer if source == "-" else Path(source)
    samples: list[Sample] = []
    refused: list[CopykitError] = []
    with tables.read_rows(stream, wanted=wanted, column=column) as table:
        check_figures(table)
        for one in read_shown(table, group_header(table, group)):
            if isinstance(one, CopykitError):
                refused.append(one)
                continue
            name, shown = one
            try:
                check_title(shown.title)
            except CopykitError as error:
                refused.append(error)
            else:
                samples.append(Sample(name, shown.title, shown.impressions, shown.clicks))
        common.tell_table(table)
    if not samples and not refused:
        raise UsageMistake(f"{source} 里一行结果也没有", f"{source} holds no results")
    return samples, refused


def _scorer(files: Any, samples: Sequence[Sample], platform: str | None) -> tuple[TitleScorer, list[Sample]]:
    """Return the scorer whose rules are learned on top of, and the samples in its language, the one most are in."""
    place = Platforms(files)[platform] if platform else None
    judge, english = choose_profiles(files, None, place)
    if english is None:
        return TitleScorer(files, Settings(judge, place)), list(samples)
    told = [is_english(sample.title) for sample in samples]
    mostly = 2 * sum(told) > len(told)
    kept = [sample for sample, one in zip(samples, told, strict=True) if one is mostly]
    return TitleScorer(files, Settings(english if mostly else judge, place)), kept
