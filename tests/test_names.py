from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copykit.datafiles import DataFiles, Layer, bundled_layer
from copykit.model import Brief, Finding
from copykit.rules import names
from copykit.rules import rule as rules
from copykit.rules.engine import Engine
from copykit.rules.kinds import KINDS as BASE
from copykit.rules.reading import Context
from copykit.text.segment import Segmenter

FILES = DataFiles([bundled_layer()])
NAME_PACKS = ["ip", "law/persons/unlicensed_name", "law/persons/imitated_name", "law/persons/expired_licence"]
KINDS = {**BASE, **names.KINDS}
ENGINE = Engine(
    rules.load(
        FILES,
        NAME_PACKS,
    ),
    FILES,
    Segmenter(),
    KINDS,
)
# Names, festivals, what leans on them and what only looks like them, to be thrown together at random.
PIECES = [
    *FILES.load("lexicons")["names"],
    *FILES.load("lexicons")["festivals"],
    "同款",
    "平替",
    "2024",
    "年",
    "适用",
    " ",
]


def findings(engine: Engine, title: str, context: Context) -> list[Finding]:
    (reading,) = engine.read([title], context)
    return engine.find(reading)


def found(title: str, context: Context | None = None, engine: Engine = ENGINE) -> dict[str, list[Finding]]:
    context = context or Context(today="2026-11-25")
    by_rule: dict[str, list[Finding]] = {}
    for finding in findings(engine, title, context):
        by_rule.setdefault(finding.rule.rpartition("/")[2], []).append(finding)
    return by_rule


@pytest.mark.parametrize(
    ("fruit", "brand"),
    [
        ("苹果醋早上喝还是晚上喝", "苹果手机掉电快，先关这三项"),
        ("小米粥煮出米油要几分钟", "小米手环续航半个月的设置"),
        ("拿下这份荣耀那天，他只睡了两小时", "荣耀手机贴膜别再自己贴了"),
        ("三星堆文物雪糕，舍不得咬", "三星Galaxy旧机还能卖多少"),
    ],
)
def test_an_ambiguous_name_needs_its_company(fruit: str, brand: str) -> None:
    names = {"known_name", "unlicensed_name", "compatible_name", "many_names"}
    assert not [
        finding
        for rule in names - {"many_names"}
        for finding in found(fruit).get(rule, [])
        if finding.match in fruit[:2]
    ]
    assert names & found(brand).keys()


def test_only_the_strongest_name_earns_and_every_unlicensed_one_warns() -> None:
    hits = found("孙颖莎和毛戈平同台，谁的妆更稳")["unlicensed_name"]
    assert sorted(finding.points for finding in hits) == [0, 10]
    assert {finding.severity for finding in hits} == {"warning"}


def test_the_same_name_twice_is_one_name() -> None:
    assert "many_names" not in found("iPhone、iPad、MacBook、苹果手机，一根线够吗")


def test_the_seller_s_own_brand_is_not_borrowed() -> None:
    own = Context(brief=Brief(product="吹风机", brand="戴森 Dyson"))
    assert not found("戴森吹风机的五个隐藏档位", own)
    assert not found("戴森同款", own)


def test_a_brand_that_leans_on_a_name_does_not_own_it() -> None:
    mine = Context(brief=Brief(product="保温杯", brand="杨幂同款"))
    assert [finding.match for finding in found("杨幂同款白色保温杯", mine)["imitated_name"]] == ["杨幂"]


@pytest.mark.parametrize(
    ("today", "state", "points"),
    [("2026-11-25", "licensed_name", 18), ("2027-01-02", "expired_licence", 0), ("", "licensed_name", 18)],
)
def test_a_user_s_list_knows_licence_and_expiry(tmp_path: Path, today: str, state: str, points: int) -> None:
    mine = tmp_path / "lexicons" / "names_mine.txt"
    mine.parent.mkdir()
    mine.write_text(
        "迪士尼\tlicence=合同 26-018\tuntil=2026-12-31\n阿福\tkind=character\theat=1\tlicence=自有\n", "utf-8"
    )
    files = DataFiles([bundled_layer(), Layer("user", (tmp_path,))])
    engine = Engine(rules.load(files, NAME_PACKS), files, Segmenter(), KINDS)
    hits = found("迪士尼雨伞，收起来只有手机大", Context(today=today), engine)
    assert [(finding.match, finding.points) for finding in hits[state]] == [("迪士尼", points)]
    assert "unlicensed_name" not in hits
    assert found("阿福陪你吃早饭", Context(today=today), engine)["licensed_name"][0].points == 8


@pytest.mark.parametrize(
    ("title", "today", "state"),
    [
        ("中秋送长辈的那一盒", "2026-09-10", "festival_near"),
        ("中秋送长辈的那一盒", "2026-10-20", "festival_past"),
        ("中秋送长辈的那一盒", "2027-05-20", None),
        ("中秋送长辈的那一盒", "", None),
        ("双旦礼盒开箱", "2027-01-02", "festival_near"),
        ("2024双11账单还没还完", "2026-11-05", "festival_past"),
        ("2026双11账单怎么算", "2026-11-05", "festival_near"),
        ("618克一袋的瓜子", "2026-06-10", None),
        ("¥618的冲锋衣", "2026-06-10", None),
        ("型号6180的打印机", "2026-06-10", None),
    ],
)
def test_a_festival_lives_by_the_calendar(title: str, today: str, state: str | None) -> None:
    assert {rule for rule in found(title, Context(today=today)) if rule.startswith("festival")} == ({state} - {None})


@pytest.mark.parametrize(
    "title", ["明星同款大牌平替，学生也能买", "赵露思同款发夹", "平替戴森的吹风机", "雷锋同款挎包包邮"]
)
def test_leaning_on_others_raises_risk_and_earns_nothing(title: str) -> None:
    hits = findings(ENGINE, title, Context(today="2026-11-25"))
    assert sum(finding.points for finding in hits) == 0
    assert any(finding.severity == "warning" for finding in hits)


@given(
    st.lists(st.one_of(st.sampled_from([piece.split("\t")[0].lstrip("!") for piece in PIECES]), st.text(max_size=4)))
)
def test_spans_point_at_their_match(pieces: list[str]) -> None:
    title = "".join(pieces)
    context = Context(today="2026-11-25", category="美妆", brief=Brief(product="眼霜", brand="小米"))
    earning = 0
    for finding in findings(ENGINE, title, context):
        assert title[finding.start : finding.end] == finding.match
        assert all(0 <= start < end <= len(title) for start, end in finding.related)
        json.dumps(finding.message)
        earning += finding.points > 0 and finding.rule in (
            "ip/known_name",
            "law/persons/unlicensed_name",
            "ip/licensed_name",
        )
    assert earning <= 1
