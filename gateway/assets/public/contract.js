// A contract opened by its link: signing on the glass, with papers.

import { signatureOn } from "../signature.js";
import { check, clearProblem, showProblem } from "./problems.js";
import { send, show } from "./sending.js";
import { watchUploads } from "./uploads.js";

function begin() {
  const form = document.querySelector("form[data-sign]");
  if (form) signing(form);
  document.querySelector("[data-summary]")?.focus();
}

function signing(form) {
  const box = form.querySelector("[data-glass]");
  const signature = signatureOn(box);
  const field = box.querySelector("[data-signature]");
  const uploads = watchUploads(form);
  field.addEventListener("change", () => {
    if (!signature.isSigned()) return;
    clearProblem(field);
    box.querySelector(".glass").classList.remove("is-wrong");
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (form.dataset.sending) return;
    const complete = check(form);
    const signed = signature.isSigned();
    box.querySelector(".glass").classList.toggle("is-wrong", !signed);
    if (!signed) {
      showProblem(field, form.dataset.textSignature);
      box.scrollIntoView({ block: "center" });
    } else if (complete) {
      deliver(form, uploads);
    }
  });
}

async function deliver(form, uploads) {
  const button = form.querySelector("[data-send]");
  const words = button.textContent;
  const failure = form.querySelector("[data-failure]");
  form.dataset.sending = "yes";
  button.disabled = true;
  button.textContent = button.dataset.sending;
  failure.hidden = true;
  try {
    await uploads.ready();
    const { status, address, page } = await send(form, () => {});
    if (status === 200) {
      window.location.assign(address);
      return;
    }
    if (show(page)) begin();
    else fail(failure, form.dataset.textFailed);
  } catch {
    fail(failure, form.dataset.textOffline);
  } finally {
    delete form.dataset.sending;
    button.disabled = false;
    button.textContent = words;
  }
}

function fail(line, text) {
  line.textContent = text;
  line.hidden = false;
  line.focus();
}

begin();
