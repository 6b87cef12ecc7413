-- Of several flaws in one advisory, OSV and CVE have a record of each: `part` is the flaw's number, 1 where there is one.
ALTER TABLE release_documents ADD COLUMN part integer NOT NULL DEFAULT 1;
ALTER TABLE release_documents DROP CONSTRAINT release_documents_pkey;
ALTER TABLE release_documents ADD PRIMARY KEY (release_id, format, part);
