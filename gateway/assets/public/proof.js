// The proof of work of a form: solved beside the page while the person types, and made anew when it gets old.

const REFRESH_BEFORE_SECONDS = 120;

export function proofOf(form) {
  const field = form.querySelector("[data-proof-answer]");
  const status = form.querySelector("[data-proof-status]");
  let challenge = form.dataset.challenge ? JSON.parse(form.dataset.challenge) : null;
  let answering = challenge ? begin() : renew();
  answering.catch(() => null); // said when the form is sent

  function begin() {
    say(status, "working");
    return solve(challenge, form.dataset.proofWorker).then((answer) => {
      field.value = answer;
      say(status, "done");
    });
  }

  async function renew(query = "") {
    const answer = await fetch(form.dataset.challengeUrl + query, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(`no new challenge: ${answer.status}`);
    challenge = await answer.json();
    return begin();
  }

  return {
    /** Resolves when the form holds an answer that is still good; rejects when it can't be had. */
    async ready({ hard = false } = {}) {
      if (hard && !isHard(challenge)) answering = renew("?dificil");
      else if (!challenge || secondsLeft(challenge) < REFRESH_BEFORE_SECONDS) answering = renew();
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

function promised({ salt }) {
  return new URLSearchParams(salt.split("?")[1]);
}

function isHard(challenge) {
  return challenge !== null && promised(challenge).get("weight") === "hard";
}

function secondsLeft(challenge) {
  return Number(promised(challenge).get("expires")) - Date.now() / 1000;
}

function say(status, state) {
  status.classList.toggle("is-done", state === "done");
  status.textContent = status.dataset[state];
}
