-- How many of its tasks the gate of tasks had not passed when a plan was frozen; null of plans from before anybody counted.
ALTER TABLE plans ADD COLUMN ungated int;
