"""``copykit brief`` from end to end, as its users run it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from copykit.brief import read_brief
from copykit.cli import run
from copykit.text.measure import display_width

SAMPLES = Path(__file__).parents[2] / "corpora/samples"
PAGE = """<!doctype html><html><head><title>薄擦护手霜 40g - 某某商城</title>
<meta property="og:title" content="薄擦护手霜">
<script type="application/ld+json">{"@type": "Product", "name": "薄擦护手霜 40g", "brand": {"name": "禾木"},
"offers": [{"price": "29.00"}]}</script></head><body><h1>薄擦护手霜</h1>
<ul><li>首页</li><li>管身 11 厘米，揣得进裤兜</li><li>净含量：40 克</li></ul>
<table><tr><th>类目</th><td>护手霜</td></tr></table>
<p>全网销量第一</p></body></html>"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path


def brief(*args: str) -> int:
    return run(["brief", *args])


def test_a_new_brief_is_a_commented_file_that_can_be_read(capsys: pytest.CaptureFixture[str]) -> None:
    assert brief("new", "伞.toml") == 0
    text = Path("伞.toml").read_text("utf-8")
    assert "# [[details]]" in text
    assert read_brief(Path("伞.toml")).product == "伞"
    everything = "".join(re.findall(r"(?m)^(?:# )?(?=\[|[a-z_]+ = )(.*\n)", text))
    Path("全.toml").write_text(everything, "utf-8")
    assert brief("check", "全.toml") == 0, capsys.readouterr()
    assert brief("new", "伞.toml") == 2
    assert "已经有了" in capsys.readouterr().err


def test_a_new_brief_can_be_answered_for(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    said = iter(["折叠伞", "伞", "", "x", "39.5", "把", "", "学生；骑车的人"])
    monkeypatch.setattr("click.prompt", lambda *_, **__: next(said, ""))
    assert brief("new", "伞.toml", "--ask") == 0
    made = read_brief(Path("伞.toml"))
    assert (made.product, made.price, made.unit, made.audience) == ("折叠伞", 39.5, "把", ("学生", "骑车的人"))
    assert "“x”不是数字，再写一次" in capsys.readouterr().err


@pytest.mark.parametrize(("end", "code"), [(EOFError, 0), (KeyboardInterrupt, 130)])
def test_answers_are_kept_where_the_asking_is_cut_short(
    monkeypatch: pytest.MonkeyPatch, end: type[BaseException], code: int
) -> None:
    said = iter(["折叠伞", "伞", "禾木"])

    def prompt(*_: object) -> str:
        for answer in said:
            return answer
        raise end

    monkeypatch.setattr("click.termui.visible_prompt_func", prompt)
    assert brief("new", "伞.toml", "--ask") == code
    made = read_brief(Path("伞.toml"))
    assert (made.product, made.category, made.brand) == ("折叠伞", "伞", "禾木")


def test_nothing_is_written_where_nothing_was_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    def prompt(*_: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("click.termui.visible_prompt_func", prompt)
    assert brief("new", "伞.toml", "--ask") == 130
    assert not Path("伞.toml").exists()


def test_two_readers_in_one_pair_of_quotes_are_two(capsys: pytest.CaptureFixture[str]) -> None:
    Path("伞.toml").write_text('product = "伞"\n[audience]\nwho = ["学生；骑车的人"]\n', "utf-8")
    assert read_brief(Path("伞.toml")).audience == ("学生", "骑车的人")
    assert brief("check", "伞.toml") == 1
    assert "一个一对引号" in capsys.readouterr().out


def test_check_says_what_helps_most_and_which_point_is_the_core(capsys: pytest.CaptureFixture[str]) -> None:
    assert brief("check", str(SAMPLES / "mascara.toml")) == 0
    out = capsys.readouterr().out
    assert "1 再写 5 件真发生过的小事" in out
    assert "看全部" not in out
    assert max(map(display_width, out.splitlines())) <= 80
    assert "故事  还不能写：要有授权的名字" in out or "故事  还不能写：要有自己的故事" in out
    assert brief("check", str(SAMPLES / "briefs/torch.toml"), "--format", "json", "--today", "2026-11-22") == 0
    report = json.loads(capsys.readouterr().out)
    assert report["faults"] == report["wants"] == []
    assert all(form["ok"] for form in report["forms"])
    assert len(report["forms"]) >= 12
    assert [point["weight"] for point in report["points"]] == sorted(
        (point["weight"] for point in report["points"]), reverse=True
    )


def test_a_slot_of_the_wrong_shape_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    Path("伞.toml").write_text('product = "伞"\n[[selling_points]]\nfeature = "铝合金外壳"\n', "utf-8")
    assert brief("check", "伞.toml") == 1
    assert "伞.toml:3: selling_points.0.feature: “铝合金外壳”是一个词" in capsys.readouterr().out.replace(
        "\n      ", ""
    )
    assert brief("check", "伞.toml", "--lang", "en") == 1
    assert "is a word" in capsys.readouterr().out.replace("\n      ", " ")


@pytest.mark.parametrize(
    ("product", "why"), [("最好的睫毛膏", "“最好”是绝对化用语"), ("睫毛膏最低价", "“最低价”"), (" ", "是空的")]
)
def test_a_name_that_no_text_may_say_is_told_with_its_line(
    capsys: pytest.CaptureFixture[str], product: str, why: str
) -> None:
    Path("a.toml").write_text(f'# 睫毛膏\nproduct = "{product}"\n', "utf-8")
    assert brief("check", "a.toml") == 1
    assert f"a.toml:2: product: {why}" in capsys.readouterr().out


def test_several_in_one_pair_of_quotes_are_told_apart(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.toml").write_text('product = "伞"\n[audience]\nwho = ["学生；骑车的人"]\n', "utf-8")
    assert brief("check", "a.toml") == 1
    assert 'a.toml:3: audience.who.0: 这里是几个，一个一对引号："学生", "骑车的人"' in capsys.readouterr().out


def test_a_page_gives_a_first_brief_with_the_origin_of_every_field(capsys: pytest.CaptureFixture[str]) -> None:
    Path("页.html").write_bytes(PAGE.encode("gbk").replace(b"<head>", b'<head><meta charset="gbk">'))
    assert brief("from", "页.html", "-o", "霜.toml") == 0
    made = read_brief(Path("霜.toml"))
    assert (made.product, made.brand, made.price, made.category) == ("薄擦护手霜 40g", "禾木", 29, "护手霜")
    assert made.selling_points == ("管身 11 厘米，揣得进裤兜",)
    assert [(claim.kind, claim.statement, claim.evidence) for claim in made.claims] == [("spec", "净含量：40 克", "")]
    text = Path("霜.toml").read_text("utf-8")
    assert "price = 29  # 来自 网页的结构化数据（第 3 行）" in text
    assert "销量第一" not in text
    capsys.readouterr()
    assert brief("from", "页.html", "-o", "霜.toml") == 2
    Path("空.html").write_text("<p>404</p>", "utf-8")
    assert brief("from", "空.html") == 2
    assert "看不出商品叫什么" in capsys.readouterr().err


def test_a_row_of_a_table_gives_one_too(capsys: pytest.CaptureFixture[str]) -> None:
    rows = "货号,品名,牌子,售价,卖点,人群,备注\nA1,伞,晴,39,防风,学生,x\n"
    rows += 'A2,长柄伞,晴,￥59,伞骨 10 根；一甩就干,"骑车的人、学生",y\n'
    Path("商品.csv").write_text(rows, "gbk")
    assert brief("from", "商品.csv", "--row", "3") == 0
    out = capsys.readouterr().out
    Path("伞.toml").write_text(out, "utf-8")
    made = read_brief(Path("伞.toml"))
    assert (made.product, made.price, made.audience) == ("长柄伞", 59, ("骑车的人", "学生"))
    assert made.selling_points == ("伞骨 10 根", "一甩就干")
    assert "# 来自 第 3 行“品名”" in out
    assert "没用上的列：货号、备注" in out
    assert brief("from", "商品.csv", "--row", "9") == 2
    assert "没有第 9 行" in capsys.readouterr().err


def test_the_goods_begin_below_the_header_wherever_it_stands(capsys: pytest.CaptureFixture[str]) -> None:
    Path("商品.csv").write_text("秋季商品资料,,\n品名,售价,卖点\n伞,19.9-25.9,防风\n长柄伞,59,防风\n", "utf-8")
    assert brief("from", "商品.csv") == 0
    out = capsys.readouterr().out
    assert 'product = "伞"  # 来自 第 3 行“品名”' in out
    assert "没用上的列：售价（“19.9-25.9”不是一个数）" in out
    for row, says in (("2", "第 2 行是表头或标题，商品从第 3 行起"), ("9", "没有第 9 行（到第 4 行为止）")):
        assert brief("from", "商品.csv", "--row", row) == 2
        assert says in capsys.readouterr().err


def test_what_a_row_states_of_the_goods_becomes_claims_to_be_proved(capsys: pytest.CaptureFixture[str]) -> None:
    rows = "品名,材质,产地,属性,库存,人群\n猫零食,鸡胸肉,,保质期:18个月；适用阶段:成猫,300,养猫人，新手\n合计,,,,300,\n"
    Path("商品.csv").write_text(rows, "utf-8")
    assert brief("from", "商品.csv", "-o", "零食.toml") == 0
    made = read_brief(Path("零食.toml"))
    stated = ["材质：鸡胸肉", "保质期：18个月", "适用阶段：成猫"]
    assert [claim.statement for claim in made.claims] == stated
    assert not any(claim.evidence for claim in made.claims)
    assert made.audience == ("养猫人", "新手")
    assert brief("from", "商品.csv", "--row", "3") == 2
    assert "第 3 行是合计" in capsys.readouterr().err
    assert "没用上的列：库存" in Path("零食.toml").read_text("utf-8")
    capsys.readouterr()
    assert brief("check", "零食.toml") == 0
    assert "是一个词" not in capsys.readouterr().out
