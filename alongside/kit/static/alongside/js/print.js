// A button with data-print prints the page. It stays hidden where no script runs.
const offerPrint = () => {
  for (const button of document.querySelectorAll("[data-print]")) button.hidden = false;
};

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});
document.addEventListener("htmx:after:swap", offerPrint);
offerPrint();
