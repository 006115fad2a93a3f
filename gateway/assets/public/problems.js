// A problem beside its field, tied to it for screen readers; the same markup that the server writes.

export function showProblem(input, text) {
  const line = lineOf(input);
  line.textContent = text;
  line.hidden = false;
  input.setAttribute("aria-invalid", "true");
  input.closest(".paper")?.classList.add("is-wrong");
}

export function clearProblem(input) {
  const line = lineOf(input);
  line.textContent = "";
  line.hidden = true;
  input.removeAttribute("aria-invalid");
  input.closest(".paper")?.classList.remove("is-wrong");
}

function lineOf(input) {
  return document.getElementById(`${input.id}-problem`);
}

/** Whether every field holds what it must; shows what does not and goes to the first of them. */
export function check(form) {
  const wrong = [];
  for (const input of form.querySelectorAll("input, textarea")) {
    if (!lineOf(input)) continue;
    const text = complaint(form, input);
    if (text) {
      showProblem(input, text);
      wrong.push(input);
    } else if (input.type !== "file") {
      clearProblem(input);
    } else if (input.getAttribute("aria-invalid") === "true" && input.files.length) {
      wrong.push(input);
    }
  }
  wrong[0]?.focus();
  wrong[0]?.scrollIntoView({ block: "center" });
  return wrong.length === 0;
}

function complaint(form, input) {
  if (input.validity.valueMissing || (input.required && input.type !== "file" && !input.value.trim()))
    return input.dataset.textMissing ?? form.dataset.textRequired;
  if (input.validity.typeMismatch || input.validity.patternMismatch) return input.dataset.textShape;
  return null;
}
