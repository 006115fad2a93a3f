// Keeping a form in place of sending it, and trying again what was refused.

import { openForm, sealForm } from "./sealing.js";
import { actsOf, add, drop, person, put } from "./store.js";

const newKey = () => crypto.randomUUID().replaceAll("-", "");

/** `about` is what it says something of: a later word on it replaces one that was refused. What its `fields` hold is
 * not unsaved any more. */
export async function keep(form, data, { words = form.dataset.words, about = form.dataset.act, fields = form.elements } = {}) {
  const typed = [...fields].map((field) => [field, field.value]);
  const who = await person();
  const job = document.querySelector("[data-job-page]").dataset;
  const at = new Date().toISOString();
  data.delete("csrf_token");
  data.set("at", at);
  data.set("key", newKey());
  for (const act of await actsOf(who.account)) {
    if (act.state === "refused" && act.job === job.jobPage && act.about === about) await drop(act.id);
  }
  const url = new URL(form.action).pathname;
  const act = { account: who.account, job: job.jobPage, number: job.number, kind: form.dataset.act, about, words, url, at };
  try {
    await add({ ...act, state: "waiting", ...(await sealForm(who.keys, data)) });
  } catch (error) {
    if (error?.name === "QuotaExceededError") window.alert(document.getElementById("texts").dataset.full);
    throw error;
  }
  for (const [field, value] of typed) if (field.type !== "hidden") field.defaultValue = value;
  navigator.storage?.persist?.();
  navigator.serviceWorker.ready.then((worker) => worker.sync?.register("alta-campo")).catch(() => {});
  document.dispatchEvent(new Event("kept"));
}

export const again = (act) => resend(act, {});

/** The office wrote something else meanwhile, and the technician has seen it: theirs counts. */
export const mine = (act) => resend(act, Object.fromEntries(Object.entries(act.now).map(([name, value]) => [`was:${name}`, value])));

/** Another try is another command: it has a key of its own. */
async function resend(act, changed) {
  const { keys } = await person();
  const { problem: _problem, now: _now, data: _data, ...rest } = act;
  const data = await openForm(keys, act);
  for (const [name, value] of Object.entries({ ...changed, key: newKey() })) data.set(name, value);
  await put({ ...rest, state: "waiting", ...(await sealForm(keys, data)) });
  document.dispatchEvent(new Event("kept"));
}
