{% load static %}// What was sent without a connection, until there is one: one record for each form, deleted as soon as the server has
// said what became of it. The server takes each link once, so sending again by mistake stores nothing twice.
const CACHE = "answering";
const KEPT = "{% url 'answer_kept' %}";
const PARTS = [KEPT, "{% static 'alongside/css/answer.css' %}", "{% static 'alongside/js/answer.js' %}"];
const FORM = /^\/a\/\d+\/(slip\/)?[\w-]{16,}$/;
const SHARED = /^\/a\/\d+\/slip\//;
const TAG = "outbox";
const FATE = "Alongside-Answer"; // only the server says it: a web filter, or the sign-in page of a Wi-Fi, does not
const CLOSES = "Alongside-Closes"; // on a form: until when it may be kept

addEventListener("install", (event) => {
  const fresh = PARTS.map((part) => new Request(part, { cache: "reload", credentials: "omit" }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(fresh)).then(() => skipWaiting()));
});
addEventListener("activate", (event) => event.waitUntil(clients.claim()));

const store = (mode, does) =>
  new Promise((done, failed) => {
    const opening = indexedDB.open("outbox", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("answers", { keyPath: "path" });
    opening.onerror = () => failed(opening.error);
    opening.onsuccess = () => {
      const change = opening.result.transaction("answers", mode);
      const asked = does(change.objectStore("answers"));
      change.oncomplete = () => {
        opening.result.close();
        done(asked.result);
      };
      change.onerror = change.onabort = () => failed(change.error);
    };
  });

const later = async () => {
  try {
    await registration.sync.register(TAG);
  } catch {
    // a browser that wakes nobody: sent when a page of ours is open and there is a connection
  }
};

const keep = async (url, body) => {
  const form = new URLSearchParams(body);
  form.set("sure", "1"); // nobody will be there to be asked: it is sent as it is
  await store("readwrite", (answers) => answers.put({ path: url.pathname, body: form.toString() }));
  await later();
};

class Between extends Error {} // something answered, and it was not the server, or the server could not say

const post = async ({ path, body }) => {
  const headers = { "Content-Type": "application/x-www-form-urlencoded" };
  const how = { credentials: "omit", cache: "no-store", redirect: "manual" };
  const answer = await fetch(path, { method: "POST", body, headers, ...how });
  if (!answer.headers.has(FATE)) throw new Between();
  const page = await answer.text();
  await store("readwrite", (answers) => answers.delete(path));
  await forget(path);
  // Whoever asked for it, and if nobody did but the browser: every page that waits for this answer is told.
  for (const client of await clients.matchAll()) {
    if (new URL(client.url).pathname === path) client.postMessage({ page });
  }
};

let running = null;
const send = () => {
  running ??= (async () => {
    let failed = false;
    let between = false;
    for (const record of await store("readonly", (answers) => answers.getAll())) {
      try {
        await post(record);
      } catch (fault) {
        failed = true;
        between ||= fault instanceof Between;
      }
    }
    return { failed, between };
  })().finally(() => {
    running = null;
  });
  return running;
};

addEventListener("sync", (event) => {
  if (event.tag !== TAG) return;
  event.waitUntil(
    send().then(({ failed }) => {
      if (failed) throw new Error("not yet"); // the browser tries again by itself
    }),
  );
});
const told = async (page) => {
  const { pathname } = new URL(page.url);
  const gone = !(await store("readonly", (answers) => answers.getKey(pathname))); // sent before it asked
  const { between } = await send();
  return { gone, between };
};
addEventListener("message", (event) => {
  if (event.data !== "send") return;
  event.waitUntil(told(event.source).then((said) => event.ports[0]?.postMessage(said)));
  event.waitUntil(tidy());
});

const forget = async (path) => (await caches.open(CACHE)).delete(path, { ignoreSearch: true });
const tidy = async () => {
  const cache = await caches.open(CACHE);
  for (const request of await cache.keys()) {
    if (PARTS.includes(new URL(request.url).pathname)) continue;
    const page = await cache.match(request);
    if (!(Date.parse(page?.headers.get(CLOSES)) > Date.now())) await cache.delete(request);
  }
};

const answered = async (request, url) => {
  const body = await request.clone().text();
  const answer = await fetch(request).catch(() => null);
  if (!answer?.headers.has(FATE)) {
    await keep(url, body);
    return caches.match(KEPT);
  }
  if (answer.ok) await forget(url.pathname);
  return answer;
};

const looked = async (request, url) => {
  const held = await store("readonly", (answers) => answers.getKey(url.pathname));
  try {
    const page = await fetch(request);
    const cache = await caches.open(CACHE);
    if (page.headers.has(CLOSES) && !SHARED.test(url.pathname)) await cache.put(url.pathname, page.clone());
    else if (page.headers.has(FATE)) await cache.delete(url.pathname);
    return page;
  } catch (fault) {
    await tidy();
    const page = held ? await caches.match(KEPT) : await caches.match(url.pathname);
    if (page) return page;
    throw fault;
  }
};

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.mode === "navigate" && FORM.test(url.pathname)) {
    event.respondWith(request.method === "POST" ? answered(request, url) : looked(request, url));
  } else if (PARTS.includes(url.pathname) && request.method === "GET") {
    event.respondWith(fetch(request).catch(() => caches.match(url.pathname)));
  }
});
