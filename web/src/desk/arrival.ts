// Where the focus goes when the stage changes under the agent's hands.
import { useEffect, useRef, type RefObject } from "react";

/** The button that was pressed is gone; its focus goes to the heading of what came, not to the page's top. */
export function useArrival(): RefObject<HTMLHeadingElement | null> {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus();
  }, []);
  return heading;
}
