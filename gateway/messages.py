"""What the services refuse, in words. They speak in codes; only here do codes become sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from gateway import formats
from gateway.states import state_name

TEXTS: dict[str, Any] = {
    # What any field can be.
    "required": _("Este dato es obligatorio."),
    "invalid": _("Este dato no es válido."),
    "invalid-input": _("Revisa los datos marcados."),
    "invalid-id": _("Elige una de las opciones."),
    "invalid-number": _("Escribe un número."),
    "invalid-date": _("Escribe una fecha válida."),
    "invalid-time": _("Escribe una fecha y hora válidas."),
    "invalid-month": _("Elige un mes."),
    "invalid-email": _("Este correo no es válido."),
    "invalid-phone": _("Este teléfono no es válido: solo números, espacios y + al inicio."),
    "invalid-postal-code": _("Este código postal no es válido."),
    "invalid-url": _("Esta dirección web no es válida."),
    "invalid-cursor": _("Esta página ya no existe; vuelve al inicio de la lista."),
    "invalid-money": _("Escribe una cantidad, por ejemplo 350.00."),
    "time-zone-missing": _("Escribe una fecha y hora válidas."),
    "too-long": _("Es demasiado largo: máximo %(max)s caracteres."),
    "too-short": _("Es demasiado corto: mínimo %(min)s caracteres."),
    "wrong-length": _("Debe tener %(equal)s caracteres."),
    "out-of-range": _("El valor está fuera de lo permitido."),
    "not-one-of": _("Elige una de las opciones."),
    "unknown-field": _("Este dato no se esperaba."),
    "not-found": _("Ya no existe; elige otra opción."),
    "name-taken": _("Ya hay otro con este nombre."),
    "code-wrong": _("El código no es correcto o ya se usó."),
    "codes-blocked": _("Demasiados códigos incorrectos. Espera 15 minutos e inténtalo de nuevo."),
    "password-wrong": _("Esta no es tu contraseña actual."),
    "password-easily-guessed": _("Es fácil de adivinar: no uses tu nombre ni repitas pocos caracteres."),
    "passwords-differ": _("No es igual a la de arriba."),
    "for-owners-only": _("Solo el dueño puede verlo."),
    "view-not-found": _("Esta vista ya no existe."),
    "view-of-somebody-else": _("Esta vista la cambia quien la hizo, o la oficina."),
    "may-not-share": _("Solo la oficina comparte vistas con la empresa."),
    "too-many-views": _("Ya hay %(most)s vistas; borra alguna antes."),
    "own-role": _("No puedes quitarte a ti mismo el acceso de dueño."),
    # Files.
    "file-type-not-allowed": _("El archivo «%(filename)s» no es PDF, PNG ni JPG."),
    "file-too-large": _("El archivo «%(filename)s» pesa demasiado: el máximo es %(most)s."),
    "file-damaged": _("El archivo «%(filename)s» está dañado y no se puede abrir."),
    "file-encrypted": _("El archivo «%(filename)s» está protegido con contraseña."),
    "file-not-safe": _("El archivo «%(filename)s» contiene algo que no se acepta."),
    "file-too-many-pages": _("El archivo «%(filename)s» tiene demasiadas páginas."),
    "image-too-large": _("La imagen «%(filename)s» es demasiado grande."),
    "file-missing": _("El archivo ya no está; vuelve a subirlo."),
    "file-changed": _("El archivo cambió mientras se subía; vuelve a subirlo."),
    "file-store-away": _("Los archivos no se pueden guardar en este momento."),
    "document-required": _("Falta este documento."),
    "document-given-twice": _("Este documento llegó dos veces."),
    "inspection-failed": _("El archivo no se pudo revisar; inténtalo de nuevo."),
    # Requests.
    "email-taken": _("Este correo ya está en uso en una solicitud, instalación o cliente."),
    "request-not-found": _("Esta solicitud no existe."),
    "request-not-open": _("Esta solicitud ya se aprobó o se rechazó."),
    "request-is": _("Esta solicitud ya está «%(state)s»."),
    "request-already-approved": _("Esta solicitud ya es una instalación."),
    "same-request": _("Es la misma solicitud."),
    "consent-required": _("Para enviar la solicitud hace falta que aceptes el aviso de privacidad."),
    "too-many-uploads": _("Ya se subieron demasiados archivos para esta solicitud."),
    "wrong-offset": _("El archivo cambió mientras se subía; vuelve a subirlo."),
    "invalid-colour": _("Este color no es válido."),
    "invalid-domain": _("Este dominio no es válido; escribe algo como internet.miempresa.com."),
    "too-many-domains": _("Son demasiados dominios: máximo %(max)s."),
    "domain-not-proven": _("Todavía no se ve el registro TXT %(record)s con el valor %(text)s."),
    "domain-served-already": _("Otra empresa ya comprobó que este dominio es suyo."),
    "domain-not-looked-up": _("El DNS no respondió; inténtalo de nuevo en unos minutos."),
    "captcha-harder": _("Falta una comprobación más larga, que se hace sola en unos segundos; vuelve a enviar."),
    "captcha-missing": _("Espera a que termine la comprobación y vuelve a enviar."),
    "captcha-wrong": _("La comprobación no es válida o ya se usó; vuelve a enviar."),
    # Installations.
    "installation-not-found": _("Esta instalación no existe."),
    "changed-at-the-office": _("Mientras tanto la oficina escribió «%(value)s»."),
    "least-above-most": _("Lo menor no puede ser más que lo mayor."),
    "contract-changed": _("La oficina cambió el contrato después de mostrarse: hay que leerlo y firmarlo otra vez."),
    "illegal-installation-move": _("El estado de la instalación no lo permite."),
    "illegal-move-of": _("Está «%(state)s», y así %(move)s."),
    "day-is-over": _("Este día ya pasó; elige hoy o uno que venga."),
    "day-too-far": _("Elige un día de los próximos doce meses."),
    "changed-meanwhile": _("Otra persona cambió la instalación mientras tanto. Revisa los datos y guarda de nuevo."),
    "turned-meanwhile": _("Otra persona giró esta foto al mismo tiempo. Vuelve a abrir la página."),
    "choose-what-stays": _("Elige qué queda en cada dato que los dos cambiaron."),
    "file-not-found": _("Este archivo no existe."),
    "contract-stays": _("El contrato firmado no se puede borrar de los archivos."),
    "sheet-template-not-found": _("Esta plantilla no existe."),
    "last-template": _("Es la única plantilla que hay; crea otra antes de borrarla."),
    "installation-cancelled": _("La instalación está cancelada o de baja."),
    "ip-taken": _("Esta IP ya la tiene %(name)s (instalación %(number)s)."),
    "service-name-taken": _("Este nombre en el router ya lo tiene %(name)s (instalación %(number)s)."),
    "coordinates-not-understood": _(
        "No se entienden estas coordenadas: escribe «19.432608, -99.133209» o pega el enlace de un mapa."
    ),
    "coordinates-short-link": _("Este enlace es corto y no dice dónde es: ábrelo y copia el que queda arriba."),
    "coordinates-off-the-globe": _("La latitud va de -90 a 90 y la longitud de -180 a 180."),
    "ip-reserved": _("Esta IP está reservada en el pool «%(pool)s»."),
    "ip-used-on-router": _("Esta IP ya se usa en el router: «%(name)s» en %(menu)s."),
    "pools-exhausted": _("Los pools de este router no tienen direcciones libres."),
    "no-address-proposed": _("No hay de dónde proponer una IP: agrega un pool al router."),
    "invalid-address-range": _("Escribe una red como 10.20.0.0/22 o un rango como 10.20.0.10-10.20.0.99."),
    "invalid-address-ranges": _("«%(text)s» no es una dirección ni un rango."),
    "outside-of-pool": _("%(text)s está fuera del pool."),
    "pool-too-large": _("Son demasiadas direcciones para un pool: máximo %(max)s. Divídelas en varios."),
    "pool-overlaps": _("Se encima con el pool «%(name)s» de este router."),
    "pool-stays-on-its-router": _("Un pool no cambia de router."),
    "invalid-ip-address": _("Esta dirección IP no es válida."),
    "ip-not-usable": _("Esta dirección IP no se puede asignar a un cliente."),
    "invalid-mac-address": _("Esta dirección MAC no es válida, por ejemplo 64:D1:54:0A:1B:2C."),
    "invalid-service-name": _("Usa letras, números, punto, guion, arroba o espacio; el router no acepta otros."),
    "router-not-of-zone": _("Este router no es el de la zona."),
    "router-not-found": _("Este router no existe."),
    "router-not-active": _("Este router está inactivo."),
    "guaranteed-above-highest": _("La velocidad garantizada no puede ser mayor que la del plan."),
    "burst-incomplete": _("La ráfaga debe ser mayor que la velocidad del plan, con umbral y segundos."),
    "plan-not-found": _("Este plan no existe."),
    "plan-not-of-router": _("Este plan no es del router elegido."),
    "plan-not-active": _("Este plan ya no se ofrece."),
    "bulk-change-ended": _("Este cambio masivo ya terminó."),
    "too-many-chosen": _("Son demasiadas filas a la vez: máximo %(most)s. Acota el filtro."),
    "export-not-found": _("Este archivo ya no está; expórtalo de nuevo."),
    "export-not-ready": _("El archivo todavía se está preparando."),
    "export-failed": _("El archivo no se pudo preparar; inténtalo de nuevo."),
    "plan-move-ended": _("Este paso de clientes ya terminó."),
    "nobody-to-move": _("Este plan no tiene clientes."),
    "plan-stays-on-its-router": _("Un plan no cambia de router."),
    "technician-not-found": _("Este técnico no existe."),
    "technician-not-active": _("Este técnico ya no trabaja aquí."),
    "sector-not-found": _("Esta sectorial no existe."),
    "sector-not-of-zone": _("Esta sectorial no es de la zona."),
    "zone-not-found": _("Esta zona no existe."),
    "zone-in-use": _("La zona tiene instalaciones; no puede cambiar de router."),
    "invalid-duration": _("Escribe los minutos que dura la visita, entre 5 y 1440."),
    "invalid-hours": _("Escribe horas como 9:00-14:00, 15:00-18:00, en orden y sin encimarse."),
    "conflicts-not-accepted": _("Hay conflictos: elige otra hora, o marca que quieres guardarla así."),
    "visit-overlaps": _("Se encima con la visita de %(name)s (n.º %(number)s), de %(starts_at)s a %(ends_at)s."),
    "outside-hours": _("Está fuera del horario de %(technician)s ese día (%(hours)s)."),
    "day-not-worked": _("%(technician)s no trabaja ese día de la semana."),
    "technician-absent": _("%(technician)s no está ese día. %(reason)s"),
    "company-closed": _("La empresa no trabaja ese día. %(reason)s"),
    "visit-in-the-past": _("Esa hora ya pasó."),
    "way-too-long-before": _(
        "No alcanza a llegar desde la visita de %(name)s (n.º %(number)s): termina a las %(ends_at)s y son unos "
        "%(needed)s minutos (%(kilometres)s km)."
    ),
    "way-too-long-after": _(
        "No alcanza a llegar a la visita de %(name)s (n.º %(number)s) de las %(starts_at)s: son unos %(needed)s "
        "minutos (%(kilometres)s km)."
    ),
    "absence-not-found": _("Esta ausencia ya no está."),
    "staff-not-found": _("Este técnico no existe."),
    "activation-timed-out": _("Nadie respondió a tiempo."),
    # What a router says of a client's service.
    "service-there": _("«%(name)s» con IP %(ip)s, en %(menu)s."),
    "service-not-there": _("Falta en %(menus)s."),
    "service-enabled": _("Nada lo detiene."),
    "service-disabled": _("Está deshabilitado en %(menus)s."),
    "service-suspended": _("Está suspendido."),
    "speed-right": _("La del plan."),
    "speed-differs": _("No es la del plan."),
    "session-up": _("Conectado: %(address)s desde hace %(uptime)s, equipo %(device)s."),
    "session-none": _("Su equipo todavía no se conecta: revisa usuario y contraseña en el router del cliente."),
    "session-other-address": _("Conectado con otra IP: %(address)s en lugar de %(ip)s."),
    "lease-bound": _("Su equipo %(device)s tomó la IP %(address)s."),
    "lease-waiting": _("El equipo %(device)s todavía no pide su IP."),
    "traffic-seen": _("Ya pasan datos por su cola."),
    "traffic-none": _("Todavía no pasa nada por su cola: abre una página en un equipo del cliente."),
    # Imports.
    "import-not-found": _("Esta importación no existe."),
    "layout-not-found": _("Este mapeo no existe o no corresponde a las columnas del archivo."),
    "illegal-import-move": _("El estado de la importación no lo permite."),
    "nothing-to-import": _("Ninguna fila se puede importar: corrige las filas o el mapeo."),
    "import-no-table": _("El archivo «%(filename)s» no es una tabla que se pueda leer: usa CSV, XLSX, XLS u ODS."),
    "import-too-large": _("El archivo «%(filename)s» es demasiado grande o está dañado."),
    "import-too-many-rows": _("El archivo «%(filename)s» tiene más de %(most)s filas: divídelo en varios."),
    "import-interrupted": _("La revisión se interrumpió varias veces; vuelve a intentarlo."),
    "column-or-value": _("Elige una columna o escribe un valor fijo."),
    "name-not-known": _("«%(name)s» no se conoce: di qué significa."),
    "ip-twice-in-file": _("La misma IP está en la línea %(line)s."),
    "service-name-twice-in-file": _("El mismo nombre en el router está en la línea %(line)s."),
    "twice-in-file": _("Es igual en la línea %(line)s."),
    "former-number-taken": _("Este número ya lo tiene %(name)s (instalación %(number)s)."),
    "official-id-known": _("Ya existe con esta identificación: %(name)s (instalación %(number)s)."),
    "cost-is-invoiced": _("Se le facturará este costo al quedar activo; deja 0 si ya lo pagó."),
    "wifi-network-missing": _("Sin el nombre de la red, su contraseña no se guarda."),
    "invalid-coordinates": _("Estas coordenadas no se entienden, por ejemplo 19.432608, -99.133209."),
    "no-address-left": _("No hay una dirección IP libre que asignar: el router no tiene pools o están llenos."),
    "no-client-any-more": _("Su estado es «%(state)s»: ya no es cliente."),
    "client-already": _("Ya es cliente: su servicio está en el router."),
    "being-activated": _("Se está activando."),
    "cancelled-since": _("Ya estaba cancelada."),
    "ending-since": _("Ya se está dando de baja."),
    "ended-since": _("Ya se dio de baja."),
    "changed-since": _("Alguien la cambió después de importarla."),
    "has-files": _("Ya tiene archivos."),
    # Routers.
    "router-unreachable": _(
        "El router no responde: revisa que esté encendido y que la dirección y el puerto sean correctos."
    ),
    "router-port-closed": _(
        "Algo responde en esa dirección, pero rechaza el puerto: activa el servicio api o api-ssl en IP → Services, "
        "o corrige el puerto."
    ),
    "router-version-too-old": _("RouterOS %(version)s es muy antiguo: actualiza a %(oldest)s o posterior."),
    "queues-in-effect": _("Nada salta las colas: las velocidades de los planes se respetan."),
    "fasttrack-bypasses-queues": _(
        "FastTrack deja pasar el tráfico sin límite de velocidad: desactiva esa regla en IP → Firewall → Filter, "
        "o limítala a lo que no sea de clientes."
    ),
    "cut-list-ready": _("El firewall corta a quien está en la lista «%(list)s»."),
    "cut-list-unused": _(
        "Ninguna regla del firewall usa la lista «%(list)s»: nadie quedaría cortado. Agrega en forward una regla "
        "drop con src-address-list=%(list)s, antes de aceptar conexiones establecidas."
    ),
    "cut-list-too-late": _(
        "La regla que corta la lista «%(list)s» está después de la que acepta conexiones establecidas: lo que ya "
        "está abierto seguiría. Súbela."
    ),
    "router-timeout": _("El router tarda demasiado en responder."),
    "router-connection-dropped": _("El router cortó la conexión."),
    "router-login-refused": _(
        "El router no acepta el usuario o la contraseña, o su grupo no tiene el permiso «api»: el router no dice cuál."
    ),
    "router-no-permission": _("El usuario del router no tiene permisos de API y escritura."),
    "router-tls-failed": _("La conexión segura con el router falló."),
    "router-certificate-unknown": _("El certificado del router no es el esperado."),
    "router-refused": _("El router rechazó el cambio: %(message)s"),
    "router-unintelligible": _("El router respondió algo que no se entiende; ¿es el puerto de la API?"),
    "router-read-back-differs": _("El router no guardó lo que se le escribió."),
    "router-unknown": _("Este router no está dado de alta."),
    "router-inactive": _("Este router está inactivo."),
    "router-in-use": _("El router tiene clientes y no puede cambiar de modo."),
    "router-name-taken": _("Ya hay otro router con este nombre."),
    "mode-not-supported": _("Este modo de administración todavía no se puede usar."),
    "name-taken-on-router": _("En el router ya existe ese nombre y no es de Alta."),
    "changed-on-router": _("Alguien cambió el servicio directamente en el router."),
    "router-menu-missing": _("Este router no tiene el menú %(menu)s; ¿está instalado el paquete?"),
    "session-does-not-end": _("La sesión del cliente no termina; se intenta de nuevo."),
    "mac-address-missing": _("Falta la MAC del equipo del cliente: esta forma de administración la necesita."),
    "hotspot-server-missing": _("El router no tiene un servidor Hotspot activo."),
    "dhcp-server-missing": _("El router no tiene un servidor DHCP activo."),
    "interface-missing": _("Falta la interfaz en el router."),
    "not-in-this-mode": _("Esta forma de administración no se puede suspender así."),
    "unknown-way": _("Elige una de las opciones."),
    "profile-missing": _("Falta el perfil en el router."),
    "pppoe-server-missing": _("El router no tiene un servidor PPPoE activo."),
    "row-gone": _("Ya no está en el router como se vio: vuelve a leerlo."),
    "row-adopted-by-another": _("Otra instalación ya lo tomó."),
    "already-on-router": _("Este cliente ya tiene su servicio en el router."),
    "adopted": _("Se activa con lo que ya tiene en el router."),
    "bulk-ended": _("Este cambio masivo ya terminó."),
    "nothing-chosen": _("No elegiste nada que se pueda cambiar."),
    "changed-by-another": _("Otra persona pidió lo contrario mientras tanto."),
    "job-not-found": _("Este trabajo ya no está en la lista."),
    "account-not-found": _("Este cliente todavía no está en el router."),
    "account-not-placed": _("Este servicio no está en ningún router."),
    "account-not-changing": _("Este servicio no está cambiando."),
    "account-not-asked": _("Esto no se puede pedir ahora para este servicio."),
    "router-reached": _("Se llega al router."),
    "router-identified": _("El router respondió."),
    "certificate-accepted": _("El certificado es el esperado."),
    "router-policies-missing": _("Al usuario le faltan permisos en el router."),
    "router-policies-sufficient": _("El usuario tiene los permisos necesarios."),
    "router-policies-unknown": _("No se pudieron leer los permisos del usuario."),
    "mode-ready": _("El router está listo para este modo."),
    "certificate-missing": _("Falta la huella del certificado."),
    # Contracts.
    "contract-not-found": _("Este contrato no existe."),
    "contract-exists": _("Esta instalación ya tiene contrato."),
    "contract-already-signed": _("El contrato ya está firmado."),
    "contract-not-signed": _("El contrato todavía no está firmado."),
    "contract-not-pending": _("El contrato ya no se puede cambiar."),
    "pdf-not-ready": _("El PDF todavía se está preparando."),
    "link-unknown": _("Este enlace no existe."),
    "link-expired": _("Este enlace venció. Pide uno nuevo a la empresa."),
    "link-revoked": _("Este enlace fue reemplazado. Pide uno nuevo a la empresa."),
    "client-has-no-email": _("El cliente no tiene correo; copia el enlace y envíaselo."),
    "consent-missing": _("Marca que estás de acuerdo."),
    "ends-before-it-starts": _("La fecha final es anterior a la de inicio."),
    "template-name-taken": _("Ya hay otra plantilla con este nombre."),
    "unknown-tag": _("Estas etiquetas no existen: %(tags)s"),
    "signature-blank": _("Falta la firma."),
    "signature-not-png": _("La firma no se pudo leer; borra y firma de nuevo."),
    "signature-damaged": _("La firma no se pudo leer; borra y firma de nuevo."),
    "signature-too-large": _("La firma es demasiado grande; borra y firma de nuevo."),
    # Billing.
    "article-not-found": _("Este artículo no existe."),
    "article-name-taken": _("Ya hay otro artículo con este nombre."),
    "invoice-not-found": _("Esta factura no existe."),
    "illegal-invoice-move": _("El estado de la factura no lo permite."),
    "more-than-owed": _("Es más de lo que se debe: %(balance)s."),
    "date-in-the-future": _("La fecha está en el futuro."),
    "payment-id-used": _("Este pago ya se registró con otros datos."),
    "nothing-to-invoice": _("La factura suma cero."),
    "too-much-to-invoice": _("La factura suma demasiado."),
    # Messages to people.
    "message-not-found": _("Este mensaje no existe."),
    "mail-refused": _("El servidor de correo rechazó el mensaje."),
    "recipient-refused": _("El servidor de correo no acepta a este destinatario."),
    "mail-server-unreachable": _("El servidor de correo no responde."),
    "mail-server-disconnected": _("El servidor de correo cortó la conexión."),
    "mail-login-refused": _("El servidor de correo no acepta el usuario o la contraseña."),
    "mail-not-supported": _("El servidor de correo no acepta este tipo de mensaje."),
    "address-invalid": _("La dirección de correo no es válida."),
    "link-cannot-be-opened": _("El enlace no se pudo abrir para enviarlo."),
    "gateway-unreachable": _("El servicio de mensajes no responde."),
    "gateway-refused": _("El servicio de mensajes respondió %(status)s: %(text)s"),
    "gateway-address-private": _("La dirección del servicio de mensajes es de una red privada."),
    "gateway-address-invalid": _("La dirección del servicio de mensajes no es válida."),
    "gateway-not-described": _("Falta configurar el servicio de mensajes."),
    "invalid-address": _("Escribe una dirección que empiece con https:// o http://."),
    "invalid-headers": _("Un encabezado por línea, así: Nombre: valor"),
    # The client portal.
    "portal-contact-invalid": _("Escribe tu correo o tu celular con todos sus números."),
    "portal-too-many-codes": _("Demasiados intentos. Espera una hora e inténtalo de nuevo."),
    "portal-code-wrong": _("El código no es correcto. Intentos que quedan: %(left)s."),
    "portal-code-ended": _("Este código ya no sirve. Pide otro."),
    # The system itself.
    "idempotency-key-reused": _("Este formulario ya se envió con otros datos. Ábrelo de nuevo."),
    "command-lost-a-race": _("Dos personas lo hicieron a la vez. Inténtalo de nuevo."),
    "conflict": _("Dos personas lo hicieron a la vez. Inténtalo de nuevo."),
    "not-allowed": _("Tu cuenta no tiene permiso para esto."),
    "for-operators-only": _("Esto es solo para quien opera el sistema."),
    "not-for-clients": _("Tu cuenta no tiene permiso para esto."),
    "company-missing": _("No se sabe de qué empresa se trata."),
    "context-invalid": _("La petición no se entiende."),
    "company-not-known-yet": _("La empresa se está preparando; espera unos segundos."),
    "installation-not-known-yet": _("La instalación se está preparando; espera unos segundos."),
    "broker-away": _("El sistema no está disponible en este momento."),
    "no-answer": _("Esta parte del sistema no responde en este momento."),
    "service-away": _("Esta parte del sistema no está disponible en este momento."),
    "database-away": _("Esta parte del sistema no está disponible en este momento."),
    "worker-died": _("El trabajo se interrumpió; inténtalo de nuevo."),
    "worker-timeout": _("El trabajo tardó demasiado; inténtalo de nuevo."),
    "workers-busy": _("Hay mucho trabajo en este momento; inténtalo de nuevo."),
    "method-not-found": _("Esta parte del sistema no conoce lo que se le pidió."),
    "internal-error": _("Algo falló de nuestro lado. Ya quedó anotado."),
}


# Why a move of an installation is refused, after the state that it is in.
_NOT_POSSIBLE = {
    "start": _("no se puede iniciar"),
    "activate": _("no se puede activar"),
    "confirm": _("no se espera al router"),
    "fail": _("no se espera al router"),
    "cancel": _("no se puede cancelar"),
    "end": _("no se puede dar de baja"),
    "end_again": _("no hay una baja pedida"),
    "keep": _("no hay una baja que cancelar"),
    "ended": _("no hay una baja pedida"),
    "change": _("no se puede cambiar"),
    "reschedule": _("no se puede mover de fecha"),
}


def text_of(code: str | None, params: Mapping[str, Any] | None = None) -> str:
    """The sentence for a code; an unknown one of a newer service is told by its code."""
    code, params = _with_state(code, params or {})
    text = TEXTS.get(code or "")
    if text is None:
        return gettext("No se pudo (%(code)s).", code=code)
    try:
        said = str(text) % _as_people_write(params)
        return said.removesuffix(".") if said.endswith("..") else said  # a time brings its own: 11:00 a.m.
    except KeyError:  # an older service gave less to say
        return str(text).partition("%(")[0].rstrip(" :«(")


def _with_state(code: str | None, params: Mapping[str, Any]) -> tuple[str | None, Mapping[str, Any]]:
    """Where a service says in which state something is, and what is not possible in it, that is told."""
    if "state" not in params:
        return code, params
    state = {"state": state_name(params["state"])}
    if code == "illegal-installation-move" and params.get("move") in _NOT_POSSIBLE:
        return "illegal-move-of", {**params, **state, "move": str(_NOT_POSSIBLE[params["move"]])}
    if code == "request-not-open":
        return "request-is", {**params, **state}
    return code, params


def _as_people_write(params: Mapping[str, Any]) -> dict[str, Any]:
    """Money, times, sizes and lists in words."""
    given = dict(params)
    if "balance_minor" in given:
        given["balance"] = formats.money(given["balance_minor"], given.get("currency"))
    if "max_bytes" in given:
        given["most"] = formats.file_size(given["max_bytes"])
    if isinstance(given.get("tags"), list):
        given["tags"] = ", ".join(given["tags"])
    for name in ("starts_at", "ends_at"):
        if name in given:
            given[name] = formats.clock_time(given[name])
    if isinstance(given.get("hours"), list):
        given["hours"] = ", ".join("–".join(map(formats.clock_time, span)) for span in given["hours"])
    return given
