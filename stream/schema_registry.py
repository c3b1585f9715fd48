"""A schema registry (Confluent API) as the codec needs it."""

from confluent_kafka.schema_registry import Schema, SchemaRegistryClient
from confluent_kafka.schema_registry.error import SchemaRegistryError

from ticketstream.schemas.codec import FILE_OF, schema_text
from ticketstream.schemas.errors import BrokerError, UndecodableError
from ticketstream.schemas.topics import EVENTS

NOT_FOUND = 404


class Registry:
    """Registers the topics' value schemas (TopicNameStrategy) and finds those of others.

    Raises:
        BrokerError: the registry does not answer, or refuses a schema.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._client = SchemaRegistryClient({"url": url})

    def __reduce__(self) -> tuple[type["Registry"], tuple[str]]:
        return Registry, (self.url,)  # another process makes a client of its own

    def id_of(self, topic: str, schema: str) -> int:
        try:
            return int(self._client.register_schema(f"{topic}-value", Schema(schema, "AVRO")))
        except SchemaRegistryError as error:
            raise BrokerError(
                f"the schema registry refuses the schema of {topic}: {error.error_message}"
            ) from error
        except Exception as error:  # the client raises its HTTP library's errors as they are
            raise BrokerError(f"no schema registry answers at {self.url}") from error

    def schema_of(self, schema_id: int) -> str:
        try:
            return str(self._client.get_schema(schema_id).schema_str)
        except SchemaRegistryError as error:
            if error.http_status_code == NOT_FOUND:
                text = f"schema id {schema_id} is not in the registry"
                raise UndecodableError("unknown_schema", text) from error
            raise BrokerError(f"the schema registry failed: {error.error_message}") from error
        except Exception as error:
            raise BrokerError(f"no schema registry answers at {self.url}") from error

    def check(self) -> list[str]:
        """What differs between our schemas and the registry's, a line each."""
        lines = []
        for kind in EVENTS.values():
            subject = f"{FILE_OF[kind]}-value"
            schema = Schema(schema_text(FILE_OF[kind]), "AVRO")
            try:
                fits = self._client.test_compatibility(subject, schema)
            except SchemaRegistryError as error:
                if error.http_status_code != NOT_FOUND:
                    raise BrokerError(f"the registry failed: {error.error_message}") from error
                lines.append(f"{subject} is not registered yet: the first event registers it")
                continue
            if not fits:
                lines.append(f"{subject}: the registry holds an incompatible schema")
        return lines
