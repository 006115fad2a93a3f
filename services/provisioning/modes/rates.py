"""A plan's speeds, as queues and profiles write them."""

from __future__ import annotations

from dataclasses import astuple, dataclass


@dataclass(frozen=True)
class Rates:
    """A plan's speeds, in kbit/s; 0 is "none". `priority`: 1 is the highest, 8 the lowest."""

    download_kbps: int
    upload_kbps: int
    burst_download_kbps: int = 0
    burst_upload_kbps: int = 0
    threshold_download_kbps: int = 0
    threshold_upload_kbps: int = 0
    burst_seconds: int = 0
    guaranteed_download_kbps: int = 0
    guaranteed_upload_kbps: int = 0
    priority: int = 8

    @property
    def is_plain(self) -> bool:
        """Whether its highest speeds are all that there is to say."""
        return astuple(self) == astuple(Rates(self.download_kbps, self.upload_kbps))


def short_rate(kbps: int) -> str:
    """10000 as `10M`, 512 as `512k`."""
    if not kbps:
        return "0"
    return f"{kbps // 1000}M" if kbps % 1000 == 0 else f"{kbps}k"


def profile_name(rates: Rates) -> str:
    """The same for every account of the same rates: alta-10M-2M, and all the numbers when there are more."""
    name = f"alta-{short_rate(rates.download_kbps)}-{short_rate(rates.upload_kbps)}"
    return name if rates.is_plain else f"{name}-{'-'.join(_shaping(rates)).replace('/', '-')}"


def rate_limit(rates: Rates) -> str:
    """A profile's `rate-limit`: what the router receives before what it sends."""
    highest = f"{short_rate(rates.upload_kbps)}/{short_rate(rates.download_kbps)}"
    return highest if rates.is_plain else " ".join([highest, *_shaping(rates)])


def _shaping(rates: Rates) -> list[str]:
    """Burst, its threshold and time, priority, guaranteed: all of them, as the last is known by its place."""
    return [
        f"{short_rate(rates.burst_upload_kbps)}/{short_rate(rates.burst_download_kbps)}",
        f"{short_rate(rates.threshold_upload_kbps)}/{short_rate(rates.threshold_download_kbps)}",
        f"{rates.burst_seconds}/{rates.burst_seconds}",
        str(rates.priority),
        f"{short_rate(rates.guaranteed_upload_kbps)}/{short_rate(rates.guaranteed_download_kbps)}",
    ]


def queue_limits(rates: Rates) -> dict[str, str]:
    """A simple queue's limits in bit/s: what the client sends before what it receives."""
    return {
        "max-limit": _bits(rates.upload_kbps, rates.download_kbps),
        "limit-at": _bits(rates.guaranteed_upload_kbps, rates.guaranteed_download_kbps),
        "burst-limit": _bits(rates.burst_upload_kbps, rates.burst_download_kbps),
        "burst-threshold": _bits(rates.threshold_upload_kbps, rates.threshold_download_kbps),
        "burst-time": f"{rates.burst_seconds}s/{rates.burst_seconds}s",
        "priority": f"{rates.priority}/{rates.priority}",
    }


def _bits(upload_kbps: int, download_kbps: int) -> str:
    return f"{upload_kbps * 1000}/{download_kbps * 1000}"
