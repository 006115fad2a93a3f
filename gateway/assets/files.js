// Files go up one by one, each with how far it is; a photo is made lighter first, and what failed can be tried again.
// Without this script the form sends them all at once.

import { lighten } from "./public/photos.js";

document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-upload]");
  if (!form) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  sendAll(form, [...form.elements.files.files]);
}, true);

for (const kind of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    const box = event.target.closest?.("[data-drop]");
    const form = box?.querySelector("[data-upload]");
    if (!form || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    box.classList.toggle("drop-here", kind === "dragover");
    if (kind === "drop") sendAll(form, [...event.dataTransfer.files]);
  });
}

// With a mouse files can be dragged here; with a finger there is a camera.
function fitHand() {
  const fine = matchMedia("(pointer: fine)").matches;
  document.querySelectorAll(fine ? "[data-drop-hint]" : "[data-camera]").forEach((part) => { part.hidden = false; });
}
fitHand();
document.addEventListener("htmx:afterSettle", fitHand);
document.addEventListener("change", (event) => {
  const camera = event.target.closest("[data-camera] input");
  if (!camera?.files.length) return;
  sendAll(camera.form, [...camera.files]);
  camera.value = "";
});

async function sendAll(form, files) {
  const data = new FormData(form);
  data.delete("files");
  let arrived = true;
  for (const [number, file] of files.entries()) {
    arrived = (await sendOne(form, data, file, `${form.elements.key.value}-${number}`)) && arrived;
  }
  if (arrived) await renew(form);
}

/** Whether it arrived; if not, its line says why and offers to try again. */
async function sendOne(form, data, file, key) {
  const line = lineFor(form, file.name);
  const body = new FormData();
  for (const [name, value] of data) body.append(name, value);
  body.set("key", key);
  body.append("files", await lighten(file), file.name);
  try {
    await post(form.action, body, (part) => { line.bar.value = part; });
    line.item.remove();
    return true;
  } catch (error) {
    line.fails(error.message || form.dataset.lost, form.dataset.again, async () => {
      line.item.remove();
      if (await sendOne(form, data, file, key)) await renew(form);
    });
    return false;
  }
}

function post(address, body, progress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", address);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => progress(event.loaded / event.total));
    request.addEventListener("load", () => {
      if (request.status === 201) resolve();
      else reject(new Error(request.response?.problem ?? ""));
    });
    request.addEventListener("error", () => reject(new Error("")));
    request.send(body);
  });
}

function lineFor(form, name) {
  const item = document.createElement("li");
  const words = document.createElement("span");
  const bar = document.createElement("progress");
  words.textContent = name;
  bar.max = 1;
  bar.value = 0;
  item.append(words, " ", bar);
  form.querySelector("[data-sending]").append(item);
  return {
    item,
    bar,
    fails(why, again, retry) {
      bar.remove();
      words.textContent = why.includes(name) ? why : `${name}: ${why}`;
      words.className = "text-danger";
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-sm ms-2";
      button.textContent = again;
      button.addEventListener("click", retry, { once: true });
      item.append(button);
    },
  };
}

async function renew(form) {
  const answer = await fetch(form.dataset.box, { headers: { "HX-Request": "true" } });
  if (!answer.ok) return;
  const fresh = document.createRange().createContextualFragment(await answer.text());
  form.closest("#archivos").replaceWith(fresh);
  htmx.process(document.getElementById("archivos"));
  fitHand();
}
