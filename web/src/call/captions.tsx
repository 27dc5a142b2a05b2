// The words that the caller hears, each in its own language and direction, with the keys pressed between them.
import { useEffect, useRef, type ReactElement } from "react";
import { direction, useWords } from "../i18n";
import type { Line } from "./phone";

export function Captions({ lines }: { lines: Line[] }): ReactElement {
  const { words } = useWords();
  const end = useRef<HTMLLIElement>(null);
  useEffect(() => {
    end.current?.scrollIntoView({ block: "nearest" });
  }, [lines.length]);
  const latest = lines.findLast((line) => "caption" in line)?.n;
  return (
    <section className="card captions" aria-labelledby="captions-title">
      <h2 id="captions-title">{words.phone.captions}</h2>
      {lines.length === 0 && <p className="soft">{words.phone.no_captions}</p>}
      <ol role="log" aria-live="polite" tabIndex={lines.length > 0 ? 0 : -1} aria-labelledby="captions-title" data-testid="captions">
        {lines.map((line) =>
          "caption" in line ? (
            <li
              key={line.n}
              lang={line.caption.language}
              dir={direction(line.caption.language)}
              className={line.n === latest ? "caption latest" : "caption"}
              data-testid={line.n === latest ? "caption" : "caption-past"}
              data-prompt={line.caption.prompt}
            >
              {line.caption.text}
            </li>
          ) : (
            <li key={line.n} className="pressed-key" data-testid="pressed">
              {words.phone.pressed} <kbd dir="ltr">{line.key}</kbd>
            </li>
          ),
        )}
        <li ref={end} className="end" aria-hidden="true" />
      </ol>
    </section>
  );
}
