// The door of a page: name and password.
import { useEffect, useRef, type FormEvent, type ReactElement } from "react";
import { useWords } from "../i18n";
import { Bar } from "./bar";
import { Icon } from "./icon";

type Told = {
  title: string;
  lead: string;
  problem: string | null;
  entering: boolean;
  enter: (agent: string, password: string) => void;
};

export function Door({ title, lead, problem, entering, enter }: Told): ReactElement {
  const { words } = useWords();
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => {
    first.current?.focus();
  }, []);

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const [agent, password] = [form.get("agent"), form.get("password")];
    if (typeof agent === "string" && typeof password === "string") enter(agent.trim(), password);
  };

  return (
    <>
      <Bar title={title} />
      <main className="door">
        <form className="card" onSubmit={submit} aria-busy={entering}>
          <h1>{words.login.title}</h1>
          <p className="soft">{lead}</p>
          <label>
            {words.login.agent}
            <input ref={first} name="agent" dir="auto" autoComplete="username" required maxLength={64} autoCapitalize="none" spellCheck={false} data-testid="login-agent" />
          </label>
          <label>
            {words.login.password}
            <input name="password" type="password" dir="ltr" autoComplete="current-password" required maxLength={256} data-testid="login-password" />
          </label>
          <p className="problem" role="alert" data-testid="login-problem" hidden={problem === null}>
            <Icon of="warning" size={18} />
            {problem}
          </p>
          <button type="submit" className="strong" disabled={entering} data-testid="login-submit">
            {entering ? words.login.entering : words.login.enter}
          </button>
        </form>
      </main>
    </>
  );
}
