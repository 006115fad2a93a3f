"""The gateway: Flask pages for the public, for staff and for clients; companies, accounts and who may do what."""
