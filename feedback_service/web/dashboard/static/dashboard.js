import { keepCurrent } from "./live.js"
import { offerCopies } from "./copying.js"
import { closeMenus, showPlace } from "./menus.js"
import { showPreview } from "./preview.js"

for (const region of document.querySelectorAll("[data-live]")) keepCurrent(region)
offerCopies(document)
closeMenus(document)
showPlace(document)
showPreview(document)
