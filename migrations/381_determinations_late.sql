-- Until now nobody could decide after the window, so none that is kept was late.
ALTER TABLE determinations ADD COLUMN late_ms bigint NOT NULL DEFAULT 0;
