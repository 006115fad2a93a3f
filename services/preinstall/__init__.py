"""Requests for an installation, sent by the public form with photos of papers, until staff approve them."""
