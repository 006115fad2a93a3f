// The public form as it would be with what is typed beside it; asked for again a moment after each change.
const source = document.querySelector("form[data-preview]");
const frame = document.querySelector("[data-preview-frame]");
let waiting;
let newest = 0;

async function preview() {
  const mine = ++newest;
  const answer = await fetch(source.dataset.preview, { method: "POST", body: new FormData(source) }).catch(() => null);
  // Nothing is said when it fails: the next change asks again, and saving does not depend on it.
  if (answer?.ok && mine === newest) frame.srcdoc = await answer.text();
}

source?.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(preview, 400);
});
if (source) preview();
