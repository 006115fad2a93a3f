"""What can be refused, and what can go wrong outside: two closed sets that the whole system agrees on.

A `Refusal` answers a command or a question. It crosses RPC as `{kind, code, params, fields}` and is put
into words only by the gateway. `Transient` and `Permanent` are said by adapters and jobs, because the
adapter is the one who knows whether another try can help.
"""

from __future__ import annotations

from typing import Any, ClassVar

FieldErrors = dict[str, list[dict[str, Any]]]


class Refusal(Exception):
    """`code` is kebab-case and stable; `params` fill its text; `fields` tell it per form field."""

    kind: ClassVar[str] = "refused"
    code: str = "refused"

    def __init__(self, code: str | None = None, *, fields: FieldErrors | None = None, **params: Any) -> None:
        self.code = code or type(self).code
        self.params = params
        self.fields = fields or {}
        super().__init__(self.code, params, self.fields)

    def as_dict(self) -> dict[str, Any]:
        return {"kind": self.kind, "code": self.code, "params": self.params, "fields": self.fields}


class ValidationFailed(Refusal):
    kind = "validation-failed"
    code = "invalid-input"


class NotFound(Refusal):
    kind = "not-found"
    code = "not-found"


class Conflict(Refusal):
    kind = "conflict"
    code = "conflict"


class NotAllowed(Refusal):
    kind = "not-allowed"
    code = "not-allowed"


class Unavailable(Refusal):
    kind = "unavailable"
    code = "unavailable"


class Internal(Refusal):
    """A mistake of ours on the other side; only the correlation id is told."""

    kind = "internal"
    code = "internal-error"


KINDS: dict[str, type[Refusal]] = {
    cls.kind: cls for cls in (ValidationFailed, NotFound, Conflict, NotAllowed, Unavailable, Internal)
}


def from_dict(error: dict[str, Any]) -> Refusal:
    """The refusal that the other side raised; a kind of a newer version is read as `Internal`."""
    kind = KINDS.get(error.get("kind", ""), Internal)
    return kind(error.get("code"), fields=error.get("fields"), **error.get("params", {}))


class _Failure(Exception):
    def __init__(self, code: str, **params: Any) -> None:
        self.code = code
        self.params = params
        super().__init__(code, params)


class Transient(_Failure):
    """Another try may work."""


class Permanent(_Failure):
    """No further try can work until somebody changes something."""
