// File fields: what was chosen is made lighter, named, refused here when it could not be taken anyway, and where
// the form has a place for it, sent at once in pieces, while the person goes on typing.

import { dropFile, keepFile, keptFile } from "./draft.js";
import { clearProblem, showProblem } from "./problems.js";

// On a slow connection the form works before these have come; they are asked for as soon as it does.
const photos = () => import("./photos.js");
const pieces = () => import("./pieces.js");

/**
 * `form`: data attributes with the words for what is refused. `draft` remembers which files were sent; without one
 * they travel with the form. `ready` resolves when no photo is being prepared and none is on its way; it rejects
 * when one still finds no connection.
 */
export function watchUploads(form, draft = null) {
  photos().catch(() => null);
  if (draft) pieces().catch(() => null);
  const busy = new Set();
  const sending = new Map();
  const stalled = new Set();
  let tellStalled = () => {};
  const track = (work) => {
    const tracked = work.finally(() => busy.delete(tracked));
    busy.add(tracked);
  };

  async function prepare(input) {
    const [file] = input.files;
    sending.get(input)?.abort();
    clearProblem(input);
    tell(input, file ? form.dataset.textPreparing : "");
    if (!file) return;
    form.querySelector("[data-more][hidden]")?.removeAttribute("hidden");
    const lighter = await photos().then(
      ({ lighten }) => lighten(file),
      () => file,
    );
    if (lighter !== file) replaceChosen(input, lighter);
    const refusal = await refusalOf(form, lighter);
    if (refusal) showProblem(input, refusal);
    tell(input, named(lighter));
    if (!refusal && draft) track(send(input, lighter, null));
  }

  async function send(input, file, known) {
    const aborter = new AbortController();
    const requestId = form.elements.request_id.value;
    sending.set(input, aborter);
    if (!known) {
      draft.note(input.name, { name: file.name, size: file.size, address: null, paper: null });
      await keepFile(requestId, input.name, file);
    }
    const on = {
      begun: (address) => draft.note(input.name, { address }),
      moved: (share) => {
        stalled.delete(input);
        tell(input, `${named(file)} · ${Math.floor(share * 100)} %`, share);
      },
      waiting: () => {
        stalled.add(input);
        tellStalled();
        tell(input, `${named(file)} · ${form.dataset.textWaiting}`);
      },
    };
    const place = { url: form.dataset.uploadUrl, ticket: form.dataset.ticket, field: input.name };
    try {
      const { sendInPieces } = await pieces();
      const paper = await sendInPieces(file, { ...place, known, on, signal: aborter.signal });
      draft.note(input.name, { paper });
      take(input, paper, `${named(file)} · ${form.dataset.textSent}`);
    } catch {
      // Chosen anew meanwhile, or refused: then it travels with the form, which says what is wrong.
      if (!aborter.signal.aborted) {
        if (!input.files.length) replaceChosen(input, file);
        tell(input, named(file));
      }
    } finally {
      if (sending.get(input) === aborter) stalled.delete(input);
      if (!aborter.signal.aborted) await dropFile(requestId, input.name);
    }
  }

  function take(input, paper, text) {
    form.elements[`kept_${input.name}`].value = paper;
    input.value = "";
    input.required = false;
    tell(input, text);
  }

  /** Files of the draft: sent ones are named, unfinished ones go on. */
  async function resume() {
    for (const [field, told] of Object.entries({ ...draft?.files })) {
      const input = form.elements[field];
      if (!input || form.elements[`kept_${field}`]?.value) continue;
      if (input.getAttribute("aria-invalid") === "true") {
        draft.note(field, null); // it was refused: another one has to be chosen
        continue;
      }
      if (told.paper) {
        take(input, told.paper, `${named(told)} · ${form.dataset.textSent}`);
        continue;
      }
      const file = await keptFile(form.elements.request_id.value, field);
      if (file && !input.files.length) {
        replaceChosen(input, file);
        track(send(input, file, told.address));
      } else if (!file) {
        draft.note(field, null);
      }
    }
  }

  for (const input of form.querySelectorAll('input[type="file"]')) {
    input.addEventListener("change", () => track(prepare(input)));
  }
  const resumed = resume();

  async function settled() {
    await resumed;
    while (busy.size) await Promise.all(busy);
  }

  return {
    ready() {
      return new Promise((resolve, reject) => {
        tellStalled = () => reject(new Error("a file waits for a connection"));
        if (stalled.size) pieces().then(({ tryAgainNow }) => tryAgainNow(), reject);
        settled().then(resolve, reject);
      });
    },
    stop() {
      for (const aborter of sending.values()) aborter.abort();
    },
  };
}

/** What is wrong with it at first sight, so that nobody sends it in vain: the service looks inside. */
async function refusalOf(form, file) {
  const { textType, textSize, textDamaged, maxBytes } = form.dataset;
  const said = (text) => text.replace("%name%", file.name);
  if (file.size > Number(maxBytes)) return said(textSize);
  const beginning = await file.slice(0, 8).arrayBuffer().catch(() => null);
  if (!beginning?.byteLength) return said(textDamaged);
  return isAccepted(new Uint8Array(beginning)) ? null : said(textType);
}

/** PNG, JPEG or PDF, whatever its name says. */
function isAccepted(bytes) {
  const text = String.fromCharCode(...bytes);
  return text.startsWith("\x89PNG") || text.startsWith("\xff\xd8\xff") || text.startsWith("%PDF-");
}

/** Puts `file` in place of what was chosen. */
function replaceChosen(input, file) {
  const held = new DataTransfer();
  held.items.add(file);
  input.files = held.files;
}

function readableSize(bytes) {
  return bytes >= 1_048_576 ? `${(bytes / 1_048_576).toFixed(1)} MB` : `${Math.max(1, Math.round(bytes / 1024))} kB`;
}

function named(file) {
  return `${file.name} · ${readableSize(file.size)}`;
}

function tell(input, text, share = null) {
  const box = input.closest(".paper");
  box?.classList.toggle("has-file", Boolean(text));
  const line = box?.querySelector("[data-chosen]");
  if (line) line.textContent = text;
  const bar = box?.querySelector("[data-part-progress]");
  if (bar) {
    bar.hidden = share === null || share >= 1;
    bar.value = share ?? 0;
  }
}
