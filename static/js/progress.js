// What is made in the background: the page looks again by itself while it is in sight, and shows the result when it is there.
// Without script, "Look again" does the same.
const EVERY = 2000;
const here = () => document.querySelector("[data-progress]");

async function look() {
  if (document.hidden) return later();
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" }, credentials: "same-origin" });
    if (!answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = page.querySelector("[data-progress]");
    if (!now) return location.reload();
    const bar = now.querySelector("progress");
    const old = here().querySelector("progress");
    if (bar && old) {
      old.value = bar.value;
      old.max = bar.max;
      old.nextElementSibling.textContent = bar.nextElementSibling.textContent;
    } else if (bar) {
      here().querySelector("[data-bar]")?.replaceChildren(...now.querySelector("[data-bar]").childNodes);
    }
  } catch {
    // No connection for a moment: it is tried again.
  }
  later();
}

function later() {
  setTimeout(look, EVERY);
}

if (here()) later();
