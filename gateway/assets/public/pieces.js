// A file sent in pieces (tus 1.0.0): what arrived once is never sent again, over however many connections.

const SMALLEST_PIECE = 128 * 1024;
const LARGEST_PIECE = 4 * 1024 * 1024;
const SECONDS_A_PIECE = 3;
const PATIENCE = [1, 2, 4, 8, 15];
const TUS = { "Tus-Resumable": "1.0.0" };

/** The server will not take it, whatever is tried; `status` says why. */
export class Refused extends Error {
  constructor(status) {
    super(`upload refused: ${status}`);
    this.status = status;
  }
}

/**
 * Resolves to what the form sends in the file's place. `known` is the address of an upload begun before, or null;
 * `on` hears `begun(address)`, `moved(share)` and `waiting()`. Goes on by itself when the connection is back.
 */
export async function sendInPieces(file, { url, ticket, field, known, on, signal }) {
  let address = known;
  let failures = 0;
  let offset = null;
  let size = SMALLEST_PIECE;
  while (true) {
    try {
      if (!address) {
        address = await begin(file, { url, ticket, field, signal });
        on.begun(address);
        offset = 0;
      }
      const began = performance.now();
      const piece = offset === null ? null : file.slice(offset, offset + size);
      const reached = piece ? await push(address, piece, offset, signal) : await ask(address, signal);
      if (piece) size = fitting(size, performance.now() - began);
      offset = reached.offset;
      failures = 0;
      on.moved(offset / file.size);
      if (reached.paper) return reached.paper;
    } catch (problem) {
      if (signal.aborted) throw problem;
      if (problem instanceof Refused) {
        if (problem.status !== 404 && problem.status !== 409) throw problem;
        // Forgotten there, or further than we knew: ask, or begin anew.
        if (problem.status === 404) address = null;
        if (++failures > 8) throw problem;
      } else {
        on.waiting();
        await pause(PATIENCE[Math.min(failures++, PATIENCE.length - 1)], signal);
      }
      offset = null;
      size = SMALLEST_PIECE;
    }
  }
}

/** On a good connection a file is one or two pieces, on a bad one little is lost with each that breaks. */
function fitting(size, milliseconds) {
  const wanted = (size * SECONDS_A_PIECE * 1000) / Math.max(milliseconds, 1);
  return Math.min(LARGEST_PIECE, Math.max(SMALLEST_PIECE, wanted));
}

async function begin(file, { url, ticket, field, signal }) {
  const told = { field, filename: file.name, ticket };
  const metadata = Object.entries(told).map(([name, value]) => `${name} ${base64(value)}`);
  const headers = { "Upload-Length": String(file.size), "Upload-Metadata": metadata.join(",") };
  const answer = await request("POST", url, headers, null, signal);
  return answer.headers.get("Location");
}

async function ask(address, signal) {
  return where(await request("HEAD", address, {}, null, signal));
}

async function push(address, piece, offset, signal) {
  const headers = { "Upload-Offset": String(offset), "Content-Type": "application/offset+octet-stream" };
  return where(await request("PATCH", address, headers, piece, signal));
}

async function request(method, address, headers, body, signal) {
  const answer = await fetch(address, { method, headers: { ...TUS, ...headers }, body, signal });
  if (answer.ok) return answer;
  if (answer.status >= 500 || answer.status === 429) throw new Error(`not now: ${answer.status}`);
  throw new Refused(answer.status);
}

function where(answer) {
  return { offset: Number(answer.headers.get("Upload-Offset")), paper: answer.headers.get("Alta-Paper") };
}

function base64(text) {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

const again = new EventTarget();

/** Whoever pauses stops waiting. */
export function tryAgainNow() {
  again.dispatchEvent(new Event("now"));
}

window.addEventListener("online", tryAgainNow);

function pause(seconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, seconds * 1000);
    again.addEventListener("now", resolve, { once: true });
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  });
}
