// What the phone keeps: for whom, what they did that is still to be sent, and the passwords of their jobs.
// Acts stay when somebody signs out, sealed with a key that only they get again; the rest is forgotten.

const NAME = "alta-campo";
const NEWS = "alta-campo";
const SENT_IS_SHOWN_FOR = 12 * 3600_000;
export const KEPT = "alta-campo-kept"; // the cache of pages and papers

let opened;

function database() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("person");
      request.result.createObjectStore("secrets");
      request.result.createObjectStore("acts", { keyPath: "id", autoIncrement: true }).createIndex("account", "account");
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opened;
}

async function within(store, mode, work) {
  const transaction = (await database()).transaction(store, mode, { durability: "strict" });
  const done = new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error);
  });
  const request = work(transaction.objectStore(store));
  await done;
  return request?.result;
}

/** `{account, keys}`, or undefined: nobody, or who has not signed in since. */
export const person = () => within("person", "readonly", (people) => people.get("now"));

export const remember = (account, keys) => within("person", "readwrite", (people) => people.put({ account, keys }, "now"));

/** Nothing of whoever was here can be read any more; what they did waits, sealed, until they are back. */
export async function forget() {
  await within("person", "readwrite", (people) => people.clear());
  await within("secrets", "readwrite", (secrets) => secrets.clear());
  await caches.delete(KEPT);
}

export async function add(act) {
  await within("acts", "readwrite", (acts) => acts.add(act));
  tell();
}

export async function put(act) {
  await within("acts", "readwrite", (acts) => acts.put(act));
  tell();
}

export async function drop(id) {
  await within("acts", "readwrite", (acts) => acts.delete(id));
  tell();
}

/** In the order in which they were done. */
export const actsOf = (account) => within("acts", "readonly", (acts) => acts.index("account").getAll(account));

export async function dropOld(account) {
  for (const act of await actsOf(account)) {
    if (act.state === "sent" && Date.now() - Date.parse(act.sentAt) > SENT_IS_SHOWN_FOR) await drop(act.id);
  }
}

export const keepSecret = (job, secret) => within("secrets", "readwrite", (secrets) => secrets.put(secret, job));
export const secretOf = (job) => within("secrets", "readonly", (secrets) => secrets.get(job));

/** Of jobs that are not to be shown any more. */
export async function dropSecrets(jobs) {
  for (const job of await within("secrets", "readonly", (secrets) => secrets.getAllKeys())) {
    if (!jobs.includes(job)) await within("secrets", "readwrite", (secrets) => secrets.delete(job));
  }
}

export function whenNews(react) {
  new BroadcastChannel(NEWS).addEventListener("message", react);
}

function tell() {
  const channel = new BroadcastChannel(NEWS);
  channel.postMessage("acts");
  channel.close();
}
