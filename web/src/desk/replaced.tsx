// What a desk shows when the agent opened it elsewhere.
import type { ReactElement } from "react";
import { useWords } from "../i18n";
import { Bar } from "../ui/bar";
import { useArrival } from "./arrival";
import { tell } from "./shell";

export function Replaced(): ReactElement {
  const { words } = useWords();
  const heading = useArrival();
  return (
    <>
      <Bar title={words.desk_title} />
      <main className="door">
        <section className="card" data-testid="replaced" aria-labelledby="replaced-title">
          <h1 id="replaced-title" ref={heading} tabIndex={-1}>
            {words.replaced.title}
          </h1>
          <p className="soft">{words.replaced.text}</p>
          <button type="button" className="strong" onClick={() => tell({ type: "TakeBack" })} data-testid="take-back">
            {words.replaced.take}
          </button>
          <button type="button" className="quiet" onClick={() => tell({ type: "SignOut" })} data-testid="sign-out">
            {words.leave}
          </button>
        </section>
      </main>
    </>
  );
}
