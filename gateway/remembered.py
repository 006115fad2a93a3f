"""Parts of pages that are the same for many people: made once, from their language and from what they are given.

A part is a template of `templates/remembered/`. It is made apart from the page: who asks, their company, the request
and its tokens are not there to be put into it. What it is given is what it is found by, so nobody gets a part that
was made from anything else than what they may see themselves. Where something of the request belongs, it leaves a gap.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from secrets import token_hex
from threading import Lock

from flask import Flask
from jinja2.defaults import DEFAULT_FILTERS, DEFAULT_NAMESPACE
from markupsafe import Markup

from gateway import catalogue, navigation, symbols

MOST_CHARACTERS = 8_000_000
# Nobody who writes what a part shows can know it.
_GAP = token_hex(16)
# What a part may speak of beside what it is given: nothing that is another for another person.
_SPOKEN_OF = ("_", "gettext", "ngettext", "url_for")


def prepare(app: Flask) -> None:
    """Templates have `remembered(name, **given)`, and `remembered_around(name, filling, **given)`."""
    parts = Remembered(app)
    app.add_template_global(parts.part, "remembered")
    app.add_template_global(parts.around, "remembered_around")


class Remembered:
    """Parts by language, name and what they were given; those asked for longest ago are forgotten first."""

    def __init__(self, app: Flask) -> None:
        env = app.jinja_env
        self._environment = env.overlay()
        self._environment.globals = {
            **DEFAULT_NAMESPACE,
            **{name: env.globals[name] for name in _SPOKEN_OF},
            "icon": symbols.icon,
            "groups_of": navigation.groups_of,
            "settings_of": navigation.settings_of,
            "remembered": self.part,
            "gap": _GAP,
        }
        self._environment.filters = dict(DEFAULT_FILTERS)
        self._parts: OrderedDict[Hashable, Markup] = OrderedDict()
        self._characters = 0
        self._lock = Lock()

    def part(self, name: str, /, **given: Hashable) -> Markup:
        key = (catalogue.locale().language, name, *given.items())
        with self._lock:
            known = self._parts.get(key)
            if known is not None:
                self._parts.move_to_end(key)
                return known
        html = self._environment.get_template(f"remembered/{name}.html").render(given)
        made = Markup(html)  # noqa: S704 - the template escapes
        self._keep(key, made)
        return made

    def around(self, name: str, filling: Markup, /, **given: Hashable) -> Markup:
        """The part with `filling` in its gaps."""
        return Markup(str(self.part(name, **given)).replace(_GAP, filling))  # noqa: S704 - both are HTML

    def _keep(self, key: Hashable, made: Markup) -> None:
        with self._lock:
            self._characters += len(made) - len(self._parts.pop(key, ""))
            self._parts[key] = made
            while self._characters > MOST_CHARACTERS:
                self._characters -= len(self._parts.popitem(last=False)[1])
