// Builds the pages, each from its own HTML file, with addresses relative to the page that asks.
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// Where `npm run dev` finds an engine or the stand-in.
const engine = "http://127.0.0.1:8080";

export default defineConfig({
  base: "./",
  plugins: [react()],
  build: {
    target: "es2022",
    // Every asset is a file of its own, so that a strict content security policy needs no `data:`.
    assetsInlineLimit: 0,
    rollupOptions: { input: ["desk.html", "call.html", "flows.html"] },
  },
  server: {
    host: "127.0.0.1",
    proxy: { "/api": engine, "/ws": { target: engine, ws: true } },
  },
  test: { environment: "node", include: ["src/**/*.test.ts"] },
});
