// Verify deliveries with the official library: JSON cases on stdin, verdicts on stdout.
//
// stdin: [{"secret": "whsec_…", "body": "…", "headers": {"webhook-id": "…", …}}, …]
// stdout: ["ok" or the library's message, …] in the same order
import { readFileSync } from "node:fs"
import { Webhook } from "standardwebhooks"

const verdicts = JSON.parse(readFileSync(0, "utf8")).map(({ secret, body, headers }) => {
  try {
    new Webhook(secret).verify(body, headers)
    return "ok"
  } catch (error) {
    return error.message
  }
})
console.log(JSON.stringify(verdicts))
