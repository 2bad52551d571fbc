#!/usr/bin/env bash
# Makes the virtual host and one user a service, when the broker is up. Run again, it sets rights and passwords anew.
# A service declares and writes only what bears its own name; besides its own queues it reads the publishers' logs.
set -euo pipefail

host=${HUB_VHOST:-hub}
ctl() { ${RABBITMQCTL:-rabbitmqctl} --quiet "$@"; }

# Asking before the broker has made its cookie would make another one, which the broker may not read.
until [ -s "${HUB_COOKIE:-/var/lib/rabbitmq/.erlang.cookie}" ]; do sleep 1; done
ctl await_startup --timeout 120

quoted() { # a JSON string
  local text=${1//\\/\\\\}
  printf '"%s"' "${text//\"/\\\"}"
}

right() { # USER VHOST CONFIGURE WRITE READ
  printf '{"user":%s,"vhost":%s,"configure":%s,"write":%s,"read":%s}' \
    "$(quoted "$1")" "$(quoted "$2")" "$(quoted "$3")" "$(quoted "$4")" "$(quoted "$5")"
}

# Partners have a virtual host of their own. The partner service fills their queues there and reads none of them; each
# partner's user, made by `wushe partner add`, reads its own queue and may do nothing else.
partners=${HUB_PARTNERS_VHOST:-partners}
users=() rights=()
for name in ${HUB_USERS:?}; do
  variable=${name^^}_AMQP_PASSWORD
  own="^$name\\."
  users+=("{\"name\":$(quoted "$name"),\"password\":$(quoted "${!variable:?}"),\"tags\":\"\",\"limits\":{\"max-connections\":32,\"max-channels\":512}}")
  rights+=("$(right "$name" "$host" "$own" "$own" "$own|^[a-z]+\\.log\$")")
  [ "$name" != partner ] || rights+=("$(right "$name" "$partners" '^(partners$|partner\.|q\.)' '^(partners$|q\.)' '^partners$')")
done

# All in one go, for every call of rabbitmqctl starts a virtual machine; by standard input, where no other process reads it.
together() { local IFS=,; printf '%s' "$*"; }
ctl import_definitions <<JSON
{"vhosts":[{"name":$(quoted "$host")},{"name":$(quoted "$partners")}],
"users":[$(together "${users[@]}")],"permissions":[$(together "${rights[@]}")]}
JSON

if [ -z "${HUB_KEEP_GUEST:-}" ] && ctl list_users --no-table-headers | cut -f1 | grep -qx guest; then ctl delete_user guest; fi
touch "${HUB_USERS_DONE:-/run/hub/users-are-there}"
