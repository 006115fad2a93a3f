"""Pages for people without an account: the request form and the contract link."""

from gateway.public import contract_link, request_form, suspended

blueprints = (request_form.blueprint, contract_link.blueprint, suspended.blueprint)
