"""Papers leave signed where the company has a certificate: whole, in its name, and tampering is seen."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from asn1crypto.x509 import Certificate
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from django.conf import settings
from django.urls import reverse
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pypdf import PdfReader

from kanjo.domains.billing.models import Sending
from kanjo.foundation.actors import Role
from kanjo.foundation.ids import FileId, InvoiceId
from kanjo.platform.documents.signing import CertificateNotValid, CertificateUnusable, keep_certificate, signed
from kanjo.platform.files.models import StoredFile
from kanjo.platform.files.operations import read
from tests.builders import a_company
from tests.web.office import Office, billed, faults
from tests.web.test_electronic_invoice import everybody, reach

PASSWORD = "an open secret of this test"
KEY = ec.generate_private_key(ec.SECP256R1())
CODE = "kanjo-jp"


A_PAPER = b"""%PDF-1.7
1 0 obj
<</Type /Catalog /Pages 2 0 R>>
endobj
2 0 obj
<</Type /Pages /Kids [3 0 R] /Count 1>>
endobj
3 0 obj
<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources <<>>>>
endobj
xref
0 4
0000000000 65535 f\x20
0000000009 00000 n\x20
0000000056 00000 n\x20
0000000111 00000 n\x20
trailer
<</Size 4 /Root 1 0 R>>
startxref
196
%%EOF
"""
"""One blank page."""


def certificate(
    *, days: int = 30, password: str = PASSWORD, key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey = KEY
) -> tuple[bytes, Certificate]:
    """Return a self-made certificate of a key that ends in *days*: as PKCS#12, and to be trusted."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "株式会社カンジョウ")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=key.public_key())
        .serial_number(7)
        .not_valid_before(now - timedelta(days=60))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.KeyUsage(True, True, *[False] * 7), critical=True)
        .sign(key, hashes.SHA256())
    )
    packed = pkcs12.serialize_key_and_certificates(b"", key, made, None, BestAvailableEncryption(password.encode()))
    return packed, Certificate.load(made.public_bytes(Encoding.DER))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own, whose certificates open with one password."""
    own = replace(settings.ENVIRONMENT, home=tmp_path, signing_password=PASSWORD)
    monkeypatch.setattr(settings, "ENVIRONMENT", own)
    return tmp_path


@pytest.fixture
def trusted(home: Path) -> Certificate:
    """The certificate of the company, kept before anything is issued."""
    packed, made = certificate()
    keep_certificate(packed, CODE)
    return made


@pytest.fixture
def invoice(office: Office) -> InvoiceId:
    """An invoice to a customer whose corporate number is known."""
    reach(office)
    return InvoiceId(office.desk(Role.RECEIVABLES).key("invoice", "order", billed(office).order))


def paper(office: Office, key: int) -> bytes:
    return office.desk(Role.RECEIVABLES).client.get(reverse("invoice-pdf", args=[key])).content


def signatures(pdf: bytes) -> list[Any]:
    return list(PdfFileReader(io.BytesIO(pdf)).embedded_signatures)


def judged(pdf: bytes, root: Certificate) -> Any:
    """Return what a reader who trusts the certificate sees of the one signature."""
    (signature,) = signatures(pdf)
    return validate_pdf_signature(signature, ValidationContext(trust_roots=[root], allow_fetching=False))


class TestSignature:
    @pytest.mark.row("AR-2", "SFS-5")
    def test_is_the_companys_over_the_whole_paper(
        self, office: Office, trusted: Certificate, invoice: InvoiceId
    ) -> None:
        """It is PAdES; a reader who trusts the company finds it whole, and the paper below it as it always is."""
        pdf = paper(office, invoice)
        told = judged(pdf, trusted)
        assert (told.intact, told.valid, told.trusted, told.coverage.name) == (True, True, True, "ENTIRE_FILE")
        assert signatures(pdf)[0].sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
        (settings.ENVIRONMENT.home / "certificates" / f"{CODE}.p12").unlink()
        assert pdf.startswith(paper(office, invoice))

    @pytest.mark.parametrize(
        ("key", "how"),
        [
            (lambda: rsa.generate_private_key(65537, 2048), "sha256_rsa"),
            (lambda: rsa.generate_private_key(65537, 3072), "sha256_rsa"),
            (lambda: ec.generate_private_key(ec.SECP384R1()), "sha256_ecdsa"),
        ],
        ids=["RSA 2048", "RSA 3072", "P-384"],
    )
    def test_is_made_with_whatever_key_the_authority_gave(
        self, home: Path, key: Callable[[], rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey], how: str
    ) -> None:
        """RSA of either length and another curve: whole and trusted, by the algorithm it says; a change is seen."""
        packed, made = certificate(key=key())
        company = a_company(CODE)
        keep_certificate(packed, CODE)
        pdf = signed(A_PAPER, company)
        told = judged(pdf, made)
        assert (told.intact, told.valid, told.trusted, told.coverage.name) == (True, True, True, "ENTIRE_FILE")
        assert (told.pkcs7_signature_mechanism, told.md_algorithm) == (how, "sha256")
        spoilt = bytearray(pdf)
        spoilt[pdf.index(b"/MediaBox") + 12] ^= 1
        assert not judged(bytes(spoilt), made).intact

    @pytest.mark.parametrize("what", [b"/Author", b"/Contents", b"stream\n"])
    def test_tampering_is_seen(self, office: Office, trusted: Certificate, invoice: InvoiceId, what: bytes) -> None:
        """One changed byte of what was signed, and it is no longer whole."""
        pdf = bytearray(paper(office, invoice))
        pdf[pdf.index(what) + len(what) + 1] ^= 1
        assert not judged(bytes(pdf), trusted).intact

    @pytest.mark.row("SFS-5")
    def test_leaves_the_paper_what_it_was(self, office: Office, trusted: Certificate, invoice: InvoiceId) -> None:
        """It is still PDF 1.7 and PDF/A-3b, with its XML inside; the mark of the signature shows nothing."""
        pdf = PdfReader(io.BytesIO(paper(office, invoice)))
        root: Any = pdf.trailer["/Root"]
        metadata = root["/Metadata"].get_object().get_data().decode()
        assert ("part>3<" in metadata, "conformance>B<" in metadata) == (True, True)
        assert list(pdf.attachments) == ["INV-2026-000001.xml"]
        assert ("/OutputIntents" in root, root.get("/Version", "/1.7")) == (True, "/1.7")
        page: Any = pdf.pages[0]
        (mark,) = (one.get_object() for one in page["/Annots"])
        assert (mark["/Rect"], mark["/F"] & 4) == ([0, 0, 0, 0], 4)

    @pytest.mark.row("AR-3")
    def test_stands_on_every_paper_that_is_kept(self, office: Office, trusted: Certificate, invoice: InvoiceId) -> None:
        """The quotation, the invoice as sent, and the monthly statement are signed, and kept so."""
        clerk = office.desk(Role.RECEIVABLES)
        clerk.do("send-invoice", invoice, on="2026-05-01")
        clerk.do("state-month", office.customer_id, month="2026-04-01", on="2026-05-01")
        names = StoredFile.objects.filter(name__regex=r"^(INV|Q|ST|MS)").values_list("pk", flat=True)
        kept = [read(FileId(key), by=everybody(office)) for key in names]
        assert len(kept) == 3, list(StoredFile.objects.values_list("name", flat=True))
        assert [judged(content, trusted).intact for _, content in kept] == [True] * 3

    def test_is_none_without_a_certificate(self, office: Office, home: Path, invoice: InvoiceId) -> None:
        """A company without one, though another has one, sends its papers unsigned."""
        keep_certificate(certificate()[0], "another")
        assert signatures(paper(office, invoice)) == []


class TestCertificate:
    @pytest.mark.parametrize("spoil", [lambda: b"no certificate", lambda: certificate(password="other")[0]])
    def test_that_does_not_open_is_not_kept(self, home: Path, spoil: Callable[[], bytes]) -> None:
        """What is no PKCS#12, or opens with another password, is refused; nothing is written."""
        with pytest.raises(CertificateUnusable, match="KANJO_SIGNING_PASSWORD"):
            keep_certificate(spoil(), CODE)
        assert list(home.iterdir()) == []

    def test_that_ended_is_not_kept(self, home: Path) -> None:
        """One that ended is refused with its days."""
        with pytest.raises(CertificateNotValid, match="is valid from"):
            keep_certificate(certificate(days=-1)[0], CODE)
        assert list(home.iterdir()) == []

    def test_is_read_by_its_owner_only(self, home: Path, trusted: Certificate) -> None:
        """Neither the folder nor the file opens to others."""
        folder = home / "certificates"
        assert [oct(one.stat().st_mode & 0o777) for one in (folder, folder / f"{CODE}.p12")] == ["0o700", "0o600"]

    def test_that_ended_lets_nothing_leave_unsigned(self, office: Office, home: Path, invoice: InvoiceId) -> None:
        """An invoice is not sent when its signature cannot be made; the page says whose certificate and what to do."""
        (home / "certificates").mkdir()
        (home / "certificates" / f"{CODE}.p12").write_bytes(certificate(days=-1)[0])
        status, page = office.desk(Role.RECEIVABLES).refused("send-invoice", invoice, on="2026-05-01")
        assert (status, "documents.certificate-not-valid" in faults(page)) == (409, True)
        assert not Sending.objects.exists()
