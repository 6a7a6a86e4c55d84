"""Every part arrives once or is said not to have; secrets stay where they are; parts keep to the receivers' limits."""

from __future__ import annotations

import dataclasses
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copykit import datafiles
from copykit.reports.bots import BadAddress, Bot, bots
from copykit.reports.deliver import Delivered, deliver
from copykit.reports.message import Message, parts_of
from copykit.reports.post import sender
from copykit.reports.targets import BadDelivery, BadSecret, Mail, Target, parts_for, targets_of
from copykit.state import SentPart, State
from tests.reports import receivers
from tests.reports.receivers import SECRET, MailServer, Receiver, serving

KNOWN = bots(datafiles.bundled())
LONG = Message(
    "关键词周报",
    tuple(f"{n}. 这周多出来的词：三合一冲锋衣，比上周多三成；说法见报告第 {n} 节。" * 12 for n in range(30)),
)
SHORT = Message("关键词周报", ("这周没有新词。",))


class Clock:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 1_795_000_000.0
        self.slept = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.slept += seconds


def local(bot: str, server: Receiver, **more: Any) -> Target:
    """Return a receiver whose bot lives at a local server."""
    anywhere: Bot = dataclasses.replace(KNOWN[bot], hosts=())
    facts: dict[str, Any] = {"mode": "all", "threshold": 0.0, "keyword": "", "secret": SECRET if anywhere.sign else ""}
    return Target(**{"name": bot, "bot": anywhere, "url": server.url, **facts, **more})


def server_of(kind: str, clock: Clock) -> Receiver:
    """Return a server that plays a bot's rules."""
    match kind:
        case "wecom":
            return Receiver(receivers.wecom, "errcode", clock)
        case "dingtalk":
            return Receiver(receivers.dingtalk(clock, "周报"), "errcode", clock)
        case "feishu":
            return Receiver(receivers.feishu(clock), "code", clock)
        case _:
            return Receiver(lambda *_: 0, "any", clock)


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    with State(tmp_path / "state.sqlite3") as opened:
        yield opened


def run(
    state: State,
    target: Target,
    clock: Clock,
    message: Message = LONG,
    name: str = "周报:2026-W47",
    patience: float = 10,
    **more: Any,
) -> Delivered:
    return deliver(name, message, [target], state, sender(2, patience), clock, clock.sleep, **more)[0]


# Seconds to wait for a server that will not answer; where one does, a busy machine must not look like it.
SHORTLY = 0.4


@pytest.mark.parametrize("kind", ["wecom", "dingtalk", "feishu", "webhook"])
def test_a_long_message_arrives_whole_and_once(kind: str, state: State) -> None:
    clock = Clock()
    with serving(server_of(kind, clock)) as server:
        assert run(state, local(kind, server), clock).state == "sent"
        arrived = len(server.accepted)
        assert arrived > 1 or kind == "webhook"
        told = str(server.accepted)
        assert all(f"第 {number} 节" in told for number in range(30))
        assert run(state, local(kind, server), clock).state == "sent"
        assert len(server.accepted) == arrived
        assert run(state, local(kind, server), clock, name="周报:2026-W48").state == "sent"
        assert len(server.accepted) == 2 * arrived


@pytest.mark.parametrize(
    ("kind", "change", "reason"),
    [
        ("dingtalk", {"secret": "wrong"}, "签名"),
        ("dingtalk", {"secret": ""}, "签名"),
        ("feishu", {"secret": "wrong"}, "签名"),
    ],
)
def test_a_refusal_with_http_200_is_a_failure(kind: str, change: dict[str, str], reason: str, state: State) -> None:
    clock = Clock()
    with serving(server_of(kind, clock)) as server:
        found = run(state, local(kind, server, **change), clock)
        assert found.state == "failed"
        assert reason in found.parts[0].reason_zh
        assert server.requests == 1  # what follows a refused part is not tried


def test_a_keyword_is_put_into_every_part(state: State) -> None:
    clock = Clock()
    with serving(Receiver(receivers.dingtalk(clock, "羽绒服"), "errcode", clock)) as server:
        assert run(state, local("dingtalk", server), clock).state == "failed"
        assert run(state, local("dingtalk", server, keyword="羽绒服"), clock, name="again").state == "sent"


MANNERS = ["ok", "ok", "reset", "500", "429", "302", "taken and hung", "taken and reset", "taken and garbage"]


@pytest.mark.parametrize("kind", ["wecom", "dingtalk", "feishu"])
def test_no_part_is_sent_twice_whatever_fails(kind: str, tmp_path: Path) -> None:
    """Seventy random sequences of failures a bot, each with up to four runs."""
    clock = Clock()
    with serving(server_of(kind, clock)) as server:
        for seed in range(70):
            rng = random.Random(seed)
            server.accepted.clear()
            server.behave.clear()
            server.behave.extend(rng.choice([*MANNERS, "taken and 502"]) for _ in range(rng.randint(1, 8)))
            if kind != "wecom" and "taken and hung" in server.behave and seed % 3:
                server.behave.remove("taken and hung")  # each costs real time
            with State(tmp_path / f"{kind}{seed}.sqlite3") as state:
                for _ in range(rng.randint(1, 4)):
                    found = run(state, local(kind, server), clock, patience=SHORTLY)
                    texts = [str(body) for body in server.accepted]
                    unstamped = [_without_time(text) for text in texts]
                    assert len(unstamped) == len(set(unstamped)), f"seed {seed}: sent twice"
                    assert all(part.state in ("sent", "failed", "unknown") for part in found.parts)
                    sent = sum(part.state == "sent" for part in found.parts)
                    unknown = sum(part.state == "unknown" for part in found.parts)
                    assert sent <= len(texts) <= sent + unknown


def _without_time(text: str) -> str:
    import re

    return re.sub(r"'(timestamp|sign)': '[^']*'", "", text)


def test_what_nobody_can_tell_is_sent_again_only_when_asked(state: State) -> None:
    clock = Clock()
    with serving(server_of("wecom", clock)) as server:
        server.behave.append("taken and hung")
        assert run(state, local("wecom", server), clock, SHORT, patience=SHORTLY).state == "unknown"
        assert run(state, local("wecom", server), clock, SHORT, patience=SHORTLY).state == "unknown"
        assert server.requests == 1
        assert run(state, local("wecom", server), clock, SHORT, resend_unknown=True).state == "sent"
        assert len(server.accepted) == 2


def test_a_run_that_was_killed_while_sending_leaves_an_unknown(state: State) -> None:
    clock = Clock()
    with serving(server_of("wecom", clock)) as server:
        target = local("wecom", server)

        def killed(part: Any, now: float) -> Any:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            deliver("r", SHORT, [target], state, killed, clock, clock.sleep)
        found = run(state, target, clock, SHORT, name="r")
        assert found.state == "unknown"
        assert "中断" in found.parts[0].reason_zh
        assert server.requests == 0


def test_one_receiver_that_is_away_does_not_stop_the_next(state: State) -> None:
    clock = Clock()
    with serving(server_of("wecom", clock)) as server:
        away = local("wecom", server, name="away", url="http://127.0.0.1:9/hook")
        here = local("wecom", server, name="here")
        first, second = deliver("r", SHORT, [away, here], state, sender(2, 1), clock, clock.sleep)
        assert (first.state, second.state) == ("failed", "sent")


def test_the_rate_is_kept_across_runs(state: State) -> None:
    clock = Clock()
    with serving(server_of("wecom", clock)) as server:
        for number in range(20):
            run(state, local("wecom", server), clock, SHORT, name=f"r{number}")
        assert clock.slept == 0
        run(state, local("wecom", server), clock, SHORT, name="r20")
        assert 59 < clock.slept < 62


@pytest.mark.parametrize(
    ("mode", "message", "told"),
    [
        ("all", Message("t", ("x",), changes=0), True),
        ("changes", Message("t", ("x",), changes=0), False),
        ("changes", Message("t", ("x",), changes=1), True),
        ("above", Message("t", ("x",), changes=3, top=1.9), False),
        ("above", Message("t", ("x",), changes=3, top=2.0), True),
    ],
)
def test_modes(mode: Any, message: Message, told: bool) -> None:
    target = Target("t", mode, 2.0, "", bot=KNOWN["wecom"])
    assert target.wants(message) is told


# --- mail ---


def mail_target(server: MailServer) -> Target:
    mail = Mail(
        "127.0.0.1", server.port, "none", "", "", "周报 <bot@shop.example>", ("a@shop.example", "b@shop.example")
    )
    return Target("邮件", "all", 0.0, "", mail=mail)


def test_mail_goes_to_each_receiver_once_as_text_and_page(state: State) -> None:
    clock, server = Clock(), MailServer()
    message = dataclasses.replace(SHORT, html="<p>这周没有新词。</p>")
    for _ in range(2):
        assert run(state, mail_target(server), clock, message).state == "sent"
    assert len(server.letters) == 2
    from email import message_from_bytes, policy

    letter = message_from_bytes(server.letters[0], policy=policy.default)
    assert letter["Subject"] == "关键词周报"
    assert letter["To"] == "a@shop.example"
    assert [part.get_content_type() for part in letter.iter_parts()] == ["text/plain", "text/html"]  # type: ignore[attr-defined]
    server.close()


@pytest.mark.parametrize(
    ("trouble", "state_after"),
    [({"refuse": "RCPT"}, "failed"), ({"hang_up_at": "RCPT"}, "failed"), ({"hang_up_at": "."}, "unknown")],
)
def test_mail_that_breaks(trouble: dict[str, str], state_after: str, state: State) -> None:
    server = MailServer(**trouble)
    assert run(state, mail_target(server), Clock(), SHORT).state == state_after
    server.close()


# --- configuration ---


def test_secrets_are_read_from_files_and_shown_nowhere(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=VERYSECRET\n", "utf-8")
    (tmp_path / "long").write_text("VERYSECRET\n" * 999, "utf-8")
    (tmp_path / "bracket").write_text("https://[oapi.dingtalk.com/robot/send?access_token=VERYSECRET\n", "utf-8")
    (tmp_path / "utf-16").write_text("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=VERYSECRET\n", "utf-16")
    table = {"to": "企业微信", "name": "群", "url_file": "url"}
    found = targets_of([table], tmp_path, KNOWN)
    assert "VERYSECRET" not in repr(found)
    for wrong, error in [
        ({**table, "url_file": "none"}, BadSecret),
        ({**table, "url_file": "long"}, BadSecret),
        ({**table, "to": "钉钉"}, Exception),
        ({**table, "url_file": "bracket", "to": "钉钉"}, BadAddress),
        ({**table, "url_file": "utf-16"}, BadSecret),
        ({"to": "wecom"}, BadDelivery),
    ]:
        with pytest.raises(error) as caught:
            targets_of([wrong], tmp_path, KNOWN)
        assert "VERYSECRET" not in str(caught.value)


def test_a_broken_connection_tells_no_secret(state: State) -> None:
    clock = Clock()
    with serving(server_of("wecom", clock)) as server:
        target = local("wecom", server, url=server.url.replace("TOKEN-for-tests", "VERYSECRET"))
        for manner in ("reset", "taken and hung", "500", "302", "taken and garbage"):
            server.behave.append(manner)
            found = run(state, target, clock, SHORT, name=manner, patience=SHORTLY)
            assert found.state != "sent"
            assert "VERYSECRET" not in str(found)


def test_an_answer_that_drips_is_not_waited_for(state: State) -> None:
    clock = Clock()
    with serving(server_of("wecom", clock)) as server:
        server.behave.append("taken and dripping")
        part = parts_for(local("wecom", server), SHORT, "周报:2026-W47")[0]
        begun = time.monotonic()
        assert sender(0.3, 0.3)(part, clock()).state == "unknown"
        assert time.monotonic() - begun < 3
        server.released.set()


def test_an_account_of_the_netrc_is_not_sent(tmp_path: Path, state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password VERYSECRET\n", "utf-8")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    clock = Clock()
    with serving(server_of("webhook", clock)) as server:
        assert run(state, local("webhook", server), clock, SHORT).state == "sent"
        assert (
            run(state, local("webhook", server, name="b", url=server.url.replace("//", "//a:b@")), clock).state
            == "sent"
        )
        assert server.accounts[0] is None
        assert server.accounts[-1] == "Basic YTpi"


# --- cutting ---


def _bytes(text: str) -> int:
    return len(text.encode())


@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=400), max_size=8),
    st.integers(120, 900),
    st.sampled_from([_bytes, len]),
)
def test_parts_fit_and_nothing_is_lost(paragraphs: list[str], room: int, size: Callable[[str], int]) -> None:
    parts = parts_of("周报", paragraphs, room, size)
    assert all(size(part) <= room for part in parts)
    kept = "".join(part.partition("\n\n")[2] for part in parts)
    assert kept.replace("\n", "") == "".join(paragraphs).replace("\n", "")


def test_a_cut_falls_between_sentences_and_outside_links() -> None:
    text = "三合一冲锋衣涨了三成。" * 6 + "看[完整报告](https://shop.example/reports/2026-W47.html)再定。" * 6
    parts = parts_of("周报", [text], 200, _bytes)
    for part in parts[1:]:
        assert not part.partition("\n\n")[2].startswith((")", "(", "]", "https"))
    assert "".join(part.partition("\n\n")[2] for part in parts) == text


@given(st.text(max_size=3000), st.text(max_size=30).filter(str.strip))
def test_a_body_is_never_over_the_limit(text: str, title: str) -> None:
    for bot in ("wecom", "dingtalk", "feishu"):
        target = Target(bot, "all", 0.0, "", bot=KNOWN[bot], url="https://x", secret=SECRET)
        for part in parts_for(target, Message(title, (text, text * 9)), "r"):
            made = part.make(1_795_000_000.0)
            limit = KNOWN[bot].limit
            size = len(made.body) if KNOWN[bot].limit_of == "body" else _content(made.body)  # type: ignore[union-attr]
            assert size <= limit


def _content(body: bytes) -> int:
    import json

    return len(json.loads(body)["markdown"]["content"].encode())


def test_an_entry_of_the_ledger_is_what_was_written(state: State) -> None:
    entry = SentPart("failed", "没收", "refused", 12.5, 2)
    state.note_part("r", "t", 1, "d", entry)
    assert state.sent_parts("r", "t") == {(1, "d"): entry}
    assert state.last_sent("t", 12.0) == [12.5]
    assert state.last_sent("t", 13.0) == []
