#!/bin/bash
# Makes this server a node of a cluster: Citus in the product's database, and how the nodes sign in with each other. The image
# runs this once, for a new volume, after roles.sh. Citus is never in template1: it would stop CREATE DATABASE.
set -euo pipefail

psql --username "$POSTGRES_USER" --dbname heymarket --no-psqlrc --quiet \
    --set ON_ERROR_STOP=1 \
    --set superuser_password="password=$POSTGRES_PASSWORD" \
    --set owner_password="password=$OWNER_PASSWORD" \
    --set runtime_password="password=$RUNTIME_PASSWORD" <<'SQL'
CREATE EXTENSION citus;
-- For any node (0). `manage.py distribute` needs the parameter; it may be revoked afterwards.
INSERT INTO pg_dist_authinfo (nodeid, rolename, authinfo) VALUES
    (0, 'postgres', :'superuser_password'),
    (0, 'heymarket_owner', :'owner_password'),
    (0, 'heymarket_app', :'runtime_password');
GRANT SET ON PARAMETER session_replication_role TO heymarket_owner;
SQL
