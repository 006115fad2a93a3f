"""What a live session brings with it: an address, a queue, places in lists, open connections."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from routersim.addresses import address_at, addresses_in
from routersim.router import Router
from routersim.rows import Bond, Row
from routersim.values import Trap

Values = Mapping[str, str]

UNKNOWN_MAC = "02:00:00:00:00:01"
# Somewhere on the Internet, for the connections that clients have open.
_FAR_AWAY = "203.0.113.80:443"


class Refused(LookupError):
    """A client's device gets no session; says why."""


def enabled(row: Row) -> bool:
    return row.values.get("disabled") != "true"


@dataclass
class Attachment:
    """Collects what a session brings; all of it goes when the session's bond ends."""

    router: Router
    owner: str
    bond: Bond

    @classmethod
    def begin(cls, router: Router, owner: str) -> Attachment:
        return cls(router, owner, Bond())

    def row(self, menu: str, values: Values, *, ends_session: bool = False, first: bool = False) -> Row:
        """A dynamic row that goes with the session. `ends_session`: the session goes with it, too."""
        table = self.router.table(menu)
        row = table.insert(values, first=first)
        self.bond.rows.append((table, row))
        if ends_session:
            row.bond = self.bond
        return row

    # Addresses.

    def take(self, address: str) -> str:
        """Raises `Refused` when a live session has the address."""
        holder = self.router.in_use.get(address)
        if holder is not None:
            raise Refused(f"address {address} is in use by {holder}")
        self.router.in_use[address] = self.owner
        self.bond.endings.append(lambda: self.router.in_use.pop(address, None))
        return address

    def take_from_pool(self, pool_id: str, info: str = "") -> str:
        """The next free address of a pool or of those that follow it."""
        pools = self.router.table("/ip/pool")
        seen: set[str] = set()
        while (pool := pools.row(pool_id)) is not None and pool_id not in seen:
            seen.add(pool_id)
            if (address := self._next_free(pool)) is not None:
                used = {"pool": pool_id, "address": address, "owner": self.owner, "info": info}
                self.row("/ip/pool/used", used)
                return self.take(address)
            pool_id = pool.values.get("next-pool", "none")
        raise Refused("the pool was removed" if not seen else "no free address in the pool")

    def _next_free(self, pool: Row) -> str | None:
        """Goes on where the pool left off, and around once."""
        ranges = pool.values["ranges"]
        total, start = addresses_in(ranges), self.router.pool_places.get(pool.id, 0)
        for place in range(start, start + total):
            address = address_at(ranges, place % total)
            if address not in self.router.in_use:
                self.router.pool_places[pool.id] = place + 1
                return address
        return None

    def take_from(self, address_or_pool: str, info: str = "") -> str:
        if address_or_pool.startswith("*"):
            return self.take_from_pool(address_or_pool, info)
        return self.take(address_or_pool)

    # Speed, lists and traffic.

    def queue(self, name: str, target: str, shaping: Values) -> None:
        """A dynamic simple queue, when there is a rate. `shaping` are the fields of a profile or a lease.

        Without a place asked for it goes before the others: the first queue that fits is the one that counts.
        """
        rate = shaping.get("rate-limit", "")
        if not rate:
            return
        place = shaping.get("insert-queue-before", "first")
        kinds = {"queue": f"{kind}/{kind}"} if (kind := shaping.get("queue-type")) else {}
        parent = {"parent": shaping["parent-queue"]} if "parent-queue" in shaping else {}
        name = self.router.table("/queue/simple").free_name(name)
        values = {"name": name, "target": target, **self._limits(rate), **kinds, **parent}
        self.row("/queue/simple", values, first=place == "first")

    def _limits(self, rate: str) -> dict[str, str]:
        try:
            return self.router.table("/queue/simple").accepted(limits_of(rate))
        except Trap as error:
            raise Refused(f"rate-limit {rate} cannot be read: {error.message}") from None

    def enlist(self, lists: str, address: str) -> None:
        """Entries of address lists, for as long as the session lives."""
        for name in filter(None, lists.split(",")):
            entries = self.router.table("/ip/firewall/address-list")
            try:
                entry = entries.insert({"list": name, "address": address})
            except Trap:
                # The list has it already, by somebody's hand.
                continue
            self.bond.rows.append((entries, entry))

    def open_connection(self, address: str) -> None:
        """Something that the client was doing; a cut has to end it, too."""
        here = {"protocol": "tcp", "src-address": f"{address}:50000", "dst-address": _FAR_AWAY}
        self.row("/ip/firewall/connection", here | {"tcp-state": "established"})


def limits_of(rate: str) -> dict[str, str]:
    """The fields of a queue that a rate-limit asks for.

    `rx[/tx] [burst-rate [burst-threshold [burst-time [priority [guaranteed]]]]]`, as the router sees it: what it
    receives is the client's upload, which a queue's pair has first.
    """
    names = ("max-limit", "burst-limit", "burst-threshold", "burst-time", "priority", "limit-at")
    return {name: part if "/" in part else f"{part}/{part}" for name, part in zip(names, rate.split(), strict=False)}
