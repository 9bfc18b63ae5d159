"""A certificate with its signature: what it says can be checked without asking anybody.

Signed is the canonical JSON of the facts (rules/facts.py). `scripts/check_certificate.py` reads the same form and
needs nothing but Python; decision 0057 says how to check with openssl."""

import base64
import json
from collections.abc import Mapping
from typing import Any

FORM = "jiangsai-certificate-1"
PURPOSE = "certificates"
ALGORITHM = "Ed25519"


def statement(facts: Mapping[str, Any], digest: str, key: str, signature: bytes) -> str:
    """The signed certificate as JSON, one key a line. key: name of the public key."""
    said = {
        "form": FORM,
        "algorithm": ALGORITHM,
        "key": key,
        "signature": base64.b64encode(signature).decode(),
        "digest": digest,
        "facts": dict(facts),
    }
    return json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def published(keys: Mapping[str, bytes], check_at: str) -> str:
    """The public keys as JSON: by name the 32 bytes in base64. check_at: where revocations are told."""
    said = {
        "form": f"{FORM}-keys",
        "algorithm": ALGORITHM,
        "check_at": check_at,
        "keys": {name: base64.b64encode(raw).decode() for name, raw in keys.items()},
    }
    return json.dumps(said, ensure_ascii=False, indent=1) + "\n"
