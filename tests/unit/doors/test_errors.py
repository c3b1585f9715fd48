"""Bad input: one line on standard error that says what to do, and a status."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = [sys.executable, "-m", "ticketstream.doors.main"]


def run(
    *arguments: str, stdin: str = "", home: Path | None = None, **settings: str
) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("TICKETSTREAM_")}
    environment |= {f"TICKETSTREAM_{k.upper()}": v for k, v in settings.items()}
    if home is not None:
        environment["TICKETSTREAM_HOME"] = str(home)
    return subprocess.run(
        [*PROGRAM, *arguments],
        env=environment,
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def only_line(done: subprocess.CompletedProcess[str]) -> str:
    lines = [x for x in done.stderr.splitlines() if x and "WARN" not in x]
    assert len(lines) == 1, done.stderr
    return lines[0]


@pytest.mark.parametrize(
    ("arguments", "settings", "status", "message"),
    [
        (["run"], {"partitions": "many"}, 2, "TICKETSTREAM_PARTITIONS is 'many'"),
        (["run"], {"log_level": "loud"}, 2, "TICKETSTREAM_LOG_LEVEL is 'loud'"),
        (["desk"], {"time_zone": "Mars"}, 2, "TICKETSTREAM_TIME_ZONE is 'Mars'"),
        (["run"], {"brokers": "127.0.0.1:1"}, 4, "no Kafka broker answers at 127.0.0.1:1"),
        (["run"], {}, 4, "start one with `ticketstream broker start`"),
        (["run", "mask", "mend"], {}, 2, "no stage 'mend': use mask, classify"),
        (["tail", "ticket.lost"], {}, 2, "no topic 'ticket.lost': use ticket.received"),
        (["pipe", "mend"], {}, 2, "no stage 'mend': use mask"),
        (["schemas", "check"], {}, 2, "set TICKETSTREAM_SCHEMA_REGISTRY"),
        (["try", "nowhere.eml"], {}, 2, "nowhere.eml: no such file or folder"),
        (["doctor"], {}, 2, "ticketstream doctor --create-keys"),
        (["knowledge", "build"], {"knowledge": "/nowhere"}, 2, "no articles in"),
        (["policy", "publish", "no.toml", "--note", "x"], {}, 2, "no.toml cannot be read"),
        (["policy", "history"], {}, 4, "start one with `ticketstream broker start`"),
        (["policy", "kill"], {"brokers": "127.0.0.1:1"}, 4, "no Kafka broker answers"),
        (["model", "promote", "1.x"], {}, 4, "start one with `ticketstream broker start`"),
        (["model", "evaluate", "--snapshot", "1.x"], {}, 2, "no snapshot 1.x in"),
    ],
)
def test_a_mistake_is_one_line_that_says_what_to_do(
    tmp_path: Path, arguments: list[str], settings: dict[str, str], status: int, message: str
) -> None:
    done = run(*arguments, home=tmp_path, **settings)
    assert message in only_line(done)
    assert done.returncode == status


def test_a_bad_policy_stops_the_start_with_place_and_reason(tmp_path: Path) -> None:
    policy = tmp_path / "mine.toml"
    policy.write_text("[thresholds]\nauto_reply = 7.0\n")
    done = run("pipe", "route", home=tmp_path, policy=str(policy), stdin='{"text": "x"}\n')
    assert "thresholds.auto_reply is 7.0: must be from 0 to 1" in only_line(done)
    assert done.returncode == 2


def test_a_bad_policy_is_refused_with_its_line_before_a_broker_is_asked(tmp_path: Path) -> None:
    policy = tmp_path / "mine.toml"
    policy.write_text("[thresholds]\nspam = 0.9\nauto_reply = 7.0\n")
    done = run("policy", "publish", str(policy), "--note", "x", home=tmp_path)
    assert "mine.toml, line 3: thresholds.auto_reply is 7.0" in only_line(done)
    assert done.returncode == 2


def test_models_are_listed_without_a_broker_too(tmp_path: Path) -> None:
    done = run("model", "list", home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "sub_category" in done.stdout.splitlines()[0]
    assert "not known which one decides" in done.stdout


def test_models_that_are_missing_stop_the_start(tmp_path: Path) -> None:
    done = run("pipe", "classify", home=tmp_path, models=str(tmp_path), stdin='{"text": "x"}\n')
    assert str(tmp_path) in only_line(done)
    assert done.returncode == 2


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "line 1 is no JSON"),
        ('{"txt": "x"}', "line 1"),
        ('{"topic": "ticket.lost"}', "topic is 'ticket.lost': use one of ticket.received"),
        ('{"topic": "ticket.masked", "nonsense": 1}', "no field 'nonsense'"),
        ('{"text": "x", "context": {"customer_value": "much"}}', "line 1"),
    ],
)
def test_a_line_that_is_no_event_is_named_by_its_number(
    tmp_path: Path, line: str, message: str
) -> None:
    done = run("pipe", "mask", home=tmp_path, stdin=line + "\n")
    assert message in only_line(done)
    assert done.returncode == 2


def test_wrong_lines_end_the_pipe_with_a_status_after_all_others_went_through(
    tmp_path: Path,
) -> None:
    done = run("pipe", "mask", home=tmp_path, stdin='{\n{"text": "fine"}\n{\n')
    assert only_line(done).endswith("(and 1 more lines)")
    assert done.returncode == 2
    assert ["error" in line for line in done.stdout.splitlines()] == [True, False, True]


def test_an_unreadable_mail_is_told_and_the_next_one_goes_on(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(bytes(range(256)) * 4)
    (tmp_path / "b.eml").write_text("From: a@mail.example\nSubject: Lamp\n\nWhere is it?\n")
    done = run("try", str(tmp_path / "a.eml"), str(tmp_path / "b.eml"), "--json", home=tmp_path)
    lines = done.stdout.splitlines()
    assert lines[0].startswith("intake.dead: unreadable")
    assert [json.loads(x)["topic"] for x in lines[1:]] == [
        "ticket.masked",
        "ticket.classified",
        "ticket.routed",
        "draft.created",
    ]
    assert done.returncode == 0
