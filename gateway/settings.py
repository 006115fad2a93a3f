"""The gateway's environment."""

from __future__ import annotations

from pathlib import Path

from chassis.settings import Settings, setting


class GatewaySettings(Settings):
    """See `python -m gateway settings`."""

    database_url: str = setting("ALTA_DATABASE_URL", help="the gateway's own database")
    amqp_uri: str = setting("ALTA_AMQP_URI", help="the broker: amqp://user:password@host:port/vhost")
    files_url: str = setting("ALTA_FILES_URL", help="where files are kept: file:///directory or s3://bucket")
    keyring: Path = setting("ALTA_KEYRING", help="key file (mode 0600): signs cookies, seals captcha keys")
    shared_keyring: Path | None = setting(
        "ALTA_SHARED_KEYRING",
        help="key file shared with notifications: seals the codes and links that are sent to people",
        default=None,
    )
    base_url: str = setting(
        "ALTA_BASE_URL", help="where browsers find the gateway, no final /", default="http://127.0.0.1:8000"
    )
    proxies: int = setting(
        "ALTA_PROXIES", help="how many proxies stand in front and say who comes (X-Forwarded-For)", default=0
    )
    relay_wake: str | None = setting("ALTA_RELAY_WAKE", help="host:port (UDP) of the relay", default=None)
    max_upload_bytes: int = setting(
        "ALTA_MAX_UPLOAD_BYTES", help="the largest file that a form takes", default=15_000_000
    )
    tiles_url: str | None = setting(
        "ALTA_TILES_URL",
        help="map tiles, as https://tile.example/{z}/{x}/{y}.png; without one maps have a plain ground",
        default=None,
    )
    tiles_attribution: str = setting(
        "ALTA_TILES_ATTRIBUTION", help="whose map the tiles show, written on it", default="© OpenStreetMap"
    )
    dns_server: str | None = setting(
        "ALTA_DNS_SERVER", help="address:port asked for companies' own domains; else the machine's", default=None
    )
    recaptcha_url: str = setting(
        "ALTA_RECAPTCHA_URL",
        help="where Google's reCAPTCHA is, no final /",
        default="https://www.google.com/recaptcha",
    )
    log_level: str = setting(
        "ALTA_LOG_LEVEL", help="the least that is logged", default="info", choices=("debug", "info", "warning", "error")
    )
    log_format: str = setting("ALTA_LOG_FORMAT", help="how it is written", default="json", choices=("json", "text"))
    health_listen: str | None = setting(
        "ALTA_HEALTH_LISTEN", help="host:port of /live, /ready and /metrics, beside the pages", default=None
    )

    @property
    def secure(self) -> bool:
        """Whether browsers come by https: cookies are then marked so."""
        return self.base_url.startswith("https://")
