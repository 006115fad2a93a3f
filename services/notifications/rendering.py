"""From a text with tags and the values for them to a subject, a plain text and an HTML page."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from services.notifications import wording

Value = str | Sequence[tuple[str, str]] | None
Values = Mapping[str, Value]

_TAG = re.compile(r"\{\{\s*([a-z_.]+)\s*\}\}")
_ROW = re.compile(r"= (?:(?P<label>[^:]+): )?(?P<value>.+)")
_BUTTON = re.compile(r"\[(?P<label>[^\]]+)\]\((?P<target>.+)\)")

_PARAGRAPH = '<p class="words" style="margin:0 0 16px;font-size:16px;line-height:1.55;color:#33404f;">{}</p>'
_TABLE = (
    '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" '
    'style="margin:4px 0 20px;border-collapse:collapse;">{}</table>'
)
_CELL = "padding:10px 0;border-bottom:1px solid #e3e8ee;font-size:15px;line-height:1.45;vertical-align:top;"
_FACT = (
    f'<tr><td class="label" width="38%" style="{_CELL}color:#66727f;">{{}}</td>'
    f'<td class="value" style="{_CELL}padding-left:12px;color:#16202c;font-weight:500;">{{}}</td></tr>'
)
_ANCHOR = (
    '<p style="margin:24px 0;"><a class="button" href="{}" style="display:inline-block;background:#1d5fbf;'
    'color:#ffffff;font-size:16px;font-weight:600;text-decoration:none;padding:13px 28px;border-radius:6px;">{}</a></p>'
    '<p class="small" style="margin:0 0 16px;font-size:13px;line-height:1.5;color:#66727f;word-break:break-all;">{}</p>'
)


@dataclass(frozen=True)
class Rendered:
    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class Text:
    """A text with tags, read into its parts."""

    subject: str
    title: str
    blocks: tuple[str, ...]

    @property
    def tags(self) -> set[str]:
        return set(_TAG.findall("\n".join((self.subject, self.title, *self.blocks))))


@dataclass(frozen=True)
class ShortText:
    """A text message with tags. `subject` is not sent: it names the message in lists."""

    subject: str
    body: str

    @property
    def tags(self) -> set[str]:
        return set(_TAG.findall(f"{self.subject} {self.body}"))


@dataclass(frozen=True)
class Frame:
    """What stands around every text of a company. `contact` are the lines at its foot."""

    language: str
    company: str
    contact: tuple[str, ...]


@cache
def text_of(language: str, kind: str, audience: str) -> Text:
    head, _, body = wording.source(language, kind, audience).strip().partition("\n\n")
    named = dict(line.split(": ", 1) for line in head.splitlines())
    return Text(named["subject"], named["title"], tuple(re.split(r"\n{2,}", body.strip())))


@cache
def short_text_of(language: str, kind: str, audience: str) -> ShortText:
    head, _, body = wording.short_source(language, kind, audience).strip().partition("\n\n")
    return ShortText(head.removeprefix("subject: "), body.strip())


def render_short(text: ShortText, values: Values) -> Rendered:
    """For telephones: a line or two, no HTML. Raises `KeyError` for a tag that has no value."""
    return Rendered(_one_line(_plain(text.subject, values)), _one_line(_plain(text.body, values)), "")


def render(text: Text, values: Values, frame: Frame) -> Rendered:
    """Raises `KeyError` for a tag that has no value: a mistake in the text."""
    subject = _one_line(_plain(text.subject, values))
    return Rendered(subject, _as_text(text, values, frame), _as_html(text, values, frame, subject))


# ---- plain text


def _as_text(text: Text, values: Values, frame: Frame) -> str:
    blocks = [_one_line(_plain(text.title, values)), *(_text_block(block, values) for block in text.blocks)]
    return "\n\n".join([*filter(None, blocks), "-- \n" + "\n".join((frame.company, *frame.contact))]) + "\n"


def _text_block(block: str, values: Values) -> str:
    if button := _BUTTON.fullmatch(block):
        return f"{_plain(button['label'], values)}:\n{_plain(button['target'], values)}"
    if block.startswith("= "):
        return "\n".join(f"{label}: {value}" for label, value in _facts(block, values))
    return _plain(block, values)


# ---- HTML


def _as_html(text: Text, values: Values, frame: Frame, subject: str) -> str:
    parts = {
        "language": frame.language,
        "subject": html.escape(subject),
        "company": html.escape(frame.company),
        "title": _escaped(text.title, values),
        "preview": _escaped(next((b for b in text.blocks if not b.startswith(("=", "["))), ""), values),
        "blocks": "\n".join(filter(None, (_html_block(block, values) for block in text.blocks))),
        "footer": "<br>".join(html.escape(line) for line in (frame.company, *frame.contact)),
    }
    return _TAG.sub(lambda tag: parts[tag[1]], wording.layout())


def _html_block(block: str, values: Values) -> str:
    if button := _BUTTON.fullmatch(block):
        target = _escaped(button["target"], values)
        return _ANCHOR.format(target, _escaped(button["label"], values), target)
    if block.startswith("= "):
        rows = [_FACT.format(html.escape(label), _broken(html.escape(value))) for label, value in _facts(block, values)]
        return _TABLE.format("".join(rows)) if rows else ""
    return _PARAGRAPH.format(_escaped(block, values))


# ---- both


def _facts(block: str, values: Values) -> list[tuple[str, str]]:
    """Label and value of each row; a tag that holds rows stands for all of them."""
    facts: list[tuple[str, str]] = []
    for line in block.splitlines():
        row = _ROW.fullmatch(line)
        if row is None:
            raise ValueError(f"neither a row nor a paragraph: {line!r}")
        if row["label"] is None:
            facts += values[_TAG.fullmatch(row["value"])[1]]
        elif value := _plain(row["value"], values).strip():
            facts.append((row["label"], value))
    return facts


def _plain(text: str, values: Values) -> str:
    return _TAG.sub(lambda tag: str(values[tag[1]] or ""), text)


def _escaped(text: str, values: Values) -> str:
    return _broken(_TAG.sub(lambda tag: html.escape(str(values[tag[1]] or "")), html.escape(text, quote=False)))


def _broken(escaped: str) -> str:
    return escaped.replace("\n", "<br>")


def _one_line(text: str) -> str:
    return " ".join(text.split())
