// What pages do beyond HTML: keys, drafts, menus that close, forms that send themselves. All works without it, slower.
(() => {
  "use strict";

  // Keys. Ignored in fields, while an input method composes, and with a modifier.
  const typing = (e) => e.isComposing || e.keyCode === 229 || /^(INPUT|TEXTAREA|SELECT)$/.test(e.target.tagName);
  const rows = () => [...document.querySelectorAll("[data-rows] tbody tr, [data-rows] > .q-i")];
  const move = (step) => {
    const all = rows();
    if (!all.length) return;
    const now = all.findIndex((row) => row.classList.contains("cur"));
    const next = all[Math.min(Math.max(now + step, 0), all.length - 1)];
    all[now]?.classList.remove("cur");
    next.classList.add("cur");
    next.querySelector("a")?.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
    if (host?.classList.contains("split")) opens(next);
  };
  let went = false;
  const keys = {
    "/": () => document.querySelector("input[type=search]")?.focus(),
    "?": () => document.getElementById("keys")?.showModal(),
    j: () => move(1),
    k: () => move(-1),
    h: () => went && location.assign("/"),
  };
  addEventListener("keydown", (e) => {
    if (e.key === "Escape" && !document.querySelector(".pop:popover-open")) closes();
    if (e.key === "Escape") document.querySelectorAll("details.more[open], details.kj-me[open]").forEach((one) => {
      if (one.contains(document.activeElement)) one.querySelector("summary").focus();
      one.open = false;
    });
    if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) e.target.form?.requestSubmit();
    if (typing(e) || e.ctrlKey || e.metaKey || e.altKey) return;
    const act = keys[e.key.toLowerCase()];
    if (act) {
      e.preventDefault();
      act();
    }
    went = e.key.toLowerCase() === "g";
  });
  // Enter on the focused link opens it: that is the browser's own.

  // The panel beside a list: a pressed row opens there while the window is wide; the address keeps what is open.
  const host = document.querySelector("[data-panelled]"), panel = document.getElementById("panel");
  const wide = matchMedia("(min-width: 1101px)");
  const remember = (path) => {
    const address = new URL(location);
    if (path) address.searchParams.set("open", path); else address.searchParams.delete("open");
    history.replaceState(null, "", address);
  };
  const opens = async (row) => {
    const link = row?.querySelector("a");
    if (!link || !wide.matches) return;
    rows().forEach((one) => one.classList.toggle("cur", one === row));
    host.classList.add("split");
    await htmx.ajax("GET", link.pathname, { target: "#panel", swap: "innerHTML" });
    remember(link.pathname);
  };
  const closes = () => {
    if (!host?.classList.contains("split")) return;
    host.classList.remove("split");
    panel.replaceChildren();
    remember("");
    document.querySelector("tr.cur a")?.focus({ preventScroll: true });
  };
  if (host) {
    host.addEventListener("click", (e) => {
      if (e.target.closest("[data-closes]")) closes();
      const row = e.target.closest("[data-rows] tbody tr");
      // Pressed open, the panel has the focus; moved through by J and K, the list keeps it.
      if (row && !e.target.closest("a, button, input, label") && !getSelection().toString()) opens(row)?.then(() => panel.querySelector("h2")?.focus());
    });
    const asked = new URL(location).searchParams.get("open");
    if (asked) addEventListener("load", () => opens(rows().find((row) => row.querySelector("a")?.pathname === asked)));
  }

  // Rows are chosen one by one or all on the page; the bar says how many. Without this it works, too.
  const all = document.querySelector("[data-picks]");
  if (all) {
    const picks = () => [...document.querySelectorAll('.tbl td.pick input')];
    const counted = () => {
      const count = picks().filter((one) => one.checked).length;
      const bar = document.querySelector("#chosen [data-count]");
      bar.textContent = count ? bar.dataset.count.replace("#", count) : "";
      all.checked = count > 0 && count === picks().length;
    };
    all.hidden = false;
    all.addEventListener("change", () => { picks().forEach((one) => { one.checked = all.checked; }); counted(); });
    addEventListener("change", (e) => { if (e.target.closest("td.pick")) counted(); });
    addEventListener("pageshow", counted);
  }

  // A menu closes when something else is pressed.
  addEventListener("click", (e) => {
    document.querySelectorAll("details.more[open], details.kj-me[open]").forEach((one) => { if (!one.contains(e.target)) one.open = false; });
  });

  // A figure tells whether its derivation is open; the browser opens and closes it.
  addEventListener("toggle", (e) => {
    if (!e.target.matches?.(".pop")) return;
    document.querySelector(`.fig[popovertarget="${e.target.id}"]`)?.setAttribute("aria-expanded", String(e.newState === "open"));
  }, true);

  // What was done is told for a while, and stays while a pointer rests on it.
  document.querySelectorAll(".note.toast").forEach((one) => {
    let goes = setTimeout(() => one.remove(), 6000);
    one.addEventListener("pointerenter", () => clearTimeout(goes));
    one.addEventListener("pointerleave", () => { goes = setTimeout(() => one.remove(), 2000); });
  });

  // A form of choices sends itself.
  addEventListener("change", (e) => { if (e.target.form?.hasAttribute("data-sends")) e.target.form.requestSubmit(); });

  // Drafts: what is typed is kept in this tab until the form was sent and answered, so that an ended session loses nothing.
  // A draft is its person's: whoever signs in next finds none. What was not touched is not brought back.
  const form = document.querySelector("form[data-draft]");
  const here = `draft ${document.body.dataset.person} ${location.pathname}`, sent = "sent";
  const touched = new Set();
  document.querySelector("form[action*=logout]")?.addEventListener("submit", () => sessionStorage.clear());
  const kept = (name) => { try { return JSON.parse(sessionStorage.getItem(name) ?? "null"); } catch { return null; } };
  const typed = () => [...form.elements].filter((one) => one.name && !/^(hidden|password|file|submit)$/.test(one.type));
  const box = (one) => /^(checkbox|radio)$/.test(one.type);
  const called = (one) => box(one) ? `${one.name}=${one.value}` : one.name;
  const stands = (one) => box(one) ? String(one.checked) : one.value;
  const puts = (one, text) => { if (box(one)) one.checked = text === "true"; else one.value = text; };
  const last = kept(sent);
  if (last?.startsWith(`draft ${document.body.dataset.person} `) && last !== here && !document.querySelector("input[type=password]")) {
    // Another page than the form and the sign-in: the deed was done.
    sessionStorage.removeItem(last);
    sessionStorage.removeItem(sent);
  }
  if (form) {
    const draft = kept(here), mark = form.elements.opened;
    const fresh = !form.querySelector(".fault");
    // Rows that were added are not on a form opened anew: the last one is copied until each has its place.
    const count = form.querySelector("input[name$='-count']"), rows = form.querySelector(".lines tbody");
    const wanted = draft && count ? Math.max(...Object.keys(draft).map((name) => name.startsWith(count.name.slice(0, -5)) ? parseInt(name.slice(count.name.length - 5)) + 1 || 0 : 0), 0) : 0;
    for (let at = rows?.rows.length ?? 0; fresh && at > 0 && at < Math.min(wanted, 100); at += 1) {
      const copy = rows.rows[at - 1].cloneNode(true);
      for (const one of copy.querySelectorAll("[id], [name]")) {
        for (const way of ["id", "name"]) if (one[way]) one[way] = one[way].replace(`-${at - 1}-`, `-${at}-`);
        if (one.name) one.value = "";
      }
      rows.append(copy);
      count.value = at + 1;
    }
    const differs = draft && typed().some((one) => called(one) in draft && draft[called(one)] !== stands(one));
    if (differs && fresh) {
      typed().forEach((one) => { if (called(one) in draft) puts(one, draft[called(one)]); });
      // What was typed was typed on what stood then: if that has changed since, sending shows the change.
      if (mark && draft[mark.name]) mark.value = draft[mark.name];
      const note = document.createElement("p");
      note.className = "note";
      note.setAttribute("role", "status");
      note.textContent = `${form.dataset.restored} `;
      const discard = document.createElement("button");
      discard.type = "button";
      discard.className = "plain";
      discard.textContent = form.dataset.discard;
      discard.addEventListener("click", () => { sessionStorage.removeItem(here); location.reload(); });
      note.append(discard);
      form.before(note);
    }
    form.addEventListener("input", (e) => {
      touched.add(called(e.target));
      const mine = typed().filter((one) => touched.has(called(one)) || (draft && called(one) in draft));
      if (mark) mine.push(mark);
      try { sessionStorage.setItem(here, JSON.stringify(Object.fromEntries(mine.map((one) => [called(one), stands(one)])))); } catch { /* More than a tab keeps. */ }
    });
    form.addEventListener("submit", () => sessionStorage.setItem(sent, JSON.stringify(here)));
    // While it is typed the server is asked (htmx, on #checked): that a field is blank is told once it was left.
    const left = new Set();
    form.addEventListener("focusout", ({ target }) => {
      if (!target.name || target.type === "submit" || left.has(target.name)) return;
      left.add(target.name);
      form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "touched", value: target.name }));
    });
    addEventListener("htmx:after:swap", () => typed().forEach((one) => {
      one.toggleAttribute("aria-invalid", false);
      if (document.getElementById(`${one.id}-said`)?.querySelector(".fault")) one.setAttribute("aria-invalid", "true");
    }));
    // The first refused field is where the person goes on.
    form.querySelector("[aria-invalid]")?.focus();
  }
})();
