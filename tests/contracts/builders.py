"""Valid things by default: the events of a company in Tepoztlán, its client María, and her signature."""

from __future__ import annotations

import base64
import io
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from PIL import Image, ImageDraw
from sqlalchemy.orm import Session

from events.gateway import CompanyChanged
from events.installations import InstallationActivated, InstallationCancelled, InstallationScheduled
from services.contracts import writing
from services.contracts.model import Contract
from services.contracts.projections import learn_company, learn_installation
from services.contracts.signing import Signed
from tests.samples import COMPANY, MARIA, told

AT = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)


def company_changed(company_id: UUID = COMPANY, **changed: Any) -> CompanyChanged:
    return told(CompanyChanged, company_id=company_id, **changed)


def scheduled(**changed: Any) -> InstallationScheduled:
    return told(InstallationScheduled, **({"installation_id": MARIA} | changed))


def activated(**changed: Any) -> InstallationActivated:
    return told(InstallationActivated, **({"installation_id": MARIA, "version": 5} | changed))


def cancelled(**changed: Any) -> InstallationCancelled:
    return told(InstallationCancelled, **({"installation_id": MARIA, "version": 7} | changed))


def acquaint(session: Session, company_id: UUID = COMPANY, installation_id: UUID = MARIA, **changed: Any) -> None:
    """The company learns of itself and of one installation."""
    learn_company(session, company_changed(company_id))
    learn_installation(session, scheduled(company_id=company_id, installation_id=installation_id, **changed))
    session.flush()


def a_contract(session: Session, **changed: Any) -> Contract:
    values = {"installation_id": MARIA, "content": "<p>Texto</p>", "starts_on": None, "ends_on": None, "at": AT}
    contract = writing.save(session, **(values | changed))
    session.flush()
    return contract


def a_signature(**changed: Any) -> Signed:
    values = {
        "signer_name": "María López",
        "image_key": "objects/some/image",
        "image_sha256": "ab" * 32,
        "ip": "203.0.113.7",
        "user_agent": "Mozilla/5.0 (Linux; Android 14)",
    }
    return Signed(**(values | changed))


def a_drawing(mode: str = "RGBA", size: tuple[int, int] = (300, 100), **options: Any) -> bytes:
    """A PNG as a signature pad makes it."""
    image = Image.new(mode, size)
    ImageDraw.Draw(image).line([(10, 80), (90, 10), (150, 90), (280, 30)], fill="navy", width=4)
    return _png(image, **options)


def nothing_drawn(mode: str = "RGBA", colour: Any = None) -> bytes:
    return _png(Image.new(mode, (300, 100), colour or 0))


def data_url(png: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(png).decode()


def _png(image: Image.Image, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG", **options)
    return file.getvalue()
