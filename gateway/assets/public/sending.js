// Sending a form without leaving the page: a connection that breaks loses nothing, and the person sees how far it got.

/**
 * Resolves to {status, address, page} once the server has answered; rejects when it could not be reached.
 * `more` goes along with what the form holds.
 */
export function send(form, onProgress, more = {}) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.responseType = "document";
    request.setRequestHeader("Accept", "text/html");
    request.upload.onprogress = ({ loaded, total, lengthComputable }) => lengthComputable && onProgress(loaded / total);
    request.onerror = request.ontimeout = () => reject(new Error("not reached"));
    request.onload = () =>
      resolve({ status: request.status, address: request.responseURL, page: request.responseXML });
    const data = new FormData(form);
    for (const [name, value] of Object.entries(more)) data.set(name, value);
    request.send(data);
  });
}

/** Puts the answer's content in place of this page's; false when the answer is not a page. */
export function show(page) {
  const fresh = page?.querySelector("main");
  if (!fresh) return false;
  for (const note of fresh.querySelectorAll("noscript")) note.remove();
  document.querySelector("main").replaceWith(document.adoptNode(fresh));
  document.title = page.title;
  window.scrollTo(0, 0);
  return true;
}
