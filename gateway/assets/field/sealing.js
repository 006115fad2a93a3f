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

/** A form as it will be sent, sealed. */
export async function sealForm(keys, data) {
  const body = new Response(data);
  return { type: body.headers.get("Content-Type"), sealed: await seal(keys, await body.arrayBuffer()) };
}

export async function openForm(keys, act) {
  const body = await open(keys, act.sealed);
  return new Response(body, { headers: { "Content-Type": act.type } }).formData();
}

export const sealText = (keys, text) => seal(keys, new TextEncoder().encode(text));
export const openText = async (keys, sealed) => new TextDecoder().decode(await open(keys, sealed));
