// The page of one job, as it is after what was done on this phone: kept pages are as the server last told them.

import { passwordsOf } from "./passwords.js";
import { make } from "./queue-box.js";

const MOST_NAMED = 3;

export async function drawJob(acts, who, texts) {
  drawAge(texts);
  const page = document.querySelector("[data-job-page]");
  if (!page) return;
  const own = acts.filter((act) => act.job === page.dataset.jobPage);
  drawAnswers(own, texts);
  drawFields(own);
  drawPictures(own, texts);
  drawState(own, texts);
  drawMissing();
  if (who && !page.dataset.opened) {
    page.dataset.opened = "yes";
    await drawPasswords(page, who);
  }
}

/** When a page is not fresh, it says of when it is. */
function drawAge(texts) {
  const line = document.getElementById("as-of");
  const rendered = new Date(document.querySelector("[data-rendered]").dataset.rendered);
  line.hidden = Date.now() - rendered < 120_000;
  line.textContent = `${texts.asOf} ${rendered.toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short", timeZone: document.documentElement.dataset.timeZone })}`;
}

const newest = (acts, about) => acts.findLast((act) => act.about === about);

function drawAnswers(acts, texts) {
  for (const item of document.querySelectorAll("[data-item]")) {
    const act = newest(acts, `answer:${item.dataset.item}`);
    const state = item.querySelector("[data-item-state]");
    if (act?.data) {
      const value = act.data.get(`value:${item.dataset.item}`);
      const field = item.querySelector('[name^="value:"]');
      if (document.activeElement !== field) {
        if (field.type === "checkbox") field.checked = value !== null;
        else field.value = field.defaultValue = value ?? "";
      }
      state.textContent = act.state === "refused" ? act.problem : texts.waiting;
      state.classList.toggle("problem", act.state === "refused");
    } else if (act) {
      state.textContent = texts.sent;
      state.classList.remove("problem");
    }
    item.classList.toggle("is-unusual", isUnusual(item));
  }
}

function isUnusual(item) {
  const text = item.querySelector('[name^="value:"]').value.replace(",", ".").replace("−", "-");
  if (item.dataset.kind !== "number" || !text.trim()) return false;
  const { least, most } = item.dataset;
  return Number.isNaN(Number(text)) || (least !== undefined && Number(text) < Number(least)) || (most !== undefined && Number(text) > Number(most));
}

function drawFields(acts) {
  const act = newest(acts, "correct");
  const form = document.querySelector("form[data-act=correct]");
  if (act?.data && form && act.id !== Number(form.dataset.drawn)) {
    form.dataset.drawn = act.id;
    for (const name of ["mac_address", "wifi_ssid", "wifi_password", "comments"]) {
      const field = form.elements[name];
      if (act.data.has(name)) field.value = field.defaultValue = act.data.get(name);
    }
  }
  const place = newest(acts, "locate");
  const shown = document.querySelector("[data-place]");
  if (place?.data && shown) shown.textContent = `${place.data.get("latitude")}, ${place.data.get("longitude")}`;
}

const drawn = new Map();

function drawPictures(acts, texts) {
  const gallery = document.querySelector("[data-gallery]");
  const kept = acts.filter((act) => act.data && (act.kind === "photo" || act.kind === "conformity"));
  for (const old of gallery.querySelectorAll("[data-kept]")) {
    if (!kept.some((act) => String(act.id) === old.dataset.kept)) old.remove();
  }
  for (const act of kept) {
    if (gallery.querySelector(`[data-kept="${act.id}"]`)) continue;
    if (!drawn.has(act.id)) drawn.set(act.id, URL.createObjectURL(act.data.get("file")));
    const picture = make("button", "picture is-waiting", "", { type: "button", "data-large": drawn.get(act.id), "data-kept": act.id });
    picture.append(make("img", "", undefined, { src: drawn.get(act.id), alt: "" }), make("span", "", act.data.get("title") || act.words), make("small", "dim", texts.waiting));
    gallery.append(picture);
  }
  const signed = newest(acts, "sign") ?? newest(acts, "conformity");
  const note = document.querySelector("[data-signed]");
  if (note && signed?.data) {
    note.hidden = signed.state === "refused";
    note.textContent = `${texts.signedHere} ${signed.data.get("signer_name") ?? ""}`;
    document.querySelector("form[data-sign]").hidden = signed.state !== "refused";
  }
}

// What was begun here stays begun when it was sent, though the page is still the one of before.
let begun = false;

function drawState(acts, texts) {
  const badge = document.querySelector(".job-heading [data-state]");
  const beginning = newest(acts, "begin");
  const activating = newest(acts, "activate");
  const begins = document.querySelector("form[data-act=begin]");
  const activates = document.querySelector("form[data-act=activate]");
  const will = document.querySelector("[data-will]");
  begun = (begun || waits(beginning)) && beginning?.state !== "refused";
  if (begins) begins.hidden = begun || waits(activating);
  if (begun && badge.dataset.state === "new") badge.textContent = waits(beginning) ? texts.willBegin : texts.begun;
  if (activates) activates.hidden = waits(activating);
  will.hidden = !waits(activating);
  will.textContent = will.hidden ? "" : texts.willActivate;
}

const waits = (act) => act?.state === "waiting";

/** What is still to be answered or signed, before the button that ends the job. */
function drawMissing() {
  const items = [...document.querySelectorAll("[data-item]")];
  const open = items.filter((item) => {
    const field = item.querySelector('[name^="value:"]');
    return field.type === "checkbox" ? !field.checked : !field.value.trim();
  });
  document.querySelector("[data-answered]").textContent = `${items.length - open.length}/${items.length}`;
  const list = document.querySelector("[data-missing]");
  if (!list) return;
  list.querySelector("[data-missing-answers]")?.remove();
  if (open.length) {
    const titles = open.map((item) => item.querySelector('[name^="title:"]').value.toLowerCase());
    const shown = titles.length > MOST_NAMED ? [...titles.slice(0, MOST_NAMED), "…"] : titles;
    list.append(make("li", "", `${list.dataset.unanswered} ${shown.join(", ")}`, { "data-missing-answers": "" }));
  }
  const unsigned = list.querySelector("[data-missing-signature]");
  const note = document.querySelector("[data-signed]");
  if (unsigned && note) unsigned.hidden = !note.hidden;
}

async function drawPasswords(page, who) {
  const { jobPage, passwords, day } = page.dataset;
  const told = await passwordsOf(who, jobPage, passwords, day);
  if (!told) return;
  show("wifi_password", told.wifi_password);
  show("service_password", told.service_password && `${told.service_user} · ${told.service_password}`);
}

function show(name, value) {
  const row = document.querySelector(`[data-secret=${name}]`);
  row.hidden = !value;
  row.querySelector("dd").textContent = value ?? "";
}

document.addEventListener("click", (event) => {
  const picture = event.target.closest("[data-large]");
  if (!picture) return;
  const large = document.getElementById("large");
  large.querySelector("img").src = picture.dataset.large;
  large.showModal();
});
