
"use strict";
// One lesion at a time is highlighted in picture, sentences and table; without script the links
// still lead to the table's row.
function activate(id) {
  for (const element of document.querySelectorAll("[data-lesion]")) {
    const active = element.dataset.lesion === id;
    element.classList.toggle("active", active);
    const folded = active && element.closest("details");
    if (folded) folded.open = true;
  }
}
document.addEventListener("click", (event) => {
  const owner = event.target.closest("[data-lesion]");
  if (!owner) return;
  activate(owner.dataset.lesion);
  if (owner.classList.contains("mark")) {
    event.preventDefault();
    const sentence = document.querySelector(`.text section:not(.impression) .sentence[data-lesion="${owner.dataset.lesion}"]`);
    if (sentence) sentence.scrollIntoView({ block: "nearest" });
  }
});
if (/^#lesion-\d+$/.test(location.hash)) activate(location.hash.slice(8));
