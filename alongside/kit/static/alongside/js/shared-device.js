// On a tablet that goes from hand to hand: what the last person saw does not come back. A page that the browser kept is
// asked for again. A page that came in answer to a form becomes one that is simply looked at, so that “back” leads to the
// empty page for codes and never asks whether to send something once more.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

const next = document.querySelector("a[data-next]");
if (next) {
  next.href = next.href; // stays where it leads when the address of this page changes
  history.replaceState(null, "", next.href);
} else if (document.querySelector("form[data-code]")) {
  history.replaceState(null, "", location.href);
}
