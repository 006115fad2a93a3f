"""What the contracts service tells."""

from marshmallow import fields

from chassis.messages import Event


class ContractCreated(Event, source="contracts", subject="contract_id"):
    """A contract was written for an installation; it waits for the client's signature."""

    contract_id = fields.UUID(required=True)
    installation_id = fields.UUID(required=True)


class ContractLinkIssued(Event, source="contracts", subject="contract_id"):
    """The client was given a link to read and sign.

    `sealed_path` is encrypted for the notifications service alone: whoever has the path can sign.
    """

    contract_id = fields.UUID(required=True)
    installation_id = fields.UUID(required=True)
    first_name = fields.String(required=True)
    last_name = fields.String(required=True)
    email = fields.String(load_default=None, allow_none=True)
    sealed_path = fields.String(required=True)
    expires_at = fields.AwareDateTime(required=True)


class ContractSigned(Event, source="contracts", subject="contract_id"):
    """The client signed. `text_sha256` is the hash of the exact text that was signed, in hex."""

    contract_id = fields.UUID(required=True)
    installation_id = fields.UUID(required=True)
    signer_name = fields.String(required=True)
    email = fields.String(load_default=None, allow_none=True)
    signed_at = fields.AwareDateTime(required=True)
    text_sha256 = fields.String(required=True)


class ContractPdfReady(Event, source="contracts", subject="contract_id"):
    """The PDF of a signed contract was made, or made anew."""

    contract_id = fields.UUID(required=True)
    installation_id = fields.UUID(required=True)
    file_key = fields.String(required=True)
    sha256 = fields.String(required=True)
    size = fields.Integer(required=True, strict=True)


class ContractActivated(Event, source="contracts", subject="contract_id"):
    """The contract is signed and its installation is active."""

    contract_id = fields.UUID(required=True)
    installation_id = fields.UUID(required=True)
    activated_at = fields.AwareDateTime(required=True)


class ContractEnded(Event, source="contracts", subject="contract_id"):
    """The service that the contract is about has ended, and the contract with it."""

    contract_id = fields.UUID(required=True)
    installation_id = fields.UUID(required=True)
    ended_at = fields.AwareDateTime(required=True)
