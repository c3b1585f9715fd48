"""Attachments in, encrypted files out: name and key are a keyed hash of ticket and content."""

import hashlib
import hmac
import os
import re
import tempfile
from base64 import b64decode, b64encode
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ticketstream.doors.intake.kinds import kind_of
from ticketstream.schemas.errors import InvalidEventError
from ticketstream.schemas.received import Attachment

LARGEST = 25 * 1024 * 1024  # bytes
NONCE = 12
KEY = 32
_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class AttachmentStore:
    """A folder of encrypted files. The key travels with the event, never with the file.

    A file's id and key are derived from a secret of its ticket and from its content: the same file
    of a ticket is stored once, and a mail that is published again gives the same event. Without
    the secret nobody can tell from a stored file what it is, nor that two tickets hold the same.
    """

    folder: Path

    def put(
        self, data: bytes, file_name: str, media_type: str, *, secret: bytes, room: int = LARGEST
    ) -> Attachment:
        """Keep a file and say how to find it again.

        The media type is the one that the bytes show, when they show one. A file above `room` bytes
        is described (name, size, digest) but not kept: its `id`, `uri` and `key` are empty.

        Args:
            data: the file's bytes.
            file_name: as it is shown, cleaned already.
            media_type: as the sender declared it.
            secret: the ticket's own (`identity.ticket_secret`).
            room: the most bytes to keep.

        Raises:
            OSError: the folder cannot be written; nothing may be published then.
        """
        described = Attachment(
            file_name=file_name,
            media_type=kind_of(data, media_type).media_type,
            size=len(data),
            sha256=hashlib.sha256(data).hexdigest(),
        )
        return described if len(data) > room else self._kept(described, data, secret)

    def get(self, attachment: Attachment) -> bytes:
        """The file as it came.

        Raises:
            InvalidEventError: no id of this store (upstream events name ids too: none may name a
                path), or a key that does not open the file.
            FileNotFoundError: the file was purged, or lies in another store.
        """
        try:
            cipher = AESGCM(b64decode(attachment.key, validate=True))
            sealed = self._path(attachment.id).read_bytes()
            return cipher.decrypt(sealed[:NONCE], sealed[NONCE:], attachment.id.encode())
        except OSError:
            raise
        except Exception as error:
            raise InvalidEventError("attachment: its key does not open the stored file") from error

    def remove(self, attachment: Attachment) -> None:
        """Purge a file; one that is gone already stays gone.

        Raises:
            InvalidEventError: no id of this store.
        """
        self.forget(attachment.id)

    def owns(self, name: str) -> bool:
        """Whether an id is one that this store could have given out."""
        return _ID.fullmatch(name) is not None

    def forget(self, name: str) -> None:
        """Purge a file by its id; see `remove`."""
        self._path(name).unlink(missing_ok=True)

    def _kept(self, described: Attachment, data: bytes, secret: bytes) -> Attachment:
        digest = hmac.digest(secret, bytes.fromhex(described.sha256), "sha512")
        # one key seals one content only, so its nonce may be as fixed as the key
        name, key = digest[:16].hex(), digest[16 : 16 + KEY]
        nonce = digest[-NONCE:]
        path = self._path(name)
        if path.exists():
            os.utime(path)  # retention goes by the last event that names it
        else:
            _write(path, nonce + AESGCM(key).encrypt(nonce, data, name.encode()))
        return Attachment(
            id=name,
            file_name=described.file_name,
            media_type=described.media_type,
            size=described.size,
            sha256=described.sha256,
            uri=f"attachment:{name}",
            key=b64encode(key).decode(),
        )

    def _path(self, name: str) -> Path:
        if not self.owns(name):
            raise InvalidEventError("attachment: its id is none that the attachment store gave out")
        return self.folder / name[:2] / name


def _write(path: Path, data: bytes) -> None:
    """All or nothing, on disk before the event that names it is sent."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, draft = tempfile.mkstemp(dir=path.parent)  # readable by the owner only
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
