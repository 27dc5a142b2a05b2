// The ring: who calls, how long is left, and the two answers.
import { useEffect, useRef, type ReactElement } from "react";
import { useWords } from "../i18n";
import type { Offer } from "../protocol/desk";
import { Countdown, useNow } from "../ui/clock";
import { Icon } from "../ui/icon";
import { CallerFacts, CallerHead } from "./caller";
import type { Work } from "./desk";
import { tell } from "./shell";
import { KEY_OF } from "./shortcuts";

export function Ring({ work, offer }: { work: Work; offer: Offer }): ReactElement {
  const { words } = useWords();
  const accept = useRef<HTMLButtonElement>(null);
  const left_s = (offer.until_ms - useNow(work.skew_ms)) / 1_000;
  const free = work.line.is === "up" && work.asked === null;
  // The answer is under the fingers at once: Enter or Space accept.
  useEffect(() => {
    accept.current?.focus();
  }, []);
  return (
    <section className="card stage call ringing" data-tone="ringing" data-testid="ring" role="alertdialog" aria-labelledby="ring-title">
      <div className="call-top">
        <div>
          <h1 className="caller-title" id="ring-title">
            <Icon of="incoming" size={18} />
            {words.ring.title}
          </h1>
          <CallerHead caller={offer.caller} />
        </div>
        <Countdown left_s={left_s} of_s={offer.ring_s} label={words.ring.left(Math.max(0, Math.ceil(left_s)))} testid="ring-left" />
      </div>
      <CallerFacts caller={offer.caller} />
      <div className="actions">
        <button
          ref={accept}
          type="button"
          className="action accept"
          disabled={!free}
          aria-keyshortcuts={KEY_OF.accept}
          onClick={() => tell({ type: "Order", order: { type: "accept", offer: offer.offer } })}
          data-testid="accept"
        >
          <Icon of="handset" size={22} />
          {words.ring.accept}
          <kbd>{KEY_OF.accept}</kbd>
        </button>
        <button
          type="button"
          className="action decline"
          disabled={!free}
          aria-keyshortcuts={KEY_OF.hangup}
          onClick={() => tell({ type: "Order", order: { type: "decline", offer: offer.offer } })}
          data-testid="decline"
        >
          <Icon of="hangup" size={22} />
          {words.ring.decline}
          <kbd>{KEY_OF.hangup}</kbd>
        </button>
      </div>
    </section>
  );
}
