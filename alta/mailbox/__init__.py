"""A mail server, and a gateway for text messages, that deliver nowhere: what Alta sends can be read on a page and
asked for as JSON.

For demos and tests. Receptions are grouped by Message-ID, as mail programs do, and counted, so
that a message sent twice is visible as such.
"""
