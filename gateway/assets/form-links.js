// A link and a QR code that say where somebody came from, made while it is typed.
const links = document.querySelector("form[data-links]");

function show() {
  const told = new URLSearchParams([...new FormData(links)].filter(([, value]) => value.trim()));
  const query = told.size ? `?${told}` : "";
  const tagged = links.dataset.address + query;
  links.querySelector("[data-tagged]").value = tagged;
  links.querySelector("[data-copy]").dataset.copy = tagged;
  links.querySelector("[data-qr-image]").src = links.dataset.qr + query;
  for (const save of links.querySelectorAll("[data-qr-save]")) {
    told.set("guardar", "1");
    save.href = `${links.dataset.qr.replace("svg", save.dataset.qrSave)}?${told}`;
  }
}

let pending;
links?.addEventListener("input", () => {
  clearTimeout(pending);
  pending = setTimeout(show, 250);
});
links?.addEventListener("submit", (event) => event.preventDefault());
