"""The page around a sheet's text, the same on the screen, in print and as PDF."""

from __future__ import annotations

from html import escape
from pathlib import Path

STYLES = Path(__file__).with_name("sheet.css").read_text(encoding="utf-8")


def page(content: str, *, title: str, language: str) -> str:
    """`content` was sanitised. The styles come along, so that the page needs nothing else."""
    return (
        f'<!doctype html>\n<html lang="{escape(language)}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(title)}</title>'
        f"<style>{STYLES}</style></head><body>{content}</body></html>"
    )


def blank(locale: str | None) -> str:
    """A sheet with nothing on it, to write on."""
    return page("", title="", language=(locale or "es")[:2])
