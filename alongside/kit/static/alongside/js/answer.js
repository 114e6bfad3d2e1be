// What smooths answering on a phone. The page works without any of it.
//   1. What was ticked survives a reload, on the phone alone, until it is sent or the pulse closes. Never on a shared tablet.
//   2. A comment that seems to name somebody is warned about while it is typed, as are the themes that leaders write.
//   3. Each statement can be read aloud, where the browser can speak; type grows without losing a tick.
//   4. Where the browser has a place for it (outbox), answers sent without a connection are kept and sent once there is one.
//   5. On a tablet that goes from hand to hand, what the last person saw does not come back.
//   6. In a hall the results appear by themselves, and the phone remembers until then that an answer was sent from it.
const form = document.querySelector("form#answers");
const shared = form?.getAttribute("autocomplete") === "off";
const outbox = document.querySelector("[data-outbox]")?.dataset.outbox;
const until = document.querySelector("[data-until]")?.dataset.until;
const draft = `draft:${location.pathname}`;

const kept = (does) => {
  try {
    return does(localStorage);
  } catch {
    return null; // a browser that keeps nothing
  }
};

// --- 1: until it is sent, and no longer
const clear = () => kept((store) => store.removeItem(draft));
const tidy = () =>
  kept((store) => {
    for (const name of Object.keys(store).filter((each) => each.startsWith("draft:"))) {
      const { until: last } = JSON.parse(store.getItem(name));
      if (!(Date.parse(last) > Date.now())) store.removeItem(name);
    }
  });
const save = () => {
  const chosen = Object.fromEntries([...new FormData(form)].filter(([name]) => name !== "sure"));
  kept((store) => store.setItem(draft, JSON.stringify({ until, chosen })));
};
const restore = () => {
  const { chosen } = JSON.parse(kept((store) => store.getItem(draft)) ?? "{}");
  for (const [name, value] of Object.entries(chosen ?? {})) {
    for (const field of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (field.tagName === "TEXTAREA") field.value = value;
      else field.checked = field.value === value;
    }
  }
};

tidy();
if (!form && !document.querySelector("[data-kept]")) clear(); // a receipt, or a page that says why there is none
if (form && !shared && until) {
  if (!document.querySelector("#again")) restore();
  form.addEventListener("input", save);
  const note = document.querySelector("[data-draft]");
  if (note && kept((store) => store)) note.hidden = false;
}

// --- 2
const signs = [
  /\S@\S+\.\S/,
  /(?:\d[\s()./-]*){7,}/,
  /(?<![\p{L}\d])(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Sir|Madam)\.?\s+\p{Lu}/u,
];
for (const box of document.querySelectorAll("textarea[data-warn]")) {
  const warning = document.getElementById(box.dataset.warn);
  const look = () => {
    warning.hidden = !signs.some((sign) => sign.test(box.value));
  };
  box.addEventListener("input", look);
  look();
}

// --- 3
const larger = document.querySelector("a[data-type]");
larger?.addEventListener("click", (event) => {
  event.preventDefault(); // the link does the same, but asks for the page again
  const large = document.documentElement.classList.toggle("large");
  larger.textContent = large ? larger.dataset.usual : larger.dataset.larger;
});

const hush = () => speechSynthesis.cancel();
const read = (button) => {
  const speaking = button.getAttribute("aria-pressed") === "true";
  hush();
  for (const each of document.querySelectorAll("button[data-read]")) each.setAttribute("aria-pressed", "false");
  if (speaking) return;
  const card = button.closest("fieldset");
  const words = [card.querySelector("[data-said]"), ...card.querySelectorAll("label")].map((each) => each.textContent);
  const said = new SpeechSynthesisUtterance(words.join(". "));
  said.lang = document.documentElement.lang;
  said.addEventListener("end", () => button.setAttribute("aria-pressed", "false"));
  said.addEventListener("error", () => button.setAttribute("aria-pressed", "false"));
  button.setAttribute("aria-pressed", "true");
  speechSynthesis.speak(said);
};
if ("speechSynthesis" in window) {
  for (const button of document.querySelectorAll("button[data-read]")) {
    button.hidden = false;
    button.addEventListener("click", () => read(button));
  }
  addEventListener("pagehide", hush);
}

// --- 4: the service worker holds what could not be sent; asked to try, it tells what was said
const ask = async () => {
  const { active } = await navigator.serviceWorker.ready;
  const { port1, port2 } = new MessageChannel();
  const told = new Promise((tell) => {
    port1.onmessage = (event) => tell(event.data);
  });
  active.postMessage("send", [port2]);
  return told;
};
const show = (answer) => {
  const said = new DOMParser().parseFromString(answer.page, "text/html");
  document.title = said.title;
  document.querySelector("main").replaceWith(document.importNode(said.querySelector("main"), true));
  document.querySelector("main h1")?.scrollIntoView();
  clear();
  handOn();
};
const waiting = document.querySelector("[data-kept]");
const empty = async () => {
  const { gone, between } = await ask();
  if (gone && document.querySelector("[data-kept]")) location.replace(location.href);
  const note = document.querySelector("[data-between]");
  if (note) note.hidden = !between;
};
if (outbox && "serviceWorker" in navigator) {
  navigator.serviceWorker.addEventListener("message", (event) => show(event.data));
  navigator.serviceWorker.register(outbox).then(empty).catch(() => {});
  addEventListener("online", () => empty().catch(() => {}));
  if (waiting) {
    clear(); // it lies in the outbox now, and nowhere else
    const again = setInterval(() => {
      if (document.querySelector("[data-kept]")) empty().catch(() => {});
      else clearInterval(again);
    }, 5000);
  }
}

// --- 5: a page that the browser kept is asked for again; one that came in answer to a form becomes one that is simply looked
// at, so that “back” leads to the empty page for codes and never asks whether to send something once more
const handOn = () => {
  const next = document.querySelector("a[data-next]");
  if (next) {
    next.href = next.href; // stays where it leads when the address of this page changes
    history.replaceState(null, "", next.href);
  } else if (document.querySelector("form[data-code]")) {
    history.replaceState(null, "", location.href);
  }
};
if (document.querySelector("form[autocomplete='off'], a[data-next]")) {
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
}
handOn();

// --- 6: all phones look a little apart, so that two hundred do not ask at once
const results = document.querySelector("a[data-wait]");
const once = document.querySelector("[data-once]");
if (results) {
  const name = results.dataset.sent && `room:${results.dataset.sent}`;
  if (name) kept((store) => store.setItem(name, "sent"));
  const look = async () => {
    try {
      const answer = await fetch(results.href, { method: "HEAD", credentials: "omit" });
      if (answer.status !== 202) {
        if (name) kept((store) => store.removeItem(name));
        location.replace(results.href);
        return;
      }
    } catch {
      // no network just now: asked again below
    }
    setTimeout(look, 4000 + Math.random() * 2000);
  };
  setTimeout(look, 3000 + Math.random() * 2000);
}
if (once && kept((store) => store.getItem(`room:${once.dataset.once}`))) once.hidden = false;
