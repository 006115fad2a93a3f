"""The published language: every event that a service tells, one module per publisher.

An event here is a promise to systems we do not know. Fields may be added; taking one away or
changing its meaning makes a new version beside the old one.
"""

from events import billing, contracts, gateway, installations, notifications, preinstall, provisioning

__all__ = ["billing", "contracts", "gateway", "installations", "notifications", "preinstall", "provisioning"]
