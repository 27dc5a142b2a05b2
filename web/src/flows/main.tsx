// Starts the page of the flows.
import "../style/page.css";
import "../style/flows.css";
import { createRoot } from "react-dom/client";
import { applyLanguage } from "../i18n";
import { Fence } from "../ui/fence";
import { Page } from "./page";
import { openFlows } from "./shell";

applyLanguage();
openFlows();
const place = document.getElementById("page");
if (place !== null) {
  createRoot(place).render(
    <Fence>
      <Page />
    </Fence>,
  );
}
