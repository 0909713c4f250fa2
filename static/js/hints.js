// Hints about words, two seconds after typing stops. The server looks at the text and keeps nothing of it; whatever happens to
// the request, writing goes on. What to ask and where is on the <template data-hints> of the form.
const PAUSE = 2000;

const boxOf = (field) => {
  const around = field.closest(".mb-3");
  let box = around.querySelector(".hints");
  if (!box) {
    box = document.createElement("div");
    box.className = "hints";
    const said = document.createElement("p");
    said.className = "hints-head";
    said.setAttribute("role", "status"); // there before anything is said in it
    box.append(said);
    around.append(box);
  }
  return box;
};

const labelOf = (field) => field.labels?.[0]?.firstChild?.textContent.trim() ?? "";

const show = (field, fresh) => {
  const box = boxOf(field);
  const list = fresh?.querySelector("ul");
  const before = box.querySelector("ul");
  if ((before?.textContent ?? "") === (list?.textContent ?? "")) return; // nothing new: nothing to say
  before?.remove();
  const said = box.querySelector(".hints-head");
  said.replaceChildren();
  if (!list) return;
  const name = document.createElement("span");
  name.className = "visually-hidden";
  name.textContent = `${labelOf(field)}: `;
  said.append(name, fresh.querySelector(".hints-head").textContent);
  box.append(list);
};

for (const about of document.querySelectorAll("template[data-hints]")) {
  const form = about.closest("form");
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const waiting = new Map();
  const asked = new Map();

  const send = (url, values, signal) => {
    const body = new FormData();
    body.set("csrfmiddlewaretoken", token);
    for (const [name, value] of Object.entries(values)) body.set(name, value);
    return fetch(url, { method: "POST", body, signal, headers: { "X-Requested-With": "hints" }, redirect: "error" });
  };

  const look = async (field) => {
    asked.get(field)?.abort();
    const control = new AbortController();
    asked.set(field, control);
    if (!field.value.trim()) return show(field, null);
    try {
      const answer = await send(about.dataset.hints, { text: field.value }, control.signal);
      if (!answer.ok) return undefined;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (!control.signal.aborted) show(field, page);
    } catch {
      // Offline, signed out, or typed on meanwhile: a hint is never worth a word about that.
    }
    return undefined;
  };

  const silence = async (button) => {
    const box = button.closest(".hints");
    const field = box.closest(".mb-3").querySelector("textarea");
    try {
      if (!(await send(about.dataset.silence, { silence: button.value })).ok) return;
    } catch {
      return; // the button stays, to be pressed again
    }
    for (const other of form.querySelectorAll(".hints")) {
      for (const row of other.querySelectorAll("li")) if (row.dataset.hint === button.value) row.remove();
      if (other.querySelector("ul") && !other.querySelector("li")) {
        other.querySelector("ul").remove();
        other.querySelector(".hints-head").replaceChildren();
      }
    }
    box.querySelector(".hints-head").textContent = about.dataset.silenced;
    field.focus();
  };

  form.addEventListener("input", (event) => {
    const field = event.target;
    if (!field.matches("textarea:not([readonly])")) return;
    clearTimeout(waiting.get(field));
    asked.get(field)?.abort();
    waiting.set(field, setTimeout(look, PAUSE, field));
  });

  form.addEventListener("click", (event) => {
    const button = event.target.closest("button[name=silence]");
    if (!button) return;
    event.preventDefault();
    silence(button);
  });
}
