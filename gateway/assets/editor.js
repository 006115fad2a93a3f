// A text area of HTML with its preview beside it, buttons for what is used most, and tags to put in.

import { preview } from "./markup.js";

for (const editor of document.querySelectorAll("[data-editor]")) {
  const source = editor.querySelector("textarea");
  const shown = editor.querySelector("[data-preview]");
  const show = () => shown.replaceChildren(preview(source.value));
  source.addEventListener("input", show);
  editor.addEventListener("click", (event) => {
    const button = event.target.closest("[data-wrap], [data-insert]");
    if (!button) return;
    event.preventDefault();
    put(source, button.dataset);
    show();
  });
  show();
}

function put(source, { wrap, insert }) {
  const { selectionStart: from, selectionEnd: to, value } = source;
  const chosen = value.slice(from, to);
  source.focus();
  source.setRangeText(insert ?? wrapped(wrap, chosen), from, to, chosen || insert ? "end" : "select");
}

function wrapped(tag, text) {
  if (tag === "ul" || tag === "ol") {
    const items = (text || "…").split("\n").map((line) => `  <li>${line.trim()}</li>`);
    return `<${tag}>\n${items.join("\n")}\n</${tag}>`;
  }
  if (tag === "center") return `<p style="text-align: center">${text || "…"}</p>`;
  return `<${tag}>${text || "…"}</${tag}>`;
}
