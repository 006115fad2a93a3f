// Puts what browsers load into static/dist: third-party files as their packages ship them, our own
// as they are written here, and one sprite of the icons that the pages use. Nothing is bundled but the service
// worker: a strict Content-Security-Policy wants plain files anyway.
// Beside each text lies a compressed copy for every way of compressing that browsers know, and `version` is
// the hash of all of them: whatever has it in its address may be kept for ever.
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { buildSync } from "esbuild";

const gateway = join(dirname(fileURLToPath(import.meta.url)), "..");
const modules = join(gateway, "node_modules");
const dist = join(gateway, "static", "dist");

const thirdParty = {
  "tabler.css": "@tabler/core/dist/css/tabler.min.css",
  "tabler.js": "@tabler/core/dist/js/tabler.min.js",
  "leaflet.css": "leaflet/dist/leaflet.css",
  "leaflet.js": "leaflet/dist/leaflet.js",
  "event-calendar.css": "@event-calendar/build/dist/event-calendar.min.css",
  "event-calendar.js": "@event-calendar/build/dist/event-calendar.min.js",
  "htmx.js": "htmx.org/dist/htmx.min.js",
  "signature_pad.js": "signature_pad/dist/signature_pad.umd.min.js",
};

const icons = [
  "alert-triangle", "antenna", "arrow-back-up", "arrow-down", "arrow-left", "arrow-up", "arrows-move", "arrows-sort",
  "bookmark", "box", "calendar", "calendar-off", "calendar-time", "camera", "cash", "check", "chevron-left",
  "chevron-right", "circle-check", "clock", "columns", "copy", "device-mobile", "dots-vertical", "download", "edit",
  "external-link", "file-import", "file-spreadsheet", "file-text", "files", "filter", "history", "home", "inbox", "info-circle",
  "language", "list", "list-check", "loader-2", "lock", "logout", "mail", "map-pin", "network", "phone", "player-pause",
  "player-play", "plus", "printer", "refresh", "rotate", "rotate-clockwise", "route", "router", "rss", "search", "send",
  "settings", "shield-lock", "signature", "sort-ascending", "sort-descending", "tool", "trash", "user", "user-minus", "users", "wifi",
  "x",
];

function sprite() {
  const symbols = icons.map((name) => {
    const svg = readFileSync(join(modules, "@tabler/icons/icons/outline", `${name}.svg`), "utf8");
    const inside = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>")).trim();
    return `<symbol id="${name}" viewBox="0 0 24 24">${inside}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`;
}

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });
for (const [name, source] of Object.entries(thirdParty)) {
  // Without their source maps, which are not shipped.
  const text = readFileSync(join(modules, source), "utf8").replace(/\n?\/[/*]# sourceMappingURL=.*$/m, "");
  writeFileSync(join(dist, name), text);
}
writeFileSync(join(dist, "icons.svg"), sprite());
for (const entry of readdirSync(join(gateway, "assets"), { withFileTypes: true })) {
  if (entry.name !== "build.mjs") {
    cpSync(join(gateway, "assets", entry.name), join(dist, entry.name), { recursive: true });
  }
}
// Firefox has no modules in service workers before 147.
const worker = join("field", "worker.js");
buildSync({
  entryPoints: [join(gateway, "assets", worker)], outfile: join(dist, worker), allowOverwrite: true,
  bundle: true, format: "iife", target: "es2022", logLevel: "warning",
});

const hash = createHash("sha256");
for (const name of readdirSync(dist, { recursive: true }).sort()) {
  const path = join(dist, name);
  if (!statSync(path).isFile()) continue;
  const content = readFileSync(path);
  hash.update(name).update(content);
  if (!/\.(js|css|svg|json)$/.test(name) || content.length < 500) continue;
  writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }));
  const options = { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length } };
  writeFileSync(`${path}.br`, brotliCompressSync(content, options));
}
writeFileSync(join(dist, "version"), hash.digest("hex").slice(0, 12));
