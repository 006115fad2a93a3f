"""A MikroTik router in software: the RouterOS API and the menus that an ISP's back office uses.

It refuses what a router refuses, in the router's words, and reads back what a router reads back.
Standard library only; imports nothing of the rest of the project.
"""
