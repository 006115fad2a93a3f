// Passwords are in no page that is kept: they come by themselves, and those of today's jobs stay on the phone, sealed,
// until the job leaves the list.

import { openText, sealText } from "./sealing.js";
import { keepSecret, secretOf } from "./store.js";

export const isToday = (day) => new Date(day).toDateString() === new Date().toDateString();

/** What the server says, or what was kept of it; null for neither. */
export async function passwordsOf(who, job, address, day) {
  const fresh = isToday(day) ? await keepPasswords(who, job, address) : await asked(address);
  if (fresh !== undefined) return fresh;
  const kept = await secretOf(job);
  return kept ? JSON.parse(await openText(who.keys, kept)) : null;
}

/** Undefined without signal. */
export async function keepPasswords(who, job, address) {
  const told = await asked(address);
  if (told) await keepSecret(job, await sealText(who.keys, JSON.stringify(told)));
  return told;
}

async function asked(address) {
  const answer = await fetch(address, { headers: { Accept: "application/json" }, cache: "no-store" }).catch(() => null);
  if (!answer || answer.status >= 500) return undefined;
  return answer.ok && !answer.redirected ? answer.json() : null;
}
