"""Codes that tell where a buyer came from: UTM links, mini-program scenes, WeCom states, PIDs, spoken words.

Nothing here draws a random number: a code is made from what it stands for, so that the same piece of material gets the
same code again, and what a code stands for is kept in the project's state.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote, unquote_plus

from copykit.channels.schedule import CODE_SIGNS
from copykit.corpus.address import host_of, lies_under
from copykit.errors import CopykitError, Words
from copykit.model import Plan

UTM = ("source", "medium", "campaign", "content", "term")
KINDS = ("utm", "scene", "wecom", "pid", "tkl", "spoken")
# getwxacodeunlimit: 32 visible characters of these (WeChat's documentation of the interface).
SCENE_LENGTH = 32
SCENE_SIGNS = re.compile(r"[0-9A-Za-z!#$&'()*+,/:;=?@\-._~]+")
# The contact-me interface of WeCom takes a state of 30 characters; we use only such as survive any copying.
WECOM_LENGTH = 30
WECOM_SIGNS = re.compile(r"[0-9A-Za-z_.\-]+")
PID = re.compile(r"mm_\d{1,20}_\d{1,20}_\d{1,20}")
MAX_URL = 2000  # what every browser, messenger and shop takes


class BadLink(CopykitError):
    """An address that cannot be tagged."""

    zh = "链接 {link} 用不了：{reason}"
    en = "the link {link} cannot be used: {reason}"


class BadCode(CopykitError):
    """A code that its platform would not take."""

    zh = "{code} 不是{kind}：{reason}"
    en = "{code} is no {kind}: {reason}"


class NoWords(CopykitError):
    """More spoken codes are asked for than the list has."""

    zh = "口令词不够：要 {wanted} 个，词表 spoken_codes 只凑得出 {have} 个；往词表里加词"
    en = "too few spoken words: {wanted} wanted, spoken_codes gives {have}; add words to the list"


# --- UTM ------------------------------------------------------------------------------------------------------------


def tag_url(url: str, tags: Mapping[str, str]) -> str:
    """Return a link with UTM tags; the rest of it stays as it is, byte for byte.

    ``tags`` maps source, medium, campaign, content, term to values; tags that the link has already are replaced.
    Tagging a tagged link again changes nothing.

    Raises:
        BadLink: no http(s) address, one with a password in it, or too long with its tags.
    """
    check_url(url)
    rest, hash_sign, fragment = url.partition("#")
    path, mark, query = rest.partition("?")
    wanted = {f"utm_{name}": tag_value(value) for name, value in tags.items() if value.strip()}
    pieces = query.split("&") if query else []
    kept = [piece for piece in pieces if unquote(piece.partition("=")[0]).strip().lower() not in wanted]
    added = [f"{name}={value}" for name, value in wanted.items()]
    joined = "&".join([*kept, *added])
    tagged = path + (f"?{joined}" if joined else mark) + hash_sign + fragment
    if len(tagged) > MAX_URL:
        zh, en = (
            f"带上码有 {len(tagged)} 个字符，超过 {MAX_URL}",
            f"{len(tagged)} characters with its tags, over {MAX_URL}",
        )
        raise BadLink(link=_short(url), reason=Words(zh, en))
    return tagged


def tag_value(value: str) -> str:
    """Return a value for a query: lower case, blanks as ``_``, Chinese percent-encoded once however it came."""
    text = value.strip()
    if _ENCODED.search(text):
        with contextlib.suppress(UnicodeDecodeError):  # no UTF-8: then the signs are meant as they stand
            text = unquote_plus(text, errors="strict")
    text = re.sub(r"\s+", "_", text.strip().lower())
    return quote(text, safe="-._~", errors="replace")


_ENCODED = re.compile(r"%[89A-Fa-f][0-9A-Fa-f]%[89ABab][0-9A-Fa-f]")


def check_url(url: str) -> None:
    """Raise BadLink unless an address is one that a buyer may be sent to."""

    def refuse(zh: str, en: str) -> BadLink:
        return BadLink(link=_short(re.sub(r"//[^/]*@", "//…@", url)), reason=Words(zh, en))

    if any(char.isspace() or not char.isprintable() or char == "\\" for char in url):
        raise refuse("里面有空格、换行或反斜杠", "it holds blanks, line breaks or backslashes")
    found = re.match(r"https?://([^/?#]*)", url, re.IGNORECASE)
    if found is None:
        raise refuse("要以 http:// 或 https:// 开头", "it has to begin with http:// or https://")
    host = found[1]
    if "@" in host:
        raise refuse("里面带着账号，去掉 @ 前面的部分", "it carries an account; drop what stands before @")
    if not re.fullmatch(r"(\[[0-9a-fA-F:.]+\]|[\w.-]+)(:\d{1,5})?", host) or not host.strip(".-:"):
        raise refuse("域名不对", "its host is none")


# --- codes of platforms -----------------------------------------------------------------------------------------------


def check_scene(code: str) -> str:
    """Return a mini-program scene as it is, or raise BadCode."""
    if not 0 < len(code) <= SCENE_LENGTH or not SCENE_SIGNS.fullmatch(code):
        zh = f"最多 {SCENE_LENGTH} 个字符，只能用数字、英文和 !#$&'()*+,/:;=?@-._~"
        en = f"at most {SCENE_LENGTH} characters: digits, letters and !#$&'()*+,/:;=?@-._~"
        raise BadCode(code=_short(code), kind=Words("小程序 scene", "mini-program scene"), reason=Words(zh, en))
    return code


def check_wecom(code: str) -> str:
    """Return a WeCom state as it is, or raise BadCode."""
    if not 0 < len(code) <= WECOM_LENGTH or not WECOM_SIGNS.fullmatch(code):
        zh, en = f"最多 {WECOM_LENGTH} 个字符，用数字、英文、_ . -", f"at most {WECOM_LENGTH} of digits, letters, _ . -"
        raise BadCode(code=_short(code), kind=Words("企微 state", "WeCom state"), reason=Words(zh, en))
    return code


def check_pid(code: str) -> str:
    """Return an affiliate's PID as it is, or raise BadCode."""
    if not PID.fullmatch(code):
        zh, en = (
            "要像 mm_12345_678_910，从淘宝联盟后台复制",
            "it looks like mm_12345_678_910; copy it from the alliance",
        )
        raise BadCode(code=_short(code), kind=Words("PID", "PID"), reason=Words(zh, en))
    return code


def check_taokouling(code: str, patterns: Sequence[str]) -> str:
    """Return a 淘口令 as it is, or raise BadCode; only Taobao makes them. ``patterns`` are those of data/links."""
    text = code.strip()
    if not any(re.fullmatch(pattern, text, re.IGNORECASE) for pattern in patterns):
        zh = "两头要有 ￥ 这样的符号，中间 9 到 13 位字母和数字；从淘宝联盟或商品分享里复制"
        en = "it is 9 to 13 letters and digits between signs such as ￥; copy it from Taobao"
        raise BadCode(code=_short(code), kind=Words("淘口令", "Taokouling"), reason=Words(zh, en))
    return text


def make_code(source: str, payload: Mapping[str, str], taken: Mapping[str, Mapping[str, Any]], length: int) -> str:
    """Return a code for what ``payload`` says: the source's ASCII letters, a dot, and a digest, all in lower case.

    ``taken`` maps the codes given out to their payloads: the same payload gets its code again, another one a longer
    digest when two would meet.
    """
    lead = re.sub(r"[^a-z0-9_]+", "", source.lower())[: length // 2] or "k"
    digest = hashlib.sha256(json.dumps(dict(payload), sort_keys=True, ensure_ascii=False).encode("utf-8", "replace"))
    number = int.from_bytes(digest.digest(), "big")
    signs = ""
    while len(lead) + 1 + len(signs) < length:
        number, rest = divmod(number, len(CODE_SIGNS))
        signs += CODE_SIGNS[rest]
        code = f"{lead}.{signs}"
        if len(signs) >= 8 and (code not in taken or dict(taken[code]) == dict(payload)):
            return code
    raise AssertionError("a digest of 20 signs meets no other")


# --- spoken words ---------------------------------------------------------------------------------------------------


class SpokenWords:
    """Words that are easily said and heard, and sound like none of the others even in a southern mouth."""

    def __init__(self, words: Sequence[str], sound_lines: Iterable[str]) -> None:
        """Take words in the order of the list and the lines of ``corpora/tables/sound.txt``."""
        self._near = near_sounds(sound_lines)
        self.words = list(words)

    def key(self, word: str) -> str:
        """Return what a word sounds like when ears and tongues are careless: zh as z, n as l, ing as in."""
        return " ".join(self._near.get(char, char) for char in word)

    def assign(self, labels: Iterable[str], given: Mapping[str, str]) -> dict[str, str]:
        """Return label → word; ``given`` are words that labels have already, which they keep.

        Raises:
            NoWords: the list, and its pairs, do not suffice.
        """
        wanted = list(dict.fromkeys(labels))
        found = {label: given[label] for label in wanted if label in given}
        taken = {self.key(word) for word in given.values()}
        for label in wanted:
            if label in found:
                continue
            word = next((word for word in self._from(label) if self.key(word) not in taken), None)
            if word is None:
                raise NoWords(wanted=len(wanted), have=len(found))
            found[label] = word
            taken.add(self.key(word))
        return found

    def _from(self, label: str) -> Iterable[str]:
        """Yield single words, then pairs, beginning where the label's digest points."""
        size = len(self.words)
        if not size:
            return
        start = int.from_bytes(hashlib.sha256(label.encode("utf-8", "replace")).digest()[:8], "big") % size
        turned = self.words[start:] + self.words[:start]
        yield from turned
        for one in turned:
            yield from (one + other for other in turned if other != one)


def near_sounds(lines: Iterable[str]) -> dict[str, str]:
    """Return character → syllable with what is often confused made equal, from lines of ``syllable characters``."""
    found: dict[str, str] = {}
    for line in lines:
        syllable, _, chars = line.partition(" ")
        near = _near(syllable)
        for char in chars:
            found[char] = near
    return found


def _near(syllable: str) -> str:
    for hard, soft in _CONFUSED:
        if syllable.startswith(hard):
            syllable = soft + syllable[len(hard) :]
            break
    return re.sub(r"(?<=[aei])ng$", "n", syllable)


# hui/fei and huang/fang, n/l and r/l, and the retroflexes are one for many a southern speaker.
_CONFUSED = (
    ("zh", "z"),
    ("ch", "c"),
    ("sh", "s"),
    ("hui", "fei"),
    ("hun", "fen"),
    ("hu", "f"),
    ("fu", "f"),
    ("n", "l"),
    ("r", "l"),
)


# --- in bulk --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TrackedCode:
    """One tracked code: where it is used, its kind, the code itself, the link that it goes with, a caption to print."""

    channel: str
    label: str
    kind: str
    code: str
    link: str
    caption: str
    payload: Mapping[str, str] = field(default_factory=dict)


def unread_hosts(codes: Iterable[TrackedCode], hosts: Iterable[str]) -> list[str]:
    """Return the hosts of links tagged with utm whose shops see none of it, in order; ``hosts`` are such, as data."""
    deaf = tuple(hosts)
    found = dict.fromkeys(host_of(code.link or code.code) for code in codes if code.kind == "utm")
    return [host for host in found if lies_under(host, deaf)]


@dataclass(frozen=True, slots=True)
class Known:
    """Codes given out before, by (kind, code), with what they stand for."""

    codes: Mapping[tuple[str, str], Mapping[str, Any]]

    def of(self, kind: str) -> dict[str, Mapping[str, Any]]:
        """Return code → payload of a kind."""
        return {code: body for (found, code), body in self.codes.items() if found == kind}


def codes_of(
    plan: Plan, link: str, words: SpokenWords, known: Known, batch: str = ""
) -> tuple[list[TrackedCode], list[str]]:
    """Return the codes of a plan and the channels that need one from elsewhere (a PID from the alliance).

    Links and scenes: one for every post, so that each piece of material is told apart; WeCom states and spoken words:
    one for every channel. ``link`` is the product's page; without it channels with UTM links are named as left out.
    ``batch`` names a run of printing: what is printed or spoken gets codes of its own for it, links get none.

    Raises:
        BadLink: the link cannot be tagged.
    """
    made: list[TrackedCode] = []
    left: list[str] = []
    taken = {kind: known.of(kind) for kind in ("scene", "wecom")}
    spoken_rows = [row for row in plan.rows if row.tracking == "spoken"]
    # What a word was given to in another plan keeps it: a parcel with the old word may still be on its way.
    given = spoken_before(known)
    run = f"/{batch}" if batch else ""
    words_of = words.assign([f"{plan.name}/{row.channel}{run}" for row in spoken_rows], given)
    for row in plan.rows:
        base = {"plan": plan.name, "channel": row.channel, **({"batch": batch} if batch else {})}
        name = f"{row.name} {batch}".rstrip()
        if row.tracking == "spoken":
            label = f"{plan.name}/{row.channel}{run}"
            code = words_of[label]
            payload = {**base, "label": label}
            made.append(TrackedCode(row.channel, name, "spoken", code, "", f"口令：{code}", payload))
        elif row.tracking == "wecom":
            code = make_code(row.channel, base, taken["wecom"], WECOM_LENGTH)
            taken["wecom"][code] = base
            tagged = _tagged(link, plan, row.channel, "wecom", code) if link else ""
            made.append(TrackedCode(row.channel, name, "wecom", code, tagged, name, base))
        elif batch and row.tracking in ("pid", "utm"):
            continue
        elif row.tracking == "pid":
            left.append(f"{row.name}（PID 从淘宝联盟后台来）")
        elif row.tracking == "utm" and not link:
            left.append(f"{row.name}（没有链接：加 --link，或在资料里写 shop.page）")
        elif row.tracking in ("utm", "scene"):
            for task in row.tasks:
                if task.kind != "post":
                    continue
                payload = {**base, "task": task.id}
                code = task.code
                if row.tracking == "scene":
                    code = make_code(row.channel, payload, taken["scene"], SCENE_LENGTH)
                    taken["scene"][code] = payload
                tagged = _tagged(link, plan, row.channel, row.tracking, code) if link else ""
                title = f"{task.title} {batch}".rstrip()
                made.append(TrackedCode(row.channel, title, row.tracking, code, tagged, title, payload))
    return made, left


def spoken_before(known: Known) -> dict[str, str]:
    """Return label → word of the spoken codes that were given out before."""
    return {str(body["label"]): code for code, body in known.of("spoken").items() if "label" in body}


def _tagged(link: str, plan: Plan, channel: str, kind: str, content: str) -> str:
    medium = {"utm": "referral", "scene": "qr", "wecom": "wecom"}[kind]
    return tag_url(link, {"source": channel, "medium": medium, "campaign": plan.name, "content": content})


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "…"
