from __future__ import annotations

from pathlib import Path

import pytest

from copykit.brief import brief_from, read_brief
from copykit.errors import DataFileError, FileMissing
from copykit.model import Brief, Claim, Detail, Doubt, Material, Point, Readers, Scene

FULL = """\
product = "细头防水睫毛膏"
category = "美妆"
brand = "自有"
price = 11
audience = ["学生党", "内双"]
selling_points = ["刷头 3 毫米", "温水能卸"]
scenes = ["军训", "毕业照"]
keywords = ["睫毛膏", "防水不晕染"]

[[claims]]
kind = "sales"
statement = "三个月断货 5 次"
evidence = "后台库存记录 2026-08 至 2026-10"
valid_until = 2027-01-31

[[claims]]
kind = "spec"
statement = "刷头直径 3 毫米"
"""


def write(folder: Path, text: str | bytes, name: str = "睫毛膏.toml") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_a_product_alone_is_a_brief(tmp_path: Path) -> None:
    assert read_brief(write(tmp_path, 'product = "折叠雨伞"')) == Brief("折叠雨伞")


def test_a_full_brief_keeps_what_was_written(tmp_path: Path) -> None:
    assert read_brief(write(tmp_path, FULL)) == Brief(
        product="细头防水睫毛膏",
        category="美妆",
        brand="自有",
        price=11,
        audience=("学生党", "内双"),
        selling_points=("刷头 3 毫米", "温水能卸"),
        scenes=("军训", "毕业照"),
        keywords=("睫毛膏", "防水不晕染"),
        claims=(
            Claim("sales", "三个月断货 5 次", "后台库存记录 2026-08 至 2026-10", "2027-01-31"),
            Claim("spec", "刷头直径 3 毫米"),
        ),
        material=Material(points=(Point("刷头 3 毫米"), Point("温水能卸")), scenes=(Scene("军训"), Scene("毕业照"))),
    )


def test_the_bundled_samples_are_good_briefs() -> None:
    samples = Path(__file__).parent.parent.parent / "corpora/samples"
    briefs = [read_brief(path) for path in (*samples.glob("*.toml"), *samples.glob("briefs/*.toml"))]
    assert len(briefs) == 7
    assert all(brief.product for brief in briefs)


@pytest.mark.parametrize(
    ("text", "line", "key", "zh"),
    [
        (FULL.replace("keywords =", "keyword ="), 8, "keyword", "没有“keyword”这个键，是不是想写“keywords”？"),
        (f'pains = ["晕染"]\n{FULL}', 1, "pains", "没有“pains”这个键，写在 [audience] 里面"),
        (f'proof = "量过"\n{FULL}', 1, "proof", "没有“proof”这个键，写在 [[selling_points]] 里面"),
        (FULL.replace("product =", "name ="), 0, "product", "少了“product”，请补上"),
        (FULL.replace('"细头防水睫毛膏"', '""'), 1, "product", "至少要 1 个"),
        (FULL.replace("price = 11", 'price = "11元"'), 4, "price", "应该是数字，现在是 '11元'"),
        (FULL.replace("price = 11", "price = nan"), 4, "price", "应该是数字"),
        (FULL.replace('["学生党", "内双"]', '"学生党"'), 5, "audience", "应该是列表或表，现在是 '学生党'"),
        (FULL.replace('"sales"', '"销量"'), 11, "claims.0.kind", "“销量”不行，只能是 sales、"),
        (FULL.replace("2027-01-31", '"明年"'), 14, "claims.0.valid_until", "“明年”不是日期"),
        (FULL.replace('statement = "刷头直径', 'statment = "刷头直径'), 18, "claims.1.statment", "想写“statement”"),
        (FULL.replace('"美妆"', "“美妆”"), 2, "", "TOML 写错了"),
        (FULL.encode("gbk"), 1, "", "不是 UTF-8 编码，请另存为 UTF-8"),
        ("产品：睫毛膏\n", 1, "", "TOML 写错了"),
    ],
)
def test_a_mistake_is_told_with_file_line_and_key(
    tmp_path: Path, text: str | bytes, line: int, key: str, zh: str
) -> None:
    path = write(tmp_path, text)
    with pytest.raises(DataFileError) as caught:
        read_brief(path)
    problems = [problem for problem in caught.value.problems if problem.key == key]
    assert [(problem.line, problem.file) for problem in problems] == [(line, path.as_posix())]
    assert zh in problems[0].zh
    assert "\n" not in problems[0].say("zh") + problems[0].say("en")


def test_all_mistakes_are_told_together(tmp_path: Path) -> None:
    text = FULL.replace("brand", "band").replace("price = 11", "price = -1").replace('"spec"', '"规格"')
    with pytest.raises(DataFileError) as caught:
        read_brief(write(tmp_path, text))
    assert [problem.line for problem in caught.value.problems] == [3, 4, 17]


@pytest.mark.parametrize(
    ("name", "text"),
    [("x.json", "[]"), ("x.json", "{}"), ("x.json", "{"), ("x.txt", FULL), ("x.yaml", "- 伞"), ("x", "product")],
)
def test_a_file_of_another_form_is_told_not_guessed(tmp_path: Path, name: str, text: str) -> None:
    with pytest.raises(DataFileError):
        read_brief(write(tmp_path, text, name))


def test_a_brief_may_be_json(tmp_path: Path) -> None:
    assert read_brief(write(tmp_path, '{"product": "伞", "price": 39.5}', "x.json")) == Brief("伞", price=39.5)


def test_a_file_that_is_not_there_and_a_folder_are_told(tmp_path: Path) -> None:
    with pytest.raises(FileMissing, match="没有"):
        read_brief(tmp_path / "没有.toml")
    with pytest.raises(DataFileError, match="folder"):
        read_brief(tmp_path)


def test_a_table_from_elsewhere_is_held_against_the_same_schema() -> None:
    assert brief_from({"product": "伞"}, "接口") == Brief("伞")
    with pytest.raises(DataFileError) as caught:
        brief_from({"product": "伞", "prise": 3}, "接口")
    assert caught.value.say("zh") == "接口: prise: 没有“prise”这个键，是不是想写“price”？"


def test_a_brief_tells_of_its_shop(tmp_path: Path) -> None:
    text = FULL + '\n[shop]\ntype = "marketplace"\nconversion = 0.041\ncan = ["视频"]\n\n[shop.team]\n"文案" = "小禾"\n'
    shop = read_brief(write(tmp_path, text)).shop
    assert (shop.type, shop.conversion, shop.can, shop.team) == ("marketplace", 0.041, ("视频",), (("文案", "小禾"),))
    assert shop.margin is None
    assert hash(read_brief(write(tmp_path, text))) == hash(read_brief(write(tmp_path, text)))


@pytest.mark.parametrize(
    ("line", "zh"),
    [
        ("conversion = 4.1", "4.1 超出范围"),
        ('can = ["开车"]', "“开车”不行，只能是 视频、直播、线下、批发"),
        ('site = "shop.example"', "值不合要求"),
        ("repurchase_days = 0", "0 超出范围"),
        ("review_scor = 4.5", "是不是想写“review_score”"),
    ],
)
def test_a_mistake_about_the_shop_is_told_with_its_line(tmp_path: Path, line: str, zh: str) -> None:
    with pytest.raises(DataFileError) as caught:
        read_brief(write(tmp_path, f'product = "伞"\n[shop]\n{line}\n'))
    (problem,) = caught.value.problems
    assert problem.line == 3
    assert zh in problem.zh


@pytest.mark.parametrize(
    ("text", "zh"),
    [
        ('keywords = []\n[audience]\nwho = "学生；妈妈"', '写成 ["学生", "妈妈"]'),
        ('[[claims]]\nkind = "spec"\nvalid_until = 2027-13-31', "没有 2027-13-31 这一天"),
        ('brand = "禾'.encode() + "木".encode()[:2], "文件断在半个字上"),
        ("price = -5", "-5 超出范围（最小 0）"),
    ],
)
def test_what_is_wrong_is_told_with_what_cures_it(tmp_path: Path, text: str | bytes, zh: str) -> None:
    data = text.encode() if isinstance(text, str) else text
    with pytest.raises(DataFileError) as caught:
        read_brief(write(tmp_path, 'product = "伞"\n'.encode() + data))
    assert zh in caught.value.problems[0].zh


# --- what texts are made of ------------------------------------------------------------------------------------------

RICH = """\
product = "细头睫毛膏"
unit = "支"

[audience]
who = ["单眼皮"]
age = "18–30 岁"
pains = ["刷到眼皮上"]

[[selling_points]]
feature = "刷头只有三毫米"
proof = "卡尺量过三支"

[[details]]
kind = "wrong"
time = "去年冬天"
text = "头一批冻得拉不开丝"

[[doubts]]
ask = "会晕吗"
answer = "出油会晕一点，带张纸巾"
"""


def test_labels_and_material_come_from_the_same_keys(tmp_path: Path) -> None:
    brief = read_brief(write(tmp_path, RICH))
    assert (brief.audience, brief.selling_points) == (("单眼皮",), ("刷头只有三毫米",))
    assert brief.material.readers == Readers(age="18–30 岁", pains=("刷到眼皮上",))
    assert brief.material.points == (Point("刷头只有三毫米", proof="卡尺量过三支"),)
    assert brief.material.details == (Detail("头一批冻得拉不开丝", "wrong", "去年冬天"),)
    assert brief.material.doubts == (Doubt("会晕吗", "出油会晕一点，带张纸巾"),)
    assert hash(brief)


YAML = """\
product: 细头睫毛膏
selling_points:
  - 温水能卸
  - feature: 刷头只有三毫米
    proof: 卡尺量过三支
claims:
  - kind: sales
    statement: 三个月断货 5 次
    valid_until: 2027-01-31
"""


def test_yaml_says_the_same_as_toml(tmp_path: Path) -> None:
    brief = read_brief(write(tmp_path, YAML, "睫毛膏.yaml"))
    assert brief.material.points == (Point("温水能卸"), Point("刷头只有三毫米", proof="卡尺量过三支"))
    assert brief.claims == (Claim("sales", "三个月断货 5 次", valid_until="2027-01-31"),)


@pytest.mark.parametrize(
    ("text", "line", "key", "zh"),
    [
        (YAML.replace("proof:", "prof:"), 5, "selling_points.1.prof", "是不是想写“proof”"),
        (YAML.replace("kind: sales", "kind: 销量"), 7, "claims.0.kind", "“销量”不行"),
        (YAML.replace("- 温水能卸", "- &a 温水能卸"), 3, "", "不支持 & 和 * 这样的引用"),
        (YAML + "x: [", 10, "", "YAML 写错了"),
        ("a: &a [x,x]\nb: &b [*a,*a]\n", 1, "", "不支持 & 和 * 这样的引用"),
        ("product: 伞\n" * 20_000, 0, "", "YAML 超过 20 万字"),
        ("- 伞", 0, "", "应该是表"),
    ],
)
def test_faults_in_yaml_have_lines_too(tmp_path: Path, text: str, line: int, key: str, zh: str) -> None:
    with pytest.raises(DataFileError) as caught:
        read_brief(write(tmp_path, text, "坏.yaml"))
    problem = caught.value.problems[0]
    assert (problem.line, problem.key) == (line, key)
    assert zh in problem.zh


def test_keywords_may_be_a_file_beside_the_brief(tmp_path: Path) -> None:
    rows = "keyword,role\n睫毛膏,core\n贵妇睫毛膏,negative\n不晕染睫毛膏,long_tail\n睫毛膏,core\n"
    (tmp_path / "词.csv").write_text(rows, "utf-8")
    path = write(tmp_path, 'product = "睫毛膏"\nkeywords = "词.csv"\n')
    assert read_brief(path).keywords == ("睫毛膏", "不晕染睫毛膏")
    (tmp_path / "词.csv").write_text("keyword,role\n贵妇睫毛膏,negative\n", "utf-8")
    with pytest.raises(DataFileError, match="holds no keyword"):
        read_brief(path)
    path = write(tmp_path, 'product = "睫毛膏"\nkeywords = "词.txt"\n')
    (tmp_path / "词.txt").write_text("睫毛膏\n不晕染\n睫毛膏\n", "utf-8")
    assert read_brief(path).keywords == ("睫毛膏", "不晕染")
