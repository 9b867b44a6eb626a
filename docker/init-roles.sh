#!/bin/sh
# Run once by the postgres image, on an empty volume, as its superuser. The superuser then serves nobody: every
# process of ours connects as one of these three (docs/operating.md, Roles).
set -eu

psql --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname=postgres \
	--set=owner_password="$OWNER_DB_PASSWORD" \
	--set=app_password="$APP_DB_PASSWORD" \
	--set=worker_password="$WORKER_DB_PASSWORD" <<'SQL'
CREATE ROLE partnership_owner LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'owner_password';
CREATE ROLE partnership_app LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'app_password';
CREATE ROLE partnership_worker LOGIN NOINHERIT NOSUPERUSER NOBYPASSRLS PASSWORD :'worker_password';
GRANT partnership_app TO partnership_worker;
GRANT partnership_app, partnership_worker TO partnership_owner;
CREATE DATABASE partnership OWNER partnership_owner;
REVOKE CONNECT ON DATABASE partnership FROM PUBLIC;
GRANT CONNECT ON DATABASE partnership TO partnership_app, partnership_worker;
SQL
