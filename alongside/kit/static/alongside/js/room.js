// In a hall. Whoever has answered waits for the results: they appear by themselves, all seconds a little apart, so that two
// hundred phones do not ask at once. The phone remembers until then that an answer was sent from it, and says so to
// whoever opens the form again.
const wait = document.querySelector("a[data-wait]");
const once = document.querySelector("[data-once]");
const name = (code) => `room:${code}`;

const kept = (does) => {
  try {
    return does(localStorage);
  } catch {
    return null; // a phone that keeps nothing
  }
};

if (wait) {
  const code = wait.dataset.sent;
  if (code) kept((store) => store.setItem(name(code), "sent"));
  const look = async () => {
    try {
      const answer = await fetch(wait.href, { method: "HEAD", credentials: "omit" });
      if (answer.status !== 202) {
        if (code) kept((store) => store.removeItem(name(code)));
        location.replace(wait.href);
        return;
      }
    } catch {
      // no network just now: asked again below
    }
    setTimeout(look, 4000 + Math.random() * 2000);
  };
  setTimeout(look, 3000 + Math.random() * 2000);
}

if (once && kept((store) => store.getItem(name(once.dataset.once)))) once.hidden = false;
