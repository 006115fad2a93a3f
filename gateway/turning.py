"""Photos that staff turned in a viewer: kept as they are shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import jsonify
from werkzeug.wrappers import Response

from chassis.errors import Refusal
from gateway import messages
from gateway.failing import status_of
from gateway.forms import Form


def answer(turn: Callable[[int], Any]) -> tuple[Response, int]:
    """To the script: by how many quarters to the right is what it sent; `problem` says why that was refused."""
    try:
        turn(Form.typed().count("quarters"))
    except Refusal as refusal:
        return jsonify(problem=messages.text_of(refusal.code, refusal.params)), status_of(refusal)
    return jsonify({}), 200
