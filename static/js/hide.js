// Private lists: hide the titles at once when somebody walks by. The button exists only where script runs.
for (const button of document.querySelectorAll("[data-hide]")) {
  const box = document.getElementById(button.getAttribute("aria-controls"));
  if (!box) continue;
  const words = { hide: button.textContent, show: button.dataset.hide };
  button.hidden = false;
  button.addEventListener("click", () => {
    box.hidden = !box.hidden;
    button.textContent = box.hidden ? words.show : words.hide;
    button.setAttribute("aria-expanded", String(!box.hidden));
  });
}
