"""The styles of an HTML element in, whether a reader sees its text out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

Colour = tuple[int, int, int]
Declarations = Mapping[str, str]

WHITE = (255, 255, 255)
NAMED = {
    "white": WHITE,
    "snow": (255, 250, 250),
    "ivory": (255, 255, 240),
    "ghostwhite": (248, 248, 255),
    "whitesmoke": (245, 245, 245),
    "floralwhite": (255, 250, 240),
    "black": (0, 0, 0),
}
ALIKE = 12  # of 255 in each channel: nobody tells the two apart
TINY = {"px": 1.0, "pt": 1.0, "em": 0.1, "rem": 0.1, "%": 10.0, "": 1.0}  # a size nobody reads
RELATIVE = ("em", "%")

NUMBER = re.compile(r"(-?\d*\.?\d+)\s*([a-z%]*)")
HEX = re.compile(r"#([0-9a-f]{3,8})")
RGB = re.compile(r"rgba?\(\s*(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})(?:[\s,/]+([\d.]+)%?)?\s*\)")
FAR_AWAY = re.compile(r"-\d{3,}")
SIZES = ("height", "max-height", "width", "max-width")


@dataclass(frozen=True, slots=True)
class Look:
    """How text looks: `ink` on `paper` (None: nobody says, so it counts as seen)."""

    ink: Colour | None = None
    paper: Colour | None = WHITE
    tiny: bool = False
    hidden: bool = False
    clear: bool = False

    @property
    def seen(self) -> bool:
        return not (self.tiny or self.hidden or self.clear or _alike(self.ink, self.paper))


def declarations(style: str) -> Declarations:
    """`color: #FFF; font-size: 0` as a mapping in lower case; the last of a name wins."""
    pairs = (part.partition(":") for part in style.lower().split(";"))
    return {k.strip(): v.replace("!important", "").strip() for k, _, v in pairs if v.strip()}


def is_gone(style: Declarations) -> bool:
    """Whether the element and everything inside takes no place on the screen."""
    return (
        style.get("display") == "none"
        or _is_zero(style.get("opacity", "1"))
        or (style.get("overflow") == "hidden" and any(_is_zero(style.get(s, "1")) for s in SIZES))
        or bool(FAR_AWAY.match(style.get("text-indent", "")))
        or _is_elsewhere(style)
    )


def look_of(style: Declarations, above: Look) -> Look:
    """The look of an element's own text, given what it inherits."""
    look = replace(above, tiny=_tiny(style, above), hidden=_hidden(style, above))
    if "color" in style:
        look = _inked(look, style["color"])
    paper = style.get("background-color") or style.get("background")
    return replace(look, paper=_paper(paper, above)) if paper else look


def colour(text: str) -> Colour | None:
    """A CSS or HTML colour; None for one that is not understood."""
    if match := HEX.fullmatch(text):
        return _hex(match[1])
    if match := RGB.fullmatch(text):
        return int(match[1]), int(match[2]), int(match[3])
    return NAMED.get(text)


def _hex(digits: str) -> Colour | None:
    if len(digits) in {3, 4}:
        digits = "".join(d * 2 for d in digits)
    if len(digits) not in {6, 8}:
        return None
    return int(digits[:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)


def _inked(look: Look, text: str) -> Look:
    if text in {"inherit", "unset", "currentcolor"}:
        return look
    clear = text == "transparent" or _is_clear(text)
    return replace(look, ink=colour(text), clear=clear)


def _paper(text: str, above: Look) -> Colour | None:
    if text in {"transparent", "none", "inherit", "initial", "unset"} or _is_clear(text):
        return above.paper
    return next((c for word in text.split() if (c := colour(word))), colour(text))


def _is_clear(text: str) -> bool:
    match = RGB.fullmatch(text)
    return bool(match and match[4] and _is_zero(match[4]))


def _tiny(style: Declarations, above: Look) -> bool:
    shorthand = next((w for w in style.get("font", "").split() if w[:1].isdigit()), "")
    match = NUMBER.fullmatch(style.get("font-size", shorthand.partition("/")[0]))
    if not match:
        return above.tiny
    size, unit = float(match[1]), match[2]
    return size <= TINY.get(unit, -1) or (above.tiny and unit in RELATIVE)


def _hidden(style: Declarations, above: Look) -> bool:
    visibility = style.get("visibility", "")
    return visibility in {"hidden", "collapse"} if visibility else above.hidden


def _is_elsewhere(style: Declarations) -> bool:
    if style.get("position") not in {"absolute", "fixed"}:
        return False
    far = any(FAR_AWAY.match(style.get(side, "")) for side in ("left", "top", "right"))
    return far or style.get("clip", "").replace(",", " ").startswith("rect(0")


def _is_zero(text: str) -> bool:
    match = NUMBER.fullmatch(text)
    return bool(match) and float(match[1] if match else 1) == 0


def _alike(ink: Colour | None, paper: Colour | None) -> bool:
    if ink is None or paper is None:
        return False
    return all(abs(a - b) <= ALIKE for a, b in zip(ink, paper, strict=True))
