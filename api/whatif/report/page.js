"use strict";
// The style sheet switches the language by the radio buttons; this tells the browser, and remembers the choice.
(() => {
  const MEMORY = "stadttakt.language";
  const radios = [...document.querySelectorAll('input[name="language"]')];
  const codes = radios.map((radio) => radio.value);

  function remembered() {
    try {
      return localStorage.getItem(MEMORY);
    } catch (error) {
      console.warn("no memory for the language", String(error)); // a file, private mode or blocked storage
      return null;
    }
  }

  function remember(code) {
    try {
      localStorage.setItem(MEMORY, code);
    } catch (error) {
      console.warn("language not kept", String(error));
    }
  }

  function show(code) {
    document.documentElement.lang = code;
    const title = document.querySelector("title");
    document.title = title.dataset[code];
    for (const radio of radios) radio.checked = radio.value === code;
  }

  const kept = remembered();
  const first = navigator.language.toLowerCase().startsWith("de") ? "de" : "en";
  show(codes.includes(kept) ? kept : first);
  for (const radio of radios) {
    radio.addEventListener("change", () => {
      show(radio.value);
      remember(radio.value);
    });
  }
})();
