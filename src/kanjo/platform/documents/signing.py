"""The electronic signature of papers that leave: PAdES (B-B) with the certificate of the company, where it has one."""

from __future__ import annotations

import io
import os
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from kanjo.foundation.ids import CompanyId
from kanjo.foundation.refusals import Refusal, RefusalKind
from kanjo.foundation.texts import Text
from kanjo.platform.companies.models import SellingCompany

FIELD = "Signature"
# pyHanko is slow to import, and a house without certificates never needs it: it is imported where it signs.


class CertificateUnusable(Refusal):
    """A certificate that cannot be opened with the password of the installation, or has no key."""

    rule = "documents.certificate-unusable"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="The certificate of {company} cannot be opened, so nothing can be signed.",
        ja="{company} の電子証明書を開けないため、署名できません。",
    )
    remedy = Text(
        en="An administrator sets KANJO_SIGNING_PASSWORD to the password of the PKCS#12 file with its key, "
        "or keeps another: ./kanjo company certificate {company} FILE",
        ja="管理者が秘密鍵を含むPKCS#12ファイルのパスワードを KANJO_SIGNING_PASSWORD に設定するか、"
        "別のファイルを登録してください: ./kanjo company certificate {company} ファイル",
    )


class CertificateNotValid(Refusal):
    """A certificate that is not valid today."""

    rule = "documents.certificate-not-valid"
    kind = RefusalKind.CONFLICT
    says = Text(
        en="The certificate of {company} is valid from {start} to {end}, so nothing can be signed with it today.",
        ja="{company} の電子証明書の有効期間は {start} から {end} までのため、本日は署名できません。",
    )
    remedy = Text(
        en="An administrator keeps one that is valid: ./kanjo company certificate {company} FILE",
        ja="管理者が有効な電子証明書を登録してください: ./kanjo company certificate {company} ファイル",
    )


def certificate_file(company: str) -> Path:
    """Return where the certificate of a company lies, by its code."""
    return Path(settings.ENVIRONMENT.home) / "certificates" / f"{Path(company).name}.p12"


def signed(pdf: bytes, company_id: CompanyId) -> bytes:
    """Return the paper signed in the name of the company, as it is where the company has no certificate.

    What was signed is the paper whole, byte for byte; the signature is put behind it. Refuses `CertificateUnusable`
    and `CertificateNotValid`: a paper that should be signed does not leave unsigned.
    """
    if not certificate_file("").parent.is_dir():
        return pdf
    company = SellingCompany.objects.values_list("code", flat=True).get(pk=company_id)
    path = certificate_file(company)
    if not path.exists():
        return pdf
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.fields import SigSeedSubFilter
    from pyhanko.sign.signers import PdfSignatureMetadata, sign_pdf

    meta = PdfSignatureMetadata(field_name=FIELD, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES)

    class Unchanged(IncrementalPdfFileWriter):
        """Keeps version and metadata: it would raise the one and write the other in a shape that PDF/A-3 knows not."""

        def ensure_output_version(self, version: tuple[int, int]) -> None:
            pass

        def _update_meta(self) -> None:
            pass

    out = sign_pdf(Unchanged(io.BytesIO(pdf)), meta, opened(path.read_bytes(), company))
    return bytes(out.getvalue())


def keep_certificate(content: bytes, company: str) -> datetime:
    """Keep the PKCS#12 file of a company in place of the one before; return the end of its validity.

    Refuses what could not sign. Only its owner may read it.
    """
    until: datetime = opened(content, company).signing_cert.not_valid_after
    path = certificate_file(company)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_bytes(content)
    draft.replace(path)
    return until


def opened(content: bytes, company: str) -> Any:
    """Return who signs; refuses what cannot be opened, has no key, or is not valid today."""
    signer = _opened(content, settings.ENVIRONMENT.signing_password)
    if signer is None:
        raise CertificateUnusable(company=company)
    start, end = signer.signing_cert.not_valid_before, signer.signing_cert.not_valid_after
    if not start <= datetime.now(UTC) <= end:
        raise CertificateNotValid(company=company, start=start.date(), end=end.date())
    return signer


@lru_cache(maxsize=16)
def _opened(content: bytes, password: str) -> Any:
    """Return who signs, or None; a key is slow to open by intention."""
    from pyhanko.sign.signers import SimpleSigner

    try:
        return SimpleSigner.load_pkcs12_data(content, other_certs=[], passphrase=password.encode())
    except (ValueError, AttributeError):  # the second where it holds no key
        return None
