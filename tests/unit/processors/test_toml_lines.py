"""Where a setting stands in its document, however the document is laid out."""

import pytest

from ticketstream.processors.toml_lines import Path, line_of

DOCUMENT = """\
# a shop's own policy
id = "mine"
languages = [
    "en",
    "de",
    3,
]

[thresholds]  # suggestion is said below
auto_reply = 0.9
suggestion = 0.5

[queues]
"no_reply/other" = { name = "junk", sla_hours = 1.0 }

[[whitelist]]
sub_category = "eta"
intent = "ask_status"
[[whitelist]]
sub_category = "eta"
intnt = "ask_status"
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("id",), 2),
        (("languages",), 3),
        (("languages", 0), 4),
        (("languages", 2), 6),
        (("thresholds",), 9),
        (("thresholds", "auto_reply"), 10),
        (("thresholds", "suggestion"), 11),
        (("queues", "no_reply/other", "sla_hours"), 14),
        (("whitelist", 0, "intent"), 18),
        (("whitelist", 1, "intnt"), 21),
        (("whitelist", 1), 19),
        (("thresholds", "spam"), None),
        (("floors",), None),
        (("id", "x"), None),
    ],
)
def test_a_setting_is_found_on_its_line(path: Path, line: int | None) -> None:
    assert line_of(DOCUMENT, path) == line


def test_a_pair_of_a_list_over_several_lines_is_found_on_its_own() -> None:
    pairs = "\n".join(f'  {{ sub_category = "s{n}", intent = "i" }},' for n in range(40))
    text = f"whitelist = [\n{pairs}\n]\n"
    assert line_of(text, ("whitelist", 17)) == 19
    assert line_of(text, ("whitelist", 17, "intent")) == 19
