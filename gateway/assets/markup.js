// The HTML of contracts as its service will keep it: the same short list of tags, and nothing that runs or loads.
// Only for the preview; what is saved is cleaned by the service.

const TAGS = new Set(
  ("H1 H2 H3 H4 P BR HR DIV SPAN BLOCKQUOTE STRONG B EM I U S SMALL SUB SUP OL UL LI TABLE THEAD TBODY TFOOT TR TH TD")
    .split(" "),
);
const DROPPED = new Set(["SCRIPT", "STYLE", "TITLE", "TEMPLATE"]);
const NUMBERS = ["colspan", "rowspan", "start"];

/** A fragment that is safe to show. Tags such as `{{ cliente.nombre }}` are marked. */
export function preview(html) {
  const fragment = document.createDocumentFragment();
  // Styles in tags are refused by the page's policy already while they are parsed: they are read as data.
  const inert = html.replace(/\sstyle\s*=/gi, " data-style=");
  copy(new DOMParser().parseFromString(inert, "text/html").body, fragment);
  return fragment;
}

function copy(from, to) {
  for (const node of from.childNodes) {
    if (node.nodeType === Node.TEXT_NODE) to.append(...marked(node.data));
    else if (node.nodeType === Node.ELEMENT_NODE && !DROPPED.has(node.tagName)) copyElement(node, to);
  }
}

function copyElement(node, to) {
  if (!TAGS.has(node.tagName)) return copy(node, to);
  const element = document.createElement(node.tagName);
  const aligned = /text-align:\s*(left|right|center|justify)/i.exec(node.dataset.style ?? "");
  if (aligned) element.className = `align-${aligned[1].toLowerCase()}`;
  for (const name of NUMBERS) {
    if (/^\d{1,3}$/.test(node.getAttribute(name) ?? "")) element.setAttribute(name, node.getAttribute(name));
  }
  copy(node, element);
  to.append(element);
}

function marked(text) {
  return text.split(/(\{\{[^{}]*\}\})/).map((piece) => {
    if (!piece.startsWith("{{")) return piece;
    const mark = document.createElement("mark");
    mark.textContent = piece;
    return mark;
  });
}
