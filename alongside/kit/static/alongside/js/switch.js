// The switcher and "More" close on Escape and on a click elsewhere, and only one is open at a time.
const lists = () => document.querySelectorAll("details.switch[open], details.more[open]");

document.addEventListener("click", (event) => {
  for (const list of lists()) if (!list.contains(event.target)) list.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const list of lists()) {
    const inside = list.contains(document.activeElement);
    list.open = false;
    if (inside) list.querySelector("summary").focus();
  }
});
