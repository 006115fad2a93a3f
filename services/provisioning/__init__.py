"""What is on the routers: owns routers and their secrets, and the service account of every client.

Puts an account on its router when an installation is activated, changes, suspends, reconnects and removes
it, reads it back each time, and tells how that ended; a router that is off, slow or drops the connection
leaves exactly what is wanted or what was there.
"""
