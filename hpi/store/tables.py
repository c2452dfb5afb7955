"""The tables of the index; times are microseconds since 1970 in UTC, sizes are bytes."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, MetaData, String, Table, Text

FORM = 1  # goes up by one whenever these tables change

TABLES = MetaData()
form = Table("hpi_form", TABLES, Column("version", Integer, primary_key=True, autoincrement=False))
shares = Table(
    "hpi_shares",
    TABLES,
    Column("id", String(16), primary_key=True),
    Column("token", String(64), nullable=False, unique=True),  # digests, both
    Column("secret", String(64), nullable=False, unique=True),
    Column("kind", String(8), nullable=False),
    Column("owner", String(128)),
    Column("made", BigInteger, nullable=False),
    Column("expires", BigInteger, nullable=False),
    Column("size", BigInteger, nullable=False),  # of record and blobs, also of those that others hold as well
    Column("record_size", BigInteger, nullable=False),
    Column("record", Text, nullable=False),
    Column("record_sha256", String(64), nullable=False),
    Index("hpi_shares_of_owner", "owner", "kind"),
    Index("hpi_shares_by_expiry", "expires"),
)
# A row does not promise that the blob exists; only what a share holds does.
blobs = Table(
    "hpi_blobs",
    TABLES,
    Column("sha256", String(64), primary_key=True),
    Column("size", BigInteger, nullable=False),
)
held = Table(
    "hpi_held",
    TABLES,
    Column("share", String(16), ForeignKey("hpi_shares.id", ondelete="CASCADE"), primary_key=True),
    Column("name", String(64), primary_key=True),
    Column("sha256", String(64), ForeignKey("hpi_blobs.sha256"), nullable=False, index=True),
)
# Blobs that a writer is about to hold: what is claimed is not swept away.
claims = Table(
    "hpi_claims",
    TABLES,
    Column("writer", String(16), primary_key=True),
    Column("sha256", String(64), ForeignKey("hpi_blobs.sha256"), primary_key=True, index=True),
    Column("made", BigInteger, nullable=False),
)
