"""The notifications service's environment."""

from __future__ import annotations

from chassis.settings import ServiceSettings, setting


class NotificationsSettings(ServiceSettings):
    """See `python -m services.notifications settings`."""

    smtp_url: str = setting(
        "ALTA_SMTP_URL",
        help="the mail server: smtp://host:port, smtp+starttls://user:password@host:port or smtps://...",
    )
    private_gateways: str = setting(
        "ALTA_PRIVATE_GATEWAYS",
        help="hosts of private networks, with blanks between, at which companies' gateways for text messages may be",
        default="",
    )
    mail_from: str = setting(
        "ALTA_MAIL_FROM",
        help="the address that mails come from, under the company's name; answers go to the company",
        default="no-reply@alta.localhost",
    )
