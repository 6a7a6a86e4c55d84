"""``copykit titles suggest``: titles worth choosing from, made of what a brief tells; or an old one made better."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from copykit import tables
from copykit.brief import read_brief
from copykit.cli import common
from copykit.cli.command import Command, option
from copykit.cli.common import note
from copykit.cli.language import Text, UsageMistake, lang_of, say
from copykit.datafiles import DataFiles
from copykit.lexicon import Lexicons
from copykit.model import Brief, Withheld
from copykit.natures import natures_of
from copykit.platforms import Platforms
from copykit.render import suggest as render
from copykit.render.suggest import Proposal
from copykit.render.titles import View
from copykit.rules.reading import Context
from copykit.text.segment import Segmenter
from copykit.titles.advise import Adviser
from copykit.titles.profile import load_profile
from copykit.titles.score import Settings, TitleScorer
from copykit.writing import improve as improving
from copykit.writing import suggest as making
from copykit.writing.suggest import Suggestion

SUGGEST = Text(
    "用一份产品资料出二十条值得比一比的标题：只写资料里有的，每条说明为什么、靠哪几项资料。\n"
    "\n"
    "copykit titles suggest 护手霜.toml -p 小红书\n"
    "copykit titles suggest 护手霜.toml -p 公众号 --keyword 护手霜 -o 标题.xlsx\n"
    'copykit titles suggest 护手霜.toml --from "高品质护手霜推荐" -p 小红书    改旧标题，看改了哪里',
    "Twenty titles worth comparing, made of what a brief tells, each with its reason; or an old title made better.",
)
FILES = (".csv", ".xlsx", ".jsonl", ".json", ".md")
SHOWN_WITHHELD = 5


@click.command("suggest", cls=Command, text=SUGGEST)
@click.argument("brief_path", metavar="资料", type=click.Path(path_type=Path))
@option("-p", "--platform", metavar="NAME", zh="发在哪个平台（按它的字数和规矩）", en="the platform")
@option(
    "-n",
    "--count",
    type=click.IntRange(1, 200),
    default=making.WANTED,
    metavar="N",
    zh="要几条（默认 20）",
    en="how many",
)
@option("--from", "old", metavar="TITLE", zh="改这条旧标题，列出改了哪里", en="an old title to make better")
@option(
    "--keyword",
    "keywords",
    multiple=True,
    metavar="WORD",
    zh="标题里要有这个词，可以给几个（有一个就算）",
    en="a word to hold",
)
@option(
    "--dimension",
    "dimensions",
    multiple=True,
    type=click.Choice(["novelty", "extremity", "ip", "relevance"]),
    zh="只要这一路的：novelty 打破常规 · extremity 创造极端 · ip 借势 · relevance 与我相关",
    en="only titles that play on this dimension",
)
@option(
    "--used",
    "used_path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    zh="用过的标题，别和它们太像",
    en="titles used before",
)
@option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "jsonl", "csv", "md"]),
    default="text",
    zh="输出格式",
    en="format",
)
@common.output_option(zh="写到文件：.csv .xlsx .jsonl .json .md", en="write to a file")
@common.today_option
@common.data_option
@common.lang_option
def suggest(brief_path: Path, old: str | None, count: int, form: str, output: Path | None, **options: Any) -> int:
    """Print titles; exit 1 when the brief gives none."""
    if output is not None and output.suffix.lower() not in FILES:
        raise UsageMistake(f"-o 只会写 {' '.join(FILES)}，现在是 {output.name}", f"-o writes {' '.join(FILES)}")
    lang, today = lang_of(), common.iso_day(options["today"])
    files = common.open_data(options["data_folders"])
    platform = Platforms(files)[options["platform"]] if options["platform"] else None
    if platform is not None and platform.profile == "listing":
        note(
            say(
                f"{platform.name}的上架标题按词来拼，用 copykit listings build；这里出的是给人看的标题",
                f"listing titles of {platform.name} are packed by copykit listings build; these are for readers",
            )
        )
    brief = read_brief(brief_path)
    profile = load_profile(
        files, "content" if platform is None or platform.profile == "listing" else platform.profile, lang
    )
    used = _lines(options["used_path"], files) if options["used_path"] else ()
    scorer = TitleScorer(files, Settings(profile, platform, brief, today, tuple(used), lang))
    view = View(
        profile.labels,
        profile.shorts,
        profile.highs,
        platform.name if platform else "",
        lang,
        common.terminal(sys.stdout),
    )
    suggestions, withheld = _suggestions(files, brief, options["keywords"], today, scorer, lang)
    suggestions = _wanted(suggestions, options["keywords"], options["dimensions"])
    if old is not None:
        return _improve(old, brief, files, scorer, suggestions, count, view, form, output, today)
    chosen = making.choose(suggestions, count, used)
    proposals = [
        Proposal(
            each.score,
            each.filled.pattern.id,
            each.filled.pattern.dimensions,
            each.filled.pattern.why[lang],
            each.filled.facts,
        )
        for each in chosen
    ]
    _write(proposals, view, form, output)
    _tell(len(chosen), count, brief_path, withheld, lang)
    _tell_unknown(options["keywords"], brief)
    return 0 if chosen else common.FAILED


def _suggestions(
    files: DataFiles, brief: Brief, words: Sequence[str], today: str, scorer: TitleScorer, lang: str
) -> tuple[list[Suggestion], Sequence[Withheld]]:
    """Return all titles that may be used, and what of the brief was held back."""
    from copykit.compliance import Checker, Facts
    from copykit.writing.claims import open_ledger, without_unsourced
    from copykit.writing.facts import Wordings, facts_of
    from copykit.writing.slots import aimed, slots_of

    checker = Checker(files, lang=lang)

    def make_context(left: Brief) -> Context:
        return checker.context(Facts(brief=left, today=today, kind="title", commercial=True))

    ledger = without_unsourced(open_ledger(brief, today, files, checker, make_context), files)
    lexicons = Lexicons(files)
    facts = facts_of(ledger.brief, today, wordings=Wordings.of(lexicons))
    patterns = making.load_patterns(files, *natures_of(brief, files))
    slots = slots_of(facts, lexicons)
    filled = {each.title: each for word in words or [""] for each in making.fill(patterns, aimed(slots, word))}
    return making.judge(filled.values(), scorer), ledger.withheld


def _wanted(suggestions: list[Suggestion], words: Sequence[str], dimensions: Sequence[str]) -> list[Suggestion]:
    return [
        each
        for each in suggestions
        if (not words or any(word.casefold() in each.title.casefold() for word in words))
        and (not dimensions or set(dimensions) & set(each.filled.pattern.dimensions))
    ]


def _improve(
    old: str,
    brief: Brief,
    files: DataFiles,
    scorer: TitleScorer,
    suggestions: Sequence[Suggestion],
    count: int,
    view: View,
    form: str,
    output: Path | None,
    today: str,
) -> int:
    from copykit.compliance import Checker, Facts

    lang = view.lang
    before = scorer.score(old.strip())
    checker = Checker(files, lang=lang)
    context = checker.context(Facts(brief=brief, today=today, kind="title", commercial=True))
    told, segmenter = improving.Told.of(brief, Lexicons(files)), Segmenter()

    def faulty(title: str) -> bool:
        return any(each.severity == "error" for each in checker.check(title, context).findings)

    better = improving.improve(
        before,
        scorer,
        Adviser(files, scorer, lang),
        suggestions,
        told,
        faulty=faulty,
        is_word=lambda word: len(segmenter.words(word)) == 1,
        lang=lang,
    )[:count]
    wrong = [each.say(lang) for each in improving.faults(before, told, checker.check(before.title, context).findings)]
    if output is not None or form != "text":
        proposals = [Proposal(each.score, "", (), "；".join(each.why), ()) for each in better]
        _write(proposals, view, form, output)
    else:
        rows = [(each.score, each.why, each.pieces) for each in better]
        click.echo(render.improved_text(before, rows, view, wrong))
    if not better:
        note(
            say("没找到能替它的", "nothing to put in its stead")
            if wrong
            else say("这条没毛病，留着就行：资料里没有更近又更好的", "nothing is wrong with it: keep it")
        )
    return 0


def _write(proposals: list[Proposal], view: View, form: str, output: Path | None) -> None:
    headers = render.proposal_columns(view)
    if output is not None:
        match output.suffix.lower():
            case ".csv":
                tables.write_csv(output, headers, (render.proposal_row(each, view) for each in proposals))
            case ".xlsx":
                rows = [render.proposal_row(each, view) for each in proposals]
                tables.write_xlsx(output, [tables.Sheet(say("标题", "titles"), headers, rows)])
            case suffix:
                with tables.atomic(output) as out:
                    out.writelines(_encoded(proposals, suffix.removeprefix(".")))
    match form:
        case "text":
            click.echo(render.proposals_text(proposals, view))
        case "csv":
            tables.write_csv(sys.stdout, headers, (render.proposal_row(each, view) for each in proposals))
        case _:
            if output is None:
                click.echo(b"".join(_encoded(proposals, form)), nl=False)


def _encoded(proposals: Iterable[Proposal], form: str) -> Iterable[bytes]:
    match form:
        case "md":
            yield "".join(f"{n}. {each.score.title}\n" for n, each in enumerate(proposals, 1)).encode(
                "utf-8", "replace"
            )
        case "jsonl":
            yield from (tables.json_bytes(render.proposal_json(each)) + b"\n" for each in proposals)
        case _:
            yield common.encoded([render.proposal_json(each) for each in proposals])


def _tell(found: int, wanted: int, path: Path, withheld: Sequence[Withheld], lang: str) -> None:
    """Tell on stderr what was held back, and what would give more titles."""
    for each in withheld[:SHOWN_WITHHELD]:
        reason = each.reason.say(lang)
        note(say(f"没写进标题：{each.text}（{reason}）", f"held back: {each.text} ({reason})"))
    if len(withheld) > SHOWN_WITHHELD:
        more = len(withheld) - SHOWN_WITHHELD
        note(say(f"还有 {more} 处没写", f"and {more} more"))
    if found < wanted:
        note(
            say(
                f"只出得了 {found} 条；资料越全出得越多，看缺什么：copykit brief check {path}",
                f"only {found}; see what the brief lacks: copykit brief check {path}",
            )
        )


def _tell_unknown(words: Sequence[str], brief: Brief) -> None:
    """Tell which of the words asked for the brief does not have."""
    known = [word.casefold() for word in (brief.product, brief.category, *brief.keywords)]
    unknown = [word for word in words if not any(word.casefold() in each for each in known)]
    if unknown:
        zh, en = "、".join(f"“{word}”" for word in unknown), ", ".join(f"'{word}'" for word in unknown)
        note(
            say(
                f"资料的 keywords 里没有{zh}，资料没说的不写；商品真是这样，加上再来",
                f"{en}: no keyword of the brief, and what it does not say is not written; add it if it is true",
            )
        )


def _lines(path: Path, files: DataFiles) -> list[str]:
    wanted = tables.merge_names(files.load("columns")["text"], ("title",))
    with tables.read_rows(path, wanted=wanted) as table:
        return [row.text for row in table if row.error is None]
