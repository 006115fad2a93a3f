// The public request form: proof of work, lighter photos, and sending that survives a lost connection.

import { check } from "./problems.js";
import { proofOf } from "./proof.js";
import { send, show } from "./sending.js";
import { watchUploads } from "./uploads.js";

function begin() {
  const form = document.querySelector("form[data-request]");
  if (!form) return;
  const proof = proofOf(form);
  const uploads = watchUploads(form);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!form.dataset.sending && check(form)) deliver(form, proof, uploads);
  });
  document.querySelector("[data-summary]")?.focus();
}

async function deliver(form, proof, uploads) {
  const display = progress(form);
  form.dataset.sending = "yes";
  display.begin();
  try {
    await uploads.ready();
    if (!check(form)) return;
    await proof.ready();
    const { status, address, page } = await send(form, display.move);
    if (status === 200) {
      window.location.assign(address);
      return;
    }
    if (status === 422 && show(page)) {
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
