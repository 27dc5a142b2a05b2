// The desk's door.
import type { ReactElement } from "react";
import { useWords } from "../i18n";
import { Door } from "../ui/door";
import type { LoginProblem } from "./desk";
import { tell } from "./shell";

export function Login({ problem, entering }: { problem: LoginProblem | null; entering: boolean }): ReactElement {
  const { words } = useWords();
  const said = problem === null ? null : problem.what === "too_many" ? words.login.too_many(problem.wait_s) : words.login[problem.what];
  const enter = (agent: string, password: string) => tell({ type: "SignIn", agent, password });
  return <Door title={words.desk_title} lead={words.login.lead} problem={said} entering={entering} enter={enter} />;
}
