"""What the contracts service refuses, with the codes that the gateway renders."""

from __future__ import annotations

from collections.abc import Sequence

from chassis.errors import Conflict, NotFound, Transient, ValidationFailed


class ContractAlreadySigned(Conflict):
    """Its text is frozen, and nobody signs it twice."""

    code = "contract-already-signed"


class ContractNotSigned(Conflict):
    """Only a signed contract has a PDF, and only a signed one becomes active."""

    code = "contract-not-signed"


class ContractNotPending(Conflict):
    """The contract ended, was replaced, or is active already; `state` says which."""

    code = "contract-not-pending"


class ContractExists(Conflict):
    """The installation has a contract that waits for its signature: that one is to be edited."""

    code = "contract-exists"


class ContractChanged(Conflict):
    """It has another text than the one that was shown to whoever signed."""

    code = "contract-changed"


class ChangedMeanwhile(Conflict):
    """Somebody else saved since this version was read."""

    code = "changed-meanwhile"


class InstallationCancelled(Conflict):
    code = "installation-cancelled"


class LinkUnknown(NotFound):
    code = "link-unknown"


class LinkExpired(Conflict):
    code = "link-expired"


class LinkRevoked(Conflict):
    """By staff, or because the contract was edited since."""

    code = "link-revoked"


class ClientWithoutEmail(Conflict):
    """A link can be mailed only to somebody who has an address."""

    code = "client-has-no-email"


class PdfNotReady(Conflict):
    """`state` of the PDF: none, rendering or failed."""

    code = "pdf-not-ready"


class UnknownTags(ValidationFailed):
    """The text names tags that do not exist; all of them are told."""

    def __init__(self, tags: Sequence[str]) -> None:
        super().__init__(fields={"content": [{"code": "unknown-tag", "params": {"tags": list(tags)}}]})


class TextEmpty(ValidationFailed):
    """Nothing is left of the text once what is not allowed in it is taken out."""

    def __init__(self) -> None:
        super().__init__(fields={"content": [{"code": "required", "params": {}}]})


class TemplateNameTaken(ValidationFailed):
    def __init__(self) -> None:
        super().__init__(fields={"name": [{"code": "template-name-taken", "params": {}}]})


class EndsBeforeItStarts(ValidationFailed):
    def __init__(self) -> None:
        super().__init__(fields={"ends_on": [{"code": "ends-before-it-starts", "params": {}}]})


class BadSignature(ValidationFailed):
    """The image of the signature: not a PNG, too large, damaged or blank."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(fields={"signature_png": [{"code": code, "params": params}]})


class NotKnownYet(Transient):
    """An event came before the one that it builds on; the inbox tries again later."""
