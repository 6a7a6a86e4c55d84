from __future__ import annotations

import datetime
import json
import os
import stat
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copykit import datafiles, parsing, schemas
from copykit.datafiles import DataFiles, Layer
from copykit.errors import DataFileError, FileMissing

PLATFORM = """\
name = "{name}"
field = "title"
unit = "char"
confidence = "low"
profile = "content"
source = "测试"
checked = 2026-11-21
expires = 2027-05-21
"""


def write(root: Path, name: str, text: str | bytes) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def layer(root: Path, name: str = "bundled") -> Layer:
    return Layer(name, (root,))


# --- layers ---------------------------------------------------------------------------------------------------------


def test_the_nearer_layer_wins_id_by_id(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    project, option = tmp_path / "店铺", tmp_path / "option"
    write(project, "copykit.toml", "")
    ids = ("taobao", "jd", "pinduoduo", "xiaohongshu")
    # Each layer takes one id less than the one below it, so that every layer is seen through by those above.
    for root, name, count in (
        (tmp_path / "config/copykit", "用户", 3),
        (project, "项目", 2),
        (option, "选项", 1),
    ):
        for identifier in ids[:count]:
            write(root, f"platforms/{identifier}.toml", PLATFORM.format(name=name + identifier))
    below = project / "briefs/2026"
    below.mkdir(parents=True)

    files = datafiles.open_layers(below, [option])

    shown = {name: (files.load("platforms")[name]["name"], files.origin("platforms", name)) for name in ids}
    assert shown == {
        "taobao": ("选项taobao", "option"),
        "jd": ("项目jd", "project"),
        "pinduoduo": ("用户pinduoduo", "user"),
        "xiaohongshu": ("小红书", "bundled"),
    }
    in_force = {entry.id: entry.layer for entry in files.entries("platforms")}
    assert {name: in_force[name] for name in ids} == {name: origin for name, (_, origin) in shown.items()}


def test_the_library_reads_bundled_files_whatever_the_user_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    write(tmp_path, "copykit/tables/simplify.txt", "坏了")
    datafiles.bundled.cache_clear()
    assert "坏了" not in datafiles.load("tables")["simplify"]


def test_an_option_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileMissing, match="没有"):
        datafiles.open_layers(extra=[tmp_path / "没有"])


def test_ids_are_paths_inside_the_kind_and_corpora_is_no_part_of_them(tmp_path: Path) -> None:
    write(tmp_path, "lexicons/衣服/领口.txt", "# 说明\n松垮\n\n荷叶边  \n")
    files = DataFiles([Layer("bundled", (tmp_path / "data", tmp_path))])
    assert files.load("lexicons") == {"衣服/领口": ["松垮", "荷叶边"]}
    assert files.load("没有这种") == {}


def test_folders_of_a_project_that_are_no_kind_are_left_alone(tmp_path: Path) -> None:
    bundled, project = tmp_path / "bundled", tmp_path / "project"
    write(bundled, "rules/a.toml", "")
    write(bundled, "schemas/rules.schema.json", "{}")
    (bundled / "空的").mkdir()
    write(project, "rules/b.toml", "")
    write(project, "briefs/睫毛膏.toml", "")
    write(project, "corpora/lexicons/x.txt", "")
    assert DataFiles([layer(bundled), layer(project, "project")]).kinds() == ["rules"]


def test_hidden_files_links_that_go_round_and_folders_with_an_ending_are_passed_over(tmp_path: Path) -> None:
    write(tmp_path, "notes/好.txt", "真丝")
    for name in ("notes/.备份.txt", "notes/.git/x.txt", "notes/文件夹.txt/里面.md", "notes/草稿.txt~", "notes/说明.md"):
        write(tmp_path, name, "不读")
    notes = tmp_path / "notes"
    try:
        (notes / "转圈").symlink_to(notes, target_is_directory=True)
        (notes / "自己.txt").symlink_to(notes / "自己.txt")
        (notes / "断了.txt").symlink_to(notes / "没有.txt")
        (notes / ".#锁.txt").symlink_to("someone@host.1234")
    except OSError:  # Windows without the right to make links
        pass
    assert DataFiles([layer(tmp_path)], tmp_path / "cache").load("notes") == {"好": ["真丝"]}


def test_a_linked_file_is_read(tmp_path: Path) -> None:
    target = write(tmp_path, "别处/词.txt", "亚麻")
    (tmp_path / "notes").mkdir()
    try:
        (tmp_path / "notes/词.txt").symlink_to(target)
    except OSError:
        pytest.skip("links need a right here")
    assert DataFiles([layer(tmp_path)]).load("notes") == {"词": ["亚麻"]}


# --- faults ---------------------------------------------------------------------------------------------------------

RULE = """\
kind = "word"
points = 5
words = ["断货"]
message = "“{match}”"
why = "读者想知道为什么"
source = "测试"

[cases]
flag = ["三个月断货五次"]
pass = ["今天到货"]
"""
BRIEF = """\
product = "睫毛膏"
price = 11

# 卖点
[[claims]]
kind = "sales"
statement = "三个月断货 5 次"

[[claims]]
kind = "spec"
statement = "12 毫升"
"""

FAULTS = [
    # kind, file, what to replace, by what, line, key, Chinese, English
    (
        "rules",
        RULE,
        "points = 5",
        "point = 5",
        2,
        "point",
        "没有“point”这个键，是不是想写“points”？",
        "did you mean 'points'?",
    ),
    ("rules", RULE, "points = 5", '"温度" = 5', 2, "温度", "可以用的有", "known: anchor"),
    (
        "rules",
        RULE,
        "points = 5",
        'points = "5"',
        2,
        "points",
        "应该是整数，现在是 '5'",
        "'5' is not of type 'integer'",
    ),
    ("rules", RULE, "points = 5", "points = true", 2, "points", "应该是整数，现在是 True", "not of type 'integer'"),
    ("rules", RULE, "points = 5", "points = 500", 2, "points", "500 超出范围（最大 100）", "500"),
    ("rules", RULE, "points = 5", 'severity = "坏"', 2, "severity", "只能是 error、warning、hint", "not one of error"),
    ("rules", RULE, "points = 5", "checked = 2026", 2, "checked", "应该是文字", "not of type 'string'"),
    ("rules", RULE, "points = 5", 'checked = "去年"', 2, "checked", "“去年”不是日期", "'去年' is no date"),
    ("rules", RULE, 'words = ["断货"]', "words = []", 3, "words", "至少要 1 个，现在是 0 个", "[]"),
    (
        "rules",
        RULE,
        'words = ["断货"]',
        'words = [\n  "断货",\n  3,\n]',
        3,
        "words.1",
        "应该是文字，现在是 3",
        "not of type",
    ),
    ("rules", RULE, 'source = "测试"\n', "", 0, "source", "少了“source”，请补上", "'source' is missing; add it"),
    ("rules", RULE, 'pass = ["今天到货"]\n', "", 8, "cases.pass", "少了“pass”", "'pass' is missing"),
    ("rules", RULE, 'pass = ["今天到货"]', 'pas = ["今天到货"]\npass = [""]', 10, "cases.pas", "想写“pass”", "'pass'?"),
    (
        "rules",
        RULE,
        "[cases]",
        '[cases.given]\nplatfrom = "淘宝"\n[cases]',
        9,
        "cases.given.platfrom",
        "platform",
        "platform",
    ),
    ("brief", BRIEF, "price = 11", "price = -1", 2, "price", "-1 超出范围", "-1"),
    (
        "brief",
        BRIEF,
        'kind = "spec"',
        'kind = "规格"',
        10,
        "claims.1.kind",
        "“规格”不行，只能是 sales、",
        "'规格' is not one of",
    ),
    (
        "brief",
        BRIEF,
        'statement = "12 毫升"\n',
        "",
        9,
        "claims.1.statement",
        "少了“statement”",
        "'statement' is missing",
    ),
    ("brief", BRIEF, 'kind = "sales"', "kind = 3", 6, "claims.0.kind", "“3”不行", "'3' is not one of"),
    ("brief", BRIEF, "# 卖点", "claims = 1 # ", 5, "", "TOML 写错了", "bad TOML"),
    ("brief", BRIEF, "price = 11", "price = ", 2, "", "TOML 写错了", "bad TOML"),
    ("brief", BRIEF, '"12 毫升"', '"12 毫升', 11, "", "TOML 写错了", "bad TOML"),
    ("brief", BRIEF, "price = 11", "price = 99999999999999999999", 0, "", "数字超过 64 位", "over 64 bits"),
    ("brief", BRIEF, "price = 11", f"audience = {'[' * 5000}{']' * 5000}", 0, "", "套得太深", "too deep"),
]


@pytest.mark.parametrize(("kind", "text", "old", "new", "line", "key", "zh", "en"), FAULTS)
def test_a_fault_is_told_with_file_line_key_and_cure(
    tmp_path: Path, kind: str, text: str, old: str, new: str, line: int, key: str, zh: str, en: str
) -> None:
    assert text.count(old) == 1
    path = write(tmp_path, f"{kind}/x.toml", text.replace(old, new))
    value, problems = parsing.parse_file(path, kind)
    assert value is None
    (problem,) = [problem for problem in problems if problem.key == key]
    assert (problem.line, problem.file) == (line, path.as_posix())
    assert zh in problem.zh
    assert en in problem.en
    place = f"{path.as_posix()}:{line}: " if line else f"{path.as_posix()}: "
    assert problem.say("zh").startswith(place + (f"{key}: " if key else ""))


@pytest.mark.parametrize("kind", ["rules", "brief"])
def test_what_the_faults_are_made_from_is_right(tmp_path: Path, kind: str) -> None:
    path = write(tmp_path, "x.toml", {"rules": RULE, "brief": BRIEF}[kind])
    assert parsing.parse_file(path, kind)[1] == []


@pytest.mark.parametrize(
    ("text", "line", "zh"),
    [
        ("价格 = 11", 1, "键用英文，标点用半角"),
        ("price ＝ 11", 1, "少了半角的 ="),
        ("name = “睫毛膏”", 1, "要放在半角引号里"),
        ('name = "睫毛膏', 1, "引号没有配对"),
        ("name = '睫毛膏'，", 1, "一行只写一个键"),
        ("a = 1\nb = 2\na = 3", 3, "同一个键写了两遍"),
        ("[cases]\n[cases]", 2, "同一个表写了两遍"),
        ("a = {b = 1", 1, "括号没有配对"),
        (r'pattern = "\d"', 1, "反斜杠要写成两个，或者改用单引号"),
    ],
)
def test_what_people_get_wrong_in_toml_is_told_with_its_cure(tmp_path: Path, text: str, line: int, zh: str) -> None:
    (problem,) = parsing.parse_file(write(tmp_path, "x.toml", text), "notes")[1]
    assert (problem.line, problem.zh.startswith("TOML 写错了：")) == (line, True)
    assert zh in problem.zh


@pytest.mark.parametrize(
    ("name", "content", "line", "zh"),
    [
        ("rules/x.toml", "kind = 'word'\nmessage = '断货'".encode("gbk"), 2, "不是 UTF-8 编码，请另存为 UTF-8"),
        ("rules/x.toml", "kind = 'word'".encode("utf-16"), 1, "不是 UTF-8 编码"),
        ("rules/x.toml", b"#" * 200, 0, "文件超过 4 MB，请拆开"),
        ("rules/x.json", b'{"kind": "word",\n oops}', 2, "JSON 写错了"),
        ("rules/x.json", b'{"kind": "word"}', 0, "少了“message”"),
        ("rules/x.json", b"null", 0, "应该是表，现在是 None"),
        ("rules/说明.txt", "随手写的说明".encode(), 0, "应该是表"),
    ],
)
def test_a_file_that_cannot_be_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, content: bytes, line: int, zh: str
) -> None:
    monkeypatch.setattr(parsing, "MAX_BYTES", 100)
    _, problems = parsing.parse_file(write(tmp_path, name, content), "rules")
    assert any(problem.line == line and zh in problem.zh for problem in problems), problems


def test_a_folder_in_a_files_place_is_told(tmp_path: Path) -> None:
    assert "文件夹" in parsing.parse_file(tmp_path, "brief")[1][0].zh


def test_a_byte_order_mark_and_windows_line_ends_change_nothing(tmp_path: Path) -> None:
    plain = parsing.parse_file(write(tmp_path, "a.toml", RULE), "rules")
    windows = "\ufeff" + RULE.replace("\n", "\r\n")
    assert parsing.parse_file(write(tmp_path, "b.toml", windows), "rules") == plain
    words = write(tmp_path, "c.txt", "\ufeff# 面料\r\n真丝\r\n\r\n亚麻\r\n")
    assert parsing.parse_file(words, "lexicons") == (["真丝", "亚麻"], [])


def test_all_faults_of_all_files_and_layers_are_told_together(tmp_path: Path) -> None:
    far, near = tmp_path / "far", tmp_path / "near"
    write(far, "rules/a.toml", RULE.replace("points", "pionts").replace('"word"', "7"))
    write(far, "rules/b.toml", "= 1")
    write(far, "rules/good.toml", RULE)
    write(near, "rules/c.toml", RULE.replace("[cases]", "[case]"))
    with pytest.raises(DataFileError) as caught:
        DataFiles([layer(far), layer(near, "user")]).load("rules")
    told = [(Path(problem.file).name, problem.line, problem.key) for problem in caught.value.problems]
    assert told == [
        ("a.toml", 1, "kind"),
        ("a.toml", 2, "pionts"),
        ("b.toml", 1, ""),
        ("c.toml", 0, "cases"),
        ("c.toml", 8, "case"),
    ]
    assert len(caught.value.say("zh").splitlines()) == len(told)


def test_a_file_below_the_working_folder_is_named_from_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, "rules/x.toml", "= 1")
    monkeypatch.chdir(tmp_path)
    assert parsing.parse_file(path, "rules")[1][0].file == "rules/x.toml"


# --- lines ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (["name"], 1),
        (["list"], 2),
        (["list", 1], 2),
        (["text"], 6),
        (["点.号"], 10),
        (["a", "b", "c"], 11),
        (["a", "missing"], 11),
        (["cases"], 13),
        (["cases", "points"], 14),
        (["claims", 0, "kind"], 17),
        (["claims", 0, "parts", 1, "n"], 21),
        (["claims", 0, "parts", 1, "m"], 20),
        (["claims", 1, "kind"], 23),
        (["claims", 1, "parts", 0, "n"], 25),
        (["claims", 1, "inner", "z"], 27),
        (["claims", 2, "kind"], 16),
        (["points"], 0),
        (["nowhere", "at", "all"], 0),
    ],
)
def test_a_key_is_found_on_its_line_or_the_nearest_around_it(path: list[str | int], line: int) -> None:
    text = '''\
name = "[甲]" # [cases]
list = [
  "points = 3", # ]
  ["[fake]"],
]
text = """
[fake]
points = 1 \\"""
"""
"点.号" = '#"'
a.b.c = {points = 1}

[cases]
points = "a\u2028b"

[[claims]]
kind = "x"
[[claims.parts]]
n = 1
[[claims.parts]]
n = 2
[[claims]]
kind = 'y # "'
[[claims.parts]]
n = 3
[claims.inner]
z = 1
'''
    assert schemas.locate(schemas.key_lines(text), path) == line


KEYS = st.text("abcdef", min_size=1, max_size=3) | st.text("价格品类 .#[", min_size=1, max_size=3)
SCALARS = (
    st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=8)
    | st.dates()
    | st.datetimes()
    | st.datetimes(timezones=st.sampled_from([datetime.UTC, datetime.timezone(datetime.timedelta(hours=8))]))
    | st.times()
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3), max_leaves=8
)
# A document: top-level values, then tables and arrays of tables of values.
DOCUMENTS = st.dictionaries(
    KEYS, VALUES | st.lists(st.dictionaries(KEYS, VALUES, max_size=2), min_size=1, max_size=3).map(tuple), max_size=5
)


def toml(value: Any) -> str:
    """Write a value as TOML; the standard library only reads it."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return json.dumps(value, ensure_ascii=False)
        case list():
            return "[\n" + "".join(f"  {toml(item)},\n" for item in value) + "]"
        case dict():
            return "{" + ", ".join(f"{toml(key)} = {toml(item)}" for key, item in value.items()) + "}"
        case datetime.date() | datetime.time():
            return value.isoformat()
        case _:
            return repr(value)


def toml_document(document: dict[str, Any]) -> tuple[str, dict[tuple[str | int, ...], int]]:
    """Return a document's text, and the line on which each of its keys was written."""
    lines: list[str] = []
    at: dict[tuple[str | int, ...], int] = {}

    def put(key: tuple[str | int, ...], text: str) -> None:
        at[key] = len(lines) + 1
        lines.extend(text.split("\n"))

    for key, value in document.items():
        if not isinstance(value, tuple):
            put((key,), f"{toml(key)} = {toml(value)}")
    for key, value in document.items():
        for number, table in enumerate(value if isinstance(value, tuple) else ()):
            put((key, number), f"[[{toml(key)}]]")
            for name, item in table.items():
                put((key, number, name), f"{toml(name)} = {toml(item)}")
    return "\n".join(lines), at


@given(DOCUMENTS)
def test_every_key_is_found_on_the_line_on_which_it_was_written(document: dict[str, Any]) -> None:
    text, at = toml_document(document)
    found = schemas.key_lines(text)
    assert {key: schemas.locate(found, key) for key in at} == at


# --- compiled -------------------------------------------------------------------------------------------------------


@given(DOCUMENTS)
def test_compiled_equals_parsed(tmp_path_factory: pytest.TempPathFactory, document: dict[str, Any]) -> None:
    folder = tmp_path_factory.mktemp("value")
    write(folder, "notes/a.toml", toml_document(document)[0])
    parsed = DataFiles([layer(folder)], folder / "cache").load("notes")
    assert len(list((folder / "cache").iterdir())) == 1
    assert DataFiles([layer(folder)], folder / "cache").load("notes") == parsed
    assert set(parsed["a"]) == set(document)


def test_dates_are_told_as_iso_text(tmp_path: Path) -> None:
    write(tmp_path, "notes/a.toml", "day = 2026-11-21\nmoment = 2026-11-21T08:00:00+08:00\nhour = 08:30:00")
    value = DataFiles([layer(tmp_path)]).load("notes")["a"]
    assert value == {"day": "2026-11-21", "moment": "2026-11-21T08:00:00+08:00", "hour": "08:30:00"}


@pytest.fixture
def cached(tmp_path: Path) -> tuple[DataFiles, Path, Path]:
    """Files that were read once, the file itself, and the cache that this left."""
    source = write(tmp_path, "notes/面料.toml", 'name = "真丝"')
    DataFiles([layer(tmp_path)], tmp_path / "cache").load("notes")
    (compiled,) = (tmp_path / "cache").iterdir()
    return DataFiles([layer(tmp_path)], tmp_path / "cache"), source, compiled


def test_an_unchanged_file_is_not_parsed_again(
    cached: tuple[DataFiles, Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(datafiles, "parse_file")
    assert cached[0].load("notes") == {"面料": {"name": "真丝"}}


def test_a_changed_new_or_removed_file_is_seen(cached: tuple[DataFiles, Path, Path], tmp_path: Path) -> None:
    _, source, _ = cached
    source.write_text('name = "亚麻"', encoding="utf-8")  # as many bytes: only the time tells
    os.utime(source, ns=(1, 1))
    cache = tmp_path / "cache"
    assert DataFiles([layer(tmp_path)], cache).load("notes") == {"面料": {"name": "亚麻"}}
    write(tmp_path, "notes/颜色.toml", "")
    assert set(DataFiles([layer(tmp_path)], cache).load("notes")) == {"面料", "颜色"}
    source.unlink()
    assert set(DataFiles([layer(tmp_path)], cache).load("notes")) == {"颜色"}
    assert len(list(cache.iterdir())) == 1  # one file a kind and layer, not one a state


@pytest.mark.parametrize("garbage", [b"", b"{", b"\xff\xfe", b"[]", b"7", b"null", b'{"key": "other", "values": {}}'])
def test_a_cache_that_is_garbage_is_written_anew_in_silence(
    cached: tuple[DataFiles, Path, Path], garbage: bytes
) -> None:
    files, _, compiled = cached
    good = compiled.read_bytes()
    compiled.write_bytes(garbage)
    assert files.load("notes") == {"面料": {"name": "真丝"}}
    assert compiled.read_bytes() == good


def test_another_version_reads_the_files_again(
    cached: tuple[DataFiles, Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = cached[2].read_bytes()
    monkeypatch.setattr(datafiles, "__version__", "99")
    assert cached[0].load("notes") == {"面料": {"name": "真丝"}}
    assert cached[2].read_bytes() != before


def test_what_is_made_of_files_is_made_again_only_when_they_or_those_beside_change(tmp_path: Path) -> None:
    write(tmp_path, "notes/面料.toml", 'name = "真丝"')
    beside = write(tmp_path, "units/米.toml", "")
    asked: list[int] = []

    def made(cache: Path | None = tmp_path / "cache") -> dict[str, Any]:
        files = DataFiles([layer(tmp_path)], cache)
        return files.made(
            "names",
            ("notes", "units"),
            lambda: {"names": [*files.load("notes")], "made": asked.append(1)},
            code=[tmp_path / "code"],
        )

    for count, change in enumerate(
        (
            lambda: None,
            lambda: write(tmp_path, "notes/颜色.toml", ""),
            lambda: os.utime(beside, ns=(1, 1)),
            lambda: write(tmp_path, "code/names.py", ""),
        ),
        1,
    ):
        change()
        assert made() == made()
        assert len(asked) == count
    assert made() == {"names": ["面料", "颜色"], "made": None}
    made(None)
    assert len(asked) == 5  # without a cache every time


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_the_cache_is_its_owners_alone_and_leaves_nothing_beside(cached: tuple[DataFiles, Path, Path]) -> None:
    compiled = cached[2]
    assert stat.S_IMODE(compiled.stat().st_mode) == 0o600
    assert list(compiled.parent.iterdir()) == [compiled]


def test_a_cache_write_that_breaks_leaves_the_old_cache_whole(
    cached: tuple[DataFiles, Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    files, source, compiled = cached
    before = compiled.read_bytes()
    source.write_text('name = "亚麻混纺"', encoding="utf-8")

    def no_space(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", no_space)
    assert files.load("notes") == {"面料": {"name": "亚麻混纺"}}
    assert compiled.read_bytes() == before
    assert list(compiled.parent.iterdir()) == [compiled]


def test_a_cache_folder_that_cannot_be_made_is_no_error(tmp_path: Path) -> None:
    write(tmp_path, "notes/a.toml", "a = 1")
    in_the_way = write(tmp_path, "cache", "一个文件")
    assert DataFiles([layer(tmp_path)], in_the_way / "copykit").load("notes") == {"a": {"a": 1}}


def test_a_faulty_file_is_never_cached(tmp_path: Path) -> None:
    write(tmp_path, "notes/a.toml", "= 1")
    for _ in range(2):
        with pytest.raises(DataFileError):
            DataFiles([layer(tmp_path)], tmp_path / "cache").load("notes")
    assert not (tmp_path / "cache").exists()


# --- wheel and checkout ---------------------------------------------------------------------------------------------


def test_what_the_wheel_carries_compiled_is_what_the_checkout_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    datafiles.compile_bundled(tmp_path)
    checkout = DataFiles([datafiles.bundled_layer()])
    assert {path.stem for path in tmp_path.iterdir()} == set(checkout.kinds())
    parsed = {kind: checkout.load(kind) for kind in checkout.kinds()}
    monkeypatch.delattr(datafiles, "parse_file")
    wheel = DataFiles([Layer("bundled", checkout.layers[0].roots, tmp_path)])
    assert {kind: wheel.load(kind) for kind in checkout.kinds()} == parsed
    assert {"rules", "lexicons", "platforms", "profiles"} <= set(parsed)
    assert not {"copykit", "corpora", "tests", "docs"} & set(parsed)


def test_a_wheels_compiled_files_of_another_version_are_not_trusted(tmp_path: Path) -> None:
    write(tmp_path, "data/notes/a.toml", "a = 1")
    write(tmp_path, "compiled/notes.json", '{"key": "0.0.0", "values": {"a": {"a": 2}}}')
    files = DataFiles([Layer("bundled", (tmp_path / "data",), tmp_path / "compiled")])
    assert files.load("notes") == {"a": {"a": 1}}


@pytest.mark.parametrize(
    ("pyproject", "used"),
    [
        ('[project]\nname = "copykit"\n', True),
        ('[project]\nname = "copykit-shop"\n', False),
        ('[project]\nname = "other"\ndependencies = ["copykit"]\n', False),
        ("别的编码".encode("gbk"), False),
        (None, False),
    ],
)
def test_the_folder_above_is_used_only_when_its_project_is_copykit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pyproject: str | bytes | None, used: bool
) -> None:
    package = tmp_path / "copykit"
    write(package, "data/rules/a.toml", "")
    write(tmp_path, "corpora/lexicons/x.txt", "真丝")
    if pyproject is not None:
        write(tmp_path, "pyproject.toml", pyproject)
    monkeypatch.setattr(datafiles, "PACKAGE", package)
    files = DataFiles([datafiles.bundled_layer()])
    assert files.kinds() == (["lexicons", "rules"] if used else ["rules"])
    assert ("x" in files.load("lexicons")) is used
