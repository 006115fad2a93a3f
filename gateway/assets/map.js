// Maps. The ground is the operator's tile server where there is one, and a plain grid with a scale where there is none;
// nothing is asked of anybody else.
/* global L */

const WORLD = [[-85, -180], [85, 180]];
const NOTHING = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==";

/** A Leaflet map in an element with `data-tiles` and `data-attribution`, both empty without a tile server. */
export function mapIn(element, options = {}) {
  const map = L.map(element, {
    attributionControl: Boolean(element.dataset.attribution), maxBounds: WORLD, minZoom: 2, maxZoom: 19, ...options,
  });
  map.attributionControl?.setPrefix(false);
  grid().addTo(map);
  if (element.dataset.tiles) tiles(element.dataset).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  return map;
}

/** A pin that needs no picture. */
export function pin(kind = "") {
  return L.divIcon({ className: `map-pin ${kind}`, iconSize: [28, 36], iconAnchor: [14, 36], html: "" });
}

// Under the tiles, so that one that does not come leaves no hole.
function grid() {
  const layer = L.gridLayer({ pane: "tilePane", zIndex: 0 });
  layer.createTile = () => {
    const tile = document.createElement("div");
    tile.className = "map-ground";
    return tile;
  };
  return layer;
}

function tiles({ tiles: address, attribution }) {
  const words = document.createElement("span");
  words.textContent = attribution;
  return L.tileLayer(address, {
    attribution: words.innerHTML,
    maxZoom: 19,
    errorTileUrl: NOTHING,
    // Public tile servers refuse who does not say where they come from.
    referrerPolicy: "strict-origin-when-cross-origin",
  });
}
