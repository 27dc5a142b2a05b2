// The bar at the top of every page: the mark, the page's name, what the page adds, and the language.
import type { ReactElement, ReactNode } from "react";
import { speakLanguage, useWords } from "../i18n";
import { Icon, Mark } from "./icon";

export function Bar({ title, children }: { title: string; children?: ReactNode }): ReactElement {
  const { words, language } = useWords();
  return (
    <header className="bar">
      <Mark />
      <div className="bar-name">
        <strong>{words.product}</strong>
        <span>{title}</span>
      </div>
      <div className="bar-rest">{children}</div>
      <button
        type="button"
        className="quiet"
        lang={language === "ar" ? "en" : "ar"}
        title={words.switch_language}
        onClick={() => speakLanguage(language === "ar" ? "en" : "ar")}
        data-testid="language-switch"
      >
        <Icon of="language" size={18} />
        {words.other_language}
      </button>
    </header>
  );
}
