from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copykit.text.clauses import CONNECTIVES, clauses

CASES = {
    "这件衣服好看，但是有点贵！": ["这件衣服好看", "但是有点贵"],
    "因为便宜所以买了两件": ["因为便宜", "所以买了两件"],
    "领口洗两次就塌却卖得最好": ["领口洗两次就塌", "却卖得最好"],
    "面料不错只是偏薄；夏天穿正好": ["面料不错只是偏薄", "夏天穿正好"],
    "洗完不用烫而且不掉色": ["洗完不用烫", "而且不掉色"],
    "原来如此……真的吗？！": ["原来如此", "真的吗"],
    "她说：“穿了就不想脱。”我信": ["她说", "“穿了就不想脱", "我信"],
    "  纯棉 短袖 ， 宽松  ": ["纯棉 短袖", "宽松"],
    "第一行\n第二行": ["第一行", "第二行"],
    "质量好.价格低": ["质量好", "价格低"],
    "好用...真的..推荐": ["好用", "真的", "推荐"],
    "😀！🎉": ["😀", "🎉"],
    "，，。": [],
    "": [],
    # punctuation that splits nothing
    "苹果、香蕉、梨": ["苹果、香蕉、梨"],
    "只卖3.5元,共1,234件:12:30开抢": ["只卖3.5元", "共1,234件", "12:30开抢"],
    "两档99,59任选": ["两档99", "59任选"],
    "全角３．５元，比例１６：９": ["全角３．５元", "比例１６：９"],
    "看https://a.com/x?y=1,z;w，很好": ["看https://a.com/x?y=1,z;w", "很好"],
    "见https://a.com/x。真的": ["见https://a.com/x", "真的"],
    "Node.js 18.2.1版本": ["Node.js 18.2.1版本"],
    "Dr. Wang推荐的 U.S. size": ["Dr. Wang推荐的 U.S. size"],
    "1.纯棉面料，2.不起球": ["1.纯棉面料", "2.不起球"],
    # connectives that open nothing here
    "不但好看": ["不但好看"],
    "敏感肌不过敏的面霜": ["敏感肌不过敏的面霜"],
    "三件套只要99元": ["三件套只要99元"],
    "最主要是耐穿": ["最主要是耐穿"],
    "发动机冷却液": ["发动机冷却液"],
    "大家尽管放心拍": ["大家尽管放心拍"],
    "之所以耐穿": ["之所以耐穿"],
    "它却不掉色": ["它却不掉色"],
    "你如果喜欢": ["你如果喜欢"],
}
TEXTS = st.text(alphabet=st.characters(codec=None), max_size=40) | st.text(
    alphabet="但是因为所以却好看纯棉，。！?.,:;…“”)、 \n1239aAhttps:/\ud800👍", max_size=40
)


@pytest.mark.parametrize("text", CASES)
def test_a_text_is_split_where_a_reader_pauses(text: str) -> None:
    assert [text[start:end] for start, end in clauses(text)] == CASES[text]


@given(TEXTS)
def test_clauses_are_ordered_apart_and_trimmed(text: str) -> None:
    previous = 0
    for start, end in clauses(text):
        assert previous <= start < end <= len(text)
        assert text[start:end] == text[start:end].strip()
        previous = end


@given(TEXTS)
def test_every_character_that_is_no_punctuation_lies_in_a_clause(text: str) -> None:
    covered = {place for start, end in clauses(text) for place in range(start, end)}
    for place, char in enumerate(text):
        if not char.isspace() and not unicodedata.category(char).startswith("P"):
            assert place in covered


def test_every_connective_can_split() -> None:
    for pattern in CONNECTIVES:
        word = re.sub(r"\(\?<?!(?:[^()])*\)", "", pattern).replace("是?", "")
        assert len(clauses(f"面料很软{word}颜色偏深")) == 2, word
