"""The stages as a filter: lines in, lines out, nothing classified unmasked."""

import json
from pathlib import Path
from typing import Any

import pytest

from ticketstream.doors.piping import Pipe
from ticketstream.doors.settings import Settings, load


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
    assert line["text"]["text"] == "My order is [ORDER_1]."
    assert json.loads(json.dumps(line)) == line


def test_spans_are_offsets_of_the_incoming_text(settings: Settings) -> None:
    text = "Write to lena@mail.example please."
    (line,) = ask(settings, ["mask"], {"id": "1", "text": text}, explain=True)
    (span,) = line["spans"]
    assert text[span["start"] : span["end"]] == "lena@mail.example"
    assert span["type"] == "EMAIL"
    assert line["spans_subject"] == []


def test_stages_before_the_first_named_one_run_too(settings: Settings) -> None:
    (line,) = ask(settings, ["classify"], {"id": "1", "text": "Where is KB-4821973?"})
    assert line["topic"] == "ticket.classified"
    assert line["text"]["text"] == "Where is [ORDER_1]?"
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
