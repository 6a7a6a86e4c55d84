"""The 标题党 risk follows causes: the same matter told plainly stands below the teaser."""

from __future__ import annotations

import pytest

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
