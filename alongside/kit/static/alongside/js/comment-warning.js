// While somebody types into textarea[data-warn="id"], the element with that id shows as soon as the text
// seems to name a person: an e-mail address, a phone number, or a title with a name.
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
