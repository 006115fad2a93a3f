"""A mail server that delivers nowhere: what Alta sends can be read on a page and asked for as JSON.

For demos and tests. Receptions are grouped by Message-ID, as mail programs do, and counted, so
that a message sent twice is visible as such.
"""
