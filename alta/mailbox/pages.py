"""The mailbox's two pages, in Spanish and English."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from email.message import EmailMessage
from html import escape
from string import Template

from alta.mailbox.store import Summary, attachments, body

WORDS = {
    "es": {
        "title": "Buzón de demostración",
        "explained": "Todo correo y SMS que Alta envía termina aquí y no sale a ningún lado.",
        "to": "Para",
        "subject": "Asunto",
        "search": "Buscar",
        "received": "Recibido",
        "times": "recibido {count} veces",
        "none": "No hay correos todavía.",
        "back": "Todos los correos",
        "as_text": "Como texto",
        "source": "Fuente",
        "files": "Adjuntos",
    },
    "en": {
        "title": "Demo mailbox",
        "explained": "Every mail and SMS that Alta sends ends here and goes nowhere else.",
        "to": "To",
        "subject": "Subject",
        "search": "Search",
        "received": "Received",
        "times": "received {count} times",
        "none": "No mail yet.",
        "back": "All mail",
        "as_text": "As text",
        "source": "Source",
        "files": "Attachments",
    },
}

STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --accent: #0b6bcb }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem }
a { color: var(--accent) } h1 { font-size: 1.4rem; margin: .5rem 0 } p.note { opacity: .75; margin: 0 0 1rem }
form { display: flex; flex-wrap: wrap; gap: .5rem; margin-bottom: 1rem }
input, button { font: inherit; padding: .35rem .6rem; border: 1px solid var(--line); border-radius: .4rem }
input { flex: 1 1 12rem; min-width: 0 }
ol { list-style: none; padding: 0; margin: 0; border-top: 1px solid var(--line) }
li { border-bottom: 1px solid var(--line) } li a { display: block; padding: .6rem .4rem; text-decoration: none }
li a:hover, li a:focus { background: var(--soft) } li span { display: block; color: CanvasText; opacity: .75 }
strong.times { background: #b45309; color: #fff; border-radius: 1rem; padding: 0 .6rem; font-size: .8rem }
iframe { width: 100%; height: 60vh; border: 1px solid var(--line); border-radius: .4rem; background: #fff }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--soft); padding: 1rem; border-radius: .4rem }
"""

PAGE = Template(
    '<!doctype html><html lang="$language"><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    "<title>$title</title><style>$style</style><main>$content</main></html>"
)

# As the demo's company has it: in Mexico City, where clocks are not put forward. There is no table of zones where the
# mailbox runs.
ZONE = timezone(timedelta(hours=-6))
MONTHS = {
    "es": ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}
HALVES = {"es": ("a.m.", "p.m."), "en": ("AM", "PM")}

LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)]")


def listing(messages: list[Summary], asked: dict[str, str], language: str) -> str:
    words = WORDS[language]
    rows = "".join(_row(message, language) for message in messages)
    fields = "".join(
        f'<input name="{name}" placeholder="{words[name]}" aria-label="{words[name]}"'
        f' value="{escape(asked.get(name, ""))}">'
        for name in ("to", "subject")
    )
    return _page(
        language,
        f'<h1>{words["title"]}</h1><p class="note">{words["explained"]}</p>'
        f"<form>{fields}<button>{words['search']}</button></form>"
        + (f"<ol>{rows}</ol>" if rows else f"<p>{words['none']}</p>"),
    )


def reading(summary: Summary, message: EmailMessage, language: str) -> str:
    words = WORDS[language]
    files = ", ".join(escape(str(file["filename"])) for file in attachments(message))
    text = linked(body(message, "plain"))
    has_html = bool(body(message, "html"))
    # The frame has no origin: what a message's HTML contains can neither run nor read this page.
    frame = (
        f'<iframe title="{escape(summary.subject)}" src="/messages/{summary.id}/html"'
        ' sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>'
        f"<h2>{words['as_text']}</h2>"
        if has_html
        else ""
    )
    return _page(
        language,
        f'<p><a href="/">← {words["back"]}</a> · <a href="/messages/{summary.id}/source">{words["source"]}</a></p>'
        f"<h1>{escape(summary.subject)}</h1>"
        f'<p class="note">{escape(summary.sender)} → {escape(", ".join(summary.recipients))}<br>'
        f"{words['received']} {_moment(summary.received_at, language)} {_times(summary, words)}"
        + (f"<br>{words['files']}: {files}" if files else "")
        + f"</p>{frame}<pre>{text}</pre>",
    )


def framed(html: str) -> str:
    """A message's own HTML, with its links opening outside the frame."""
    return f'<base target="_blank">{html}'


def linked(text: str) -> str:
    """Plain text as safe HTML in which addresses can be clicked."""
    parts, end = [], 0
    for found in LINK.finditer(text):
        address = escape(found.group())
        parts += [escape(text[end : found.start()]), f'<a href="{address}" rel="noreferrer">{address}</a>']
        end = found.end()
    return "".join([*parts, escape(text[end:])])


def _row(message: Summary, language: str) -> str:
    return (
        f'<li><a href="/messages/{message.id}"><b>{escape(message.subject)}</b> {_times(message, WORDS[language])}'
        f"<span>{escape(', '.join(message.recipients))} · {_moment(message.received_at, language)}</span></a></li>"
    )


def _moment(received_at: str, language: str) -> str:
    """As the staff pages write it: 27 nov 2026, 7:10 p.m."""
    at = datetime.fromisoformat(received_at).astimezone(ZONE)
    month, half = MONTHS[language][at.month - 1], HALVES[language][at.hour // 12]
    day = f"{month} {at.day}" + "," if language == "en" else f"{at.day} {month}"
    return f'<time datetime="{escape(received_at)}">{day} {at.year}, {at.hour % 12 or 12}:{at.minute:02} {half}</time>'


def _times(message: Summary, words: dict[str, str]) -> str:
    if message.receptions == 1:
        return ""
    return f'<strong class="times">{words["times"].format(count=message.receptions)}</strong>'


def _page(language: str, content: str) -> str:
    return PAGE.substitute(language=language, title=WORDS[language]["title"], style=STYLE, content=content)
