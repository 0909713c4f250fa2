// Editable rows at once, instead of by a trip to the server. Removing is undone in place; nothing leaves the page.
const say = (text) => {
  const live = document.getElementById("live");
  if (!live) return;
  live.textContent = "";
  setTimeout(() => { live.textContent = text; }, 50);
};

const touched = (box) => box.dispatchEvent(new Event("input", { bubbles: true }));

const add = (box) => {
  const total = box.querySelector("[name$='-TOTAL_FORMS']");
  const number = Number(total.value);
  const list = box.querySelector(".rows");
  const html = box.querySelector("template").innerHTML
    .replaceAll("__prefix__", String(number)).replaceAll("__number__", String(number + 1));
  list.insertAdjacentHTML("beforeend", html);
  total.value = String(number + 1);
  list.lastElementChild.querySelector("input:not([type=hidden]), select, textarea").focus();
};

const markOf = (row) => row.querySelector("[name$='-DELETE']");

const restore = (row, note) => {
  markOf(row).value = "";
  row.hidden = false;
  note.remove();
  row.querySelector("[data-remove]").focus();
  touched(row);
};

const remove = (box, row) => {
  markOf(row).value = "on";
  row.hidden = true;
  const note = document.createElement("p");
  note.className = "row-gone";
  const back = document.createElement("button");
  back.type = "button";
  back.className = "btn btn-quiet btn-sm";
  back.textContent = box.dataset.restore;
  back.addEventListener("click", () => restore(row, note));
  note.append(`${box.dataset.removed} `, back);
  row.after(note);
  back.focus();
  say(`${box.dataset.removed} ${box.dataset.restore}`);
  touched(row);
};

for (const box of document.querySelectorAll("[data-rows]")) {
  box.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    // At the limit the server answers, in words.
    const full = box.querySelectorAll(".row-item").length >= Number(box.dataset.max);
    if ("add" in button.dataset && !full) {
      event.preventDefault();
      add(box);
    } else if ("remove" in button.dataset) {
      event.preventDefault();
      remove(box, button.closest(".row-item"));
    } else if (button.name === "restore") {
      event.preventDefault();
      const note = button.closest(".row-gone");
      restore(note.previousElementSibling, note);
    }
  });
}
