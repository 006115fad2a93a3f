"""The notifications service: what it answers, what it listens to, and what it sends."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis import clock
from chassis.calls import Call
from chassis.jobs import Job
from chassis.service import Service, command, handles, query, works
from events.billing import InvoiceIssued, PaymentRegistered
from events.contracts import ContractLinkIssued, ContractSigned
from events.gateway import CompanyChanged, PortalCodeIssued, StaffLinkIssued
from events.installations import (
    InstallationActivated,
    InstallationCancelled,
    InstallationChanged,
    InstallationScheduled,
    ServiceEnded,
)
from events.preinstall import PreinstallRejected, PreinstallSubmitted
from services.notifications import delivering, projections, queries, queueing, rescheduling, schemas, text_messages
from services.notifications.channels import Channel
from services.notifications.channels.email import Email, MailServer
from services.notifications.model import SMS, Base, Message
from services.notifications.settings import NotificationsSettings

# With pauses that grow to five minutes: a mail server may be away for a day.
ATTEMPTS = 300


class Notifications(Service):
    name = "notifications"
    base = Base
    settings_class = NotificationsSettings

    def __init__(self, settings: NotificationsSettings, **given: Any) -> None:
        """Raises `ValueError` for a mail server's address that is none."""
        super().__init__(settings, **given)
        self.email: Channel = Email(MailServer.parse(settings.smtp_url), settings.mail_from)

    def channel_for(self, session: Session, message: Message) -> Channel:
        if message.channel == SMS:
            private = frozenset(self.settings.private_gateways.split())
            return text_messages.channel_of(session, keyring=self.keyring, private=private)
        return self.email

    # What staff see and do.

    @query(takes=schemas.Nothing, gives=schemas.Summary)
    def summary(self, call: Call) -> Any:
        return queries.summary(call.session)

    @query(takes=schemas.MessageSearch, gives=schemas.Messages)
    def list_messages(self, call: Call) -> Any:
        return queries.list_messages(call.session, **call.data)

    @query(takes=schemas.OneMessage, gives=schemas.Message)
    def get_message(self, call: Call) -> Any:
        return queries.get_message(call.session, **call.data)

    @command(takes=schemas.OneMessage, gives=schemas.MessageRow)
    def resend(self, call: Call) -> Any:
        return queueing.resend(call.session, at=call.at, **call.data)

    # Text messages.

    @query(takes=schemas.Nothing, gives=schemas.SmsGateway)
    def get_sms_gateway(self, call: Call) -> Any:
        return text_messages.gateway_of(call.session)

    @query(takes=schemas.Nothing, gives=schemas.Reachable)
    def ways_to_reach(self, call: Call) -> Any:
        gateway = text_messages.gateway_of(call.session)
        return {"sms": gateway is not None and gateway.active}

    @command(takes=schemas.SaveSmsGateway, gives=schemas.SmsGateway)
    def save_sms_gateway(self, call: Call) -> Any:
        return text_messages.save_gateway(call.session, keyring=self.keyring, **call.data)

    @command(takes=schemas.TrySmsGateway, gives=schemas.MessageRow)
    def try_sms_gateway(self, call: Call) -> Any:
        return text_messages.try_gateway(call.session, name=call.actor.name or "", at=call.at, **call.data)

    # Sending.

    @works(queueing.DELIVER, attempts=ATTEMPTS, failed="delivery_failed")
    def deliver(self, job: Job) -> Any:
        return delivering.deliver(
            self.database,
            self.channel_for,
            lambda: self.shared_keyring,
            company_id=job.company_id,
            message_id=UUID(job.payload["message_id"]),
        )

    def delivery_failed(self, session: Session, job: Job, error: Exception) -> None:
        delivering.note_failed(session, message_id=UUID(job.payload["message_id"]), error=error)

    # What others tell.

    @handles(CompanyChanged, queue="notifications.on_company_changed")
    def on_company_changed(self, session: Session, event: CompanyChanged) -> None:
        projections.learn_company(session, event)

    @handles(PreinstallSubmitted, queue="notifications.on_preinstall_submitted")
    def on_preinstall_submitted(self, session: Session, event: PreinstallSubmitted) -> None:
        queueing.write_messages(session, event, at=clock.now())

    @handles(PreinstallRejected, queue="notifications.on_preinstall_rejected")
    def on_preinstall_rejected(self, session: Session, event: PreinstallRejected) -> None:
        queueing.write_messages(session, event, at=clock.now())

    @handles(InstallationScheduled, queue="notifications.on_installation_scheduled")
    def on_installation_scheduled(self, session: Session, event: InstallationScheduled) -> None:
        rescheduling.tell_time(session, event, at=clock.now())

    @handles(InstallationChanged, queue="notifications.on_installation_changed")
    def on_installation_changed(self, session: Session, event: InstallationChanged) -> None:
        rescheduling.tell_new_time(session, event, at=clock.now())

    @handles(InstallationCancelled, queue="notifications.on_installation_cancelled")
    def on_installation_cancelled(self, session: Session, event: InstallationCancelled) -> None:
        rescheduling.call_off(session, event)

    @handles(ContractLinkIssued, queue="notifications.on_contract_link_issued")
    def on_contract_link_issued(self, session: Session, event: ContractLinkIssued) -> None:
        queueing.write_messages(session, event, at=clock.now())

    @handles(ContractSigned, queue="notifications.on_contract_signed")
    def on_contract_signed(self, session: Session, event: ContractSigned) -> None:
        queueing.write_messages(session, event, at=clock.now())

    @handles(InstallationActivated, queue="notifications.on_installation_activated")
    def on_installation_activated(self, session: Session, event: InstallationActivated) -> None:
        queueing.write_messages(session, event, at=clock.now())

    @handles(ServiceEnded, queue="notifications.on_service_ended")
    def on_service_ended(self, session: Session, event: ServiceEnded) -> None:
        queueing.write_messages(session, event, at=clock.now())

    @handles(InvoiceIssued, queue="notifications.on_invoice_issued")
    def on_invoice_issued(self, session: Session, event: InvoiceIssued) -> None:
        queueing.write_messages(session, event, at=clock.now())

    @handles(PortalCodeIssued, queue="notifications.on_portal_code_issued")
    def on_portal_code_issued(self, session: Session, event: PortalCodeIssued) -> None:
        queueing.write_messages(session, event, at=clock.now())

    @handles(StaffLinkIssued, queue="notifications.on_staff_link_issued")
    def on_staff_link_issued(self, session: Session, event: StaffLinkIssued) -> None:
        queueing.write_messages(session, event, at=clock.now())

    @handles(PaymentRegistered, queue="notifications.on_payment_registered")
    def on_payment_registered(self, session: Session, event: PaymentRegistered) -> None:
        queueing.write_messages(session, event, at=clock.now())
