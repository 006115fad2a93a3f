"""Reading web pages as a visitor does: the forms on them, what they contain already, and the text."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable
from html.parser import HTMLParser


@dataclasses.dataclass(slots=True)
class Form:
    """`fields` holds what a browser would send if nothing were typed: one (name, value) per field, in order."""

    action: str
    method: str
    id: str
    multipart: bool = False
    fields: list[tuple[str, str]] = dataclasses.field(default_factory=list)
    names: set[str] = dataclasses.field(default_factory=set)
    """Every field there is, also those that send nothing now: files, unchecked boxes."""
    options: dict[str, list[tuple[str, str]]] = dataclasses.field(default_factory=dict)
    """By select or radio group: the values that can be chosen with their texts."""

    @property
    def path(self) -> str:
        """Where it goes, without query and fragment."""
        return re.split("[?#]", self.action, maxsplit=1)[0]

    def choice(self, name: str, text: str) -> str:
        """The value of the option whose text contains `text`; raises `LookupError` with what there is."""
        for value, shown in self.options.get(name, []):
            if text.casefold() in shown.casefold():
                return value
        raise LookupError(f"no {text!r} in {name}: {self.options.get(name)}")


def forms(html: str) -> list[Form]:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.forms


def find_form(html: str, suits: Callable[[Form], bool]) -> Form:
    """The first form that suits; raises `LookupError` naming what the page has instead."""
    found = forms(html)
    for form in found:
        if suits(form):
            return form
    seen = "; ".join(f"{form.method} {form.action} ({', '.join(sorted(form.names))})" for form in found)
    raise LookupError(f"the page has no such form, only: {seen or 'none'}\n{text_of(html)[:800]}")


def text_of(html: str) -> str:
    reader = _Text()
    reader.feed(html)
    reader.close()
    return " ".join(" ".join(reader.parts).split())


def links(html: str) -> list[str]:
    reader = _Links()
    reader.feed(html)
    return reader.addresses


class _Reader(HTMLParser):
    """Follows HTML's rules for what a form submits ("successful controls"), as far as forms here go."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._select: str | None = None
        self._option: tuple[str, bool] | None = None
        self._chosen: str | None = None
        self._collected: list[str] | None = None
        self._textarea: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._begin_form(given)
        elif self._form is not None and tag in ("input", "button", "textarea", "select", "option"):
            getattr(self, f"_begin_{tag}")(self._form, given)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif self._form is not None and tag in ("textarea", "select", "option"):
            getattr(self, f"_end_{tag}")(self._form)

    def handle_data(self, data: str) -> None:
        if self._collected is not None:
            self._collected.append(data)

    def _begin_form(self, given: dict[str, str]) -> None:
        # htmx forms say where they go in an attribute of its own.
        action = given.get("action") or given.get("hx-post") or ""
        method = "post" if "hx-post" in given else given.get("method", "get").lower()
        multipart = "multipart" in given.get("enctype", "") + given.get("hx-encoding", "")
        self._form = Form(action, method, given.get("id", ""), multipart)
        self.forms.append(self._form)

    def _begin_input(self, form: Form, given: dict[str, str]) -> None:
        name, kind = given.get("name", ""), given.get("type", "text").lower()
        if not name or "disabled" in given:
            return
        form.names.add(name)
        if kind == "radio":
            form.options.setdefault(name, []).append((given.get("value", "on"), given.get("value", "on")))
        if kind in ("checkbox", "radio"):
            if "checked" in given:
                form.fields.append((name, given.get("value", "on")))
        elif kind not in ("submit", "button", "image", "reset", "file"):
            form.fields.append((name, given.get("value", "")))

    def _begin_button(self, form: Form, given: dict[str, str]) -> None:
        if given.get("name"):
            form.names.add(given["name"])

    def _begin_textarea(self, form: Form, given: dict[str, str]) -> None:
        self._textarea = given.get("name", "")
        form.names.add(self._textarea)
        self._collected = []

    def _end_textarea(self, form: Form) -> None:
        form.fields.append((self._textarea or "", "".join(self._collected or []).removeprefix("\n")))
        self._collected = self._textarea = None

    def _begin_select(self, form: Form, given: dict[str, str]) -> None:
        self._select, self._chosen = given.get("name", ""), None
        form.names.add(self._select)
        form.options.setdefault(self._select, [])

    def _begin_option(self, form: Form, given: dict[str, str]) -> None:
        self._end_option(form)
        if "disabled" not in given:
            self._option = (given.get("value", ""), "selected" in given)
            self._collected = []

    def _end_option(self, form: Form) -> None:
        if self._option is None or self._select is None:
            return
        value, selected = self._option
        form.options[self._select].append((value, "".join(self._collected or []).strip()))
        if selected or self._chosen is None:
            self._chosen = value
        self._option = self._collected = None

    def _end_select(self, form: Form) -> None:
        self._end_option(form)
        if self._select and self._chosen is not None:
            form.fields.append((self._select, self._chosen))
        self._select = self._chosen = None


class _Text(HTMLParser):
    SILENT = ("script", "style", "template", "noscript", "title")

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in self.SILENT

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in self.SILENT

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data)


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: Iterable[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a" and given.get("href"):
            self.addresses.append(given["href"] or "")
