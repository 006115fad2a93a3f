// Photos from the camera: made lighter, each with a title, and kept one by one.

import { keep } from "./keeping.js";
import { lighten } from "../public/photos.js";
import { button, make } from "./queue-box.js";

const chosen = new Map();

export function preparePhotos(texts) {
  const form = document.querySelector("form[data-photos]");
  if (!form) return;
  chosen.clear();
  const input = form.elements.file;
  const save = form.querySelector("[data-save-photos]");
  const list = form.querySelector("[data-chosen]");
  form.elements.title.disabled = true;
  save.hidden = true;
  input.addEventListener("change", async () => {
    const files = [...input.files];
    input.value = "";
    for (const file of files) add(await lighten(file));
  });
  form.addEventListener("keep", async (event) => {
    event.preventDefault();
    for (const [item, file] of [...chosen]) {
      const data = new FormData();
      data.set("file", file, file.name);
      data.set("title", item.querySelector("input").value.trim());
      await keep(form, data, { about: `photo:${crypto.randomUUID()}` });
      remove(item);
    }
  });

  function add(file) {
    const item = make("li", "chosen-photo");
    const address = URL.createObjectURL(file);
    const title = make("input", "", undefined, { list: "photo-titles", maxlength: 200, "aria-label": texts.title, placeholder: texts.title });
    item.append(make("img", "", undefined, { src: address, alt: "" }), title, button(texts.remove, () => remove(item)));
    list.append(item);
    chosen.set(item, file);
    save.hidden = false;
    title.focus();
  }

  function remove(item) {
    chosen.delete(item);
    item.remove();
    save.hidden = chosen.size === 0;
  }
}
