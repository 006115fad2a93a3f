// A signature on the glass, by finger, pen or mouse. What is drawn is in a hidden field whenever it changes.

const SignaturePad = window.SignaturePad; // signature_pad.js, loaded before this

// The contracts service takes no picture wider than 2400 points.
const WIDEST = 2000;

export function signatureOn(box) {
  const canvas = box.querySelector("canvas");
  const field = box.querySelector("[data-signature]");
  const pad = new SignaturePad(canvas, { minWidth: 0.8, maxWidth: 2.6, penColor: "#10203a" });

  function fit() {
    const { width, height } = canvas.getBoundingClientRect();
    if (!width) return;
    const scale = Math.min(Math.max(window.devicePixelRatio || 1, 1), WIDEST / width);
    const strokes = pad.toData();
    const shown = { width: canvas.width, height: canvas.height };
    if (shown.width === Math.round(width * scale) && shown.height === Math.round(height * scale)) return;
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    canvas.getContext("2d").scale(scale, scale);
    pad.clear();
    if (strokes.length) pad.fromData(strokes);
    else if (field.value) pad.fromDataURL(field.value, { width, height });
  }

  pad.addEventListener("endStroke", () => {
    field.value = pad.toDataURL("image/png");
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
  box.querySelector("[data-clear]")?.addEventListener("click", () => {
    pad.clear();
    field.value = "";
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });
  new ResizeObserver(fit).observe(canvas);
  fit();
  return { isSigned: () => field.value !== "" };
}
