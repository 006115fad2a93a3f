"""Where the service's tables are declared."""

from chassis.storage import make_base

Base = make_base("provisioning")
