"""Links and codes from the command line, for one piece or a whole plan, and codes that can be printed."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
import resvg_py
import zxingcpp
from PIL import Image

from tests.commands import Copykit

BRIEF = Path(__file__).parents[2] / "corpora/samples/mascara.toml"
LINK = "https://shop.example/goods?id=1"


@pytest.fixture
def copykit(copykit: Copykit, tmp_path: Path) -> Copykit:
    """Run a command line in a project folder."""
    (tmp_path / "copykit.toml").touch()
    return copykit


def read(content: bytes, suffix: str) -> list[str]:
    if suffix == ".svg":
        content = bytes(resvg_py.svg_to_bytes(svg_string=content.decode(), dpi=400, skip_system_fonts=True))
    image = Image.open(io.BytesIO(content)).convert("RGB")
    return [found.text for found in zxingcpp.read_barcodes(image)]


# --- tag ------------------------------------------------------------------------------------------------------------


def test_links_come_out_tagged_one_a_line(copykit: Copykit) -> None:
    code, out, err = copykit("links", "tag", LINK, f"{LINK}#x", "--source", "小红书", "--campaign", "Double 12")
    tagged = f"{LINK}&utm_source=%E5%B0%8F%E7%BA%A2%E4%B9%A6&utm_campaign=double_12"
    assert (code, out, err) == (0, f"{tagged}\n{tagged}#x\n", "")
    assert copykit("links", "tag", tagged, "--source", "小红书", "--campaign", "double_12").out.strip() == tagged


def test_a_marketplace_whose_shops_see_no_utm_is_told(copykit: Copykit) -> None:
    code, _, err = copykit("links", "tag", "https://item.taobao.com/item.htm?id=1", "--source", "小红书")
    assert code == 0
    assert "item.taobao.com 的店看不到 utm" in err
    assert "看不到" not in copykit("links", "tag", "https://nottaobao.com/a", "--source", "小红书").err


def test_a_scene_leads_back_to_what_it_stands_for(copykit: Copykit) -> None:
    code, out, _ = copykit("links", "tag", "--kind", "scene", "--source", "包裹卡", "--campaign", "双12")
    assert code == 0
    scene = out.strip()
    assert scene.startswith("parcel_card.")
    assert len(scene) <= 32
    assert copykit("links", "tag", "--kind", "scene", "--source", "包裹卡", "--campaign", "双12").out.strip() == scene
    told = json.loads(copykit("links", "tag", "--decode", scene, "--format", "json").out)
    assert (told["kind"], told["source"], told["campaign"]) == ("scene", "包裹卡", "双12")
    assert copykit("links", "tag", "--decode", "parcel_card.none").code == 2


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        ([], "要给链接"),
        ([LINK], "至少给 --source"),
        (["ftp://a", "--source", "x"], "要以 http"),
        (["--kind", "scene"], "至少给 --source"),
        (["--kind", "scene", "--source", "x", "--code", "包裹卡"], "最多 32 个字符"),
        (["--kind", "pid"], "从淘宝联盟复制"),
        (["--kind", "pid", "--code", "mm_1_2"], "要像 mm_12345_678_910"),
        (["--kind", "tkl", "--code", "abc"], "两头要有"),
        ([LINK, "--kind", "spoken", "--source", "x"], "链接只能打 utm"),
        (["--plan", "没有"], "还没有存过计划"),
        (["--plan", "没有.json"], "找不到文件"),
        ([LINK, "--source", "x", "-o", "码.pdf"], "-o 只会写"),
    ],
)
def test_a_mistake_is_one_sentence(copykit: Copykit, argv: list[str], sentence: str) -> None:
    code, out, err = copykit("links", "tag", *argv)
    assert (code, out) == (2, "")
    assert sentence in err


def test_codes_of_others_pass_through_when_they_are_right(copykit: Copykit) -> None:
    assert copykit("links", "tag", "--kind", "pid", "--code", "mm_1_2_3").out == "mm_1_2_3\n"
    assert copykit("links", "tag", "--kind", "tkl", "--code", "￥aB3dE6gH9￥").out == "￥aB3dE6gH9￥\n"
    assert copykit("links", "tag", "--kind", "wecom", "--code", "card-1", "--source", "x").out == "card-1\n"


def test_a_spoken_word_stays_with_its_channel_and_says_what_it_is_for(copykit: Copykit) -> None:
    code, out, err = copykit("links", "tag", "--kind", "spoken", "--source", "小红书")
    assert code == 0
    assert "不拿来引到站外" in err
    other = copykit("links", "tag", "--kind", "spoken", "--source", "抖音").out
    assert other != out
    assert copykit("links", "tag", "--kind", "spoken", "--source", "小红书").out == out


def test_a_whole_plan_gets_its_codes(copykit: Copykit, tmp_path: Path) -> None:
    copykit(
        "channels",
        "plan",
        BRIEF,
        "--hours",
        "10",
        "--budget",
        "1000",
        "--save",
        "--today",
        "2026-11-22",
        "-o",
        "p.json",
    )
    code, _, err = copykit("links", "tag", "--plan", "mascara", "--link", LINK, "-o", "码.csv")
    assert code == 0
    assert "PID 从淘宝联盟后台来" in err
    rows = list(csv.DictReader((tmp_path / "码.csv").read_text("utf-8-sig").splitlines()))
    assert {row["种类"] for row in rows} == {"spoken", "wecom"}
    assert all(row["链接"].startswith(LINK) for row in rows if row["种类"] == "wecom")
    again = json.loads(copykit("links", "tag", "--plan", "p.json", "--link", LINK, "--format", "json").out)
    assert [row["code"] for row in again] == [row["码"] for row in rows]
    told = copykit("links", "tag", "--decode", rows[0]["码"]).out
    assert "channel=xiaohongshu_notes" in told


@pytest.mark.parametrize(("kind", "code"), [("pid", "mm_12_34_56"), ("tkl", "￥AbCdEf12345￥"), ("wecom", "card.A1")])
def test_a_code_that_came_from_a_platform_leads_its_results_back(
    copykit: Copykit, tmp_path: Path, kind: str, code: str
) -> None:
    assert copykit("links", "tag", "--kind", kind, "--code", code, "--source", "淘宝客").out.strip() == code
    (tmp_path / "结果.csv").write_text(f"跟踪码,点击,成交\n{code},300,12\n", "utf-8")
    found = json.loads(copykit("channels", "review", "结果.csv", "--format", "json").out)
    assert found["joined"]["code"] == 1
    assert found["channel"][0]["name"] == "淘宝客"


def test_a_code_is_checked_without_a_project(copykit: Copykit, tmp_path: Path) -> None:
    assert copykit("links", "tag", "--kind", "pid", "--code", "mm_12_34_56").code == 0
    assert not (tmp_path / ".copykit").exists()
    assert "口令由这里挑" in copykit("links", "tag", "--kind", "spoken", "--code", "西瓜").err


# --- qr -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".svg", ".png"])
def test_a_code_is_written_and_its_least_size_told(copykit: Copykit, tmp_path: Path, suffix: str) -> None:
    code, out, err = copykit("links", "qr", LINK, "--caption", "包裹卡", "-o", f"卡{suffix}")
    assert (code, out) == (0, "")
    assert "最小印 14.8 毫米（37 格，含四周留白）" in err
    assert read((tmp_path / f"卡{suffix}").read_bytes(), suffix) == [LINK]


def test_a_row_that_should_have_a_link_and_has_none_is_a_bad_row(copykit: Copykit, tmp_path: Path) -> None:
    rows = "用在哪,种类,链接\n卡 1,utm,https://a.cn/1\n卡 2,utm,\n"
    (tmp_path / "码.csv").write_text(rows, "utf-8")
    code, _, err = copykit("links", "qr", "-i", "码.csv", "-o", "码")
    assert code == 2
    assert "第 3 行没做（卡 2）：没有链接" in err


def test_a_table_becomes_a_folder_or_a_sheet_and_rows_without_a_link_are_told(copykit: Copykit, tmp_path: Path) -> None:
    rows = "用在哪,种类,链接,图注\n卡 1,utm,https://a.cn/1,第一批\n口令,spoken,,\n卡 2,utm,https://a.cn/2,第二批\n"
    (tmp_path / "码.csv").write_text(rows, "utf-8")
    code, _, err = copykit("links", "qr", "-i", "码.csv", "-o", "码", "--type", "png")
    assert code == 0  # a spoken word is no fault of the table
    assert "口令不做二维码：口令是说的，不用码" in err
    files = sorted((tmp_path / "码").iterdir())
    assert [file.name for file in files] == ["001-卡_1.png", "002-卡_2.png"]
    assert [read(file.read_bytes(), ".png") for file in files] == [["https://a.cn/1"], ["https://a.cn/2"]]
    copykit("links", "qr", "-i", "码.csv", "--sheet", "-o", "码.svg")
    page = (tmp_path / "码.svg").read_bytes()
    assert sorted(read(page, ".svg")) == ["https://a.cn/1", "https://a.cn/2"]
    assert "第二批" in page.decode()
    copykit("links", "qr", "-i", "码.csv", "--sheet", "--copies", "30", "--size", "40", "-o", "印.svg")
    pages = sorted(tmp_path.glob("印-*.svg"))
    assert [page.name for page in pages] == ["印-卡_1-1.svg", "印-卡_1-2.svg", "印-卡_2-1.svg", "印-卡_2-2.svg"]
    contents = [read(page.read_bytes(), ".svg") for page in pages]
    assert [len(found) for found in contents] == [20, 10, 20, 10]
    assert set(contents[0]) == set(contents[1]) == {"https://a.cn/1"}  # a print run never mixes codes


def test_a_print_run_has_its_code_and_leads_back_to_it(copykit: Copykit) -> None:
    def tag(batch: str) -> str:
        return copykit("links", "tag", "--kind", "scene", "--source", "包裹卡", "--batch", batch).out.strip()

    first, second = tag("第1批"), tag("第2批")
    assert first != second
    assert "batch=第2批" in copykit("links", "tag", "--decode", second).out
    assert tag("第1批") == first
    link = copykit("links", "tag", "https://a.cn", "--source", "card", "--content", "蓝", "--batch", "2").out
    assert link.strip().endswith("utm_content=%E8%93%9D-2")


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        ([LINK, "-o", "x.svg", "--size", "5"], "至少印 14.8 毫米"),
        ([LINK, "-o", "x.pdf"], "-o 写 .svg、.png 或文件夹"),
        ([LINK, LINK, "-o", "x.svg"], "放不进一个文件"),
        (["-o", "x.svg"], "二选一"),
        ([LINK, "-o", "x.png", "--sheet"], "--sheet 写 .svg"),
        ([LINK, "-o", "x.png", "--sheet", "--copies", "9"], "--sheet 写 .svg"),
        ([LINK, "-o", "x.svg", "--copies", "9"], "--copies 要和 --sheet 一起用"),
        (["伞" * 500, "-o", "x.svg"], "先把链接缩短"),
        ([LINK], "少了 -o"),
    ],
)
def test_what_would_not_be_read_is_not_written(
    copykit: Copykit, tmp_path: Path, argv: list[str], sentence: str
) -> None:
    code, out, err = copykit("links", "qr", *argv)
    assert (code, out) == (2, "")
    assert sentence in err
    assert not list(tmp_path.glob("x.*"))
