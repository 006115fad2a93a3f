// A part of the page that waits for something: asked for again, ever more seldom, for as long as it says so.

const FIRST_PAUSE_MS = 1500;
const LONGEST_PAUSE_MS = 15000;

function follow(part, pause = FIRST_PAUSE_MS) {
  setTimeout(async () => {
    const fresh = await fetched(part.dataset.follow);
    if (!fresh) return follow(part, Math.min(pause * 2, LONGEST_PAUSE_MS));
    part.replaceWith(fresh);
    if (fresh.dataset.follow) follow(fresh, Math.min(pause * 1.3, LONGEST_PAUSE_MS));
  }, pause);
}

async function fetched(address) {
  try {
    const answer = await fetch(address);
    if (!answer.ok) return null;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const part = page.querySelector("[data-part]");
    return part && document.adoptNode(part);
  } catch {
    return null; // the connection is away for a moment
  }
}

const waiting = document.querySelector("[data-follow]");
if (waiting) follow(waiting);
