// Receive webhooks with Node.js alone: npm install standardwebhooks, then
//
//   WEBHOOK_SECRET=whsec_... PORT=9000 node receiver.mjs
import { createServer } from "node:http"
import { Webhook } from "standardwebhooks"

const webhook = new Webhook(process.env.WEBHOOK_SECRET)
const seen = new Set() // keep it in your database: a restart forgets these

createServer(async (request, response) => {
  const chunks = []
  for await (const chunk of request) chunks.push(chunk)
  let event
  try {
    // The raw bytes: parsed and written again, JSON has another signature.
    event = webhook.verify(Buffer.concat(chunks), request.headers)
  } catch {
    response.writeHead(401).end("forged or too old\n")
    return
  }
  const id = request.headers["webhook-id"]
  if (!seen.has(id)) {
    actOn(event)
    seen.add(id) // only now: what throws above is sent again
  }
  response.writeHead(204).end()
}).listen(Number(process.env.PORT ?? 9000), "127.0.0.1")

function actOn(event) {
  console.log(event.type, event.data.response?.score, event.data.response?.comment)
}
