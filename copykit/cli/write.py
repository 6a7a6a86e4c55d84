"""``copykit write``: texts from briefs, every claim traceable to its evidence."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, TypeVar

import click

from copykit import batch, tables
from copykit.brief import read_brief
from copykit.brief.origin import ProductRows
from copykit.brief.reading import BRIEFS, brief_from
from copykit.cli import common
from copykit.cli.command import Group, option
from copykit.cli.common import note
from copykit.cli.language import Text, UsageMistake, lang_of, say
from copykit.cli.progress import ProgressLine
from copykit.datafiles import DataFiles
from copykit.errors import CopykitError
from copykit.model import Brief, Draft
from copykit.parsing import shown_path
from copykit.platforms import Platforms
from copykit.render import drafts as render
from copykit.voices import Voices
from copykit.writing.forms import LENGTHS, Form
from copykit.writing.variants import variants
from copykit.writing.writer import Options, Writer

FILES = (".md", ".html", ".txt", ".json", ".jsonl", ".xlsx", ".csv")
F = TypeVar("F", bound=Callable[..., Any])
TOLD = 20  # briefs that failed are named, up to so many

ARTICLE = Text(
    "用产品资料写文章：清单盘点、测评对比、达人体验、故事、问答、教程、卖货三步、热点、通稿、案例、详情页分屏。\n"
    "\n"
    "copykit write article 护手霜.toml --form 卖货三步 -o 护手霜.md\n"
    "copykit write article 护手霜.toml --form 问答 --variants 3 --seed 7\n"
    "copykit write article 资料/ --form 清单盘点 -o 文章/        （一个文件夹的资料）\n"
    "copykit write article 商品.xlsx --form 详情页 -o 详情.xlsx  （一张商品表）\n"
    "\n"
    "有几件事实写多长，资料里没有的不写；拿不出证据的主张不写，并告诉你为什么。",
    "Write articles from briefs: lists, tests, stories, how-tos and more; nothing that a brief cannot prove.",
)


POST = Text(
    "用产品资料写帖子和脚本：小红书笔记、公众号、朋友圈日历、群通知、加好友的头几句、短信、口播拍摄表、直播话术、三天活动。\n"
    "\n"
    "copykit write post 护手霜.toml --form 小红书\n"
    "copykit write post 护手霜.toml --form 口播 -o 口播.xlsx     （一行一个镜头）\n"
    "copykit write post 护手霜.toml --form 三天活动 -o 活动.xlsx",
    "Write posts and scripts from briefs: notes, moments, group notices, text messages, shooting tables, campaigns.",
)
REPLY = Text(
    "用产品资料写回复：按原因回评价（质量、尺码、物流、服务、好评），客服快捷语从进店到投诉。\n"
    "\n"
    "copykit write reply 护手霜.toml --form 质量\n"
    "copykit write reply 护手霜.toml --form 客服快捷语 -o 快捷短语.xlsx",
    "Write replies from briefs: to reviews by cause, and quick phrases for customer service.",
)


@click.group(
    cls=Group,
    text=Text(
        "写文案：文章、帖子、回复（每句话都指得出依据）",
        "Write copy: articles, posts, replies; every claim with its evidence",
    ),
)
@common.lang_option
def write() -> None:
    """Group of the writing commands."""


def writing_options(command: F) -> F:
    """Add the arguments and options that all kinds of texts share."""
    decorators = (
        click.argument("paths", metavar="[资料|文件夹|表格]...", nargs=-1, type=click.Path(path_type=Path)),
        option(
            "--form", "form_name", metavar="NAME", zh="写成哪一种（--list 看全部）", en="the form (--list shows all)"
        ),
        option("--list", "listing", is_flag=True, zh="列出能写的种类", en="list the forms"),
        option(
            "--length",
            type=click.Choice(["auto", *LENGTHS]),
            default="auto",
            zh="篇幅：auto 看事实多少 · short 短 · middle 中 · long 长",
            en="auto goes by the facts at hand",
        ),
        option(
            "-p", "--platform", metavar="NAME", zh="标题按哪个平台的字数", en="the platform whose title limit holds"
        ),
        option(
            "--variants",
            "count",
            type=click.IntRange(1, 50),
            default=1,
            metavar="N",
            zh="写几个不同的版本",
            en="variants",
        ),
        option(
            "--seed", default="0", metavar="S", zh="种子：同一个种子每次写得一模一样", en="the same seed, the same text"
        ),
        option(
            "--trace", "traced", is_flag=True, zh="每句话注明依据资料里的哪几项", en="show what every sentence rests on"
        ),
        option(
            "--format",
            "form",
            type=click.Choice(["md", "html", "text", "json", "jsonl"]),
            default="md",
            zh="屏幕上的格式",
            en="format on the screen",
        ),
        common.output_option(
            metavar="FILE|DIR",
            zh="写到文件（.md .html .txt .json .jsonl .xlsx）或文件夹",
            en="write to a file or a folder",
        ),
        option(
            "--voice",
            "voice_name",
            metavar="NAME",
            zh="用哪个平台的口吻（copykit data list voices；默认看写法和资料里的平台）",
            en="whose voice (copykit data list voices); by default the form's, then the platform of the brief",
        ),
        option("--force", is_flag=True, zh="文件夹里同名的文件也覆盖", en="write over files of a folder"),
        common.today_option,
        common.data_option,
        common.lang_option,
    )
    for decorator in reversed(decorators):
        command = decorator(command)
    return command


@write.command("article", text=ARTICLE)
@writing_options
def article(paths: tuple[Path, ...], form: str, count: int, **options: Any) -> int:
    """Write articles and return the exit code."""
    return run("article", paths, form, count, options)


@write.command("post", text=POST)
@writing_options
def post(paths: tuple[Path, ...], form: str, count: int, **options: Any) -> int:
    """Write posts and scripts and return the exit code."""
    return run("post", paths, form, count, options)


@write.command("reply", text=REPLY)
@writing_options
def reply(paths: tuple[Path, ...], form: str, count: int, **options: Any) -> int:
    """Write replies and return the exit code."""
    return run("reply", paths, form, count, options)


def run(kind: str, paths: tuple[Path, ...], form: str, count: int, options: dict[str, Any]) -> int:
    """Write texts of a kind; what ``write post`` and ``write reply`` share with ``write article``."""
    files = common.open_data(options["data_folders"])
    writer = Writer(files, kind, lang_of())
    if options["listing"]:
        click.echo("\n".join(_listed(writer)))
        return 0
    if not paths:
        raise UsageMistake("请给出资料、文件夹或表格", "give a brief, a folder or a table")
    if not options["form_name"]:
        names = "、".join(each.name for each in writer.forms)
        raise UsageMistake(f"用 --form 说写成哪一种：{names}", f"choose a form with --form: {names}")
    wanted = writer.forms[options["form_name"]]
    output: Path | None = options["output"]
    into_folder = output is not None and not output.suffix
    if output is not None and not into_folder and output.suffix.lower() not in FILES:
        raise UsageMistake(f"-o 只会写 {' '.join(FILES)} 或文件夹", f"-o writes {' '.join(FILES)} or a folder")
    asked = Options(
        options["seed"],
        options["length"],
        Platforms(files)[options["platform"]] if options["platform"] else None,
        Voices(files)[options["voice_name"]] if options["voice_name"] else None,
    )
    job = _Job(writer, wanted, asked, count, common.iso_day(options["today"]))
    with closing(writer), closing(job.progress):
        if into_folder:
            _check_targets(paths)
        made = job.drafts(_briefs(paths, files))
        if into_folder and output is not None:
            _write_folder(output, made, options["force"], job)
        elif output is not None:
            _write_file(output, made)
        elif form in ("json", "jsonl"):
            _print_json(made, form)
        else:
            _print(made, form, traced=options["traced"])
    return job.finish(output)


class _Job:
    """Writes briefs one after another; a bad one never stops the others."""

    def __init__(self, writer: Writer, form: Form, options: Options, count: int, today: str) -> None:
        self._writer, self._form, self._options = writer, form, options
        self._count, self._today = count, today
        self.progress = ProgressLine("写", "written")
        self.done = self.failed = self.errors = self.held = 0

    def drafts(self, briefs: Iterable[tuple[str, Brief | CopykitError]]) -> Iterator[tuple[str, Draft]]:
        """Yield (name, draft) of each; what cannot be written is told at once."""
        for name, brief in briefs:
            try:
                if isinstance(brief, CopykitError):
                    raise brief
                prepared = self._writer.prepare(brief, self._today)
                made = list(variants(self._writer, prepared, self._form, self._options, self._count))
            except CopykitError as error:
                self._refuse(f"{name}：{error.say(lang_of())}")
                continue
            if len(made) < self._count:
                note(
                    say(
                        f"{name}：只写得出 {len(made)} 个真不一样的版本，资料再厚一点才能更多",
                        f"{name}: only {len(made)} variants differ enough; more facts make more",
                    )
                )
            unsure = self._writer.unsure_of(brief)
            if unsure is not None:
                note(f"{name}：{unsure.say(lang_of())}")
            self.held += len(prepared.ledger.withheld)
            for number, draft in enumerate(made, 1):
                self.done += 1
                self.progress.advance(1)
                self.errors += any(finding.severity == "error" for finding in draft.findings)
                yield f"{name}-{number}" if self._count > 1 else name, draft

    def not_kept(self, message: str) -> None:
        """Tell why a text that was written could not be put where it belongs."""
        self.done -= 1
        self._refuse(message)

    def _refuse(self, message: str) -> None:
        self.failed += 1
        if self.failed <= TOLD:
            self.progress.close()
            note(message)

    def finish(self, output: Path | None) -> int:
        """Tell what has come of it and return the exit code."""
        if output is not None and self.done:
            note(say(f"写好 {self.done} 篇，在 {output}", f"{self.done} written to {output}"))
            if self.held:
                note(
                    say(
                        f"资料里有 {self.held} 句没写进去；是哪几句、缺什么：copykit brief check 资料",
                        f"{self.held} phrases were held back; which, and for want of what: copykit brief check BRIEF",
                    )
                )
        if self._count > 1 and self.done:
            note(
                say(
                    "这几个版本是给你挑、给你试的；同一件货别用一堆号轮着发，平台会判成刷屏",
                    "variants are for choosing and testing, not for flooding many accounts",
                )
            )
        if self.failed > TOLD:
            more = self.failed - TOLD
            note(
                say(
                    f"还有 {more:,} 份资料没写成，原因多半一样",
                    f"{more:,} more were not written, mostly for the same reason",
                )
            )
        if self.failed:
            return common.REJECTED
        return common.FAILED if self.errors else 0


def _listed(writer: Writer) -> Iterator[str]:
    from copykit.render.terminal import columns

    zh = lang_of() == "zh"
    rows = []
    for form in writer.forms:
        about = form.data.get("about" if zh else "about_en", "")
        rows.append([form.name if zh else form.data.get("name_en", form.id), form.id, about])
    yield from columns(rows)


def _briefs(paths: tuple[Path, ...], files: DataFiles) -> Iterator[tuple[str, Brief | CopykitError]]:
    for name, path in _sources(paths):
        if path.suffix.lower() in BRIEFS:
            yield name, _read(path)
        else:
            yield from _rows(name, path, files)


def _sources(paths: tuple[Path, ...]) -> Iterator[tuple[str, Path]]:
    """Yield (name, file) of each brief and table; what lies in a folder is named by its path below it."""
    for path in paths:
        if not path.is_dir():
            yield path.stem, path
            continue
        inside = sorted(each for each in path.rglob("*") if each.suffix.lower() in BRIEFS and each.is_file())
        if not inside:
            raise UsageMistake(f"文件夹 {path} 里没有资料（.toml、.yaml）", f"there is no brief in {path}")
        yield from ((each.relative_to(path).with_suffix("").as_posix(), each) for each in inside)


def _check_targets(paths: tuple[Path, ...]) -> None:
    """Refuse briefs whose texts would be written to one file, before anything is written."""
    found: dict[str, Path] = {}
    for name, path in _sources(paths):
        other = found.setdefault(name.casefold(), path)
        if other is not path:
            raise UsageMistake(
                f"{other} 和 {path} 的文章会写到同一个文件 {name}.md；把其中一份资料改个名字",
                f"{other} and {path} would both be written to {name}.md; rename one of them",
            )


def _read(path: Path) -> Brief | CopykitError:
    try:
        return read_brief(path)
    except CopykitError as error:
        return error


def _rows(stem: str, path: Path, files: DataFiles) -> Iterator[tuple[str, Brief | CopykitError]]:
    from copykit.brief.form import data_of

    rows = ProductRows(files)
    with rows.open(path) as table:
        for row in batch.refuse_empty(rows.goods(table), shown_path(path)):
            name = f"{stem}-{row.number}"
            if row.error is not None:
                yield name, row.error
                continue
            try:
                yield name, brief_from(data_of(rows.found(table, row)[0]), f"{shown_path(path)}:{row.number}")
            except CopykitError as error:
                yield name, error
        common.tell_table(table)


def _print(made: Iterable[tuple[str, Draft]], form: str, *, traced: bool) -> None:
    screen = common.terminal(sys.stdout)
    told: list[str] = []
    for number, (_, draft) in enumerate(made):
        if number:
            click.echo("\n" + "─" * 20 + "\n")
        if traced:
            click.echo(render.trace_page(draft, screen, lang_of()))
        else:
            click.echo(_shown(draft, form), nl=False)
        lines = render.notes(draft, common.terminal(sys.stderr), lang_of())
        if lines != told:  # what variants have in common is told once
            note("\n".join(lines))
        told = lines or told


def _shown(draft: Draft, form: str) -> str:
    match form:
        case "html":
            return render.clean_html(draft)
        case "text" | "txt":
            return render.plain_text(draft)
        case _:
            return draft.text


def _print_json(made: Iterable[tuple[str, Draft]], form: str) -> None:
    lang = lang_of()
    if form == "jsonl":
        for line in render.json_lines((draft for _, draft in made), lang):
            click.echo(line)
        return
    import json

    rows = [render.draft_json(draft, lang) for _, draft in made]
    click.echo(json.dumps(rows, ensure_ascii=False, indent=2))


def _write_folder(folder: Path, made: Iterable[tuple[str, Draft]], force: bool, job: _Job) -> None:
    """Write a file a text; one that is there, or was written just now, costs its own text only."""
    written: set[str] = set()
    for name, draft in made:
        path = folder / f"{name}.md"
        if name.casefold() in written:
            job.not_kept(say(f"{path} 刚写过别的资料的文章，没有再写", f"{path} was written for another brief"))
        elif path.exists() and not force:
            job.not_kept(say(f"{path} 已经有了；要覆盖就加 --force", f"{path} is there; --force writes over it"))
        else:
            written.add(name.casefold())
            path.parent.mkdir(parents=True, exist_ok=True)
            with tables.atomic(path) as out:
                out.write(draft.text.encode())


def _write_file(path: Path, made: Iterable[tuple[str, Draft]]) -> None:
    import json

    lang = lang_of()
    match path.suffix.lower():
        case ".xlsx" | ".csv" as suffix:
            drafts = list(made)
            head, rows = _table(drafts, lang)
            if suffix == ".csv":
                tables.write_csv(path, head, rows)
            else:
                tables.write_xlsx(path, [tables.Sheet(say("文案", "texts"), head, rows)])
        case ".jsonl":
            with tables.atomic(path) as out:
                out.writelines(f"{line}\n".encode() for line in render.json_lines((d for _, d in made), lang))
        case ".json":
            rows_of = [render.draft_json(draft, lang) for _, draft in made]
            with tables.atomic(path) as out:
                out.write(json.dumps(rows_of, ensure_ascii=False, indent=2).encode())
        case suffix:
            parts = [_shown(draft, suffix.removeprefix(".")) for _, draft in made]
            if not parts:
                return
            with tables.atomic(path) as out:
                out.write("\n".join(parts).encode())


def _table(drafts: list[tuple[str, Draft]], lang: str) -> tuple[list[str], list[list[object]]]:
    """Return one row a text; of texts that are tables themselves, their own rows."""
    if drafts and all(draft.columns for _, draft in drafts):
        head = [say("资料", "brief"), *drafts[0][1].columns]
        rows: list[list[object]] = [
            [name, *(part.text for part in block.parts)]
            for name, draft in drafts
            for block in draft.blocks
            if block.kind == "row"
        ]
        return head, rows
    head = [say(*pair) for pair in _COLUMNS]
    return head, [[name, draft.title, draft.text, _held(draft, lang), draft.seed] for name, draft in drafts]


_COLUMNS = (("资料", "brief"), ("标题", "title"), ("正文", "text"), ("没写进去的", "held back"), ("种子", "seed"))


def _held(draft: Draft, lang: str) -> str:
    return "\n".join(f"{each.text}：{each.reason.say(lang)}" for each in draft.withheld)
