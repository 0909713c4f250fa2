// Topics can be dragged to another place. The buttons "Move up" and "Move down" do the same, for keyboards and without script.
for (const list of document.querySelectorAll("[data-order]")) {
  const items = () => [...list.querySelectorAll(":scope > [data-place]")];
  let dragged = null;
  for (const item of items()) item.draggable = true;
  list.addEventListener("dragstart", (event) => {
    const item = event.target.closest?.("[data-place]");
    if (!item || event.target !== item) return;
    dragged = item;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", "");
    item.classList.add("dragged");
  });
  list.addEventListener("dragover", (event) => {
    const over = event.target.closest("[data-place]");
    if (!dragged || !over) return;
    event.preventDefault();
    if (over === dragged) return;
    const box = over.getBoundingClientRect();
    list.insertBefore(dragged, event.clientY > box.top + box.height / 2 ? over.nextSibling : over);
  });
  list.addEventListener("drop", (event) => { if (dragged) event.preventDefault(); });
  list.addEventListener("dragend", async () => {
    if (!dragged) return;
    const item = dragged;
    dragged = null;
    item.classList.remove("dragged");
    const body = new FormData();
    body.append("csrfmiddlewaretoken", item.querySelector("[name=csrfmiddlewaretoken]").value);
    body.append("to", String(items().indexOf(item)));
    try {
      await fetch(item.dataset.place, { method: "POST", body, redirect: "manual" });
    } finally {
      window.location.reload(); // as it stands now, also where somebody else moved something
    }
  });
}
