// What is said, in every language, to read and to listen to.
import { useEffect, useState, type ReactElement } from "react";
import { direction, languageName, useWords } from "../i18n";
import type { Prompt } from "../protocol/bundles";
import { Icon } from "../ui/icon";
import { soundOf } from "./shell";

export function Prompts({ prompts, languages }: { prompts: Prompt[]; languages: string[] }): ReactElement {
  const { words, language } = useWords();
  const [wanted, setWanted] = useState("");
  const [playing, setPlaying] = useState<string | null>(null);
  const matches = (prompt: Prompt) =>
    [prompt.id, ...Object.values(prompt.languages).map((said) => said.text)].some((text) => text.toLowerCase().includes(wanted.toLowerCase()));
  const play = (name: string, sounds: string[]) => {
    setPlaying(name);
    void playAll(sounds).finally(() => setPlaying(null));
  };
  useEffect(() => hush, []);
  return (
    <section className="card" aria-labelledby="prompts-title" data-testid="prompts">
      <div className="chart-head">
        <h2 id="prompts-title">{words.flows.prompts}</h2>
        <label className="chart-pick">
          <span className="unseen">{words.flows.search}</span>
          <input type="search" dir="auto" placeholder={words.flows.search} value={wanted} onChange={(event) => setWanted(event.target.value)} data-testid="prompt-search" />
        </label>
      </div>
      <div className="scroll" tabIndex={0} role="region" aria-labelledby="prompts-title">
        <ul className="prompts">
          {prompts.filter(matches).map((prompt) => (
            <li key={prompt.id}>
              <code dir="ltr">{prompt.id}</code>
              {languages.map((tag) => {
                const said = prompt.languages[tag];
                if (said === undefined) return null;
                const name = `${tag}/${prompt.id}`;
                return (
                  <div key={tag} className="said">
                    <button
                      type="button"
                      className="quiet"
                      disabled={said.sounds.length === 0}
                      aria-label={words.flows.play(prompt.id, languageName(tag, language))}
                      aria-pressed={playing === name}
                      onClick={() => play(name, said.sounds)}
                      data-testid="play"
                      data-sound={name}
                    >
                      <Icon of={playing === name ? "speaker" : "play"} size={18} />
                    </button>
                    <p lang={tag} dir={direction(tag)}>
                      {said.text}
                    </p>
                  </div>
                );
              })}
            </li>
          ))}
        </ul>
      </div>
    </section>
  );
}

let sounding: HTMLAudioElement | null = null;

function hush(): void {
  sounding?.pause();
  sounding = null;
}

/** One sound after the other; another prompt cuts this one short. */
async function playAll(names: string[]): Promise<void> {
  hush();
  const player = new Audio();
  sounding = player;
  for (const name of names) {
    const sound = await soundOf(name);
    if (sound === null || sounding !== player) continue;
    const url = URL.createObjectURL(sound);
    await playOne(player, url);
    URL.revokeObjectURL(url);
  }
}

function playOne(player: HTMLAudioElement, url: string): Promise<void> {
  return new Promise((done) => {
    player.onended = player.onerror = player.onpause = () => done();
    player.src = url;
    player.play().catch(() => done());
  });
}
