"""The services: each owns its facts, its database and its queues, and imports none of the others."""
