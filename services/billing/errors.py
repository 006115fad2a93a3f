"""What the billing service refuses, with the codes that the gateway renders."""

from __future__ import annotations

from chassis.errors import Conflict, Transient, ValidationFailed


class ArticleNameTaken(ValidationFailed):
    """Another article of the company has this name."""

    def __init__(self) -> None:
        super().__init__(fields={"name": [{"code": "article-name-taken", "params": {}}]})


class InstallationCancelled(Conflict):
    """Nothing is invoiced for a job that will not be done."""

    code = "installation-cancelled"


class IllegalInvoiceMove(Conflict):
    """The invoice's state does not allow it; `state` says which that is."""

    code = "illegal-invoice-move"


class MoreThanOwed(ValidationFailed):
    """A payment over the balance, which is told in minor units."""

    def __init__(self, *, balance_minor: int, currency: str) -> None:
        params = {"balance_minor": balance_minor, "currency": currency}
        super().__init__(fields={"amount_minor": [{"code": "more-than-owed", "params": params}]})


class PaidInTheFuture(ValidationFailed):
    def __init__(self) -> None:
        super().__init__(fields={"paid_on": [{"code": "date-in-the-future", "params": {}}]})


class PaymentIdUsed(Conflict):
    """The payment's id names another payment: another invoice, amount or method."""

    code = "payment-id-used"


class NothingToInvoice(ValidationFailed):
    """The lines add up to nothing, or to more than any currency needs."""

    def __init__(self, code: str) -> None:
        super().__init__(fields={"lines": [{"code": code, "params": {}}]})


class NotKnownYet(Transient):
    """An event came before the one that it builds on; the inbox tries again later."""
