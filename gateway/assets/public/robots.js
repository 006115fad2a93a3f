// The company's own captcha (Google reCAPTCHA). What can't be loaded or asked holds nobody up: the proof of work
// that the form brings anyway then has to be a harder one.

const PATIENCE_MS = 8000;

export function robotsOf(form) {
  const { robots: kind, siteKey, robotsUrl } = form.dataset;
  const loaded = load(robotsUrl, kind === "recaptcha_v3" ? siteKey : "explicit");
  let widget = null;
  if (kind === "recaptcha_v2") {
    loaded.then(
      (grecaptcha) => (widget = grecaptcha.render(form.querySelector("[data-robots-place]"), { sitekey: siteKey })),
      () => null,
    );
  }

  return {
    /** What Google says of the person, for the form to bring along; null when it could not be asked. */
    async token() {
      try {
        const grecaptcha = await loaded;
        if (kind === "recaptcha_v2") return grecaptcha.getResponse(widget) || null;
        return await within(grecaptcha.execute(siteKey, { action: "request" }));
      } catch {
        return null;
      }
    },
  };
}

let loading = null;

function load(url, render) {
  loading ??= within(
    new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = `${url}/api.js?render=${encodeURIComponent(render)}&hl=${document.documentElement.lang}`;
      script.onload = () => window.grecaptcha.ready(() => resolve(window.grecaptcha));
      script.onerror = () => reject(new Error("not loaded"));
      document.head.append(script);
    }),
  );
  return loading;
}

function within(promise) {
  return Promise.race([
    promise,
    new Promise((_, reject) => setTimeout(() => reject(new Error("too late")), PATIENCE_MS)),
  ]);
}
