// Small behaviours of the staff pages; every page works without them, only less comfortably.
htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
htmx.config.selfRequestsOnly = true;

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRFToken"] = document.querySelector('meta[name="csrf-token"]').content;
});

// <button data-dialog="id"> opens a <dialog>; [data-close] inside closes it. Escape does too, by itself.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) {
    event.preventDefault();
    document.getElementById(opener.dataset.dialog).showModal();
  }
  if (event.target.closest("dialog [data-close]")) {
    event.preventDefault();
    event.target.closest("dialog").close();
  }
  const copier = event.target.closest("[data-copy]");
  if (copier) {
    event.preventDefault();
    copyText(copier.dataset.copy).then(() => {
      copier.textContent = copier.dataset.copied;
    });
  }
});

// Browsers give pages their clipboard only over https; the old way works in a company's own network too.
function copyText(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = document.createElement("textarea");
  field.value = text;
  document.body.append(field);
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  return copied ? Promise.resolve() : Promise.reject(new Error("not copied"));
}

// A form is sent once; its button says that it is on its way.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  if (form.method === "post" && !form.hasAttribute("hx-post")) {
    form.dataset.sent = "1";
    form.querySelectorAll("button[type=submit]").forEach((button) => button.classList.add("btn-loading"));
  }
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
  document.querySelectorAll(".btn-loading").forEach((button) => button.classList.remove("btn-loading"));
});

// Filters apply as soon as they are chosen.
document.addEventListener("change", (event) => {
  if (event.target.closest("form[data-autosubmit]")) event.target.form.requestSubmit();
});

// <select data-decides="id"> sets another to what its option is `of`, and leaves no other choice there;
// <select data-narrows="id"> leaves in another only the options that are of what was chosen.
document.addEventListener("change", (event) => {
  const select = event.target.closest("select[data-decides], select[data-narrows]");
  if (!select) return;
  if (select.dataset.narrows) narrow(document.getElementById(select.dataset.narrows), select.value);
  if (select.dataset.decides) decide(select).dispatchEvent(new Event("change", { bubbles: true }));
});

/** The select that another one decides, as that has it now. */
function decide(select) {
  const { of } = select.selectedOptions[0].dataset;
  const decided = document.getElementById(select.dataset.decides);
  for (const option of decided.options) option.hidden = option.disabled = option.value !== of;
  decided.value = of;
  return decided;
}

function narrow(select, of) {
  select.querySelectorAll("option[data-of]").forEach((option) => {
    option.hidden = option.disabled = option.dataset.of !== of;
  });
  if (select.selectedOptions[0]?.disabled) select.value = "";
}

// What was saved needs its draft no longer (drafts.js).
for (const saved of document.querySelectorAll("[data-draft-saved]")) {
  localStorage.removeItem(`alta.draft.${saved.dataset.draftSaved}`);
}

// A link to a dialog opens it: /instalaciones/…#confirm-activate
const asked = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
if (asked instanceof HTMLDialogElement) asked.showModal();

const firstError = document.querySelector(".is-invalid");
if (firstError) {
  const pane = firstError.closest(".tab-pane");
  if (pane && !pane.classList.contains("active")) {
    document.querySelector(`[data-bs-target="#${pane.id}"]`)?.click();
  }
  firstError.focus();
}

// <input type="checkbox" data-tick="name"> ticks all of that name in its form.
document.addEventListener("change", (event) => {
  const name = event.target.dataset?.tick;
  if (!name) return;
  event.target.form.querySelectorAll(`input[name="${name}"]`).forEach((box) => {
    box.checked = event.target.checked;
  });
});
