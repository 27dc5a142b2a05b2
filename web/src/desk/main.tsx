// Starts the agent's desk.
import "../style/page.css";
import "../style/desk.css";
import { createRoot } from "react-dom/client";
import { applyLanguage } from "../i18n";
import { exposeMeasurements } from "../measure";
import { Fence } from "../ui/fence";
import { Page } from "./page";
import { openDesk } from "./shell";

applyLanguage();
exposeMeasurements();
openDesk();
const place = document.getElementById("page");
if (place !== null) {
  createRoot(place).render(
    <Fence>
      <Page />
    </Fence>,
  );
}
