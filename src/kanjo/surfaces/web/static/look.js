// Before the page is drawn: that script runs, and the theme of the device where the person follows it.
(() => {
  "use strict";
  const page = document.documentElement;
  page.classList.add("js");
  if (!page.hasAttribute("data-follows")) return;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const follow = () => page.setAttribute("data-bs-theme", dark.matches ? "dark" : "light");
  dark.addEventListener("change", follow);
  follow();
})();
