from __future__ import annotations

import gc
import json
import time
from pathlib import Path

import pytest

from copykit import datafiles
from copykit.cli import run
from tests.commands import Copykit

RULE = """\
kind = "word"
words = ["断货"]
message = "“{match}”要有库存记录"
why = "说断货要拿得出证据"
source = "店规 2026"

[cases]
flag = ["三个月断货五次"]
pass = ["今天到货"]
"""
PROVED = RULE.replace('货五次"', '货五次", "又断货", "断货了"').replace('到货"]', '到货", "货断了腿", "不断到货"]')
DIMENSIONED = RULE.replace('kind = "word"\n', 'kind = "word"\ndimension = "novelty"\npoints = 3\n')
EXEMPTION = """\
name = "自家的"
rules = ["law/absolute"]
source = "绝对化用语执法指南 第六条（一）"
reason = "说的是自家的"
evidence = ""
[[when]]
relation = "same_sentence"
pattern = "^?("
[cases]
exempt = ["我家最软的一条"]
flag = ["最软的一条"]
"""
PLATFORM = """\
name = "自营小程序"
aliases = ["xcx"]
field = "title"
unit = "char"
max = 20
confidence = "low"
profile = "listing"
source = "自己量的"
checked = 2026-11-21
expires = 2027-05-21
"""


@pytest.fixture
def copykit(copykit: Copykit, monkeypatch: pytest.MonkeyPatch) -> Copykit:
    """Run a command line in an empty folder, on a wider screen."""
    monkeypatch.setenv("COLUMNS", "100")
    return copykit


def put(path: Path, text: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


# --- list -----------------------------------------------------------------------------------------------------------


def test_list_tells_every_file_with_its_kind_layer_and_summary(copykit: Copykit) -> None:
    code, out, err = copykit("data", "list", "--format", "json")
    assert (code, err) == (0, "")
    files = json.loads(out)
    assert {file["kind"] for file in files} == set(datafiles.bundled().kinds())
    assert {file["layer"] for file in files} == {"bundled"}
    summaries = {f"{file['kind']}/{file['id']}": file["summary"] for file in files}
    assert summaries["platforms/taobao"] == "淘宝"
    assert summaries["lexicons/shaming"].startswith("Labels that shame")
    assert all(Path(file["path"]).is_file() for file in files)


def test_list_of_one_kind_shows_whose_a_file_is(copykit: Copykit, tmp_path: Path) -> None:
    put(tmp_path / "copykit.toml", "")
    put(tmp_path / "rules/店规/断货.toml", RULE)
    put(tmp_path / "别处/lexicons/面料.txt", "# 自己的面料\n真丝\n")
    out = copykit("data", "list", "rules").out
    (line,) = [line for line in out.splitlines() if "店规/断货" in line]
    assert line.split()[:3] == ["rules", "店规/断货", "项目"]
    assert "“{match}”要有库存记录" in line
    english = copykit("data", "list", "lexicons", "--data", "别处", "--lang", "en").out.splitlines()
    assert english[0].split() == ["kind", "id", "from", "summary"]
    assert any(line.split() == ["lexicons", "面料", "--data", "自己的面料"] for line in english)


def test_list_survives_a_word_list_in_another_encoding(copykit: Copykit, tmp_path: Path) -> None:
    put(tmp_path / "我的/lexicons/面料.txt", "# 面料\n真丝".encode("gbk"))
    assert copykit("data", "list", "lexicons", "--data", "我的").code == 0


@pytest.mark.parametrize(
    ("lang", "sentence"), [("zh", "没有“rule”这种数据；有 "), ("en", "no such kind 'rule'; there are ")]
)
def test_an_unknown_kind_is_told_with_those_there_are(copykit: Copykit, lang: str, sentence: str) -> None:
    code, out, err = copykit("data", "list", "rule", "--lang", lang)
    assert (code, out) == (2, "")
    assert err.startswith(sentence)
    assert "rules" in err


# --- show -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("novelty/hype", ["rules/novelty/hype", "这支口红绝绝子"]),
        ("rules/novelty/hype", ["rules/novelty/hype"]),
        ("淘宝", ["platforms/taobao", "name: 淘宝", "max: 60"]),
        ("TMALL", ["platforms/taobao"]),
        ("化妆品", ["categories/cosmetics", "name: 化妆品"]),
        ("listings/xiaohongshu", ["listings/xiaohongshu", "id title  make title"]),
        ("channels/sms_email", ["channels/sms_email", "campaign: true"]),
        ("shaming", ["lexicons/shaming", "大饼脸\tuse=圆脸|脸圆的人"]),
        ("content", ["profiles/content", "[novelty]", "weight: 0.3"]),
        ("background/words", ["background/words"]),
    ],
)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_show_prints_one_file_as_a_page(copykit: Copykit, name: str, shown: list[str], lang: str) -> None:
    code, out, err = copykit("data", "show", name, "--lang", lang)
    assert (code, err) == (0, "")
    assert out.startswith(shown[0])
    # A terminal shows no tab as it is, so that nothing can move the cursor.
    assert all(part.replace("\t", "?") in out.replace("\t", "?") for part in shown)


@pytest.mark.parametrize(("name", "near"), [("novelty/hipe", "novelty/hype"), ("shamming", "shaming")])
def test_show_of_an_unknown_name_tells_near_ones(copykit: Copykit, name: str, near: str) -> None:
    code, out, err = copykit("data", "show", name)
    assert (code, out) == (2, "")
    assert f"没有叫“{name}”的数据；相近的有 " in err
    assert near in err
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "zh", "en"),
    [
        ("novelty/reverse", "打破常规 +", "novelty +"),
        ("extremity/number", "创造极端 看差多少、配不配，定几分 · 最多算 2 处", "extremity by how much"),
        ("ip/dupe", "借势 IP 不计分", "borrowed IP no points"),
        ("extremity/heap", "每处 -5", "-5 each"),
    ],
)
def test_show_of_a_rule_says_what_it_is_worth(copykit: Copykit, name: str, zh: str, en: str) -> None:
    assert zh in copykit("data", "show", name).out
    assert en in copykit("data", "show", name, "--lang", "en").out


def test_show_of_a_name_that_several_have_asks_which(copykit: Copykit) -> None:
    code, out, err = copykit("data", "show", "xiaohongshu")
    assert (code, out) == (2, "")
    assert "写全名：listings/xiaohongshu、platforms/xiaohongshu" in err


def test_what_people_read_holds_no_code(copykit: Copykit) -> None:
    assert "{'" not in copykit("data", "list").out
    for name in ("listings/xiaohongshu", "platforms/taobao", "assumptions/costs"):
        assert not set("{'") & set(copykit("data", "show", name).out)


def test_show_of_a_list_in_another_encoding_says_so(copykit: Copykit, tmp_path: Path) -> None:
    put(tmp_path / "我的/lexicons/面料.txt", "真丝".encode("gbk"))
    assert "UTF-8" in copykit("data", "show", "面料", "--data", "我的").out


# --- check ----------------------------------------------------------------------------------------------------------


def test_a_fault_that_many_files_meet_is_told_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine = tmp_path / "rules/my/broken.toml"
    mine.parent.mkdir(parents=True)
    mine.write_text("kind = 'word'\nmessge = 'x'\n", "utf-8")
    assert run(["data", "check", "--data", str(tmp_path)]) == 2
    lines = [line for line in capsys.readouterr().err.splitlines() if "broken.toml" in line]
    assert len(lines) == len(set(lines)) == 5


def test_all_bundled_files_are_fine(copykit: Copykit) -> None:
    code, out, err = copykit("data", "check", "--today", "2026-12-01")
    assert (code, err) == (0, "")
    assert "都能用" in out


def test_one_good_file_is_fine(copykit: Copykit, tmp_path: Path) -> None:
    put(tmp_path / "我的/rules/店规/断货.toml", PROVED)
    assert copykit("data", "check", "我的/rules/店规/断货.toml") == (0, "检查了 1 个文件，都能用\n", "")
    english = copykit("data", "check", "我的/rules/店规/断货.toml", "--lang", "en")
    assert english == (0, "1 files checked, all fine\n", "")


def test_a_faulty_file_beside_hides_nothing_of_the_one_asked_about(copykit: Copykit, tmp_path: Path) -> None:
    put(tmp_path / "我的/lexicons/面料.txt", "真丝".encode("gbk"))
    put(tmp_path / "我的/categories/茶.toml", "name = 1\n")
    put(tmp_path / "我的/rules/店规/断货.toml", PROVED.replace("三个月断货", "三个月到货"))
    code, out, err = copykit("data", "check", "我的/rules/店规/断货.toml")
    assert (code, out) == (2, "")
    first, *beside, last = err.splitlines()
    assert first.startswith("我的/rules/店规/断货.toml:8: cases.flag: 该命中却没有：三个月到货")
    assert any(line.startswith("我的/lexicons/面料.txt:1: 不是 UTF-8") for line in beside)
    assert last == f"检查了 1 个文件，{len(beside) + 1} 处要改，其中 {len(beside)} 处在旁边的文件里"

    code, _, err = copykit("data", "check", "我的")
    assert any("该命中却没有：三个月到货" in line for line in err.splitlines())


def test_a_rule_with_few_sentences_is_reminded_of_and_used(copykit: Copykit, tmp_path: Path) -> None:
    put(tmp_path / "我的/rules/店规/断货.toml", RULE)
    code, out, err = copykit("data", "check", "我的/rules/店规/断货.toml")
    assert (code, out) == (0, "检查了 1 个文件，都能用\n")
    assert err.startswith("我的/rules/店规/断货.toml:7: cases: 提醒：flag 1 句、pass 1 句，各写 3 句")


@pytest.mark.parametrize(
    ("name", "text", "zh", "en"),
    [
        ("rules/店规/x.toml", RULE.replace("words", "wrods"), ":2: wrods: 没有“wrods”这个键", ":2: wrods: unknown key"),
        ("rules/店规/x.toml", RULE.replace('"word"', '"wrod"'), "没有“wrod”这种规则", "unknown kind 'wrod'"),
        (
            "rules/店规/x.toml",
            RULE.replace("三个月断货", "三个月到货"),
            "该命中却没有：三个月到货",
            "must flag, does not",
        ),
        (
            "rules/店规/x.toml",
            RULE.replace("今天到", "今天断"),
            "不该命中却命中“断货”",
            "must leave alone, flags '断货'",
        ),
        ("rules/店规/x.toml", RULE + "x = [", ":10: TOML 写错了", ":10: bad TOML"),
        ("rules/店规/x.toml", RULE.encode("gbk"), ":2: 不是 UTF-8", ":2: this is not UTF-8"),
        ("lexicons/x.txt", "# 面料\n真丝\n\n真丝\n", ":4: 真丝: “真丝”重复了", ":4: 真丝: '真丝' is listed twice"),
        ("platforms/x.toml", PLATFORM.replace("max = 20", "max = 0"), ":5: max: 0 超出范围", ":5: max: 0 is less than"),
        ("profiles/x.toml", 'name = "我的"\n', "dimensions: 少了“dimensions”", "'dimensions' is missing"),
        (
            "rules/店规/x.toml",
            DIMENSIONED.replace("novelty", "novely"),
            ":2: dimension: 没有“novely”这个维度，是不是想写“novelty”？可以用 ad_tone",
            ":2: dimension: unknown dimension 'novely'; did you mean 'novelty'? known: ad_tone",
        ),
        (
            "rules/店规/x.toml",
            DIMENSIONED.replace('"word"', '"wrod"').replace("words", "wrods").replace("novelty", "novely"),
            "kind: 没有“wrod”这种规则，是不是想写“word”？",
            "dimension: unknown dimension 'novely'",
        ),
        (
            "rules/law/店规/x.toml",
            RULE.replace("店规", "广告法 第九条；广告法 第九十九条"),
            ":5: source: 《广告法》只有 74 条，没有“第九十九条”；改成真有的",
            ":5: source: 广告法 has 74 articles and no 第九十九条; cite what it has",
        ),
        (
            "rules/law/店规/x.toml",
            RULE.replace("店规", "广告法 九条"),
            ":5: source: 《广告法》后面要写第几条",
            "name the article of 广告法",
        ),
        (
            "exemptions/x.toml",
            EXEMPTION,
            ":6: when: “^?(”写得不对",
            ":6: when: '^?(' is badly written",
        ),
        (
            "categories/x.toml",
            'name = "茶"\nnote = "看《电子商务法》第八十九条、第90条"\n',
            ":2: note: 《电子商务法》只有 89 条，没有“第90条”",
            ":2: note: 电子商务法 has 89 articles and no 第90条",
        ),
        (
            "rules/店规/x.toml",
            RULE.replace('"word"\n', '"claim"\nseverity = "error"\nproof = "salez"\nsuggestions = ["写到货"]\n'),
            ":3: proof: 没有“salez”这种证据，是不是想写“sales”？",
            ":3: proof: unknown proof 'salez'; did you mean 'sales'?",
        ),
        (
            "platforms/x.toml",
            PLATFORM.replace("listing", "contnt"),
            ":7: profile: 没有“contnt”这种打分方法，是不是想写“content”？",
            ":7: profile: unknown profile 'contnt'; did you mean 'content'?",
        ),
        ("lexicons/x.txt", "# 面料\n", "词表里一个词也没有", "the list holds no word"),
        ("samples/x.json", "{", "JSON 写错了", "bad JSON"),
    ],
)
def test_a_faulty_file_is_told_and_exits_2(
    copykit: Copykit, tmp_path: Path, name: str, text: str | bytes, zh: str, en: str
) -> None:
    put(tmp_path / "我的" / name, text)
    for lang, sentence in (("zh", zh), ("en", en)):
        code, out, err = copykit("data", "check", f"我的/{name}", "--lang", lang)
        assert (code, out) == (2, "")
        assert err.startswith(f"我的/{name}:")
        assert sentence in err


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        (PLATFORM, "看它的键像 platforms：放进 platforms/ 再检查", "put it into platforms/"),
        ('product = "睫毛膏"\naudience = ["单眼皮"]\n', "像是产品资料，用 copykit brief check", "copykit brief check"),
    ],
)
def test_a_file_in_no_kinds_folder_is_told_where_it_belongs(
    copykit: Copykit, tmp_path: Path, text: str, zh: str, en: str
) -> None:
    put(tmp_path / "新的.toml", text)
    for lang, sentence in (("zh", zh), ("en", en)):
        code, out, err = copykit("data", "check", "新的.toml", "--lang", lang)
        assert (code, out) == (2, "")
        assert sentence in err
    put(tmp_path / "断货.toml", RULE)
    assert copykit("data", "check", "断货.toml").code == 0


def test_a_rule_of_an_unknown_dimension_is_refused_before_the_first_title(copykit: Copykit, tmp_path: Path) -> None:
    put(tmp_path / "我的/rules/店规/x.toml", DIMENSIONED.replace("novelty", "novely"))
    code, out, err = copykit("titles", "score", "三个月断货", "--data", "我的")
    assert (code, out) == (2, "")
    assert "我的/rules/店规/x.toml:2: dimension: 没有“novely”这个维度" in err


def test_a_users_rule_that_hangs_does_not_hang_the_check(copykit: Copykit, tmp_path: Path) -> None:
    pattern = 'kind = "pattern"\nanchor = ["很"]\npattern = "(?:很|很很)+好"\n'
    rule = RULE.replace('kind = "word"\nwords = ["断货"]\n', pattern).replace("今天到货", "很" * 60)
    put(tmp_path / "rules/店规/慢.toml", rule)
    put(tmp_path / "rules/店规/错.toml", "= 1")
    begun = time.perf_counter()
    code, _, err = copykit("data", "check", "rules")
    assert code == 2
    assert "超过 0.1 秒" in err
    assert "TOML 写错了" in err  # the files after it are still checked
    assert time.perf_counter() - begun < 5


def test_what_was_tried_is_collected_while_the_rest_is_checked(
    copykit: Copykit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A command line runs without the collector, and engines and forms refer to themselves: 700 MB of all bundled ones.
    put(tmp_path / "own" / "rules" / "own.toml", RULE)
    collecting: list[bool] = []
    monkeypatch.setattr("copykit.cli.data._problems", lambda *_: collecting.append(gc.isenabled()) or [])
    gc.disable()
    try:
        assert copykit("data", "check", tmp_path / "own").code == 0
        assert not gc.isenabled()
    finally:
        gc.enable()
    assert collecting == [True]


def test_a_folder_is_checked_whole_and_what_is_no_data_file_is_not_called_fine(
    copykit: Copykit, tmp_path: Path
) -> None:
    put(tmp_path / "我的/rules/店规/断货.toml", RULE)
    put(tmp_path / "我的/lexicons/面料.txt", "真丝\n")
    put(tmp_path / "我的/briefs/睫毛膏.toml", 'product = "睫毛膏"')
    put(tmp_path / "我的/.旧的/rules/x.toml", "= 1")
    assert copykit("data", "check", "我的").out == "检查了 2 个文件，都能用\n"
    assert copykit("data", "check", "我的/rules/店规").out == "检查了 1 个文件，都能用\n"
    (tmp_path / "空的").mkdir()
    put(tmp_path / "说明.md", "不是数据")
    for name, sentence in (
        ("空的", "没有数据文件"),
        ("说明.md", "不是数据文件"),
        ("没有.toml", "找不到文件 没有.toml"),
    ):
        code, out, err = copykit("data", "check", name)
        assert (code, out) == (2, "")
        assert sentence in err


def test_a_folder_called_like_nothing_in_particular_does_not_decide_the_kind(copykit: Copykit, tmp_path: Path) -> None:
    put(tmp_path / "docs/copykit/tests/断货.toml", RULE.replace("words", "wrods"))
    assert copykit("data", "check", "docs/copykit/tests/断货.toml").code == 2


def test_a_platform_past_its_date_warns_and_exits_0(copykit: Copykit, tmp_path: Path) -> None:
    path = put(tmp_path / "platforms/own.toml", PLATFORM)
    assert copykit("data", "check", path, "--today", "2027-05-21") == (0, "检查了 1 个文件，都能用\n", "")
    code, out, err = copykit("data", "check", path, "--today", "2028-01-01")
    assert (code, out) == (0, "检查了 1 个文件，都能用，1 个该重新核对\n")
    assert "2027-05-21 起该重新核对" in err
    english = copykit("data", "check", path, "--today", "2028-01-01", "--lang", "en")
    assert "to be verified again since 2027-05-21" in english.err
    taobao = next(entry.path for entry in datafiles.bundled().entries("platforms") if entry.id == "taobao")
    of_ours = copykit("data", "check", str(taobao), "--today", "2028-01-01")
    assert of_ours.code == 0
    assert "platforms/taobao.toml" in of_ours.err


# --- path -----------------------------------------------------------------------------------------------------------


def test_path_prints_the_folders_in_force_the_nearest_last(
    copykit: Copykit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    put(tmp_path / "config/copykit/rules/x/断货.toml", RULE)
    put(tmp_path / "copykit.toml", "")
    put(tmp_path / "别处/rules/x/断货.toml", RULE)
    code, out, err = copykit("data", "path", "--data", "别处")
    assert code == 0
    layers = [line.split("\t")[0] for line in out.splitlines()]
    assert list(dict.fromkeys(layers)) == ["bundled", "user", "project", "option"]
    assert all(Path(line.split("\t")[1]).is_dir() for line in out.splitlines())
    assert str(tmp_path / "config/copykit") in err
    assert "your own rules go into" in copykit("data", "path", "--lang", "en").err
