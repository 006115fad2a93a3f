// The stops of a day on the map, numbered, with straight lines from one to the next.
/* global L */
import { mapIn } from "./map.js";

const element = document.getElementById("route-map");
if (element) draw(JSON.parse(element.dataset.points));

function draw(points) {
  const map = mapIn(element);
  const places = points.map(({ latitude, longitude }) => [latitude, longitude]);
  map.fitBounds(L.latLngBounds(places), { padding: [40, 40], maxZoom: 16 });
  L.polyline(places, { color: "#0b6e99", weight: 3, opacity: 0.8 }).addTo(map);
  for (const { number, latitude, longitude, person, done } of points) {
    const icon = L.divIcon({ className: `agenda-stop${done ? " agenda-done" : ""}`, iconSize: [28, 28], html: String(number) });
    const words = document.createElement("span");
    words.textContent = `${number}. ${person}`;
    L.marker([latitude, longitude], { icon, title: words.textContent, alt: words.textContent }).bindPopup(words).addTo(map);
  }
}
