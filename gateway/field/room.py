"""Where the technician's pages are."""

from __future__ import annotations

from flask import Blueprint, g, request
from werkzeug.wrappers import Response

blueprint = Blueprint("field", __name__, url_prefix="/campo")

ACCOUNT_HEADER = "X-Field-Account"


@blueprint.after_request
def _say_whose(response: Response) -> Response:
    """A phone keeps pages for one person only, and knows by this when it is another one's turn.

    A page that lacks what a service could not tell just then is nobody's: the one that is kept is better.
    """
    if g.get("signed_in") is not None and request.endpoint != "field.worker" and not g.get("page_lacks_something"):
        response.headers[ACCOUNT_HEADER] = str(g.signed_in.account.id)
    return response
