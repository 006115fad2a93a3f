// The service worker: keeps the pages of the days' jobs, and shows them when the network does not answer.
// TOLD is put before this by the server: the version, what the pages are made of, and the page for what was not kept.
// The build makes one plain script of it: browsers knew modules in pages years before they knew them in workers.

import { sendWaiting } from "./sending.js";
import { KEPT, person } from "./store.js";

const SHELL = `alta-campo-shell-${TOLD.version}`;
const PATIENCE = 5_000; // with a signal that is hardly one, what was kept is shown after that
const WHOSE = "X-Field-Account";
const PAGE = /^\/campo\/(trabajos\/[0-9a-f-]{36})?$/;
const PAPER = /^\/instalaciones\/archivos\/[0-9a-f-]{36}$/;
const PAPERS_IN = /data-paper="([^"]+)"/g;

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(caches.open(SHELL).then((shell) => shell.addAll(TOLD.shell.map((each) => new Request(each, { cache: "no-cache" })))));
});

// Pieces of older versions stay as long as pages that ask for them are kept.
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (PAGE.test(pathname)) event.respondWith(page(request, pathname));
  else if (PAPER.test(pathname)) event.respondWith(paper(request));
  else if (pathname.startsWith("/campo/v/")) event.respondWith(piece(request));
  else if (pathname.startsWith("/static/dist/") || pathname === "/campo/manifiesto.webmanifest") {
    event.respondWith(freshOrKept(request));
  }
});

self.addEventListener("sync", (event) => {
  if (event.tag !== "alta-campo") return;
  event.waitUntil(
    sendWaiting().then((ended) => {
      // The browser tries again by itself only when this fails.
      if (ended === "no-signal" || ended === "away") throw new Error(ended);
    }),
  );
});

self.addEventListener("message", (event) => {
  if (event.data?.keep) event.waitUntil(keep(event.data.keep));
});

async function page(request, pathname) {
  try {
    const answer = await soon(fetch(request));
    // The server is ill: what was kept is better than its excuse.
    if (answer.status >= 500) return (await kept(pathname)) ?? answer;
    if (isPage(answer)) await keepPage(pathname, answer.clone());
    return answer;
  } catch {
    return (await kept(pathname)) ?? (await caches.match(TOLD.away)) ?? Response.error();
  }
}

const isPage = (answer) => answer.ok && !answer.redirected && answer.headers.has(WHOSE);
const kept = async (pathname) => (await caches.open(KEPT)).match(pathname);

/** Pages are kept of whoever is known to be the phone's person now, and of nobody else. */
async function keepPage(pathname, answer) {
  const who = await person();
  if (who?.account === answer.headers.get(WHOSE)) await (await caches.open(KEPT)).put(pathname, answer);
}

async function paper(request) {
  return (await (await caches.open(KEPT)).match(request)) ?? fetch(request);
}

async function piece(request) {
  return (await caches.match(request)) ?? fetch(request);
}

async function freshOrKept(request) {
  try {
    return await soon(fetch(request));
  } catch {
    return (await caches.match(request, { ignoreSearch: true })) ?? Response.error();
  }
}

function soon(answer) {
  return Promise.race([
    answer,
    new Promise((_resolve, reject) => setTimeout(() => reject(new Error("too slow")), PATIENCE)),
  ]);
}

/** Exactly these pages, with the papers that they show; what is of other days goes. */
async function keep(pages) {
  const papers = new Set();
  for (const address of pages) {
    try {
      const answer = await fetch(address, { cache: "no-store" });
      if (!isPage(answer)) continue;
      await keepPage(address, answer.clone());
    } catch {
      // no signal: what is kept of it stays
    }
    const held = await kept(address);
    for (const [, found] of held ? (await held.text()).matchAll(PAPERS_IN) : []) papers.add(found.replaceAll("&amp;", "&"));
  }
  const cache = await caches.open(KEPT);
  for (const request of await cache.keys()) {
    const { pathname, search } = new URL(request.url);
    const wanted = PAPER.test(pathname) ? papers.has(pathname + search) : pages.includes(pathname);
    if (!wanted) await cache.delete(request);
  }
  for (const address of papers) {
    if (await cache.match(address)) continue;
    const answer = await fetch(address).catch(() => null);
    if (answer?.ok && answer.headers.get("Content-Type")?.startsWith("image/")) await cache.put(address, answer);
  }
  await dropOldShells(cache, pages);
  for (const client of await self.clients.matchAll()) client.postMessage({ kept: pages.length });
}

/** An older version's pieces are of use only while a page of that version is kept. */
async function dropOldShells(cache, pages) {
  const texts = [];
  for (const address of pages) texts.push((await (await cache.match(address))?.text()) ?? "");
  for (const name of await caches.keys()) {
    const version = name.startsWith("alta-campo-shell-") ? name.slice("alta-campo-shell-".length) : null;
    if (version && version !== TOLD.version && !texts.some((text) => text.includes(`/campo/v/${version}/`))) await caches.delete(name);
  }
}
