// Says on the page that a passkey was not read; the accounts package would only tell the console.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  for (const fault of document.querySelectorAll("[data-passkey-fault]")) fault.hidden = false;
});
