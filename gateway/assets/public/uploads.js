// File fields: what was chosen is made lighter, named, and refused here when it could not be taken anyway.

import { lighten, readableSize, replaceChosen } from "./photos.js";
import { clearProblem, showProblem } from "./problems.js";

/** `texts`: data attributes with the words for what is refused. Resolves when no photo is being prepared. */
export function watchUploads(form) {
  const preparing = new Set();
  for (const input of form.querySelectorAll('input[type="file"]')) {
    input.addEventListener("change", () => {
      const work = prepare(form, input).finally(() => preparing.delete(work));
      preparing.add(work);
    });
  }
  return { ready: () => Promise.all(preparing) };
}

async function prepare(form, input) {
  const [file] = input.files;
  clearProblem(input);
  tell(input, file ? form.dataset.textPreparing : "");
  if (!file) return;
  form.querySelector("[data-more][hidden]")?.removeAttribute("hidden");
  const lighter = await lighten(file);
  if (lighter !== file) replaceChosen(input, lighter);
  const refusal = refusalOf(form, lighter);
  if (refusal) showProblem(input, refusal);
  tell(input, `${lighter.name} · ${readableSize(lighter.size)}`);
}

export function refusalOf(form, file) {
  const known = /^(image\/(jpeg|png)|application\/pdf)$/.test(file.type) || file.type === "";
  if (!known) return form.dataset.textType.replace("%name%", file.name);
  if (file.size > Number(form.dataset.maxBytes)) return form.dataset.textSize.replace("%name%", file.name);
  return null;
}

function tell(input, text) {
  const box = input.closest(".paper");
  box?.classList.toggle("has-file", Boolean(text));
  const line = box?.querySelector("[data-chosen]");
  if (line) line.textContent = text;
}
