"""The catalog holds every method of the source, each with what a shop must know, and its data files agree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from copykit import datafiles, parsing
from copykit.categories import Categories
from copykit.channels.catalog import Catalog, UnknownChannel, least_hours
from copykit.channels.facts import FACTS, facts_of
from copykit.channels.forecast import Assumptions
from copykit.laws import Laws
from copykit.model import Brief, Channel
from copykit.platforms import Platforms
from copykit.writing.forms import Forms

FILES = datafiles.bundled()
CATALOG = Catalog(FILES)
CHANNELS = list(CATALOG)
IDS = [channel.id for channel in CHANNELS]
# methods D: what stands beside the sixteen.
FURTHER = (
    *("互推", "自然搜索优化", "直通车", "钻展", "万相台无界", "淘宝客", "官方活动", "短信", "邮件", "导购返利", "分销"),
    *(
        "返佣",
        "社群",
        "联合推广",
        "会员复购",
        "包裹卡",
        "小红书笔记",
        "短视频",
        "直播",
        "微信营销",
        "小程序",
        "企业微信",
    ),
    *("视频号", "主图标题详情评价", "关联销售"),
)


def test_all_sixteen_methods_are_there_once() -> None:
    assert sorted(channel.method for channel in CHANNELS if channel.method) == list(range(1, 17))


@pytest.mark.parametrize("name", FURTHER)
def test_every_further_entry_of_the_source_is_found_by_its_name(name: str) -> None:
    assert CATALOG[name].what


@pytest.mark.parametrize("channel", CHANNELS, ids=IDS)
def test_a_channel_tells_what_people_need(channel: Channel) -> None:
    assert all(advice.why for advice in (*channel.do, *channel.dont, *channel.duties))
    assert channel.do
    assert channel.dont
    assert channel.duties
    assert any(task.when == "post" for task in channel.tasks)
    assert channel.cadence.least <= channel.cadence.times <= len(channel.cadence.weekdays)
    assert "{n}" in channel.cadence.words or channel.state == "refused"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", channel.checked)


@pytest.mark.parametrize("channel", CHANNELS, ids=IDS)
def test_a_channel_names_only_what_exists(channel: Channel) -> None:
    assert all(name in CATALOG for name in (*channel.successor, *([channel.after] if channel.after else [])))
    assert channel.id not in channel.successor
    if channel.platform:
        assert Platforms(FILES)[channel.platform].id == channel.platform
    assert {condition.fact for condition in (*channel.needs, *channel.fits)} <= set(FACTS)
    categories = {name for need in channel.needs for name in need.none_of}
    assert categories <= set(FILES.load("categories"))


@pytest.mark.parametrize("channel", CHANNELS, ids=IDS)
def test_every_sentence_of_a_condition_can_be_filled(channel: Channel) -> None:
    facts = facts_of(Brief("伞"), Categories(FILES))
    for condition in (*channel.needs, *channel.fits):
        assert "{" not in facts.fill(condition.why)
        assert "{" not in facts.fill(condition.unknown)


@pytest.mark.parametrize("channel", CHANNELS, ids=IDS)
def test_the_laws_that_are_cited_are_known(channel: Channel) -> None:
    laws = Laws(FILES)
    for duty in channel.duties:
        assert all(citation.law is not None and citation.article for citation in laws.cited(duty.why)), duty.why


@pytest.mark.parametrize("channel", [c for c in CHANNELS if c.state in ("alive", "changed")], ids=lambda c: c.id)
def test_a_living_channel_has_the_stated_numbers_that_its_cost_and_forecast_need(channel: Channel) -> None:
    assumptions = Assumptions(FILES)
    tables = {"clicks": "click", "pieces": "piece", "messages": "message", "fixed": "fixed", "orders": "commission"}
    if channel.cost_model in tables:
        assert assumptions.range(tables[channel.cost_model], channel.id) is not None
    if channel.cost_model != "clicks" and channel.kind != "steady":
        low, mid, high = assumptions.range("visits", channel.id) or (1, 0, 0)
        assert low <= mid <= high


def test_what_died_names_what_took_its_place() -> None:
    gone = {channel.id: channel.successor for channel in CHANNELS if channel.state in ("gone", "refused")}
    assert {"zhitongche", "zuanzhan", "bookmarks", "site_lookup", "bought_links"} == set(gone)
    assert all(gone.values())
    assert gone["zhitongche"] == gone["zuanzhan"] == ("wanxiangtai",)
    # half of the sixteen have changed since
    assert sum(channel.state != "alive" for channel in CHANNELS if channel.method) >= 8


def test_only_links_and_pages_of_ones_own_need_a_site() -> None:
    needing = {channel.id for channel in CHANNELS if channel.needs_own_site}
    assert needing == {"blog", "bookmarks", "site_lookup", "friend_links", "bought_links"}


@pytest.mark.parametrize(
    ("name", "identifier"),
    [("知乎", "qa"), ("FORUMS", "forum"), (" 抖音 ", "short_video"), ("qa", "qa"), ("企微", "wecom")],
)
def test_a_channel_is_found_by_id_name_or_alias(name: str, identifier: str) -> None:
    assert CATALOG[name].id == identifier


def test_an_unknown_channel_is_told_with_near_ones() -> None:
    with pytest.raises(UnknownChannel) as caught:
        CATALOG["小红薯笔记"]
    assert "小红书笔记" in caught.value.say("zh")


@pytest.mark.parametrize(
    ("filters", "inside", "outside"),
    [
        ({"kind": "paid"}, "wanxiangtai", "qa"),
        ({"effort": "low"}, "parcel_card", "live"),
        ({"stage": "new"}, "xiaohongshu_notes", "co_branding"),
        ({"shop_type": "own_site"}, "blog", "taobaoke"),
        ({"audience": "学生党"}, "xiaohongshu_notes", "weixin_channels"),
        ({"hours": 0.5}, "related_goods", "soft_article"),
    ],
)
def test_filters_leave_what_fits(filters: dict[str, str], inside: str, outside: str) -> None:
    found = {channel.id for channel in CATALOG.select(**filters)}  # type: ignore[arg-type]
    assert inside in found
    assert outside not in found


def test_the_least_hours_are_those_of_the_lowest_cadence() -> None:
    assert least_hours(CATALOG["小红书笔记"]) == 1.0
    assert least_hours(CATALOG["视频"]) == 2.15  # 4.3 hours every two weeks


def test_a_users_file_adds_a_channel(tmp_path: Path) -> None:
    own = tmp_path / "channels" / "fair.toml"
    own.parent.mkdir()
    text = (Path(datafiles.PACKAGE) / "data/channels/offline_events.toml").read_text("utf-8")
    text = text.replace('name = "线下引线上"', 'name = "周末市集"').replace("method = 14\n", "")
    own.write_text(re.sub(r"aliases = .*", 'aliases = ["市集"]', text), "utf-8")
    assert Catalog(datafiles.open_layers(extra=[tmp_path]))["市集"].id == "fair"


SPOKEN = frozenset(("what", "why", "state_today", "note", "words", "unknown", "text", "title", "kpis", "forms"))


def spoken(data: Any) -> Iterator[tuple[Any, Any]]:
    """Yield what people read of a channel's file, in Chinese and in English."""
    if isinstance(data, list):
        for one in data:
            yield from spoken(one)
    elif isinstance(data, dict):
        for key, told in data.items():
            if key in SPOKEN:
                yield told, data.get(f"{key}_en")
            elif key not in ("themes", "post"):  # what goes into posts, which are Chinese
                yield from spoken(told)


@pytest.mark.parametrize(
    "entry", [*FILES.entries("channels"), *FILES.entries("assumptions")], ids=lambda entry: f"{entry.kind}/{entry.id}"
)
def test_a_channel_speaks_both_languages_with_the_same_places_to_fill(entry: datafiles.Entry) -> None:
    value, problems = parsing.parse_file(entry.path, entry.kind)
    assert problems == []
    for chinese, english in spoken(value):
        assert bool(english) == bool(chinese), chinese
        assert set(re.findall(r"{\w+}", str(english))) == set(re.findall(r"{\w+}", str(chinese)))
        assert type(english) is type(chinese)
        if isinstance(chinese, list):
            assert len(english) == len(chinese)


def test_an_english_catalog_speaks_english_and_knows_the_chinese_names() -> None:
    english = Catalog(FILES, "en")
    groups = english["社群"]
    assert (groups.name, groups.id) == ("Groups", "groups")
    assert groups.why == "regulars together carry one another along"
    assert english["微信群"] == english["Groups"] == groups
    han = re.compile(r"[\u4e00-\u9fff]")
    for channel in english:
        told = (channel.what, channel.effect_words, *(advice.text for advice in (*channel.do, *channel.dont)))
        # Names of Chinese tools stay Chinese; sentences do not.
        assert all(len(han.findall(text)) <= 12 for text in told)


def test_a_task_names_only_forms_that_are_written() -> None:
    commands = [command for channel in CHANNELS for task in channel.tasks for command in task.commands]
    written = [command.split() for command in commands if command.startswith("write ")]
    assert written
    for words in written:
        assert "--form" in words, words  # without one the command asks for it
        kind, form = words[1], words[words.index("--form") + 1]
        assert Forms(FILES, kind)[form].name == form
