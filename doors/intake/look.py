"""The styles of an HTML element in, whether a reader sees its text out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from ticketstream.doors.intake.colours import WHITE, Colour, colour

Declarations = Mapping[str, str]

ALIKE = 12  # of 255 in each channel: nobody tells the two apart
FAINT = 0.05  # of 1: nobody sees what is less opaque
TINY = {"px": 3.0, "pt": 2.5, "em": 0.2, "rem": 0.2, "%": 20.0, "": 3.0}  # a size nobody reads
RELATIVE = ("em", "%")

NUMBER = re.compile(r"(-?(?:\d{1,9}(?:\.\d{0,9})?|\.\d{1,9}))\s{0,9}([a-z%]{0,9})")
COMMENT = re.compile(r"/\*[^*]*\*/")
ESCAPE = re.compile(r"\\([0-9a-f]{1,6})\s?")
FAR_LEFT = re.compile(r"-\d{3,}")  # over the edge of the screen where scrolling does not lead
FAR_AWAY = re.compile(r"-?\d{4,}")
PULLED = re.compile(r"-\d{4,}")
MOVED = re.compile(
    r"translate[xy3d]*\([^)]{0,40}?-?\d{4,}|scale[xy3d]*\(\s{0,9}0(?:\.0+)?\s{0,9}[,)]"
)
CUT_AWAY = re.compile(r"inset\(\s{0,9}(?:100|[5-9]\d)(?:\.\d+)?%|circle\(\s{0,9}0")
SIDES = ("left", "top", "right", "bottom")
MARGINS = ("margin-left", "margin-top", "margin-right")
SIZES = ("height", "max-height", "width", "max-width")
SLIVER = 1.0  # pixels: a box so small that what overflows it is all there is


@dataclass(frozen=True, slots=True)
class Look:
    """How text looks: `ink` on `paper` (None: nobody says, so it counts as seen)."""

    ink: Colour | None = None
    paper: Colour | None = WHITE
    tiny: bool = False
    hidden: bool = False

    @property
    def seen(self) -> bool:
        clear = self.ink is not None and self.ink.opacity < FAINT
        return not (self.tiny or self.hidden or clear or _alike(self.ink, self.paper))


def declarations(style: str) -> Declarations:
    """`color: #FFF; font-size: 0` as a mapping in lower case; the last of a name wins."""
    plain = COMMENT.sub("", style.lower()) if "/*" in style else style.lower()
    if "\\" in plain:
        plain = ESCAPE.sub(lambda match: chr(min(int(match[1], 16), 0xFFFF)), plain)
    pairs = (part.partition(":") for part in plain.split(";"))
    return {k.strip(): v.replace("!important", "").strip() for k, _, v in pairs if v.strip()}


def is_gone(style: Declarations) -> bool:
    """Whether the element and everything inside takes no place on the screen."""
    return (
        style.get("display") == "none"
        or _is_faint(style)
        or (style.get("overflow") in {"hidden", "clip"} and any(_no_room(style, s) for s in SIZES))
        or any(PULLED.match(style.get(side, "")) for side in MARGINS)
        or bool(FAR_LEFT.match(style.get("text-indent", "")))
        or bool(MOVED.search(style.get("transform", "")))
        or bool(CUT_AWAY.match(style.get("clip-path", "")))
        or _is_elsewhere(style)
    )


def look_of(style: Declarations, above: Look) -> Look:
    """The look of an element's own text, given what it inherits."""
    look = replace(above, tiny=_tiny(style, above), hidden=_hidden(style, above))
    ink = style.get("-webkit-text-fill-color") or style.get("color")
    if ink and ink not in {"inherit", "unset", "currentcolor"}:
        look = replace(look, ink=colour(ink))
    paper = style.get("background-color") or style.get("background")
    return replace(look, paper=_paper(paper, above)) if paper else look


def _paper(text: str, above: Look) -> Colour | None:
    if text in {"none", "inherit", "initial", "unset"}:
        return above.paper
    found = colour(text) or next((c for word in text.split() if (c := colour(word))), None)
    return above.paper if found and found.opacity < FAINT else found


def _is_faint(style: Declarations) -> bool:
    match = NUMBER.fullmatch(style.get("opacity", ""))
    share = float(match[1]) / (100 if match[2] == "%" else 1) if match else 1.0
    return share < FAINT or "opacity(0" in style.get("filter", "")


def _no_room(style: Declarations, side: str) -> bool:
    match = NUMBER.fullmatch(style.get(side, ""))
    if not match:
        return False
    size = float(match[1])
    return size == 0 or (size <= SLIVER and match[2] in {"", "px", "pt"})


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
    position = style.get("position", "static")
    if position not in {"absolute", "fixed"}:
        return position == "relative" and any(FAR_AWAY.match(style.get(s, "")) for s in SIDES)
    far = any(FAR_LEFT.match(v) or FAR_AWAY.match(v) for s in SIDES if (v := style.get(s, "")))
    return far or style.get("clip", "").replace(",", " ").startswith("rect(0")


def _alike(ink: Colour | None, paper: Colour | None) -> bool:
    if ink is None or paper is None:
        return False
    return all(abs(a - b) <= ALIKE for a, b in zip(ink[:3], paper[:3], strict=True))
