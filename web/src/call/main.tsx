// Starts the test caller's telephone.
import "../style/page.css";
import "../style/call.css";
import { createRoot } from "react-dom/client";
import { applyLanguage } from "../i18n";
import { exposeMeasurements } from "../measure";
import { Fence } from "../ui/fence";
import { Page } from "./page";

applyLanguage();
exposeMeasurements();
const place = document.getElementById("page");
if (place !== null) {
  createRoot(place).render(
    <Fence>
      <Page />
    </Fence>,
  );
}
