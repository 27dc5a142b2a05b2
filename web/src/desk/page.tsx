// The desk's page: the door, the workplace, or word that the desk is open elsewhere.
import { useEffect, useSyncExternalStore, type ReactElement } from "react";
import { useWords } from "../i18n";
import type { Desk } from "./desk";
import { Login } from "./login";
import { Replaced } from "./replaced";
import { currentDesk, subscribe } from "./shell";
import { statusOf } from "./status";
import { Workplace } from "./workplace";

export function Page(): ReactElement {
  const desk = useSyncExternalStore(subscribe, currentDesk);
  useTitle(desk);
  switch (desk.at) {
    case "login":
      return <Login problem={desk.problem} entering={false} />;
    case "entering":
      return <Login problem={null} entering />;
    case "replaced":
      return <Replaced />;
    case "work":
      return <Workplace work={desk.work} />;
  }
}

/** An agent who looks at another tab sees the ring in this one's title. */
function useTitle(desk: Desk): void {
  const { words } = useWords();
  const state = desk.at === "work" && desk.work.current ? desk.work.state : null;
  const status = state === null ? words.desk_title : words.duty[statusOf(state)];
  const ringing = state !== null && state.offer !== null;
  useEffect(() => {
    document.title = `${ringing ? "☎ " : ""}${status} · ${words.product}`;
  }, [status, ringing, words]);
}
