"""A certificate as a document: PDF to keep, PNG to look at. Made when asked for, from what was stored."""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import segno
from flask import current_app

from webapp.certificates.queries.certificates import CertificateView
from webapp.certificates.rules.facts import Facts, canonical
from webapp.certificates.rules.signed import PURPOSE, published, statement
from webapp.config import ROOT
from webapp.core import typesetting
from webapp.core.crypto import keyring


@dataclass(frozen=True)
class Sheets:
    """Many certificates of one look, ready to be set; setting them needs no database and no application."""

    template: Path
    data: dict[str, Any]
    at: datetime

    def pdf(self) -> bytes:
        """One PDF, a page each, with the signed data of every certificate attached; b"" when there are none."""
        if not self.data["certificates"]:
            return b""
        made = typesetting.pdf(self.template, self.data, at=self.at)
        typesetting.forget()
        return made


FOLDER = Path(__file__).resolve().parent.parent / "templates" / "typst"
VERIFY = "/verify"
"""Where anybody checks; printed on paper, so it never changes. Workers know it without a request."""
PREVIEW_PPI = 100.0
CHECKER = ROOT / "scripts" / "check_certificate.py"
OFFLINE = FOLDER.parent / "offline.txt"


def pdf(certificate: CertificateView) -> bytes:
    """The certificate as PDF; the same one gives the same bytes."""
    return typesetting.pdf(
        _template(certificate.template_version), _data(certificate), at=certificate.issued_at
    )


def sheets(
    template_version: str, certificates: Sequence[CertificateView], title: str, at: datetime
) -> Sheets:
    """What sets these certificates of one look in one PDF. at: the time of making that is written into it."""
    every = [_data(one) for one in certificates]
    return Sheets(_template(template_version), {"title": title, "certificates": every}, at)


def png(certificate: CertificateView) -> bytes:
    """The certificate as a picture."""
    return typesetting.png(_template(certificate.template_version), _data(certificate), ppi=PREVIEW_PPI)


def check_address(serial: str) -> str:
    """The absolute address at which anybody checks a certificate, by the configured public address."""
    return f"{current_app.config['PUBLIC_URL']}{VERIFY}/{serial}"


def signed(certificate: CertificateView) -> str:
    """The certificate with its signature, as JSON: the same one gives the same text while the key stays."""
    facts = certificate.facts.as_json()
    return statement(facts, certificate.digest, *keyring().sign(canonical(facts), PURPOSE))


def public_keys() -> str:
    """The public keys that signatures are checked with, as JSON."""
    check_at = f"{current_app.config['PUBLIC_URL']}{VERIFY}"
    return published(keyring().public_keys(PURPOSE), check_at)


def offline_kit() -> bytes:
    """A ZIP with the program that checks without us, the public keys, and how to use both."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as kit:
        for name, content in (
            ("check_certificate.py", CHECKER.read_text(encoding="utf-8")),
            ("keys.json", public_keys()),
            ("README.txt", OFFLINE.read_text(encoding="utf-8")),
        ):
            kit.writestr(zipfile.ZipInfo(name), content)
    return out.getvalue()


def template_data(facts: Facts, digest: str, address: str, statement: str = "") -> dict[str, Any]:
    """What the template reads. address: of the check, which the QR code (SVG) holds; check_at: without serial.
    statement: the signed certificate, which the PDF carries with it."""
    return {
        **facts.as_json(),
        "statement": statement,
        "digest": digest,
        "check_at": address.rpartition("/")[0],
        "code": _code(address),
    }


def _template(version: str) -> Path:
    return FOLDER / f"certificate-{version}.typ"


def _data(certificate: CertificateView) -> dict[str, Any]:
    address = check_address(certificate.serial)
    return template_data(certificate.facts, certificate.digest, address, signed(certificate))


def _code(address: str) -> str:
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(out, kind="svg", border=1, dark="#3d1a1a", xmldecl=False)
    return out.getvalue().decode()
