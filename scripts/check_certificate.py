#!/usr/bin/env python3
"""Check the signature of a certificate without network: python3 check_certificate.py FILE.pdf|FILE.json [--keys keys.json] [--write FOLDER]

Needs nothing but Python 3.9. Exit code: 0 the signature is good, 1 it is not, 2 the file cannot be read.
Ed25519 as RFC 8032, section 5.1.7, puts it; SHA-512 comes from hashlib."""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import re
import sys
import zlib
from pathlib import Path
from typing import Any

FORM = "jiangsai-certificate-1"
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)
PEM_HEAD = bytes.fromhex("302a300506032b6570032100")
"""What stands before the 32 bytes of an Ed25519 key in DER (RFC 8410)."""


def decoded(raw: bytes) -> tuple[int, int] | None:
    """The point (x, y) of 32 bytes; None: they name no point."""
    number = int.from_bytes(raw, "little")
    y, sign = number & (2**255 - 1), number >> 255
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    return (P - x if x & 1 != sign else x), y


def added(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, ...]:
    """The sum of two points in extended coordinates (X, Y, Z, T)."""
    p = (a[1] - a[0]) * (b[1] - b[0]) % P
    q = (a[1] + a[0]) * (b[1] + b[0]) % P
    r, s = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = q - p, s - r, s + r, q + p
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(number: int, point: tuple[int, ...]) -> tuple[int, ...]:
    """A point added to itself so many times."""
    total: tuple[int, ...] = (0, 1, 1, 0)
    while number:
        if number & 1:
            total = added(total, point)
        point, number = added(point, point), number >> 1
    return total


def extended(point: tuple[int, int]) -> tuple[int, ...]:
    """(x, y) as (X, Y, Z, T): x = X / Z, y = Y / Z, X * Y = Z * T."""
    return point[0], point[1], 1, point[0] * point[1] % P


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE = extended(decoded(BASE_Y.to_bytes(32, "little")) or (0, 1))


def is_signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether these 64 bytes are the signature of the message by this key."""
    if len(signature) != 64 or len(public) != 32:
        return False
    key, point = decoded(public), decoded(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if key is None or point is None or s >= L:
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    h = int.from_bytes(digest, "little") % L
    left, right = times(s, BASE), added(extended(point), times(h, extended(key)))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (
        left[1] * right[2] - right[1] * left[2]
    ) % P == 0


def canonical(facts: dict[str, Any]) -> bytes:
    """The bytes that are signed: UTF-8 JSON, keys sorted, no spaces, nothing escaped needlessly."""
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def statements_of(content: bytes) -> list[dict[str, Any]]:
    """The signed data of a .json file, or what a PDF carries: of one certificate, or of every one in a print file."""
    texts = [content]
    if content.startswith(b"%PDF"):
        texts = []
        # A carriage return before the end of a line may be the last byte of what is packed; whatever comes after that is not read.
        for found in re.finditer(rb"stream\r?\n(.*?)\nendstream", content, re.DOTALL):
            try:
                texts.append(zlib.decompress(found.group(1)))
            except zlib.error:
                texts.append(found.group(1))
    statements = []
    for one in texts:
        if FORM.encode() in one:
            try:
                said = json.loads(one)
            except ValueError:
                continue
            if isinstance(said, dict) and said.get("form") == FORM:
                statements.append(said)
    return statements


def check_many(statements: list[dict[str, Any]], keys: dict[str, str]) -> int:
    """Check the certificates of a print file and name those whose signature is not good; the exit code."""
    bad = [
        str(said["facts"].get("serial"))
        for said in statements
        if not is_signed(
            base64.b64decode(keys.get(said["key"], "")),
            canonical(said["facts"]),
            base64.b64decode(said["signature"]),
        )
    ]
    print(f"{len(statements) - len(bad)} / {len(statements)} 份签名有效 / signatures are good")
    for serial in bad:
        print("签名无效 / NOT VALID:", serial)
    return 1 if bad else 0


def main(arguments: list[str] | None = None) -> int:
    """Check one file; the exit code."""
    reader = argparse.ArgumentParser(description="Check the signature of a certificate.")
    reader.add_argument("file", type=Path)
    reader.add_argument("--keys", type=Path, default=Path(__file__).resolve().parent / "keys.json")
    reader.add_argument("--write", type=Path, help="folder for message.bin, signature.bin and key.pem")
    asked = reader.parse_args(arguments)
    try:
        statements = statements_of(asked.file.read_bytes())
        keys = json.loads(asked.keys.read_text(encoding="utf-8"))["keys"]
    except (OSError, ValueError, KeyError) as error:
        print("无法读取 / cannot be read:", error, file=sys.stderr)
        return 2
    if not statements:
        print("文件中没有签名数据 / the file carries no signed data", file=sys.stderr)
        return 2
    if len(statements) > 1:
        return check_many(statements, keys)
    said = statements[0]
    message = canonical(said["facts"])
    signature = base64.b64decode(said["signature"])
    public = base64.b64decode(keys.get(said["key"], ""))
    if asked.write:
        (asked.write / "message.bin").write_bytes(message)
        (asked.write / "signature.bin").write_bytes(signature)
        body = base64.b64encode(PEM_HEAD + public).decode()
        (asked.write / "key.pem").write_text(
            f"-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n"
        )
    if not public:
        print("签名所用公钥不在 keys.json 中 / the key is not among the public keys:", said["key"])
        return 1
    if not is_signed(public, message, signature):
        print("签名无效：内容或签名被改动 / NOT VALID: content or signature was changed")
        return 1
    print("签名有效 / the signature is good")
    for name, value in said["facts"].items():
        print(f"  {name}: {value.get('zh') if isinstance(value, dict) else value}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
