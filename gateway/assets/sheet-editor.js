// A sheet's template: written on the page itself, or as HTML, with its tags at hand, and shown with real data.
// The page is a frame whose policy lets it look as it likes and run nothing; the service cleans what is saved.

const form = document.querySelector("[data-sheet-editor]");
const source = form.querySelector("textarea[name=content]");
const canvas = form.querySelector('iframe[data-pane="visual"]');
const preview = document.getElementById("preview-form");
const unknown = form.querySelector("[data-unknown-tags]");
const tags = [...form.querySelectorAll("[data-tag]")];
const known = new Set(tags.map((button) => button.dataset.tag));
const TAG = /\{\{([^{}]*)\}\}/g;
let view = "source";

canvas.addEventListener("load", begin);
if (canvas.contentDocument?.readyState === "complete" && canvas.contentDocument.URL !== "about:blank") begin();
else show("source");

function begin() {
  canvas.contentDocument.designMode = "on";
  canvas.contentDocument.addEventListener("input", () => {
    source.value = canvas.contentDocument.body.innerHTML;
    mark();
  });
  show("visual");
}

function show(wanted) {
  if (wanted === "visual") draw();
  if (wanted === "preview") send();
  view = wanted;
  for (const pane of form.querySelectorAll("[data-pane]")) pane.hidden = pane.dataset.pane !== wanted;
  for (const button of form.querySelectorAll("[data-view]")) {
    button.classList.toggle("active", button.dataset.view === wanted);
    button.setAttribute("aria-pressed", String(button.dataset.view === wanted));
  }
  form.querySelector("[data-tools]").hidden = wanted !== "visual";
  mark();
}

// Parsed as data first, under the frame's policy: nothing that the text brings along runs or loads.
function draw() {
  const parsed = new canvas.contentWindow.DOMParser().parseFromString(source.value, "text/html");
  parsed.querySelectorAll("script, style, link, meta, base, iframe, object, embed, img, svg, video, audio")
    .forEach((element) => element.remove());
  const { body } = canvas.contentDocument;
  body.replaceChildren(...[...parsed.body.childNodes].map((node) => canvas.contentDocument.importNode(node, true)));
}

function send() {
  preview.elements.content.value = source.value;
  preview.elements.installation_id.value = form.querySelector("[data-subject]").value;
  preview.submit();
}

// Tags that stand for nothing are named while they are written, not only when the template is saved.
function mark() {
  const names = [...source.value.matchAll(TAG)]
    .map((found) => found[1].replace(/<[^>]*>/g, "").replace(/(\s|&nbsp;|\u00a0)+/g, " ").trim());
  const wrong = [...new Set(names.filter((name) => !known.has(name)))];
  unknown.hidden = wrong.length === 0;
  unknown.textContent = `${form.dataset.unknown} ${wrong.map((name) => `{{ ${name} }}`).join(", ")}`;
}

function insert(text) {
  if (view === "visual") {
    canvas.contentDocument.body.focus();
    canvas.contentDocument.execCommand("insertText", false, text);
  } else {
    if (view === "preview") show("source");
    source.setRangeText(text, source.selectionStart, source.selectionEnd, "end");
    source.focus();
    mark();
  }
}

const TABLE = "<table><tbody>" + "<tr><th>&nbsp;</th><td>&nbsp;</td></tr>".repeat(3) + "</tbody></table><p><br></p>";

form.addEventListener("click", (event) => {
  const button = event.target.closest("[data-view], [data-command], [data-tag]");
  if (!button) return;
  const { view: wanted, command, value, tag } = button.dataset;
  if (wanted) show(wanted);
  else if (tag) insert(`{{ ${tag} }}`);
  else if (command === "table") canvas.contentDocument.execCommand("insertHTML", false, TABLE);
  else canvas.contentDocument.execCommand(command, false, value || null);
});
form.querySelector("[data-subject]").addEventListener("change", send);
source.addEventListener("input", mark);

const plain = (text) => text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "");
form.querySelector("[data-tag-search]").addEventListener("input", (event) => {
  const wanted = plain(event.target.value);
  for (const button of tags) button.hidden = !plain(button.textContent).includes(wanted);
});
