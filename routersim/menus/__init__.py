"""The menus of the simulated router, as data, by area.

Source of parameters, commands, ranges and choices: the command tree of RouterOS 7.21.4 (`/console/inspect`); of
defaults and of what is printed: what a router of version 7 gives back.
"""

from __future__ import annotations

from routersim.menus import addressing, dhcp, firewall, hotspot, ppp, queues, system

MENUS = {menu.path: menu for area in (queues, ppp, hotspot, dhcp, firewall, addressing, system) for menu in area.MENUS}
