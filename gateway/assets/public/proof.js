// The proof of work of a form: solved beside the page while the person types, and made anew when it gets old.

const REFRESH_BEFORE_SECONDS = 120;

export function proofOf(form) {
  const field = form.querySelector("[data-proof-answer]");
  const status = form.querySelector("[data-proof-status]");
  let challenge = JSON.parse(form.dataset.challenge);
  let answering = begin();

  function begin() {
    say(status, "working");
    return solve(challenge, form.dataset.proofWorker).then((answer) => {
      field.value = answer;
      say(status, "done");
    });
  }

  return {
    /** Resolves when the form holds an answer that is still good; rejects when it can't be had. */
    async ready() {
      if (secondsLeft(challenge) < REFRESH_BEFORE_SECONDS) {
        const answer = await fetch(form.dataset.challengeUrl, { headers: { Accept: "application/json" } });
        if (!answer.ok) throw new Error(`no new challenge: ${answer.status}`);
        challenge = await answer.json();
        answering = begin();
      }
      await answering;
    },
  };
}

function solve(challenge, address) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(address);
    worker.onerror = () => reject(new Error("the worker failed"));
    worker.onmessage = ({ data }) => {
      worker.terminate();
      if (data.number === null) return reject(new Error("the challenge has no solution"));
      const { algorithm, challenge: wanted, salt, signature } = challenge;
      resolve(btoa(JSON.stringify({ algorithm, challenge: wanted, salt, signature, number: data.number })));
    };
    worker.postMessage(challenge);
  });
}

function secondsLeft({ salt }) {
  const expires = new URLSearchParams(salt.split("?")[1]).get("expires");
  return Number(expires) - Date.now() / 1000;
}

function say(status, state) {
  status.classList.toggle("is-done", state === "done");
  status.textContent = status.dataset[state];
}
