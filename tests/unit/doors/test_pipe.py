"""The stages as a filter: lines in, lines out, nothing classified unmasked."""

import json
from pathlib import Path
from typing import Any

import pytest

from ticketstream.doors.piping import Pipe
from ticketstream.doors.settings import Settings, load
from ticketstream.schemas.errors import SettingError
from ticketstream.vault.tokens import plain


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return load(home=tmp_path_factory.mktemp("home"))


def ask(settings: Settings, wanted: list[str], *lines: Any, explain: bool = False) -> list[Any]:
    pipe = Pipe(settings, wanted, explain=explain)
    numbered = [(n, json.dumps(line).encode()) for n, line in enumerate(lines, start=1)]
    return list(pipe.run(numbered))


def test_the_short_form_takes_defaults_and_its_id_becomes_the_ticket_id(settings: Settings) -> None:
    (line,) = ask(settings, ["mask"], {"id": "17", "text": "My order is KB-4821973."})
    assert line["topic"] == "ticket.masked"
    assert line["ticket_id"] == "17"
    assert plain(line["text"]["text"]) == "My order is [ORDER_1]."
    assert json.loads(json.dumps(line)) == line


def test_spans_are_offsets_of_the_incoming_text(settings: Settings) -> None:
    text = "Write to lena@mail.example please."
    (line,) = ask(settings, ["mask"], {"id": "1", "text": text}, explain=True)
    (span,) = line["spans"]
    assert text[span["start"] : span["end"]] == "lena@mail.example"
    assert span["type"] == "EMAIL"
    assert line["spans_subject"] == []


def values(text: str, spans: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(s["type"], text[s["start"] : s["end"]]) for s in spans]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "🛋\ufe0f\U0001f469\u200d\U0001f527 KB-4821973 \U0001f6cb",
            [("ORDER", "KB-4821973")],
        ),
        (
            "Guten Tag,\r\n\r\n\r\n\r\nKB-4821973\r\nfehlt \r\nC-104233",
            [("ORDER", "KB-4821973"), ("CUSTOMER", "C-104233")],
        ),
        (
            "fu\u0308r Bestellung K\u200bB-48\u00ad21973\u0308 an lena@mail.example",
            [("ORDER", "K\u200bB-48\u00ad21973\u0308"), ("EMAIL", "lena@mail.example")],
        ),
        (
            "<p>Order&nbsp;<b>KB-4821973</b></p>\x07<a href='mailto:lena@mail.example'>",
            [("ORDER", "KB-4821973"), ("EMAIL", "lena@mail.example")],
        ),
        (
            "KB-1111111 is late.\n\nOn 2 Nov 2026, we wrote:\n> KB-2222222  \n> lena@mail.example",
            [("ORDER", "KB-1111111"), ("ORDER", "KB-2222222"), ("EMAIL", "lena@mail.example")],
        ),
        (
            "KB-1111111 is late.\n-- \nlena@mail.example\nTel. 0171 3920012",
            [("ORDER", "KB-1111111"), ("EMAIL", "lena@mail.example"), ("PHONE", "0171 3920012")],
        ),
    ],
)
def test_odd_input_is_explained_in_its_own_offsets(
    settings: Settings, text: str, found: list[tuple[str, str]]
) -> None:
    given = {"id": "1", "text": text, "subject": "\r\nRe: KB-4821973"}
    (line,) = ask(settings, ["mask"], given, explain=True)
    assert values(text, line["spans"]) == found
    assert values(given["subject"], line["spans_subject"]) == [("ORDER", "KB-4821973")]
    assert "spans_quoted" not in line


def test_a_chat_is_explained_turn_by_turn(settings: Settings) -> None:
    turns = [
        {"role": "customer", "author": "Nora Quist", "text": "hi,\r\nnora here"},
        {"role": "agent", "author": "Support", "text": "KB-4821973?"},
    ]
    (line,) = ask(settings, ["mask"], {"channel": "chat", "transcript": turns}, explain=True)
    told = line["spans_transcript"]
    assert values("Nora Quist", told[0]["author"]) == [("PERSON", "Nora Quist")]
    assert values(turns[0]["text"], told[0]["text"]) == [("PERSON", "nora")]
    assert values(turns[1]["text"], told[1]["text"]) == [("ORDER", "KB-4821973")]
    assert values("hi,\nnora here", line["spans"]) == [("PERSON", "nora")]


def test_an_event_is_explained_part_by_part(settings: Settings) -> None:
    (came,) = ask(settings, ["mask"], {"id": "1", "text": "x"})
    envelope = ("event_id", "ticket_id", "case_id", "occurred_at", "shop", "producer")
    event = {k: came[k] for k in envelope} | {"topic": "ticket.received", "cause_id": None}
    event |= {"text": "a\r\nKB-4821973 ", "quoted": "> KB-1111111"}
    (line,) = ask(settings, ["mask"], event, explain=True)
    assert values(event["text"], line["spans"]) == [("ORDER", "KB-4821973")]
    assert values(event["quoted"], line["spans_quoted"]) == [("ORDER", "KB-1111111")]


def test_an_explained_line_goes_on_through_the_next_stage(settings: Settings) -> None:
    question = {"id": "9", "text": "Where is KB-4821973?"}
    (masked,) = ask(settings, ["mask"], question, explain=True)
    (classified,) = ask(settings, ["classify"], masked, explain=True)
    (routed,) = ask(settings, ["route"], classified)
    assert routed["ticket_id"] == "9"


def test_two_runs_give_the_same_tokens_and_another_ticket_has_others(settings: Settings) -> None:
    lines = [{"id": name, "text": "My order is KB-4821973."} for name in ("a", "b")]
    first, second = ask(settings, ["mask"], *lines), ask(settings, ["mask"], *lines)
    assert [x["text"] for x in first] == [x["text"] for x in second]
    assert first[0]["text"]["text"] != first[1]["text"]["text"]


def test_another_shop_sets_its_own_numbers_and_its_agents(
    settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "agents.txt").write_text("Joanna Fairley\n", "utf-8")
    other = settings.model_copy(
        update={"order_numbers": "ORD-00000", "agents": tmp_path / "agents.txt"}
    )
    (line,) = ask(
        other, ["mask"], {"text": "joanna said ord 12345 is late, the lamp KB-4821973 is not"}
    )
    assert plain(line["text"]["text"]) == (
        "[PERSON_1] said [ORDER_1] is late, the lamp KB-4821973 is not"
    )
    assert line["producer"] != ask(settings, ["mask"], {"text": "x"})[0]["producer"]


def test_a_form_of_numbers_that_cannot_be_stops_the_start(settings: Settings) -> None:
    wrong = settings.model_copy(update={"customer_numbers": "C-(0+)+"})
    with pytest.raises(SettingError, match=r"TICKETSTREAM_CUSTOMER_NUMBERS: .*KB-0000000"):
        Pipe(wrong, ["mask"])


def test_a_list_of_agents_that_is_not_there_stops_the_start(settings: Settings) -> None:
    wrong = settings.model_copy(update={"agents": settings.home / "none.txt"})
    with pytest.raises(SettingError, match=r"none\.txt cannot be read"):
        Pipe(wrong, ["mask"])


def test_stages_before_the_first_named_one_run_too(settings: Settings) -> None:
    (line,) = ask(settings, ["classify"], {"id": "1", "text": "Where is KB-4821973?"})
    assert line["topic"] == "ticket.classified"
    assert plain(line["text"]["text"]) == "Where is [ORDER_1]?"
    assert 0 < line["confidence"] < 1


def test_scores_are_named_when_they_are_to_be_explained(settings: Settings) -> None:
    (line,) = ask(settings, ["classify"], {"text": "Where is my parcel?"}, explain=True)
    assert len(line["scores_by_name"]) == 83
    best = max(line["scores_by_name"], key=line["scores_by_name"].get)
    assert best == line["sub_category"]


def test_the_context_stands_for_the_look_ups(settings: Settings) -> None:
    angry = "This is outrageous, I am furious, you are thieves and liars!!!"
    facts = {"customer_value": 5000.0, "tickets_30d_same_case": 4, "order_amount": 900.0}
    (line,) = ask(settings, ["route"], {"text": angry, "context": facts})
    assert line["facts"]["customer_value"] == 5000.0
    assert line["facts"]["tickets_30d_same_case"] == 4
    assert line["route"] == "escalate_senior"


def test_an_output_line_is_an_input_line_of_the_next_stage(settings: Settings) -> None:
    question = {"id": "9", "text": "Ich möchte KB-4821973 zurückgeben.", "language": "de"}
    (masked,) = ask(settings, ["mask"], question)
    (straight,) = ask(settings, ["classify"], question)
    (piped,) = ask(settings, ["classify"], masked)
    for name in ("category", "sub_category", "intent", "confidence", "scores", "text"):
        assert piped[name] == straight[name]


def test_every_wanted_stage_says_its_line_ticket_by_ticket(settings: Settings) -> None:
    lines = ask(settings, ["mask", "route"], {"id": "a", "text": "x"}, {"id": "b", "text": "y"})
    assert [(x["ticket_id"], x["topic"]) for x in lines] == [
        ("a", "ticket.masked"),
        ("a", "ticket.routed"),
        ("b", "ticket.masked"),
        ("b", "ticket.routed"),
    ]


def test_the_same_lines_give_the_same_answer_twice(settings: Settings) -> None:
    lines = [{"id": str(n), "text": f"Where is KB-48219{n:02}?"} for n in range(3)]
    stable = ("event_id", "category", "scores", "confidence", "route", "reasons")

    def told() -> list[Any]:
        return [{k: x[k] for k in stable if k in x} for x in ask(settings, ["route"], *lines)]

    assert told() == told()


def test_a_draft_of_the_pipe_cites_the_shipped_articles(settings: Settings) -> None:
    policy = settings.home / "p.toml"
    policy.write_text("[thresholds]\nsuggestion = 0.0\n")
    sure = settings.model_copy(update={"policy": policy})
    question = {"text": "How many days do I have to return a lamp, and who pays?"}
    (line,) = ask(sure, ["draft"], question)
    assert line["route"] == "agent_suggestion"
    assert line["status"] == "drafted"
    assert line["sources"][0]["document"] in {"returns", "withdrawal"}
    assert Path(settings.knowledge, "articles").is_dir()


def test_anyone_can_score_their_own_file_line_by_line(settings: Settings) -> None:
    """No id is needed; lines that say the same are two tickets; the order stays."""
    lines = [
        {"subject": "Invoice", "text": "Please send me the invoice as a PDF."},
        {"subject": "", "text": "Wo bleibt meine Erstattung?", "language": "de"},
        {"subject": None, "text": "Please cancel my order.", "language": None},
        {"subject": "Invoice", "text": "Please send me the invoice as a PDF."},
        {"text": "Wo bleibt meine Erstattung?"},
        {"subject": "Please cancel my order."},
    ]
    told = ask(settings, ["classify"], *lines)
    assert [x["sub_category"] for x in told] == [
        "invoice_request",
        "refund_status",
        "cancel_order",
        "invoice_request",
        "refund_status",
        "cancel_order",
    ]
    assert len({x["ticket_id"] for x in told}) == len(lines)
    assert [x["language"]["code"] for x in told] == ["en", "de", "en", "en", "de", "en"]


def test_a_line_that_cannot_be_read_has_its_error_in_its_place_and_stops_no_other(
    settings: Settings,
) -> None:
    lines = [
        {"text": "one"},
        {"subject": " ", "text": ""},
        {"text": "x", "label": "y"},
        {"text": "two"},
    ]
    pipe = Pipe(settings, ["mask"])
    told = list(pipe.run([(n, json.dumps(line).encode()) for n, line in enumerate(lines, start=1)]))
    assert [x.get("line") for x in told] == [None, 2, 3, None]
    assert told[1]["error"] == "line 2: says nothing; fill in subject or text"
    assert told[2]["error"].startswith("line 3: unknown key 'label'; use id, channel, subject")
    assert len(pipe.wrong) == 2
