"""A certificate as a document: PDF to keep, PNG to look at. Made when asked for, from what was stored."""

import io
from pathlib import Path
from typing import Any

import segno
from flask import current_app, url_for

from webapp.certificates.queries.certificates import CertificateView
from webapp.certificates.rules.facts import Facts
from webapp.core import typesetting

FOLDER = Path(__file__).resolve().parent.parent / "templates" / "typst"
PREVIEW_PPI = 100.0


def pdf(certificate: CertificateView) -> bytes:
    """The certificate as PDF; the same one gives the same bytes."""
    return typesetting.pdf(_template(certificate), _data(certificate), at=certificate.issued_at)


def png(certificate: CertificateView) -> bytes:
    """The certificate as a picture."""
    return typesetting.png(_template(certificate), _data(certificate), ppi=PREVIEW_PPI)


def check_address(serial: str) -> str:
    """The absolute address at which anybody checks a certificate, by the configured public address."""
    return f"{current_app.config['PUBLIC_URL']}{url_for('certificates.verify', serial=serial)}"


def template_data(facts: Facts, digest: str, address: str) -> dict[str, Any]:
    """What the template reads. address: of the check, which the QR code (SVG) holds; check_at: without serial."""
    return {
        **facts.as_json(),
        "digest": digest,
        "check_at": address.rpartition("/")[0],
        "code": _code(address),
    }


def _template(certificate: CertificateView) -> Path:
    return FOLDER / f"certificate-{certificate.template_version}.typ"


def _data(certificate: CertificateView) -> dict[str, Any]:
    return template_data(certificate.facts, certificate.digest, check_address(certificate.serial))


def _code(address: str) -> str:
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(out, kind="svg", border=1, dark="#3d1a1a", xmldecl=False)
    return out.getvalue().decode()
