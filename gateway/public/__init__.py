"""Pages for people without an account: the request form and the contract link."""

from gateway.public import contract_link, request_form

blueprints = (request_form.blueprint, contract_link.blueprint)
