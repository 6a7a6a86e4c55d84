"""``copykit channels``: the catalog, the plan, and how it is kept."""

from __future__ import annotations

import dataclasses
import datetime
import functools
import re
import shlex
import sys
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from copykit import datafiles, tables
from copykit.brief import read_brief
from copykit.channels.catalog import EFFORTS, KINDS, Catalog, least_hours
from copykit.channels.plan import GOALS, Planner, Request
from copykit.channels.progress import find_task, marked, status_of
from copykit.cli import common
from copykit.cli.command import Group, option
from copykit.cli.common import check_ending, encoded, note, write_json
from copykit.cli.language import Text, UsageMistake, lang_of, say
from copykit.cli.saved_plans import existing_state, kept_tasks, plan_in, state_file
from copykit.model import Brief, Plan
from copykit.render import channels as render
from copykit.render import plan as plans
from copykit.render import progress
from copykit.render.channels import View
from copykit.state import Mark, State
from copykit.tables import Sheet

FILES = (".md", ".xlsx", ".ics", ".json")
MOST_WEEKS = 53
MOST_BUDGET = 1e9
HOURS_A_WEEK = 168

PLAN = Text(
    "按产品资料选渠道、排日子：每条为什么做、不做的为什么不做，钱和时间都不超。\n"
    "\n"
    "copykit channels plan 睫毛膏.toml --budget 3000 --hours 6 --weeks 4\n"
    "copykit channels plan 睫毛膏.toml --budget 3000 --hours 6 --save -o 计划.md -o 计划.ics",
    "Choose and schedule channels for a product: why each one, why not the others, within money and hours.",
)


@click.group(
    cls=Group,
    text=Text("引流：渠道、计划、进度、漏斗、复盘", "Channels: catalog, plan, progress, funnel, review"),
    lazy={
        "funnel": (
            "copykit.cli.funnel",
            "funnel",
            Text("销售额从哪来、变化因为什么、先动哪一手", "where sales come from, what moved them, what to do first"),
        ),
        "review": (
            "copykit.cli.review",
            "review",
            Text("复盘：哪些来源该加、哪些该停，下一个计划从这里开始", "what to feed and what to stop; the next plan"),
        ),
    },
)
@common.lang_option
def channels() -> None:
    """Group of the channel commands."""


@channels.command(
    "list", text=Text("列出渠道：今天还在不在、费多少力、花不花钱", "List channels: do they still live, what they take")
)
@option("--kind", type=click.Choice(KINDS), zh="page 商品页 · natural 自然 · owned 自己的人 · paid 付费", en="kind")
@option(
    "--stage", type=click.Choice(["new", "growing", "mature"]), zh="店的阶段：刚开张、在长、稳定", en="the shop's stage"
)
@option(
    "--shop",
    type=click.Choice(["marketplace", "own_site", "mini_program", "content_shop"]),
    zh="店开在哪：平台店、自己的网站、小程序、内容平台",
    en="where the shop is",
)
@option("--audience", metavar="WORD", zh="想遇见谁（学生党、宝妈…）", en="whom to meet")
@option("--effort", type=click.Choice(EFFORTS), zh="最多费多少力：low 轻 · middle 中 · high 重", en="effort at most")
@option("--hours", type=click.FloatRange(0), metavar="N", zh="每周最多几小时", en="hours a week at most")
@option("--budget", type=click.FloatRange(0), metavar="N", zh="最多花多少元起步", en="yuan to begin with at most")
@option("--format", "form", type=click.Choice(["table", "json"]), default="table", zh="输出格式", en="output format")
@common.data_option
@common.lang_option
def list_channels(form: str, data_folders: tuple[Path, ...], budget: float | None, **filters: Any) -> int:
    """Print the channels that fit all filters."""
    from copykit.channels.forecast import Assumptions

    files = common.open_data(data_folders)
    chosen = Catalog(files, lang_of()).select(
        kind=filters["kind"],
        effort=filters["effort"],
        stage=filters["stage"],
        audience=filters["audience"],
        shop_type=filters["shop"],
        hours=filters["hours"],
    )
    if budget is not None:
        assumptions = Assumptions(files)
        chosen = [channel for channel in chosen if assumptions.least_cost(channel) <= budget]
    if form == "json":
        write_json([render.channel_json(channel) for channel in chosen])
        return 0
    if not chosen:
        note(say("没有符合条件的渠道，放宽一两个条件再看", "no channel fits; loosen a filter"))
        return 0
    click.echo(render.channels_table([(channel, least_hours(channel)) for channel in chosen], _view()))
    note(say("看一条：copykit channels show 小红书", "one of them: copykit channels show 小红书"))
    return 0


@channels.command("show", text=Text("看一条渠道：怎么做、别做什么、规矩", "Show a channel: do, don't, duties"))
@click.argument("name", metavar="渠道")
@option("--format", "form", type=click.Choice(["text", "json"]), default="text", zh="输出格式", en="output format")
@common.data_option
@common.lang_option
def show(name: str, form: str, data_folders: tuple[Path, ...]) -> int:
    """Print one channel as a page."""
    catalog = Catalog(common.open_data(data_folders), lang_of())
    channel = catalog[name]
    if form == "json":
        write_json(render.channel_json(channel))
    else:
        after = [catalog.name_of(identifier) for identifier in channel.successor]
        click.echo(render.channel_page(channel, after, least_hours(channel), _view()))
    return 0


@channels.command("plan", text=PLAN)
@click.argument("brief_path", metavar="资料", type=click.Path(path_type=Path))
@option(
    "--budget", type=click.FloatRange(0, MOST_BUDGET), default=0.0, metavar="元", zh="一共能花多少元", en="yuan in all"
)
@option(
    "--hours",
    type=click.FloatRange(0, HOURS_A_WEEK),
    default=6.0,
    show_default=True,
    metavar="N",
    zh="每周能用几小时",
    en="hours a week",
)
@option(
    "--from",
    "start",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="YYYY-MM-DD",
    zh="从哪天开始（默认明天起的第一个周一）",
    en="the first day (the next Monday)",
)
@option(
    "--weeks", type=click.IntRange(1, MOST_WEEKS), default=4, show_default=True, metavar="N", zh="排几周", en="weeks"
)
@option(
    "--goal",
    metavar="目标",
    default="",
    zh="成交、引流、复购、口碑，或者想要多少单",
    en="成交 引流 复购 口碑, or orders wanted",
)
@option(
    "--results",
    type=click.Path(path_type=Path),
    metavar="FILE",
    zh="自己的结果表：渠道、次数、访客、成交、花费，预计就按它算",
    en="a table of your own results",
)
@option("--name", metavar="NAME", zh="计划叫什么（默认用资料的文件名）", en="the plan's name (the brief's file name)")
@option("--save", is_flag=True, zh="定下来：记进项目，之后看进度；重排时做完的不丢", en="save it, for status and done")
@option("--all", "whole", is_flag=True, zh="显示全部任务", en="show every task")
@option("--format", "form", type=click.Choice(["text", "json", "md"]), zh="屏幕上的格式", en="format on the screen")
@common.output_option(
    zh="写到文件，可以给多个：.md .xlsx .ics（日历，可重复导入）.json",
    en="write .md .xlsx .ics .json; repeatable",
    many=True,
)
@common.today_option
@common.data_option
@common.lang_option
def plan(brief_path: Path, form: str | None, outputs: tuple[Path, ...], **options: Any) -> int:
    """Make a plan, show it, write it, and save it when asked."""
    for path in outputs:
        check_ending(path, FILES)
    goal = _goal(options["goal"])
    today = datetime.date.fromisoformat(common.iso_day(options["today"]))
    start = options["start"].date() if options["start"] else today + datetime.timedelta(days=7 - today.weekday())
    _check_start(start)
    files = common.open_data(options["data_folders"])
    brief = read_brief(brief_path)
    planner = Planner(files, _has_command, lang_of())
    results, refused = _results(files, planner.catalog, options["results"])
    name = options["name"] or brief_path.stem
    request = Request(name, options["budget"], options["hours"], start, options["weeks"], today, goal, str(brief_path))
    kept = kept_tasks(name)
    made = planner.plan(brief, request, results, kept)
    made = dataclasses.replace(made, notes=(*made.notes, *_too_thin(files, brief, made, today)))
    if options["save"]:
        with State(state_file()) as state:
            state.save_plan(name, today.isoformat(), plans.plan_json(made))
            made = marked(made, state.marks(name))
    view = _view()
    for path in outputs:
        write_plan(path, made, view)
    _show(made, form, view, options["whole"])
    _tell(outputs, options["save"], bool(kept))
    return common.REJECTED if refused else 0


@channels.command(
    "status", text=Text("今天该做什么、什么过了没做、节奏断没断", "What is due, late, and whether the cadence held")
)
@option("--plan", "name", metavar="NAME", zh="哪个计划（默认最近存的）", en="which plan (the one saved last)")
@option("--format", "form", type=click.Choice(["text", "json"]), default="text", zh="输出格式", en="output format")
@option(
    "--fail-on",
    type=click.Choice(["late", "broken"]),
    zh="有过了没做的（late）或断了的（broken）时退出码为 1",
    en="exit 1 when …",
)
@common.today_option
@common.lang_option
def status(name: str | None, form: str, fail_on: str | None, today: Any) -> int:
    """Tell where a saved plan stands."""
    day = datetime.date.fromisoformat(common.iso_day(today))
    with State(existing_state()) as state:
        found = plan_in(state, name)
        now = status_of(found, day, state.notes(found.name))
    if form == "json":
        write_json(progress.status_json(now))
    else:
        click.echo(progress.status_text(now, _view()))
    broken = any(cadence.broken and not cadence.streak for cadence in now.cadences)
    failed = (fail_on == "late" and now.late) or (fail_on == "broken" and broken)
    return common.FAILED if failed else 0


@channels.command("done", text=Text("做完了：copykit channels done 编号…", "Mark tasks as done"))
@click.argument("codes", nargs=-1, required=True, metavar="编号...")
@option(
    "--on",
    "on_day",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="YYYY-MM-DD",
    zh="哪天做的（默认今天）",
    en="on which day",
)
@option("--note", "text", default="", metavar="TEXT", zh="顺手记一句", en="a note")
@option("--undo", is_flag=True, zh="点错了，改回没做", en="take the mark away")
@option("--plan", "name", metavar="NAME", zh="哪个计划", en="which plan")
@common.today_option
@common.lang_option
def done(codes: tuple[str, ...], on_day: Any, text: str, undo: bool, name: str | None, today: Any) -> int:
    """Mark tasks as done."""
    day, now = common.iso_day(on_day or today), common.iso_day(today)
    if day > now and not undo:
        raise UsageMistake(f"--on {day} 还没到（今天 {now}）", f"--on {day} is still to come (today is {now})")
    mark = None if undo else Mark("done", day, text)
    return _mark(codes, name, mark, say("改回没做", "open again") if undo else say("做完", "done"))


@channels.command("skip", text=Text("不做了，说一句为什么", "Skip tasks, with the reason"))
@click.argument("codes", nargs=-1, required=True, metavar="编号...")
@option("--why", required=True, metavar="TEXT", zh="为什么不做", en="the reason")
@option("--plan", "name", metavar="NAME", zh="哪个计划", en="which plan")
@common.today_option
@common.lang_option
def skip(codes: tuple[str, ...], why: str, name: str | None, today: Any) -> int:
    """Mark tasks as skipped."""
    if not why.strip():
        raise UsageMistake("--why 要写一句为什么", "--why needs a reason")
    return _mark(codes, name, Mark("skipped", common.iso_day(today), why), say("跳过", "skipped"))


@channels.command("note", text=Text("给一件事记一句", "Note something on a task"))
@click.argument("code", metavar="编号")
@click.argument("text", metavar="文字")
@option("--plan", "name", metavar="NAME", zh="哪个计划", en="which plan")
@common.today_option
@common.lang_option
def add_note(code: str, text: str, name: str | None, today: Any) -> int:
    """Add a note to a task."""
    with State(existing_state()) as state:
        found = plan_in(state, name)
        task = find_task(found, code)
        state.add_note(found.name, task.id, common.iso_day(today), text)
    note(say(f"记下了：{task.code} {task.title}", f"noted: {task.code} {task.title}"))
    return 0


def write_plan(path: Path, made: Plan, view: View) -> None:
    """Write a plan by the file's ending; it appears whole or not at all."""
    match path.suffix.lower():
        case ".xlsx":
            tables.write_xlsx(path, _sheets(made, view))
        case ".ics":
            from copykit.render.ics import plan_ics

            before = path.read_bytes() if path.is_file() else b""
            with tables.atomic(path) as out:
                out.write(plan_ics(made, before, view.lang))
        case ".json":
            with tables.atomic(path) as out:
                out.write(encoded(plans.plan_json(made)))
        case _:
            with tables.atomic(path) as out:
                for line in plans.plan_markdown(made, view):
                    out.write(line.encode("utf-8", "replace") + b"\n")


def _too_thin(files: datafiles.DataFiles, brief: Brief, made: Plan, today: datetime.date) -> Iterable[str]:
    """Yield what a brief lacks for the forms that the tasks of its plan ask for."""
    from copykit.writing.forms import Forms
    from copykit.writing.writer import NameBarred, NotWritable, Options, Writer

    wanted = dict.fromkeys(_WRITES.findall("\n".join(line for task in made.tasks for line in task.commands)))
    if not wanted:
        return
    with closing(Writer(files, lang=lang_of())) as writer:
        try:
            prepared = writer.prepare(brief, today.isoformat())
        except NameBarred as error:
            yield error.say(lang_of())
            return
        forms = {kind: Forms(files, kind) for kind, _ in wanted}
        for kind, name in wanted:
            try:
                writer.write(prepared, forms[kind][name], Options(length="short"))
            except (NotWritable, NameBarred) as error:
                yield error.say(lang_of())


_WRITES = re.compile(r"copykit write (article|post) .*--form (\S+)")


def _sheets(made: Plan, view: View) -> Iterable[Sheet]:
    say_ = view.say
    yield Sheet(say_("计划", "plan"), plans.plan_headers(view), plans.plan_rows(made, view))
    yield Sheet(say_("任务", "tasks"), plans.task_headers(view), plans.task_rows(made, view))
    yield Sheet(say_("发布日历", "posts"), plans.post_headers(view), plans.post_rows(made))
    yield Sheet(say_("不做的", "left out"), [say_("渠道", "channel"), say_("为什么", "why")], plans.refusal_rows(made))
    yield Sheet(say_("说明", "notes"), [say_("哪一项", "what"), say_("内容", "words")], plans.note_rows(made, view))


def _show(made: Plan, form: str | None, view: View, whole: bool) -> None:
    if form == "json":
        write_json(plans.plan_json(made))
    elif form == "md":
        click.echo("\n".join(plans.plan_markdown(made, view)))
    else:
        click.echo(plans.plan_text(made, view, whole))


def _tell(outputs: tuple[Path, ...], saved: bool, again: bool) -> None:
    if outputs:
        note(say(f"写好了：{'、'.join(map(str, outputs))}", f"written: {', '.join(map(str, outputs))}"))
    if saved:
        kept = say("，做完的都留着", ", what was done is kept") if again else ""
        note(say(f"记在 {state_file()}{kept}；看进度：copykit channels status", f"saved in {state_file()}{kept}"))
    else:
        note(
            say(
                "定下来就加 --save，之后用 copykit channels status 看进度",
                "add --save to follow it with channels status",
            )
        )


def _goal(given: str) -> str:
    goal = given.strip()
    if not goal or goal in GOALS:
        return goal
    number = tables.parse_number(goal.removesuffix("单"))
    if number is None or number <= 0:
        raise UsageMistake(
            f"--goal 写 {'、'.join(GOALS)}，或者一个单数，现在是“{goal}”",
            f"--goal is {', '.join(GOALS)} or a number of orders, not '{goal}'",
        )
    return f"{number:g}"


def _check_start(start: datetime.date) -> None:
    # Lunar dates reach from 1900 to 2100; a plan for another century is a slip of the finger.
    if not 2000 <= start.year <= 2098:
        raise UsageMistake(f"--from {start} 不像今天要排的日子", f"--from {start} is out of range")


def _results(files: datafiles.DataFiles, catalog: Catalog, path: Path | None) -> tuple[list[Any], int]:
    if path is None:
        return [], 0
    from copykit.channels.results import ROLES, read_results, split

    wanted = tables.merge_names(files.load("columns")["channels"], ROLES)
    with tables.read_rows(path, wanted=wanted) as table:
        good, bad = split(read_results(table, catalog))
        common.tell_table(table)
    for error in bad:
        note(error.say(lang_of()))
    if bad:
        note(say(f"{len(bad)} 行没用上，其余 {len(good)} 行照算", f"{len(bad)} rows left out, {len(good)} used"))
    elif not good:
        note(say(f"{path} 里一行结果也没有，预计仍按假设", f"{path} holds no results; assumptions are used"))
    return good, len(bad)


def _mark(codes: tuple[str, ...], name: str | None, mark: Mark | None, told: str) -> int:
    with State(existing_state()) as state:
        found = plan_in(state, name)
        tasks = [find_task(found, code) for code in codes]  # all of them before any is marked
        for task in tasks:
            state.mark(found.name, task.id, mark)
    for task in tasks:
        note(f"{told}{say('：', ': ')}{task.code} {task.title}")
    return 0


@functools.cache
def _has_command(line: str) -> bool:
    """Return whether this copykit takes a command line, so that no task names one that would not run."""
    from copykit.cli import cli

    name, *args = shlex.split(line)
    context = click.Context(cli)
    found = cli.get_command(context, name)
    while isinstance(found, click.Group):
        context = click.Context(found, parent=context)
        found = found.get_command(context, args.pop(0)) if args else None
    if found is None:
        return False
    try:
        # Options and their choices are read; nothing is opened, and no file has to be there.
        values, _, _ = found.make_parser(click.Context(found, parent=context)).parse_args(args)
        for param in found.params:
            if isinstance(param.type, click.Choice) and values.get(param.name or "") is not None:
                param.type.convert(values[param.name or ""], param, context)
    except click.UsageError:
        return False
    return True


def _view() -> View:
    return View(lang_of(), common.terminal(sys.stdout))
