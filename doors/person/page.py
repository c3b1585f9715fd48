"""What is handed to a person -> one page of HTML, to be read without network and scripts."""

from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, StrictUndefined

from ticketstream.doors.desk.words import Tongue, word

TITLES: Mapping[str, tuple[str, str]] = {
    "title": ("What we hold about you", "Was wir über Sie gespeichert haben"),
    "asked": ("Asked for: {}", "Angefragt für: {}"),
    "made": ("Made on {}", "Erstellt am {}"),
    "none": ("Nothing.", "Nichts."),
    "wrote": ("You wrote", "Sie schrieben"),
    "decision": ("How it was decided", "Wie darüber entschieden wurde"),
    "draft": ("Draft of an answer", "Entwurf einer Antwort"),
    "reply": ("What was answered", "Was geantwortet wurde"),
    "events": ("Every step", "Jeder Schritt"),
    "files": ("Files that you sent", "Dateien, die Sie geschickt haben"),
    "gone": ("not in our store any more", "nicht mehr bei uns gespeichert"),
    "dead": (
        "Messages that could not be processed; they expire by {}",
        "Nachrichten, die nicht verarbeitet werden konnten; sie verfallen bis {}",
    ),
    "all": (
        "export.json beside this page holds the same in full, every field of every step.",
        "export.json neben dieser Seite enthält dasselbe vollständig, jedes Feld jedes Schritts.",
    ),
    "models": ("Language models that were asked", "Befragte Sprachmodelle"),
}
PAGE = """<!doctype html>
<html lang="{{ tongue }}">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>{{ t('title') }}</title>
<style>
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem }
pre { white-space: pre-wrap; background: #f4f4f2; padding: .8rem; border-radius: 4px }
article { border-top: 2px solid #888; margin-top: 2rem }
td, th { text-align: left; padding: .1rem 1rem .1rem 0; vertical-align: top }
</style>
<h1>{{ t('title') }}</h1>
<p>{{ t('asked').format(told.asked_for) }}<br>{{ t('made').format(told.made_at) }}</p>
<p>{{ t('all') }}</p>
{% if not told.tickets %}<p>{{ t('none') }}</p>{% endif %}
{% for ticket in told.tickets %}
<article>
<h2>{{ ticket.received_at }}</h2>
{% for text in ticket.wrote %}<h3>{{ t('wrote') }}</h3>
<p><b>{{ text.subject }}</b></p>
<pre>{{ text.text }}</pre>
{% endfor %}
{% if ticket.decision %}<h3>{{ t('decision') }}</h3>
<p><b>{{ ticket.decision.route }}</b></p>
<ol>{% for reason in ticket.decision.reasons %}<li>{{ reason }}</li>{% endfor %}</ol>
{% endif %}
{% for answer in ticket.drafts %}<h3>{{ t('draft') }}</h3>
<pre>{{ answer }}</pre>
{% endfor %}
{% for answer in ticket.replies %}<h3>{{ t('reply') }}</h3>
<pre>{{ answer }}</pre>
{% endfor %}
<h3>{{ t('events') }}</h3>
<table>{% for event in ticket.events %}
<tr><td>{{ event.recorded_at }}</td><td>{{ step(event.topic) }}</td>
<td>{{ event.producer.name }} {{ event.producer.version }}</td></tr>{% endfor %}
</table>
</article>
{% endfor %}
{% if told.attachments %}<h2>{{ t('files') }}</h2>
<ul>{% for file in told.attachments %}<li>{{ file.file or t('gone') }}</li>{% endfor %}</ul>
{% endif %}
{% if told.language_models %}<h2>{{ t('models') }}</h2>
<ul>{% for name in told.language_models %}<li>{{ name }}</li>{% endfor %}</ul>{% endif %}
{% if told.dead_letters.count %}<p>{{ t('dead').format(told.dead_letters.expire) }}:
{{ told.dead_letters.count.values()|sum }}</p>{% endif %}
</html>
"""


def page(told: Mapping[str, Any], tongue: Tongue) -> str:
    """The page; everything that anybody wrote is escaped."""
    environment = Environment(autoescape=True, undefined=StrictUndefined)
    shown = dict(told) | {"tickets": [_shown(ticket) for ticket in told["tickets"]]}
    return environment.from_string(PAGE).render(
        told=shown,
        tongue=tongue,
        t=lambda name: TITLES[name][tongue == "de"],
        step=lambda topic: word("topic", topic, tongue),
    )


def _shown(ticket: Mapping[str, Any]) -> dict[str, Any]:
    """A ticket with its texts in the order of reading; the clear one where it is still there."""
    by_topic: dict[str, list[Any]] = {}
    for event in ticket["events"]:
        by_topic.setdefault(event["topic"], []).append(event)
    received = by_topic.get("ticket.received", [])[-1:]
    masked = [e["text"] for e in by_topic.get("ticket.masked", [])[-1:] if e["text"]]
    drafts = [e["text"] for e in by_topic.get("draft.created", [])[-1:] if e["text"]]
    edits = [e["text"] for e in by_topic.get("agent.edited", []) if e["text"]]
    clear = [e["final_text"] for e in by_topic.get("agent.replied", [])]
    return dict(ticket) | {
        "wrote": received or masked,
        "drafts": [d["answer"] for d in drafts if d["answer"]],
        "replies": [r for r in clear or [e["final_text"] for e in edits] if r],
    }
