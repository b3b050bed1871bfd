/** The reader's language: all text of the pages is in `../text/`, one file a language. */

const LANGUAGES = {
  en: () => import("../text/en.js"),
  de: () => import("../text/de.js"),
};

const wanted = navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase());

/** The code of the language that the page speaks. */
export const language = wanted.find((tag) => Object.hasOwn(LANGUAGES, tag)) ?? "en";

const texts = (await LANGUAGES[language]()).default;
document.documentElement.lang = language;

/** The text of a key, with what stands in braces filled in. */
export function say(key, values = {}) {
  return texts[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** The text of a key that the server names, or what the server itself says if there is none here. */
export function sayOr(key, otherwise) {
  return Object.hasOwn(texts, key) ? texts[key] : otherwise;
}

const dates = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });

/** A date that the server sent, as the reader writes dates; `never` where there is none. */
export function when(date) {
  return date ? dates.format(new Date(date)) : say("never");
}

/** So many seconds, as people say it. */
export function duration(seconds) {
  const isLong = seconds > 90;
  const unit = isLong ? "minute" : "second";
  return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" }).format(
    isLong ? Math.ceil(seconds / 60) : seconds,
  );
}
