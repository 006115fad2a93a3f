// AES-GCM with keys that the browser uses and does not give away. The newest seals; older ones still open.

const NONCE_BYTES = 12;

export const importKeys = (keys) =>
  Promise.all(
    keys.map((key) =>
      crypto.subtle.importKey("raw", Uint8Array.from(atob(key), (c) => c.charCodeAt(0)), "AES-GCM", false, ["encrypt", "decrypt"]),
    ),
  );

export async function seal(keys, bytes) {
  const iv = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  return { iv, bytes: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, keys[0], bytes) };
}

export async function open(keys, { iv, bytes }) {
  for (const key of keys) {
    try {
      return await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, bytes);
    } catch {
      // sealed with another one
    }
  }
  throw new Error("sealed with a key that is gone");
}

/** A form as it will be sent, sealed. Written here: WebKit does not read a Response's body when files are in it. */
export async function sealForm(keys, data) {
  const boundary = `alta-${crypto.randomUUID()}`;
  const parts = await Promise.all([...data].map(([name, value]) => part(boundary, name, value)));
  const body = new Blob([...parts.flat(), `--${boundary}--\r\n`]);
  return { type: `multipart/form-data; boundary=${boundary}`, sealed: await seal(keys, await body.arrayBuffer()) };
}

async function part(boundary, name, value) {
  const begin = `--${boundary}\r\nContent-Disposition: form-data; name="${quoted(name)}"`;
  if (typeof value === "string") return [`${begin}\r\n\r\n${value.replace(/\r\n|\r|\n/g, "\r\n")}\r\n`];
  const type = value.type || "application/octet-stream";
  return [`${begin}; filename="${quoted(value.name)}"\r\nContent-Type: ${type}\r\n\r\n`, await value.arrayBuffer(), "\r\n"];
}

/** As HTML says names are written in multipart/form-data. */
const quoted = (name) => name.replace(/\n/g, "%0A").replace(/\r/g, "%0D").replace(/"/g, "%22");

export async function openForm(keys, act) {
  const body = await open(keys, act.sealed);
  return new Response(body, { headers: { "Content-Type": act.type } }).formData();
}

export const sealText = (keys, text) => seal(keys, new TextEncoder().encode(text));
export const openText = async (keys, sealed) => new TextDecoder().decode(await open(keys, sealed));
