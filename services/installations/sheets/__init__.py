"""Sheets: the printable page that a technician takes along, from templates that staff write."""
