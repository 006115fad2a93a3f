"""Installations and clients from a file: read, mapped, looked at row by row, made in pieces, and taken back."""
