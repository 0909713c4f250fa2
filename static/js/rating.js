// The lowest and the highest point of a scale need a moment that shows it: the room for it opens by itself.
for (const scale of document.querySelectorAll(".scale")) {
  const points = [...scale.querySelectorAll("input[type=radio]")].filter((one) => one.value !== "unsure");
  const room = scale.closest("fieldset")?.parentElement?.querySelector("details");
  if (!room || points.length === 0) continue;
  scale.addEventListener("change", (event) => {
    if (event.target === points[0] || event.target === points.at(-1)) room.open = true;
  });
}
