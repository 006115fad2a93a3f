// The public request form: proof of work, lighter photos, and sending that survives a lost connection, a reload
// and a closed page.

import { draftOf } from "./draft.js";
import { check } from "./problems.js";
import { proofOf } from "./proof.js";
import { watchUploads } from "./uploads.js";

// On a slow connection the form works before this has come; it is asked for as soon as it does.
const sending = () => import("./sending.js");

async function begin() {
  const form = document.querySelector("form[data-request]");
  if (!form) return;
  const draft = draftOf(form);
  document.querySelector("[data-forget]").addEventListener("click", () => draft.forget().then(startAnew));
  document.querySelector("[data-restored]").hidden = !draft.restore() || form.dataset.again === "yes";
  const parts = { draft, proof: proofOf(form), uploads: watchUploads(form, draft), robots: null };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!form.dataset.sending && check(form)) deliver(form, parts);
  });
  document.querySelector("[data-summary]")?.focus();
  sending().catch(() => null);
  if (form.dataset.robots) {
    const { robotsOf } = await import(form.dataset.robotsScript);
    parts.robots = robotsOf(form);
  }
}

function startAnew() {
  window.location.assign(window.location.pathname);
}

async function deliver(form, { draft, proof, uploads, robots }) {
  const display = progress(form);
  form.dataset.sending = "yes";
  draft.keep();
  display.begin();
  try {
    await uploads.ready();
    if (!check(form)) return;
    const token = await robots?.token();
    await proof.ready({ hard: robots !== null && !token });
    const { send, show } = await sending();
    const { status, address, page } = await send(form, display.move, token ? { "g-recaptcha-response": token } : {});
    if (status === 200) {
      uploads.stop();
      await draft.forget();
      window.location.assign(address);
      return;
    }
    if (status === 422 && show(page)) {
      document.querySelector("form[data-request]").dataset.again = "yes";
      begin();
      return;
    }
    display.fail(page?.querySelector("[data-reason]")?.textContent || form.dataset.textFailed);
  } catch {
    display.fail(form.dataset.textOffline);
  } finally {
    delete form.dataset.sending;
    display.end();
  }
}

function progress(form) {
  const button = form.querySelector("[data-send]");
  const words = button.textContent;
  const bar = form.querySelector("[data-progress]");
  const failure = form.querySelector("[data-failure]");
  return {
    begin() {
      failure.hidden = true;
      button.disabled = true;
      button.textContent = button.dataset.sending;
      bar.hidden = false;
      bar.removeAttribute("value");
    },
    move(share) {
      if (share < 1) bar.value = share;
      else bar.removeAttribute("value");
    },
    fail(text) {
      failure.textContent = text;
      failure.hidden = false;
      failure.focus();
    },
    end() {
      button.disabled = false;
      button.textContent = words;
      bar.hidden = true;
    },
  };
}

begin();
