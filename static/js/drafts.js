// Drafts: sent to the server two seconds after typing stops. Add <script type="module"> for this file on pages
// whose form has data-draft="URL"; the server answers 2xx, or 409 when somebody saved a newer version meanwhile.
// The words come from data-saved, data-retry, data-offline, data-signed-out and data-stopped on the form, already translated.
// `turn` says how much had been typed on this page: of two requests that change places on their way, the later words count.
const PAUSE = 2000;
const RETRY = 15000;
const LOAD = Math.random().toString(36).slice(2);

for (const form of document.querySelectorAll("form[data-draft]")) {
  const lines = [...document.querySelectorAll(".saved")];
  const live = document.getElementById("live");
  const words = form.dataset;
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
    const typedNow = new FormData(form);
    typedNow.set("turn", `${LOAD}.${sent}`);
    try {
      const answer = await fetch(form.dataset.draft, {
        method: "POST",
        body: typedNow,
        headers: { "X-Requested-With": "draft" },
        redirect: "manual", // to the sign-in page, say: that would be no saved draft
      });
      if (answer.status === 409) {
        const changed = document.getElementById("changed");
        if (changed) changed.hidden = false; // it is an alert: said at once, and the cursor stays where it is
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
