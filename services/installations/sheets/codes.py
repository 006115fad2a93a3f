"""QR codes on sheets: the way there, and the client's Wi-Fi, for whoever has a phone in hand."""

from __future__ import annotations

import segno
from segno.helpers import make_wifi_data

from chassis.tags import Html
from services.installations.model import Installation
from services.installations.wifi import Wifi

# In the place of a picture nobody writes by hand: there is no line.
NO_PICTURE = Html("")


def way_to(installation: Installation) -> Html:
    """Opens the phone's map at the door."""
    if installation.latitude is None or installation.longitude is None:
        return NO_PICTURE
    return _drawn(f"https://maps.google.com/?q={installation.latitude:f},{installation.longitude:f}")


def joining(wifi: Wifi) -> Html:
    """Joins the network without typing."""
    if not wifi.wifi_ssid or not wifi.wifi_password:
        return NO_PICTURE
    return _drawn(make_wifi_data(ssid=wifi.wifi_ssid, password=wifi.wifi_password, security="WPA"))


def _drawn(text: str) -> Html:
    code = segno.make(text, error="m", micro=False)
    return Html(code.svg_inline(border=2, omitsize=True, svgclass="qr", lineclass=None, light="#fff"))
