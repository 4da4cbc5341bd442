#!/usr/bin/env bash
# Starts orders that end up in every state: fulfilled, waiting for a review, cancelled, and stuck in an incident.
# DIRIGENT is the binary (default: dirigent on the PATH), DIRIGENT_URL the server, DIRIGENT_SERVICES_PORT the services.
set -euo pipefail

dirigent=${DIRIGENT:-dirigent}
services=http://127.0.0.1:${DIRIGENT_SERVICES_PORT:-8090}

# order ID NAME TOTAL [SIMULATE]
order() {
  local simulate=null
  [ -z "${4:-}" ] || simulate="\"$4\""
  "$dirigent" start order-fulfilment --variables "{
    \"orderId\": \"$1\",
    \"customer\": {\"name\": \"$2\", \"email\": \"$(printf '%s' "$2" | tr 'A-Z ' 'a-z.')@example.org\"},
    \"items\": [{\"sku\": \"BATON-12\", \"quantity\": 1, \"price\": $3}],
    \"total\": $3,
    \"simulate\": $simulate,
    \"servicesUrl\": \"$services\"
  }" >/dev/null
}

order A-1001 'Ada Lovelace' 289.90
order A-1002 'Grace Hopper' 49.90
order A-1003 'Alan Turing' 120
order A-1004 'Emmy Noether' 4200
order A-1005 'Kurt Goedel' 99 risky
order A-1006 'Katherine Johnson' 75 declined
order A-1007 'Edsger Dijkstra' 310 outage
order A-1008 'Barbara Liskov' 180 outage
