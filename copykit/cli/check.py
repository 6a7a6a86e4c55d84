"""``copykit check``: what has to change before a text goes out, and what may stand."""

from __future__ import annotations

import itertools
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from copykit import batch, parsing, tables
from copykit.brief import claim_kinds, read_brief
from copykit.cli import common
from copykit.cli.check_out import FILES, FORMATS, write_file, write_lines
from copykit.cli.command import Command, is_same_file, option
from copykit.cli.common import note
from copykit.cli.language import Text, UsageMistake, lang_of, say
from copykit.cli.progress import ProgressLine
from copykit.compliance import KINDS, PACKS, Checker
from copykit.datafiles import DataFiles
from copykit.documents import UNDECODED, Document, Found, NothingInside, Refused, find_files, from_text, read_documents
from copykit.errors import CopykitError, FileMissing, OverInput
from copykit.excuses import named
from copykit.model import Checked, Claim
from copykit.project import CheckSettings, check_settings
from copykit.render import check as render
from copykit.render.check import View
from copykit.review import Known, Over, Reviewer
from copykit.rules.rule import cards, load
from copykit.voices import Voices

NO_FILE = "-"
SENTENCE = "--text"
STYLE = "style"
HOOK = "PRE_COMMIT"  # which pre-commit sets for what it runs; an empty file among those committed stops nobody
SHOWN_ROWS = 20  # rows of a table that are shown as a page each
SHOWN_LINES = 10  # damaged rows or lines that are named

CHECK = Text(
    "发布前查一遍：什么必须改、依据哪一条；什么看着像、其实可以留。\n"
    "\n"
    "copykit check 软文.md --category 化妆品 --has-link\n"
    'copykit check --text "全网最好用的睫毛膏"\n'
    "copykit check 商品.xlsx --column 标题 --column 详情 -o 问题.xlsx\n"
    "copykit check 文案/ --format sarif -o 结果.sarif\n"
    "\n"
    "放过一处要写理由：在上一行或同一行写\n"
    "  <!-- copykit: allow law/absolute/rank 理由 -->   或   〔copykit：允许 law/absolute/rank 理由〕\n"
    "一段：copykit: off 规则 理由 … copykit: on；一个说法：写进 copykit.toml 的 [[check.excuse]]。",
    "Check texts before they go out: what must change, by which article, and what may stand.",
)


@click.command("check", cls=Command, text=CHECK)
@click.argument("paths", metavar="[文件|文件夹|-]...", nargs=-1)
@option("--text", "sentences", multiple=True, metavar="TEXT", zh="直接检查一句话，可以给多句", en="a sentence to check")
@option(
    "--column",
    "columns",
    multiple=True,
    metavar="NAME",
    zh="表格里查哪一列（列名或第几列），可以给多个；默认标题和正文",
    en="a table's column to check, by name or number; repeatable; titles and bodies by default",
)
@option(
    "--input-format",
    type=click.Choice(["txt", "md", "html", "csv", "tsv", "jsonl", "xlsx"]),
    zh="输入是什么格式（默认看文件名和内容）",
    en="format of the input",
)
@option(
    "--category",
    metavar="NAME",
    zh="商品的品类，如 化妆品、食品（copykit data list categories）",
    en="category of the goods (copykit data list categories)",
)
@option("--has-link/--no-link", "has_link", default=None, zh="带不带购买链接", en="whether it leads to a shop")
@option(
    "--commercial/--not-commercial",
    "commercial",
    default=None,
    zh="作者和卖家有没有利益关系（收钱、自卖、拿样品）",
    en="whether its writer gains by the sale",
)
@option("--audience", type=click.Choice(["general", "minors"]), zh="给谁看：一般人、未成年人", en="for whom it is")
@option(
    "--channel",
    type=click.Choice(["public", "group", "private"]),
    zh="发在哪里：公开、群、一对一",
    en="where it goes out: public, a group, one to one",
)
@option(
    "--kind",
    type=click.Choice(["title", "article", "listing", "post"]),
    zh="是标题、文章、商品详情还是帖子（文字规范按这个来）",
    en="what it is, for the rules of style",
)
@option(
    "--voice",
    "voice_name",
    metavar="NAME",
    zh="按哪个平台的口吻看（copykit data list voices）",
    en="the voice it should have (copykit data list voices)",
)
@option(
    "--brief",
    "brief_path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    zh="产品资料（TOML）：品类，和带证据的主张",
    en="a product brief (TOML): category, and claims with evidence",
)
@option(
    "--evidence",
    multiple=True,
    metavar="KIND=TEXT",
    zh="手里的证据：种类=说的话和出处，如 sales=累计售出 30 万支（后台订单）；可以给多个",
    en="evidence at hand: the kind of claim, what is said and its proof; repeatable",
)
@option(
    "--against",
    "corpus",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE|DIR",
    zh="不能照抄的文字（自己发过的、同行的），查有没有重复",
    en="texts that must not be repeated: files or folders",
)
@option(
    "--packs",
    metavar="A,B",
    zh="用哪些规则（默认 law、style 和自己加的）",
    en="packs of rules to use (law, style and your own)",
)
@option("--no-style", is_flag=True, zh="不看文字规范，只看法规", en="leave the rules of style out")
@option(
    "--fail-on",
    type=click.Choice(["error", "warning", "never"]),
    zh="有这种问题时退出码为 1（默认 error）",
    en="exit 1 when there is one of these (error)",
)
@option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="text",
    zh="输出格式；sarif、github 给代码平台用",
    en="output format; sarif and github for code hosts",
)
@common.output_option(
    zh="写到文件：.xlsx .csv .json .jsonl .md .html .sarif", en="write .xlsx .csv .json .jsonl .md .html or .sarif"
)
@common.csv_options
@common.today_option
@common.data_option
@common.lang_option
def check(paths: tuple[str, ...], sentences: tuple[str, ...], form: str, **options: Any) -> int:
    """Check texts and return the exit code."""
    if not paths and not sentences:
        raise UsageMistake(
            "请给出文件、文件夹、-（标准输入），或者用 --text 给一句话",
            "give files, folders or - (stdin), or a sentence with --text",
        )
    if not all(map(str.strip, sentences)):
        raise UsageMistake("--text 后面是空的，没有可查的", "--text is empty: there is nothing to check")
    output: Path | None = options["output"]
    if output is not None and output.suffix.lower() not in FILES:
        raise UsageMistake(
            f"-o 只会写 {' '.join(FILES)}，现在是 {output.name}", f"-o writes {' '.join(FILES)}, not {output.name}"
        )
    run = _prepare(paths, sentences, options)
    results = run.results()
    with batch.few_collections(), closing(run.progress):
        if output is not None:
            write_file(output, results, run.writing, run.tally)
        elif form == "text":
            run.print_pages(results)
        else:
            write_lines(results, form, run.writing)
    return run.finish(output)


@dataclass(slots=True)
class _Run:
    """One run over all inputs: reads, reviews, counts, and says at the end what it has come to."""

    reviewer: Reviewer
    view: View
    writing: Any
    inputs: Iterable[Document | Refused]
    fail_on: str
    many: bool
    over: Over
    in_hook: bool = False
    skipped: int = 0
    progress: ProgressLine = field(default_factory=lambda: ProgressLine("检查", "checked"))
    verdicts: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    empty: int = 0
    garbled: dict[str, _Damage] = field(default_factory=dict)

    def results(self) -> Iterator[Checked]:
        """Yield what is to be said of each text; what could not be read is told at once."""
        for document in self.inputs:
            outcome: Checked | CopykitError
            if isinstance(document, Refused):
                outcome = document.error
            else:
                if document.guessed:
                    self._tell_guess(document)
                if document.garbled:
                    self.garbled.setdefault(document.file, _Damage()).add(document)
                try:
                    outcome = self.reviewer.review(document)
                except CopykitError as error:
                    outcome = error
            self.progress.advance(1)
            if isinstance(outcome, CopykitError):
                if isinstance(outcome, NothingInside) and (self.many or self.in_hook):
                    self.empty += 1
                else:
                    self.refused += 1
                self.progress.close()
                note(_named(outcome, document, self.view))
                continue
            self.verdicts[outcome.verdict] += 1
            yield outcome

    def _tell_guess(self, document: Document) -> None:
        name = self.view.names.get(document.file, document.file)
        note(
            say(
                f"{name}开头是一段设置，当成 Markdown 读了；不是就加 --input-format txt",
                f"{name} begins with settings and was read as Markdown; else give --input-format txt",
            )
        )

    def tally(self) -> str:
        """Return what all texts have come to so far, in a line."""
        return render.tally(self.verdicts, self.refused, self.skipped, self.view)

    def print_pages(self, results: Iterable[Checked]) -> None:
        """Print a page a text; of many texts only those with something to say, of a long table the first."""
        shown = left = 0
        for checked in results:
            quiet = not (checked.findings or checked.exempted or checked.excused)
            if self.many and quiet:
                continue
            if checked.row is not None and shown >= SHOWN_ROWS:
                left += 1
                continue
            if shown:
                click.echo()
            click.echo(render.check_text(checked, self.view))
            shown += 1
        if left:
            click.echo()
            click.echo(
                say(
                    f"还有 {left:,} 行有话要说，用 -o 问题.xlsx 看全部",
                    f"{left:,} more rows have findings; -o findings.xlsx shows all",
                )
            )
        if self.many and self.verdicts:
            if shown:
                click.echo()
            click.echo(self.tally())
        if self.verdicts:
            click.echo()
            disclaimer = say("本工具不提供法律意见。", "Nothing here is legal advice.")
            click.echo(self.view.terminal.paint(disclaimer, "quiet"))

    def finish(self, output: Path | None) -> int:
        """Tell what is left to tell and return the exit code."""
        if output is not None:
            if self.verdicts:
                note(self.tally())
            note(say(f"全部在 {output}。本工具不提供法律意见", f"all in {output}; nothing here is legal advice"))
        if not self.verdicts and not self.refused and not self.empty:
            note(say("没有可以检查的文字，请检查路径", "there is no text to check; look at the path"))
        for file, damage in self.garbled.items():
            name, where = self.view.names.get(file, file), damage.where()
            note(
                say(
                    f"{name} 里有 {damage.places:,} 处读不出来的字节，已换成 �：第 {where} 行",
                    f"{name}: {damage.places:,} places could not be decoded, now �; lines {where}",
                )
            )
        for problem in self.reviewer.complaints(self.over):
            note(problem.say(lang_of()))
        nothing = not self.verdicts and not (self.in_hook and self.empty)
        if self.refused or self.garbled or nothing:
            return common.REJECTED
        failing = {"error": ("error",), "warning": ("error", "warning"), "never": ()}[self.fail_on]
        return common.FAILED if any(self.verdicts[verdict] for verdict in failing) else 0


@dataclass(slots=True)
class _Damage:
    """What could not be decoded of a file: how often, and in which rows or lines."""

    places: int = 0
    rows: list[int] = field(default_factory=list)

    def add(self, document: Document) -> None:
        """Count a damaged text or row."""
        self.places += document.garbled
        if document.row is not None:
            self.rows.append(document.row)
        else:
            lines = enumerate(document.visible.source.split("\n"), 1)
            self.rows += [number for number, line in lines if UNDECODED in line]

    def where(self) -> str:
        """Return the first of the rows, and that there are more."""
        shown = say("、", ", ").join(map(str, self.rows[:SHOWN_LINES]))
        more = len(self.rows) - SHOWN_LINES
        return shown + (say(f" 等 {len(self.rows):,}", f" and {more:,} more") if more > 0 else "")


def _prepare(paths: tuple[str, ...], sentences: tuple[str, ...], options: dict[str, Any]) -> _Run:
    from copykit.cli.check_out import Writing
    from copykit.rulepage import Pages

    lang = lang_of()
    files = common.open_data(options["data_folders"])
    project = check_settings(Path.cwd())
    packs = _packs(files, options, project)
    known = Known(
        options["category"] or "",
        options["has_link"],
        options["commercial"],
        options["audience"] or "",
        options["channel"] or "",
        read_brief(options["brief_path"]) if options["brief_path"] else None,
        tuple(map(_claim, options["evidence"])),
        common.iso_day(options["today"]),
        options["kind"] or "",
        _corpus(files, options["corpus"]) if options["corpus"] else None,
        Voices(files)[options["voice_name"]] if options["voice_name"] else None,
    )
    reviewer = Reviewer(files, Checker(files, packs, lang=lang), packs, known, project, lang)
    _warn_of_broad(files, packs)
    found, missing = _found([Path(path) for path in paths if path != NO_FILE])
    output: Path | None = options["output"]
    if output is not None and any(is_same_file(file, output) for file in found.files):
        raise OverInput(output)
    columns = options["columns"] or tuple(project.told.get("columns", ()))
    wanted = tables.merge_names(files.load("columns")["text"], ("title", "body", "selling_points"))
    names = {NO_FILE: say("标准输入", "stdin"), SENTENCE: say("这句话", "this sentence")}
    view = View(lang, common.terminal(sys.stdout), names)
    inputs = itertools.chain(missing, _inputs(paths, sentences, found.files, columns, wanted, options["input_format"]))
    is_many = (
        len(found.files) + len(missing) + len(sentences) > 1
        or found.folders
        or _has_rows(found.files, options["input_format"])
    )
    over: Over = "folder" if found.folders else "files" if found.files else "texts"
    if over == "folder" and project.folder is not None and any(_is_above(path, project.folder) for path in paths):
        over = "project"
    return _Run(
        reviewer,
        view,
        Writing(view, not options["no_bom"], options["raw"], Pages(files, lang).summary),
        inputs,
        options["fail_on"] or project.told.get("fail_on", "error"),
        is_many,
        over,
        HOOK in os.environ,
        found.skipped,
    )


def _found(paths: Sequence[Path]) -> tuple[Found, list[Refused]]:
    """Return the files of the paths, and those paths that are not there, so that the others can be checked."""
    there: list[Path] = []
    missing: list[Refused] = []
    for path in paths:
        if path.exists():
            there.append(path)
        else:
            missing.append(Refused(path.as_posix(), None, FileMissing(path)))
    return find_files(there), missing


def _inputs(
    paths: tuple[str, ...],
    sentences: tuple[str, ...],
    files: tuple[Path, ...],
    columns: tuple[str, ...],
    wanted: dict[str, list[str]],
    form: str | None,
) -> Iterator[Document | Refused]:
    for sentence in sentences:
        yield from_text(sentence, SENTENCE)
    if NO_FILE in paths:
        yield from read_documents(sys.stdin.buffer, columns, wanted, form)
    for file in files:
        yield from read_documents(file, columns, wanted, form)


def _warn_of_broad(files: DataFiles, packs: Sequence[str]) -> None:
    """Say which of one's own rules to be used will find something in most texts."""
    own = [name for name, card in cards(files).items() if card["own"] and named(name, packs)]
    if own:
        from copykit.rules.vetting import broad  # late: most have no rules of their own

        paths = {entry.id: entry.path for entry in files.entries("rules")}
        for problem in (each for name in own for each in broad(name, files.load("rules")[name], files)):
            note(parsing.in_file(problem, paths[problem.file]).say(lang_of()))


def _packs(files: DataFiles, options: dict[str, Any], project: CheckSettings) -> tuple[str, ...]:
    """Return the packs to use: those asked for, else the law, where there is one the style, and one's own rules.

    A rule of one's own for a dimension of titles (``dimension``) without a severity has no say about other texts.
    """
    known = cards(files)
    there = {name.partition("/")[0] for name in known}
    default = [pack for pack in (*PACKS, STYLE) if pack in there]
    default += [
        name
        for name, card in known.items()
        if card["own"]
        and card["kind"] in KINDS
        and (card["dimension"] is None or "severity" in files.load("rules")[name])
        and name.partition("/")[0] not in default
    ]
    asked = options["packs"].replace("，", ",").split(",") if options["packs"] else project.told.get("packs", default)
    packs = tuple(
        pack.strip() for pack in asked if pack.strip() and not (options["no_style"] and pack.strip() == STYLE)
    )
    for pack in packs:
        if not load(files, (pack,)):
            names = "、".join(sorted(there))
            raise UsageMistake(f"没有“{pack}”这组规则；有 {names}", f"there is no pack '{pack}'; there are {names}")
    if not packs:
        raise UsageMistake("一组规则也没选，用 --packs 选", "no rules are chosen; choose with --packs")
    return packs


def _claim(given: str) -> Claim:
    kind, sign, evidence = given.partition("=")
    if not sign or not kind.strip() or not evidence.strip():
        raise UsageMistake(
            f"--evidence 写成 种类=说的话和出处，如 sales=累计售出 30 万支（后台订单）；现在是“{given}”",
            f"--evidence takes KIND=what is said and its proof, not '{given}'",
        )
    if kind.strip() not in claim_kinds():
        known = claim_kinds()
        raise UsageMistake(
            f"--evidence 没有“{kind.strip()}”这种证据；可以写 {'、'.join(known)}",
            f"--evidence knows no kind '{kind.strip()}'; there are {', '.join(known)}",
        )
    # The rule that asks for proof looks for the same words or figures in what the claim states.
    return Claim(kind.strip(), evidence.strip(), evidence.strip())


def _corpus(files: DataFiles, paths: tuple[Path, ...]) -> Any:
    """Return the index of the texts that must not be repeated."""
    from copykit.text.originality import corpus_index

    wanted = tables.merge_names(files.load("columns")["text"], ("body", "title"))
    texts: list[tuple[str, str]] = []
    for path in find_files(paths).files:
        for document in read_documents(path, (), wanted):
            if isinstance(document, Refused):
                raise document.error
            row = "" if document.row is None else f":{document.row}"
            texts.append((f"{document.file}{row}", document.visible.text))
    return corpus_index(texts)


def _has_rows(files: Iterable[Path], form: str | None) -> bool:
    from copykit.documents import TABLES

    return (form is not None and f".{form}" in TABLES) or any(file.suffix.lower() in TABLES for file in files)


def _is_above(path: str, folder: Path) -> bool:
    given = Path(path).absolute()
    return given == folder or given in folder.parents


def _named(error: CopykitError, document: Document | Refused, view: View) -> str:
    """Return an error's sentence, with the file in front where it does not name it itself."""
    said = error.say(view.lang)
    name = view.names.get(document.file, document.file)
    return said if document.file in said else f"{name}：{said}" if view.lang == "zh" else f"{name}: {said}"
