// Solves ALTCHA's proof of work (https://altcha.org/docs/v2/proof-of-work-captcha): finds the number whose
// SHA-256 after the salt is the challenge. SHA-256 is written out here because `crypto.subtle` exists only on
// https, answers one promise per hash, and a form in a local network has to work as well.

const K = new Uint32Array(64);
const START = new Uint32Array(8);
fillConstants();

self.onmessage = ({ data }) => {
  const { salt, challenge, maxNumber } = data;
  const wanted = wordsOf(challenge);
  const began = performance.now();
  for (let number = 0; number <= maxNumber; number++) {
    if (same(sha256(`${salt}${number}`), wanted)) {
      self.postMessage({ number, took: Math.round(performance.now() - began) });
      return;
    }
  }
  self.postMessage({ number: null });
};

function wordsOf(hex) {
  return Uint32Array.from({ length: 8 }, (_, i) => parseInt(hex.slice(8 * i, 8 * i + 8), 16));
}

function same(one, other) {
  for (let i = 0; i < 8; i++) if (one[i] !== other[i]) return false;
  return true;
}

/** The first 64 primes give the constants: FIPS 180-4, 4.2.2 and 5.3.3. */
function fillConstants() {
  const fraction = (x) => ((x - Math.floor(x)) * 2 ** 32) >>> 0;
  let found = 0;
  for (let candidate = 2; found < 64; candidate++) {
    let prime = true;
    for (let divisor = 2; divisor * divisor <= candidate; divisor++) if (candidate % divisor === 0) prime = false;
    if (!prime) continue;
    if (found < 8) START[found] = fraction(Math.sqrt(candidate));
    K[found++] = fraction(Math.cbrt(candidate));
  }
}

const schedule = new Uint32Array(64);

/** Of an ASCII text; FIPS 180-4, 6.2. */
function sha256(text) {
  const blocks = padded(text);
  const hash = Uint32Array.from(START);
  for (let at = 0; at < blocks.length; at += 16) compress(hash, blocks, at);
  return hash;
}

function padded(text) {
  const words = new Uint32Array((((text.length + 8) >> 6) + 1) * 16);
  for (let i = 0; i < text.length; i++) words[i >> 2] |= text.charCodeAt(i) << (24 - (i & 3) * 8);
  words[text.length >> 2] |= 0x80 << (24 - (text.length & 3) * 8);
  words[words.length - 1] = text.length * 8;
  return words;
}

function compress(hash, blocks, at) {
  const w = schedule;
  for (let t = 0; t < 16; t++) w[t] = blocks[at + t];
  for (let t = 16; t < 64; t++) {
    const x = w[t - 15];
    const y = w[t - 2];
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    w[t] = w[t - 16] + s0 + w[t - 7] + s1;
  }
  let [a, b, c, d, e, f, g, h] = hash;
  for (let t = 0; t < 64; t++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[t] + w[t]) | 0;
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  hash[0] += a;
  hash[1] += b;
  hash[2] += c;
  hash[3] += d;
  hash[4] += e;
  hash[5] += f;
  hash[6] += g;
  hash[7] += h;
}
