"""``copykit data``: list, show, check and locate the rules, word lists, platforms and columns."""

from __future__ import annotations

import functools
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from copykit import datafiles, parsing, tables
from copykit.cli import common
from copykit.cli.command import Group, option
from copykit.cli.common import note
from copykit.cli.language import Text, UsageMistake, lang_of, say
from copykit.datafiles import DataFiles, Entry
from copykit.errors import CopykitError, DataFileError, FileMissing, Problem
from copykit.render.terminal import columns, wrapped
from copykit.text.normalize import fold_text

if TYPE_CHECKING:  # what a command that only lists files need not load
    from copykit.compliance import Checker
    from copykit.laws import Laws
    from copykit.rules.check import ContextMaker
    from copykit.rules.reading import Context
    from copykit.text.segment import Segmenter

CHECK = Text(
    "检查数据文件：键写对没有、规则自带的例句过不过、有没有过期。不给文件就检查全部。\n"
    "\n"
    "copykit data check 我的规则/rules/novelty/反着来.toml",
    "Check data files: keys, the sentences that rules carry, dates. Without files, all of them.",
)


@click.group(
    cls=Group, text=Text("数据文件：规则、词表、平台、列名", "Data files: rules, word lists, platforms, columns")
)
@common.lang_option
def data() -> None:
    """Group of the data commands."""


@data.command("list", text=Text("列出数据文件（可以只列一种）", "List data files, of one kind if you like"))
@click.argument("kind", required=False, metavar="[种类]")
@option("--format", "form", type=click.Choice(["table", "json"]), default="table", zh="输出格式", en="output format")
@common.data_option
@common.lang_option
def list_files(kind: str | None, form: str, data_folders: tuple[Path, ...]) -> None:
    """Print the files in force with the layer that each comes from."""
    files = common.open_data(data_folders)
    kinds = files.kinds()
    if kind is not None and kind not in kinds:
        raise UsageMistake(
            f"没有“{kind}”这种数据；有 {'、'.join(kinds)}", f"no such kind '{kind}'; there are {', '.join(kinds)}"
        )
    rows = [(entry, _summary(files, entry)) for name in ([kind] if kind else kinds) for entry in files.entries(name)]
    if form == "json":
        listed = [{"kind": e.kind, "id": e.id, "layer": e.layer, "path": str(e.path), "summary": s} for e, s in rows]
        click.echo(tables.json_bytes(listed, indent=True).decode())
        return
    layers = {"bundled": say("自带", "bundled"), "user": say("用户", "user"), "project": say("项目", "project")}
    head = [say("种类", "kind"), say("名字", "id"), say("来自", "from"), say("说明", "summary")]
    lines = [[e.kind, e.id, layers.get(e.layer, "--data"), summary] for e, summary in rows]
    click.echo("\n".join(common.terminal(sys.stdout).safe(line) for line in columns([head, *lines])))


@data.command("show", text=Text("看一条规则、一个平台或一张词表", "Show a rule, a platform or a word list"))
@click.argument("name", metavar="名字")
@common.data_option
@common.lang_option
def show(name: str, data_folders: tuple[Path, ...]) -> None:
    """Print one file as a page."""
    files = common.open_data(data_folders)
    entry = _find(files, name)
    screen = common.terminal(sys.stdout)
    lines = [f"{entry.kind}/{entry.id}", str(entry.path), ""]
    if entry.kind == "rules":
        from copykit.render.rules import rule_page
        from copykit.rulepage import Pages

        lang = lang_of()
        lines += rule_page(Pages(files, lang).page(entry.id), screen, lang)
    elif entry.path.suffix == ".toml":
        lines += _page(files.load(entry.kind)[entry.id], screen.width)
    elif entry.path.suffix in (".txt", ".j2"):
        text, problem = parsing.read_text(entry.path)
        lines += parsing.lines_of(text) if text is not None else [problem.say(lang_of()) if problem else ""]
    else:
        lines.append(say(f"{entry.path.stat().st_size:,} 字节的数据", f"{entry.path.stat().st_size:,} bytes of data"))
    safe = (line if entry.kind == "rules" else screen.safe(line) for line in lines)
    click.echo("\n".join(safe))


@data.command("check", text=CHECK)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[文件]...")
@common.today_option
@common.data_option
@common.lang_option
def check(paths: tuple[Path, ...], today: Any, data_folders: tuple[Path, ...]) -> int:
    """Check files, say what is wrong, and return 2 when something is."""
    from copykit.batch import few_collections

    named = [entry for path in paths for entry in _entries_at(path)]
    # A rule may name the word lists that lie beside it.
    beside = {folder.parent: None for entry in named if (folder := _kind_of(entry.path)) is not None}
    bundled = {root.resolve() for layer in datafiles.bundled().layers for root in layer.roots}
    files = common.open_data([*data_folders, *(folder for folder in beside if folder.resolve() not in bundled)])
    entries = named or [entry for kind in files.kinds() for entry in files.entries(kind)]
    # What keeps a kind from being loaded is met again by every rule and exemption that needs it. Trying a rule or a
    # form leaves its engine behind, which is garbage that refers to itself.
    with few_collections():
        found, files = _found_in(files, entries)
    checked = {parsing.shown_path(entry.path) for entry in entries}
    problems = sorted(found, key=lambda problem: problem.file not in checked)
    lang = lang_of()
    for problem in problems:
        note(problem.say(lang))
    warned = [problem for entry in entries for problem in _warnings(files, entry)]
    for problem in warned:
        note(problem.say(lang))
    expired = [line for entry in entries for line in _expired(entry, common.iso_day(today))]
    for line in expired:
        note(line)
    if problems:
        others = sum(problem.file not in checked for problem in problems)
        more = say(f"，其中 {others} 处在旁边的文件里", f", {others} of them in files beside") if others else ""
        note(
            say(
                f"检查了 {len(entries)} 个文件，{len(problems)} 处要改{more}",
                f"{len(entries)} files checked, {len(problems)} faults{more}",
            )
        )
        return common.REJECTED
    more = say(f"，{len(expired)} 个该重新核对", f", {len(expired)} to be verified again") if expired else ""
    click.echo(say(f"检查了 {len(entries)} 个文件，都能用{more}", f"{len(entries)} files checked, all fine{more}"))
    return 0


@data.command("path", text=Text("数据文件放在哪里，自己的该放哪里", "Where data files are and where yours go"))
@common.data_option
@common.lang_option
def path(data_folders: tuple[Path, ...]) -> None:
    """Print the folders of every layer, the nearest last."""
    import platformdirs

    files = common.open_data(data_folders)
    for layer in files.layers:
        for root in layer.roots:
            if root.is_dir():
                click.echo(f"{layer.name}\t{root}")
    own = platformdirs.user_config_dir("copykit", appauthor=False)
    note(
        say(
            f"自己的规则放 {own}/rules/，词表放 {own}/lexicons/；只给一个项目用，就放在 copykit.toml 旁边",
            f"your own rules go into {own}/rules/, word lists into {own}/lexicons/; one project's beside copykit.toml",
        )
    )


def _summary(files: DataFiles, entry: Entry) -> str:
    if entry.path.suffix in (".toml", ".j2"):
        value = files.load(entry.kind)[entry.id]
        told = (value.get(key) for key in ("message", "name", "note", "tone", "source"))
        return next((text for text in told if isinstance(text, str)), "")  # [message] may be a table of prices
    if entry.path.suffix == ".txt":
        with entry.path.open(encoding="utf-8-sig", errors="replace") as lines:
            first = next(lines, "")
        return first.lstrip("# ").strip() if first.startswith("#") else ""
    return ""


def _find(files: DataFiles, name: str) -> Entry:
    entries = [entry for kind in files.kinds() for entry in files.entries(kind)]
    named = [entry for entry in entries if name in (entry.id, f"{entry.kind}/{entry.id}")]
    if len(named) > 1:
        full = [f"{entry.kind}/{entry.id}" for entry in named]
        raise UsageMistake(
            f"叫“{name}”的有 {len(full)} 个，写全名：{'、'.join(full)}",
            f"'{name}' is the name of {len(full)}; give the full one: {', '.join(full)}",
        )
    if named:
        return named[0]
    called: dict[str, Entry] = {}
    for entry in (entry for kind in ("platforms", "categories", "channels") for entry in files.entries(kind)):
        value = files.load(entry.kind)[entry.id]
        for alias in value.get("aliases", ()):
            called.setdefault(alias.casefold(), entry)
        called[value["name"].casefold()] = entry
    if (seen := called.get(name.casefold())) is not None:
        return seen
    import difflib

    near = difflib.get_close_matches(name, [entry.id for entry in entries], 3, 0.4)
    hint = say(f"；相近的有 {'、'.join(near)}", f"; near: {', '.join(near)}") if near else ""
    raise UsageMistake(
        f"没有叫“{name}”的数据{hint}（全部：copykit data list）", f"there is no '{name}'{hint} (all: copykit data list)"
    )


def _page(value: dict[str, Any], width: int) -> Iterator[str]:
    for key, part in value.items():
        if isinstance(part, dict):
            yield f"[{key}]"
            yield from ("  " + line for line in _page(part, width - 2))
        elif isinstance(part, list):
            yield f"{key}:"
            for item in part:
                first, *rest = wrapped(f"  · {_told(item)}", width)
                yield from (first, *("    " + line for line in rest))
        else:
            first, *rest = wrapped(f"{key}: {_told(part)}", width)
            yield first
            yield from ("  " + line for line in rest)


def _told(value: Any) -> str:
    """Return a value on one line, as people write it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "  ".join(f"{key} {_told(part)}" for key, part in value.items())
    if isinstance(value, list):
        return say("、", ", ").join(map(_told, value))
    return str(value)


def _entries_at(path: Path) -> list[Entry]:
    """Return a named file, or all data files of a named folder; raise when there is nothing to check."""
    if path.is_dir():
        # What lies in no kind's folder (briefs, notes, hidden files) is none of ours.
        inside = [_entry_of(found) for found in sorted(path.rglob("*")) if _is_data(found, path) and _kind_of(found)]
        if not inside:
            raise UsageMistake(f"文件夹 {path} 里没有数据文件", f"there is no data file in {path}")
        return inside
    if not path.exists():
        raise FileMissing(path)
    if path.suffix not in datafiles.SUFFIXES:
        ends = "、".join(datafiles.SUFFIXES)
        raise UsageMistake(f"{path} 不是数据文件；能检查的有 {ends}", f"{path} is no data file; these are: {ends}")
    return [_entry_of(path)]


def _is_data(path: Path, folder: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
    return path.suffix in datafiles.SUFFIXES and not hidden and path.is_file()


def _entry_of(path: Path) -> Entry:
    """Return a named file as an entry; outside of any kind's folder it is taken for a rule or a word list."""
    folder = _kind_of(path)
    if folder is None:
        likely = parsing.likely_kind(parsing.raw(path)) if path.suffix == ".toml" else None
        if likely == "brief":
            raise UsageMistake(
                f"{path} 像是产品资料，用 copykit brief check 检查",
                f"{path} looks like a product brief; copykit brief check looks at those",
            )
        if likely not in (None, "rules"):
            raise UsageMistake(
                f"{path} 不在哪一类数据的文件夹里，看它的键像 {likely}：放进 {likely}/ 再检查",
                f"{path} lies in no kind's folder; by its keys it is one of {likely}: put it into {likely}/",
            )
        return Entry("lexicons" if path.suffix == ".txt" else "rules", path.stem, "option", path)
    name = path.absolute().relative_to(folder).with_suffix("").as_posix()
    ours = {entry.path.resolve() for entry in datafiles.bundled().entries(folder.name)}
    return Entry(folder.name, name, "bundled" if path.resolve() in ours else "option", path)


def _kind_of(path: Path) -> Path | None:
    """Return the nearest folder above a file that is named as a kind is."""
    return next((folder for folder in path.absolute().parents[:5] if folder.name in _kinds()), None)


@functools.cache
def _kinds() -> frozenset[str]:
    return frozenset(datafiles.bundled().kinds())


def _found_in(files: DataFiles, entries: Iterable[Entry]) -> tuple[list[Problem], DataFiles]:
    """Return what is wrong with some files, and the data files without those that keep others from being looked at."""
    found: dict[Problem, None] = {}
    kinds = files.kinds()
    for entry in entries:
        for _ in kinds:  # each time a file of a kind may turn out to be faulty
            try:
                found.update(dict.fromkeys(_problems(files, entry)))
                break
            except DataFileError as error:
                found.update(dict.fromkeys(error.problems))
                faulty = {problem.file for problem in error.problems} - files.left_out
                if not faulty or parsing.shown_path(entry.path) in faulty or _names_any(entry, faulty):
                    break
                files = files.without(faulty)
    return list(found), files


def _names_any(entry: Entry, faulty: Iterable[str]) -> bool:
    """Return whether a file names one of some others, without which it would seem to name nothing."""
    text, _ = parsing.read_text(entry.path)
    return any(f"{sign}{Path(file).stem}{sign}" in (text or "") for file in faulty for sign in "\"'")


def _problems(files: DataFiles, entry: Entry) -> list[Problem]:
    """Return what is wrong with a file.

    Raises:
        DataFileError: another one that it needs cannot be used.
    """
    from copykit.lexicon import check_file

    if entry.path.suffix not in datafiles.PARSED:
        return []
    value, problems = parsing.parse_file(entry.path, entry.kind)
    if problems or value is None:
        return [*problems, *(_misnamed(files, entry) if entry.kind == "rules" else ())]
    if entry.kind == "lexicons":
        return check_file(entry.path)
    own = entry.layer == "bundled"
    found: list[Problem] = []
    if entry.kind == "rules":
        found = _rule_problems(files, entry, value, own)
    elif entry.path.suffix == ".j2" and "plans" in value:
        from copykit.writing.trial import check_template

        found = check_template(files, entry.kind, entry.id, strict=own and entry.kind == "article")
    elif entry.kind in _BY_NAME:
        found = [*_clashing(files, entry), *_of_no_profile(files, entry, value)]
    elif entry.kind == "voices":
        from copykit.voices import calls_of, check_voice

        found = check_voice(entry.id, value, calls_of(files))
    elif entry.kind == "exemptions":
        from copykit.compliance import check_exemption
        from copykit.rules.pattern_faults import badly_written, hanging
        from copykit.rules.vetting import CASES, names_nothing

        found = [Problem(entry.id, 0, *fault) for fault in (*badly_written(value), *hanging(value))]
        try:
            if not found:
                checker, context = _checker(files), _case_context(files)(value["cases"].get("given", {}))
                found = check_exemption(entry.id, value, checker, context, CASES if own else 1)
                found += [Problem(entry.id, 0, *fault) for fault in names_nothing(value, files)]
        except DataFileError:
            raise
        except CopykitError as error:
            found = [Problem(entry.id, 0, "", error.say("zh"), error.say("en"))]
    if entry.kind != "rules" or own:  # a rule of one's own has been looked over for that, as before it is used
        found += [Problem(entry.id, 0, *fault) for fault in _laws(files).untrue(value)]
    return [parsing.in_file(problem, entry.path) for problem in found]


def _clashing(files: DataFiles, entry: Entry) -> list[Problem]:
    """Return the names of a file to which another one answers too."""
    try:
        files.by_name(entry.kind, _BY_NAME[entry.kind])
    except DataFileError as error:
        shown = parsing.shown_path(entry.path.absolute())
        return [problem for problem in error.problems if problem.file in (shown, parsing.shown_path(entry.path))]
    return []


def _of_no_profile(files: DataFiles, entry: Entry, value: Mapping[str, Any]) -> list[Problem]:
    """Return that a platform is judged by a profile that there is not; no title of its could be scored."""
    from copykit.rules.vetting import unheard_of

    faults = unheard_of("profile", value.get("profile"), files.load("profiles").keys(), "种打分方法", "profile")
    return [Problem(entry.id, 0, *fault) for fault in faults]


# The kinds that are asked for by name, and how their names are folded.
_BY_NAME: dict[str, Callable[[str], str]] = {"categories": fold_text, "platforms": str.casefold}


def _warnings(files: DataFiles, entry: Entry) -> list[Problem]:
    """Return what a user's own rule or exemption may be used in spite of."""
    own = entry.kind in ("rules", "exemptions") and entry.layer != "bundled"
    if not own or entry.path.suffix not in datafiles.PARSED:
        return []
    from copykit.rules.vetting import broad, few_cases

    value, _ = parsing.parse_file(entry.path, entry.kind)
    if value is None:
        return []
    try:
        found = [*(broad(entry.id, value, files) if entry.kind == "rules" else ()), *few_cases(entry.id, value)]
    except DataFileError:  # a faulty word list, told with what is wrong
        return []
    return [parsing.in_file(problem, entry.path) for problem in found]


def _misnamed(files: DataFiles, entry: Entry) -> list[Problem]:
    """Return the names in a rule's file that stand for nothing, so that they are told with what else is wrong."""
    from copykit.rules.vetting import names_nothing

    faults = names_nothing(parsing.raw(entry.path), files, _rule_kinds())
    return [parsing.in_file(Problem(entry.id, 0, key, zh, en), entry.path) for key, zh, en in faults]


@functools.cache
def _rule_kinds() -> dict[str, Any]:
    from copykit import compliance
    from copykit.titles import score

    return {**compliance.KINDS, **score.KINDS}


def _rule_problems(files: DataFiles, entry: Entry, value: dict[str, Any], own: bool) -> list[Problem]:
    """Return what is wrong with a rule's sentences and sources, and with a user's own rule before it runs."""
    from copykit.rules.check import check_rule, check_source
    from copykit.rules.pattern_faults import badly_written
    from copykit.rules.vetting import CASES, vet

    kinds = _rule_kinds()
    if value["kind"] not in kinds:
        return [*_misnamed(files, entry), *(each for each in vet(entry.id, value, files) if each.key != "dimension")]
    if faults := [Problem(entry.id, 0, *fault) for fault in badly_written(value)]:
        return faults
    found = [] if own else vet(entry.id, value, files)
    found += check_rule(
        entry.id, value, files, _segmenter(), kinds, _case_context(files), CASES if own else 1, trusted=own
    )
    if entry.id.startswith("law/"):
        found += check_source(entry.id, value, _laws(files))
    return found


@functools.cache
def _laws(files: DataFiles) -> Laws:
    from copykit.laws import Laws

    return Laws(files)


@functools.cache
def _segmenter() -> Segmenter:
    from copykit.text.segment import Segmenter

    return Segmenter()


@functools.cache
def _checker(files: DataFiles) -> Checker:
    from copykit.compliance import Checker

    return Checker(files, segmenter=_segmenter())


@functools.cache
def _case_context(files: DataFiles) -> ContextMaker:
    """Return what makes the context of a rule's sentences: what titles are told and what texts are."""
    from copykit import compliance
    from copykit.titles import score

    of_titles, of_texts = score.case_context(files), compliance.case_context(files)

    def context(given: Mapping[str, Any]) -> Context:
        title = of_titles(given)
        return replace(of_texts(given), platform=title.platform, used=title.used)

    return context


def _expired(entry: Entry, today: str) -> Iterator[str]:
    """Yield a warning for a file whose facts were due to be verified before ``today``."""
    if entry.path.suffix == ".toml":
        value, _ = parsing.parse_file(entry.path, entry.kind)
        until = str(value.get("expires", "")) if value else ""
    elif entry.path.suffix == ".txt":
        told = re.search(r"^#.*\bexpires\s*[=:]\s*([\d-]+)", entry.path.read_text("utf-8-sig", "replace"), re.MULTILINE)
        until = told[1] if told else ""
    else:
        until = ""
    if until and until < today:
        yield say(f"{entry.path}：{until} 起该重新核对", f"{entry.path}: to be verified again since {until}")
