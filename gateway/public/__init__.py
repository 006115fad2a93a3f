"""Pages for people without an account: the request form and what follows it, the contract link."""

from gateway.public import agenda_feed, contract_link, faces, following, request_form, suspended, uploading

blueprints = (
    agenda_feed.blueprint,
    request_form.blueprint,
    following.blueprint,
    uploading.blueprint,
    faces.blueprint,
    contract_link.blueprint,
    suspended.blueprint,
)
