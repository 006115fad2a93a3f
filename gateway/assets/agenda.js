// The agenda as a calendar: dragging a visit moves it, and what that gets in the way of is asked about first. The list
// below it is the same without dragging; on a phone it is all there is.
/* global EventCalendar, htmx */

const room = document.getElementById("agenda");
const surface = room.querySelector("[data-calendar]");
const note = document.getElementById("agenda-note");
const dialog = document.getElementById("agenda-move");
const asking = document.getElementById("agenda-conflicts");
const words = room.dataset;
const token = document.querySelector('meta[name="csrf-token"]').content;
const NOBODY = "00000000-0000-0000-0000-000000000000";
const language = document.documentElement.lang;
const HOUR = { hour: "numeric", minute: "2-digit" }; // by twelve or twenty-four, as the page's language and country have it
const when = new Intl.DateTimeFormat(language, { weekday: "short", day: "numeric", month: "short", ...HOUR });
const hour = new Intl.DateTimeFormat(language, HOUR);
const weekday = new Intl.DateTimeFormat(language, { weekday: "short" }); // alone: English would write "27 Fri"

let calendar = null;
let visits = new Map();
let people = new Map();
let undo = null;
let shownText = "";
let freshAt = 0;
let dragging = false;
let missed = false;

if (room.isConnected) begin();

async function begin() {
  await refresh();
  document.addEventListener("visibilitychange", lookAgain);
  window.addEventListener("focus", lookAgain);
}

// Whoever comes back to the page sees what others did meanwhile.
function lookAgain() {
  const old = Date.now() - freshAt > 20_000;
  if (document.visibilityState === "visible" && old && !dragging && !document.querySelector("dialog[open]")) refresh();
}

async function refresh() {
  surface.setAttribute("aria-busy", "true");
  try {
    await look();
  } finally {
    surface.setAttribute("aria-busy", "false");
  }
}

async function look() {
  const [answer, page] = await Promise.all([fetch(words.visits), calendar ? fetch(location.href) : null]);
  if (!answer.ok) return;
  const text = await answer.text();
  // Drawing anew would take what is being dragged out of the hand.
  if (dragging) {
    missed = true;
    return;
  }
  if (text !== shownText) show(JSON.parse(text));
  shownText = text;
  if (page?.ok) renewLists(await page.text());
  freshAt = Date.now();
}

function renewLists(text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  for (const id of ["agenda-list", "agenda-late"]) {
    const [fresh, old] = [page, document].map((each) => each.getElementById(id));
    if (!fresh || !old) continue;
    fresh.querySelector("details")?.toggleAttribute("open", Boolean(old.querySelector("details[open]")));
    old.replaceWith(document.adoptNode(fresh));
  }
}

function show(shown) {
  visits = new Map(shown.visits.map((visit) => [visit.installation_id, visit]));
  const filled = { resources: shown.technicians, events: [...shown.visits.map(asEvent), ...shown.away.map(asAway)], ...hours(shown) };
  people = new Map(shown.technicians.map((who) => [who.id, who.title]));
  if (calendar) {
    for (const [name, value] of Object.entries(filled)) calendar.setOption(name, value);
    return;
  }
  surface.hidden = false;
  room.classList.add("has-calendar");
  calendar = EventCalendar.create(surface, { ...options(), ...filled });
}

// A day is a column per technician; a week a row per technician, or of one technician a column per day.
function kind() {
  if (words.view === "day") return "resourceTimeGridDay";
  return words.alone ? "timeGridWeek" : "resourceTimelineMonth";
}

// The library's month with a week's length: the one view that has days for its smallest parts.
const board = kind() === "resourceTimelineMonth";

function options() {
  return {
    view: kind(),
    date: words.view === "day" ? words.day : words.first,
    firstDay: 1,
    locale: language,
    headerToolbar: { start: "", center: "", end: "" },
    allDaySlot: false,
    nowIndicator: true,
    height: "100%",
    editable: false,
    eventStartEditable: false,
    eventDurationEditable: false,
    views: { resourceTimelineMonth: { duration: { weeks: 1 }, columnWidth: "minmax(6.5em, 1fr)" } },
    dragScroll: true,
    ...(board ? {} : { slotDuration: "00:30", snapDuration: "00:15", slotHeight: 28 }),
    slotEventOverlap: true,
    displayEventEnd: true,
    timeZone: offset(),
    dayHeaderFormat: (date) => `${weekday.format(date)} ${date.getDate()}`,
    eventTimeFormat: HOUR,
    slotLabelFormat: HOUR,
    eventContent: content,
    eventClassNames: ({ event }) => event.extendedProps.classes ?? [],
    eventDidMount: ({ el, event }) => name(el, event.extendedProps.visit),
    eventAllUpdated: withoutTables,
    eventClick: ({ event }) => event.extendedProps.visit && open(event.extendedProps.visit),
    eventDragStart: taken,
    eventDragStop: letGo,
    eventResizeStart: taken,
    eventResizeStop: letGo,
    eventDrop: dropped,
    eventResize: dropped,
  };
}

// How far the company's clock is from UTC today: what day and hour it is there, wherever this browser is.
function offset() {
  const { timeZone } = document.documentElement.dataset;
  const parts = new Intl.DateTimeFormat("en", { timeZone, timeZoneName: "longOffset" }).formatToParts();
  return parts.find((part) => part.type === "timeZoneName").value.replace("GMT", "") || "UTC";
}

function taken() {
  dragging = true;
}

function letGo() {
  dragging = false;
  if (missed) refresh();
  missed = false;
}

// From the first to the last hour that anything happens in.
function hours({ visits: all, away }) {
  const free = away.filter((span) => span.start.slice(11) !== "00:00").map((span) => minutes(span.start));
  const opens = away.filter((span) => span.start.slice(11) === "00:00" && span.end.slice(11) !== "00:00");
  const begins = [...opens.map((span) => minutes(span.end)), ...all.map((visit) => minutes(visit.start))];
  const ends = [...free, ...all.map((visit) => (visit.end.slice(0, 10) === visit.start.slice(0, 10) ? minutes(visit.end) : 1440))];
  const first = Math.max(0, Math.floor((Math.min(480, ...begins) - 30) / 60));
  const last = Math.min(24, Math.ceil((Math.max(1080, ...ends) + 30) / 60));
  return board ? {} : { slotMinTime: clock(first), slotMaxTime: clock(last) };
}

function minutes(wall) {
  return Number(wall.slice(11, 13)) * 60 + Number(wall.slice(14, 16));
}

function clock(hour) {
  return `${String(hour).padStart(2, "0")}:00`;
}

function asEvent(visit) {
  return {
    id: visit.installation_id,
    resourceIds: [visit.technician_id],
    start: visit.start,
    end: visit.end,
    title: visit.person,
    startEditable: visit.movable && Boolean(words.move),
    durationEditable: visit.movable && Boolean(words.move) && !board,
    extendedProps: { visit, classes: [`visit-${visit.state}`, ...(visit.conflicts.length ? ["visit-conflict"] : [])] },
  };
}

function asAway(span) {
  return {
    id: `away-${span.technician_id}-${span.start}`,
    resourceIds: [span.technician_id],
    start: span.start,
    end: span.end,
    title: span.reason ?? "",
    display: "background",
    extendedProps: { classes: ["visit-away"] },
  };
}

function content({ event, timeText }) {
  const { visit } = event.extendedProps;
  if (!visit) return event.title ? { domNodes: [text("div", event.title, "visit-reason")] } : { domNodes: [] };
  const time = text("div", board ? hour_of(visit.start) : timeText, "visit-time");
  if (visit.conflicts.length) time.append(text("span", "!", "visit-mark"));
  const where = text("div", `${visit.zone_name} · ${visit.address}`, "visit-where");
  return { domNodes: [time, text("div", visit.person, "visit-person"), where, text("span", unseen(visit), "visually-hidden")] };
}

// What the place on the calendar says to who sees it.
function unseen(visit) {
  const conflicts = visit.conflicts.length ? [words.conflict, ...visit.conflicts.map((one) => one.text)] : [];
  return [told_at(visit.start), people.get(visit.technician_id), ...conflicts].filter(Boolean).join(", ");
}

function text(tag, string, className) {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = string;
  return element;
}

function name(element, visit) {
  if (!visit) return;
  const conflicts = visit.conflicts.map((one) => one.text);
  element.title = [`${hour_of(visit.start)}–${hour_of(visit.end)} ${visit.person}`, visit.address, ...conflicts].join("\n");
  element.dataset.visit = visit.installation_id;
}

// The library calls its grid a table, and has no cells around its events: to a screen reader they are buttons, each of
// which says when and whose it is.
function withoutTables() {
  const roles = ["table", "rowgroup", "row", "cell", "columnheader", "rowheader"];
  for (const part of surface.querySelectorAll(roles.map((role) => `[role=${role}]`).join())) {
    part.removeAttribute("role");
    part.removeAttribute("aria-colindex");
  }
}

function told_at(wall) {
  return when.format(new Date(wall));
}

function hour_of(wall) {
  return hour.format(new Date(wall));
}

function open(visit) {
  if (!visit.movable || !words.move) {
    location.href = words.show.replace(NOBODY, visit.installation_id);
    return;
  }
  openForm(words.form.replace(NOBODY, visit.installation_id));
}

async function openForm(address) {
  await htmx.ajax("GET", address, { target: dialog, swap: "innerHTML" });
  if (dialog.querySelector("form") && !dialog.open) dialog.showModal();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-move]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  openForm(link.href);
});

dialog.addEventListener("visit-moved", (event) => {
  dialog.close();
  const { moved, before, person, start } = event.detail;
  done(moved, before, person, start);
});

document.body.addEventListener("htmx:responseError", () => tell(words.failed));
document.body.addEventListener("htmx:sendError", () => tell(words.failed));

function dropped({ event, oldEvent, revert }) {
  const visit = event.extendedProps.visit;
  const start = wall(event.start);
  const duration = Math.round((event.end - event.start) / 60_000);
  const technician = event.resourceIds[0] ?? visit.technician_id;
  const before = { start: wall(oldEvent.start), technician_id: visit.technician_id, duration_minutes: visit.duration_minutes };
  const known = visit.conflicts.map((one) => one.key);
  move({ installation_id: visit.installation_id, version: visit.version, start, technician_id: technician, duration_minutes: duration }, { before, person: visit.person, known, revert });
}

// `known`: conflicts that it had before, which nobody need be asked about again.
async function move(change, { before, person, known = [], revert = () => {} }, despite = known) {
  surface.setAttribute("aria-busy", "true");
  const answer = await send([change], despite).catch(() => null);
  const body = answer ? await answer.json().catch(() => ({})) : {};
  if (answer?.ok) {
    await done(body.moved[0] ?? { installation_id: change.installation_id, version: change.version }, before, person, change.start);
    return;
  }
  if (body.conflicts && (await accepts(body.conflicts))) {
    await move(change, { before, person, revert }, [...despite, ...body.conflicts.map((one) => one.key)]);
    return;
  }
  revert();
  if (!body.conflicts) tell(body.text ?? words.failed);
  await refresh();
}

function send(moves, despite) {
  const key = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return fetch(words.move, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": token },
    body: JSON.stringify({ key, moves, despite }),
  });
}

async function done(moved, before, person, start) {
  undo = { change: { ...before, ...moved }, person };
  tell(words.moved.replace("{name}", person).replace("{when}", told_at(start)), true);
  await refresh();
  document.querySelector(`.ec-event[data-visit="${moved.installation_id}"], [data-installation="${moved.installation_id}"] [data-move]`)?.focus({ preventScroll: true });
}

function accepts(conflicts) {
  asking.querySelector("[data-list]").replaceChildren(...conflicts.map((one) => text("li", one.text, "")));
  asking.returnValue = "";
  asking.showModal();
  return new Promise((settle) => {
    asking.querySelector("[data-accept]").onclick = () => asking.close("accepted");
    asking.onclose = () => settle(asking.returnValue === "accepted");
  });
}

function tell(string, undoable = false) {
  note.querySelector("[data-text]").textContent = string;
  note.querySelector("[data-undo]").hidden = !undoable;
  note.hidden = false;
}

note.addEventListener("click", async (event) => {
  if (event.target.closest("[data-close-note]")) note.hidden = true;
  if (!event.target.closest("[data-undo]") || !undo) return;
  const { change, person } = undo;
  const now = visits.get(change.installation_id);
  undo = null;
  const back = now ? { start: now.start, technician_id: now.technician_id, duration_minutes: now.duration_minutes } : null;
  await move(change, { before: back ?? change, person });
});

// What is late is dragged from its list: it is no event of the calendar yet.
document.addEventListener("dragstart", (event) => {
  const card = event.target.closest?.("[data-late]");
  if (!card) return;
  taken();
  event.dataTransfer.setData("text/plain", card.dataset.late);
  event.dataTransfer.effectAllowed = "move";
  surface.classList.add("drop-here");
});
document.addEventListener("dragend", () => {
  letGo();
  surface.classList.remove("drop-here");
});
surface.addEventListener("dragover", (event) => event.preventDefault());
surface.addEventListener("drop", (event) => {
  const card = document.querySelector(`[data-late="${CSS.escape(event.dataTransfer.getData("text/plain"))}"]`);
  const there = calendar.dateFromPoint(event.clientX, event.clientY);
  if (!card || !there) return;
  event.preventDefault();
  const { late, version, technician, minutes: length, start, person } = card.dataset;
  // On the board a place is a day: the hour stays what it was.
  const at = board ? `${wall(there.date).slice(0, 10)}${start.slice(10)}` : wall(there.date);
  const before = { start, technician_id: technician, duration_minutes: Number(length) };
  move(
    { installation_id: late, version: Number(version), start: at, technician_id: there.resource?.id ?? technician, duration_minutes: Number(length) },
    { before, person },
  );
});

// The calendar's dates are the wall's: it was given them without a zone.
function wall(date) {
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}
