"""Tokens at rest: AES-GCM under the newest key, bound to the chat they belong to."""

import base64
import hashlib
import hmac
import os
import secrets
from collections.abc import Callable, Sequence
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_SIZE = 32
_NONCE_SIZE = 12
_VERSION = "v1"


class VaultError(Exception):
    """A sealed text cannot be opened: its key is lost, it was altered, or it belongs to something else."""


class KeyFormatError(ValueError):
    """A key is not 32 bytes in URL-safe Base64."""


class Vault:
    """Seals with the first key and opens with any of them, so that keys rotate without downtime.

    A sealed text is `v1.<key's name>.<nonce and ciphertext>`. The context (which chat, which update) is authenticated with it, so a
    ciphertext that is moved to another row does not open.
    """

    def __init__(self, keys: Sequence[str], reread: Callable[[], Sequence[str]] | None = None) -> None:
        """Take the keys, newest first; `reread` gives them anew when a text is sealed with a key that came later."""
        self._reread = reread
        self._load(keys)

    def _load(self, keys: Sequence[str]) -> None:
        if not keys:
            raise KeyFormatError("at least one key is needed")
        decoded = [_decode(key) for key in keys]
        ciphers = [(_name(raw), AESGCM(raw)) for raw in decoded]
        self._digest_key = hashlib.sha256(b"otpbuddy-bot digest" + decoded[0]).digest()
        self._newest, self._sealer = ciphers[0]
        self._openers = dict(reversed(ciphers))

    def __repr__(self) -> str:
        return f"Vault({len(self._openers)} keys)"

    def seal(self, plain: bytes, context: str) -> str:
        """Encrypt for one context, such as `chat:42`."""
        nonce = secrets.token_bytes(_NONCE_SIZE)
        box = nonce + self._sealer.encrypt(nonce, plain, context.encode())
        return f"{_VERSION}.{self._newest}.{base64.urlsafe_b64encode(box).decode()}"

    def open(self, sealed: str, context: str) -> bytes:
        """Decrypt what was sealed for the same context; raises `VaultError` for anything else."""
        version, _, rest = sealed.partition(".")
        name, _, body = rest.partition(".")
        if name not in self._openers and self._reread is not None:
            self._load(self._reread())
        cipher = self._openers.get(name)
        if version != _VERSION or cipher is None:
            raise VaultError("sealed with a key that is not configured")
        try:
            box = base64.urlsafe_b64decode(body)
            return cipher.decrypt(box[:_NONCE_SIZE], box[_NONCE_SIZE:], context.encode())
        except (InvalidTag, ValueError):
            raise VaultError("altered, or sealed for something else") from None

    def digest(self, plain: bytes) -> str:
        """Name something without telling it: the same name as long as the newest key stays, 32 hexadecimal digits."""
        return hmac.digest(self._digest_key, plain, "sha256")[:16].hex()

    def is_current(self, sealed: str) -> bool:
        """Whether a text is sealed with the newest key, so that a rotation may pass it by."""
        return sealed.startswith(f"{_VERSION}.{self._newest}.")


def new_key() -> str:
    """Make a key: 32 random bytes in URL-safe Base64."""
    return base64.urlsafe_b64encode(secrets.token_bytes(KEY_SIZE)).decode()


def key_file(database: Path) -> Path:
    """Where the key lies when no `TOKEN_KEYS` are configured: beside the SQLite file."""
    return database.with_name(database.name + ".key")


def prepend_key(path: Path, key: str) -> None:
    """Make a key the newest of a key file, in one step that a crash cannot cut in two; the older ones stay readable."""
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = path.with_name(path.name + ".new")
    descriptor = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write("\n".join([key, *load_or_create_keys(path)]) + "\n")
        file.flush()
        os.fsync(file.fileno())
    staged.replace(path)


def load_or_create_keys(path: Path) -> list[str]:
    """Read the keys of a key file, one a line, newest first; make the file, readable by its owner only, if there is none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        # What is no ASCII is no key either, and is refused as one.
        if keys := path.read_text(encoding="ascii", errors="replace").split():
            return keys
        # A first start was killed between making the file and writing the key, so nothing is sealed yet.
        descriptor = os.open(path, os.O_WRONLY)
    key = new_key()
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(key + "\n")
        file.flush()
        os.fsync(file.fileno())
    return [key]


def _decode(key: str) -> bytes:
    try:
        raw = base64.b64decode(key.strip(), altchars=b"-_", validate=True)
    except ValueError:
        raise KeyFormatError("a key must be 32 bytes in URL-safe Base64") from None
    if len(raw) != KEY_SIZE:
        raise KeyFormatError("a key must be 32 bytes in URL-safe Base64")
    return raw


def _name(raw: bytes) -> str:
    return hashlib.sha256(b"otpbuddy-bot key name" + raw).hexdigest()[:8]
