// On a tablet that goes from hand to hand: what the last person saw does not come back. A page that the browser kept is
// asked for again, and the receipt becomes the page of the next code, so that “back” leads there.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

const next = document.querySelector("a[data-next]");
if (next) {
  next.href = next.href; // stays where it leads when the address of this page changes
  history.replaceState(null, "", next.href);
}
