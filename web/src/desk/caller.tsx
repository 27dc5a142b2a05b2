// Who calls, about what, and what they did before: the same card from the ring to the wrap-up.
import type { ReactElement } from "react";
import { clock, languageName, nameIn, useWords } from "../i18n";
import type { Caller } from "../protocol/desk";

export function CallerHead({ caller }: { caller: Caller }): ReactElement {
  const { words, language } = useWords();
  return (
    <div className="caller-head">
      {caller.direction === "outbound" && (
        <p className="caller-back" data-testid="caller-back">
          {words.caller.call_back}
        </p>
      )}
      <p className="caller-entity" data-testid="caller-entity">
        {caller.entity === null ? words.caller.no_entity : nameIn(caller.entity.name, language)}
      </p>
      <p className="caller-from digits" dir="ltr" data-testid="caller-from">
        {caller.from}
      </p>
    </div>
  );
}

export function CallerFacts({ caller }: { caller: Caller }): ReactElement {
  const { words, language } = useWords();
  return (
    <dl className="facts">
      <div>
        <dt>{words.caller.language}</dt>
        <dd className="emphasis" data-testid="caller-language" data-language={caller.language}>
          {languageName(caller.language, language)}
        </dd>
      </div>
      <div>
        <dt>{words.caller.waited}</dt>
        <dd className="digits" dir="ltr" data-testid="caller-waited">
          {clock(caller.waited_s)}
        </dd>
      </div>
      <div>
        <dt>{words.caller.to}</dt>
        <dd className="digits" dir="ltr">
          {caller.to}
        </dd>
      </div>
      <div>
        <dt>{words.caller.queue}</dt>
        <dd>
          <bdi>{caller.queue_name[language] ?? caller.queue}</bdi>
        </dd>
      </div>
      {caller.case !== null && (
        <div>
          <dt>{words.caller.case}</dt>
          <dd className="digits" dir="ltr" data-testid="caller-case">
            {caller.case}
          </dd>
        </div>
      )}
      <div className="wide">
        <dt>{words.caller.pressed}</dt>
        <dd data-testid="caller-pressed">
          {caller.pressed.length === 0 ? <span className="soft">{words.caller.nothing_pressed}</span> : <Pressed caller={caller} />}
        </dd>
      </div>
    </dl>
  );
}

function Pressed({ caller }: { caller: Caller }): ReactElement {
  const { language } = useWords();
  return (
    <ol className="pressed">
      {caller.pressed.map((step, index) => (
        <li key={index}>
          <kbd dir="ltr">{step.key}</kbd>
          <bdi>{nameIn(step.label, language) || step.node}</bdi>
        </li>
      ))}
    </ol>
  );
}
