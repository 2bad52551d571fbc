#!/usr/bin/env bash
# Makes, for each name in HUB_DATABASES, a database, the role that owns it and the role that its service runs as.
# The passwords come from <NAME>_OWNER_PASSWORD and <NAME>_PASSWORD. Run again, it sets the passwords anew.
# What the service's role may do with each table is granted by the owner when it makes the table: of events, to read
# and to add.
set -euo pipefail

for name in ${HUB_DATABASES:?}; do
  upper=${name^^}
  owner_variable=${upper}_OWNER_PASSWORD
  role_variable=${upper}_PASSWORD
  psql --quiet --no-psqlrc --set=ON_ERROR_STOP=1 --username="${POSTGRES_USER:-postgres}" --dbname=postgres \
    --set=name="$name" --set=owner="${name}_owner" \
    --set=owner_password="${!owner_variable:?}" --set=role_password="${!role_variable:?}" <<'SQL'
SELECT format('CREATE ROLE %I', role) FROM unnest(ARRAY[:'owner', :'name']) AS role
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) \gexec
ALTER ROLE :"owner" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'owner_password';
ALTER ROLE :"name" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'role_password';
ALTER ROLE :"name" SET idle_in_transaction_session_timeout = '60s';
SELECT format('CREATE DATABASE %I OWNER %I', :'name', :'owner')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'name') \gexec
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"name" TO :"name";
SQL
done
