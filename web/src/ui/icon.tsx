// The pages' pictures: line drawings that take the colour of the text beside them.
import type { ReactElement } from "react";

const HANDSET = "M6.2 3.5h2.6l1.5 4-2 1.6a12 12 0 0 0 6.6 6.6l1.6-2 4 1.5v2.6a2 2 0 0 1-2.2 2A16.6 16.6 0 0 1 4.2 5.7a2 2 0 0 1 2-2.2Z";

const DRAWINGS = {
  handset: <path d={HANDSET} />,
  hangup: <path d="M3 14.5c0-1.3.8-2.4 2-2.9a18.6 18.6 0 0 1 14 0c1.2.5 2 1.6 2 2.9v1.6a1 1 0 0 1-1.2 1l-3.6-.8a1 1 0 0 1-.8-1v-2a14 14 0 0 0-6.8 0v2a1 1 0 0 1-.8 1l-3.6.8a1 1 0 0 1-1.2-1Z" />,
  incoming: <g><path d={HANDSET} /><path d="M20.5 3.5 15 9m0-4.2V9h4.2" /></g>,
  microphone: <g><rect x="9" y="3" width="6" height="11" rx="3" /><path d="M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3" /></g>,
  muted: <g><path d="M9 5.8A3 3 0 0 1 15 6v5m-.6 2.3A3 3 0 0 1 9 11V9" /><path d="M5.5 11.5a6.5 6.5 0 0 0 10 5.5m2.2-2.3c.5-1 .8-2 .8-3.2M12 18v3M4 3l16 18" /></g>,
  speaker: <path d="M4 9.5v5h3.5L12 18.5v-13L7.5 9.5ZM15.5 9a4.2 4.2 0 0 1 0 6M18 6.5a7.8 7.8 0 0 1 0 11" />,
  pause: <path d="M8.5 5v14M15.5 5v14" />,
  play: <path d="M8 5.2v13.6L18.6 12Z" />,
  ready: <path d="m4.5 12.5 5 5 10-11" />,
  away: <path d="M5 9h11v5.5a4.5 4.5 0 0 1-4.5 4.5h-2A4.5 4.5 0 0 1 5 14.5ZM16 10.5h1.5a2.2 2.2 0 0 1 0 4.5H16M8 3v2.5M12.5 3v2.5" />,
  off: <path d="M12 3.5V11M7.2 6.5a7.5 7.5 0 1 0 9.6 0" />,
  clock: <g><circle cx="12" cy="12" r="8.5" /><path d="M12 7.5V12l3 2" /></g>,
  warning: <path d="M12 4 2.8 19.5h18.4ZM12 10v4.5m0 2.5v.1" />,
  leave: <path d="M10 4H5.5v16H10M14.5 8l4 4-4 4M18 12H9.5" />,
  language: <g><circle cx="12" cy="12" r="8.5" /><path d="M3.5 12h17M12 3.5c5 5.5 5 11.5 0 17c-5-5.5-5-11.5 0-17Z" /></g>,
  note: <path d="M5 4h14v11l-5 5H5ZM19 15h-5v5M8.5 9h7M8.5 12.5h4" />,
  user: <g><circle cx="12" cy="8" r="3.8" /><path d="M4.5 20a7.5 7.5 0 0 1 15 0" /></g>,
};

export type Drawing = keyof typeof DRAWINGS;

export function Icon({ of, size = 20 }: { of: Drawing; size?: number }): ReactElement {
  return (
    <svg
      className={of === "leave" ? "icon icon-turns" : "icon"}
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.7}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {DRAWINGS[of]}
    </svg>
  );
}

/** This is the product's mark: a head-set that is also a smile. */
export function Mark(): ReactElement {
  return (
    <svg className="mark" width="34" height="34" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="9" className="mark-ground" />
      <path d="M9 13.5a7 7 0 0 1 14 0v5M9 13.5v5" fill="none" stroke="#fff" strokeWidth="2.4" strokeLinecap="round" />
      <rect x="6.6" y="15.6" width="4.8" height="7.4" rx="2.2" fill="#fff" />
      <rect x="20.6" y="15.6" width="4.8" height="7.4" rx="2.2" fill="#fff" />
      <path d="M23 23c0 2-2 3.2-5 3.2" fill="none" stroke="#f0b95a" strokeWidth="2.2" strokeLinecap="round" />
    </svg>
  );
}
