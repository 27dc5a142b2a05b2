// One peer connection with the engine: an offer out, an answer in, the far end's sound to the loudspeaker.

/** An offer is sent when all candidates are known, or after this time with those that are. */
const GATHERING_MS = 1_000;
/** The browser calls a connection disconnected when it misses a few checks; it often recovers within this time. */
const RECOVERY_MS = 3_000;

const WANTED = ["audio/pcma", "audio/pcmu", "audio/telephone-event"];

export interface Link {
  answer(sdp: string): Promise<void>;
  /** Whether what the microphone hears leaves this page; silence is sent when it does not. */
  speak(sound: "open" | "shut"): void;
  close(): void;
}

export interface LinkEars {
  candidate(candidate: string): void;
  heard(far: MediaStream): void;
  broke(): void;
}

/** This makes a connection and the offer for it. */
export async function openLink(microphone: MediaStream, ears: LinkEars): Promise<{ link: Link; sdp: string }> {
  const peer = new RTCPeerConnection();
  const track = microphone.getAudioTracks()[0]?.clone();
  const line = peer.addTransceiver(track ?? "audio", { direction: "sendrecv" });
  preferTelephony(line);
  const speaker = new Audio();
  speaker.autoplay = true;
  let patience: ReturnType<typeof setTimeout> | undefined;

  peer.ontrack = (event) => {
    const far = new MediaStream([event.track]);
    speaker.srcObject = far;
    // A browser that wants a gesture first gets one with the next click; the element then starts by itself.
    speaker.play().catch(() => window.addEventListener("pointerdown", () => void speaker.play(), { once: true }));
    ears.heard(far);
  };
  peer.onconnectionstatechange = () => {
    clearTimeout(patience);
    if (peer.connectionState === "failed") ears.broke();
    if (peer.connectionState === "disconnected") patience = setTimeout(() => ears.broke(), RECOVERY_MS);
  };

  await peer.setLocalDescription();
  await gathered(peer);
  peer.onicecandidate = (event) => {
    if (event.candidate !== null && event.candidate.candidate !== "") ears.candidate(event.candidate.candidate);
  };
  const link: Link = {
    answer: (sdp) => peer.setRemoteDescription({ type: "answer", sdp }),
    speak(sound) {
      if (track !== undefined) track.enabled = sound === "open";
    },
    close() {
      clearTimeout(patience);
      peer.onconnectionstatechange = null;
      peer.onicecandidate = null;
      peer.ontrack = null;
      track?.stop();
      peer.close();
      speaker.srcObject = null;
    },
  };
  return { link, sdp: peer.localDescription?.sdp ?? "" };
}

/** The telephone network speaks G.711: what needs no conversion is offered first, and nothing else. */
function preferTelephony(line: RTCRtpTransceiver): void {
  const known = RTCRtpReceiver.getCapabilities("audio")?.codecs ?? [];
  const wanted = WANTED.flatMap((type) =>
    known.filter((codec) => codec.mimeType.toLowerCase() === type && codec.clockRate === 8_000),
  );
  if (wanted.some((codec) => codec.mimeType.toLowerCase().startsWith("audio/pcm"))) line.setCodecPreferences(wanted);
}

function gathered(peer: RTCPeerConnection): Promise<void> {
  if (peer.iceGatheringState === "complete") return Promise.resolve();
  return new Promise((resolve) => {
    const patience = setTimeout(resolve, GATHERING_MS);
    peer.onicegatheringstatechange = () => {
      if (peer.iceGatheringState !== "complete") return;
      clearTimeout(patience);
      resolve();
    };
  });
}
