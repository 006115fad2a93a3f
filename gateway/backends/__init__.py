"""The services behind the gateway, one class each: every method is one command or question."""

from gateway.backends.billing import Billing
from gateway.backends.contracts import Contracts
from gateway.backends.installations import Installations
from gateway.backends.notifications import Notifications
from gateway.backends.preinstall import Preinstall
from gateway.backends.provisioning import Provisioning

billing = Billing()
contracts = Contracts()
installations = Installations()
notifications = Notifications()
preinstall = Preinstall()
provisioning = Provisioning()
EVERY_SERVICE = (billing, contracts, installations, notifications, preinstall, provisioning)

__all__ = ["EVERY_SERVICE", "billing", "contracts", "installations", "notifications", "preinstall", "provisioning"]
