#!/bin/bash
# Run once by the postgres image, when its volume is new: the two ordinary roles, and the database of the first.
set -euo pipefail

psql --username "$POSTGRES_USER" --dbname postgres --no-psqlrc --quiet \
    --set ON_ERROR_STOP=1 \
    --set owner_password="$OWNER_PASSWORD" \
    --set runtime_password="$RUNTIME_PASSWORD" <<'SQL'
CREATE ROLE heymarket_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE heymarket_app LOGIN PASSWORD :'runtime_password';
CREATE DATABASE heymarket OWNER heymarket_owner;
REVOKE ALL ON DATABASE heymarket FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE heymarket TO heymarket_app;
SQL
