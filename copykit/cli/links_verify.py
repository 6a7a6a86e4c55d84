"""``copykit links verify``: what to look for, the run, and what is told of it."""

from __future__ import annotations

import contextlib
import datetime
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from copykit import tables
from copykit.brief import read_brief
from copykit.channels.links import (
    OWN_FAULTS,
    Remembered,
    Verifier,
    nobody_reached,
    own_words,
    placed_from,
    placed_in,
    placed_of,
)
from copykit.cli import common, web
from copykit.cli import saved_plans as plans
from copykit.cli.common import check_ending, encoded, note, write_json
from copykit.cli.language import UsageMistake, lang_of, say
from copykit.cli.progress import ProgressLine
from copykit.corpus.pages import part_names
from copykit.datafiles import DataFiles
from copykit.errors import CopykitError
from copykit.model import LinkCheck, PlacedLink
from copykit.render import links as render
from copykit.render.links import LinkView
from copykit.state import State

FILES = (".csv", ".xlsx", ".json", ".jsonl", ".md")
TABLES = (".csv", ".tsv", ".tab", ".xlsx", ".xls", ".jsonl", ".ndjson", ".txt")
ORDER = ("lost", "changed", "nofollow", "unreachable")
KEPT_AT_ONCE = 50
MOST_LINKS = 100_000
BROKE = 3


def run(sources: Sequence[str], options: Mapping[str, Any]) -> int:
    """Verify, show and write; return the exit code."""
    for path in options["outputs"]:
        check_ending(path, FILES)
    files = common.open_data(options["data_folders"])
    links, words = _ours(files, options)
    errors: list[CopykitError] = []
    with plans.open_state() as state:
        before = {key: Remembered(at, body) for key, (at, body) in state.links().items()}
        placed = _placed(sources, links, options, files, before, state, errors)
        if not placed:
            for error in errors[:5]:
                note(error.say(lang_of()))
            raise UsageMistake(*_NOTHING)
        checks = _verify(placed, Verifier(files, words), before, state, options)
    view = LinkView(lang_of(), common.terminal(sys.stdout), part_names(lang_of()))
    for path in options["outputs"]:
        _write(path, checks, view)
    _show(checks, view, options)
    for error in errors[:5]:
        note(error.say(lang_of()))
    if len(errors) > 5:
        note(say(f"还有 {len(errors) - 5:,} 行同样没用上", f"and {len(errors) - 5:,} more rows"))
    if options["outputs"]:
        note(
            say(
                f"写好了：{'、'.join(map(str, options['outputs']))}",
                f"written: {', '.join(map(str, options['outputs']))}",
            )
        )
    return _exit_code(checks, errors, options["fail_on"])


_NOTHING = (
    "没有要查的：给一张有“对方页面”一列的表，或者存过的计划（做完的任务备注里写网址）",
    "nothing to check: give a table with a column of pages, or a saved plan whose done tasks have addresses in notes",
)


def _ours(files: DataFiles, options: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Return our links and our words, by the options and the brief."""
    links = list(options["links_given"])
    if options["brief_path"] is None:
        return links, []
    from copykit.text.segment import Segmenter

    brief = read_brief(options["brief_path"])
    if not links:
        links = [brief.shop.site or brief.shop.page] if brief.shop.site or brief.shop.page else []
    barred = files.load("stopwords")["zh"]
    return links, own_words(brief, Segmenter().words, barred)


def _placed(
    sources: Sequence[str],
    links: Sequence[str],
    options: Mapping[str, Any],
    files: DataFiles,
    before: Mapping[tuple[str, str], Remembered],
    state: State,
    errors: list[CopykitError],
) -> list[PlacedLink]:
    """Return what to look for, each pair of page and link once."""
    found: dict[tuple[str, str], PlacedLink] = {}
    if not sources:
        found = {key: placed_from(old.body["placed"]) for key, old in before.items()}
    for source in sources:
        if source == "-" or os.path.isfile(source) or source.lower().endswith(TABLES):
            rows: Iterator[PlacedLink] = _rows(source, links, options, files, errors)
        else:
            rows = iter(_noted(source, links, state))
        for each in rows:
            found.setdefault((each.page, each.link), each)
            if len(found) > MOST_LINKS:
                raise UsageMistake(
                    f"一次最多查 {MOST_LINKS:,} 条，分几张表来", f"at most {MOST_LINKS:,} links at a time"
                )
    return list(found.values())


def _rows(
    source: str, links: Sequence[str], options: Mapping[str, Any], files: DataFiles, errors: list[CopykitError]
) -> Iterator[PlacedLink]:
    if source.lower().endswith(".json"):
        yield from placed_of(plans.plan_of(source), {}, links)
        return
    wanted = tables.merge_names(files.load("columns")["links"])
    given: Any = sys.stdin.buffer if source == "-" else source
    # A list of addresses is no table, whatever commas stand in them.
    form = options["input_format"] or ("txt" if source.lower().endswith(".txt") else None)
    with tables.read_rows(given, wanted=wanted, format=form, name=source) as table:
        yield from placed_in(table, links, errors.append)


def _noted(name: str, links: Sequence[str], state: State) -> list[PlacedLink]:
    """Return the pages noted in a saved plan."""
    names = state.plan_names()
    if name not in names:
        known = say(f"存过的计划有 {'、'.join(names)}", f"saved plans: {', '.join(names)}") if names else ""
        raise UsageMistake(
            f"没有叫“{name}”的文件或计划；{known or '还没有存过计划'}",
            f"there is no file or plan '{name}'; {known or 'no plan is saved'}",
        )
    return placed_of(plans.saved_plan(name), state.notes(name), links)


def _verify(
    placed: Sequence[PlacedLink],
    verifier: Verifier,
    before: Mapping[tuple[str, str], Remembered],
    state: State,
    options: Mapping[str, Any],
) -> list[LinkCheck]:
    """Check all links, keeping what was found as it comes, so that an interrupted run has not asked in vain."""
    at = datetime.datetime.now().astimezone().isoformat(timespec="seconds")
    if options["today"] is not None:
        at = options["today"].isoformat(timespec="seconds")
    checks: dict[tuple[str, str], LinkCheck] = {}
    kept: dict[tuple[str, str], tuple[str, dict[str, Any]]] = {}
    reached = False

    def keep() -> None:
        if reached and kept and not options["no_save"]:
            state.keep_links(kept)
            kept.clear()

    progress = ProgressLine("查", "checked")
    with web.open_fetcher(options["contact"], options["pause"]) as fetcher, contextlib.ExitStack() as stack:
        stack.callback(progress.close)
        stack.callback(keep)
        for check, memory in verifier.verify(placed, fetcher, before, at):
            key = check.placed.page, check.placed.link
            checks[key] = check
            kept[key] = memory
            reached = reached or check.outcome not in OWN_FAULTS
            if len(kept) >= KEPT_AT_ONCE:
                keep()
            progress.advance(1)
    return [checks[each.page, each.link] for each in placed]


def _show(checks: Sequence[LinkCheck], view: LinkView, options: Mapping[str, Any]) -> None:
    match options["form"]:
        case "json":
            write_json([render.link_json(check) for check in checks])
        case "jsonl":
            sys.stdout.flush()
            sys.stdout.buffer.write(b"".join(tables.json_bytes(render.link_json(check)) + b"\n" for check in checks))
        case "csv":
            tables.write_csv(sys.stdout, render.link_headers(view), render.link_rows(checks, view))
        case "md":
            click.echo("\n".join(render.links_markdown(checks, view)))
        case _:
            click.echo(render.links_text(checks, view, options["whole"]))


def _write(path: Path, checks: Sequence[LinkCheck], view: LinkView) -> None:
    match path.suffix.lower():
        case ".csv":
            tables.write_csv(path, render.link_headers(view), render.link_rows(checks, view))
        case ".xlsx":
            sheet = tables.Sheet(say("链接", "links"), render.link_headers(view), render.link_rows(checks, view))
            tables.write_xlsx(path, [sheet])
        case ".jsonl":
            tables.write_jsonl(path, (render.link_json(check) for check in checks))
        case ".json":
            with tables.atomic(path) as out:
                out.write(encoded([render.link_json(check) for check in checks]))
        case _:
            with tables.atomic(path) as out:
                for line in render.links_markdown(checks, view):
                    out.write(line.encode("utf-8", "replace") + b"\n")


def _exit_code(checks: Sequence[LinkCheck], errors: Sequence[CopykitError], fail_on: str) -> int:
    states = {check.state for check in checks}
    if nobody_reached(checks):
        note(
            say(
                "一页也没打开，先看看自己的网络；这次不算，没有记下来", "no page was reached; check your own connection"
            )
        )
        return BROKE
    if errors:
        return common.REJECTED
    bad = set(ORDER[: ORDER.index(fail_on) + 1]) if fail_on in ORDER else set()
    return common.FAILED if states & bad else 0
