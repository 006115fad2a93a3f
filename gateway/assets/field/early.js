// Loaded before all else: what is pressed before the rest is there is not sent past it, nor lost.

window.pressedEarly = [];
if (window.isSecureContext && "serviceWorker" in navigator) {
  for (const kind of ["submit", "change"]) {
    document.addEventListener(
      kind,
      (event) => {
        if (!window.pressedEarly || !event.target.closest("form[data-act]")) return;
        event.preventDefault();
        window.pressedEarly.push([kind, event.target]);
      },
      true,
    );
  }
}
