"""Icons, and states as coloured words. Functions and not macros: a list shows hundreds of them."""

from __future__ import annotations

from functools import lru_cache

from flask import Flask
from markupsafe import Markup

from gateway import catalogue
from gateway.states import state_name

_ICONS = "/static/dist/icons.svg"
_COLOURS = {
    "blue": ("new", "open", "running", "checking", "importing"),
    "yellow": ("in_progress", "pending", "issued", "waiting", "paused", "mapping", "kept"),
    "orange": ("activating", "partly_paid", "asked", "changing", "removing", "undoing", "ending", "leaving"),
    "green": ("active", "approved", "paid", "sent", "done", "placed", "imported", "good", "made"),
    "azure": ("checked",),
    "red": ("failed", "refused", "suspended", "unreadable", "bad"),
}
_COLOUR_OF = {state: colour for colour, states in _COLOURS.items() for state in states}
_USUAL_COLOUR = "secondary"


def register(app: Flask) -> None:
    app.add_template_global(icon, "icon_of")
    app.add_template_global(state_badge, "badge_of_state")


@lru_cache(maxsize=1_000)
def icon(name: str, kind: str = "") -> Markup:
    """`kind` are further classes."""
    return Markup('<svg class="icon {}" aria-hidden="true"><use href="{}#{}"></use></svg>').format(kind, _ICONS, name)


def state_badge(state: str) -> Markup:
    return badge_in(catalogue.locale().language, state)


@lru_cache(maxsize=1_000)
def badge_in(_language: str, state: str) -> Markup:
    """The badge in the request's language, by whoever knows that already."""
    colour = _COLOUR_OF.get(state, _USUAL_COLOUR)
    return Markup('<span class="badge bg-{}-lt">{}</span>').format(colour, state_name(state))
