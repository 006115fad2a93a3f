"""The provisioning service."""

from __future__ import annotations

from typing import Any

from gateway.backends.asking import Backend


class Provisioning(Backend):
    service = "provisioning"

    def summary(self) -> Any:
        return self.ask("summary")

    def routers(self, **paging: Any) -> Any:
        return self.ask("list_routers", **paging)

    def router(self, router_id: str) -> Any:
        return self.ask("get_router", router_id=router_id)

    def save_router(self, key: str, **router: Any) -> Any:
        return self.tell("save_router", key, **router)

    def test_router(self, router_id: str) -> Any:
        """The router itself is asked, which takes up to twelve seconds when it is silent."""
        return self.tell("test_router", None, timeout=15.0, router_id=router_id)

    def compare(self, router_id: str) -> Any:
        """The router itself is asked for all that is on it."""
        return self.tell("compare_router", None, timeout=60.0, router_id=router_id)

    def compare_all(self, key: str) -> Any:
        return self.tell("compare_all", key)

    def differences(self, **filters: Any) -> Any:
        return self.ask("list_differences", **filters)

    def repair(self, key: str, router_id: str, installation_ids: list[str]) -> Any:
        return self.tell("repair_router", key, router_id=router_id, installation_ids=installation_ids)

    def found_services(self, router_id: str) -> Any:
        """The router itself is asked for all that is on it."""
        return self.tell("find_services", None, timeout=60.0, router_id=router_id)["rows"]

    def adopt(self, key: str, router_id: str, pairs: list[dict[str, str]]) -> Any:
        return self.tell("adopt_services", key, timeout=60.0, router_id=router_id, pairs=pairs)["rows"]

    def pools(self) -> Any:
        return self.ask("list_pools")["rows"]

    def save_pool(self, key: str, **pool: Any) -> Any:
        return self.tell("save_pool", key, **pool)

    def read_pools(self, key: str, router_id: str) -> Any:
        return self.tell("read_pools", key, router_id=router_id)

    def suggest_pools(self, router_id: str) -> Any:
        """The router itself is asked."""
        return self.tell("suggest_pools", None, timeout=15.0, router_id=router_id)["rows"]

    def accounts(self, **filters: Any) -> Any:
        return self.ask("list_accounts", **filters)

    def account(self, installation_id: str) -> Any:
        return self.ask("account", installation_id=installation_id)

    def verify(self, installation_id: str) -> Any:
        """The router itself is asked."""
        return self.tell("verify", None, timeout=20.0, installation_id=installation_id)

    def suspend(self, key: str, installation_id: str) -> Any:
        return self.tell("suspend", key, installation_id=installation_id)

    def reconnect(self, key: str, installation_id: str) -> Any:
        return self.tell("reconnect", key, installation_id=installation_id)

    def retry(self, key: str, installation_id: str) -> Any:
        return self.tell("retry", key, installation_id=installation_id)

    def remove(self, key: str, installation_id: str) -> Any:
        return self.tell("remove", key, installation_id=installation_id)

    def standing_for_client(self, installation_id: str) -> Any:
        return self.ask("standing_for_client", installation_id=installation_id)

    def jobs(self, **filters: Any) -> Any:
        return self.ask("list_jobs", **filters)

    def forget_job(self, key: str, job_id: str) -> Any:
        return self.tell("forget_job", key, job_id=job_id)

    def preview_bulk(self, operation: str, chosen: dict[str, Any]) -> Any:
        return self.ask("preview_bulk", operation=operation, chosen=chosen)

    def begin_bulk(self, key: str, operation: str, chosen: dict[str, Any]) -> Any:
        return self.tell("begin_bulk", key, timeout=30.0, operation=operation, chosen=chosen)

    def steer_bulk(self, key: str, how: str, operation_id: str) -> Any:
        """`how`: pause, resume or stop."""
        return self.tell(f"{how}_bulk", key, operation_id=operation_id)

    def bulks(self, **paging: Any) -> Any:
        return self.ask("list_bulks", **paging)

    def bulk(self, operation_id: str) -> Any:
        return self.ask("get_bulk", operation_id=operation_id)

    def bulk_items(self, operation_id: str, **paging: Any) -> Any:
        return self.ask("list_bulk_items", operation_id=operation_id, **paging)
