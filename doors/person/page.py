"""What is handed to a person -> one page of HTML, to be read without network and scripts."""

import re
from collections.abc import Mapping
from datetime import datetime, tzinfo
from functools import partial
from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined

from ticketstream.doors.person.words import TITLES
from ticketstream.processors.taxonomy import Tongue
from ticketstream.processors.words import word

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d\S*")


def page(told: Mapping[str, Any], tongue: Tongue, zone: tzinfo) -> str:
    """The page; everything that anybody wrote is escaped."""
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    template = (files("ticketstream.doors.person") / "export.html").read_text("utf-8")
    return environment.from_string(template).render(
        told=told,
        tongue=tongue,
        t=lambda name: TITLES[name][tongue == "de"],
        step=lambda topic: word("topic", topic, tongue),
        when=partial(when, tongue=tongue, zone=zone),
        moment=partial(moment, tongue=tongue, zone=zone),
    )


def when(at: str, *, tongue: Tongue, zone: tzinfo) -> str:
    """A time of JSON in the shop's zone, as people write it."""
    pattern = "%d.%m.%Y %H:%M" if tongue == "de" else "%d %b %Y %H:%M"
    return datetime.fromisoformat(at).astimezone(zone).strftime(pattern)


def moment(value: str, *, tongue: Tongue, zone: tzinfo) -> str:
    """A fact's value; a time in it as people write it."""
    return when(value, tongue=tongue, zone=zone) if MOMENT.fullmatch(value) else value
