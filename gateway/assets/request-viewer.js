// Papers of a request: one at a time, large, turned upright; and keys for a morning with many requests.

import { anew, keepTurned, renewed } from "./turning.js";

const viewer = document.querySelector("[data-viewer]");
const glass = viewer?.querySelector("[data-glass]");
const picture = viewer?.querySelector("[data-picture]");
let shown = null;

function lookAt(tab) {
  shown = tab;
  for (const other of viewer.querySelectorAll("[data-paper]")) other.toggleAttribute("aria-current", other === tab);
  tab.setAttribute("aria-current", "true");
  const pdf = tab.dataset.pages;
  viewer.querySelector("[data-pdf]").hidden = !pdf;
  viewer.querySelector("[data-pdf-link]").href = tab.href;
  told(Boolean(pdf), false);
  glass.classList.remove("is-large");
  picture.hidden = Boolean(pdf);
  picture.classList.toggle("is-pages", Boolean(pdf));
  viewer.querySelector("[data-tools]").hidden = Boolean(pdf);
  picture.src = pdf ?? tab.href;
  picture.alt = tab.dataset.name;
  picture.dataset.turned = tab.dataset.turned ?? 0;
}

// A PDF's pages are drawn by the service when somebody looks for the first time.
function told(drawing, failed) {
  viewer.querySelector("[data-drawing]").hidden = !drawing;
  viewer.querySelector("[data-not-drawn]").hidden = !failed;
}

function drawn(well) {
  if (!picture.classList.contains("is-pages")) return;
  told(false, !well);
  picture.hidden = !well;
}

function turn(step) {
  const tab = shown;
  const turned = (Number(tab.dataset.turned ?? 0) + step + 4) % 4;
  picture.dataset.turned = tab.dataset.turned = turned;
  tellTurned("");
  if (tab.dataset.turn) keepTurned(tab.dataset.turn, turned, (problem, quarters) => kept(tab, problem, quarters));
}

async function kept(tab, problem, quarters) {
  const words = viewer.querySelector("[data-turned-words]").dataset;
  if (problem !== null) return tellTurned(`${words.failed} ${problem}`);
  tab.href = anew(tab.href);
  if (tab === shown) await renewed(picture, tab.href);
  tab.dataset.turned = (Number(tab.dataset.turned) - quarters + 4) % 4; // it may have been turned on meanwhile
  if (tab === shown) picture.dataset.turned = tab.dataset.turned;
  tellTurned(words.kept);
}

function tellTurned(text) {
  viewer.querySelector("[data-turned-words]").textContent = text;
}

if (glass) {
  viewer.addEventListener("click", (event) => {
    const tab = event.target.closest("[data-paper]");
    if (tab && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      lookAt(tab);
    }
    const turner = event.target.closest("[data-turn]");
    if (turner) turn(Number(turner.dataset.turn));
    if (event.target === picture || event.target.closest("[data-enlarge]")) glass.classList.toggle("is-large");
  });
  picture.addEventListener("load", () => drawn(true));
  picture.addEventListener("error", () => drawn(false));
  lookAt(viewer.querySelector("[data-paper]"));
}

document.addEventListener("click", (event) => {
  const filler = event.target.closest("[data-fill]");
  if (!filler) return;
  const field = document.getElementById(filler.dataset.fill);
  field.value = filler.textContent.trim();
  field.focus();
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.target.matches("input, textarea, select")) return;
  const tab = /^[1-9]$/.test(event.key) && viewer?.querySelectorAll("[data-paper]")[event.key - 1];
  if (tab) lookAt(tab);
  else document.querySelector(`[data-key="${CSS.escape(event.key)}"]`)?.click();
});
