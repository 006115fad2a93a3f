"""Contracts as PDF: the page as HTML, and the worker that renders it. Only this package imports WeasyPrint."""
