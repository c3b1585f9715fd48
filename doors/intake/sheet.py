"""A parsed HTML mail in, the style of each element out: attributes, `<style>` rules, `style=`."""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from ticketstream.doors.intake.look import Declarations, declarations

MOST_RULES = 300
AT_RULE = re.compile(r"@[^{;]*(?:;|\{(?:[^{}]*\{[^{}]*\})*[^{}]*\})")  # media queries: not here
COMMENT = re.compile(r"/\*.*?\*/|<!--|-->", re.DOTALL)
RULE = re.compile(r"([^{}]{1,500})\{([^{}]{1,5000})\}")
PLAIN_SELECTOR = re.compile(r"[a-z][a-z0-9]*|(?:[a-z][a-z0-9]*)?[.#][\w-]+", re.IGNORECASE)
OF_ATTRIBUTE = {"bgcolor": "background-color", "background": "background", "color": "color"}
DECISIVE = (
    "color",
    "background",
    "background-color",
    "display",
    "visibility",
    "font-size",
    "font",
    "opacity",
)

Sheet = Mapping[int, Declarations]  # an element's memory address -> what the rules say of it


def sheet_of(page: LexborHTMLParser) -> Sheet:
    """What the mail's plain rules (tag, class, id) say of each element; media queries left out."""
    found: dict[int, dict[str, str]] = {}
    for selector, style in list(_rules(page))[:MOST_RULES]:
        with suppress(SelectolaxError):  # a selector that none is (.1st) selects nothing
            for node in page.css(selector):
                found.setdefault(node.mem_id, {}).update(style)
    return found


def style_of(node: LexborNode, sheet: Sheet) -> Declarations:
    """The declarations that win: old attributes, then rules, then the element's own `style`."""
    attributes = {name: (value or "") for name, value in node.attributes.items()}
    old = {OF_ATTRIBUTE[k]: v.lower().strip() for k, v in attributes.items() if k in OF_ATTRIBUTE}
    gone = {"display": "none"} if "hidden" in attributes else {}
    own = declarations(attributes.get("style", ""))
    return {**old, **gone, **sheet.get(node.mem_id, {}), **own}


def _rules(page: LexborHTMLParser) -> Iterator[tuple[str, Declarations]]:
    text = "\n".join(node.text() for node in page.css("style"))
    for selectors, body in RULE.findall(AT_RULE.sub("", COMMENT.sub("", text))):
        style = declarations(body)
        if any(name in style for name in DECISIVE):
            yield from ((s, style) for s in _plain(selectors))


def _plain(selectors: str) -> Iterator[str]:
    names = (name.strip() for name in selectors.split(","))
    return (name for name in names if PLAIN_SELECTOR.fullmatch(name))
