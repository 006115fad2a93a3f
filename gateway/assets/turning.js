// A photo that is turned is kept as it is shown, a moment after its last turn, so that a whole turn costs nothing.

const PAUSE = 900; // milliseconds
const token = document.querySelector('meta[name="csrf-token"]').content;
const waiting = new Map();

/** Turns what `address` keeps by `quarters` to the right, in all since it was kept last. `told(problem, quarters)` hears
    of the end: a problem in words, or null and by how much it was turned. */
export function keepTurned(address, quarters, told) {
  clearTimeout(waiting.get(address)?.timer);
  waiting.delete(address);
  if (!quarters) return;
  const send = () => {
    waiting.delete(address);
    post(address, quarters).then((problem) => told(problem, quarters));
  };
  waiting.set(address, { send, timer: setTimeout(send, PAUSE) });
}

async function post(address, quarters) {
  const body = new URLSearchParams({ csrf_token: token, quarters });
  try {
    const answer = await fetch(address, { method: "POST", body, keepalive: true });
    return answer.ok ? null : (await answer.json().catch(() => ({}))).problem ?? "";
  } catch {
    return "";
  }
}

// Whoever leaves the page does not wait.
addEventListener("pagehide", () => {
  for (const { send, timer } of waiting.values()) {
    clearTimeout(timer);
    send();
  }
});

/** The picture as it is now, without a moment in which it is neither. */
export async function renewed(image, address) {
  const fresh = new Image();
  fresh.src = address;
  await fresh.decode().catch(() => {});
  image.src = address;
}

/** Another address of the same picture: browsers keep what they drew on this page. */
export function anew(address) {
  const changed = new URL(address, location.href);
  changed.searchParams.set("v", String(Date.now()));
  return changed.href;
}
