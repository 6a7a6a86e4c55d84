"""What became of asking a page, in words."""

from __future__ import annotations

OUTCOMES = {
    "ok": ("读到了", "fetched"),
    "unchanged": ("没有变", "unchanged"),
    "gone": ("页面没有了", "the page is gone"),
    "refused": ("对方不让看", "the site refuses"),
    "error": ("对方说这个地址不对", "the site takes the address for wrong"),
    "busy": ("对方要我们晚点再来", "the site asks to come back later"),
    "failing": ("对方服务器出错", "the site's server fails"),
    "robots": ("robots.txt 不让抓", "robots.txt forbids it"),
    "robots_failing": ("robots.txt 读不到，不敢抓", "robots.txt could not be read"),
    "no_host": ("域名查不到", "the host has no address"),
    "no_answer": ("连不上", "no connection"),
    "tls": ("证书不对", "its certificate does not hold"),
    "timeout": ("太慢，没等完", "too slow"),
    "broken": ("连接中途断了", "the connection broke off"),
    "loop": ("跳转绕圈", "redirected in a circle"),
    "redirects": ("跳转太多", "too many redirects"),
    "private": ("通到内网地址，不抓", "it leads to a private address"),
    "bad_url": ("地址写得不对", "no address that can be asked"),
    "too_large": ("页面太大，没读完", "too large"),
    "bomb": ("压缩得反常，不解开", "packed beyond reason"),
    "unreadable": ("压缩格式解不开", "packed in an unknown way"),
    "no_text": ("不是网页或文字", "no text"),
}


def outcome_words(outcome: str, lang: str) -> str:
    """Return what became of a page, in ``zh`` or ``en``."""
    return OUTCOMES[outcome][lang != "zh"]
