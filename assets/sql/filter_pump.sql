CREATE OR REPLACE PUMP FILTER_PUMP AS
INSERT INTO FILTERED_STREAM
SELECT STREAM ingest_time, sensor_id, event_timestamp,
ambient_temp, measured_temp, dedup_window
FROM CLEAN_IOT_STREAM
WHERE abs(measured_temp - ambient_temp) > 20;
