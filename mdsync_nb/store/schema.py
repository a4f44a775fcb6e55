"""The tables of a workbench file, their version, and how an older file becomes a current one."""

from __future__ import annotations

import duckdb

from mdsync_nb.errors import StoreTooNew

VERSION = 5

REVIEW = """
create table review (
    mapping varchar, source_rows bigint, local_rows bigint, coupled bigint,
    recommendation varchar, status varchar, plan_id varchar, job_id bigint, message varchar
);
"""

QUEUE = """
create sequence queue_seq;
create table queue_entry (
    entry_id bigint, mapping varchar, kind varchar, notebook varchar, parameters varchar,
    category varchar, status varchar, status_before varchar, earliest_start timestamp,
    first_start timestamp, every integer, attempts integer, message varchar, made_at timestamp,
    log_id bigint, worker varchar, lease_until timestamp
);
create table queue_log (
    log_id bigint, entry_id bigint, mapping varchar, notebook varchar, status varchar,
    started_at timestamp, finished_at timestamp, attempt integer, idle boolean, worker varchar,
    message varchar, hint varchar, traceback varchar, report varchar
);
"""

SITE = """
create table site_run (run_id bigint, built_at timestamp, mappings bigint);
create table site_figure (
    run_id bigint, mapping varchar, pairs bigint, agree bigint, differ bigint, waiting bigint,
    only_source bigint, only_destination bigint, undecided bigint, set_aside bigint
);
"""

NOTICES = """
create sequence notification_seq;
create table notification (
    notification_id bigint, event varchar, entry_id bigint, mapping varchar, title varchar,
    message varchar, target varchar, status varchar, noted_at timestamp, attempts integer,
    next_at timestamp, ended_at timestamp, error varchar
);
create table notice_state (entry_id bigint, failing boolean, many_wait boolean);
"""

EARLIER = """
create table gone_row (
    seq bigint, company varchar, "table" varchar, id varchar, key_hash ubigint,
    "values" map(varchar, varchar)
);
create table forgotten (company varchar, "table" varchar, seq bigint);
"""
"""What it takes to know an image as an earlier load left it, besides the changes since."""

REJECTIONS = """
create table rejection (
    mapping varchar, integration_id varchar, local_id varchar, rejected_at timestamp,
    rejected_by varchar, comment varchar, lifted_by bigint
);
"""

TABLES = f"""
create sequence change_seq;
create sequence load_seq;
create sequence job_seq;

create table load (
    load_id bigint, company varchar, "table" varchar, as_of timestamp, loaded_at timestamp,
    complete varchar, files varchar, rows bigint, kept bigint, set_aside bigint, inserted bigint,
    changed bigint, deleted bigint, has_ids boolean, has_times boolean, seq bigint, message varchar,
    stamps varchar, fields varchar
);
create table set_aside (
    load_id bigint, company varchar, "table" varchar, file varchar, row bigint, "column" varchar,
    value varchar, reason varchar, key varchar
);
create table image (
    company varchar, "table" varchar, load_id bigint, as_of timestamp, complete varchar,
    has_ids boolean, has_times boolean, rows bigint, schema varchar, absent varchar,
    unknown varchar, hash_version varchar, hashed varchar, files varchar, seq bigint
);
create table change (
    seq bigint, company varchar, "table" varchar, id varchar, key_hash ubigint, kind varchar
);
create table change_cell (
    seq bigint, company varchar, "table" varchar, key_hash ubigint, field varchar, before varchar,
    after varchar
);
create table coupling (
    mapping varchar, local_id varchar, integration_id varchar, local_key_hash ubigint,
    integration_key_hash ubigint, local_modified_at timestamp, integration_modified_at timestamp,
    local_row_hash ubigint, integration_row_hash ubigint, fingerprint ubigint, agreed_seq bigint,
    agreed_at timestamp, last_result varchar, last_job bigint, failures integer, skipped boolean,
    coupled_job bigint, last_integration_result varchar, last_integration_job bigint
);
create table kept_cell (
    mapping varchar, integration_key_hash ubigint, agreed_seq bigint, field varchar, base varchar,
    side varchar
);
create table hold (mapping varchar, integration_key_hash ubigint, integration_id varchar,
    local_id varchar, job_id bigint, local_key_hash ubigint);
create table pending (
    company varchar, "table" varchar, id varchar, key_hash ubigint, key varchar, before_id varchar,
    job_id bigint, seq bigint, before_hash ubigint, after_hash ubigint, status varchar
);
create table revisit (mapping varchar, integration_key_hash ubigint, job_id bigint,
    local_key_hash ubigint);
create table mapping_state (
    mapping varchar, watermark timestamp, last_seq bigint, only_coupled boolean,
    only_coupled_job bigint, last_job bigint, last_run_at timestamp, last_full_at timestamp,
    local_watermark timestamp, local_seq bigint
);
create table plan (
    plan_id varchar, made_at timestamp, kind varchar, title varchar, settings_hash varchar,
    status varchar, steps varchar, undoes bigint
);
create table plan_decision (
    plan_id varchar, step integer, mapping varchar, source_id varchar, destination_id varchar,
    key varchar, class varchar, action varchar, rule varchar, message varchar, conflict varchar,
    source_hash ubigint, destination_hash ubigint
);
create table plan_cell (
    plan_id varchar, step integer, mapping varchar, source_id varchar, destination_id varchar,
    field varchar, source varchar, destination varchar, base varchar, class varchar, kept boolean,
    warning varchar
);
create table job (
    job_id bigint, plan_id varchar, step integer, mapping varchar, kind varchar, direction varchar,
    status varchar, started_at timestamp, finished_at timestamp, settings_hash varchar,
    inserted bigint, modified bigint, deleted bigint, unchanged bigint, skipped bigint,
    failed bigint, coupled bigint, uncoupled bigint, waiting bigint, stale bigint,
    message varchar, undone_by bigint, seq bigint, queue_log bigint, traceback varchar
);
create table job_record (
    job_id bigint, mapping varchar, source_id varchar, destination_id varchar, key varchar,
    action varchar, rule varchar, outcome varchar, message varchar, before_hash ubigint,
    after_hash ubigint, before_modified_at timestamp, before_modified_by varchar
);
create table job_coupling (
    job_id bigint, existed boolean, mapping varchar, local_id varchar, integration_id varchar,
    local_key_hash ubigint, integration_key_hash ubigint, local_modified_at timestamp,
    integration_modified_at timestamp, local_row_hash ubigint, integration_row_hash ubigint,
    fingerprint ubigint, agreed_seq bigint, agreed_at timestamp, last_result varchar,
    last_job bigint, failures integer, skipped boolean, coupled_job bigint,
    last_integration_result varchar, last_integration_job bigint
);
create table job_error (
    job_id bigint, mapping varchar, failed_at timestamp, source_id varchar, destination_id varchar,
    key varchar, rule varchar, message varchar
);
{REVIEW}
{QUEUE}
{SITE}
{NOTICES}
{EARLIER}
{REJECTIONS}
create table meta (name varchar, value varchar);
"""

STEPS: dict[int, str] = {
    1: """alter table plan_cell add column kept boolean default false;
    create table kept_cell (mapping varchar, integration_key_hash ubigint, agreed_seq bigint,
        field varchar, base varchar)""",
    2: REVIEW,
    3: """alter table coupling add column last_integration_result varchar;
    alter table coupling add column last_integration_job bigint;
    alter table job_coupling add column last_integration_result varchar;
    alter table job_coupling add column last_integration_job bigint;
    alter table plan_cell add column warning varchar default '';
    alter table kept_cell add column side varchar default 'local';
    alter table hold add column local_key_hash ubigint;
    update hold set local_key_hash = hash(local_id);
    alter table revisit add column local_key_hash ubigint;
    alter table mapping_state add column local_watermark timestamp;
    alter table mapping_state add column local_seq bigint""",
    4: f"""{QUEUE}
    {SITE}
    {NOTICES}
    {EARLIER}
    {REJECTIONS}
    alter table load add column stamps varchar;
    alter table load add column fields varchar;
    alter table job add column queue_log bigint;
    alter table job add column traceback varchar;
    insert into forgotten select company, "table", max(seq) from image group by all""",
}
"""From version n to n + 1: the SQL that brings a file of version n up to date."""


def is_current(db: duckdb.DuckDBPyConnection, path: str) -> bool:
    """Whether a workbench file has the tables of this version.

    Raises StoreTooNew when a newer version wrote it.
    """
    found = _version(db)
    if found > VERSION:
        raise StoreTooNew(f"{path} has version {found}; this library knows {VERSION}.")
    return found == VERSION


def bring_up_to_date(db: duckdb.DuckDBPyConnection) -> None:
    """Give a new or older workbench file the tables of this version; whole or not at all."""
    found = _version(db)
    db.execute("begin")
    if found == 0:
        db.execute(TABLES)
    for step in range(found or VERSION, VERSION):
        db.execute(STEPS[step])
    db.execute("delete from meta where name = 'version'")
    db.execute("insert into meta values ('version', ?)", [str(VERSION)])
    db.execute("commit")


def _version(db: duckdb.DuckDBPyConnection) -> int:
    try:
        rows = db.execute("select value from main.meta where name = 'version'").fetchall()
    except duckdb.CatalogException:
        return 0
    return int(rows[0][0]) if rows else 0
