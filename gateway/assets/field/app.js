// A page of the technician's: what is done on it is kept first and sent then, so that it is all the same whether
// there is signal. Without a safe context (https) there is no keeping, and its forms are sent as forms are.

import { drawActivation } from "./activating.js";
import { again, keep, mine } from "./keeping.js";
import { drawJob } from "./job.js";
import { prepareLocating } from "./locating.js";
import { prepareSignature } from "./signing.js";
import { preparePhotos } from "./photos.js";
import { drawQueue } from "./queue-box.js";
import { importKeys, openForm } from "./sealing.js";
import { askSession, sendWaiting } from "./sending.js";
import { isToday, keepPasswords } from "./passwords.js";
import { actsOf, dropSecrets, forget, person, remember, whenNews } from "./store.js";

const FIRST_RETRY = 2_000;
const LAST_RETRY = 60_000;
const STALE = 120_000;
const body = document.body;
const texts = () => document.getElementById("texts").dataset;
const canKeep = window.isSecureContext && "serviceWorker" in navigator && "locks" in navigator && "caches" in window;

let who;
let ended = "done";
let left = false;
let pause = FIRST_RETRY;
let retrying;

async function begin() {
  body.classList.add("has-script");
  prepare();
  if (!canKeep) {
    window.pressedEarly = null;
    return say(texts().notKept, "is-warning");
  }
  const worker = navigator.serviceWorker.register(body.dataset.worker, { scope: body.dataset.scope, updateViaCache: "none" });
  worker.catch((error) => console.info("pages are not kept", error));
  whenNews(draw);
  window.addEventListener("online", () => {
    pause = FIRST_RETRY;
    sync();
  });
  window.addEventListener("offline", draw);
  document.addEventListener("visibilitychange", lookAgain);
  await recall();
  if (!who) await meet();
  await draw();
  replay();
  await meet();
  await sync();
  await keepPages();
}

/** Whose phone this was when it was last used. What is kept for somebody else is gone before anything is drawn. */
async function recall() {
  const known = await person();
  if (known && known.account !== body.dataset.account) await forget();
  who = await person();
}

/** Whose phone it is now, by the server's word. */
async function meet() {
  const session = await askSession();
  if (typeof session === "string") {
    ended = session;
    return;
  }
  if (session.account !== body.dataset.account) return location.reload();
  if (localStorage.getItem("alta-campo-leave") === session.account) return leaveNow(session.csrf);
  await remember(session.account, await importKeys(session.keys));
  who = await person();
}

/** What was pressed while the page was being made ready. */
function replay() {
  const early = window.pressedEarly ?? [];
  window.pressedEarly = null;
  for (const [kind, target] of early) {
    if (kind === "submit") target.requestSubmit();
    else target.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

function prepare() {
  preparePhotos(texts());
  prepareSignature(texts());
  if (canKeep) prepareLocating(texts());
}

/** Everything that is on the page because of what is kept. */
async function draw() {
  if (left) return;
  const acts = who ? await actsOf(who.account) : [];
  const opened = await Promise.all(acts.map(async (act) => ({ ...act, data: act.sealed ? await openForm(who.keys, act).catch(() => null) : null })));
  drawQueue(opened, { texts: texts(), again, mine });
  await drawJob(opened, who, texts());
  drawActivation(refresh);
  drawSignal(acts);
}

function drawSignal(acts) {
  const count = (state) => acts.filter((act) => act.state === state).length;
  const [waiting, refused] = [count("waiting"), count("refused")];
  const t = texts();
  const parts = [];
  if (!navigator.onLine || ended === "no-signal") parts.push(t.noSignal);
  if (ended === "away") parts.push(t.away);
  if (waiting) parts.push(`${waiting} ${t.toSend}`);
  if (refused) parts.push(`${refused} ${t.refusedCount}`);
  if (ended === "signed-out") return say(t.signedOut, "is-warning", enterHere());
  say(parts.join(" · ") || (acts.some((act) => act.state === "sent") ? t.allSent : ""), refused ? "is-danger" : parts.length ? "is-warning" : "is-good");
}

const enterHere = () => [texts().enter, `/entrar?next=${encodeURIComponent(location.pathname)}`];

function say(text, kind, link) {
  const line = document.getElementById("signal");
  line.hidden = !text;
  line.className = `signal ${kind}`;
  if (line.textContent !== text || link) line.replaceChildren(text);
  if (link) {
    const anchor = document.createElement("a");
    [anchor.textContent, anchor.href] = link;
    line.append(" ", anchor);
  }
}

async function sync() {
  const before = who ? (await actsOf(who.account)).filter((act) => act.state === "waiting").length : 0;
  ended = await sendWaiting();
  retryLater();
  await draw();
  if (before && ended === "done") await refresh();
}

/** Back from the pocket: what is shown may be of hours ago. */
async function lookAgain() {
  if (document.visibilityState !== "visible") return;
  await sync();
  const rendered = document.querySelector("[data-rendered]");
  if (ended === "done" && rendered && Date.now() - Date.parse(rendered.dataset.rendered) > STALE) await refresh();
}

/** A signal that comes and goes is not always told: soon at first, then more and more seldom. */
function retryLater() {
  clearTimeout(retrying);
  if (ended === "done" || ended === "signed-out") {
    pause = FIRST_RETRY;
    return;
  }
  retrying = setTimeout(() => document.visibilityState === "visible" && sync(), pause);
  pause = Math.min(2 * pause, LAST_RETRY);
}

const TYPED = ["input:not([type=hidden], [type=checkbox], [type=file])", "textarea"].map((field) => `form[data-act] ${field}`).join();

/** Something was typed, chosen or drawn, and not kept yet. */
function unsaved() {
  const drawn = document.querySelector("form[data-sign]:not([hidden]) [data-signature]");
  return Boolean(
    [...document.querySelectorAll(TYPED)].some((field) => field.value !== field.defaultValue) ||
      document.querySelector(".chosen-photo") ||
      drawn?.value,
  );
}

/** The page as it is now, unless something would be lost by it. */
async function refresh() {
  if (unsaved()) return;
  const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("content");
  if (unsaved()) return;
  const focused = document.activeElement?.id;
  const place = window.scrollY;
  document.getElementById("content").replaceChildren(...fresh.children);
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  window.scrollTo(0, place);
  prepare();
  await draw();
}

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-act]");
  if (form && canKeep) {
    event.preventDefault();
    if (!who) return say(texts().signedOut, "is-warning", enterHere());
    // Photos and signatures know better what there is to keep, and answers are kept as they are given.
    const plain = form.dispatchEvent(new Event("keep", { cancelable: true }));
    if (plain && form.dataset.act !== "answer") keep(form, new FormData(form));
  }
  const leaving = event.target.closest("form[data-leave]");
  if (leaving && canKeep && !leaving.dataset.sure) leave(event, leaving);
});

document.addEventListener("kept", sync);

document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-act=answer]");
  const item = event.target.closest("[data-item]");
  if (!form || !item || !who) return;
  const data = new FormData();
  for (const field of item.querySelectorAll("input:not([name^='was:'])")) {
    if (field.type !== "checkbox" || field.checked) data.set(field.name, field.value);
  }
  const words = `${form.dataset.words}: ${data.get(`title:${item.dataset.item}`)}`;
  keep(form, data, { words, about: `answer:${item.dataset.item}`, fields: item.querySelectorAll("input") });
});

async function leave(event, form) {
  event.preventDefault();
  const waits = who && (await actsOf(who.account)).some((act) => act.state !== "sent");
  if (waits && !window.confirm(texts().leave)) return;
  const account = body.dataset.account;
  await forget();
  const session = await askSession();
  if (typeof session !== "string") {
    form.elements.csrf_token.value = session.csrf;
    form.dataset.sure = "yes";
    form.submit();
    return;
  }
  // Nobody can tell the server now: the session ends as soon as there is signal.
  localStorage.setItem("alta-campo-leave", account);
  who = undefined;
  left = true;
  const note = document.createElement("p");
  note.className = "note";
  note.textContent = texts().left;
  document.getElementById("content").replaceChildren(note);
}

async function leaveNow(csrf) {
  localStorage.removeItem("alta-campo-leave");
  await forget();
  await fetch("/salir", { method: "POST", headers: { "X-CSRFToken": csrf } });
  location.assign("/entrar?next=/campo/");
}

/** The list tells which jobs to keep on the phone, and of today's their passwords. */
async function keepPages() {
  if (!document.querySelector("[data-index]") || ended === "no-signal" || ended === "signed-out" || !who) return;
  const jobs = [...document.querySelectorAll("a[data-job]")];
  await dropSecrets(jobs.map((job) => job.dataset.job));
  for (const job of jobs.filter((job) => isToday(job.dataset.day))) await keepPasswords(who, job.dataset.job, `${job.pathname}/claves`);
  const worker = (await navigator.serviceWorker.ready).active;
  worker.postMessage({ keep: ["/campo/", ...jobs.map((job) => job.pathname)] });
}

begin();
