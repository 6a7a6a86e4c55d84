"""QR codes to print, for ``links qr``: read what they hold, write them as files, a folder or sheets."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from copykit import datafiles, tables
from copykit.channels.forecast import Assumptions
from copykit.cli import common
from copykit.cli.common import note
from copykit.cli.language import UsageMistake, lang_of, say
from copykit.errors import CopykitError

QR_FILES = (".svg", ".png")
MAX_CODES = 5000


def run(contents: Sequence[str], source: Path | None, output: Path, options: Mapping[str, Any]) -> int:
    """Write QR codes and tell how large they have to be printed."""
    from copykit.render.qr import make_qr, print_rules

    if bool(contents) == (source is not None):
        raise UsageMistake("给内容，或者用 -i 给一张表，二选一", "give contents, or a table with -i, not both")
    files = common.open_data(options["data_folders"])
    rules = print_rules({name: Assumptions(files)[name] for name in ("module", "distance", "quiet", "sheet")})
    wanted, failed = _contents(files, contents, source, options["caption"])
    if not wanted:
        raise UsageMistake("里面没有可以做成二维码的链接", "there is no link in it to make a code of")
    codes = []
    for label, content, caption in wanted:
        try:
            code = make_qr(
                content,
                rules,
                level=options["level"],
                size_mm=options["size_mm"],
                distance_cm=options["distance_cm"],
                caption=caption,
            )
        except CopykitError as error:
            if source is None:
                raise
            failed += 1
            note(f"{label}{say('：', ': ')}{error.say(lang_of())}")
            continue
        codes.append((label, code))
    if not codes:
        return common.REJECTED
    if options["copies"] > 1:
        if not options["sheet"]:
            raise UsageMistake("--copies 要和 --sheet 一起用", "--copies goes with --sheet")
        written = _write_runs(codes, output, options["copies"], rules)
    else:
        written = _write_qr(codes, output, options["kind"], options["sheet"], rules)
    least = max(code.least_mm for _, code in codes)
    modules = max(code.modules for _, code in codes)
    size = max(code.size_mm for _, code in codes)
    note(
        say(
            f"{len(codes)} 个码，写在 {written}；按 {size:g} 毫米做，最小印 {least:g} 毫米（{modules} 格，含四周留白）",
            f"{len(codes)} codes in {written}; {size:g} mm, print at {least:g} mm at least ({modules} modules)",
        )
    )
    as_png = not options["sheet"] and (output.suffix.lower() or f".{options['kind']}") == ".png"
    if as_png and any(code.caption for _, code in codes):
        note(
            say(
                "PNG 里只有码，图注要 .svg 或 --sheet 才带上",
                "a PNG holds the code alone; .svg and --sheet carry captions",
            )
        )
    note(say("印前用手机扫一遍打样", "scan a proof before printing"))
    return common.REJECTED if failed else 0


def _contents(
    files: datafiles.DataFiles, contents: Sequence[str], source: Path | None, caption: str
) -> tuple[list[tuple[str, str, str]], int]:
    """Return label, content, caption of the codes asked for, and how many rows could not be used."""
    if source is None:
        return [(content, content, caption) for content in contents], 0
    wanted = {
        "link": ["链接", *tables.merge_names(files.load("columns")["text"], ("link",))["link"]],
        "caption": ["图注", "caption", "说明"],
        "label": ["用在哪", "label", "名称"],
        "kind": ["种类", "kind"],
    }
    found: list[tuple[str, str, str]] = []
    elsewhere: dict[str, dict[str, None]] = {}
    failed = 0
    with tables.read_rows(source, wanted=wanted) as table:
        for row in table:
            if row.error is not None:
                failed += 1
                note(row.error.say(lang_of()))
                continue
            label = table.value(row, "label") or table.value(row, "caption") or str(row.number)
            if not row.text.strip():
                kind = table.value(row, "kind")
                if kind in _ELSEWHERE:
                    elsewhere.setdefault(kind, {})[label] = None
                else:
                    failed += 1
                    note(
                        say(
                            f"第 {row.number} 行没做（{label}）：没有链接",
                            f"row {row.number} left out ({label}): no link",
                        )
                    )
                continue
            if len(found) >= MAX_CODES:
                raise UsageMistake(f"一次最多 {MAX_CODES} 个码，分几张表来", f"at most {MAX_CODES} codes at a time")
            found.append((label, row.text.strip(), table.value(row, "caption") or caption))
    for kind, labels in elsewhere.items():
        zh, en = _ELSEWHERE[kind]
        first = "、".join(list(labels)[:_NAMED])
        zh_more, en_more = (
            (f" 等 {len(labels)} 处", f" and others, {len(labels)}") if len(labels) > _NAMED else ("", "")
        )
        note(say(f"{first}{zh_more}不做二维码：{zh}", f"no QR code for {first}{en_more}: {en}"))
    return found, failed


# Codes that links tag gives out and that no ordinary QR code holds: nothing is wrong with such a row.
_ELSEWHERE = {
    "scene": ("小程序码在微信后台用这个 scene 生成，普通二维码装不了", "WeChat makes mini-program codes from a scene"),
    "wecom": ("企微码在企业微信后台用这个 state 生成", "WeCom makes the code from this state"),
    "spoken": ("口令是说的，不用码", "a spoken word needs no code"),
}
_NAMED = 3


def _write_qr(codes: Sequence[tuple[str, Any]], output: Path, kind: str, sheet: bool, rules: Any) -> str:
    """Write codes as one file, a folder or sheets; return what to tell of it."""
    from copykit.render.qr import qr_png, qr_sheets, qr_svg

    caption = rules.sheet["caption_mm"]
    suffix = output.suffix.lower()
    if sheet:
        _check_sheet(output)
        return "、".join(_put_pages(output, qr_sheets([code for _, code in codes], rules)))
    if suffix in QR_FILES:
        if len(codes) > 1:
            raise UsageMistake(
                f"{len(codes)} 个码放不进一个文件：-o 写文件夹名，或者加 --sheet",
                f"{len(codes)} codes: name a folder, or add --sheet",
            )
        code = codes[0][1]
        _put(output, qr_png(code, rules.quiet) if suffix == ".png" else qr_svg(code, caption).encode())
        return str(output)
    if suffix:
        raise UsageMistake(
            f"-o 写 .svg、.png 或文件夹，现在是 {output.name}", f"-o takes .svg, .png or a folder, not {output.name}"
        )
    output.mkdir(parents=True, exist_ok=True)
    for number, (label, code) in enumerate(codes, 1):
        name = output / f"{number:03d}-{_file_name(label)}.{kind}"
        _put(name, qr_png(code, rules.quiet) if kind == "png" else qr_svg(code, caption).encode())
    return f"{output}/"


def _write_runs(codes: Sequence[tuple[str, Any]], output: Path, copies: int, rules: Any) -> str:
    """Write sheets of ``copies`` of each code, each code beginning on a sheet of its own; return what to tell."""
    from copykit.render.qr import qr_sheets

    _check_sheet(output)
    written: list[str] = []
    taken: set[str] = set()
    for number, (label, code) in enumerate(codes, 1):
        part = _file_name(label)
        part = part if part not in taken else f"{part}-{number}"
        taken.add(part)
        path = output if len(codes) == 1 else output.with_name(f"{output.stem}-{part}{output.suffix}")
        written += _put_pages(path, qr_sheets([code] * copies, rules))
    return "、".join(written)


def _check_sheet(output: Path) -> None:
    if output.suffix.lower() != ".svg":
        raise UsageMistake("--sheet 写 .svg，用浏览器打开就能打印", "--sheet writes .svg; print it from a browser")


def _put_pages(output: Path, pages: Sequence[str]) -> list[str]:
    """Write pages to one file, or to numbered ones; return their names."""
    names = [output]
    if len(pages) > 1:
        names = [output.with_name(f"{output.stem}-{number}{output.suffix}") for number in range(1, len(pages) + 1)]
    for name, page in zip(names, pages, strict=True):
        _put(name, page.encode())
    return [str(name) for name in names]


def _put(path: Path, content: bytes) -> None:
    with tables.atomic(path) as out:
        out.write(content)


def _file_name(label: str) -> str:
    return re.sub(r"[^\w-]+", "_", label)[:40].strip("_") or "qr"
