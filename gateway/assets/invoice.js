// The lines of an invoice: an article that is chosen fills its line, lines are added, and the total follows.

const form = document.querySelector("[data-invoice]");
const articles = new Map(
  [...document.querySelectorAll("#articles option")].map((option) => [option.value, option.dataset]),
);
const lines = form.querySelector("[data-lines]");
const digits = Number(form.dataset.digits);
const money = new Intl.NumberFormat(document.documentElement.lang, {
  style: "currency",
  currency: form.dataset.currency,
});

form.addEventListener("input", (event) => {
  const line = event.target.closest("[data-line]");
  if (line && event.target.matches("[data-article]")) fill(line, event.target.value);
  addUp();
});

form.addEventListener("click", (event) => {
  if (event.target.closest("[data-add-line]")) {
    event.preventDefault();
    add().querySelector("[data-article]").focus();
  }
  const remover = event.target.closest("[data-remove-line]");
  if (remover) {
    event.preventDefault();
    clear(remover.closest("[data-line]"));
    addUp();
  }
});

function fill(line, name) {
  const article = articles.get(name);
  line.querySelector("[data-article-id]").value = article ? article.id : "";
  if (!article) return;
  line.querySelector("[data-description]").value = article.text;
  line.querySelector("[data-price]").value = (Number(article.price) / 10 ** digits).toFixed(digits);
}

/** The next line that is not shown yet. */
function add() {
  const next = lines.querySelector("[data-line][hidden]") ?? lines.querySelector("[data-line]:last-child");
  next.hidden = false;
  return next;
}

function clear(line) {
  for (const input of line.querySelectorAll("input")) input.value = input.matches("[data-quantity]") ? "1" : "";
  if (lines.querySelectorAll("[data-line]:not([hidden])").length > 1) line.hidden = true;
}

/** What the gateway reads is the text itself; this sum is only to look at. */
function addUp() {
  let total = 0;
  for (const line of lines.querySelectorAll("[data-line]:not([hidden])")) {
    const price = number(line.querySelector("[data-price]").value);
    const sum = Number(line.querySelector("[data-quantity]").value) * price;
    line.querySelector("[data-sum]").textContent = Number.isFinite(sum) && price ? money.format(sum) : "";
    total += Number.isFinite(sum) ? sum : 0;
  }
  form.querySelector("[data-total]").textContent = money.format(total);
}

function number(text) {
  let plain = text.replace(/[^\d.,-]/g, "");
  const comma = plain.lastIndexOf(",");
  const point = plain.lastIndexOf(".");
  if (comma > point && (point >= 0 || plain.length - comma - 1 !== 3)) {
    plain = plain.replaceAll(".", "").replace(",", ".");
  } else {
    plain = plain.replaceAll(",", "");
  }
  return Number(plain);
}

addUp();
