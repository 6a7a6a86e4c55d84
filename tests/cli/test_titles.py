"""``copykit titles score`` from end to end, as its users run it."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import openpyxl
import pytest

from copykit.cli import run
from copykit.text.measure import display_width
from tests.commands import interrupted

TITLE = "11块钱的睫毛膏，凭什么三个月断货5次？"
TABLE = f"货号,标题\nA1,{TITLE}\nA2,\nA3,别再夹睫毛了，先把刷头换小\nA4,=1+1\n"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "标题.csv"
    path.write_text(TABLE, "utf-8")
    return path


def score(*args: str | Path) -> int:
    return run(["titles", "score", *map(str, args), "--today", "2026-11-21"])


def test_a_page_says_the_score_the_reasons_and_the_changes(capsys: pytest.CaptureFixture[str]) -> None:
    assert score(TITLE, "平价睫毛膏推荐", "-p", "小红书") == 0
    page = capsys.readouterr().out
    for part in ("小红书标题 19/20 字", "打破常规", "凭什么", "先回答这个", "先改", "→"):
        assert part in page


def test_json_lines_hold_the_sum_and_name_the_refused_rows(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert score("-i", table, "--format", "jsonl") == 2
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["row"] for row in rows] == [2, 3, 4, 5]
    assert rows[2]["values"]["货号"] == "A3"
    first = rows[0]
    assert first["title"] == TITLE
    for name, value in {**first["dimensions"], **first["risk"]}.items():
        points = sum(finding["points"] for finding in first["findings"] if finding["dimension"] == name)
        assert value == first["bases"][name] + points
    total = sum(part["weight"] * part["value"] for part in first["parts"].values())
    assert first["score"] == pytest.approx(total, abs=0.051)


def test_a_file_keeps_every_row_and_every_column(table: Path, tmp_path: Path) -> None:
    target = tmp_path / "打分.xlsx"
    assert score("-i", table, "-p", "小红书", "-o", target) == 2
    sheet = openpyxl.load_workbook(target).active
    header, *rows = sheet.iter_rows(values_only=True)
    assert header[:3] == ("货号", "标题", "总分")
    assert [row[0] for row in rows] == ["A1", "A2", "A3", "A4"]
    assert "标题是空的" in rows[1][-1]
    assert sheet["B5"].data_type == "s"  # =1+1 stays text


def test_csv_out_has_a_bom_and_no_formula(table: Path, tmp_path: Path) -> None:
    target = tmp_path / "打分.csv"
    score("-i", table, "-o", target)
    data = target.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    assert b"'=1+1" in data


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (["睫毛膏", "-p", "小红薯"], 2, "没有叫“小红薯”的平台"),
        (["睫毛膏", "--platfrom", "x"], 2, "--platform"),
        (["睫毛膏", "--format", "xml"], 2, "只能是 text"),
        (["睫毛膏", "--top", "0"], 2, "不小于 1"),
        (["睫毛膏", "-o", "out.doc"], 2, "-o 只会写"),
        (["睫毛膏", "--profile", "x"], 2, "没有叫“x”的打分方案"),
        (["睫毛膏", "--fail-under", "99"], 1, "1 条低于 99 分：第 1 条"),
        (["睫毛膏", "--fail-under", "150"], 2, "要填 0 到 100 之间的数字"),
        (["睫毛膏", "-p", "x", "--lang", "en"], 2, "known: "),
        (["", "睫毛膏"], 2, "第 1 个标题没能打分"),
        (["-i", "没有.csv"], 2, "找不到文件"),
        ([], 2, "请给出标题"),
    ],
)
def test_a_mistake_gets_one_sentence(
    args: list[str], code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert score(*args) == code
    told = capsys.readouterr().err
    assert words in told
    assert "Traceback" not in told


def test_a_missing_column_names_those_there_are(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert score("-i", table, "--column", "名字") == 2
    assert "货号、标题" in capsys.readouterr().err


def test_a_brief_with_a_wrong_key_says_file_line_and_cure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    brief = tmp_path / "资料.toml"
    brief.write_text('product = "睫毛膏"\naudiences = ["单眼皮"]\n', "utf-8")
    assert score(TITLE, "--brief", brief) == 2
    told = capsys.readouterr().err
    assert "资料.toml:2" in told
    assert "audience" in told


def test_a_gbk_file_reads_as_written(table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gbk = tmp_path / "旧.csv"
    gbk.write_bytes(TABLE.encode("gbk"))
    score("-i", gbk, "--format", "jsonl")
    assert json.loads(capsys.readouterr().out.splitlines()[0])["title"] == TITLE


def test_an_empty_file_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    empty = tmp_path / "空.txt"
    empty.write_text("", "utf-8")
    assert score("-i", empty) == 2
    assert "空.txt 里一条标题也没有" in capsys.readouterr().err


def test_titles_used_before_cost_their_copies(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    used = tmp_path / "用过的.txt"
    used.write_text(TITLE + "\n", "utf-8")
    score(TITLE, "--format", "jsonl", "--used", used)
    rules = {finding["rule"] for finding in json.loads(capsys.readouterr().out)["findings"]}
    assert "novelty/used_same" in rules


def test_a_rule_of_ones_own_fires_from_one_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rule = tmp_path / "我的" / "rules" / "own" / "店名.toml"
    rule.parent.mkdir(parents=True)
    rule.write_text(
        'kind = "word"\ndimension = "relevance"\npoints = 9\nwords = ["禾木"]\nmessage = "提到了店名“{match}”"\n'
        'why = "老客认得"\nsource = "自己的规矩"\n[cases]\nflag = ["禾木的睫毛膏"]\npass = ["睫毛膏"]\n',
        "utf-8",
    )
    assert run(["data", "check", str(rule)]) == 0
    capsys.readouterr()
    score("禾木的睫毛膏刷头换小了", "--data", tmp_path / "我的", "--format", "jsonl")
    findings = json.loads(capsys.readouterr().out)["findings"]
    assert [(f["match"], f["points"]) for f in findings if f["rule"] == "own/店名"] == [("禾木", 9)]


def test_the_english_side_speaks_english(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["titles", "score", TITLE, "平价睫毛膏推荐", "-p", "小红书", "--lang", "en"]) == 0
    page = capsys.readouterr().out
    assert "novelty" in page
    assert "change first" in page
    assert "answer this first" in page


def test_a_table_marks_what_must_not_be_published_and_what_smells_of_bait(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "标题.txt"
    file.write_text("月入十万的摆摊秘诀，全网最低价\n震惊！99%的人都不知道的秘密\n这支睫毛膏的刷头只有3毫米\n", "utf-8")
    assert score("-i", file) == 0
    shown = capsys.readouterr().out.splitlines()
    place = display_width(shown[0].partition("标题")[0])
    for sign, title in (("错", "月入十万"), ("险", "震惊"), ("", "这支睫毛膏")):
        line = next(line for line in shown if title in line and "“" not in line)
        assert display_width(line.partition(title)[0]) == place
        assert sign in line
        assert sign or not {"错", "险"} & set(line)
    assert shown[-1] == "错 = 有不能发的地方；险 = 标题党风险或广告味偏高"
    assert "打包票" in next(below for line, below in pairwise(shown) if "月入十万" in line)
    score("-i", file, "--lang", "en")
    assert "E = must not be published" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("lang", "signs", "legend"),
    [
        ("zh", ("错", "长", "错 长", ""), "错 = 有不能发的地方；长 = 比平台许的长"),
        ("en", ("E", "L", "E L", ""), "E = must not be published as it is; L = longer than the platform takes"),
    ],
)
def test_a_table_tells_a_length_from_what_must_not_be_said(
    lang: str, signs: tuple[str, ...], legend: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    titles = (
        "史上最低价的雨衣",
        "下雨天骑车送孩子上学用的那件雨衣，穿了两个秋天，接缝还没有漏过一次水",
        "两个孩子坐后面，全网最低价的这件雨衣穿了两个秋天，接缝还没有漏过一次水",
        "雨衣的帽檐有12厘米",
    )
    file = tmp_path / "标题.txt"
    file.write_text("\n".join(titles) + "\n", "utf-8")
    assert score("-i", file, "-p", "小红书", "--lang", lang) == 0
    shown = capsys.readouterr().out.splitlines()
    noted = [line.partition(title[:5])[0].split()[5:] for title in titles for line in shown if title[:5] in line]
    assert [" ".join(each) for each in noted] == list(signs)
    assert shown[-1] == legend


def test_what_a_screenful_leaves_out_is_told_and_rows_under_the_mark_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, target = tmp_path / "标题.txt", tmp_path / "打分.csv"
    file.write_text("".join(f"第{row}支睫毛膏\n" for row in range(1, 58)) + TITLE + "\n", "utf-8")
    assert score("-i", file, "--fail-under", "55") == 1
    out, told = capsys.readouterr()
    assert out.count("支睫毛膏") + out.count(TITLE) == 10
    assert "57 条低于 55 分：第 1、2、3、4、5 等，共 57 行" in told
    assert "还有 48 条没列：--top 58 全列出来" in told
    assert score("-i", file, "--top", "58") == 0
    shown = capsys.readouterr()
    assert shown.out.count("支睫毛膏") + shown.out.count(TITLE) == 58
    assert "没列" not in shown.err
    assert score("-i", file, "--fail-under", "55", "-o", target) == 1
    assert "全部 58 行在" in capsys.readouterr().err
    with target.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [row["没到分数线"] for row in rows] == ["是"] * 57 + [""]
    for args in (["--format", "jsonl"], ["--format", "json"]):
        assert score("-i", file, "--fail-under", "55", *args) == 1
        assert capsys.readouterr().out.count('"under":true') == 57


def test_a_score_that_misses_the_mark_is_never_rounded_up_to_it(capsys: pytest.CaptureFixture[str]) -> None:
    title = "保温杯"
    score(title, "--format", "json")
    value = json.loads(capsys.readouterr().out)[0]["score"]
    whole = f"{value:.0f}"
    assert float(whole) > value
    for form, before in (("text", "总分 "), ("table", "\n")):
        assert score(title, "--format", form, "--fail-under", whole) == 1
        assert f"{before}{value} " in capsys.readouterr().out
        assert score(title, "--format", form, "--fail-under", str(value)) == 0
        assert f"{before}{whole} " in capsys.readouterr().out


def test_a_row_of_plain_lines_says_its_title_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "标题.txt"
    file.write_text(TITLE + "\n", "utf-8")
    score("-i", file, "--format", "jsonl")
    assert "values" not in json.loads(capsys.readouterr().out)


def test_the_two_changes_reach_files_when_they_are_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "标题.txt"
    file.write_text("史上最好用的口红\nZ\n", "utf-8")
    for form in ("json", "jsonl"):
        score("-i", file, "--changes", "--format", form)
        out = capsys.readouterr().out
        first, second = json.loads(out) if form == "json" else map(json.loads, out.splitlines())
        assert "好用的口红" in [change["title"] for change in first["changes"]]
        assert all(change["score"] > first["score"] for change in first["changes"])
        assert second["changes"] == []
        assert (first["judged"], second["judged"], second["percentile"]) == (True, False, None)
        assert ["说给谁听的" in question for question in second["questions"]] == [True]
    score("-i", file, "--changes", "-o", tmp_path / "打分.csv")
    with (tmp_path / "打分.csv").open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert "好用的口红（" in rows[0]["改法 1"] + rows[0]["改法 2"]
    assert rows[1]["改法 1"] == rows[1]["改法 2"] == rows[0]["要先回答的"] == ""
    assert "说给谁听的" in rows[1]["要先回答的"]
    score("-i", file, "--format", "jsonl")
    plain = capsys.readouterr().out
    assert '"changes"' not in plain
    assert '"questions"' not in plain
    score("-i", tmp_path / "打分.csv", "-o", tmp_path / "又打.csv")
    header = (tmp_path / "又打.csv").read_text("utf-8-sig").splitlines()[0]
    assert "改法 1" not in header
    assert "要先回答的" not in header


@pytest.mark.parametrize("form", ["text", "table", "md", "csv", "json", "jsonl"])
def test_every_format_tells_the_changes_the_questions_and_that_nothing_was_found(
    form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    score("史上最好用的口红", "洗了三年的白T恤，领口还是平的", "--changes", "--format", form)
    told = capsys.readouterr().out.replace("\n", "").replace(" ", "")
    assert "好用的口红" in told.replace("最好用的口红", "")
    assert "说给谁听的" in told
    assert ('"judged":false' if form.startswith("json") else "没找到能判断的地方") in told


def test_a_line_break_within_a_title_breaks_no_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "标题.jsonl"
    file.write_text(json.dumps({"title": "别再夹睫毛了\n先把刷头换小"}) + "\n", "utf-8")
    score("-i", file)
    assert "别再夹睫毛了 先把刷头换小" in capsys.readouterr().out
    score("别再夹睫毛了\n先把刷头换小")
    assert capsys.readouterr().out.startswith("别再夹睫毛了 先把刷头换小\n")


@pytest.mark.parametrize(
    ("title", "told"),
    [
        ("明星同款大牌平替，杨幂都在用", ["明星同款", "大牌平替", "杨幂"]),
        ("丑女也能变美，胖子必看", ["丑女", "胖子"]),
    ],
)
def test_a_place_is_warned_of_once(title: str, told: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    score(title)
    warned = [line.split()[2] for line in capsys.readouterr().out.splitlines() if line.startswith("  !")]
    assert warned == told


def test_a_rule_of_ones_own_is_told_beside_a_law(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rule = tmp_path / "我的" / "rules" / "own" / "明星.toml"
    rule.parent.mkdir(parents=True)
    rule.write_text(
        'kind = "word"\nseverity = "warning"\nwords = ["明星同款"]\nmessage = "先问法务"\nwhy = "店里的规矩"\n'
        'source = "店规"\n[cases]\nflag = ["明星同款连衣裙"]\npass = ["连衣裙"]\n',
        "utf-8",
    )
    score("明星同款连衣裙", "--data", tmp_path / "我的")
    page = capsys.readouterr().out
    assert "先问法务" in page
    assert "书面同意" in page


def test_help_is_in_the_readers_language(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["titles", "score", "--help"]) == 0
    assert "用法：" in capsys.readouterr().out
    assert run(["--lang", "en", "titles", "score", "--help"]) == 0
    assert "Usage:" in capsys.readouterr().out


def command(*args: str) -> list[str]:
    return [sys.executable, "-m", "copykit", "titles", "score", *args]


def test_a_gbk_console_shows_the_page_and_loses_no_run() -> None:
    env = {**os.environ, "PYTHONIOENCODING": "gbk"}
    done = subprocess.run(command(TITLE + "🔥", "-p", "小红书"), env=env, capture_output=True, check=False)
    assert done.returncode == 0
    assert "打破常规" in done.stdout.decode("gbk")


def test_titles_come_from_standard_input_and_a_closed_pipe_is_quiet() -> None:
    many = (TITLE + "\n") * 3000
    done = subprocess.run(command("-", "--format", "jsonl"), input=many.encode(), capture_output=True, check=False)
    assert done.stdout.count(b"\n") == 3000
    shell = f"{sys.executable} -m copykit titles score - --format jsonl | head -n 1"
    piped = subprocess.run(["sh", "-c", shell], input=many.encode(), capture_output=True, check=False)
    assert piped.stdout.count(b"\n") == 1
    assert b"Traceback" not in piped.stderr


@pytest.mark.skipif(os.name == "nt", reason="signals of a console differ there")
def test_an_interrupted_run_leaves_the_old_file_whole(tmp_path: Path) -> None:
    source, target = tmp_path / "多.txt", tmp_path / "打分.csv"
    source.write_text((TITLE + "\n") * 200_000, "utf-8")
    target.write_text("旧的", "utf-8")
    run = interrupted(command("-i", str(source), "-o", str(target)), tmp_path)
    assert run.code == 130
    assert "已中断" in run.err
    assert target.read_text("utf-8") == "旧的"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["多.txt", "打分.csv"]


def test_control_characters_of_a_title_reach_no_screen(capsys: pytest.CaptureFixture[str]) -> None:
    for form in ("text", "table", "md"):
        score("睫毛膏\x1b]0;x\x07[链接](http://a)|", "--format", form)
        shown = capsys.readouterr().out
        assert "\x1b]" not in shown
        assert "\x07" not in shown
        if form == "md":
            assert "\\[链接\\]" in shown
            assert "\\|" in shown


def test_a_scored_file_scored_again_keeps_one_set_of_scores(table: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "一.csv", tmp_path / "二.csv"
    score("-i", table, "-o", first)
    score("-i", first, "-o", second)
    assert first.read_text("utf-8-sig").splitlines()[0] == second.read_text("utf-8-sig").splitlines()[0]


def test_what_was_written_as_json_is_read_again(
    table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("打分.json", "打分.jsonl"):
        score("-i", table, "-o", tmp_path / name)
        capsys.readouterr()
        score("-i", tmp_path / name, "--format", "jsonl")
        assert json.loads(capsys.readouterr().out.splitlines()[0])["title"] == TITLE


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full device here")
@pytest.mark.parametrize("form", ["csv", "jsonl", "json"])
def test_a_full_disk_costs_one_sentence(form: str) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "copykit", "titles", "score", "洗了三次还蓬的羽绒服", "--format", form],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.returncode == 3
    assert done.stderr.decode().startswith("写不出去：")
    assert "Traceback" not in done.stderr.decode()


def test_causes_of_a_risk_stand_before_signs_of_style_and_an_error_is_enough_to_say(
    capsys: pytest.CaptureFixture[str],
) -> None:
    score("面霜不是越贵越好，看这三个成分就够了")
    assert "（偏高）：“这三个成分”指的是什么" in capsys.readouterr().out
    score("祖传秘方，专治失眠")
    assert "没找到能判断的地方" not in capsys.readouterr().out


@pytest.mark.parametrize("title", ["x", "洗了三年的白T恤，领口还是平的"])
def test_where_nothing_was_found_no_standing_is_told(title: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert score(title) == 0
    page = capsys.readouterr().out
    assert "没找到能判断的地方" in page
    assert "高于" not in page


def test_a_warning_is_something_to_say_and_a_loud_titles_rank_is_told_with_its_risk(
    capsys: pytest.CaptureFixture[str],
) -> None:
    score("用了这个枕头，颈椎再也不疼了")
    assert "没找到能判断的地方" not in capsys.readouterr().out
    score("震惊！这款拖把居然这么好用，99%的人都不知道")
    assert re.search(r"高于 \d+% 的同类标题；标题党风险 \d+，偏高", capsys.readouterr().out)
