// The form of an installation: a name and an address are looked at while they are typed, and one leads on to the next.

import { showPlace } from "./installation-place.js";

const form = document.getElementById("installation-form");
const { elements } = form;
let asked = 0;

showPlace(form, document.getElementById("place-map"));

// Buttons that put a value into a field: other free addresses, a free name.
form.addEventListener("click", (event) => {
  const button = event.target.closest("[data-put]");
  if (!button) return;
  const field = elements[button.dataset.put];
  field.value = button.dataset.value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
  field.focus();
});

// The name on the router follows the person's, until somebody writes another.
let proposed = elements.version ? null : elements.service_name.value;
form.addEventListener("change", (event) => {
  const { name } = event.target;
  if (["ip_address", "service_name", "zone_id"].includes(name)) look({ rename: name === "zone_id" });
  if (["first_name", "last_name"].includes(name)) look({ rename: true });
});
// What a draft brought back may be taken by now, or may not have been named yet.
form.addEventListener("draft:restored", () => look({ rename: true }));
// An address that was put in by the server.
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id === "address-field") elements.ip_address.dispatchEvent(new Event("input", { bubbles: true }));
});

async function look({ rename }) {
  const number = ++asked;
  const follows = rename && proposed !== null && [proposed, ""].includes(elements.service_name.value);
  const query = new URLSearchParams();
  for (const name of ["zone_id", "installation_id", "ip_address"]) query.set(name, elements[name].value);
  if (!follows) query.set("service_name", elements.service_name.value);
  if (follows) for (const name of ["first_name", "last_name"]) query.set(name, elements[name].value);
  const answer = await fetch(`${form.dataset.service}?${query}`, { headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer?.ok || number !== asked) return; // the form says it when it is sent
  const { wrong, free_name: free } = await answer.json();
  if (follows && free) {
    proposed = free;
    elements.service_name.value = free;
    elements.service_name.dispatchEvent(new Event("input", { bubbles: true }));
  }
  for (const [name, complaints] of Object.entries(wrong)) complain(elements[name], elements[name].value ? complaints : []);
}

function complain(field, complaints) {
  const box = field.closest(".mb-3");
  box.querySelectorAll(".field-error").forEach((line) => line.remove());
  field.classList.toggle("is-invalid", complaints.length > 0);
  field.toggleAttribute("aria-invalid", complaints.length > 0);
  if (complaints.length) field.setAttribute("aria-describedby", `${field.id}-error`);
  for (const { text, link, label } of complaints) {
    const line = document.createElement("div");
    line.className = "field-error";
    line.id = `${field.id}-error`;
    line.setAttribute("role", "status");
    line.append(text);
    if (link) line.append(" ", Object.assign(document.createElement("a"), { href: link, target: "_blank", textContent: label }));
    box.append(line);
  }
}

// "Next" goes through the tabs; on the last one there is nothing left but to save.
const next = form.querySelector("[data-next-tab]");
const tabs = [...form.querySelectorAll('[role="tab"]')];
const opened = () => tabs.findIndex((tab) => tab.classList.contains("active"));
const offerNext = () => { next.hidden = opened() === tabs.length - 1; };
next.addEventListener("click", () => {
  tabs[opened() + 1].click();
  document.querySelector(tabs[opened()].dataset.bsTarget).querySelector("input, select, textarea")?.focus();
});
form.addEventListener("shown.bs.tab", offerNext);
offerNext();
