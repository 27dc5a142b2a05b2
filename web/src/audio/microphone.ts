// Asks for the microphone and names what stands in the way.

/** Why there is no microphone. */
export type Blocked = "refused" | "missing" | "busy" | "insecure";

export type Microphone = { ok: true; stream: MediaStream } | { ok: false; why: Blocked };

export async function openMicrophone(): Promise<Microphone> {
  // Browsers hide the devices from pages that came without encryption from another machine.
  if (!window.isSecureContext || navigator.mediaDevices === undefined) return { ok: false, why: "insecure" };
  try {
    const stream = await navigator.mediaDevices.getUserMedia({
      audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
    });
    return { ok: true, stream };
  } catch (problem) {
    return { ok: false, why: reason(problem) };
  }
}

export function closeMicrophone(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

function reason(problem: unknown): Blocked {
  const name = problem instanceof DOMException ? problem.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "refused";
  return name === "NotFoundError" || name === "OverconstrainedError" ? "missing" : "busy";
}
