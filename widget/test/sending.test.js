import assert from "node:assert/strict"
import { beforeEach, mock, test } from "node:test"
import { createOutbox } from "../src/sending/outbox.js"
import { createSender } from "../src/sending/sender.js"
import { memoryStorage, memoryStore } from "../testing/memory-store.js"

const HOST = "https://f.example/"
const DAY_MS = 86_400_000
const answer = (token, more = {}) => ({ token, context: { page_url: "/", locale: "en" }, ...more })

beforeEach(() => {
  mock.timers.reset()
  mock.timers.enable({ apis: ["setTimeout", "Date"], now: DAY_MS })
})

/** A sender over a line that answers with `statuses`, the last for ever. */
function given(statuses, store = memoryStore()) {
  const sent = []
  globalThis.fetch = async (url, { body, headers, keepalive }) => {
    sent.push(JSON.parse(body))
    assert.equal(url, `${HOST}v1/responses`)
    assert.equal(headers["Content-Type"], "text/plain;charset=UTF-8")
    assert.ok(keepalive)
    const status = statuses.length > 1 ? statuses.shift() : statuses[0]
    if (!status) throw new TypeError("Failed to fetch")
    return { status, json: async () => ({}) }
  }
  const outbox = createOutbox(store)
  return { sender: createSender(HOST, outbox), outbox, sent }
}

for (const [status, outcome, left] of [
  [201, "saved", 0],
  [200, "saved", 0],
  [0, "later", 1],
  [429, "later", 1],
  [500, "later", 1],
  [503, "later", 1],
  [401, "refused", 0],
  [409, "refused", 0],
  [410, "refused", 0],
  [422, "refused", 0],
]) {
  test(`status ${status} means ${outcome} and leaves ${left} behind`, async () => {
    const { sender, outbox } = given([status])
    assert.equal(await sender.save(answer("a", { score: 9 })), outcome)
    assert.equal(outbox.entries().length, left)
  })
}

test("an answer is kept before it is sent, so a crash loses nothing", () => {
  const { sender, outbox } = given([201])
  void sender.save(answer("a"))
  assert.equal(outbox.entries().length, 1)
})

test("an answer without a line is sent again with the same token until it is taken", async () => {
  const { sender, outbox, sent } = given([0, 503, 201])
  await sender.save(answer("a", { score: 3 }))
  for (let round = 0; round < 2; round += 1) {
    mock.timers.tick(60_000)
    await sender.resume()
  }
  assert.deepEqual(
    sent.map(({ token }) => token),
    ["a", "a", "a"],
  )
  assert.deepEqual(outbox.entries(), [])
})

test("it waits longer after each failure", async () => {
  const { sender, sent } = given([503])
  await sender.save(answer("a"))
  mock.timers.tick(7_500)
  await sender.resume()
  const after = sent.length
  mock.timers.tick(7_500)
  assert.equal(sent.length, after)
})

test("only the newest state of a token is sent again", async () => {
  const { sender, sent } = given([0, 0, 201])
  await sender.save(answer("a", { score: 3 }))
  await sender.save(answer("a", { score: 3, comment: "late" }))
  mock.timers.tick(60_000)
  await sender.resume()
  assert.equal(sent.length, 3)
  assert.equal(sent[2].comment, "late")
})

test("saves leave in the order they were made", async () => {
  const { sender, sent } = given([201])
  await Promise.all([
    sender.save(answer("a", { score: 3 })),
    sender.save(answer("a", { score: 4 })),
  ])
  assert.deepEqual(
    sent.map(({ score }) => score),
    [3, 4],
  )
})

test("an answer another tab may be sending right now is left alone for a moment", async () => {
  const { sender, outbox, sent } = given([201])
  outbox.put(answer("a"))
  await sender.resume()
  assert.equal(sent.length, 0)
  mock.timers.tick(10_000)
  await sender.resume()
  assert.equal(sent.length, 1)
})

test("two tabs keep their answers side by side", () => {
  const storage = memoryStorage()
  const [one, other] = [memoryStore(storage), memoryStore(storage)].map(createOutbox)
  one.put(answer("a"))
  other.put(answer("b"))
  one.drop(answer("a"))
  assert.deepEqual(
    other.entries().map((entry) => entry.answer.token),
    ["b"],
  )
})

test("the outbox keeps an answer for seven days", () => {
  const outbox = createOutbox(memoryStore())
  outbox.put(answer("a"))
  mock.timers.tick(7 * DAY_MS - 1)
  assert.equal(outbox.entries().length, 1)
  mock.timers.tick(1)
  assert.deepEqual(outbox.entries(), [])
})

test("what somebody else wrote into the outbox is cleared away", () => {
  const store = memoryStore()
  store.write("queue:x", { at: 9e15, answer: {} })
  store.write("queue:y", 3)
  assert.deepEqual(createOutbox(store).entries(), [])
  assert.deepEqual(
    store.keys().filter((key) => key.includes("queue")),
    [],
  )
})
