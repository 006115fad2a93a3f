"""The installations service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gateway.backends.asking import Backend


class Installations(Backend):
    service = "installations"

    def dashboard(self, technician_id: str | None = None) -> Any:
        return self.ask("dashboard", technician_id=technician_id)

    def month(self, month: str | None = None) -> Any:
        return self.ask("month", month=month)

    def routers(self) -> list[Any]:
        return self.ask("list_routers")["rows"]

    def zones(self) -> list[Any]:
        return self.ask("list_zones")["rows"]

    def save_zone(self, key: str, **zone: Any) -> Any:
        return self.tell("save_zone", key, **zone)

    def sectors(self, zone_id: str | None = None) -> list[Any]:
        return self.ask("list_sectors", zone_id=zone_id)["rows"]

    def save_sector(self, key: str, **sector: Any) -> Any:
        return self.tell("save_sector", key, **sector)

    def plans(self, router_id: str | None = None) -> list[Any]:
        return self.ask("list_plans", router_id=router_id)["rows"]

    def save_plan(self, key: str, **plan: Any) -> Any:
        return self.tell("save_plan", key, **plan)

    def begin_plan_move(self, key: str, from_plan_id: str, to_plan_id: str) -> Any:
        return self.tell("begin_plan_move", key, from_plan_id=from_plan_id, to_plan_id=to_plan_id)

    def steer_plan_move(self, key: str, move_id: str, how: str) -> Any:
        return self.tell("steer_plan_move", key, move_id=move_id, how=how)

    def plan_moves(self, **paging: Any) -> Any:
        return self.ask("list_plan_moves", **paging)

    def plan_move(self, move_id: str) -> Any:
        return self.ask("get_plan_move", move_id=move_id)

    def technicians(self) -> list[Any]:
        return self.ask("list_technicians")["rows"]

    def propose(self, zone_id: str, after: str | None = None) -> Any:
        return self.ask("propose", zone_id=zone_id, after=after)

    def check_service(self, **typed: Any) -> Any:
        return self.ask("check_service", **typed)

    def last_changes(self, installation_id: str) -> list[Any]:
        return self.ask("last_changes", installation_id=installation_id)["rows"]

    def places(self, **where: Any) -> list[Any]:
        return self.ask("list_places", **where)["rows"]

    def pool_usage(self) -> Any:
        return self.ask("list_pool_usage")["rows"]

    def pool_addresses(self, pool_id: str, first: str | None) -> Any:
        return self.ask("pool_addresses", pool_id=pool_id, first=first)

    def schedule(self, key: str, **form: Any) -> Any:
        return self.tell("schedule", key, **form)

    def change(self, key: str, **form: Any) -> Any:
        return self.tell("change", key, **form)

    def start(self, key: str, installation_id: str) -> Any:
        return self.tell("start", key, installation_id=installation_id)

    def cancel(self, key: str, installation_id: str, reason: str | None) -> Any:
        return self.tell("cancel", key, installation_id=installation_id, reason=reason)

    def activate(self, key: str, installation_id: str) -> Any | None:
        """None when it was kept for later."""
        return self.tell_or_keep("activate", key, installation_id, installation_id=installation_id)

    def end_service(self, key: str, installation_id: str, **wanted: Any) -> Any:
        return self.tell("end_service", key, installation_id=installation_id, **wanted)

    def end_service_again(self, key: str, installation_id: str) -> Any:
        return self.tell("end_service_again", key, installation_id=installation_id)

    def end_service_without_router(self, key: str, installation_id: str) -> Any:
        return self.tell("end_service_without_router", key, installation_id=installation_id)

    def keep_service(self, key: str, installation_id: str) -> Any:
        return self.tell("keep_service", key, installation_id=installation_id)

    def activate_many(self, key: str, installation_ids: list[str]) -> Any:
        """What became of each: `code` says why it cannot be activated. At most 500."""
        return self.tell("activate_many", key, timeout=60.0, installation_ids=installation_ids)["rows"]

    def visits(self, technician_id: str) -> Any:
        return self.ask("list_visits", technician_id=technician_id)

    def begin_visit(self, key: str, installation_id: str) -> Any:
        return self.tell("begin_visit", key, installation_id=installation_id)

    def correct(self, key: str, **correction: Any) -> Any:
        return self.tell("correct", key, **correction)

    def locate(self, key: str, **place: Any) -> Any:
        return self.tell("locate", key, **place)

    def wifi(self, installation_id: str) -> Any:
        return self.ask("get_wifi", installation_id=installation_id)

    def checklist(self) -> Any:
        return self.ask("get_checklist")

    def save_checklist(self, key: str, **checklist: Any) -> Any:
        return self.tell("save_checklist", key, **checklist)

    def answer_checklist(self, key: str, **answer: Any) -> Any:
        return self.tell("answer_checklist", key, **answer)

    def report(self, installation_id: str) -> Any:
        return self.ask("get_report", installation_id=installation_id)["rows"]

    def list(self, **filters: Any) -> Any:
        return self.ask("list_installations", **filters)

    def agenda(self, **asked: Any) -> Any:
        return self.ask("show_agenda", **asked)

    def agenda_month(self, **asked: Any) -> list[Any]:
        return self.ask("show_month", **asked)["rows"]

    def late(self, **filters: Any) -> list[Any]:
        return self.ask("list_late", **filters)["rows"]

    def route(self, technician_id: str, on: str) -> Any:
        return self.ask("show_route", technician_id=technician_id, on=on)

    def slots(self, **asked: Any) -> list[Any]:
        return self.ask("propose_slots", **asked)["rows"]

    def check_visit(self, **visit: Any) -> list[Any]:
        return self.ask("check_visit", **visit)["rows"]

    def reschedule(self, key: str, moves: Sequence[Mapping[str, Any]], despite: Sequence[str]) -> list[Any]:
        return self.tell("reschedule", key, moves=list(moves), despite=list(despite))["rows"]

    def print_sheets(self, installation_ids: Sequence[str]) -> Any:
        return self.tell("print_sheets", None, installation_ids=list(installation_ids), timeout=120.0)

    def working(self) -> Any:
        return self.ask("show_working")

    def save_agenda_rules(self, key: str, **rules: Any) -> Any:
        return self.tell("save_agenda_rules", key, **rules)

    def save_technician_week(self, key: str, **week: Any) -> Any:
        return self.tell("save_technician_week", key, **week)

    def add_absence(self, key: str, **absence: Any) -> Any:
        return self.tell("add_absence", key, **absence)

    def remove_absence(self, key: str, absence_id: str) -> Any:
        return self.tell("remove_absence", key, absence_id=absence_id)

    def totals(self) -> Any:
        """How many installations there are of each state, clients among them as active."""
        return self.ask("count_installations")["by_state"]

    def list_choices(self) -> Any:
        return self.ask("list_choices")

    def preview_bulk_change(self, chosen: dict[str, Any]) -> Any:
        return self.ask("preview_bulk_change", chosen=chosen)

    def choose(self, chosen: dict[str, Any]) -> Any:
        return self.ask("choose_installations", chosen=chosen)["installation_ids"]

    def begin_bulk_change(self, key: str, action: str, chosen: dict[str, Any], **wanted: Any) -> Any:
        return self.tell("begin_bulk_change", key, timeout=30.0, action=action, chosen=chosen, **wanted)

    def stop_bulk_change(self, key: str, change_id: str) -> Any:
        return self.tell("stop_bulk_change", key, change_id=change_id)

    def bulk_changes(self, **paging: Any) -> Any:
        return self.ask("list_bulk_changes", **paging)

    def bulk_change(self, change_id: str) -> Any:
        return self.ask("get_bulk_change", change_id=change_id)

    def bulk_change_items(self, change_id: str, **paging: Any) -> Any:
        return self.ask("list_bulk_change_items", change_id=change_id, **paging)

    def matching(self, **known: Any) -> Any:
        return self.ask("find_matching", **known)["rows"]

    def get(self, installation_id: str) -> Any:
        return self.ask("get_installation", installation_id=installation_id)

    def clients(self, **filters: Any) -> Any:
        return self.ask("list_clients", **filters)

    def client(self, installation_id: str) -> Any:
        return self.ask("get_client", installation_id=installation_id)

    def files(self, installation_id: str) -> Any:
        return self.ask("list_files", installation_id=installation_id)["rows"]

    def add_file(self, key: str, **file: Any) -> Any:
        return self.tell("add_file", key, timeout=60.0, **file)

    def change_file(self, key: str, **file: Any) -> Any:
        return self.tell("change_file", key, **file)

    def change_files(self, key: str, files: list[dict[str, Any]]) -> Any:
        return self.tell("change_files", key, files=files)

    def preview_file(self, file_id: str) -> Any:
        """Made when somebody looks for the first time."""
        return self.tell("preview_file", None, timeout=30.0, file_id=file_id)

    def turn_file(self, file_id: str, quarters: int) -> Any:
        """Encoding it anew takes a moment."""
        return self.tell("turn_file", None, timeout=30.0, file_id=file_id, quarters=quarters)

    def delete_file(self, key: str, file_id: str) -> Any:
        return self.tell("delete_file", key, file_id=file_id)

    def open_file(self, file_id: str) -> Any:
        return self.ask("open_file", file_id=file_id)

    def services_of(self, **contact: Any) -> Any:
        """What belongs to whoever has a contact."""
        return self.ask("services_of", **contact)["rows"]

    def files_for_client(self, installation_id: str) -> Any:
        return self.ask("files_for_client", installation_id=installation_id)["rows"]

    def open_file_for_client(self, installation_id: str, file_id: str) -> Any:
        return self.ask("open_file_for_client", installation_id=installation_id, file_id=file_id)

    def sheet_templates(self) -> Any:
        return self.ask("list_sheet_templates")

    def save_sheet_template(self, key: str, **template: Any) -> Any:
        return self.tell("save_sheet_template", key, **template)

    def delete_sheet_template(self, key: str, template_id: str) -> Any:
        return self.tell("delete_sheet_template", key, template_id=template_id)

    def sheet(self, **of: Any) -> Any:
        return self.ask("fill_sheet", **of)

    def print_many_sheets(self, key: str, chosen: dict[str, Any], filename: str) -> Any:
        return self.tell("print_many_sheets", key, timeout=30.0, chosen=chosen, filename=filename)

    def print_sheet(self, installation_id: str, template_id: str | None) -> Any:
        return self.tell("print_sheet", None, installation_id=installation_id, template_id=template_id, timeout=30.0)

    def begin_import(self, key: str, file: dict[str, Any]) -> Any:
        """Reading the file takes a while."""
        return self.tell("begin_import", key, timeout=90.0, file=file)

    def map_import(self, key: str, **mapping: Any) -> Any:
        return self.tell("map_import", key, **mapping)

    def apply_import_layout(self, key: str, import_id: str, layout: str) -> Any:
        return self.tell("apply_import_layout", key, import_id=import_id, layout=layout)

    def choose_import_names(self, key: str, import_id: str, names: list[dict[str, Any]]) -> Any:
        return self.tell("choose_import_names", key, import_id=import_id, names=names)

    def steer_import(self, key: str, how: str, import_id: str) -> Any:
        """`how`: run, stop, undo, retry or forget."""
        return self.tell(f"{how}_import", key, timeout=30.0, import_id=import_id)

    def imports(self, **paging: Any) -> Any:
        return self.ask("list_imports", **paging)

    def import_report(self, import_id: str) -> Any:
        return self.ask("get_import", import_id=import_id)

    def import_rows(self, import_id: str, **filters: Any) -> Any:
        return self.ask("list_import_rows", import_id=import_id, **filters)
