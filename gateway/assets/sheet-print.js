// The page of a sheet is a frame of its own; printing prints that, and a frame is as tall as what is on it.

for (const frame of document.querySelectorAll("iframe.sheet-paper")) {
  const fit = () => {
    frame.style.height = `${frame.contentDocument.documentElement.scrollHeight + 8}px`;
  };
  frame.addEventListener("load", fit);
  if (frame.contentDocument?.readyState === "complete") fit();
}
document.querySelector("[data-print]").addEventListener("click", (event) => {
  document.getElementById(event.currentTarget.dataset.print).contentWindow.print();
});
