// What was typed and sent so far, kept in this browser until the request has arrived or the person forgets it:
// a page that is reloaded or closed goes on where it was. Unfinished files are kept whole in IndexedDB.

const LASTS_MS = 20 * 3600 * 1000;
const STORE = "files";

export function draftOf(form) {
  const key = `alta-draft:${new URL(form.action).pathname}`;
  const state = read(key) ?? { values: {}, files: {} };
  let timer;

  function save() {
    Object.assign(state, { requestId: form.elements.request_id.value, ticket: form.dataset.ticket, at: Date.now() });
    write(key, state);
  }

  function forget(requestId) {
    clearTimeout(timer);
    remove(key);
    state.values = {};
    for (const field of Object.keys(state.files)) delete state.files[field];
    return dropFiles(requestId);
  }

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(draft.keep, 300);
  });

  const draft = {
    files: state.files,
    /** Whether something was put back. */
    restore() {
      if (!state.requestId) return false;
      if (state.at < Date.now() - LASTS_MS) {
        forget(state.requestId);
        return false;
      }
      moveTo(form, state.requestId, state.ticket);
      for (const [name, value] of Object.entries(state.values)) putBack(form.elements[name], value);
      return Object.keys(state.values).length > 0 || Object.keys(state.files).length > 0;
    },
    /** Now: the page that answers is not to find what was there before. */
    keep() {
      clearTimeout(timer);
      state.values = typed(form);
      save();
    },
    note(field, told) {
      if (told) state.files[field] = { ...state.files[field], ...told };
      else delete state.files[field];
      save();
    },
    forget: () => forget(form.elements.request_id.value),
  };
  return draft;
}

function typed(form) {
  const values = {};
  for (const input of form.querySelectorAll("input:not([type=hidden]):not([type=file]), textarea")) {
    if (!input.name || input.name === "g-recaptcha-response") continue;
    const value = input.type === "checkbox" ? input.checked : input.value;
    if (value) values[input.name] = value;
  }
  return values;
}

function putBack(input, value) {
  if (!input) return;
  if (input.type === "checkbox") input.checked = value === true;
  else if (!input.value) input.value = value;
}

/** The form goes on with the request that its files were sent for. */
function moveTo(form, requestId, ticket) {
  const fresh = form.elements.request_id.value;
  if (fresh === requestId) return;
  form.elements.request_id.value = requestId;
  form.dataset.ticket = ticket;
  for (const name of ["challengeUrl", "uploadUrl"]) form.dataset[name] = form.dataset[name].replace(fresh, requestId);
  form.dataset.challenge = "";
}

// A browser that keeps nothing (private windows, full disks) still sends the form.
function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

function write(key, state) {
  try {
    localStorage.setItem(key, JSON.stringify(state));
  } catch {
    return;
  }
}

function remove(key) {
  try {
    localStorage.removeItem(key);
  } catch {
    return;
  }
}

function withStore(mode, work) {
  return new Promise((resolve) => {
    let opening;
    try {
      opening = indexedDB.open("alta", 1);
    } catch {
      resolve(null);
      return;
    }
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
    opening.onerror = () => resolve(null);
    opening.onsuccess = () => {
      const transaction = opening.result.transaction(STORE, mode);
      const asked = work(transaction.objectStore(STORE));
      const end = (value) => {
        opening.result.close();
        resolve(value);
      };
      transaction.oncomplete = () => end(asked?.result ?? null);
      transaction.onerror = transaction.onabort = () => end(null);
    };
  });
}

export function keepFile(requestId, field, file) {
  return withStore("readwrite", (store) => store.put(file, `${requestId}/${field}`));
}

export function keptFile(requestId, field) {
  return withStore("readonly", (store) => store.get(`${requestId}/${field}`));
}

export function dropFile(requestId, field) {
  return withStore("readwrite", (store) => store.delete(`${requestId}/${field}`));
}

function dropFiles(requestId) {
  return withStore("readwrite", (store) => store.delete(IDBKeyRange.bound(`${requestId}/`, `${requestId}0`)));
}
