"""The texts of the request's language, looked up once for each request.

Flask-Babel asks for the context, the language and its name for every single text, and a list's page has hundreds.
"""

from __future__ import annotations

from typing import Any

from babel.core import Locale
from flask import Flask, g
from flask_babel import Babel, Domain, get_locale


class _OnceForEachRequest(Domain):
    def get_translations(self) -> Any:
        try:
            return g.catalogue
        except AttributeError:
            g.catalogue = super().get_translations()
            return g.catalogue
        except RuntimeError:  # nobody asks: there is no language
            return super().get_translations()


def locale() -> Locale:
    """Of the request's language, worked out once like its texts."""
    try:
        return g.locale
    except AttributeError:
        g.locale = get_locale()
        return g.locale


def prepare(app: Flask, babel: Babel) -> None:
    """Texts of templates and of code come from there; while it is answered, a request's language does not change."""
    domain = babel.domain_instance = _OnceForEachRequest()
    app.jinja_env.install_gettext_callables(
        gettext=lambda text: domain.get_translations().ugettext(text),
        ngettext=lambda one, many, number: domain.get_translations().ungettext(one, many, number),
        newstyle=True,
    )
