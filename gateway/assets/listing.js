// Lists: filters that apply while one types, columns that are moved, rows that are ticked. Without it everything is still there.
htmx.config.historyCacheSize = 0; // nobody's data stays behind in the browser's storage
htmx.config.refreshOnHistoryMiss = true; // going back loads the address as it was

// What is typed is looked for while it is typed; leaving the field is not a second question.
document.addEventListener("change", (event) => {
  if (event.target.type === "search" && event.target.form?.id === "filters") event.stopPropagation();
}, true);

// An address says only what it asks for.
document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.verb !== "get" || event.target.id !== "filters") return;
  const asked = event.detail.formData;
  for (const [name, value] of [...asked.entries()]) if (value === "") asked.delete(name);
});

// Whoever is no longer signed in gets the page that says so, not a hole in the list.
document.addEventListener("htmx:beforeSwap", (event) => {
  const landed = new URL(event.detail.xhr.responseURL || location.href).pathname;
  if (event.detail.target.closest("#listing, #in-place") && landed.startsWith("/entrar")) {
    event.detail.shouldSwap = false;
    location.reload();
  }
});

// <button data-move="up|down"> moves its item in the list; the focus stays with it.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-move]");
  if (!button) return;
  const item = button.closest("li");
  if (button.dataset.move === "up") item.previousElementSibling?.before(item);
  else item.nextElementSibling?.after(item);
  button.focus();
});

// A row's menu is made when it opens, from the template that all rows with the same actions have in common.
const ANYBODY = "00000000-0000-0000-0000-000000000000"; // where the identity of the row comes
document.addEventListener("show.bs.dropdown", (event) => {
  const button = event.target.closest("[data-menu]");
  const menu = button?.nextElementSibling;
  if (!menu || menu.childElementCount) return;
  menu.append(document.getElementById(button.dataset.menu).content.cloneNode(true));
  for (const link of menu.children) link.href = link.getAttribute("href").replace(ANYBODY, button.dataset.of);
});

// <a data-in-place>: its page asks something, and is asked over the list; when that is over the list is as it is now.
const inPlace = document.getElementById("in-place");
document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-in-place]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  inPlace.replaceChildren();
  await htmx.ajax("GET", link.href, { target: inPlace, swap: "innerHTML" }).catch(() => {});
  if (inPlace.childElementCount) inPlace.showModal();
  else location.assign(link.href); // where it is said why not
});
inPlace.addEventListener("close", () => {
  if (!inPlace.querySelector("[data-done]")) return; // the focus is where it was
  inPlace.replaceChildren();
  document.addEventListener("htmx:afterSettle", () => document.getElementById("list").focus({ preventScroll: true }), { once: true });
  htmx.ajax("GET", location.href, { target: "#list", select: "#list", swap: "outerHTML" });
});

// What was asked for as a file is there: its download begins by itself.
document.addEventListener("htmx:load", (event) => {
  event.detail.elt.querySelector?.("[data-download]")?.click();
});

// What may be done with ticked rows is offered once some are ticked.
function countTicked() {
  const bar = document.querySelector("[data-bulk-bar]");
  if (!bar) return;
  const count = document.querySelectorAll('#chosen input[name="chosen"]:checked').length;
  const everything = bar.querySelector('input[name="all"]')?.checked;
  bar.hidden = !count && !everything;
  const told = bar.querySelector("[data-counted]");
  told.textContent = everything ? "" : `${told.dataset.counted} ${count}`;
}
document.addEventListener("change", (event) => {
  if (event.target.closest("#chosen")) setTimeout(countTicked); // after "all" has ticked the others
});
document.addEventListener("htmx:afterSettle", countTicked);
window.addEventListener("pageshow", countTicked);
countTicked();
