"""What a person typed, what is wrong with it, and the key that makes a double click one command."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import request

from chassis.errors import Refusal
from chassis.identifiers import new_id
from gateway import messages
from gateway.failing import status_of


class Form:
    """The fields of a page's form: first from `initial`, then as they were typed, with errors beside them.

    `status` is what a page answers that shows the form again: 422, or as the refusal says, whose code is `refused_as`.
    `prefix` begins the ids of its fields, for pages with several forms.
    """

    prefix = ""

    def __init__(self, initial: Mapping[str, Any] | None = None) -> None:
        self._values = dict(initial or {})
        self._errors: dict[str, list[str]] = {}
        self.other_errors: list[str] = []
        self.status = 422
        self.refused_as: str | None = None
        self.key = new_id().hex

    @classmethod
    def typed(cls, checkboxes: Iterable[str] = ()) -> Form:
        """What this request brings. A checkbox that is not ticked is not sent, so it is named here."""
        form = cls({name: value for name, value in request.form.items() if name not in ("csrf_token", "key")})
        form.key = request.form.get("key") or form.key
        for name in checkboxes:
            form._values[name] = name in request.form
        return form

    def value_of(self, name: str) -> Any:
        value = self._values.get(name)
        return "" if value is None else value

    def text(self, name: str) -> str | None:
        """Stripped; None when nothing was typed."""
        return str(self.value_of(name)).strip() or None

    def count(self, name: str) -> int:
        """A number that a page wrote itself, a version or how many rows there are; 0 for anything else."""
        typed = self.text(name) or ""
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0

    def set(self, name: str, value: Any) -> None:
        self._values[name] = value

    def errors_of(self, name: str) -> list[str]:
        return self._errors.get(name, [])

    def any_wrong(self, names: Iterable[str]) -> bool:
        """Whether something is said beside one of these fields."""
        return any(name in self._errors for name in names)

    @property
    def failed(self) -> bool:
        return bool(self._errors or self.other_errors)

    def add_error(self, name: str, code: str, **params: Any) -> None:
        self._errors.setdefault(name, []).append(messages.text_of(code, params))

    def refuse(self, refusal: Refusal, *, renamed: Mapping[str, str] | None = None) -> None:
        """Puts what a service refused beside the fields it speaks of; `renamed` from its names to the form's.

        Of a field that the form itself found wrong the service has nothing to add.
        """
        self.status, self.refused_as = status_of(refusal), refusal.code
        wrong_already = set(self._errors)
        for path, complaints in refusal.fields.items():
            name = (renamed or {}).get(path, path)
            if name in wrong_already:
                continue
            for complaint in complaints:
                text = messages.text_of(complaint["code"], complaint.get("params", {}))
                if name in self._values or name in request.form:
                    self._errors.setdefault(name, []).append(text)
                else:
                    self.other_errors.append(f"{name}: {text}")
        if not refusal.fields:
            self.other_errors.append(messages.text_of(refusal.code, refusal.params))
