"""An HTML mail in, the text that its reader sees out, and how many passages nobody sees."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from ticketstream.doors.intake.charset import UNSEEN
from ticketstream.doors.intake.look import Look, is_gone, look_of
from ticketstream.doors.intake.page import RULER, Page
from ticketstream.doors.intake.sheet import Sheet
from ticketstream.doors.intake.tags import (
    BLOCKS,
    CELLS,
    LONGEST_TAG,
    PARAGRAPHS,
    SILENT,
    is_bomb,
)

LONGEST = 1_000_000  # characters of HTML without embedded images; the rest is cut
HIDDEN_KEPT = 20_000  # characters

DATA_URI = re.compile(r"data:[\w/+.-]*;base64,[A-Za-z0-9+/=\s%]{100,}", re.IGNORECASE)
ANY_TAG = re.compile(rf"<[^<>]{{0,{LONGEST_TAG}}}>?")
PADDING = re.compile(r"[\s\u034f\u200b-\u200f\u2007\u2800\u3164]+")
NO_COMMENT = re.compile(r"\s*(\[if|<!\[|\[endif|/?StartFragment|/?EndFragment|mso)", re.IGNORECASE)
SPOKEN = 4  # a comment of as many words is text that somebody hid; fewer are a template's labels


@dataclass(frozen=True, slots=True)
class Seen:
    """Text as a reader sees it.

    `hidden` counts passages that were there for machines only, `unseen` is what they said.
    """

    text: str = ""
    hidden: int = 0
    unseen: str = ""


@dataclass(frozen=True, slots=True)
class _Enter:
    node: LexborNode
    look: Look


@dataclass(frozen=True, slots=True)
class _Leave:
    tag: str
    link: str = ""


def seen_text(html: str) -> Seen:
    """The visible text: blocks as lines, links as `words (address)`, quotes behind `>`.

    Hidden text (display:none, zero or tiny size, ink on paper of its own colour, off the screen)
    and comments that speak are removed and counted. HTML built to exhaust a parser is not parsed:
    its tags are cut out, and that counts as one hidden passage.
    """
    short = DATA_URI.sub("data:,", html)[:LONGEST]
    if not short.strip():
        return Seen()
    return without_tags(short) if is_bomb(short) else _Reader(LexborHTMLParser(short)).read()


def without_tags(html: str) -> Seen:
    """The text of a page that is not parsed, hidden or not: that it is so counts as one passage."""
    return Seen(re.sub(r"[ \t]+", " ", ANY_TAG.sub(" ", html)).strip(), hidden=1)


class _Reader:
    """Walks a page without recursion: mails nest deeper than Python does."""

    def __init__(self, html: LexborHTMLParser) -> None:
        self._sheet = Sheet.of(html)
        self._todo: list[_Enter | _Leave] = [_Enter(html.root, Look())] if html.root else []
        self._page = Page()
        self._hidden: list[str] = []
        self._as_is = 0

    def read(self) -> Seen:
        while self._todo:
            step = self._todo.pop()
            if isinstance(step, _Leave):
                self._leave(step)
            else:
                self._enter(step.node, step.look)
        return Seen(self._page.text(), len(self._hidden), "\n".join(self._hidden)[:HIDDEN_KEPT])

    def _enter(self, node: LexborNode, look: Look) -> None:
        if node.is_text_node:
            self._write(node.text_content or "", look)
        elif node.is_comment_node and _speaks(comment := node.comment_content or ""):
            self._hidden.append(comment)
        elif node.is_element_node and (node.tag or "") not in SILENT:
            self._open(node, node.tag or "", look)

    def _write(self, text: str, look: Look) -> None:
        if look.seen:
            self._page.write(text, as_is=self._as_is > 0)
        else:
            self._hide(text)

    def _hide(self, text: str) -> None:
        if has_words(text):
            self._hidden.append(text)

    def _open(self, node: LexborNode, tag: str, above: Look) -> None:
        style = self._sheet.style_of(node)
        if is_gone(style):
            self._hide(node.text())
            return
        self._break(tag)
        self._begin(tag)
        self._todo.append(_Leave(tag, _link(node, tag)))
        look = look_of(style, above)
        self._todo.extend(_Enter(child, look) for child in reversed(list(_children(node))))

    def _begin(self, tag: str) -> None:
        match tag:
            case "br":
                self._page.end_line(always=True)
            case "hr":
                self._page.end_line()
                self._page.write(RULER)
                self._page.end_line()
            case "li":
                self._page.write("- ")
            case "blockquote":
                self._page.depth += 1
            case "pre":
                self._as_is += 1

    def _leave(self, step: _Leave) -> None:
        if step.link:
            self._page.write(f" ({step.link})")
        if step.tag in CELLS:
            self._page.write(" ")
        if step.tag == "blockquote":
            self._page.end_line()
            self._page.depth -= 1
        self._as_is -= step.tag == "pre"
        self._break(step.tag)

    def _break(self, tag: str) -> None:
        if tag in PARAGRAPHS:
            self._page.blank()
        elif tag in BLOCKS:
            self._page.end_line()


def has_words(text: str) -> bool:
    """Whether anything is left without spaces, fillers and characters that nobody sees."""
    return bool(PADDING.sub("", UNSEEN.sub("", text)))


def _children(node: LexborNode) -> Iterator[LexborNode]:
    child = node.child
    while child is not None:
        yield child
        child = child.next


def _link(node: LexborNode, tag: str) -> str:
    """Where a link leads, unless its words say so already."""
    href = (node.attributes.get("href") or "").strip() if tag == "a" else ""
    if not href.lower().startswith(("http://", "https://", "mailto:", "tel:")):
        return ""
    target = href.partition(":")[2].strip("/") if href.lower()[0] in "mt" else href
    shown = node.text().strip()
    return "" if not has_words(shown) or _bare(target) == _bare(shown) else target


def _bare(address: str) -> str:
    return re.sub(r"^(https?://)?(www\.)?", "", address.lower()).rstrip("/").partition("?")[0]


def _speaks(comment: str) -> bool:
    return not NO_COMMENT.match(comment) and len(comment.split()) >= SPOKEN
