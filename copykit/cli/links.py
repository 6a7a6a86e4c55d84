"""``copykit links``: tracked links and codes, QR codes to print, and whether our links are still there."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from copykit import datafiles, tables
from copykit.brief import read_brief
from copykit.channels import tracking
from copykit.channels.catalog import Catalog
from copykit.channels.tracking import KINDS, UTM, Known, SpokenWords, TrackedCode, codes_of, tag_url
from copykit.cli import common
from copykit.cli import saved_plans as plans
from copykit.cli.command import Group, option
from copykit.cli.common import check_ending, encoded, note, write_json
from copykit.cli.language import Text, UsageMistake, lang_of, say
from copykit.cli.web import fetch_options
from copykit.render.channels import CODE_KEYS, View, code_headers, code_rows
from copykit.render.terminal import columns

TAG = Text(
    "给链接和物料打码，好知道人从哪来。一条一条打，或者照计划一次打完。\n"
    "\n"
    'copykit links tag "https://shop.example/goods?id=1" --source 小红书 --campaign 双12\n'
    "copykit links tag --plan 睫毛膏 --link https://shop.example/goods?id=1 -o 码.csv\n"
    "copykit links tag --kind scene --source 包裹卡 --campaign 双12\n"
    "copykit links tag --decode parcel_card.7Hq2…",
    "Give links and printed pieces their codes, one by one or for a whole plan.",
)
QR = Text(
    "做能印的二维码：留白、容错、最小印多大都替你算好，带图注，可以排成 A4。\n"
    "\n"
    'copykit links qr "https://shop.example/goods?utm_source=card" --caption 包裹卡 -o 卡.svg\n'
    "copykit links qr -i 码.csv --sheet -o 码.svg",
    "Make QR codes to print: quiet zone, error level, least size, captions, A4 sheets.",
)
VERIFY = Text(
    "查一查：换的友链、发的帖子、登记的目录还在不在，和上次比变没变。\n"
    "\n"
    "copykit links verify 友链.csv\n"
    "copykit links verify 友链.csv --link https://shop.example/ -o 链接.xlsx\n"
    "copykit links verify 睫毛膏 --brief 睫毛膏.toml   计划里做完、备注写了网址的\n"
    "copykit links verify                             上次查过的再查一遍\n"
    "\n"
    "表里要有一列“对方页面”，可以有“我们的链接、锚文字、位置、rel、站名”。\n"
    "守 robots.txt，一个站一次一页、隔几秒，对方说晚点来就等；内网地址一律不去；\n"
    "一页最多读 5 MB、30 秒、5 次跳转。\n"
    "退出码：1 有没了的 · 2 表里有坏行 · 3 一页也没打开（先看自己的网络）。",
    "Check whether friend links, posts and directory entries are still there, and how they changed since the last "
    "time.\n\nA table needs a column of pages; robots.txt is obeyed, one page of a host at a time; private addresses "
    "are\nnever asked; caps: 5 MB, 30 s, 5 redirects a page. Exit codes: 1 lost, 2 bad rows, 3 no page opened.",
)
LINK_FORMATS = ("table", "json", "jsonl", "csv", "md")
CODE_FILES = (".csv", ".xlsx", ".json", ".jsonl")
MAX_COPIES = 2000


@click.group(cls=Group, text=Text("链接和码：带码、二维码", "Links and codes: tags, QR codes"))
@common.lang_option
def links() -> None:
    """Group of the link commands."""


@links.command("verify", text=VERIFY)
@click.argument("sources", nargs=-1, metavar="[表|计划]...")
@option("--link", "links_given", multiple=True, metavar="URL|域名", zh="表里没写时，该有的我们的链接", en="our link")
@option(
    "--brief",
    "brief_path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    zh="产品资料：取 shop 的网址，也看对方页面和产品有没有关系",
    en="a brief: its shop's address, and what a page should have to do with",
)
@common.input_format_option
@option("--all", "whole", is_flag=True, zh="照旧的也列出来", en="list those that are as they were, too")
@option(
    "--fail-on",
    type=click.Choice(["lost", "changed", "nofollow", "unreachable", "never"]),
    default="lost",
    show_default=True,
    zh="到哪一步算失败（退出码 1）：没了、变了、不算数、没查成",
    en="from which state on the exit code is 1",
)
@option("--no-save", is_flag=True, zh="这次不记下来，也不影响下次比较", en="do not remember this check")
@option("--format", "form", type=click.Choice(LINK_FORMATS), default="table", zh="输出格式", en="output format")
@common.output_option(
    zh="写到文件，可以给多个：.csv .xlsx .json .jsonl .md",
    en="write .csv .xlsx .json .jsonl .md; repeatable",
    many=True,
)
@fetch_options
@common.today_option
@common.data_option
@common.lang_option
def verify(sources: tuple[str, ...], **options: Any) -> int:
    """Check whether links are still there, compare with the last time, and return the exit code."""
    from copykit.cli import links_verify

    return links_verify.run(sources, options)


@links.command("tag", text=TAG)
@click.argument("urls", nargs=-1, metavar="[链接]...")
@option(
    "--kind",
    type=click.Choice(KINDS),
    zh="码的种类：utm 自己的网站 · scene 小程序 · wecom 企微 · pid · tkl 淘口令 · spoken 口令",
    en="kind of code",
)
@option("--source", default="", metavar="NAME", zh="从哪来（渠道）", en="where from")
@option("--medium", default="", metavar="NAME", zh="什么形式（note、qr、sms…）", en="what form")
@option("--campaign", default="", metavar="NAME", zh="哪次活动或计划", en="which campaign")
@option("--content", default="", metavar="NAME", zh="哪篇、哪张", en="which piece")
@option("--term", default="", metavar="WORD", zh="哪个词", en="which word")
@option(
    "--code",
    "given",
    metavar="CODE",
    zh="已有的 scene、state、PID、淘口令：检查后原样用",
    en="a code you have: checked and kept",
)
@option(
    "--plan",
    "plan_name",
    metavar="NAME|FILE",
    zh="照计划打：存过的名字，或 .json 文件",
    en="codes for a plan: its name or .json",
)
@option("--link", default="", metavar="URL", zh="照计划打时，商品页的链接", en="the product's page")
@option(
    "--brief",
    "brief_path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    zh="从资料的 shop.page、shop.site 取链接",
    en="take the link from a brief",
)
@option(
    "--batch",
    default="",
    metavar="NAME",
    zh="第几批印的：同一样东西每批一个码，才知道哪批来的人",
    en="the print run: a code for each run of the same piece",
)
@option("--decode", metavar="CODE", zh="这个码当初代表什么", en="what a code stands for")
@option("--format", "form", type=click.Choice(["text", "json"]), default="text", zh="输出格式", en="output format")
@common.output_option(zh="写到 .csv .xlsx .json .jsonl", en="write .csv .xlsx .json .jsonl")
@common.data_option
@common.lang_option
def tag(urls: tuple[str, ...], **options: Any) -> int:
    """Tag links, make one code, make a plan's codes, or tell what a code stands for."""
    output: Path | None = options["output"]
    if output is not None:
        check_ending(output, CODE_FILES)
    if options["decode"]:
        return _decode(options["decode"], options["form"])
    files = common.open_data(options["data_folders"])
    left: list[str] = []
    if options["plan_name"]:
        codes, left = _plan_codes(files, options)
    elif urls:
        codes = _tagged_links(urls, options)
    elif options["kind"] and options["kind"] != "utm":
        codes = [_single(files, options)]
    else:
        raise UsageMistake(
            "要给链接，或者 --plan 计划，或者 --kind 种类；写法看 --help",
            "give links, a --plan or a --kind; see --help",
        )
    _write_codes(codes, output, options["form"])
    for name in left:
        note(say(f"没打：{name}", f"left out: {name}"))
    if output is not None:
        note(say(f"{len(codes)} 个码，写在 {output}", f"{len(codes)} codes in {output}"))
    unread = tracking.unread_hosts(
        codes, [host for data in files.load("links").values() for host in data.get("no_utm", ())]
    )
    if unread:
        hosts = say("、", ", ").join(unread)
        note(
            say(
                f"{hosts} 的店看不到 utm，后台按自己的参数算：推广用 --kind pid 或 tkl，站里用 --kind spoken 的口令",
                f"shops on {hosts} see no utm; use --kind pid or tkl there, or a --kind spoken word",
            )
        )
    if any(code.kind == "spoken" for code in codes):
        note(
            say(
                "口令是客人在同一个平台里说给客服听的，不拿来引到站外",
                "spoken words are told to the shop on the same platform, not to lead buyers away from it",
            )
        )
    return 0


@links.command("qr", text=QR)
@click.argument("contents", nargs=-1, metavar="[内容]...")
@option(
    "-i",
    "--input",
    "source",
    type=click.Path(path_type=Path),
    metavar="FILE",
    zh="码表：links tag 写的，或有“链接”一列的表",
    en="a table of links",
)
@common.output_option(
    required=True,
    metavar="FILE|DIR",
    zh=".svg 或 .png；好几个就写文件夹",
    en=".svg, .png, or a folder for several",
)
@option(
    "--type", "kind", type=click.Choice(["svg", "png"]), default="svg", zh="文件夹里写哪种", en="which kind in a folder"
)
@option(
    "--caption", default="", metavar="TEXT", zh="图下面的字（.svg 和 A4 才带）", en="the words below (.svg and sheets)"
)
@option(
    "--size",
    "size_mm",
    type=click.FloatRange(1, 2000),
    metavar="毫米",
    zh="印多大（默认刚好好扫）",
    en="size in print, mm",
)
@option(
    "--distance",
    "distance_cm",
    type=click.FloatRange(0, 5000),
    default=0.0,
    metavar="厘米",
    zh="隔多远扫",
    en="distance in cm",
)
@option(
    "--error",
    "level",
    type=click.Choice(["L", "M", "Q", "H"]),
    default="M",
    show_default=True,
    zh="容错：会脏会皱用 Q、H",
    en="error level",
)
@option(
    "--copies",
    type=click.IntRange(1, MAX_COPIES),
    default=1,
    metavar="N",
    zh="排 A4 时每个码印几个；大于 1 时每个码单独成页",
    en="how many of each code on sheets; more than one: sheets of its own for each code",
)
@option("--sheet", is_flag=True, zh="排成 A4（.svg，一页一个文件）", en="lay them out on A4 sheets")
@common.data_option
@common.lang_option
def qr(contents: tuple[str, ...], source: Path | None, output: Path, **options: Any) -> int:
    """Write QR codes and tell how large they have to be printed."""
    from copykit.cli import links_qr

    return links_qr.run(contents, source, output, options)


def _tagged_links(urls: Sequence[str], options: Mapping[str, Any]) -> list[TrackedCode]:
    if options["kind"] not in (None, "utm"):
        raise UsageMistake("链接只能打 utm；别的码不用给链接", "links take utm only; other codes need no link")
    tags = {name: options[name] for name in UTM if options[name].strip()}
    if options["batch"].strip():  # a link has no tag of its own for it
        tags["content"] = "-".join(part for part in (tags.get("content", ""), options["batch"]) if part)
    if not tags:
        raise UsageMistake("至少给 --source、--campaign 中的一个", "give --source or --campaign at least")
    codes = []
    for url in urls:
        tagged = tag_url(url, tags)
        content = tags.get("content", "")
        codes.append(TrackedCode(options["source"], url, "utm", content, tagged, content, tags))
    return codes


def _single(files: datafiles.DataFiles, options: Mapping[str, Any]) -> TrackedCode:
    """Return one code that is no link: checked when it was given, else made; what it stands for is kept."""
    kind, given = options["kind"], options["given"]
    payload = {name: options[name].strip() for name in (*UTM, "batch") if options[name].strip()}
    label = f"{options['content'] or options['source'] or kind} {options['batch']}".strip()
    if kind in ("pid", "tkl") and not given:
        raise UsageMistake(
            "PID 和淘口令只有淘宝能生成：从淘宝联盟复制后用 --code 给我检查",
            "PIDs and Taokouling come from Taobao: give one with --code",
        )
    if not payload and not given:
        raise UsageMistake(
            "至少给 --source，不然不知道码代表什么", "give --source at least, so that the code stands for something"
        )
    if given:
        given = _checked(files, kind, given)
    if given and not payload:
        return TrackedCode("", label, kind, given, "", label, payload)
    with plans.open_state() as state:
        known = Known(state.codes())
        if kind == "spoken":
            key = " ".join(payload.values())
            code = _words(files).assign([key], tracking.spoken_before(known))[key]
            payload = {**payload, "label": key}
        else:
            catalog, source = Catalog(files), options["source"]
            lead = catalog[source].id if source in catalog else source
            length = tracking.SCENE_LENGTH if kind == "scene" else tracking.WECOM_LENGTH
            code = given or tracking.make_code(lead, payload, known.of(kind), length)
        state.keep_codes({(kind, code): payload})
    caption = f"口令：{code}" if kind == "spoken" else label
    return TrackedCode(options["source"], label, kind, code, "", caption, payload)


def _checked(files: datafiles.DataFiles, kind: str, given: str) -> str:
    """Return a code that came from a platform, or raise BadCode."""
    match kind:
        case "pid":
            return tracking.check_pid(given)
        case "tkl":
            patterns = [pattern for data in files.load("links").values() for pattern in data.get("patterns", ())]
            return tracking.check_taokouling(given, patterns)
        case "scene":
            return tracking.check_scene(given)
        case "wecom":
            return tracking.check_wecom(given)
        case _:
            raise UsageMistake("口令由这里挑，不用 --code", "spoken words are chosen here; leave out --code")


def _plan_codes(files: datafiles.DataFiles, options: Mapping[str, Any]) -> tuple[list[TrackedCode], list[str]]:
    made = plans.plan_of(options["plan_name"])
    link = options["link"]
    if not link and options["brief_path"]:
        shop = read_brief(options["brief_path"]).shop
        link = shop.page or shop.site
    if link:
        tracking.check_url(link)
    with plans.open_state() as state:
        codes, left = codes_of(made, link, _words(files), Known(state.codes()), options["batch"].strip())
        if options["kind"]:
            codes = [code for code in codes if code.kind == options["kind"]]
        state.keep_codes(
            {(code.kind, code.code): dict(code.payload) for code in codes if code.kind in ("scene", "wecom", "spoken")}
        )
    return codes, left


def _words(files: datafiles.DataFiles) -> SpokenWords:
    lines = [line for line in files.load("lexicons")["spoken_codes"] if line]
    return SpokenWords([line.split("\t")[0] for line in lines], files.load("tables")["sound"])


def _decode(code: str, form: str) -> int:
    with plans.open_state() as state:
        found = {kind: body for (kind, name), body in state.codes().items() if name == code.strip()}
    if not found:
        raise UsageMistake(
            f"没有给出过“{code}”这个码（只记得这个项目里打的）", f"the code '{code}' was not given out in this project"
        )
    for kind, body in found.items():
        if form == "json":
            write_json({"kind": kind, "code": code, **body})
        else:
            click.echo(f"{kind} {code}{say('：', ': ')}" + " · ".join(f"{key}={value}" for key, value in body.items()))
    return 0


def _write_codes(codes: Sequence[TrackedCode], output: Path | None, form: str) -> None:
    view = View(lang_of(), common.terminal(sys.stdout))
    rows = [
        {"channel": c.channel, "label": c.label, "kind": c.kind, "code": c.code, "link": c.link, "caption": c.caption}
        for c in codes
    ]
    if output is not None:
        match output.suffix.lower():
            case ".csv":
                tables.write_csv(output, code_headers(view), code_rows(rows))
            case ".xlsx":
                tables.write_xlsx(output, [tables.Sheet(say("码", "codes"), code_headers(view), code_rows(rows))])
            case ".jsonl":
                tables.write_jsonl(output, rows)
            case _:
                with tables.atomic(output) as out:
                    out.write(encoded(rows))
        return
    if form == "json":
        write_json(rows)
    elif all(code.kind == "utm" for code in codes):
        for code in codes:
            click.echo(code.link)
    elif len(codes) == 1:
        click.echo(codes[0].code)
    else:
        shown = ("channel", "kind", "code", "label")
        head = [code_headers(view)[CODE_KEYS.index(key)] for key in shown]
        lines = columns([head, *([row[key] for key in shown] for row in rows)])
        click.echo("\n".join(view.terminal.safe(line) for line in lines))
