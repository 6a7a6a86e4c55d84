"""``copykit keywords expand``: a root widened by what buyers put beside it, each word with what is known of it."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np

from copykit.cli import common
from copykit.cli.command import Command, option
from copykit.cli.common import note
from copykit.cli.keywords.out import (
    Result,
    check_output,
    check_passed_over,
    output_options,
    refuse_briefs,
    told,
    told_sources,
    write_result,
)
from copykit.cli.keywords.select import brief_of
from copykit.cli.language import Text, UsageMistake, lang_of, say
from copykit.datafiles import DataFiles
from copykit.errors import CopykitError

SCREENFUL, FILEFUL = 30, 500
# The figures that tell how much a word is searched, the first that a table has; indices cannot be added up.
VOLUMES = ("impressions", "searches", "desktop_searches", "mobile_searches", "clicks", "visitors")

EXPAND = Text(
    "扩词：词根 × 属性 × 人群 × 场景 × 季节 × 促销，从词表和资料里搭，按搜索词和文章里的证据排，没人搜过的标出来。\n"
    "\n"
    "copykit keywords expand 搜索词报表.csv --brief 资料.toml -o 扩词.xlsx\n"
    "copykit keywords expand 搜索词.txt --root 护手霜 --root 手膜 --corpus 评论.txt\n"
    "copykit keywords expand --brief 资料.toml\n"
    "\n"
    "次序照买家打字的习惯（“睫毛膏防水”还是“防水睫毛膏”）；几个词换个次序还是同一个词，只留一个。\n"
    "和资料对不上的（男款、别的季节）、别家品牌、别的商品、来了也不买的，都不出。词根不写就用资料里的关键词和商品名。",
    "Widen a root by attribute, audience, scene, season and promotion, from word lists and the brief, ranked by what\n"
    "searches and texts show; what nobody was seen to search is marked. The order is the one people type; the same\n"
    "words in other orders are folded. Nothing that contradicts the brief, no other brand, no other goods.",
)


@click.command("expand", cls=Command, text=EXPAND)
@click.argument("sources", metavar="[词表|-]...", nargs=-1)
@option("--root", "roots", multiple=True, metavar="WORD", zh="词根，可以给多个", en="a root; repeatable")
@option(
    "--brief", "brief_path", type=click.Path(path_type=Path), metavar="FILE", zh="商品资料", en="the product's brief"
)
@option("--product", metavar="NAME", zh="给哪件商品扩（有 --brief 可以不写）", en="the product (or give --brief)")
@option(
    "--brand", "brands", multiple=True, metavar="NAME", zh="自家的牌子，可以给多个", en="a brand of yours; repeatable"
)
@option(
    "--corpus",
    multiple=True,
    metavar="PATH",
    zh="文章、评论、标题，当旁证，可以给多个（文件、文件夹、corpus:）",
    en="articles, reviews or titles as further evidence; repeatable",
)
@option(
    "--slot",
    "slots",
    multiple=True,
    metavar="NAME",
    zh="只要带哪几种的：属性 人群 场景 季节 促销",
    en="only words with these: attribute, audience, scene, season, promotion",
)
@option("--seen", is_flag=True, zh="只要在搜索词里见过的", en="only what was searched")
@option(
    "--top", type=click.IntRange(1, 100_000), metavar="N", zh="要几个词（屏幕 30，文件 500）", en="how many (30, 500)"
)
@option("--column", metavar="NAME", zh="词在哪一列（列名，或第几列）", en="the column of words, by name or number")
@common.input_format_option
@common.segmenter_option
@output_options
@common.data_option
@common.lang_option
def expand(sources: tuple[str, ...], **options: Any) -> int:
    """Widen roots and return the exit code."""
    from copykit.keywords.expand import Widener
    from copykit.keywords.product import product_of
    from copykit.text.segment import Segmenter, UserWord

    refuse_briefs(sources)
    check_output(options["output"])
    files = common.open_data(options["data_folders"])
    settings: dict[str, Any] = files.load("expansion")["standard"]
    slots = _slots(options["slots"], settings)
    brief = brief_of(options)
    product = product_of(files, brief, options["brands"])
    roots = [root.strip() for root in options["roots"] if root.strip()]
    if not sources and not roots and not product.heads:
        raise UsageMistake(
            "请给出搜索词表、词根（--root）或资料（--brief）；写法看 copykit keywords expand --help",
            "name tables of searches, a root (--root) or a brief (--brief); see copykit keywords expand --help",
        )
    own = [UserWord(word) for word in dict.fromkeys((*roots, *product.own_brands))]
    widener = Widener(files, product, Segmenter(options["segmenter"], own), roots, brief)
    errors: list[CopykitError] = []
    table, volume = _learn(widener, files, sources, options, errors)
    texts = _read_texts(widener, files, options, errors)
    on_screen = options["output"] is None and options["form"] in (None, "table")
    wanted = options["top"] or (SCREENFUL if on_screen else FILEFUL)
    # What is left out afterwards has to be found beforehand.
    words = widener.widen(wanted if not (slots or options["seen"]) else max(20 * wanted, 10_000))
    if slots:
        words = [word for word in words if slots.intersection(slot for slot, _ in word.parts)]
    if options["seen"]:
        words = [word for word in words if word.seen]
    _write(words[:wanted], widener, volume, settings, options)
    if widener.roots and not roots:
        named = say("、", ", ").join(widener.roots)
        note(
            say(
                f"词根：{named}（从资料里来；换别的用 --root）",
                f"roots: {named} (of the brief; name others with --root)",
            )
        )
    _report(table, texts, volume, product, roots, options, errors)
    return common.REJECTED if errors or (sources and not len(table)) else 0


def _slots(given: Sequence[str], settings: dict[str, Any]) -> set[str]:
    """Return the ids of the slots that were asked for, by whichever name."""
    known = {name: slot["id"] for slot in settings["slots"] for name in (slot["id"], slot["name"], slot["name_en"])}
    names = [name.strip() for text in given for name in text.replace("，", ",").split(",") if name.strip()]
    for name in names:
        if name not in known:
            zh = "、".join(slot["name"] for slot in settings["slots"])
            en = ", ".join(slot["name_en"] for slot in settings["slots"])
            raise UsageMistake(f"--slot 没有“{name}”；可以用 {zh}", f"--slot knows no '{name}'; there are {en}")
    return {known[name] for name in names}


def _learn(
    widener: Any, files: DataFiles, sources: Sequence[str], options: dict[str, Any], errors: list[CopykitError]
) -> tuple[Any, str]:
    """Take tables of searches as evidence; return them, and the figure that says how much a word is searched."""
    from copykit.corpus.sources import Sources
    from copykit.keywords.figures import LINES, figure_columns, gather

    columns = figure_columns(files.load("columns"))
    rows = Sources(
        sources,
        columns,
        column=options["column"],
        by_line=True,
        form=options["input_format"],
        stdin=sys.stdin.buffer,
        on_error=errors.append,
        output=options["output"],
    )
    check_passed_over(rows)
    table = gather(rows, columns.measures)
    told_sources(rows)
    volume = next((role for role in VOLUMES if role in table.figures), "")
    amounts = np.nan_to_num(table.figures[volume]).tolist() if volume else None
    widener.learner.searches(table.folded, amounts)
    lines = volume == LINES and float(table.figures[volume].sum()) == table.rows - table.skipped
    return table, "" if lines else volume


def _read_texts(widener: Any, files: DataFiles, options: dict[str, Any], errors: list[CopykitError]) -> int:
    """Take articles and reviews as evidence; return how many there were."""
    if not options["corpus"]:
        return 0
    from copykit.corpus.columns import columns_of
    from copykit.corpus.sources import Sources
    from copykit.text.clean import Cleaner

    columns = columns_of(files.load("columns"), queries=False)
    documents = Sources(
        options["corpus"],
        columns,
        cleaner=Cleaner(()),
        stdin=sys.stdin.buffer,
        on_error=errors.append,
        output=options["output"],
    )
    check_passed_over(documents)
    read = 0

    def texts() -> Iterator[str]:
        nonlocal read
        for document in documents:
            read += 1
            yield f"{document.title}\n{document.text}"

    widener.learner.texts(texts())
    return read


def _write(words: Any, widener: Any, volume: str, settings: dict[str, Any], options: dict[str, Any]) -> None:
    from copykit.keywords.expand import reasons
    from copykit.render import expansion as render
    from copykit.render.keywords import ROLES

    lang = lang_of()
    shown = [entry for entry in settings["slots"] if entry["id"] != "attribute"]
    order = [entry for entry in settings["slots"] if entry["id"] == "attribute"] + shown[::-1]
    slots = {slot["id"]: slot["name" if lang == "zh" else "name_en"] for slot in order}
    name = say(*ROLES[volume]) if volume else ""
    why = reasons(words, widener, settings, lang, name)
    view = render.ExpansionView(lang, common.terminal(sys.stdout), slots, why)
    headers, _ = render.expansion_cells(words, view)
    result = Result(
        say("扩词", "words"),
        headers,
        lambda: render.expansion_cells(words, view)[1],
        lambda: (render.expanded_json(word, view) for word in words),
    )
    write_result(result, options, lambda: render.expansion_table(words, options["top"] or SCREENFUL, view))


def _report(
    table: Any,
    texts: int,
    volume: str,
    product: Any,
    roots: Sequence[str],
    options: dict[str, Any],
    errors: list[CopykitError],
) -> None:
    """Tell on stderr what was read and what the order stands on."""
    if len(table):
        note(say(f"读了 {table.rows:,} 行，{len(table):,} 个不同的词", f"{table.rows:,} rows, {len(table):,} words"))
    if options["corpus"]:
        note(say(f"读了 {texts:,} 篇文章、评论", f"{texts:,} texts"))
    told(errors)
    if table.skipped:
        note(say(f"{table.skipped:,} 行太长，不像搜索词，没算", f"{table.skipped:,} rows were too long for a search"))
    if not len(table):
        note(
            say(
                "没有搜索词：只能从词表和资料里搭，按一般人搜得多少排，个个都是没见过的；给一份搜索词报表会准得多",
                "no searches: words are put together from lists and the brief; a report of searches tells far more",
            )
        )
    elif not volume:
        note(
            say(
                "词表里没有次数：按有几条搜索词这样搭来排",
                "no counts in the table: ranked by how many searches hold it",
            )
        )
    if not product.known and not roots:
        note(
            say(
                "没说词根：用搜索词里最常见的；加 --root 或 --brief 资料.toml",
                "no root was named: those of the searches are taken; add --root or --brief",
            )
        )
    elif not product.known:
        note(
            say(
                "没说是哪件商品：对不上的词认不出来。加 --brief 资料.toml 或 --product",
                "no product was named, so contradictions cannot be told; add --brief or --product",
            )
        )
    if options["output"]:
        note(say(f"全部在 {options['output']}", f"everything is in {options['output']}"))
