"""An activation, or a client's leaving, as its page shows it: each step when it happened, read from the timeline."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _

from gateway.model import TimelineEntry

# An attempt that is older has its place in the history; one that never ended was lost with its events.
SHOWN = timedelta(hours=24)


@dataclasses.dataclass(slots=True)
class Step:
    """`at` is None until it has happened."""

    title: Any
    at: datetime | None = None


@dataclasses.dataclass(slots=True)
class Progress:
    """The newest attempt. `failure` is `(code, params)` when it was given up; `waiting` why it is tried again."""

    began_at: datetime
    steps: list[Step]
    done: bool = False
    failure: tuple[str, dict[str, Any]] | None = None
    waiting: str | None = None
    client_number: int | None = None

    @property
    def running(self) -> bool:
        return not self.done and self.failure is None

    @property
    def newest_at(self) -> datetime:
        return max((step.at for step in self.steps if step.at), default=self.began_at)

    def outdated(self, at: datetime) -> bool:
        return at - self.began_at > SHOWN


_STEPS = (
    ("InstallationActivationRequested", None, _("Activación pedida")),
    ("ProvisioningProgressed", "started", _("Conectando con el router")),
    ("ProvisioningProgressed", "written", _("Servicio escrito en el router")),
    ("ServiceProvisioned", None, _("Servicio leído y comprobado en el router")),
    ("InstallationActivated", None, _("Cliente creado")),
)
# What follows once there is a client; shown as it comes, and not waited for.
_AFTERWARDS = {
    "ContractActivated": _("Contrato activo"),
    "SubscriptionOpened": _("Suscripción abierta"),
    "InvoiceIssued": _("Factura emitida"),
}
_MAIL = _("Correo enviado")
_END_STEPS = (
    ("ServiceEndRequested", None, _("Baja pedida")),
    ("ServiceRemoved", None, _("Servicio quitado del router y comprobado")),
    ("ServiceEnded", None, _("Ya no es cliente")),
)
# The router is out of use; what it says when it is used again is told as it comes.
_ABANDONED_STEPS = (
    _END_STEPS[0],
    ("ServiceAbandoned", None, _("El router está fuera de uso: no se le preguntó")),
    _END_STEPS[2],
)
_AFTER_THE_END = {
    "SubscriptionClosed": _("Suscripción cerrada"),
    "ContractEnded": _("Contrato terminado"),
    "InvoiceVoided": _("Factura anulada"),
}


def read(entries: Sequence[TimelineEntry]) -> Progress | None:
    """None when activation was never asked for."""
    attempt = next((e for e in reversed(entries) if e.type == "InstallationActivationRequested"), None)
    if attempt is None:
        return None
    activation_id = attempt.data["activation_id"]
    own = [e for e in entries if e.data.get("activation_id") == activation_id]
    progress = Progress(attempt.occurred_at, [Step(title, _when(own, kind, step)) for kind, step, title in _STEPS])
    _outcome(progress, own)
    if progress.done:
        progress.steps += _afterwards(entries, attempt.occurred_at, _AFTERWARDS)
    return progress


def read_end(entries: Sequence[TimelineEntry]) -> Progress | None:
    """None when nobody leaves. Asked once more, it goes on from where it began."""
    began = None
    for entry in entries:
        if entry.type == "ServiceEndRequested":
            began = began or entry
        elif entry.type == "ServiceEndWithdrawn":
            began = None
    if began is None:
        return None
    own = [e for e in entries if e.occurred_at >= began.occurred_at]
    abandoned = any(e.type == "ServiceAbandoned" for e in own)
    steps = _ABANDONED_STEPS if abandoned else _END_STEPS
    told = Progress(began.occurred_at, [Step(title, _when(own, kind, step)) for kind, step, title in steps])
    told.done = any(e.type == "ServiceEnded" for e in own)
    if told.done:
        told.steps += _afterwards(own, began.occurred_at, _AFTER_THE_END)
    return told


def _when(entries: Sequence[TimelineEntry], kind: str, step: str | None) -> datetime | None:
    return next(
        (e.occurred_at for e in entries if e.type == kind and (step is None or e.data.get("step") == step)), None
    )


def _outcome(progress: Progress, own: Sequence[TimelineEntry]) -> None:
    for entry in own:
        if entry.type == "ProvisioningProgressed":
            progress.waiting = entry.data.get("reason_code") if entry.data["step"] == "waiting" else None
        elif entry.type == "InstallationActivated":
            progress.done, progress.client_number = True, entry.data["client_number"]
        elif entry.type == "InstallationActivationFailed":
            progress.failure = (entry.data["reason_code"], entry.data.get("reason_params") or {})


def _afterwards(entries: Sequence[TimelineEntry], since: datetime, titles: Mapping[str, Any]) -> list[Step]:
    later = [e for e in entries if e.occurred_at >= since]
    steps = [Step(titles[e.type], e.occurred_at) for e in later if e.type in titles]
    mails = [e for e in later if e.type == "NotificationSent"]
    return sorted(steps + [Step(_MAIL, e.occurred_at) for e in mails], key=lambda step: step.at)
