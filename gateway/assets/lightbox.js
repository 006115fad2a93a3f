// Pictures over the page: links with `data-lightbox` open one after the other; arrows lead on, Escape closes.
// A PDF shows its first page, with the way to the whole. A photo can be turned, and is kept so.

import { anew, keepTurned, renewed } from "./turning.js";

const [before, after, close, left, right, failed] = document.querySelector("[data-lightbox-words]").dataset.lightboxWords.split("|");
const dialog = document.createElement("dialog");
dialog.className = "lightbox";
const picture = document.createElement("img");
const words = document.createElement("p");
const whole = Object.assign(document.createElement("a"), { className: "btn btn-dark", target: "_blank", rel: "noopener" });
const bar = document.createElement("div");
bar.className = "lightbox-bar";
const turners = [button("⟲", left, () => turn(-1)), button("⟳", right, () => turn(1))];
words.setAttribute("role", "status");
bar.append(button("‹", before, () => step(-1)), words, ...turners, whole, button("›", after, () => step(1)), button("×", close, () => dialog.close()));
dialog.append(picture, bar);
document.body.append(dialog);
let links = [];
let at = 0;

function button(sign, label, does) {
  const made = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-dark btn-icon", textContent: sign });
  made.setAttribute("aria-label", label);
  made.addEventListener("click", does);
  return made;
}

function show() {
  const link = links[at];
  picture.src = link.dataset.lightbox;
  picture.dataset.turned = link.dataset.turned ?? 0;
  for (const turner of turners) turner.hidden = !link.dataset.turn;
  picture.alt = link.dataset.title;
  words.textContent = `${link.dataset.title} · ${at + 1}/${links.length}`;
  dialog.setAttribute("aria-label", link.dataset.title);
  whole.hidden = !link.dataset.open;
  whole.href = link.href;
  whole.textContent = link.dataset.open ?? "";
}

function turn(by) {
  const link = links[at];
  picture.dataset.turned = link.dataset.turned = (Number(link.dataset.turned ?? 0) + by + 4) % 4;
  keepTurned(link.dataset.turn, Number(link.dataset.turned), (problem, quarters) => kept(link, problem, quarters));
}

async function kept(link, problem, quarters) {
  if (problem !== null) {
    words.textContent = `${failed} ${problem}`;
    return;
  }
  link.href = anew(link.href);
  link.dataset.lightbox = anew(link.dataset.lightbox);
  const small = link.querySelector("img");
  small.src = anew(small.src);
  const open = link === links[at];
  if (open) await renewed(picture, link.dataset.lightbox);
  link.dataset.turned = (Number(link.dataset.turned) - quarters + 4) % 4;
  if (open) picture.dataset.turned = link.dataset.turned;
}

function step(by) {
  at = (at + by + links.length) % links.length;
  show();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-lightbox]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  links = [...document.querySelectorAll("a[data-lightbox]")];
  at = links.indexOf(link);
  show();
  dialog.showModal();
});
dialog.addEventListener("keydown", (event) => {
  if (event.key === "ArrowRight") step(1);
  if (event.key === "ArrowLeft") step(-1);
});
dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
dialog.addEventListener("close", () => links[at].focus());
