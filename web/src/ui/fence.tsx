// Keeps a mistake in drawing from leaving an empty page: it says so and offers the way back.
import { Component, type ReactElement, type ReactNode } from "react";
import { useWords } from "../i18n";

export class Fence extends Component<{ children: ReactNode }, { fallen: "no" | "yes" }> {
  override state: { fallen: "no" | "yes" } = { fallen: "no" };

  static getDerivedStateFromError(): { fallen: "yes" } {
    return { fallen: "yes" };
  }

  override render(): ReactNode {
    return this.state.fallen === "no" ? this.props.children : <Fallen />;
  }
}

function Fallen(): ReactElement {
  const { words } = useWords();
  return (
    <main className="door">
      <section className="card" role="alert" data-testid="broken">
        <h1>{words.broken.title}</h1>
        <p className="soft">{words.broken.text}</p>
        <button type="button" className="strong" onClick={() => location.reload()}>
          {words.broken.reload}
        </button>
      </section>
    </main>
  );
}
