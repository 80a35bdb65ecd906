CREATE OR REPLACE STREAM CLEAN_IOT_STREAM (
    ingest_time TIMESTAMP,
    sensor_id VARCHAR(16),
    event_timestamp VARCHAR(16),
    ambient_temp DECIMAL(16,2),
    measured_temp DECIMAL(16,2),
    dedup_window TIMESTAMP);
