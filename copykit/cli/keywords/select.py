"""``copykit keywords select``: which words to take for one product, and which not, each with its reason."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from copykit import tables
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
    told_nothing,
    told_sources,
    write_result,
)
from copykit.cli.language import Text, UsageMistake, lang_of, say
from copykit.datafiles import DataFiles
from copykit.errors import CopykitError
from copykit.model import NO_SHOP, Brief
from copykit.selection import selection_settings

ALIKE = 10_000  # clicks that a word would need before it is believed more than the average: none has so many

SELECT = Text(
    "为一件商品、一个推广计划选词：十个核心词，跟着它们的长尾词，自家品牌、别家品牌、效果差的、和资料对不上的、该否定的，每个词带着理由。\n"
    "\n"
    "copykit keywords select 搜索词报表.csv --brief 资料.toml\n"
    "copykit keywords select 搜索词.xlsx --product 睫毛膏 --brand 禾木 -o 选词.xlsx\n"
    "copykit keywords select 搜索词.csv --brief 资料.toml --export 直通车\n"
    "\n"
    "按量出来的价值排：先看转化，再看点击率，再看量；次数少的往平均靠，三次点击不算比率。搜索人气这类指数只排名次，不相加。\n"
    "词表：csv xlsx jsonl txt（一行一个词），可以给几张，同一个词的次数加在一起。",
    "Choose the words for a product or a plan: ten core words, the long tail with them, your brand, others' brands,\n"
    "poor words, words about other goods and words to bar, each with its reason. Valued by conversion, then\n"
    "click rate, then volume; thin figures are drawn to the average, indices only ranked.",
)


@click.command("select", cls=Command, text=SELECT)
@click.argument("sources", metavar="[词表|-]...", nargs=-1)
@option("--product", metavar="NAME", zh="给哪件商品选（有 --brief 可以不写）", en="the product (or give --brief)")
@option(
    "--brief", "brief_path", type=click.Path(path_type=Path), metavar="FILE", zh="商品资料", en="the product's brief"
)
@option(
    "--brand", "brands", multiple=True, metavar="NAME", zh="自家的牌子，可以给多个", en="a brand of yours; repeatable"
)
@option(
    "--other-brands",
    type=click.Path(path_type=Path),
    metavar="FILE",
    zh="别家的牌子，一行一个，加在自带的名单上",
    en="others' brands, one a line, beside the bundled ones",
)
@option(
    "--core", type=click.IntRange(1, 1000), metavar="N", zh="要几个核心词（默认 10）", en="how many core words (10)"
)
@option(
    "--export",
    "export_form",
    metavar="FORM",
    zh="写成能导入的表：直通车 · 百度 · google（别家品牌不写进去）",
    en="write a form to import: zhitongche, baidu, google (never others' brands)",
)
@option(
    "--with-other-brands",
    is_flag=True,
    zh="导出时也写别家品牌（你有授权，或确实适配）",
    en="export others' brands too (you hold a licence, or the goods fit)",
)
@option("--column", metavar="NAME", zh="词在哪一列（列名，或第几列）", en="the column of words, by name or number")
@common.input_format_option
@common.segmenter_option
@output_options
@common.data_option
@common.lang_option
def select(sources: tuple[str, ...], **options: Any) -> int:
    """Choose words and return the exit code."""
    from copykit.keywords.figures import figure_columns, gather
    from copykit.keywords.product import product_of
    from copykit.keywords.searches import SearchReader
    from copykit.keywords.select import select as choose
    from copykit.render.keywords import ROLES as FIGURES
    from copykit.text.segment import Segmenter, UserWord

    if not sources:
        raise UsageMistake(
            "请给出词表（csv、xlsx、jsonl、txt）或 -；写法看 copykit keywords select --help",
            "name tables of words (csv, xlsx, jsonl, txt) or -; see copykit keywords select --help",
        )
    refuse_briefs(sources)
    check_output(options["output"])
    files = common.open_data(options["data_folders"])
    form = _form(files, options)
    brief = brief_of(options)
    product = product_of(files, brief, options["brands"])
    lang, settings = lang_of(), selection_settings(files)
    roles = {role: data["name" if lang == "zh" else "name_en"] for role, data in settings["roles"].items()}
    errors: list[CopykitError] = []
    columns = figure_columns(files.load("columns"))
    rows = _rows(sources, columns, options, errors)
    check_passed_over(rows)
    table = gather(rows, columns.measures)
    # A brand that no dictionary has must not be cut apart with its neighbours.
    segmenter = Segmenter(options["segmenter"], [UserWord(name) for name in product.own_brands])
    reader = SearchReader(files, product, segmenter, _lines(options["other_brands"]))
    chosen = choose(
        table,
        list(reader.read(table.folded)),
        product,
        settings,
        core=options["core"],
        profit=_profit(brief),
        lang=lang,
        figure_names={role: say(*names) for role, names in FIGURES.items()},
    )
    if form is not None:
        _export(chosen.words, form, product.name or say("计划", "plan"), roles["own_brand"], options)
    else:
        _write(chosen, files, product.name, roles, options)
    told_sources(rows)
    _report(table, rows.files, chosen, product, options, errors)
    return common.REJECTED if errors or not len(table) else 0


def brief_of(options: dict[str, Any]) -> Brief:
    """Return the brief that was given, for the product that was named."""
    from dataclasses import replace

    from copykit.brief import read_brief
    from copykit.keywords.product import NO_BRIEF

    brief = read_brief(options["brief_path"]) if options["brief_path"] else NO_BRIEF
    return replace(brief, product=options["product"]) if options["product"] else brief


def _profit(brief: Brief) -> float | None:
    """Return what an order earns before advertising, where the brief tells its price and margin."""
    margin = brief.shop.margin if brief.shop is not NO_SHOP else None
    return brief.price * margin if brief.price and margin else None


def _rows(sources: tuple[str, ...], columns: Any, options: dict[str, Any], errors: list[CopykitError]) -> Any:
    from copykit.corpus.sources import Sources

    return Sources(
        sources,
        columns,
        column=options["column"],
        by_line=True,
        form=options["input_format"],
        stdin=sys.stdin.buffer,
        on_error=errors.append,
        output=options["output"],
    )


def _lines(path: Path | None) -> list[str]:
    from copykit.text.encoding import text_in

    return [line.strip() for line in text_in(path).splitlines() if line.strip()] if path else []


def _form(files: DataFiles, options: dict[str, Any]) -> Any:
    from copykit.keywords.exports import load_form

    if options["export_form"] is None:
        if options["with_other_brands"]:
            raise UsageMistake(
                "--with-other-brands 只在导出时用，请加上 --export", "--with-other-brands goes with --export only"
            )
        return None
    form = load_form(files, options["export_form"])
    output: Path | None = options["output"]
    if options["form"] not in (None, "csv") or (output is not None and output.suffix.lower() not in (".csv", ".xlsx")):
        raise UsageMistake(
            "导出的表只写 .csv 或 .xlsx，不用 --format", "a form is written as .csv or .xlsx, without --format"
        )
    return form


def _write(chosen: Any, files: DataFiles, title: str, roles: Mapping[str, str], options: dict[str, Any]) -> None:
    from copykit.render import selection as render

    lang = lang_of()
    name = "name" if lang == "zh" else "name_en"
    intents = {intent: data[name] for intent, data in files.load("intents").items()}
    view = render.SelectionView(lang, common.terminal(sys.stdout), roles, intents)
    headers, _ = render.selection_cells(chosen.words, view)
    result = Result(
        say("选词", "words"),
        headers,
        lambda: render.selection_cells(chosen.words, view)[1],
        lambda: map(render.word_json, chosen.words),
    )
    write_result(result, options, lambda: render.selection_table(chosen.words, chosen.counts, view, title))


def _export(words: Any, form: Any, plan: str, own_brand: str, options: dict[str, Any]) -> None:
    """Write a form; what is pasted goes to stdout with tabs, the rest as CSV unless -o names a workbook.

    ``own_brand`` is what words with one's own brand are called: they go into a plan of that name.
    """
    from copykit.keywords.exports import export

    made = export(
        words, form, plan, other_brands=options["with_other_brands"], own_plan=f"{plan}{say('·', ' - ')}{own_brand}"
    )
    output: Path | None = options["output"]
    if output is None:
        if form.pasted:
            click.echo("\n".join("\t".join(row).rstrip() if not any(row[1:]) else "\t".join(row) for row in made.rows))
        else:
            tables.write_csv(sys.stdout, form.headers, made.rows, raw=options["raw"])
    elif output.suffix.lower() == ".csv":
        tables.write_csv(output, form.headers, made.rows, bom=not options["no_bom"], raw=options["raw"])
    else:
        barred = [[word.text, word.reason] for word in words if word.role == "negative"]
        headers = [say("词", "keyword"), say("理由", "reason")]
        sheets = [
            tables.Sheet(say("词", "keywords"), form.headers, made.rows),
            tables.Sheet(say("否定词", "negative"), headers, barred),
        ]
        tables.write_xlsx(output, sheets)
    note(say(f"{form.data['name']}：{form.data['note']}", f"{form.data['name_en']}: {form.data['note_en']}"))
    if not form.data["official"]:
        note(say("列名没有官方文本可对，导入前先和后台的模板对一下", "no official text of these columns was found"))
    own = sum(word.role == "own_brand" for word in words)
    if own and all(column["value"] != "plan" for column in form.data["columns"]):
        note(
            say(
                f"自家品牌的 {own:,} 个词也在里面；这张表没有计划这一列，贴的时候另建一个计划",
                f"{own:,} words with your brand are among them; the form has no column of plans, so give them one",
            )
        )
    if brands := made.left_out.get("other_brand", 0):
        note(
            say(
                f"没写 {brands:,} 个别家品牌的词：引人误认是混淆行为（反不正当竞争法 第七条）；"
                "有授权再加 --with-other-brands",
                f"{brands:,} words with others' brands are left out (Anti-Unfair Competition Law, art. 7)",
            )
        )
    if made.too_long:
        shown = say("、", ", ").join(made.too_long[:3])
        note(
            say(
                f"{len(made.too_long):,} 个词太长，后台不收：{shown}", f"{len(made.too_long):,} words too long: {shown}"
            )
        )


def _report(
    table: Any, files: Sequence[str], chosen: Any, product: Any, options: dict[str, Any], errors: list[CopykitError]
) -> None:
    """Tell on stderr what was read and how it was valued."""
    note(say(f"读了 {table.rows:,} 行，{len(table):,} 个不同的词", f"{table.rows:,} rows, {len(table):,} words"))
    told(errors)
    if table.skipped:
        note(say(f"{table.skipped:,} 行太长，不像搜索词，没算", f"{table.skipped:,} rows were too long for a search"))
    if not len(table):
        if not errors:
            told_nothing(files, "一个词", "word")
        return
    if chosen.conversion is not None:
        rate, thin = chosen.conversion.pooled, chosen.conversion.strength
        note(
            say(f"按预计订单排：全部词转化 {rate:.1%}；", f"by expected orders: all convert at {rate:.1%}; ")
            + (
                say(f"不到 {thin:,.0f} 次点击的词，更信平均", f"under {thin:,.0f} clicks the average counts more")
                if thin < ALIKE
                else say(
                    "词和词的转化看不出差别，都按平均算", "words cannot be told apart, so the average is taken for all"
                )
            )
        )
    elif chosen.by == "ranks":
        note(say("没有点击和订单的次数：按名次排，不相加", "no counts of clicks and orders: ranked, never added"))
    elif chosen.by == "nothing":
        note(say("词表里没有数据，先后没有意义；带上点击、订单再选一次", "no figures: the order means nothing"))
    if not product.known:
        note(
            say(
                "没说是哪件商品：别的商品、和商品对不上的词都认不出来。加 --brief 资料.toml 或 --product",
                "no product was named, so words for other goods cannot be told; add --brief or --product",
            )
        )
    if not product.own_brands:
        note(say("没说自家牌子：加 --brand", "your brand is not known; add --brand"))
    if options["output"]:
        note(say(f"全部在 {options['output']}", f"everything is in {options['output']}"))
    elif not options["export_form"]:
        note(say("下一步：--export 直通车 写成能贴的表，或 -o 选词.xlsx", "next: --export FORM, or -o words.xlsx"))
