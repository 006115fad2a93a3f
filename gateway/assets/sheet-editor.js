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
  const names = [...source.value.matchAll(TAG)].map((found) => nameOf(found[1]));
  const wrong = [...new Set(names.filter((name) => !known.has(name)))];
  unknown.hidden = wrong.length === 0;
  unknown.replaceChildren(`${form.dataset.unknown} `, ...wrong.flatMap((name) => [leadTo(name), " "]));
  const refused = document.getElementById("content-error");
  if (refused) refused.hidden = wrong.length > 0; // it names the same tags
  if (view === "visual") paint();
}

function nameOf(inside) {
  return inside.replace(/<[^>]*>/g, "").replace(/(\s|&nbsp;|\u00a0)+/g, " ").trim();
}

/** A button with the tag's name, which leads to where it stands in the HTML. */
function leadTo(name) {
  const button = Object.assign(document.createElement("button"), {
    type: "button", className: "btn btn-sm btn-ghost-danger px-1 font-monospace", textContent: `{{ ${name} }}`,
  });
  button.addEventListener("click", () => {
    show("source");
    const found = [...source.value.matchAll(TAG)].find((each) => nameOf(each[1]) === name);
    if (!found) return;
    source.focus();
    source.setSelectionRange(found.index, found.index + found[0].length);
  });
  return button;
}

/** Marks in the page itself, without touching what is written there. */
function paint() {
  const { contentDocument: page, contentWindow: inner } = canvas;
  if (!inner.CSS?.highlights) return; // the list below the page says the same
  const wrong = new inner.Highlight();
  const walker = page.createTreeWalker(page.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    for (const found of walker.currentNode.data.matchAll(TAG)) {
      if (known.has(nameOf(found[1]))) continue;
      const range = page.createRange();
      range.setStart(walker.currentNode, found.index);
      range.setEnd(walker.currentNode, found.index + found[0].length);
      wrong.add(range);
    }
  }
  inner.CSS.highlights.set("unknown-tag", wrong);
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
