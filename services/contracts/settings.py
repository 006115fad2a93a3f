"""The contracts service's environment: what every service reads, and how long a link lives."""

from __future__ import annotations

from chassis.settings import ServiceSettings, setting


class ContractsSettings(ServiceSettings):
    link_days: int = setting(
        "ALTA_CONTRACTS_LINK_DAYS", help="days until a contract's link can no longer be opened", default=14
    )
    render_seconds: float = setting(
        "ALTA_CONTRACTS_RENDER_SECONDS", help="the longest that making a PDF may take", default=30.0
    )
    render_memory_mb: int = setting(
        "ALTA_CONTRACTS_RENDER_MEMORY_MB", help="the most memory that making a PDF may take", default=512
    )
