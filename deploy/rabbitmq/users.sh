#!/usr/bin/env bash
# Makes the virtual host and one user a service, when the broker is up. Run again, it sets rights and passwords anew.
# A service declares and writes only what bears its own name; besides its own queues it reads the publishers' logs.
set -euo pipefail

host=${HUB_VHOST:-hub}
ctl() { ${RABBITMQCTL:-rabbitmqctl} --quiet "$@"; }

# Asking before the broker has made its cookie would make another one, which the broker may not read.
until [ -s "${HUB_COOKIE:-/var/lib/rabbitmq/.erlang.cookie}" ]; do sleep 1; done
ctl await_startup --timeout 120
ctl list_vhosts --no-table-headers | grep -qx "$host" || ctl add_vhost "$host"
known=$(ctl list_users --no-table-headers | cut -f1)

for name in ${HUB_USERS:?}; do
  variable=${name^^}_AMQP_PASSWORD
  act=add_user
  if grep -qx "$name" <<<"$known"; then act=change_password; fi
  ctl "$act" "$name" >/dev/null <<<"${!variable:?}"
  own="^$name\\."
  ctl set_permissions -p "$host" "$name" "$own" "$own" "$own|^[a-z]+\\.log\$"
  ctl set_user_limits "$name" '{"max-connections": 32, "max-channels": 512}'
done

# Partners have a virtual host of their own. The partner service fills their queues there and reads none of them; each
# partner's user, made by `wushe partner add`, reads its own queue and may do nothing else.
partners=${HUB_PARTNERS_VHOST:-partners}
ctl list_vhosts --no-table-headers | grep -qx "$partners" || ctl add_vhost "$partners"
if grep -qw partner <<<"$HUB_USERS"; then
  ctl set_permissions -p "$partners" partner '^(partners$|partner\.|q\.)' '^(partners$|q\.)' '^partners$'
fi

if [ -z "${HUB_KEEP_GUEST:-}" ] && grep -qx guest <<<"$known"; then ctl delete_user guest; fi
touch "${HUB_USERS_DONE:-/run/hub/users-are-there}"
