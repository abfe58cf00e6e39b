// Judge mails with the data of caniemail.com and compile MJML: cases on stdin, verdicts on stdout.
//
// stdin: {"html": {name: source, …}, "mjml": {name: source, …}}
// stdout: {"html": {name: ["feature @ client", …]}, "mjml": {name: {"errors": […], "html": "…"}}}
import { readFileSync } from "node:fs"
import { caniemail } from "caniemail"
import { doIUseEmail } from "doiuse-email"
import mjml2html from "mjml"

const clients = ["gmail.*", "outlook.*", "apple-mail.*"]
const sent = JSON.parse(readFileSync(0, "utf8"))

function faults(html) {
  const found = []
  for (const [client, issues] of caniemail({ clients, html }).issues.errors) {
    for (const issue of issues) found.push(`${issue.title} @ ${client}`)
  }
  for (const said of doIUseEmail(html, { emailClients: clients }).errors ?? []) {
    found.push(said.replace(/^`(.+)` is not supported by `(.+)`$/, "$1 @ $2"))
  }
  return [...new Set(found)].sort()
}

const verdicts = { html: {}, mjml: {} }
for (const [name, html] of Object.entries(sent.html)) verdicts.html[name] = faults(html)
for (const [name, source] of Object.entries(sent.mjml)) {
  const { errors, html } = await mjml2html(source, { validationLevel: "soft" })
  verdicts.mjml[name] = { errors: errors.map((error) => error.formattedMessage), html }
}
console.log(JSON.stringify(verdicts))
