#!/bin/sh
# The relay reads the outbox and the event it points to, and deletes what was published. The right to
# update `id` is what PostgreSQL asks of `SELECT ... FOR UPDATE`, which claims the rows.
set -eu
export PGPASSWORD="$(cat /run/secrets/postgresql_password)"
for database in installations preinstall contracts billing provisioning notifications gateway; do
    psql --quiet --set ON_ERROR_STOP=1 --host postgresql --username postgres --dbname "$database" <<SQL
GRANT USAGE ON SCHEMA public TO relay;
GRANT SELECT, DELETE, UPDATE (id) ON outbox TO relay;
GRANT SELECT ON event_log TO relay;
SQL
done
