"""The PDF of a signed contract: asked for in one transaction, made by a job, taken over in another."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from babel.dates import format_date
from sqlalchemy.orm import Session

from chassis.formats import moment
from chassis.jobs import Job, enqueue
from chassis.outbox import announce
from chassis.storage import current_company, find
from events.contracts import ContractPdfReady
from services.contracts.model import IN_PERSON, Attachment, Company, Contract, Installation, Signature
from services.contracts.projections import company_of
from services.contracts.values import local, locale_of
from services.contracts.wording import wording

RENDER = "contracts.render_pdf"


@dataclass(frozen=True)
class MadePdf:
    """`size` in bytes, `sha256` of the content in hex."""

    file_key: str
    sha256: str
    size: int


def generate_pdf(session: Session, *, contract_id: UUID) -> Contract:
    """Makes the PDF, or makes it anew. Raises `ContractNotSigned`."""
    contract = find(session, Contract, contract_id, lock=True)
    begin_pdf(session, contract)
    return contract


def begin_pdf(session: Session, contract: Contract) -> None:
    contract.begin_pdf()
    enqueue(session, RENDER, key=str(contract.id), payload={"contract_id": str(contract.id)})


def contract_of(job: Job) -> UUID:
    return UUID(job.payload["contract_id"])


def pdf_ready(session: Session, *, contract_id: UUID, made: MadePdf) -> None:
    contract = find(session, Contract, contract_id, lock=True)
    contract.pdf_ready(file_key=made.file_key, sha256=made.sha256)
    ready = ContractPdfReady(contract_id=contract.id, installation_id=contract.installation_id, **asdict(made))
    announce(session, ready, entity_version=contract.version)


def pdf_failed(session: Session, *, contract_id: UUID) -> None:
    """Given up; staff may ask again."""
    find(session, Contract, contract_id, lock=True).pdf_failed()


def printable(session: Session, *, contract_id: UUID) -> dict[str, Any]:
    """All that the printed pages say, as text, for `documents`; the signature's image by its key."""
    contract = find(session, Contract, contract_id)
    company = company_of(session, current_company(session))
    words = wording(company.locale)
    installation = find(session, Installation, contract.installation_id)
    return {
        "language": locale_of(company).language,
        "words": words,
        "company": _header(company, words),
        "number": words["number"].format(number=installation.details["number"]),
        "period": _period(contract, company, words),
        "content": contract.content,
        "text_sha256": contract.signature.text_sha256,
        "signer": contract.signature.signer_name,
        "signed": words["signed_at"].format(moment=_moment(company, contract.signature.signed_at)),
        "signed_at": contract.signature.signed_at.isoformat(),
        "evidence": _evidence(contract, company, words),
        "attachments": [_attachment(each) for each in contract.attachments],
        "image_key": contract.signature.image_key,
        "identifier": str(contract.id),
    }


def pdf_filename(session: Session, contract: Contract) -> str:
    company = company_of(session, current_company(session))
    number = find(session, Installation, contract.installation_id).details["number"]
    return wording(company.locale)["filename"].format(number=number)


def _header(company: Company, words: dict[str, str]) -> dict[str, Any]:
    tax_id = f"{words['tax_id']}: {company.tax_id}" if company.tax_id else None
    lines = [tax_id, company.address, company.phone, company.email]
    return {"name": company.name, "lines": [line for line in lines if line]}


def _period(contract: Contract, company: Company, words: dict[str, str]) -> str | None:
    def written(day: date | None) -> str:
        return format_date(day, "long", locale=locale_of(company)) if day else ""

    dates = {"starts_on": written(contract.starts_on), "ends_on": written(contract.ends_on)}
    match bool(contract.starts_on), bool(contract.ends_on):
        case True, True:
            return words["period"].format(**dates)
        case True, False:
            return words["period_from"].format(**dates)
        case False, True:
            return words["period_until"].format(**dates)
    return None


def _evidence(contract: Contract, company: Company, words: dict[str, str]) -> list[list[str]]:
    """Label and text, in the order in which they are printed."""
    signature = contract.signature
    unknown = words["not_known"]
    rows = {
        "contract_id": str(contract.id),
        "signer": signature.signer_name,
        "when": f"{_moment(company, signature.signed_at)} ({signature.signed_at:%Y-%m-%d %H:%M:%S} UTC)",
        "how": _how(signature, company, words),
        "ip": signature.ip or unknown,
        "device": signature.user_agent or unknown,
        "text_sha256": signature.text_sha256,
        "image_sha256": signature.image_sha256,
        "consent_label": signature.consent,
        "consent_sha256": signature.consent_sha256,
    }
    return [[words[label], text] for label, text in rows.items()]


def _how(signature: Signature, company: Company, words: dict[str, str]) -> str:
    if signature.method == IN_PERSON:
        if signature.witness is None:
            return words["how_in_person_alone"]
        return words["how_in_person"].format(witness=signature.witness)
    if signature.opened_at is None:
        return words["how_link"]
    return words["how_link_opened"].format(moment=_moment(company, signature.opened_at))


def _attachment(attachment: Attachment) -> list[str]:
    return [attachment.title, attachment.sha256]


def _moment(company: Company, at: datetime) -> str:
    return moment(local(company, at), locale_of(company))
