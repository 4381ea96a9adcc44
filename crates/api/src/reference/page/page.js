"use strict";
const search = document.getElementById("search");
const entries = [...document.querySelectorAll("details")];
const texts = entries.map((entry) => entry.textContent.toLowerCase());

search.addEventListener("input", () => {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  entries.forEach((entry, i) => { entry.hidden = !words.every((word) => texts[i].includes(word)); });
  for (const section of document.querySelectorAll("section")) {
    section.hidden = !section.querySelector("details:not([hidden])");
  }
});

// A link to something folded unfolds it, whatever is searched for.
const unfold = () => {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  target.closest("section").hidden = false;
  if (target.tagName === "DETAILS") {
    target.hidden = false;
    target.open = true;
  }
  target.scrollIntoView();
};
window.addEventListener("hashchange", unfold);
unfold();
