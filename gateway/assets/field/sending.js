// Sends what was done, in order, and once: the form's key tells the server an act that it has already. Runs in the
// page and in the worker, one of them at a time.

import { actsOf, dropOld, person, put } from "./store.js";
import { open } from "./sealing.js";

const PATIENCE = 60_000;
const SESSION_PATIENCE = 10_000;
const TRIES = 3; // of what the server cannot even read

export const SESSION = "/campo/sesion";

/** How it ended: "done", "no-signal", "signed-out" or "away". */
export const sendWaiting = () => navigator.locks.request("alta-campo-sending", sendAll);

async function sendAll() {
  const who = await person();
  if (!who) return "signed-out";
  await dropOld(who.account);
  const troubled = new Set();
  let session;
  for (;;) {
    const act = next(await actsOf(who.account), troubled);
    if (!act) return troubled.size ? "away" : "done";
    session ??= await askSession();
    if (typeof session === "string") return session;
    if (session.account !== who.account) return "signed-out";
    const trouble = await send(act, session, who.keys);
    // What is wrong with one job's act keeps the other jobs' from nothing.
    if (trouble === "away") troubled.add(act.job);
    else if (trouble) return trouble;
  }
}

/** An act that was refused keeps nothing back but an activation, which is to come after all before it. */
function next(acts, troubled) {
  const refused = new Set();
  for (const act of acts) {
    if (act.state === "refused") refused.add(act.job);
    if (act.state === "waiting" && !troubled.has(act.job) && !(act.kind === "activate" && refused.has(act.job))) return act;
  }
  return undefined;
}

export const isBehind = (act, acts) =>
  act.kind === "activate" && acts.some((other) => other.state === "refused" && other.job === act.job && other.id < act.id);

/** `{account, csrf, keys}`, or why there is none. */
export async function askSession() {
  let answer;
  try {
    answer = await fetch(SESSION, { headers: { Accept: "application/json" }, cache: "no-store", signal: AbortSignal.timeout(SESSION_PATIENCE) });
  } catch {
    return "no-signal";
  }
  if (answer.redirected || answer.status === 403) return "signed-out";
  if (!answer.ok) return "away";
  return answer.json();
}

async function send(act, session, keys) {
  let answer;
  try {
    answer = await fetch(act.url, {
      method: "POST",
      body: await open(keys, act.sealed),
      redirect: "manual",
      signal: AbortSignal.timeout(PATIENCE),
      headers: {
        Accept: "application/json",
        "Content-Type": act.type,
        "X-CSRFToken": session.csrf,
        "X-Field-Account": act.account,
      },
    });
  } catch {
    return "no-signal";
  }
  if (answer.type === "opaqueredirect") return "signed-out";
  const told = await answer.json().catch(() => ({}));
  if (answer.ok) {
    await put({ ...bare(act), state: "sent", sentAt: new Date().toISOString() });
    return null;
  }
  if (told.code === "other-account") return "signed-out";
  if (answer.status >= 500 || answer.status === 429) return "away";
  if (!told.problem && (act.tries ?? 1) < TRIES) {
    await put({ ...act, tries: (act.tries ?? 1) + 1 });
    return "away";
  }
  await put({ ...act, state: "refused", problem: told.problem ?? `HTTP ${answer.status}`, now: told.now ?? {} });
  return null;
}

/** What is left of an act that arrived: that it did. */
function bare(act) {
  const { sealed: _sealed, type: _type, url: _url, problem: _problem, now: _now, ...rest } = act;
  return rest;
}
