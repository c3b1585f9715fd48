"""A parsed HTML mail in, the style of each element out: attributes, `<style>` rules, `style=`."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple, Self

from selectolax.lexbor import LexborHTMLParser, LexborNode

from ticketstream.doors.intake.look import Declarations, declarations

MOST_RULES = 20_000
MOST_COMPARED = 500_000  # rules held against elements; then those that need it are passed over
HIGHEST = 20  # elements above one that a rule may name
LONGEST = 500  # characters of a selector
COMMENT = re.compile(r"/\*|\*/")
BRACE = re.compile(r"([{}])")
FOR_EVERYBODY = re.compile(r"@media\s+(?:only\s+)?(?:all|screen)\s*")
SPACE = re.compile(r"\s*([>\s])\s*")
NAME = r"(?:[a-z_]|-[a-z_-])[\w-]*"  # no name begins with a digit, in CSS
COMPOUND = re.compile(rf"(\*|{NAME})?((?:[.#]{NAME})*)", re.IGNORECASE)
PART = re.compile(rf"[.#]{NAME}", re.IGNORECASE)
OF_ATTRIBUTE = {"bgcolor": "background-color", "background": "background", "color": "color"}
DECISIVE = re.compile(
    r"color|background(-color)?|-webkit-text-fill-color|display|visibility|opacity|filter|font"
    r"(-size)?|overflow|position|transform|clip-path|text-indent|margin-(left|top|right)"
)


class Compound(NamedTuple):
    """`td.note#first`: what one element must be."""

    tag: str
    parts: frozenset[str]

    def fits(self, tag: str, parts: frozenset[str]) -> bool:
        return self.tag in {"", "*", tag} and self.parts <= parts


class Rule(NamedTuple):
    """A selector's last element, those above it with how near they stand, and what it says."""

    last: Compound
    above: tuple[tuple[str, Compound], ...]
    style: Declarations


@dataclass(slots=True)
class Sheet:
    """The rules by what their last element must have; the plain ones of each already one."""

    plain: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    others: dict[str, list[Rule]] = field(default_factory=lambda: defaultdict(list))
    compared: int = 0

    @classmethod
    def of(cls, page: LexborHTMLParser) -> Self:
        """The rules of a mail that can hide something; those for paper or small screens left out.

        A tag's rule gives way to a class's, that to an id's, and any of them to one that names
        more.
        """
        sheet = cls()
        for selector, style in islice(_rules(_source(page)), MOST_RULES):
            if rule := _rule(selector, style):
                sheet._add(rule)
        return sheet

    def style_of(self, node: LexborNode) -> Declarations:
        """The declarations that win: old attributes, then rules, then the element's own `style`."""
        attributes = {name: (value or "") for name, value in node.attributes.items()}
        tag = (node.tag or "").lower()
        style = _old(tag, attributes)
        if self.plain or self.others:
            self._apply(node, tag, _parts(attributes), style)
        if own := attributes.get("style"):
            style.update(declarations(own))
        return style

    def _add(self, rule: Rule) -> None:
        named = sorted(rule.last.parts)
        key = named[0] if named else rule.last.tag
        if rule.above or len(named) > 1 or (named and rule.last.tag not in {"", "*"}):
            self.others[key].append(rule)
        else:
            self.plain[key].update(rule.style)

    def _apply(
        self, node: LexborNode, tag: str, parts: frozenset[str], style: dict[str, str]
    ) -> None:
        keys = ("*", tag, *sorted(parts, reverse=True))  # in ASCII # stands before .
        for key in keys:
            style.update(self.plain.get(key, {}))
        for key in keys:
            for rule in self.others.get(key, ()):
                if self.compared >= MOST_COMPARED:
                    return
                self.compared += 1
                if rule.last.fits(tag, parts) and self._is_under(node, rule.above):
                    style.update(rule.style)

    def _is_under(self, node: LexborNode, above: tuple[tuple[str, Compound], ...]) -> bool:
        """Whether elements above are as the rule says; the nearest that fits is taken."""
        left = list(above)
        here = node.parent
        for _ in range(HIGHEST):
            if not left or here is None:
                break
            self.compared += 1
            near, wanted = left[-1]
            if wanted.fits((here.tag or "").lower(), _parts(here.attributes)):
                left.pop()
            elif near == ">":
                return False
            here = here.parent
        return not left


def _old(tag: str, attributes: Mapping[str, str]) -> dict[str, str]:
    """What HTML said before there was CSS."""
    found = {OF_ATTRIBUTE[k]: v.lower().strip() for k, v in attributes.items() if k in OF_ATTRIBUTE}
    if tag == "body" and "text" in attributes:
        found["color"] = attributes["text"].lower().strip()
    if "hidden" in attributes:
        found["display"] = "none"
    return found


def _parts(attributes: Mapping[str, str | None]) -> frozenset[str]:
    names = [f".{name}" for name in (attributes.get("class") or "").split()]
    if name := attributes.get("id"):
        names.append(f"#{name}")
    return frozenset(names)


def _source(page: LexborHTMLParser) -> str:
    """All style sheets, without comments; one that is not closed takes the rest."""
    text = "\n".join(node.text() for node in page.css("style"))
    text = text.replace("<!--", " ").replace("-->", " ")
    kept, inside = list[str](), False
    at = 0
    for mark in COMMENT.finditer(text):
        if inside != (mark[0] == "*/"):
            continue
        if not inside:
            kept.append(text[at : mark.start()])
        inside, at = not inside, mark.end()
    return "".join(kept) + ("" if inside else text[at:])


def _rules(source: str) -> Iterator[tuple[str, Declarations]]:
    """Selectors with what they say; a rule inside a condition only where it holds for all."""
    open_: list[bool | str] = []  # whether a block counts, or the selectors of a rule
    pieces = BRACE.split(source)
    for before, brace in zip(pieces[::2], pieces[1::2], strict=False):
        if brace == "{":
            head = before.rpartition(";")[2].strip()
            at = head.startswith("@")
            open_.append(bool(FOR_EVERYBODY.fullmatch(head.lower())) if at else head)
        elif open_:
            selectors = open_.pop()
            if isinstance(selectors, str) and all(block is True for block in open_):
                style = declarations(before)
                if any(map(DECISIVE.fullmatch, style)):
                    yield from ((s.strip(), style) for s in selectors.split(","))


def _rule(selector: str, style: Declarations) -> Rule | None:
    """None for a selector that is none, or that asks for more than tags, classes and ids."""
    if len(selector) > LONGEST:
        return None
    words = SPACE.sub(lambda m: f" {m[1].strip()} ", selector).split()
    found: list[tuple[str, Compound]] = []
    near = " "
    for word in words:
        if word == ">":
            near = ">"
            continue
        match = COMPOUND.fullmatch(word)
        if not match:
            return None
        found.append((near, Compound((match[1] or "").lower(), frozenset(PART.findall(match[2])))))
        near = " "
    if not found:
        return None
    # how near each stands to the one below it
    nears = [near for near, _ in found[1:]]
    above = tuple(zip(nears, (compound for _, compound in found[:-1]), strict=True))
    return Rule(found[-1][1], above, style)
