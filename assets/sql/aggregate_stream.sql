CREATE OR REPLACE STREAM AGGREGATE_STREAM (sensor_id
VARCHAR(16), avg_ambient_temp DECIMAL(16,2),
avg_measured_temp DECIMAL(16,2), measurements INTEGER);
