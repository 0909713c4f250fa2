// What somebody types is sent to the server two seconds after typing stops, and is there again when they come back.
// Nothing is kept in the browser's storage. A form with data-draft="URL" is kept by its own view; every other form with room
// for words by one address for all of them, which the element #live names. The words for what happens are attributes beside
// the address (supervision/pages/keeping.py), already translated.
// The server answers 2xx, or 409 when what was typed on this page has been sent meanwhile.
// `turn` says how much had been typed on this page: of two requests that change places on their way, the later words count.
const PAUSE = 2000;
const RETRY = 15000;
const LOAD = Math.random().toString(36).slice(2);
const live = document.getElementById("live");

// Sends `body()` to `url` when typing stops, and says in `lines` and to screen readers how that went.
function keepTyping(form, { url, words, lines, body }) {
  let timer;
  let dirty = false;
  let stopped = false;
  let changes = 0;
  let announced = "";

  const show = (state, text) => {
    for (const line of lines) {
      line.hidden = false;
      line.dataset.state = state;
      line.querySelector("span").textContent = text;
    }
    // Said once when it works, and then only when it does not.
    if (live && announced !== state) {
      live.textContent = text;
      announced = state;
    }
  };

  const again = (delay) => {
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(save, delay);
  };

  async function save() {
    const sent = changes;
    const typedNow = body();
    typedNow.set("turn", `${LOAD}.${sent}`);
    try {
      const answer = await fetch(url, {
        method: "POST",
        body: typedNow,
        headers: { "X-Requested-With": "draft" },
        redirect: "manual", // to the sign-in page, say: that would be no saved draft
      });
      if (answer.status === 409 || answer.status === 413) {
        const changed = document.getElementById("changed");
        // It is an alert: said at once, and the cursor stays where it is. What is too long is only not kept any more.
        if (changed && answer.status === 409) changed.hidden = false;
        stopped = true;
        show("failed", words.stopped);
        return;
      }
      if (answer.status === 403 || answer.type === "opaqueredirect") {
        show("failed", words.signedOut);
        again(RETRY);
        return;
      }
      if (!answer.ok) throw new Error(String(answer.status));
      const at = new Date().toLocaleTimeString([], { hour: "numeric", minute: "2-digit" });
      show("ok", words.saved.replace("%s", at));
      if (sent === changes) {
        dirty = false;
        form.dispatchEvent(new Event("draft-saved"));
      } else {
        again(PAUSE);
      }
    } catch {
      show("failed", navigator.onLine ? words.retry : words.offline);
      again(RETRY);
    }
  }

  const typed = () => {
    dirty = true;
    changes += 1;
    again(PAUSE);
  };
  form.addEventListener("input", typed);
  form.addEventListener("change", typed);
  form.addEventListener("submit", () => {
    dirty = false;
    clearTimeout(timer);
  });
  addEventListener("online", () => { if (dirty && !stopped) save(); });
}

for (const form of document.querySelectorAll("form[data-draft]")) {
  const lines = [...document.querySelectorAll(".saved")];
  keepTyping(form, { url: form.dataset.draft, words: form.dataset, lines, body: () => new FormData(form) });
}

// Every other form with room for words -------------------------------------------------------------------------------

const url = live?.dataset.draft;
// After a form was looked at and not taken, or came too late, what it holds is what was typed, all of it.
const shownAgain = Boolean(document.querySelector(".error-summary, #changed:not([hidden])"));
const isChoice = (field) => field.type === "radio" || field.type === "checkbox";
const isKept = (field) => field.name && !field.disabled && !field.readOnly
  && !["submit", "button", "password", "file"].includes(field.type)
  && !["csrfmiddlewaretoken", "typed_name", "kept_form", "kept_page"].includes(field.name);

function isTyped(field) {
  if (field.type === "hidden") return false;
  if (shownAgain) return true;
  if (isChoice(field)) return field.checked !== field.defaultChecked;
  if (field.options) return [...field.options].some((one) => one.selected !== one.defaultSelected);
  return field.value !== field.defaultValue;
}

// What goes to the server: what was typed, with what the page hid in the form (which version it shows), and no more.
function wordsOf(form, name, page) {
  const fields = [...form.elements].filter(isKept);
  const typed = new Set(fields.filter(isTyped).map((field) => field.name));
  const body = new FormData();
  body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken?.value ?? "");
  body.set("kept_form", name);
  body.set("page", page);
  if (typed.size === 0) body.set("kept_nothing", "1");
  for (const field of fields) {
    if (field.type !== "hidden" && !typed.has(field.name)) continue;
    if (!isChoice(field)) body.append(field.name, field.value);
    else if (field.checked) body.append(field.name, field.value);
    else body.append("kept_off", `${field.name}=${field.value}`);
  }
  return body;
}

// What a page says of itself, such as which text is signed, or the key of what it makes: never that of an earlier page.
const OF_THE_PAGE = ["seen", "reads", "key"];

// `touched` are the fields that somebody typed into before the kept words came: theirs stay, after what was kept.
function putBack(form, words, touched) {
  const off = new Set(words.kept_off ?? []);
  for (const field of [...form.elements].filter(isKept)) {
    const values = words[field.name];
    if (field.type === "hidden" && OF_THE_PAGE.includes(field.name)) continue;
    if (touched.has(field)) {
      const kept = values?.shift();
      if (kept && field.type === "textarea" && !field.value.startsWith(kept)) field.value = `${kept}\n${field.value}`;
      continue;
    }
    if (isChoice(field)) {
      if (values?.includes(field.value)) field.checked = true;
      else if (off.has(`${field.name}=${field.value}`)) field.checked = false;
    } else if (values?.length) {
      field.value = values.shift();
    }
  }
  form.dispatchEvent(new Event("put-back"));
}

// Whether the page shows something newer than what these words were typed into.
function isNewer(form, words) {
  const version = form.elements.version?.value;
  return Boolean(version && words.version && words.version[0] !== version);
}

// What was typed, to be read and copied beside what was saved since.
function toBeCopied(form, words) {
  const box = document.createElement("div");
  for (const field of [...form.elements].filter((one) => isKept(one) && one.type !== "hidden" && !isChoice(one) && !one.options)) {
    const text = words[field.name]?.shift();
    if (!text) continue;
    const line = box.appendChild(document.createElement("p"));
    line.className = "words mt-2";
    line.dir = "auto";
    line.textContent = text;
  }
  return box;
}

function notice(form, answer, name, page, newer) {
  const box = document.createElement("div");
  box.className = "notice";
  box.setAttribute("role", "status");
  const text = box.appendChild(document.createElement("p"));
  text.appendChild(document.createElement("strong")).textContent = answer.said;
  text.append(" ", newer ? answer.newer : answer.note);
  if (newer) box.append(toBeCopied(form, answer.words));
  const leave = box.appendChild(document.createElement("button"));
  leave.type = "button";
  leave.className = "btn btn-quiet btn-sm";
  leave.textContent = answer.leave;
  leave.addEventListener("click", async () => {
    const body = new FormData();
    body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    body.set("kept_form", name);
    body.set("page", page);
    body.set("kept_left", "1");
    await fetch(url, { method: "POST", body, headers: { "X-Requested-With": "draft" } });
    form.dispatchEvent(new Event("draft-saved"));
    location.reload();
  });
  form.prepend(box);
}

async function comeBack(form, name, page) {
  const touched = new Set();
  form.addEventListener("input", (event) => touched.add(event.target));
  try {
    const answer = await fetch(`${url}?form=${encodeURIComponent(name)}`, { redirect: "manual" });
    if (answer.status !== 200) return;
    const found = await answer.json();
    const newer = isNewer(form, found.words);
    if (!newer) putBack(form, found.words, touched);
    notice(form, found, name, page, newer);
  } catch {
    // Without the network there is nothing to put back; what is typed now is kept when it is there again.
  }
}

// Where the form is sent to: the same on the page where it stands first and on the one that shows it again.
function nameOf(form) {
  const to = new URL(form.getAttribute("action") || location.href, location.href);
  to.searchParams.delete("kept"); // only says that somebody signed in again
  return to.pathname + to.search;
}

function hide(form, name, value) {
  const field = document.createElement("input");
  field.type = "hidden";
  field.name = name;
  field.value = value;
  form.append(field);
}

function hasRoomForWords(form) {
  if (form.querySelector("[data-rows], [type=password], [type=file]")) return false;
  return Boolean(form.querySelector("textarea")) || "unsaved" in form.dataset;
}

for (const form of url ? document.querySelectorAll("main form[method=post]:not([data-draft])") : []) {
  if (!hasRoomForWords(form)) continue;
  const name = nameOf(form);
  const page = crypto.randomUUID?.() ?? LOAD;
  hide(form, "kept_form", name);
  hide(form, "kept_page", page);
  const line = form.appendChild(document.createElement("p"));
  line.className = "saved mt-2";
  line.hidden = true;
  line.append(document.createElement("span"));
  if (!shownAgain) comeBack(form, name, page);
  keepTyping(form, { url, words: live.dataset, lines: [line], body: () => wordsOf(form, name, page) });
}
