"""Installations and the clients they become: zones, sectors, plans, the agenda, activation, and the files of each."""
