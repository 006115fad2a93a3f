// The client's signature on the glass: of the contract, or under a few lines where there is none.

import { keep } from "./keeping.js";
import { signatureOn } from "../signature.js";

const PAPER_WIDTH = 1000;
const MARGIN = 50;

export function prepareSignature(texts) {
  const form = document.querySelector("form[data-sign]");
  const glass = form?.querySelector("[data-glass]");
  if (!glass) return;
  const signature = signatureOn(glass);
  const problem = form.querySelector(".problem");
  form.addEventListener("keep", async (event) => {
    event.preventDefault();
    const name = form.elements.signer_name.value.trim();
    problem.textContent = signature.isSigned() ? (name ? "" : texts.nameMissing) : texts.signatureMissing;
    problem.hidden = !problem.textContent;
    if (!problem.hidden) return;
    const data = new FormData(form);
    if (form.dataset.paperLines) {
      data.set("file", await paper(JSON.parse(form.dataset.paperLines), name, data.get("signature_png")), "conformidad.png");
      data.delete("signature_png");
    }
    await keep(form, data);
  });
}

/** What was read, and the signature below it, as one picture that says by itself what was signed. */
async function paper(lines, name, signature) {
  const picture = new Image();
  picture.src = signature;
  await picture.decode();
  const canvas = document.createElement("canvas");
  canvas.width = PAPER_WIDTH;
  canvas.height = 760;
  const context = canvas.getContext("2d");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = "#10203a";
  let y = MARGIN;
  for (const [number, line] of [...lines, "", `${name} · ${new Date().toLocaleString(document.documentElement.lang, { timeZone: document.documentElement.dataset.timeZone })}`].entries()) {
    context.font = `${number < 2 ? "bold 34px" : "26px"} system-ui, sans-serif`;
    y = write(context, line, y) + 8;
  }
  const height = Math.min(300, (picture.height / picture.width) * (PAPER_WIDTH - 2 * MARGIN));
  context.drawImage(picture, MARGIN, y, (picture.width / picture.height) * height, height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

function write(context, text, y) {
  let line = "";
  for (const word of `${text} `.split(" ")) {
    if (line && context.measureText(`${line} ${word}`).width > PAPER_WIDTH - 2 * MARGIN) {
      context.fillText(line, MARGIN, y);
      y += 36;
      line = word;
    } else line = line ? `${line} ${word}` : word;
  }
  context.fillText(line, MARGIN, y);
  return y + 36;
}
