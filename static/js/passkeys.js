// Passkeys and security keys: asks the browser, puts its answer into the form, sends it. Pages offer another way too.
const toBytes = (text) => Uint8Array.from(
  atob(text.replaceAll("-", "+").replaceAll("_", "/").padEnd(Math.ceil(text.length / 4) * 4, "=")),
  (char) => char.charCodeAt(0),
);

const toText = (bytes) => {
  let plain = "";
  for (const byte of new Uint8Array(bytes)) plain += String.fromCharCode(byte);
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
};

const withBytes = (list) => (list || []).map((item) => ({ ...item, id: toBytes(item.id) }));

const forCreating = (options, passwordless) => {
  const key = { ...options.publicKey };
  key.challenge = toBytes(key.challenge);
  key.user = { ...key.user, id: toBytes(key.user.id) };
  key.excludeCredentials = withBytes(key.excludeCredentials);
  if (passwordless) {
    key.authenticatorSelection = {
      ...key.authenticatorSelection,
      residentKey: passwordless.checked ? "required" : "discouraged",
      requireResidentKey: passwordless.checked,
      ...(passwordless.checked ? { userVerification: "required" } : {}),
    };
  }
  return { publicKey: key };
};

const forAsking = (options) => {
  const key = { ...options.publicKey };
  key.challenge = toBytes(key.challenge);
  key.allowCredentials = withBytes(key.allowCredentials);
  return { publicKey: key };
};

const asPlain = (credential) => {
  const answer = credential.response;
  const response = { clientDataJSON: toText(answer.clientDataJSON) };
  for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (answer[part]) response[part] = toText(answer[part]);
  }
  if (answer.getTransports) response.transports = answer.getTransports();
  return JSON.stringify({
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response,
  });
};

const optionsFor = async (form) => {
  if (form.dataset.optionsId) return JSON.parse(document.getElementById(form.dataset.optionsId).textContent);
  const answer = await fetch(form.dataset.optionsUrl, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
};

const ask = async (form) => {
  const options = await optionsFor(form);
  if (form.dataset.passkey === "create") {
    const passwordless = document.getElementById(form.dataset.passwordless || "");
    return navigator.credentials.create(forCreating(options.creation_options, passwordless));
  }
  return navigator.credentials.get(forAsking(options.request_options));
};

if (window.PublicKeyCredential) {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const problem = document.querySelector("[data-passkey-problem]");
    for (const button of document.querySelectorAll(`button[form="${form.id}"]`)) button.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      problem.textContent = "";
      try {
        form.elements.credential.value = asPlain(await ask(form));
        form.submit();
      } catch {
        problem.textContent = form.dataset.problem;
      }
    });
  }
}
