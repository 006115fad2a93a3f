"""What the provisioning service takes from its environment: what every service does, and nothing else."""

from __future__ import annotations

from chassis.settings import ServiceSettings


class ProvisioningSettings(ServiceSettings):
    pass
