"""Encryption of document numbers, phones and other secrets at rest; keyed hashes to look them up; signatures.

AES-GCM-SIV with the owner as associated data, so that a value copied to another row does not
open. The stored form is key id (4 bytes) + nonce (12) + ciphertext."""

import base64
import hashlib
import hmac
import os
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import Flask, current_app


@dataclass(frozen=True)
class Keyring:
    """The present data key and earlier ones that can still open what they closed."""

    current: bytes
    earlier: tuple[bytes, ...] = ()

    @classmethod
    def from_base64(cls, current: str, earlier: tuple[str, ...] = ()) -> "Keyring":
        """Keys of 32 bytes in base64. Raise ValueError on any other length."""
        keys = [base64.b64decode(text, validate=True) for text in (current, *earlier)]
        if any(len(key) != 32 for key in keys):
            raise ValueError("a data key is 32 bytes in base64")
        return cls(keys[0], tuple(keys[1:]))

    def encrypt(self, plain: str, owner: str) -> bytes:
        """Close `plain`; only the same `owner` text opens it."""
        nonce = os.urandom(12)
        sealed = AESGCMSIV(_derive(self.current, b"encrypt")).encrypt(nonce, plain.encode(), owner.encode())
        return _key_id(self.current) + nonce + sealed

    def decrypt(self, sealed: bytes, owner: str) -> str:
        """Open what `encrypt` closed. Raise KeyError when its key is gone, InvalidTag when it was moved."""
        keys = {_key_id(key): key for key in (self.current, *self.earlier)}
        key = keys[sealed[:4]]
        return AESGCMSIV(_derive(key, b"encrypt")).decrypt(sealed[4:16], sealed[16:], owner.encode()).decode()

    def lookup_hash(self, plain: str, purpose: str) -> bytes:
        """A keyed hash of 32 bytes for exact look-up and uniqueness.

        It stays on the oldest key, because rows cannot be found under two hashes at once."""
        oldest = self.earlier[-1] if self.earlier else self.current
        return hmac.digest(_derive(oldest, b"lookup"), f"{purpose}\0{plain}".encode(), "sha256")

    def sign(self, message: bytes, purpose: str) -> tuple[str, bytes]:
        """(name of the public key, Ed25519 signature of 64 bytes) by the present key. One message, one signature."""
        private = _signer(self.current, purpose)
        public = private.public_key().public_bytes_raw()
        return _public_name(public), private.sign(message)

    def public_keys(self, purpose: str) -> dict[str, bytes]:
        """The public keys (32 bytes) whose signatures count, by name; the present one first."""
        raw = [_signer(key, purpose).public_key().public_bytes_raw() for key in (self.current, *self.earlier)]
        return {_public_name(one): one for one in raw}


def _signer(key: bytes, purpose: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(_derive(key, b"sign " + purpose.encode()))


def _public_name(public: bytes) -> str:
    return hashlib.sha256(public).hexdigest()[:16]


@lru_cache(maxsize=64)
def _derive(key: bytes, purpose: bytes) -> bytes:
    """Kept, because every look-up of a number needs it; the key that it follows from is in memory anyway."""
    return HKDF(SHA256(), 32, salt=None, info=b"jiangsai " + purpose).derive(key)


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"key id" + key).digest()[:4]


def init_crypto(app: Flask, keyring: Keyring) -> None:
    app.extensions["keyring"] = keyring


def keyring() -> Keyring:
    """The keys of the running app."""
    return cast(Keyring, current_app.extensions["keyring"])
