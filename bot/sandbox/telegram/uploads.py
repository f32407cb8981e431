"""Photos and documents that the bot sends: kept in memory, addressed by file_id afterwards."""

import struct

from bot.sandbox.telegram.errors import Json, bad_request
from bot.sandbox.telegram.params import Params, Upload
from bot.sandbox.telegram.records import StoredFile
from bot.sandbox.telegram.state import State

PHOTO_LIMIT = 10 * 1024 * 1024
DOCUMENT_LIMIT = 50 * 1024 * 1024
_PNG = b"\x89PNG\r\n\x1a\n"
_GIF = (b"GIF87a", b"GIF89a")
_JPEG = b"\xff\xd8"
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def photo_content(state: State, params: Params) -> Json:
    """Return {"photo": [PhotoSize, …]} for the "photo" parameter; raises ApiError for what is no picture."""
    stored = _stored(state, params, "photo", PHOTO_LIMIT)
    if stored.width == 0:
        raise bad_request("IMAGE_PROCESS_FAILED")
    size = {"width": stored.width, "height": stored.height, "file_size": len(stored.content)}
    return {"photo": [{"file_id": stored.file_id, "file_unique_id": stored.unique_id, **size}]}


def document_content(state: State, params: Params) -> Json:
    """Return {"document": Document} for the "document" parameter."""
    stored = _stored(state, params, "document", DOCUMENT_LIMIT)
    return {
        "document": {
            "file_id": stored.file_id,
            "file_unique_id": stored.unique_id,
            "file_name": stored.name,
            "mime_type": stored.mime_type,
            "file_size": len(stored.content),
        }
    }


def _stored(state: State, params: Params, kind: str, limit: int) -> StoredFile:
    upload = params.files.get(kind)
    reference = params.text(kind)
    if reference.startswith("attach://"):
        upload = params.files.get(reference.removeprefix("attach://"))
    if upload is not None:
        return _keep(state, upload, kind, limit)
    if not reference:
        raise bad_request(f"There is no {kind} in the request")
    if reference.startswith(("http://", "https://")):
        raise bad_request("failed to get HTTP URL content")
    if reference not in state.files:
        raise bad_request("wrong remote file identifier specified: Wrong string length")
    return state.files[reference]


def _keep(state: State, upload: Upload, kind: str, limit: int) -> StoredFile:
    if not upload.content:
        raise bad_request("file must be non-empty")
    if len(upload.content) > limit:
        raise bad_request(f"file is too big for a {kind}")
    number = state.number()
    suffix = "." + upload.name.rpartition(".")[2] if "." in upload.name else ""
    width, height = image_size(upload.content)
    stored = StoredFile(
        file_id=f"BQACAgIAAxkBAAM{number:010d}",
        unique_id=f"AgAD{number:010d}",
        path=f"{kind}s/file_{number}{suffix}",
        name=upload.name,
        mime_type=upload.mime_type,
        content=upload.content,
        width=width,
        height=height,
    )
    state.files[stored.file_id] = stored
    return stored


def image_size(content: bytes) -> tuple[int, int]:
    """Return width and height in pixels of a PNG, GIF or JPEG, zeros for anything else."""
    try:
        if content.startswith(_PNG):
            width, height = struct.unpack_from(">II", content, 16)
        elif content.startswith(_GIF):
            width, height = struct.unpack_from("<HH", content, 6)
        elif content.startswith(_JPEG):
            width, height = _jpeg_size(content)
        else:
            return 0, 0
    except (struct.error, IndexError):
        return 0, 0
    return width, height


def _jpeg_size(content: bytes) -> tuple[int, int]:
    position = 2
    while content[position] == 0xFF:  # noqa: PLR2004  # Every JPEG segment starts with this byte.
        marker, length = struct.unpack_from(">xBH", content, position)
        if marker in _JPEG_FRAMES:
            height, width = struct.unpack_from(">HH", content, position + 5)
            return int(width), int(height)
        position += 2 + length
    return 0, 0
