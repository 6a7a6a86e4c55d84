"""The 标题党 risk follows causes: the same matter told plainly stands below the teaser."""

from __future__ import annotations

import pytest

from copykit.datafiles import bundled
from copykit.rules import rule as rules
from copykit.titles.profile import load_profile
from copykit.titles.score import TitleScorer


@pytest.fixture(scope="module")
def scorer() -> TitleScorer:
    return TitleScorer.bundled()


@pytest.mark.parametrize(
    ("teaser", "plain"),
    [
        ("震惊！这种锅千万别再用了", "不粘锅涂层划伤后的更换建议"),
        ("他把阳台改成了这样……", "老周把阳台改成了三平米菜园"),
        ("洗碗机到底省不省水？真相来了", "消协发布洗碗机用水量对比报告"),
        ("刚刚，它又涨价了！", "寿光蔬菜批发价格指数同比上涨3%"),
        ("“后悔没早买”，她说出了原因", "义乌举办首届晾衣架设计展"),
    ],
)
def test_a_teaser_carries_more_risk_than_the_same_matter_told(scorer: TitleScorer, teaser: str, plain: str) -> None:
    risk = {title: scorer.score(title).risks["clickbait"].value for title in (teaser, plain)}
    assert risk[teaser] >= risk[plain] + 15


def test_a_publishers_column_label_is_not_the_writers_doing(scorer: TitleScorer) -> None:
    bare = scorer.score("绣娘一把剪刀养活三个孩子").risks["clickbait"].value
    labelled = scorer.score("绣娘一把剪刀养活三个孩子｜人间")
    assert abs(labelled.risks["clickbait"].value - bare) <= 6


@pytest.mark.parametrize(
    "title",
    [
        "外公的藤椅，坐了五十年",
        "这把剪刀，磨了三十回",
        "洗了两年的牛仔裤，膝盖还没白",
        "卖了九年豆子，我只炒这一种",
        "我们只做一种拖鞋，改了九版",
        "头发多的人，这把梳子不夹",
        "试了七种胶，鞋底才不再开",
    ],
)
def test_short_clauses_and_talk_alone_are_no_clickbait(scorer: TitleScorer, title: str) -> None:
    score = scorer.score(title)
    assert score.risks["clickbait"].value < scorer.profile.risks["clickbait"].high


@pytest.mark.parametrize(
    "title",
    [
        "新到的藕粉！！一冲就透明！",
        "三刷宜兴！壶还是那把壶，汤更亮了",
        "孩子的书包多重才不伤背？",
        "鞋子开胶了怎么修？",
        "凉席能放洗衣机吗？我试了",
        "袜子这样洗，不硬",
        "这个夏天，凉拖只带一双",
        "没想到洗碗可以这么轻松",
    ],
)
def test_a_loud_voice_a_buyers_question_or_a_way_to_do_it_is_no_clickbait(scorer: TitleScorer, title: str) -> None:
    assert scorer.score(title).risks["clickbait"].value < scorer.profile.risks["clickbait"].high


@pytest.mark.parametrize(
    ("withheld", "told"),
    [
        ("冰箱里的这种食物，别再留了", "冰箱里的隔夜凉拌菜，别再留了"),
        ("这种食物，冰箱里放不得", "这种凉拌菜，冰箱里放不得"),
        ("老字号的苦日子，熬到头了？", "羽绒服洗了结团，怎么拍开？"),
        ("面馆开了三十年，怎么就关门了？", "面馆开了三十年，几点关门？"),
        ("孩子不爱吃菜，藏着的事没说？", "孩子不爱吃菜？把西兰花切成小树"),
        ("一把菜刀用二十年，老师傅的秘诀", "一把菜刀用二十年，秘诀是不洗它"),
    ],
)
def test_what_is_not_named_weighs_more_than_what_is(scorer: TitleScorer, withheld: str, told: str) -> None:
    assert scorer.score(withheld).risks["clickbait"].value >= scorer.score(told).risks["clickbait"].value + 6


@pytest.mark.parametrize("title", ["吓死我了！这种锅，千万别再用了", "她把锅扔了，原因竟是这个…"])
def test_what_withholds_and_shouts_still_is(scorer: TitleScorer, title: str) -> None:
    score = scorer.score(title)
    assert score.risks["clickbait"].value >= scorer.profile.risks["clickbait"].high


@pytest.mark.parametrize("name", ["content", "listing"])
def test_the_signs_of_style_are_rules_that_there_are(name: str) -> None:
    known = {rule.id for rule in rules.load(bundled(), ["clickbait"])}
    groups = load_profile(bundled(), name).risks["clickbait"].together
    assert [group.rule for group in groups] == ["score/style", "score/tone"]
    assert all(group.rules <= known | {"score/style"} for group in groups)


@pytest.mark.parametrize(
    ("title", "cut"), [("绘本太多收不下，我只留了这12本", "这1"), ("冬天出门带这3件毛衣就够了", "这3")]
)
def test_a_number_is_never_cut(scorer: TitleScorer, title: str, cut: str) -> None:
    assert all(finding.match != cut for finding in scorer.score(title).findings)
