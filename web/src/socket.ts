// One WebSocket to the engine: text in, text out, and one word when it is over.
import { socketAddress } from "./api";

export interface Socket {
  send(message: object): void;
  close(): void;
}

export interface Ears {
  opened(): void;
  heard(frame: string): void;
  closed(): void;
}

/** This opens a socket. After `close` its ears hear nothing. */
export function openSocket(path: string, ears: Ears): Socket {
  const socket = new WebSocket(socketAddress(path));
  let over = false;
  socket.onopen = () => {
    if (!over) ears.opened();
  };
  socket.onmessage = (event: MessageEvent<unknown>) => {
    if (!over && typeof event.data === "string") ears.heard(event.data);
  };
  socket.onclose = () => {
    if (over) return;
    over = true;
    ears.closed();
  };
  return {
    send(message) {
      if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
    },
    close() {
      over = true;
      socket.close(1000);
    },
  };
}
