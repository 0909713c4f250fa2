// Small-screen menu and account menu. Without script the links wrap and <details> still opens.
const toggle = document.querySelector(".nav-toggle");
const account = document.querySelector(".account");

const setOpen = (open) => {
  toggle.setAttribute("aria-expanded", String(open));
  toggle.parentElement.classList.toggle("nav-open", open);
  if (account) account.open = open;
};

if (toggle) {
  toggle.addEventListener("click", () => setOpen(toggle.getAttribute("aria-expanded") !== "true"));
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  if (toggle && toggle.getAttribute("aria-expanded") === "true") {
    setOpen(false);
    toggle.focus();
  } else if (account && account.open) {
    account.open = false;
    account.querySelector("summary").focus();
  }
});

// On wide screens the account menu floats, so a click elsewhere or moving on by Tab puts it away.
const floats = () => account && account.open && !(toggle && toggle.offsetParent);
document.addEventListener("click", (event) => {
  if (floats() && !account.contains(event.target)) account.open = false;
});
document.addEventListener("focusin", (event) => {
  if (floats() && !account.contains(event.target)) account.open = false;
});
