// Where an installation is, on a map: a click or a pin that is dragged writes the coordinates, and coordinates that are
// typed or pasted move the pin. Other clients are dots, so that there is something to go by without any tile server.
/* global L */

import { mapIn, pin } from "./map.js";

const NEAR = 16;
const EVERYWHERE = { south: -90, west: -180, north: 90, east: 180 };

/** `box` is the element of the map; the field is the form's `coordinates`. */
export function showPlace(form, box) {
  box.hidden = false;
  form.querySelector(".map-tools").hidden = false;
  const field = form.elements.coordinates;
  const map = mapIn(box);
  const dots = L.layerGroup().addTo(map);
  let marker = null;
  let framed = false;
  new ResizeObserver(() => map.invalidateSize()).observe(box);

  const write = ({ lat, lng }) => {
    field.value = `${lat.toFixed(6)}, ${lng.toFixed(6)}`;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    complain(field, "");
  };
  const put = (at) => {
    if (!marker) {
      marker = L.marker(at, { icon: pin(), draggable: true, title: box.dataset.pin, alt: box.dataset.pin }).addTo(map);
      marker.on("dragend", () => write(marker.getLatLng()));
    }
    marker.setLatLng(at);
  };
  const forget = () => {
    marker?.remove();
    marker = null;
  };
  const go = (at) => {
    put(at);
    map.setView(at, Math.max(map.getZoom() ?? 0, NEAR));
    framed = true;
  };

  map.on("click", ({ latlng }) => {
    put(latlng.wrap());
    write(latlng.wrap());
  });
  field.addEventListener("change", async () => {
    if (!field.value.trim()) {
      forget();
      complain(field, "");
      return;
    }
    const found = await read(box.dataset.read, field.value);
    if (found?.problem) complain(field, found.problem);
    else if (found) {
      go([found.latitude, found.longitude]);
      write(marker.getLatLng());
    }
  });
  form.querySelector("[data-forget-place]").addEventListener("click", () => {
    field.value = "";
    field.dispatchEvent(new Event("input", { bubbles: true }));
    forget();
    complain(field, "");
  });
  const mine = form.querySelector("[data-my-place]");
  mine.addEventListener("click", () => {
    mine.classList.add("btn-loading");
    const done = () => mine.classList.remove("btn-loading");
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      done();
      go([coords.latitude, coords.longitude]);
      write(marker.getLatLng());
    }, () => {
      done();
      complain(field, mine.dataset.refused);
    }, { enableHighAccuracy: true, timeout: 15_000 });
  });
  form.addEventListener("draft:restored", () => {
    framed = false;
    forget();
    frame();
  });
  form.elements.zone_id.addEventListener("change", () => {
    framed = Boolean(marker);
    frame();
  });
  map.on("moveend", async () => {
    const corners = map.getBounds();
    await draw({
      south: Math.max(-90, corners.getSouth()), north: Math.min(90, corners.getNorth()),
      west: Math.max(-180, corners.getWest()), east: Math.min(180, corners.getEast()),
    });
  });

  // At first what is there already; else where the clients of the zone are, or those of the company while it has none.
  async function frame() {
    const typed = /^(-?[\d.]+), (-?[\d.]+)$/.exec(field.value);
    if (typed && !framed) go([Number(typed[1]), Number(typed[2])]);
    else if (!framed) {
      map.fitWorld();
      let found = await draw({ zone_id: form.elements.zone_id.value });
      if (found?.length === 0) found = await draw(EVERYWHERE);
      if (found?.length && !framed) map.fitBounds(found, { padding: [24, 24], maxZoom: NEAR });
    }
  }

  let drawing = 0;
  async function draw(where) {
    const number = ++drawing;
    const rows = await ask(box.dataset.places, where);
    if (!rows || (number !== drawing && !where.zone_id)) return null;
    const others = rows.filter((row) => row.installation_id !== box.dataset.own);
    dots.clearLayers();
    for (const row of others) dots.addLayer(dot(row, form.elements.zone_id.value));
    for (const label of names(map, others)) dots.addLayer(label);
    return rows.map((row) => [row.latitude, row.longitude]);
  }
  frame();
}

function dot(row, zone) {
  const own = row.zone_id === zone;
  const mark = L.circleMarker([row.latitude, row.longitude], {
    radius: 5, weight: 2, color: "#fff", fillColor: own ? "#0b6e99" : "#94a3b8", fillOpacity: 1,
  });
  return mark.bindTooltip(`${row.name} · ${row.zone_name}`);
}

// Each zone's name stands over the middle of its clients, where no other name stands.
function names(map, rows) {
  const zones = new Map();
  for (const row of rows) zones.set(row.zone_name, [...(zones.get(row.zone_name) ?? []), row]);
  const taken = [];
  return [...zones].flatMap(([name, own]) => {
    const middle = (key) => own.reduce((sum, row) => sum + Number(row[key]), 0) / own.length;
    const at = [middle("latitude"), middle("longitude")];
    const point = map.latLngToContainerPoint(at);
    if (taken.some((other) => other.distanceTo(point) < 48)) return [];
    taken.push(point);
    const options = { permanent: true, direction: "top", className: "map-zone", interactive: false };
    return [L.tooltip(options).setLatLng(at).setContent(document.createTextNode(name))];
  });
}

const read = (address, text) => ask(address, { text });

/** What the gateway answers; null when it does not, as the form goes on without. */
async function ask(address, query) {
  const answer = await fetch(`${address}?${new URLSearchParams(query)}`, { headers: { Accept: "application/json" } })
    .catch(() => null);
  return answer?.ok && answer.headers.get("Content-Type").includes("json") ? answer.json() : null;
}

function complain(field, text) {
  const box = field.closest(".mb-3");
  box.querySelectorAll(".field-error").forEach((line) => line.remove());
  field.classList.toggle("is-invalid", Boolean(text));
  if (!text) return;
  const line = Object.assign(document.createElement("div"), { className: "field-error", textContent: text });
  line.setAttribute("role", "status");
  box.append(line);
}
