// Leaving with words that were not sent asks first. Nothing is kept in the browser's storage.
for (const form of document.querySelectorAll("form[data-unsaved]")) {
  let dirty = Boolean(document.querySelector(".error-summary"));
  form.addEventListener("input", () => { dirty = true; });
  form.addEventListener("change", () => { dirty = true; });
  form.addEventListener("submit", () => { dirty = false; });
  form.addEventListener("draft-saved", () => { dirty = false; });
  addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });
}
