// A page with errors starts at its summary; a notice that was linked to takes the focus as well.
const summary = document.querySelector(".error-summary");
if (summary) {
  // A link of the summary before this one may have left a place in the address, which would win over it.
  if (location.hash) history.replaceState(null, "", location.pathname + location.search);
  summary.focus();
}
