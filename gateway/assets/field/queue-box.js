// What was done and is not with the office yet, each with its state, and what can be done about one that was refused.

import { drop } from "./store.js";
import { isBehind } from "./sending.js";

export function drawQueue(acts, { texts, again, mine }) {
  const box = document.getElementById("queue");
  if (!box) return;
  const job = document.querySelector("[data-job-page]")?.dataset.jobPage;
  const shown = acts.filter((act) => act.state !== "sent" && (!job || act.job === job));
  box.hidden = shown.length === 0;
  const refused = shown.filter((act) => act.state === "refused");
  const waiting = shown.filter((act) => act.state === "waiting");
  const lines = (some) => some.map((act) => line(act, acts, { texts, again, mine, job }));
  box.querySelector("[data-refused]").replaceChildren(...lines(refused));
  box.querySelector("[data-waiting]").replaceChildren(...lines(waiting));
  box.querySelector("details").hidden = waiting.length === 0;
  box.querySelector("summary").textContent = `${waiting.length} ${texts.toSend}`;
  drawCounts(acts);
}

function line(act, acts, { texts, again, mine, job }) {
  const item = make("li", `act is-${act.state}`);
  const title = make("strong", "", act.data?.get("title") ? `${act.words}: ${act.data.get("title")}` : act.words);
  item.append(title);
  if (!job) item.append(make("a", "act-job", ` n.º ${act.number}`, { href: `/campo/trabajos/${act.job}` }));
  const refused = act.state === "refused";
  const state = refused ? `${texts.refused}: ${act.problem}` : isBehind(act, acts) ? texts.behind : texts.waiting;
  item.append(make("span", refused ? "problem" : "dim", state));
  if (refused) item.append(choices(act, { texts, again, mine }));
  else item.append(plainButton(texts.drop, () => window.confirm(texts.dropSure) && drop(act.id)));
  return item;
}

function choices(act, { texts, again, mine }) {
  const row = make("span", "buttons");
  const disputed = Object.keys(act.now ?? {}).length > 0;
  row.append(button(disputed ? texts.mine : texts.again, () => (disputed ? mine(act) : again(act))));
  row.append(button(disputed ? texts.theirs : texts.drop, () => window.confirm(texts.dropSure) && drop(act.id)));
  return row;
}

/** On the list: how much of each job waits. */
function drawCounts(acts) {
  for (const job of document.querySelectorAll("a[data-job]")) {
    const count = acts.filter((act) => act.job === job.dataset.job && act.state !== "sent").length;
    const badge = job.querySelector("[data-unsent]");
    badge.hidden = count === 0;
    badge.textContent = `${count} ${document.getElementById("texts").dataset.toSend}`;
  }
}

export function make(name, className, text, attributes = {}) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

const plainButton = (text, act) => button(text, act, "plain");

export function button(text, act, className = "button") {
  const made = make("button", className, text, { type: "button" });
  made.addEventListener("click", act);
  return made;
}
