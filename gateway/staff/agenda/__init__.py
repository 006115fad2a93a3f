"""INS-10: the agenda: who goes where and when, on a calendar, on a map, and on paper."""

from gateway.staff.agenda import board, feed, hours, route, visit
from gateway.staff.agenda.room import blueprint

__all__ = ["blueprint", "board", "feed", "hours", "route", "visit"]
