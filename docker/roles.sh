#!/bin/bash
# Creates the two ordinary roles and the owner's database. The postgres image runs this once, for a new volume.
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
