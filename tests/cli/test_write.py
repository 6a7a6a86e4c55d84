"""``copykit write article`` from end to end, as its users run it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import openpyxl
import pytest

from copykit.cli import run
from copykit.datafiles import bundled
from copykit.writing.forms import Forms

SAMPLES = Path(__file__).parents[2] / "corpora/samples/briefs"
TORCH = str(SAMPLES / "torch.toml")
FORM = ["--form", "卖货三步", "--today", "2026-11-22"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path


def write(*args: str) -> int:
    return run(["write", "article", *args])


def test_an_article_is_written_and_says_what_it_rests_on(capsys: pytest.CaptureFixture[str]) -> None:
    assert write(TORCH, *FORM, "--seed", "3") == 0
    text = capsys.readouterr().out
    assert text.startswith("# ")
    assert "【广告】" in text
    assert "](https://item.taobao.com/" in text
    assert write(TORCH, "--form", "教程", "--variants", "6", "--trace", "--today", "2026-11-22") == 0
    trace = capsys.readouterr().out
    assert "    selling_points." in trace
    assert "（连接的话，不说事实）" in trace


def test_the_same_seed_gives_the_same_bytes(capsys: pytest.CaptureFixture[str]) -> None:
    outs = []
    for seed in ("5", "5", "6"):
        assert write(TORCH, *FORM, "--seed", seed) == 0
        outs.append(capsys.readouterr().out)
    assert outs[0] == outs[1] != outs[2]


def test_a_name_that_no_text_may_say_does_not_stop_the_other_briefs(capsys: pytest.CaptureFixture[str]) -> None:
    Path("资料").mkdir()
    torch = Path(TORCH).read_text("utf-8")
    Path("资料/手电.toml").write_text(torch, "utf-8")
    Path("资料/最好.toml").write_text(torch.replace("尾按手电", "最好的手电", 1), "utf-8")
    assert write("资料", *FORM, "-o", "文") == 2
    assert [path.name for path in Path("文").iterdir()] == ["手电.md"]
    assert "最好：商品名（product）“最好的手电”写不得：“最好”是绝对化用语；请换一个" in capsys.readouterr().err


def test_the_json_has_the_agreed_shape(capsys: pytest.CaptureFixture[str]) -> None:
    assert write(TORCH, *FORM, "--format", "json", "--variants", "2") == 0
    shown = capsys.readouterr()
    first, second = json.loads(shown.out)
    assert list(first)[:7] == ["form", "title", "text", "findings", "withheld", "trace", "seed"]
    assert first["title"] != second["title"]
    for each in first["trace"]:
        assert first["text"][each["start"] : each["end"]].strip()
    assert "别用一堆号轮着发" in shown.err


def test_a_claim_without_evidence_is_held_back_and_told(capsys: pytest.CaptureFixture[str]) -> None:
    text = (SAMPLES / "torch.toml").read_text("utf-8").replace('evidence = "出库台账', 'source = "出库台账', 1)
    text = text.replace('source = "山口出库台账"\n', "", 1)
    Path("灯.toml").write_text(text, "utf-8")
    assert write("灯.toml", *FORM, "--length", "long") == 0
    shown = capsys.readouterr()
    assert "6,400" not in shown.out
    assert "“前两批 6,400 支已经卖完”（claims.0）：没写证据（evidence）" in shown.err.replace("\n  ", "")


def test_a_folder_of_briefs_and_a_bad_one_among_them(capsys: pytest.CaptureFixture[str]) -> None:
    Path("资料").mkdir()
    shutil.copy(SAMPLES / "torch.toml", "资料")
    shutil.copy(SAMPLES / "clip_lamp.toml", "资料")
    Path("资料/坏.toml").write_text("product = 1\n", "utf-8")
    Path("资料/薄.toml").write_text('product = "伞"\n', "utf-8")
    assert write("资料", *FORM, "-o", "文章") == 2
    err = capsys.readouterr().err
    assert sorted(path.name for path in Path("文章").iterdir()) == ["clip_lamp.md", "torch.md"]
    assert "坏.toml:1: product: 应该是文字" in err
    assert "薄：“伞”的资料写不成“卖货三步”" in err
    assert write("资料/torch.toml", *FORM, "-o", "文章") == 2
    assert "已经有了" in capsys.readouterr().err


def test_a_figure_that_no_text_may_state_without_its_source_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    claim = '\n[[claims]]\nkind = "sales"\nstatement = "今年卖出 3,260 支"\nevidence = "后台报表"\n'
    Path("灯.toml").write_text(Path(TORCH).read_text("utf-8") + claim, "utf-8")
    assert write("灯.toml", *FORM) == 0
    shown = capsys.readouterr()
    assert "3,260" not in shown.out
    assert "“今年卖出 3,260 支”（claims." in shown.err
    assert "没写给读者看的出处（source）" in shown.err


def test_what_is_lacking_is_told_and_no_more(capsys: pytest.CaptureFixture[str]) -> None:
    thin = 'product = "冻干草莓脆"\ncategory = "零食"\n[[selling_points]]\nfeature = "配料表只有草莓"\n'
    Path("脆.toml").write_text(thin, "utf-8")
    assert write("脆.toml", "--form", "清单盘点") == 2
    told = capsys.readouterr().err
    assert "还缺卖点（selling_points）（至少 2 条）" in told
    assert told.count("或者") <= 2
    said = """[[claims]]
kind = "experience"
statement = "拉开锅的次数少了"
evidence = "聊天记录"
person = "小周"
date = "2026-10-18"
consent = true
relation = "老顾客"
who = "一个人住的程序员"
"""
    Path("锅.toml").write_text(thin.replace("冻干草莓脆", "空气炸锅") + said, "utf-8")
    assert write("锅.toml", "--form", "达人体验", "--today", "2026-11-22") == 2
    assert capsys.readouterr().err.rstrip().endswith("两条以上）；去问的时候用 --form 采访提纲")


UNPROVED = """product = "保温杯"
category = "保温杯"
[[selling_points]]
feature = "通过了 SGS 食品级检测"
[[selling_points]]
feature = "工厂有 ISO9001 认证"
[[scenes]]
name = "早高峰"
trouble = "不喝热水会得胃病"
"""


def test_points_that_have_no_evidence_are_told_and_not_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    Path("杯.toml").write_text(UNPROVED, "utf-8")
    assert write("杯.toml", "--form", "卖货三步") == 2
    told = capsys.readouterr().err
    assert "还缺卖点（selling_points）；资料里写了，有 2 句不能写进去，头一句是“通过了 SGS 食品级检测”" in told
    assert 'kind = "authority"，evidence = "检测报告 BW-2026-0611"' in told
    assert write("杯.toml", "--form", "教程") == 2  # no step was withheld
    assert "不能写进去" not in capsys.readouterr().err


def test_a_benefit_that_is_withheld_takes_nothing_else_with_it(capsys: pytest.CaptureFixture[str]) -> None:
    point = '[[selling_points]]\nfeature = "盖子能拆成三件"\nbenefit = "得过全国设计大奖"\n'
    point += 'scene = "周日洗杯子，闻到一股酸味。"\n'
    Path("杯.toml").write_text(UNPROVED + point, "utf-8")
    assert write("杯.toml", "--form", "卖货三步", "-o", "杯.md") == 0
    assert "资料里有 4 句没写进去" in capsys.readouterr().err
    text = Path("杯.md").read_text("utf-8")
    assert "盖子能拆成三件" in text
    assert not any(word in text for word in ("SGS", "ISO", "胃病", "大奖"))


def test_a_broad_category_is_no_noun_for_the_goods(capsys: pytest.CaptureFixture[str]) -> None:
    Path("商品.csv").write_text("商品名称,类目,售价,卖点\n纸尿裤,母婴,99,3毫米薄；有尿显\n", "utf-8")
    assert write("商品.csv", "--form", "清单盘点", "--today", "2026-11-22") == 0
    text = capsys.readouterr().out
    assert "母婴" not in text
    assert "纸尿裤" in text
    assert "99 块" in text


def test_two_steps_without_notes_make_a_tutorial(capsys: pytest.CaptureFixture[str]) -> None:
    Path("衣.toml").write_text(
        'product = "羽绒服"\n[[selling_points]]\nfeature = "两侧开衩"\n'
        '[[steps]]\ndo = "中性洗衣液泡十分钟"\nnote = "别超过三十度"\n[[steps]]\ndo = "平铺晾到八成干，拍松"\n',
        "utf-8",
    )
    assert write("衣.toml", "--form", "教程", "--today", "2026-11-22") == 0
    assert "平铺晾到八成干" in capsys.readouterr().out


def test_briefs_of_one_name_in_two_folders_are_two_texts(capsys: pytest.CaptureFixture[str]) -> None:
    for place, sample in (("服装", "kids_shoes"), ("户外", "torch")):
        (Path("资料") / place).mkdir(parents=True)
        shutil.copy(SAMPLES / f"{sample}.toml", Path("资料") / place / "新品.toml")
    assert write("资料", *FORM, "-o", "文章") == 0
    assert "童鞋" in Path("文章/服装/新品.md").read_text("utf-8")
    assert "手电" in Path("文章/户外/新品.md").read_text("utf-8")
    assert write("资料/服装/新品.toml", "资料/户外/新品.toml", *FORM, "-o", "别处") == 2
    assert "会写到同一个文件" in capsys.readouterr().err
    assert not Path("别处").exists()


def test_a_file_that_is_there_costs_its_own_text_only(capsys: pytest.CaptureFixture[str]) -> None:
    for sample in ("kids_shoes", "torch"):
        shutil.copy(SAMPLES / f"{sample}.toml", ".")
    Path("文章").mkdir()
    Path("文章/kids_shoes.md").write_text("旧的", "utf-8")
    assert write("kids_shoes.toml", "torch.toml", *FORM, "-o", "文章") == 2
    err = capsys.readouterr().err
    assert "kids_shoes.md 已经有了；要覆盖就加 --force" in err
    assert "写好 1 篇" in err
    assert Path("文章/kids_shoes.md").read_text("utf-8") == "旧的"
    assert Path("文章/torch.md").exists()


def test_a_form_is_known_by_the_end_of_its_name() -> None:
    forms = Forms(bundled(), "reply")
    assert forms["尺码大小"].id == forms["评价回复·尺码大小"].id


def test_a_row_that_sums_others_up_is_no_product(capsys: pytest.CaptureFixture[str]) -> None:
    table = "货号,商品名称,类目,售价,卖点\nA1,纸尿裤,母婴,99,3毫米薄；有尿显\n合计,,,99,\n"
    Path("商品.csv").write_text(table, "utf-8")
    assert write("商品.csv", "--form", "清单盘点", "--today", "2026-11-22") == 0
    assert "第 3 行是合计" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["a.md", "a.html", "a.txt", "a.json", "a.jsonl", "a.xlsx"])
def test_files_of_every_kind_are_written(name: str) -> None:
    assert write(TORCH, *FORM, "-o", name) == 0
    data = Path(name).read_bytes()
    if name == "a.xlsx":
        sheet = openpyxl.load_workbook(name).active
        assert [cell.value for cell in sheet[1]] == ["资料", "标题", "正文", "没写进去的", "种子"]
        assert sheet.max_row == 2
        return
    text = data.decode()
    assert "尾按手电" in text
    if name == "a.html":
        assert text.startswith("<h1>")
        assert '<a href="https://item.taobao.com/item.htm?id=600000000006">' in text
    if name == "a.txt":
        assert "（https://item.taobao.com/" in text
        assert "](" not in text


def test_wrong_options_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert write(TORCH) == 2
    assert "用 --form 说写成哪一种" in capsys.readouterr().err
    assert write(TORCH, "--form", "诗") == 2
    assert "没有“诗”这种写法；有 " in capsys.readouterr().err
    assert write(TORCH, *FORM, "-o", "a.pdf") == 2
    assert write("没有.toml", *FORM) == 2
    assert write("--list") == 0
    assert "卖货三步" in capsys.readouterr().out
    assert write(TORCH, "--form", "诗", "--lang", "en") == 2
    assert "there is no form" in capsys.readouterr().err


OWN = """+++
name = "三句话"
sample = "briefs/torch"

[variables]
"detail.text" = "sentence"
"product" = "noun"

[[plans]]
id = "plain"
parts = [{say = ["ad!"]}, {say = ["open!"], need = true}]
+++
== ad
【广告】
== title
{{ product }}
== open
{{ detail.text }}%s。
"""


def test_a_form_of_ones_own_is_used_and_kept_in_bounds(capsys: pytest.CaptureFixture[str]) -> None:
    Path("mine/templates/article").mkdir(parents=True)
    file = Path("mine/templates/article/three.j2")
    file.write_text(OWN % "", "utf-8")
    assert write(TORCH, "--form", "三句话", "--data", "mine") == 0
    assert capsys.readouterr().out.startswith("# 尾按手电\n\n【广告】\n\n")
    file.write_text(OWN % "{{ 'x' * 10**9 }}", "utf-8")
    assert write(TORCH, "--form", "三句话", "--data", "mine") == 2
    err = capsys.readouterr().err
    assert "模板占用太多" in err or "占用的内存太多" in err


def test_posts_and_replies_come_as_rows_of_a_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    brief = str(next(entry.path for entry in bundled().entries("samples") if entry.id == "briefs/torch"))
    target = tmp_path / "口播.csv"
    assert run(["write", "post", brief, "--form", "口播", "-o", str(target), "--today", "2026-11-22"]) == 0
    lines = target.read_text("utf-8-sig").splitlines()
    assert lines[0] == "资料,秒,画面,口播,字幕"
    assert len(lines) > 3
    assert run(["write", "post", brief, "--form", "小红书", "--today", "2026-11-22"]) == 0
    assert "#" in capsys.readouterr().out
    phrases = tmp_path / "快捷语.xlsx"
    assert run(["write", "reply", brief, "--form", "客服快捷语", "-o", str(phrases), "--today", "2026-11-22"]) == 0
    assert phrases.stat().st_size > 3000
    assert run(["write", "reply", brief, "--list"]) == 0
    assert "评价回复" in capsys.readouterr().out


def test_a_template_is_tried_and_says_which_combination_breaks_a_rule(capsys: pytest.CaptureFixture[str]) -> None:
    file = Path("mine/templates/article/three.j2")
    file.parent.mkdir(parents=True)
    file.write_text(OWN % "", "utf-8")
    assert run(["data", "check", str(file)]) == 0
    capsys.readouterr()
    file.write_text(OWN % "，全网销量第一，人人都说好", "utf-8")
    assert run(["data", "check", str(file)]) == 2
    err = capsys.readouterr().err
    assert "plain · short · 0" in err
    assert "“销量第一”" in err
    file.write_text(OWN.replace('"product" = "noun"\n', "") % "{{ detail.smell }}", "utf-8")
    assert run(["data", "check", str(file)]) == 2
    err = capsys.readouterr().err
    assert "没有“detail.smell”这个变量" in err
    assert "“product”没有写进 [variables]" in err


def test_a_voice_is_chosen_by_name_and_a_text_is_held_against_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert write(TORCH, *FORM, "--voice", "小红书") == 0
    assert capsys.readouterr().out.startswith("# ")
    assert write(TORCH, *FORM, "--voice", "没有的") == 2
    assert "没有叫“没有的”的口吻；有 " in capsys.readouterr().err
    (tmp_path / "稿.md").write_text("姐妹们，这支手电真的绝绝子。\n", "utf-8")
    assert run(["check", "稿.md", "--voice", "小红书"]) == 0
    shown = capsys.readouterr().out
    assert "“绝绝子”不是小红书的口吻" in shown
    assert run(["check", "稿.md"]) == 0
    assert "口吻" not in capsys.readouterr().out
