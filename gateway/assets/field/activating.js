// An activation as it goes on, and what the router says of the service: looked at again until the client's device
// has come up, or for two minutes.

import { askSession } from "./sending.js";

const STEP = 1_000;
const LOOK_AGAIN = 5_000;
const LOOKS = 24;
let following;
let looks = 0;
let looking;

export function drawActivation(refresh) {
  const box = document.getElementById("activation");
  if (!box) return;
  clearTimeout(following);
  if (box.dataset.follow) following = setTimeout(() => follow(box, refresh), STEP);
  else if (box.querySelector("[data-awaited]")) awaitSession(box);
}

async function follow(box, refresh) {
  const answer = await fetch(box.dataset.follow).catch(() => null);
  if (!answer?.ok || answer.redirected) {
    following = setTimeout(() => follow(box, refresh), 5 * STEP);
    return;
  }
  const fresh = document.createRange().createContextualFragment(await answer.text()).getElementById("activation");
  const goes = fresh.dataset.follow !== undefined;
  if (fresh.innerHTML !== box.innerHTML) box.replaceChildren(...fresh.childNodes);
  if (goes) following = setTimeout(() => follow(box, refresh), STEP);
  else await refresh();
}

function awaitSession(box) {
  clearTimeout(looking);
  if (looks >= LOOKS) return;
  looking = setTimeout(async () => {
    if (document.visibilityState === "visible" && navigator.onLine) {
      looks += 1;
      await look(box);
    }
    if (box.isConnected && box.querySelector("[data-awaited]")) awaitSession(box);
  }, LOOK_AGAIN);
}

async function look(box) {
  const form = box.querySelector("form[data-check-again]");
  const session = await askSession();
  if (!form || typeof session === "string") return;
  const answer = await fetch(form.action, { method: "POST", headers: { "X-CSRFToken": session.csrf } }).catch(() => null);
  if (!answer || answer.redirected) return;
  const fresh = document.createRange().createContextualFragment(await answer.text()).getElementById("activation");
  if (fresh) box.replaceChildren(...fresh.childNodes);
}

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-check-again]");
  if (!form) return;
  event.preventDefault();
  const pressed = form.querySelector("button");
  pressed.disabled = true;
  await look(form.closest("#activation"));
  pressed.disabled = false;
});
