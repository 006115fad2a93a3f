#!/bin/sh
# Runs once, when the server's data directory is new: the roles, and a database for each that only it opens.
set -eu
psql --quiet --set ON_ERROR_STOP=1 --username postgres --dbname postgres --file /run/secrets/postgresql_roles.sql
