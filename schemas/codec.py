"""Events <-> bytes: Avro single-object encoding, or the Confluent framing with a registry."""

import struct
from collections.abc import Mapping
from importlib.resources import files
from io import BytesIO
from typing import Any, NamedTuple, Protocol, TypeVar

import fastavro
import orjson
from fastavro.schema import fingerprint, to_parsing_canonical_form

from ticketstream.schemas.convert import from_plain, to_plain
from ticketstream.schemas.envelope import Event
from ticketstream.schemas.errors import InvalidEventError, UndecodableError
from ticketstream.schemas.record import Record, once
from ticketstream.schemas.topics import EVENTS, SEALED_RECORDS, TOPIC_OF

SINGLE_OBJECT = b"\xc3\x01"
CONFLUENT = b"\x00"
HEADER = 10  # marker and fingerprint
CONFLUENT_HEADER = 5  # magic byte and schema id

FILE_OF: dict[type[Record], str] = {
    **{kind: topic for topic, kind in EVENTS.items()},
    **{kind: kind.__name__ for kind in SEALED_RECORDS},
}

R = TypeVar("R", bound=Record)
E = TypeVar("E", bound=Event)


class SchemaIds(Protocol):
    """A schema registry, as far as the codec needs one."""

    def id_of(self, topic: str, schema: str) -> int:
        """The id under which the topic's value schema (its text) is registered."""

    def schema_of(self, schema_id: int) -> str:
        """The text of a registered schema; raises `UndecodableError` for an unknown id."""


class Schema(NamedTuple):
    """A schema as it is written (text), parsed, and its CRC-64-AVRO fingerprint."""

    text: str
    parsed: Any
    print: bytes


def crc64(schema: Any) -> bytes:
    """The 8 bytes (little endian) that stand behind the single-object marker."""
    canonical = to_parsing_canonical_form(schema)
    return bytes.fromhex(fingerprint(canonical, "CRC-64-AVRO"))


@once
def schema_text(name: str) -> str:
    """The text of `schemas/<name>.avsc`."""
    return (files("ticketstream.schemas") / f"{name}.avsc").read_text()


@once
def schema_of(kind: type[Record]) -> Schema:
    """The current schema of an event, or of a record that is sealed on its own."""
    text = schema_text(FILE_OF[kind])
    raw = orjson.loads(text)
    return Schema(text, fastavro.parse_schema(raw), crc64(raw))


@once
def known_schemas(name: str) -> Mapping[bytes, Any]:
    """Every version of a record's schema that was ever released, by fingerprint."""
    kinds = (*EVENTS.values(), *SEALED_RECORDS)
    current = {schema_of(k).print: schema_of(k).parsed for k in kinds if k.__name__ == name}
    folder = files("ticketstream.schemas") / "history" / name
    past = [orjson.loads(f.read_text()) for f in folder.iterdir()] if folder.is_dir() else []
    return {crc64(s): fastavro.parse_schema(s) for s in past} | current


def encode_record(record: Record) -> bytes:
    """Avro single-object encoding: marker, fingerprint, body."""
    schema = schema_of(type(record))
    return SINGLE_OBJECT + schema.print + _body(record, schema)


def decode_record(kind: type[R], data: bytes) -> R:
    """A record back from its single-object encoding, whatever version wrote it.

    Raises:
        UndecodableError: reason `undecodable`, `unknown_schema` or `invalid`.
    """
    if data[:2] != SINGLE_OBJECT:
        raise UndecodableError("undecodable", f"not an Avro-encoded {kind.__name__}")
    writer = known_schemas(kind.__name__).get(data[2:HEADER])
    if writer is None:
        raise UndecodableError(
            "unknown_schema",
            f"schema {data[2:HEADER].hex()} is no known version of {kind.__name__}: "
            "publish with the .avsc of this release",
        )
    return _read(kind, data, HEADER, writer)


class Codec:
    """Encodes events, with the Confluent framing when a registry is given; decodes both."""

    def __init__(self, registry: SchemaIds | None = None) -> None:
        self.registry = registry
        self._ids: dict[type[Event], int] = {}
        self._writers: dict[int, Any] = {}

    def encode(self, event: Event) -> bytes:
        """The bytes of an event whose records are sealed."""
        if self.registry is None:
            return encode_record(event)
        schema = schema_of(type(event))
        return CONFLUENT + struct.pack(">I", self._id(type(event), schema)) + _body(event, schema)

    def decode(self, kind: type[E], data: bytes) -> E:
        """An event back from its bytes, in either framing.

        Raises:
            UndecodableError: reason `undecodable`, `unknown_schema` or `invalid`.
        """
        if data[:1] != CONFLUENT:
            return decode_record(kind, data)
        if self.registry is None:
            raise UndecodableError(
                "unknown_schema",
                "an event in the Confluent framing, but no schema registry is configured: "
                "set TICKETSTREAM_SCHEMA_REGISTRY",
            )
        if len(data) < CONFLUENT_HEADER:
            raise UndecodableError("undecodable", "an event of fewer than five bytes")
        (schema_id,) = struct.unpack_from(">I", data, 1)
        return _read(kind, data, CONFLUENT_HEADER, self._writer(schema_id))

    def writer_of(self, kind: type[Event], data: bytes) -> tuple[Any, int]:
        """The parsed schema that wrote an event, by the first bytes, and where its body begins.

        Raises:
            UndecodableError: reason `undecodable` or `unknown_schema`.
        """
        if data[:1] == CONFLUENT and len(data) >= CONFLUENT_HEADER:
            if self.registry is None:
                raise UndecodableError("unknown_schema", "no schema registry is configured")
            (schema_id,) = struct.unpack_from(">I", data, 1)
            return self._writer(schema_id), CONFLUENT_HEADER
        writer = known_schemas(kind.__name__).get(data[2:HEADER])
        if data[:2] != SINGLE_OBJECT:
            raise UndecodableError("undecodable", f"not an Avro-encoded {kind.__name__}")
        if writer is None:
            raise UndecodableError("unknown_schema", f"no known version of {kind.__name__}")
        return writer, HEADER

    def _id(self, kind: type[Event], schema: Schema) -> int:
        if kind not in self._ids and self.registry is not None:
            self._ids[kind] = self.registry.id_of(TOPIC_OF[kind], schema.text)
        return self._ids[kind]

    def _writer(self, schema_id: int) -> Any:
        if schema_id not in self._writers and self.registry is not None:
            text = self.registry.schema_of(schema_id)
            self._writers[schema_id] = fastavro.parse_schema(orjson.loads(text))
        return self._writers[schema_id]


def _body(record: Record, schema: Schema) -> bytes:
    out = BytesIO()
    fastavro.schemaless_writer(out, schema.parsed, to_plain(type(record))(record))
    return out.getvalue()


def _read(kind: type[R], data: bytes, start: int, writer: Any) -> R:
    reader = schema_of(kind).parsed
    body = BytesIO(data)
    body.seek(start)
    try:
        plain = fastavro.schemaless_reader(body, writer, None if writer is reader else reader)
    except Exception as error:  # fastavro raises whatever the bytes lead it into
        reason = f"{type(error).__name__} while decoding {kind.__name__}"
        raise UndecodableError("undecodable", reason) from error
    if body.read(1):
        raise UndecodableError("undecodable", f"bytes left behind {kind.__name__}")
    try:
        record: R = from_plain(kind)(plain)
    except InvalidEventError as error:
        raise UndecodableError("invalid", str(error)) from error
    return record
