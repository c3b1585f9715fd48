"""HTML source in, whether it is safe to parse out; and what the tags of a mail mean."""

import re

MOST_TAGS = 20_000  # elements: where they nest, parsers take time with the square of it
LONGEST_TAG = 20_000  # characters: the same with the number of attributes
MOST_CLONES = 600_000  # elements: parsers repeat open format tags in every later block
SAME_KEPT = 3  # of format tags alike, parsers keep as many


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


SILENT = _names(
    "head script style template title meta svg math iframe object audio video canvas select "
    "textarea"
)
PARAGRAPHS = _names("p ul ol dl table h1 h2 h3 h4 h5 h6 pre blockquote")
BLOCKS = PARAGRAPHS | _names(
    "address article aside body center dd div dt fieldset footer form header li main nav section tr"
)
CELLS = frozenset({"td", "th"})
FORMATS = _names("b big code em font i s small strike strong tt u")
VOID = _names("area base br col embed hr img input link meta param source track wbr")
INLINE = FORMATS | VOID | {"a", "span"}

TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)([^<>]{0,200})")
LONG_TAG = re.compile(rf"<[^<>]{{{LONGEST_TAG}}}")


def is_bomb(html: str) -> bool:
    """Whether a parser would need far more time or memory than the mail is long.

    Only what opens is counted: an end tag may stand in a comment, where it closes nothing.
    """
    if LONG_TAG.search(html):
        return True
    tags = [(bool(c), name.lower(), rest) for c, name, rest in TAG.findall(html)]
    opened = sum(not closing and name not in VOID for closing, name, _ in tags)
    turns = sum(closing if name in FORMATS else name not in INLINE for closing, name, _ in tags)
    formats = {
        (name, _attributes(rest, at))
        for at, (closing, name, rest) in enumerate(tags)
        if name in FORMATS and not closing
    }
    return opened > MOST_TAGS or SAME_KEPT * len(formats) * turns > MOST_CLONES


def elements(html: str) -> int:
    """How many elements a page may have, at most."""
    return html.count("<") - html.count("</")


def _attributes(rest: str, at: int) -> str:
    """What tells two tags of a name apart; where a quote is cut off, nobody knows: its place."""
    return rest if rest.count('"') % 2 == rest.count("'") % 2 == 0 else str(at)
