"""``copykit keywords compare``: which words are new, rising, falling or gone, and what shows it."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import click

from copykit import tables
from copykit.cli import common
from copykit.cli.command import Command, option
from copykit.cli.common import note
from copykit.cli.keywords.compare_plan import Plan, by_date, by_group
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
from copykit.cli.language import Text, UsageMistake, lang_of, say
from copykit.corpus.blocks import Document
from copykit.corpus.columns import Columns
from copykit.corpus.files import TABLES
from copykit.corpus.sources import Sources
from copykit.datafiles import DataFiles
from copykit.errors import CopykitError
from copykit.model import Brief, WordChange
from copykit.processes import scratch

# The figure that tells how much a word is looked for, the first that a table has.
FIGURES = (
    *("searches", "search_index", "impressions", "mobile_search_index", "visitors", "clicks", "interactions", "likes"),
    *("orders", "buyers", "click_index", "desktop_searches", "mobile_searches", "search_rank"),
)
MEASURES = ("count", "index", "rank")

COMPARE = Text(
    "比两段或几段时间的词：新来的、在涨的、在跌的、没了的、没变的，带着次数、占比、碰巧的可能、原文。\n"
    "\n"
    "copykit keywords compare 上周.csv 这周.csv\n"
    "copykit keywords compare 九月/ 十月/ 十一月/ -o 涨跌.xlsx --picture 涨跌.svg\n"
    "copykit keywords compare 全年搜索词.csv --by week --at 2026-11-11\n"
    "\n"
    "最后一段和前面的比。有日期的（日期列，或者文件名里的日期）用 --by 切成天、周、月，只和像它的比：同一个星期几，\n"
    "大促对大促，春节对春节。起落多大算平常，从数据里学；一万个词里总有几个碰巧，所以一起把关。",
    "Compare the words of two periods or more: new, rising, falling, gone, steady, with counts, shares, chances, texts."
    "\n\nThe last period is held against the earlier ones. Where days are known, --by cuts them into days, weeks or\n"
    "months and only like is compared with like. Usual ups and downs are learned from the data.",
)


@click.command("compare", cls=Command, text=COMPARE)
@click.argument("periods", metavar="[一段|-]...", nargs=-1)
@option("--by", type=click.Choice(["day", "week", "month"]), zh="按日期切：天、周、月", en="cut by date")
@option(
    "--at",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="YYYY-MM-DD",
    zh="看哪一天所在的那段（默认最近一段完整的）",
    en="the period that holds this day (the latest whole one)",
)
@option(
    "--kind",
    default="title",
    metavar="KIND",
    zh="文本是哪种：title 标题（默认）· article · product · query 搜索词",
    en="kind of text: title (default), article, product, query",
)
@option(
    "--figure",
    metavar="NAME",
    zh="比表里的哪个数（列名，比如 点击量；默认最能说明被搜多少的）",
    en="the figure to compare (a column; by default what best tells how much a word is searched)",
)
@option(
    "--unit",
    type=click.Choice(["word", "row"]),
    zh="比什么：word 文字里的词，row 表里一行一个的词（默认：有数的表按 row）",
    en="compare words inside texts, or the rows of a table (by default rows where there are figures)",
)
@option(
    "--brief",
    "brief_path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    zh="商品资料：自家牌子分开列",
    en="the brief",
)
@option(
    "--brand", "brands", multiple=True, metavar="NAME", zh="自家的牌子，可给多个", en="a brand of yours; repeatable"
)
@option("--top", type=click.IntRange(1), metavar="N", zh="屏幕上每类几个（默认 10）", en="words a state on the screen")
@option("--changed", is_flag=True, zh="文件里只写变了的词", en="write only words that changed")
@option(
    "--picture",
    type=click.Path(path_type=Path),
    metavar="FILE.svg",
    zh="画一张涨跌图",
    en="draw a picture of rise and fall",
)
@option(
    "--stop",
    "stop_path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    zh="不要的词，一行一个",
    en="words that never count, one a line",
)
@common.user_words_option
@option("--column", metavar="NAME", zh="文字在哪一列（列名，或第几列）", en="the column of texts, by name or number")
@option(
    "--date-column",
    metavar="NAME",
    zh="日期在哪一列（默认认 日期、评价时间、下单时间 这样的列名）",
    en="the column of days (by default one called date, order date, …)",
)
@common.input_format_option
@common.segmenter_option
@output_options
@common.data_option
@common.lang_option
def compare(periods: tuple[str, ...], **options: Any) -> int:
    """Compare periods and return the exit code."""
    from copykit.keywords.compare import compare as judge
    from copykit.keywords.figures import figure_columns

    _check(periods, options)
    files = common.open_data(options["data_folders"])
    brief, settings = _brief(options), files.load("comparison")["standard"]
    columns = figure_columns(files.load("columns"))
    columns = _with_figure(replace(columns, id=_date_names(files, options["date_column"])), options["figure"])
    desk = _Desk(files, options, columns, _groups(periods, options), settings)
    with desk.spool:
        desk.read()
        if not desk.documents:
            return desk.report(None)
        plan = desk.plan()
        with scratch() as folder:
            series = desk.series(plan, folder)
        compared = judge(series, plan.layout, settings, lang_of(), say(*desk.figure_name))
        words = desk.shown(compared.words, series, plan, brief, options["brands"])
    _write(words, plan, files, options)
    return desk.report(compared)


class _Desk:
    """What a run reads, and what it has to tell at the end."""

    def __init__(
        self,
        files: DataFiles,
        options: dict[str, Any],
        columns: Columns,
        groups: list[Sequence[str]],
        settings: dict[str, Any],
    ) -> None:
        from copykit.keywords.profile import load_profile
        from copykit.keywords.series import RowSpool
        from copykit.keywords.spool import Spool

        self.files, self.options, self.columns, self.groups = files, options, columns, groups
        self.settings = settings
        self.profile = load_profile(files, options["kind"])
        self.spool, self.rows = Spool(), RowSpool()
        self.errors: list[CopykitError] = []
        self.documents = self.undated = self.blank = 0
        self.files_read: list[str] = []
        self.role, self.by_row = "", False
        self.days: dict[tuple[int, date | None], int] = {}
        self.labels: list[str] = [Path(group[0]).stem or group[0] for group in groups]

    @property
    def figure_name(self) -> tuple[str, str]:
        """What the figure is called."""
        from copykit.render.keywords import ROLES

        return ROLES.get(self.role, (self.role or "次数", self.role or "count"))

    @property
    def measure(self) -> str:
        """Whether counts, an index or ranks are compared."""
        return self.columns.measures.get(self.role, "count") if self.by_row else "count"

    def read(self) -> None:
        """Read every text or row into its slot."""
        by, days = self.options["by"], self.days
        for number, paths in enumerate(self.groups):
            sources = self._sources(paths)
            check_passed_over(sources)
            self.files_read += sources.files
            documents = iter(sources)
            first = next(documents, None)
            if number == 0:
                self._choose(sources, first)
            for document in itertools.chain([] if first is None else [first], documents):
                day = _day_of(document, sources)
                if by and day is None:
                    self.undated += 1
                    continue
                slot = days.setdefault((0 if by else number, day), len(days))
                self._take(document, slot)
            told_sources(sources)

    def _sources(self, paths: Sequence[str]) -> Sources:
        return Sources(
            paths,
            self.columns,
            column=self.options["column"],
            by_line=self.profile.by_line,
            form=self.options["input_format"],
            stdin=sys.stdin.buffer,
            on_error=self.errors.append,
            output=self.options["output"],
        )

    def _choose(self, sources: Sources, first: Document | None) -> None:
        """Choose the figure, and whether rows or the words in texts are compared."""
        there = sources.found | set(first.metrics if first else ())
        there = {role for role in there if self.columns.measures[role] in MEASURES}
        wanted, unit = self.options["figure"], self.options["unit"]
        if wanted:
            self.role = _role_of(wanted, self.columns)
            if self.role not in there:
                shown = "、".join(self.columns.figures[role][0] for role in sorted(there)) or "（无）"
                raise UsageMistake(f"表里没有“{wanted}”；有的数：{shown}", f"there is no figure '{wanted}': {shown}")
        elif unit != "word":
            self.role = next((role for role in FIGURES if role in there), "")
        self.by_row = unit == "row" or (unit is None and bool(self.role))
        if not self.by_row and self.role and self.columns.measures[self.role] != "count":
            raise UsageMistake(
                "指数和名次不能分到句子里的词上；请用 --unit row",
                "indices and ranks cannot be given to words inside texts",
            )

    def _take(self, document: Document, slot: int) -> None:
        value = document.metrics.get(self.role) if self.role else 1.0
        if value is None:
            self.blank += 1
            return
        self.documents += 1
        if self.by_row:
            self.rows.add(document.title or document.text, slot, value)
        else:
            self.spool.add(document.title, document.text, slot, value)

    def plan(self) -> Plan:
        """Return what is compared with what."""
        if self.options["by"]:
            return by_date(self.days, self.options["by"], self.options["at"], self.files, self.settings)
        if not any(number == len(self.groups) - 1 for number, _ in self.days):
            last = self.groups[-1][0]
            raise UsageMistake(f"{last} 里没有能比的内容", f"there is nothing to compare in {last}")
        return by_group(self.days, self.labels, self.files, self.settings)

    def series(self, plan: Plan, folder: Path) -> Any:
        """Return how often each word came in each slot."""
        from copykit.keywords.run import Recipe
        from copykit.keywords.series import count_texts, looked_at
        from copykit.text.encoding import text_in
        from copykit.text.segment import load_user_words

        if self.by_row:
            return self.rows.series(plan.numbers, plan.slots, self.measure)
        options = self.options
        own = options["user_words"]
        user_words = load_user_words(text_in(own).splitlines(), str(own)) if own else []
        stop = tuple(word for word in _lines(options["stop_path"]) if not word.startswith("#"))
        recipe = Recipe(
            self.files.layers, self.files.cache, options["kind"], options["segmenter"], tuple(user_words), stop
        )
        self.spool.remap(plan.numbers)
        least, same = int(self.settings["least"]), float(self.settings["same"])
        kitchen = looked_at(recipe.kitchen(), self.settings["single_barred"])
        return count_texts(self.spool, plan.slots, kitchen, folder, least, same)

    def shown(
        self, words: list[WordChange], series: Any, plan: Plan, brief: Brief, brands: Sequence[str]
    ) -> list[WordChange]:
        """Return the words with whose brand they name, and the texts that show why they changed."""
        from copykit.keywords.examples import from_rows, from_texts
        from copykit.keywords.product import product_of
        from copykit.keywords.searches import SearchReader
        from copykit.text.normalize import fold_texts
        from copykit.text.segment import Segmenter, UserWord

        changed = [word for word in words if word.state != "steady" or word.shape]
        product = product_of(self.files, brief, brands)
        segmenter = Segmenter(self.options["segmenter"], [UserWord(name) for name in product.own_brands])
        reader = SearchReader(self.files, product, segmenter)
        read = reader.read(fold_texts([word.text for word in changed]))
        changed = [
            replace(word, brand="own" if search.own else "other" if search.other else "")
            for word, search in zip(changed, read, strict=True)
        ]
        most, layout = int(self.settings["examples"]), plan.layout
        now, before = layout.slots(layout.now).tolist(), layout.slots(*layout.before).tolist()
        if self.by_row:
            changed = from_rows(changed, series, now, most)
        else:
            changed = from_texts(changed, self.spool, set(now), set(before), most)
        return [*changed, *(word for word in words if word.state == "steady" and not word.shape)]

    def report(self, compared: Any) -> int:
        """Tell on stderr what was read and refused; return the exit code."""
        what = say("行", "rows") if self.by_row else say("条", "texts")
        note(say(f"读了 {self.documents:,} {what}", f"{self.documents:,} {what} read"))
        if compared is not None:
            if self.measure == "count":
                spread = compared.spread
                note(
                    say(
                        f"看了 {compared.tested:,} 个词；一百来次的词平时起落是碰巧的 {spread:.1f} 倍，已算进去",
                        f"{compared.tested:,} words; about 100 counts vary {spread:.1f} times as much as by chance",
                    )
                )
            else:
                name = say(*self.figure_name)
                note(say(f"比的是{name}：只比大小和名次，不做检验", f"{name} is compared, not tested"))
        told(self.errors)
        if self.undated:
            note(say(f"{self.undated:,} {what}没有日期，没算", f"{self.undated:,} {what} without a date"))
        if self.undated or self.options["date_column"]:
            self._tell_days()
        if not self.documents:
            note(
                say("里面没有能比的内容，请检查文件或列名", "there is nothing to compare; check the file or the column")
            )
        if self.options["output"]:
            note(say(f"全部在 {self.options['output']}", f"everything is in {self.options['output']}"))
        return common.REJECTED if self.errors or not self.documents or self.undated else 0

    def _tell_days(self) -> None:
        """Name the column of days that was asked for and is not there, and those that look like one."""
        wanted = self.options["date_column"]
        found = _day_columns(self.files_read, self.columns, self.options)
        if wanted and tables.fold_header(wanted) not in map(tables.fold_header, found):
            note(say(f"“{wanted}”这一列没有，或者里面不是日期", f"there is no column '{wanted}', or it holds no days"))
        names = [name for name in found if name != wanted]
        if names and self.undated:
            zh = f"像日期的列：{'、'.join(names)}；用哪一列，就加 --date-column {names[0]}"
            note(say(zh, f"columns that look like days: {', '.join(names)}; add --date-column '{names[0]}'"))


def _check(periods: tuple[str, ...], options: dict[str, Any]) -> None:
    refuse_briefs(periods)
    check_output(options["output"])
    picture: Path | None = options["picture"]
    if picture is not None and picture.suffix.lower() != ".svg":
        raise UsageMistake(f"--picture 只画 .svg，现在是 {picture.name}", f"--picture draws .svg, not {picture.name}")
    if options["at"] and not options["by"]:
        raise UsageMistake("--at 要和 --by 一起用", "--at goes with --by")
    if not periods:
        raise UsageMistake(
            "请给出两段或几段的文件，先旧后新；一个带日期的文件加 --by week",
            "name the files of two periods or more, older first; or one with dates and --by week",
        )
    if len(periods) == 1 and not options["by"]:
        raise UsageMistake(
            "只有一段没法比：再给一个文件，或者这个文件里有日期，加 --by week",
            "one period cannot be compared: name another file, or add --by week where there are dates",
        )
    if periods.count("-") > 1:
        raise UsageMistake("标准输入只能当一段", "standard input can be one period only")


def _groups(periods: tuple[str, ...], options: dict[str, Any]) -> list[Sequence[str]]:
    return [periods] if options["by"] else [(period,) for period in periods]


def _brief(options: dict[str, Any]) -> Brief:
    from copykit.brief import read_brief
    from copykit.keywords.product import NO_BRIEF

    return read_brief(options["brief_path"]) if options["brief_path"] else NO_BRIEF


def _date_names(files: DataFiles, wanted: str | None) -> list[str]:
    """Return what columns of dates are called, the one that people name first: the date is a row's id here."""
    known = tables.merge_names(files.load("columns")["text"])["date"]
    return [wanted, *known] if wanted else known


def _day_columns(paths: Sequence[str], columns: Columns, options: dict[str, Any]) -> list[str]:
    """Return the columns of the first tables whose first cells are all days, whatever they are called."""
    from copykit.tables.days import parse_day

    found: dict[str, None] = {}
    for path in [path for path in paths if path.lower().removesuffix(".gz").endswith(TABLES)][:LOOKED_AT]:
        wanted = {"main": columns.text}
        try:
            with tables.read_rows(
                path, wanted=wanted, format=options["input_format"], column=options["column"], name=path
            ) as table:
                rows = list(itertools.islice(table, LOOKED_AT))
        except CopykitError:
            continue  # told as it was read
        for name in table.headers:
            cells = [cell for row in rows if (cell := row.values.get(name, "").strip())]
            # Five digits may be a day of Excel, and any figure.
            if cells and all(parse_day(cell) and not (cell.isdigit() and len(cell) < DIGITS) for cell in cells):
                found[name] = None
    return list(found)


LOOKED_AT = 20  # tables, and rows of each
DIGITS = 8  # of a day without signs between


def _role_of(name: str, columns: Columns) -> str:
    folded = tables.fold_header(name)
    for role, names in columns.figures.items():
        if folded == tables.fold_header(role) or folded in map(tables.fold_header, names):
            return role
    return name


def _with_figure(columns: Columns, name: str | None) -> Columns:
    """Return the columns with one more that is counted, where people name one that no data file knows."""
    if name is None or _role_of(name, columns) in columns.figures:
        return columns
    return replace(columns, figures={name: [name], **columns.figures}, measures={**columns.measures, name: "count"})


_named: dict[str, date | None] = {}


def _day_of(document: Document, sources: Sources) -> date | None:
    """Return the day of a row's date, else of its file's name."""
    from copykit.tables.days import find_day, parse_day

    name = document.id
    base, _, number = name.rpartition(":")
    if number.isdigit() and base in sources.files:
        name = base
    if name not in _named:
        if len(_named) > 10_000:
            _named.clear()
        of_file = name in sources.files
        _named[name] = find_day(Path(name).name) if of_file else parse_day(name) or find_day(name)
    return _named[name]


def _lines(path: Path | None) -> list[str]:
    from copykit.text.encoding import text_in

    return [line.strip() for line in text_in(path).splitlines() if line.strip()] if path else []


def _write(words: list[WordChange], plan: Plan, files: DataFiles, options: dict[str, Any]) -> None:
    from copykit.render import changes as render

    lang = lang_of()
    states = files.load("comparison")["standard"]["states"]
    names = {state: data["name" if lang == "zh" else "name_en"] for state, data in states.items()}
    view = render.ChangeView(lang, common.terminal(sys.stdout), names, options["top"] or render.SHOWN)
    written = [word for word in words if word.state != "steady" or word.shape] if options["changed"] else words

    def objects() -> Iterator[dict[str, Any]]:
        return map(render.change_json, written)

    headers, _ = render.change_cells(written, view, plan.names)
    result = Result(say("涨跌", "changes"), headers, lambda: render.change_cells(written, view, plan.names)[1], objects)
    if options["picture"]:
        title = say("词的涨跌：", "Words: ") + plan.head[0]
        with tables.atomic(options["picture"]) as out:
            out.write(render.changes_svg(words, view, title).encode("utf-8", "replace"))
    write_result(result, options, lambda: render.changes_table(words, view, plan.head))
