"""Choose channels for one product and schedule them within money and hours, every choice and refusal with its reason.

Free natural entries come first, the product's own page before them; people of one's own only where repurchase carries
it; paid clicks only where one click earns what it costs. Money is counted at the high end of what things cost, hours
are counted week by week, so both hold as limits and not on average.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

from copykit.calendar import Calendar, Workdays
from copykit.categories import Categories
from copykit.channels.catalog import Catalog, condition_from, in_language, meets
from copykit.channels.costs import EPSILON, Costs
from copykit.channels.facts import Facts, facts_of, holds, objection, told_as
from copykit.channels.forecast import NOTHING, Assumptions, Outlook, OwnResult, total
from copykit.channels.schedule import DAY, Desk, campaign_tasks, cycle_days, settle, short_codes, tasks_of, weekly
from copykit.datafiles import DataFiles
from copykit.model import Brief, Channel, Forecast, Plan, PlanRow, Rejected, Task

GOALS = {"成交": "orders", "引流": "visits", "复购": "repeat", "口碑": "trust"}


@dataclass(frozen=True, slots=True)
class Request:
    """What a plan is asked for: yuan in all, hours a week, the first day, weeks, and what it is for.

    ``goal``: one of GOALS' words, a number of orders, or empty.
    """

    name: str
    budget: float
    hours: float
    start: date
    weeks: int
    made_on: date
    goal: str = ""
    brief_path: str = ""


class Planner:
    """Makes plans from the data files of a run."""

    def __init__(self, files: DataFiles, has_command: Callable[[str], bool] = lambda _: True, lang: str = "zh") -> None:
        """Read catalog, assumptions and calendar; ``has_command`` tells which command lines tasks may name."""
        self.lang = lang
        self.catalog = Catalog(files, lang)
        self.assumptions = Assumptions(files)
        self.calendar = Calendar(files)
        self._categories = Categories(files)
        self._has_command = has_command

    def plan(
        self, brief: Brief, request: Request, results: Iterable[OwnResult] = (), kept: Sequence[Task] = ()
    ) -> Plan:
        """Return a plan; ``kept`` are tasks of an earlier one that were done or skipped."""
        workdays = Workdays()
        desk = Desk(
            brief=brief,
            brief_path=request.brief_path,
            plan=request.name,
            start=request.start,
            weeks=request.weeks,
            calendar=self.calendar,
            workdays=workdays,
            pace={
                "campaign": self.assumptions["campaign"],
                "script": in_language(self.assumptions["script"], self.lang),
                "day": self.assumptions["day"],
            },
            has_command=self._has_command,
            lang=self.lang,
        )
        facts = facts_of(brief, self._categories, self.lang)
        outlook = Outlook(self.assumptions, brief, results, self.lang)
        choice = _Choice(self, desk, facts, outlook, request, kept)
        choice.run()
        if choice.budget_lies_idle:
            choice = _Choice(self, desk, facts, outlook, request, kept)
            choice.run(keeping=True)
        return choice.plan()


class _No(NamedTuple):
    """A refusal: the sentence, and of which kind it is."""

    why: str
    kind: str


@dataclass(slots=True)
class _Draft:
    """A channel that fits: its tasks, what it costs, why, and a part of the forecast's base."""

    channel: Channel
    tasks: list[Task]
    cost: float
    cost_note: str
    why: str
    times: int
    actions: float
    spend: float = 0.0


class _Choice:
    """One run of choosing: what is taken, what is left of hours and money, and what was turned down and why."""

    def __init__(
        self,
        planner: Planner,
        desk: Desk,
        facts: Facts,
        outlook: Outlook,
        request: Request,
        kept: Sequence[Task],
    ) -> None:
        self.planner, self.desk, self.facts, self.outlook, self.request = planner, desk, facts, outlook, request
        self.assumed = planner.assumptions
        self.costs = Costs(desk.brief, desk.weeks, outlook, planner.assumptions, planner.lang)
        self.days = planner.calendar.between(desk.start, desk.end)
        self.kept = [task for task in kept if task.state != "open"]
        self.taken: dict[str, _Draft] = {}
        self.refused: dict[str, _No] = {}
        self.money = request.budget
        # What was done in a week has used its hours, whichever channel it was for.
        self.load = weekly((task for task in self.kept if desk.start <= task.due < desk.end), desk)
        self.shares: dict[str, list[float]] = {}
        self.reserved = [0.0] * desk.weeks  # hours kept for what money may buy, while the others take their share
        self.campaigning = ""

    @property
    def budget_lies_idle(self) -> bool:
        """Return whether nothing of a budget is spent although something worth it was only short of hours."""
        idle = self.money > 0 and self.money == self.request.budget
        return idle and any(self.refused[channel.id].kind == "hours" for channel in self._buyable(self.refused))

    def _buyable(self, among: Container[str]) -> list[Channel]:
        return [each for each in self._in_order() if each.id in among and each.cost_model in _FROM_BUDGET]

    def run(self, *, keeping: bool = False) -> None:
        """Try every channel in order, first within its kind's share of the hours, then with what is left.

        ``keeping``: at first hours are kept for what money may buy, which is tried last.
        """
        waiting = []
        for channel in self._in_order():
            reason = self._objection(channel)
            if reason is not None:
                self.refused[channel.id] = reason
            else:
                waiting.append(channel)
        if keeping:
            self.reserved = self._reserve(waiting)
        for shared in (True, False):
            for channel in waiting:
                if channel.id not in self.taken:
                    reason = self._take(channel, shared)
                    if reason is not None:
                        self.refused[channel.id] = reason
                    else:
                        self.refused.pop(channel.id, None)
            self.reserved = [0.0] * self.desk.weeks

    def _reserve(self, waiting: Iterable[Channel]) -> list[float]:
        """Return the weekly hours that the first paid channel takes at its least: no budget is left for want of them.

        None where nothing paid comes into question, or where it would take more than its kind's share.
        """
        nothing = [0.0] * self.desk.weeks
        share = self.assumed["share"]["paid"] * self.request.hours + EPSILON
        for channel in waiting:
            paid = channel.kind == "paid" and channel.cost_model in _FROM_BUDGET and not channel.after
            if paid and self.money > 0 and self.costs.price(channel, self.money)[3] is None:
                week = channel.cadence.start_week
                tasks = tasks_of(channel, self.desk, week, channel.cadence.least, week)
                again = weekly((task for task in tasks if task.kind != "setup"), self.desk)
                if max(again, default=0.0) <= share:
                    return weekly(tasks, self.desk)
        return nothing

    def plan(self) -> Plan:
        """Return the plan of what was taken."""
        request, desk = self.request, self.desk
        drafts = sorted(self.taken.values(), key=lambda draft: self._rank(draft.channel))
        placed = {task.id for draft in drafts for task in draft.tasks}
        history = [task for task in self.kept if task.id not in placed]
        codes = short_codes([*placed, *(task.id for task in history)])
        rows = tuple(self._row(draft, codes) for draft in drafts)
        names = self.planner.catalog
        return Plan(
            name=request.name,
            product=desk.brief.product,
            made_on=request.made_on,
            start=desk.start,
            weeks=desk.weeks,
            budget=request.budget,
            hours=request.hours,
            goal=request.goal,
            rows=rows,
            rejected=tuple(
                Rejected(channel.id, channel.name, *self.refused[channel.id])
                for channel in names
                if channel.id in self.refused
            ),
            days=tuple(self.days),
            forecast=total(row.forecast for row in rows),
            notes=tuple(self._notes(rows)),
            kept=tuple(replace(task, code=codes[task.id]) for task in sorted(history, key=lambda task: task.due)),
        )

    def _in_order(self) -> list[Channel]:
        return sorted(self.planner.catalog, key=self._rank)

    def _rank(self, channel: Channel) -> tuple[Any, ...]:
        """Return what orders channels: kind, what it serves, own orders an hour, whom one meets, the file's order."""
        kinds = ["steady", "page", "natural", "owned", "paid"]
        goal = GOALS.get(self.request.goal, "")
        if goal == "repeat":
            kinds = ["steady", "page", "owned", "natural", "paid"]
        people = self.desk.brief.audience
        strangers = bool(channel.audience and people) and not meets(channel, people)
        # What has to be in the plan first is also tried first.
        return (
            kinds.index(channel.kind),
            bool(goal) and goal not in channel.serves,
            -self._own_yield(channel),
            strangers,
            channel.order,
            channel.id,
        )

    def _own_yield(self, channel: Channel) -> float:
        """Return the orders an hour that the user's own results tell of, 0 without any.

        Where they tell no hours, those that its posts usually take; where they do not tell the posts, its usual ones.
        """
        each = _hours_a_post(channel)
        weekly = self.outlook.weekly(channel)
        if weekly is not None and not any(row.hours or row.actions for row in self.outlook.own(channel)):
            cadence = channel.cadence
            return weekly[1] * cadence.every_weeks / (each * cadence.times) if each else 0.0
        rows = [
            (row.orders, row.hours or each * (row.actions or 0))
            for row in self.outlook.own(channel)
            if row.orders is not None
        ]
        hours = sum(spent for _, spent in rows)
        return sum(orders for orders, spent in rows if spent) / hours if hours else 0.0

    def _own_orders(self, channel: Channel) -> float:
        """Return the orders that the user's own results tell of, 0 without any."""
        return sum(row.orders or 0 for row in self.outlook.own(channel))

    def _say(self, zh: str, en: str) -> str:
        return en if self.planner.lang == "en" else zh

    def _listed(self, names: Sequence[str]) -> str:
        return self._say("、", ", ").join(told_as(name, self.planner.lang) for name in names)

    # --- what speaks against a channel ---------------------------------------------------------------------------

    def _objection(self, channel: Channel) -> _No | None:
        """Return why a channel does not come into question at all."""
        for condition in (condition_from(in_language(need, self.planner.lang)) for need in self.assumed.needs):
            if (found := objection(condition, self.facts)) is not None:
                return _No(found, "law")
        if channel.state in ("gone", "refused"):
            return _No(self._left_behind(channel), "gone")
        for condition in channel.needs:
            # How soon people buy again tells whether orders may come; orders that came tell it better.
            if condition.fact == "repurchase_days" and self._own_orders(channel):
                continue
            if (found := objection(condition, self.facts)) is not None:
                return _No(found, "law" if condition.fact in ("category", "consent") else "unfit")
        if (found := self._wrong_shop(channel)) is not None:
            return _No(found, "unfit")
        found = self.costs.own_verdict(channel)
        if found is None and channel.cost_model == "clicks":
            found = self.costs.click_verdict(channel)[0]
        return _No(found, "loss") if found is not None else None

    def _wrong_shop(self, channel: Channel) -> str | None:
        values = self.facts.values
        if channel.needs_own_site and not values["site"]:
            return self._say("没有自己的网站", "no website of its own")
        shop_type, stage = values["shop_type"], values["stage"]
        if channel.shop_types and shop_type is not None and shop_type not in channel.shop_types:
            meant, yours = self._listed(channel.shop_types), told_as(shop_type, self.planner.lang)
            return self._say(f"这是给{meant}用的，你的店是{yours}", f"this is for {meant}, yours is one of {yours}")
        if channel.shop_types and shop_type is None:
            return self._say(
                "资料里没写店开在哪（shop.type），这条路要看店的类型",
                "the brief does not say where the shop is (shop.type), on which this depends",
            )
        if channel.stages and stage is not None and stage not in channel.stages:
            meant, yours = self._listed(channel.stages), told_as(stage, self.planner.lang)
            return self._say(f"适合{meant}的店，你写的是{yours}", f"for {meant} shops, yours is {yours}")
        return None

    def _left_behind(self, channel: Channel) -> str:
        after = self._say("、", ", ").join(self.planner.catalog.name_of(name) for name in channel.successor)
        return channel.state_today + (self._say(f"；看{after}", f"; see {after}") if after else "")

    # --- what fits -----------------------------------------------------------------------------------------------

    def _take(self, channel: Channel, shared: bool) -> _No | None:
        """Schedule a channel and take it, or return why it does not fit."""
        if channel.after and channel.after not in self.taken:
            first = self.planner.catalog.name_of(channel.after)
            return _No(self._say(f"要先有跑出来的{first}，再加钱放大", f"first {first} has to work by itself"), "unfit")
        focus = self.assumed["focus"]
        others = sum(draft.channel.kind != "steady" for draft in self.taken.values())
        room = max(int(self.request.hours / focus["hours_per_channel"] + EPSILON), 1)
        room -= any(self.reserved) and channel.kind != "paid"
        if channel.kind != "steady" and others >= room:
            why = self._say(
                f"每周 {self.request.hours:g} 小时已经排了 {others} 条路，再开一条，条条都做不深",
                f"{self.request.hours:g} hours a week hold {others} ways already; one more and none is done well",
            )
            return _No(why, "hours")
        cost, spend, note, reason = self.costs.price(channel, self.money)
        if reason is not None:
            return _No(reason, "money")
        found = self._schedule(channel, shared)
        if found is None:
            return _No(self._no_hours(channel), "hours")
        tasks, times = found
        if channel.cost_model == "messages":
            sends = sum(task.kind == "post" for task in tasks)
            cost *= sends
            if cost > self.money + EPSILON:
                zh = f"发 {sends} 次要 {cost:,.0f} 元，预算只剩 {self.money:,.0f} 元"
                en = f"{sends} sendings take {cost:,.0f} yuan, {self.money:,.0f} are left"
                return _No(self._say(zh, en), "money")
        actions = self._actions(channel, tasks)
        draft = _Draft(channel, tasks, round(cost, 2), note, self._why(channel), times, actions, spend)
        self.taken[channel.id] = draft
        self.money -= draft.cost
        self._count(channel, [task for task in tasks if task.state == "open"])
        if any(task.kind == "campaign" for task in tasks):
            self.campaigning = channel.id
        return None

    def _schedule(self, channel: Channel, shared: bool) -> tuple[list[Task], int] | None:
        """Return the first way of scheduling whose hours fit: as soon as possible, then as often as possible."""
        mine = [task for task in self.kept if task.channel == channel.id]
        opens = any(template.when == "start" for template in channel.tasks)
        for first_week in range(channel.cadence.start_week, self._last_start() + 1):
            # What is done once may be done a week or more ahead where the first week is full.
            setups = range(first_week, 0, -1) if opens else (first_week,)
            for times in range(channel.cadence.times, channel.cadence.least - 1, -1):
                for setup_week in setups:
                    tasks = tasks_of(channel, self.desk, first_week, times, setup_week)
                    if not any(task.kind == "post" for task in tasks):
                        continue
                    for made in ([*tasks, *self._campaigns(channel)], tasks):
                        settled = settle(made, mine, self.desk)
                        if self._fits(channel, settled, shared):
                            return settled, times
        return None

    def _campaigns(self, channel: Channel) -> list[Task]:
        repurchase = self.desk.brief.shop.repurchase_days
        if not channel.campaign or self.campaigning or repurchase is None:
            return []
        cycle = cycle_days(repurchase, self.assumed["campaign"])
        return campaign_tasks(channel, self.desk, cycle, self.days)

    def _fits(self, channel: Channel, tasks: Sequence[Task], shared: bool) -> bool:
        added = weekly((task for task in tasks if task.state == "open"), self.desk)
        limit = self.request.hours + EPSILON
        kept = self.reserved if channel.kind != "paid" else [0.0] * self.desk.weeks
        if any(new and have + new + spare > limit for have, new, spare in zip(self.load, added, kept, strict=True)):
            return False
        if not shared:
            return True
        # What is done once may take more than a kind's share of its week; what comes back every week may not.
        added = weekly((task for task in tasks if task.state == "open" and task.kind != "setup"), self.desk)
        kind = self.shares.get(channel.kind, [0.0] * self.desk.weeks)
        shares = self.assumed["share"]
        least = shares["at_least"] if channel.kind != "steady" else 0.0
        share = max(shares[channel.kind] * self.request.hours, least) + EPSILON
        return all(not new or have + new <= share for have, new in zip(kind, added, strict=True))

    def _count(self, channel: Channel, tasks: Sequence[Task]) -> None:
        kind = self.shares.setdefault(channel.kind, [0.0] * self.desk.weeks)
        for task in tasks:
            week = self.desk.week_of(task.due)
            self.load[week] += task.hours
            kind[week] += task.hours if task.kind != "setup" else 0.0

    def _last_start(self) -> int:
        """Return the last week in which a channel may begin."""
        least: int = self.assumed["focus"]["least_weeks"]
        return max(self.desk.weeks - least + 1, 1)

    def _comes_round(self, channel: Channel) -> bool:
        """Return whether anything of a channel would lie in the plan, were there hours for it."""
        weeks = range(channel.cadence.start_week, self._last_start() + 1)
        return any(tasks_of(channel, self.desk, week, channel.cadence.times) for week in weeks)

    def _no_hours(self, channel: Channel) -> str:
        if channel.cadence.start_week > self.desk.weeks:
            begin = channel.cadence.start_week
            zh = f"要到第 {begin} 周才开始，计划只有 {self.desk.weeks} 周"
            return self._say(zh, f"begins in week {begin}, the plan has {self.desk.weeks}")
        begin, kept = channel.cadence.start_week, self.assumed["focus"]["least_weeks"]
        if begin > self._last_start():
            zh = f"要到第 {begin} 周才开始，最少做 {kept} 周，计划只有 {self.desk.weeks} 周"
            en = f"begins in week {begin} and takes {kept} weeks at least, the plan has {self.desk.weeks}"
            return self._say(zh, en)
        if not self._comes_round(channel):
            every = channel.cadence.every_weeks
            zh = f"第 {begin} 周起、每 {every} 周一轮，{self.desk.weeks} 周的计划里轮不到"
            en = f"comes every {every} weeks from week {begin} on, never in a plan of {self.desk.weeks}"
            return self._say(zh, en)
        every = channel.cadence.every_weeks
        least = _hours_a_post(channel) * channel.cadence.least
        start = sum(template.hours for template in channel.tasks if template.when == "start")
        opening = self._say(f"，开头还要 {start:g} 小时", f" and {start:g} h to begin") if start else ""
        left = round(max(self.request.hours - max(self.load), 0), 1)
        room = f"只剩 {left:.1f} 小时" if left else "已经排满"
        often = f"每 {every} 周一回，一回" if every > 1 else "每周最少"
        often_en = f"every {every} weeks" if every > 1 else "a week"
        return self._say(
            f"时间排不下：{often}要 {least:.1f} 小时{opening}，最满的一周{room}",
            f"no time: it takes {least:.1f} h {often_en} at least{opening}, the fullest week has {left:.1f} left",
        )

    def _actions(self, channel: Channel, tasks: Sequence[Task]) -> float:
        """Return how many posts, cards or messages take effect before the plan ends."""
        late = self.desk.end - 7 * channel.effect_weeks * DAY
        posts = [task for task in tasks if task.kind == "post" and task.due < late and task.state != "skipped"]
        shop = self.desk.brief.shop
        if channel.cost_model == "pieces" and channel.id != "offline_events":
            weeks = (late - min((task.due for task in posts), default=late)).days / 7
            return (shop.orders_per_week or 0) * max(weeks, 0)
        if channel.cost_model == "messages":
            return float(len(posts) * (shop.contacts or 0))
        return float(len(posts))

    # --- what people read ----------------------------------------------------------------------------------------

    def _why(self, channel: Channel) -> str:
        if channel.cost_model == "clicks":
            return f"{self.costs.click_verdict(channel)[1]}；{channel.why}"
        if orders := self._own_orders(channel):
            rows = [row for row in self.outlook.own(channel) if row.orders is not None]
            actions = sum(row.actions or 0 for row in rows)
            made = self._say(f"{actions:,.0f} 次", f"{actions:,.0f} posts")
            if not actions:
                made = self._say(f"{len(rows)} 期", f"{len(rows)} periods")
            zh = f"你自己的结果：{made}带来 {orders:,.0f} 单，接着做"
            return self._say(zh, f"your own results: {made} brought {orders:,.0f} orders; go on")
        for condition in channel.fits:
            if holds(condition, self.facts):
                return self.facts.fill(condition.why)
        return channel.why

    def _row(self, draft: _Draft, codes: dict[str, str]) -> PlanRow:
        channel = draft.channel
        posts = sorted(task.due for task in draft.tasks if task.kind == "post")
        weeks = (self.desk.end - posts[0]).days / 7 - channel.effect_weeks if posts else 0
        forecast = self.outlook.as_before(channel, self.desk.weeks) or self.outlook.orders(
            channel, draft.actions, weeks, draft.spend
        )
        if channel.kind == "steady":
            forecast = NOTHING
        elif forecast == NOTHING and not draft.actions:
            weeks_told = self.desk.weeks
            note = self._say(f"这 {weeks_told} 周里还看不到：", f"not to be seen in {weeks_told} weeks: ")
            forecast = NOTHING._replace(note=note + channel.effect_words)
        tasks = sorted(draft.tasks, key=lambda task: (task.due, task.time, task.id))
        cadence = channel.cadence
        return PlanRow(
            channel=channel.id,
            name=channel.name,
            kind=channel.kind,
            why=draft.why,
            start=min(task.due for task in tasks),
            cadence=cadence.words.replace("{n}", str(draft.times)),
            per_period=draft.times,
            hours=round(statistics.fmean(weekly(tasks_within(tasks, self.desk), self.desk)), 2),
            cost=draft.cost,
            cost_note=draft.cost_note,
            forecast=forecast,
            tracking=channel.tracking,
            tasks=tuple(replace(task, code=codes[task.id]) for task in tasks),
        )

    def _notes(self, rows: Sequence[PlanRow]) -> Iterable[str]:
        desk, request, names = self.desk, self.request, self.planner.catalog
        if not rows:
            zh = f"每周 {request.hours:g} 小时排不下任何一条路；先空出一两个小时"
            yield self._say(zh, f"{request.hours:g} hours a week hold nothing; free one or two first")
        known = desk.workdays.known_until
        if desk.end > known:
            zh = f"{known.year + 1} 年的放假安排还没有，之后按周末休息算；公布后重排一次"
            yield self._say(zh, f"days off of {known.year + 1} are not published; weekends are taken until they are")
        if self.money > 0 and request.budget > 0 and rows:
            yield self._left_over()
        if any(row.forecast.basis in ("assumed", "mixed") for row in rows):
            checked = self.assumed.checked
            yield self._say(
                f"带 * 的预计用了假设（{checked} 定的，没有公开数据支持）；给 --results 就换成你自己的数",
                f"what has a * rests on assumptions of {checked} that no public data support; give --results",
            )
        speaking = [row.name for row in rows if _is_personal(names[row.channel])]
        if speaking and self.facts.values["persona"] is None:
            where = self._say("、", ", ").join(speaking)
            yield self._say(
                f"没写人设（资料的 [persona]）：{where}要有一个人在说话，写上两三条 about，人设线才有东西发",
                f"no persona in the brief ([persona]): on {where} a person speaks; two or three lines of about will do",
            )
        old = [names[row.channel] for row in rows if names[row.channel].expires < request.made_on.isoformat()]
        if old:
            told = self._say("、", ", ").join(channel.name for channel in old)
            yield self._say(
                f"{told}：资料早该重新核对了，先看 copykit channels show 里写的还对不对",
                f"{told}: what is known of them was to be verified again; see copykit channels show",
            )
        yield from self._goal_note(total(row.forecast for row in rows))
        low = desk.brief.shop.review_score
        if low is not None and low < 4.7 and desk.brief.shop.bad_reviews:
            bad = desk.brief.shop.bad_reviews
            yield self._say(
                f"评分 {low:g}，差评集中在“{bad}”：引来的人先看差评，产品先改",
                f"rated {low:g}, bad reviews are about '{bad}', which visitors read first: mend the product",
            )

    def _left_over(self) -> str:
        """Return why money is left: paid channels that no hours were left for, else that nothing is worth it."""
        waiting = [each.name for each in self._buyable(self.refused) if self.refused[each.id].kind == "hours"]
        if waiting:
            zh = f"预算还剩 {self.money:,.0f} 元没排：要花钱的{'、'.join(waiting)}没有时间做，多给几小时再排一次"
            return self._say(
                zh, f"{self.money:,.0f} yuan are left: no hours for {', '.join(waiting)}, which cost money"
            )
        zh = f"预算还剩 {self.money:,.0f} 元没排：没有值得花的地方，留着等结果"
        return self._say(zh, f"{self.money:,.0f} yuan are left: nothing is worth them before results come")

    def _goal_note(self, forecast: Forecast) -> Iterable[str]:
        if not self.request.goal or self.request.goal in GOALS:
            return
        wanted = float(self.request.goal)
        if wanted <= forecast.low:
            yield self._say(f"目标 {wanted:g} 单：预计的低值就够", f"{wanted:g} orders: the low end suffices")
        elif wanted <= forecast.high:
            ends = f"{forecast.low:g}—{forecast.high:g}"
            zh = f"目标 {wanted:g} 单：在预计的 {ends} 单之间，不保证"
            yield self._say(zh, f"{wanted:g} orders: within the {ends} expected, not certain")
        else:
            yield self._say(
                f"目标 {wanted:g} 单够不着：顺的话也只有 {forecast.high:g} 单；加时间，或先提转化和客单价",
                f"{wanted:g} orders are out of reach, {forecast.high:g} at best: more time or conversion",
            )


_FROM_BUDGET = frozenset(("clicks", "fixed", "messages", "pieces"))


def tasks_within(tasks: Iterable[Task], desk: Desk) -> list[Task]:
    """Return the tasks that lie within the plan."""
    return [task for task in tasks if desk.start <= task.due < desk.end]


def _is_personal(channel: Channel) -> bool:
    """Return whether a person speaks on a channel: 小店做人设 (methods B)."""
    return any("{persona}" in text for _, text in channel.themes)


def _hours_a_post(channel: Channel) -> float:
    return sum(template.hours for template in channel.tasks if template.when in ("each", "post"))
