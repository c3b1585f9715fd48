"""static/ -> files under addresses that change with their content, so that they may be kept."""

import mimetypes
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from starlette.responses import Response

SUFFIXES = {".css", ".js", ".svg"}
FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    """A file: its bytes, their type, and the digest that stands in its address."""

    data: bytes
    media_type: str
    digest: str


class Assets:
    """The files of a folder, read once; no path of a request ever reaches the disk."""

    def __init__(self, folder: Path) -> None:
        paths = (p for p in sorted(folder.iterdir()) if p.suffix in SUFFIXES)
        self._files = {p.name: _asset(p) for p in paths}

    def link(self, name: str) -> str:
        """The address of a file."""
        return f"/static/{self._files[name].digest}/{name}"

    def response(self, digest: str, name: str) -> Response:
        """The file; 404 for a name or a digest that is not there."""
        asset = self._files.get(name)
        if asset is None or asset.digest != digest:
            return Response(status_code=404)
        return Response(
            asset.data, media_type=asset.media_type, headers={"Cache-Control": FOR_EVER}
        )


def _asset(path: Path) -> Asset:
    data = path.read_bytes()
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return Asset(data, kind, sha256(data).hexdigest()[:16])
