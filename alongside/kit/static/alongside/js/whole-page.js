// A part was asked for and a whole page came (a refusal, a failure, the sign-in page, the page after a form):
// it takes the place of the page, with its address where it was redirected to.
document.addEventListener("htmx:after:request", (event) => {
  const ctx = event.detail.ctx;
  if (ctx.select || !/^\s*<!doctype/i.test(ctx.text)) return;
  ctx.target = document.body;
  ctx.swap = "innerHTML show:top";
  if (ctx.response.raw.redirected) history.pushState({ htmx: true }, "", ctx.response.raw.url);
});
