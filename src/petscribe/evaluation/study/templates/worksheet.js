
"use strict";
// Answers live in the form itself; this script reads them, keeps a copy in the browser and saves
// them as a file. Nothing is sent anywhere.
const setup = JSON.parse(document.getElementById("setup").textContent);
const cases = [...document.querySelectorAll(".case")];
const form = document.getElementById("sheet");
const state = document.getElementById("state");
const place = `petscribe-study-${setup.study}-${setup.worksheet}`;
let now = 0;

function chosen(name) {
  const field = form.elements[name];
  return field && field.value ? field.value : null;
}

function answerOf(index) {
  const number = index + 1;
  const texts = setup.letters[index].map((letter) => {
    const base = `${number}-${letter}`;
    const answer = { letter };
    for (const scale of setup.scales) {
      const value = chosen(`${base}-${scale}`);
      answer[scale] = value === null ? null : Number(value);
    }
    answer.errors = [...form.querySelectorAll(`input[name="${base}-error"]:checked`)].map((x) => x.value);
    const edit = form.elements[`${base}-edit`];
    answer.edit = edit.value === edit.defaultValue ? null : edit.value;
    return answer;
  });
  return { case: number, texts, preference: chosen(`${number}-preference`) };
}

function isDone(answer) {
  return answer.preference !== null && answer.texts.every((text) => setup.scales.every((scale) => text[scale] !== null));
}

function answers() {
  return { study: setup.study, worksheet: setup.worksheet, answers: cases.map((_, index) => answerOf(index)) };
}

function keep() {
  try { localStorage.setItem(place, JSON.stringify(answers())); } catch { /* a browser may forbid it */ }
  tell();
}

function pick(name, value) {
  for (const field of form.querySelectorAll(`input[name="${name}"]`)) {
    if (field.value === String(value)) field.checked = true;
  }
}

function restore() {
  let saved = null;
  try { saved = JSON.parse(localStorage.getItem(place)); } catch { return; }
  if (!saved || !Array.isArray(saved.answers)) return;
  for (const answer of saved.answers) {
    pick(`${answer.case}-preference`, answer.preference);
    for (const text of answer.texts) {
      const base = `${answer.case}-${text.letter}`;
      for (const scale of setup.scales) pick(`${base}-${scale}`, text[scale]);
      for (const error of text.errors) pick(`${base}-error`, error);
      if (text.edit !== null && form.elements[`${base}-edit`]) form.elements[`${base}-edit`].value = text.edit;
    }
  }
}

function tell() {
  const open = answers().answers.filter((answer) => !isDone(answer)).map((answer) => answer.case);
  const done = cases.length - open.length;
  state.textContent = open.length ? `Case ${now + 1} of ${cases.length}; ${done} complete` : "All cases complete: save the answers";
  state.classList.toggle("open", open.includes(now + 1));
}

function show(index) {
  now = Math.min(Math.max(index, 0), cases.length - 1);
  cases.forEach((element, at) => element.classList.toggle("now", at === now));
  document.getElementById("back").disabled = now === 0;
  document.getElementById("next").disabled = now === cases.length - 1;
  window.scrollTo(0, 0);
  tell();
}

function save() {
  const file = new Blob([JSON.stringify(answers(), null, 2)], { type: "application/json" });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = `answers-${setup.study}-${setup.worksheet}.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

restore();
form.addEventListener("input", keep);
form.addEventListener("submit", (event) => event.preventDefault());
document.getElementById("back").addEventListener("click", () => show(now - 1));
document.getElementById("next").addEventListener("click", () => show(now + 1));
document.getElementById("save").addEventListener("click", save);
show(0);
