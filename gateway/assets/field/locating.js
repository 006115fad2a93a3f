// "I am here": where the phone is, by its own word, with or without signal.

import { keep } from "./keeping.js";

const PATIENCE = 30_000;

export function prepareLocating(texts) {
  const form = document.querySelector("form[data-locate]");
  if (!form || !("geolocation" in navigator)) return;
  const pressed = form.querySelector("button");
  const problem = form.querySelector(".problem");
  const words = [...pressed.childNodes];
  pressed.hidden = false;
  form.addEventListener("keep", (event) => {
    event.preventDefault();
    pressed.disabled = true;
    pressed.textContent = texts.locating;
    problem.hidden = true;
    const over = () => {
      pressed.disabled = false;
      pressed.replaceChildren(...words);
    };
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        over();
        const data = new FormData(form);
        data.set("latitude", coords.latitude.toFixed(6));
        data.set("longitude", coords.longitude.toFixed(6));
        keep(form, data);
      },
      () => {
        over();
        problem.textContent = texts.noPlace;
        problem.hidden = false;
      },
      { enableHighAccuracy: true, timeout: PATIENCE },
    );
  });
}
