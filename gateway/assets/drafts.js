// What is typed into a form with `data-draft` stays in this browser until it is saved: a closed tab, a session that ended
// or a service that is away loses nothing. On the next visit it is offered. Passwords are never kept.
// What was saved is forgotten by staff.js, on whichever page the saving leads to.

const DAYS = 7;
const LEFT_OUT = /^(csrf_token|conflict|keep-.*|was-.*|wifi_password|.*password.*)$/;
const form = document.querySelector("form[data-draft]");
const offer = document.getElementById("draft-offer");
const place = `alta.draft.${form.dataset.draft}`;
const fields = () => [...form.elements].filter((field) => field.name && field.type !== "password" && field.type !== "file"
  && field.type !== "radio" && !LEFT_OUT.test(field.name));
const values = () => Object.fromEntries(fields().map((field) => [field.name, field.value]));
// What the page itself writes anew each time says nothing about whether somebody typed.
const typed = () => JSON.stringify(fields().filter((field) => field.type !== "hidden").map((field) => [field.name, field.value]));
// While it is to be chosen what stays, the draft of before is the truth: choosing is part of it.
const choosing = () => [...form.querySelectorAll('input[name="conflict"]')]
  .some(({ value }) => !form.querySelector(`input[name="keep-${value}"]:checked`));
const atFirst = typed();
let unsaved = "unsaved" in form.dataset;
let leaving = false;
let timer = 0;

function keep() {
  clearTimeout(timer);
  if (choosing() || !offer.hidden) return; // an earlier draft is not overwritten before somebody decided about it
  try {
    localStorage.setItem(place, JSON.stringify({ at: new Date().toISOString(), values: values() }));
  } catch {
    // A full or forbidden storage: the warning before leaving is what remains.
  }
}

function kept() {
  try {
    const draft = JSON.parse(localStorage.getItem(place));
    const fresh = draft && Date.now() - new Date(draft.at) < DAYS * 86_400_000;
    if (fresh) return draft;
    localStorage.removeItem(place);
  } catch {
    // As above.
  }
  return null;
}

form.addEventListener("input", () => {
  unsaved = typed() !== atFirst || "unsaved" in form.dataset;
  clearTimeout(timer);
  timer = setTimeout(keep, 300);
});
form.addEventListener("submit", () => {
  leaving = true;
  keep();
});
window.addEventListener("pagehide", () => { if (unsaved) keep(); });
window.addEventListener("pageshow", () => { leaving = false; });
window.addEventListener("beforeunload", (event) => {
  if (unsaved && !leaving) event.preventDefault();
});

function restore(draft) {
  for (const field of fields()) if (field.name in draft.values && field.name !== "draft") field.value = draft.values[field.name];
  for (const select of form.querySelectorAll("select[data-decides]")) window.decide(select);
  for (const select of form.querySelectorAll("select[data-narrows]")) {
    const narrowed = document.getElementById(select.dataset.narrows);
    window.narrow(narrowed, select.value);
    narrowed.value = draft.values[narrowed.name] ?? narrowed.value;
  }
  unsaved = true;
  form.dispatchEvent(new CustomEvent("draft:restored"));
}

const draft = "unsaved" in form.dataset ? null : kept();
const differs = (one) => fields().some((field) => field.type !== "hidden" && field.name in one.values && one.values[field.name] !== field.value);
if (draft && differs(draft)) {
  const moment = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short", timeZone: document.documentElement.dataset.timeZone });
  offer.querySelector("time").textContent = moment.format(new Date(draft.at));
  offer.classList.add("d-flex");
  offer.hidden = false;
  offer.querySelector("[data-draft-restore]").addEventListener("click", () => {
    restore(draft);
    close();
    keep();
  });
  offer.querySelector("[data-draft-discard]").addEventListener("click", () => {
    localStorage.removeItem(place);
    close();
    if (unsaved) keep();
  });
}
function close() {
  offer.classList.remove("d-flex");
  offer.hidden = true;
  form.querySelector("input:not([type=hidden])").focus();
}
if ("unsaved" in form.dataset) keep();

// Choosing what stays puts it into its field; writing into the field chooses what is written.
form.addEventListener("change", ({ target }) => {
  if (target.type !== "radio" || !target.name.startsWith("keep-")) return;
  const field = form.elements[target.name.slice(5)];
  field.value = target.dataset.value;
  for (const option of field.selectedOptions ?? []) option.hidden = option.disabled = false; // its zone may be chosen next
  if (field.dataset.narrows) window.narrow(document.getElementById(field.dataset.narrows), field.value);
  keep();
});
form.addEventListener("input", ({ target }) => {
  const mine = form.querySelector(`input[name="keep-${target.name}"][value="mine"]`);
  if (!mine || target.type === "radio") return;
  mine.checked = true;
  mine.dataset.value = target.value;
});
