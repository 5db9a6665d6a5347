import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { fieldWorker } from "./scripts/field-worker.mjs";

// The server that answers /api while developing; `npm run dev` serves the pages and forwards the rest.
const server = process.env["FAIRWAY_URL"] ?? "http://127.0.0.1:8080";
const forward = { target: server, changeOrigin: false };

export default defineConfig({
  plugins: [react(), fieldWorker()],
  build: {
    sourcemap: false,
    target: "es2022",
    chunkSizeWarningLimit: 900,
  },
  server: { port: 5173, proxy: { "/api": forward, "/healthz": forward } },
  preview: { proxy: { "/api": forward, "/healthz": forward } },
});
