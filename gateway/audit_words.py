"""The audit in words: what each command is called, and the names of what it changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _

from gateway import formats, navigation
from gateway.audit_fields import FIELDS
from gateway.audit_names import Names
from gateway.states import state_name

ACTIONS: dict[str, Any] = {
    "gateway.sign_in": _("Entró"),
    "gateway.refuse_code": _("Escribió un código incorrecto al entrar"),
    "gateway.refuse_password": _("Escribió una contraseña incorrecta al entrar"),
    "gateway.change_password": _("Cambió su contraseña"),
    "gateway.choose_password": _("Eligió su contraseña por un enlace"),
    "gateway.send_password_link": _("Envió un enlace para elegir contraseña"),
    "gateway.close_sessions": _("Cerró sesiones"),
    "gateway.turn_on_second_factor": _("Activó su segundo factor"),
    "gateway.turn_off_second_factor": _("Quitó su segundo factor"),
    "gateway.renew_recovery_codes": _("Renovó sus códigos de recuperación"),
    "gateway.reset_second_factor": _("Quitó el segundo factor de otra persona"),
    "gateway.open_agenda_feed": _("Creó la dirección de su agenda"),
    "gateway.close_agenda_feed": _("Quitó la dirección de su agenda"),
    "gateway.save_staff": _("Cambió el personal"),
    "gateway.export_audit": _("Exportó la auditoría"),
    "gateway.save_company": _("Cambió la empresa"),
    "gateway.save_face": _("Cambió la apariencia del formulario público"),
    "gateway.save_captcha": _("Cambió la protección contra robots"),
    "gateway.claim_domain": _("Agregó un dominio"),
    "gateway.prove_domain": _("Comprobó un dominio"),
    "gateway.choose_domain": _("Eligió el dominio principal"),
    "gateway.give_up_domain": _("Quitó un dominio"),
    "billing.save_article": _("Guardó un artículo"),
    "billing.create_invoice": _("Creó una factura"),
    "billing.register_payment": _("Registró un pago"),
    "billing.void_invoice": _("Anuló una factura"),
    "billing.change_terms": _("Cambió los plazos de pago"),
    "contracts.save_template": _("Guardó una plantilla de contrato"),
    "contracts.save": _("Guardó un contrato"),
    "contracts.add_attachments": _("Agregó anexos al contrato"),
    "contracts.issue_link": _("Creó un enlace de contrato"),
    "contracts.link_for_client": _("Abrió su contrato desde el portal"),
    "contracts.revoke_link": _("Anuló un enlace de contrato"),
    "contracts.open_link": _("Abrió el enlace del contrato"),
    "contracts.sign_by_link": _("Firmó por el enlace"),
    "contracts.sign_in_person": _("Tomó la firma en persona"),
    "contracts.generate_pdf": _("Pidió el PDF del contrato"),
    "installations.save_zone": _("Guardó una zona"),
    "installations.save_sector": _("Guardó una sectorial"),
    "installations.save_plan": _("Guardó un plan"),
    "installations.begin_plan_move": _("Pasó a los clientes de un plan a otro"),
    "installations.steer_plan_move": _("Pausó, continuó o detuvo un paso de plan"),
    "installations.begin_bulk_change": _("Pidió un cambio masivo"),
    "installations.bulk_assign": _("Dio otro técnico, en un cambio masivo"),
    "installations.bulk_reschedule": _("Movió la visita, en un cambio masivo"),
    "installations.bulk_start": _("Inició la instalación, en un cambio masivo"),
    "installations.bulk_cancel": _("Canceló la instalación, en un cambio masivo"),
    "installations.bulk_change_plan": _("Cambió el plan, en un cambio masivo"),
    "installations.bulk_end": _("Dio de baja a un cliente, en un cambio masivo"),
    "installations.move_to_plan": _("Pasó a un cliente a otro plan, con los demás del suyo"),
    "installations.stop_bulk_change": _("Detuvo un cambio masivo"),
    "installations.begin_export": _("Exportó una lista"),
    "installations.schedule": _("Programó una instalación"),
    "installations.change": _("Cambió una instalación"),
    "installations.start": _("Inició una instalación"),
    "installations.begin_visit": _("Empezó el trabajo en el domicilio"),
    "installations.correct": _("Corrigió datos en el domicilio"),
    "installations.locate": _("Guardó dónde está el domicilio"),
    "installations.answer_checklist": _("Contestó la lista de verificación"),
    "installations.save_checklist": _("Cambió la lista de verificación"),
    "installations.cancel": _("Canceló una instalación"),
    "installations.end_service": _("Dio de baja a un cliente"),
    "installations.end_service_again": _("Volvió a pedir al router que quite un servicio"),
    "installations.end_service_without_router": _("Dio de baja a un cliente sin esperar a su router"),
    "installations.keep_service": _("Canceló la baja de un cliente"),
    "installations.reschedule": _("Movió visitas en la agenda"),
    "installations.save_agenda_rules": _("Cambió el horario de la empresa"),
    "installations.save_technician_week": _("Cambió el horario de un técnico"),
    "installations.add_absence": _("Anotó una ausencia"),
    "installations.remove_absence": _("Quitó una ausencia"),
    "installations.activate": _("Pidió la activación"),
    "installations.activate_many": _("Pidió la activación de varias"),
    "installations.save_sheet_template": _("Guardó una plantilla de hoja"),
    "installations.delete_sheet_template": _("Borró una plantilla de hoja"),
    "installations.print_many_sheets": _("Imprimió hojas"),
    "installations.print_sheet": _("Imprimió una hoja"),
    "installations.print_sheets": _("Imprimió las hojas de un día"),
    "installations.add_file": _("Agregó un archivo"),
    "installations.change_file": _("Cambió un archivo"),
    "installations.change_files": _("Cambió archivos"),
    "installations.turn_file": _("Giró una foto"),
    "installations.preview_file": _("Miró un archivo"),
    "installations.delete_file": _("Borró un archivo"),
    "installations.begin_import": _("Subió un archivo para importar"),
    "installations.apply_import_layout": _("Usó un mapeo guardado para importar"),
    "installations.map_import": _("Eligió las columnas de una importación"),
    "installations.choose_import_names": _("Dijo qué significan los nombres de una importación"),
    "installations.run_import": _("Importó de un archivo"),
    "installations.stop_import": _("Detuvo una importación"),
    "installations.undo_import": _("Deshizo una importación"),
    "installations.retry_import": _("Volvió a pedir a los routers lo que no quedó de una importación"),
    "installations.forget_import": _("Descartó una importación"),
    "notifications.save_sms_gateway": _("Cambió el servicio de mensajes"),
    "notifications.try_sms_gateway": _("Envió un mensaje de prueba"),
    "notifications.resend": _("Reenvió un mensaje"),
    "preinstall.change_form_settings": _("Cambió el formulario público"),
    "preinstall.flag": _("Apartó una solicitud"),
    "preinstall.hand_over": _("Pasó los documentos de una solicitud a una instalación"),
    "preinstall.keep_logo": _("Subió un logotipo"),
    "preinstall.merge": _("Unió dos solicitudes"),
    "preinstall.turn_document": _("Giró una foto"),
    "preinstall.preview_document": _("Miró un archivo"),
    "preinstall.reject": _("Rechazó una solicitud"),
    "preinstall.begin_export": _("Exportó una lista"),
    "preinstall.reject_many": _("Rechazó varias solicitudes"),
    "preinstall.submit": _("Envió una solicitud"),
    "preinstall.tell_apart": _("Distinguió a dos personas"),
    "provisioning.save_router": _("Guardó un router"),
    "provisioning.save_pool": _("Guardó un pool de direcciones"),
    "provisioning.read_pools": _("Pidió leer las direcciones de un router"),
    "provisioning.suggest_pools": _("Leyó los pools de un router"),
    "provisioning.test_router": _("Probó la conexión de un router"),
    "provisioning.compare_router": _("Comparó un router"),
    "provisioning.compare_all": _("Pidió comparar todos los routers"),
    "provisioning.repair_router": _("Reparó un router"),
    "provisioning.find_services": _("Buscó los servicios que ya hay en un router"),
    "provisioning.adopt_services": _("Tomó servicios que ya había en un router"),
    "provisioning.bulk_suspend": _("Suspendió un servicio, en un cambio masivo"),
    "provisioning.bulk_reconnect": _("Reconectó un servicio, en un cambio masivo"),
    "provisioning.bulk_repair": _("Reparó un servicio, en un cambio masivo"),
    "provisioning.begin_bulk": _("Pidió un cambio masivo"),
    "provisioning.pause_bulk": _("Pausó un cambio masivo"),
    "provisioning.resume_bulk": _("Continuó un cambio masivo"),
    "provisioning.stop_bulk": _("Detuvo un cambio masivo"),
    "provisioning.forget_job": _("Quitó un trabajo fallido de la lista"),
    "provisioning.verify": _("Comprobó un servicio en el router"),
    "provisioning.suspend": _("Suspendió un servicio"),
    "provisioning.reconnect": _("Reconectó un servicio"),
    "provisioning.retry": _("Reintentó un cambio en el router"),
    "provisioning.remove": _("Quitó un servicio del router"),
}
TABLES: dict[str, Any] = {
    "absences": _("Ausencia"),
    "accounts": _("Servicio en el router"),
    "adoptions": _("Servicio tomado del router"),
    "agenda_feeds": _("Dirección de la agenda"),
    "agenda_rules": _("Horario de la empresa"),
    "articles": _("Artículo"),
    "bulk_changes": _("Cambio masivo"),
    "bulk_operations": _("Cambio masivo"),
    "attachments": _("Anexo"),
    "checklist_answers": _("Respuesta de la lista"),
    "checklists": _("Lista de verificación"),
    "clients": _("Cliente"),
    "companies": _("Empresa"),
    "company_domains": _("Dominio"),
    "contracts": _("Contrato"),
    "debts": _("Cargo pendiente"),
    "differences": _("Diferencia"),
    "documents": _("Documento"),
    "exports": _("Archivo exportado"),
    "files": _("Archivo"),
    "form_settings": _("Formulario público"),
    "import_layouts": _("Mapeo de columnas"),
    "import_rows": _("Fila importada"),
    "imports": _("Importación"),
    "installations": _("Instalación"),
    "invoice_lines": _("Renglón de factura"),
    "invoices": _("Factura"),
    "links": _("Enlace"),
    "messages": _("Mensaje"),
    "payments": _("Pago"),
    "plan_moves": _("Paso de clientes a otro plan"),
    "plans": _("Plan"),
    "privacy_notices": _("Aviso de privacidad"),
    "public_faces": _("Apariencia pública"),
    "pools": _("Pool de direcciones"),
    "requests": _("Solicitud"),
    "routers": _("Router"),
    "sectors": _("Sectorial"),
    "sheet_templates": _("Plantilla de hoja"),
    "signatures": _("Firma"),
    "staff_accounts": _("Persona"),
    "staff_sessions": _("Sesión"),
    "technician_weeks": _("Horario de un técnico"),
    "templates": _("Plantilla"),
    "told_apart": _("Personas distintas"),
    "zones": _("Zona"),
}
HOW = {"added": _("alta"), "changed": _("cambio"), "removed": _("baja")}


def action(row: Mapping[str, Any]) -> str:
    """What was done; of a newer service's command, its name."""
    if "entry" in row:
        return navigation.event_name(row["entry"])
    return str(ACTIONS.get(row["method"], row["method"]))


def person(row: Mapping[str, Any]) -> str:
    """Who did it."""
    if row["actor_kind"] == "system":
        return str(_("Sistema"))
    if row["actor_kind"] == "client":
        return f"{row['actor_name']} ({_('cliente')})"
    return row["actor_name"] or str(_("El público"))


def table(name: str) -> str:
    return str(TABLES.get(name, name))


def field(name: str) -> str:
    return str(FIELDS[name])


def told(change: Mapping[str, Any]) -> list[tuple[str, list[Any]]]:
    """The fields that people know, with what they were and are; the program's own marks stay in the database."""
    known = ((name, values) for name, values in change["fields"].items() if name in FIELDS)
    return [(name, values) for name, values in known if values != [None, None]]


_IN_WORDS: dict[str, Callable[[Any], str]] = {
    "state": state_name,
    "end_reason": navigation.end_reason,
    "method": navigation.method_name,
    "mode": navigation.mode_name,
}


def value(name: str, given: Any, names: Names) -> str:
    """As the company writes money, moments, speeds, states, and what has a name."""
    if given is None or given == "":
        return "—"
    if isinstance(given, bool):
        return str(_("sí") if given else _("no"))
    if name.endswith("_minor") and isinstance(given, int):
        return formats.money(given)
    if name.endswith("_kbps") and isinstance(given, int):
        return formats.speed(given)
    if name.endswith("_at"):
        return formats.moment(given)
    if name.endswith("_on"):
        return formats.day(given)
    if name in _IN_WORDS:
        return _IN_WORDS[name](given)
    return str(names.of(name, given))
