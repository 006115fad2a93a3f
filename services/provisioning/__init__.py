"""What is on the routers: owns routers and their secrets, and the service account of every client.

Puts an account on its router when an installation is activated, reads it back, and tells how that
ended; a router that is off, slow or drops the connection leaves exactly one row or none.
"""
