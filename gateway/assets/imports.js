// <select data-shows="id"> shows there the samples of the column that is chosen.
document.addEventListener("change", (event) => {
  const shown = document.getElementById(event.target.dataset?.shows);
  if (shown) shown.textContent = event.target.selectedOptions[0].dataset.samples;
});

// <select data-reveals="id"> shows what is asked of something new only while something new is chosen.
function reveal(select) {
  const part = document.getElementById(select.dataset.reveals);
  if (part) part.hidden = select.value !== "new";
}
document.addEventListener("change", (event) => {
  if (event.target.dataset?.reveals) reveal(event.target);
});
const revealAll = () => document.querySelectorAll("select[data-reveals]").forEach(reveal);
document.addEventListener("htmx:afterSettle", revealAll);
revealAll();
