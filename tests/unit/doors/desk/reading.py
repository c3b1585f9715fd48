"""A page's HTML -> what a reader finds in it."""

import re


def shown(html: str) -> str:
    """What a reader sees: the text, blanks made one."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html))


def rows(html: str) -> list[str]:
    return re.findall(r'<tr id="t-([^"]+)"', html)


def links(html: str, words: str) -> list[str]:
    return re.findall(rf'<a[^>]*href="([^"]+)"[^>]*>[^<]*{words}', html)
