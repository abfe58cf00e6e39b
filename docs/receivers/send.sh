#!/bin/sh
# Send yourself a signed event with curl and openssl, to try a receiver without us:
#
#   WEBHOOK_SECRET=whsec_... sh send.sh http://127.0.0.1:9000/feedback
set -eu
id="msg_$(openssl rand -hex 12)"
time=$(date +%s)
body='{"type":"alert.detractor","timestamp":"2026-11-24T12:00:00.000Z","data":{"project":"shop","response":{"id":"rsp_1","score":2,"comment":"slow"}}}'
key=$(printf %s "${WEBHOOK_SECRET#whsec_}" | openssl base64 -d -A | od -An -v -tx1 | tr -d ' \n')
signature=$(printf %s "$id.$time.$body" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | openssl base64 -A)
curl --silent --show-error --output /dev/null --write-out '%{http_code}\n' "$1" \
  -H 'Content-Type: application/json' \
  -H "webhook-id: $id" -H "webhook-timestamp: $time" -H "webhook-signature: v1,$signature" \
  --data-raw "$body"
