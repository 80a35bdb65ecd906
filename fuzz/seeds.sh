#!/usr/bin/env bash
# Writes the first inputs of every target from the cases under tests/pumps and the workshop's own texts.
set -euo pipefail
cd "$(dirname "$0")"
mkdir -p corpus/parser corpus/binder corpus/mapping
cat ../assets/sql/{clean_stream,dedup_pump,filtered_stream,filter_pump,aggregate_stream,aggregate_pump}.sql \
    > corpus/binder/workshop.sql
# `sql for target (…)` and the query below it become a stream and a pump; the rows of `feed` are records.
awk '
  function close_all() { if (out != "") { printf ";\n" > out; close(out) } out = "" }
  /^#/ || /^$/ { close_all(); reading = ""; next }
  /^sql for target/ { close_all(); n++; out = sprintf("corpus/binder/case-%04d.sql", n)
      sub(/^sql for target/, ""); printf "CREATE STREAM TARGET%s;\nCREATE PUMP P AS INSERT INTO TARGET\n", $0 > out; next }
  /^sql again/ { close_all(); reading = ""; next }
  /^sql/ { close_all(); n++; out = sprintf("corpus/binder/case-%04d.sql", n); next }
  /^feed/ { close_all(); reading = "feed"; next }
  /^(source|rows|clock|errors|refused|notes)/ { close_all(); reading = ""; next }
  out != "" { print > out; next }
  reading == "feed" { at = index($0, "{"); if (at) { m++; file = sprintf("corpus/mapping/case-%04d.json", m)
      printf "j%c%s", 0, substr($0, at) > file; close(file) } }
' ../tests/pumps/*.slt
cp corpus/binder/*.sql corpus/parser/
printf 'c\0001,two,"3 ""x""",2016-10-26 17:05:03,1e3,true,X'"'"'0A'"'"',2016-10-26\r\n2,,,,,,,' > corpus/mapping/line.csv
printf '[{"name":"a","type":"INTEGER"},{"name":"b","type":"VARCHAR(4)","mapping":"$.xs[0:].b"}]\0{"a":1,"xs":[{"b":"x"},{"b":2}]}' \
    > corpus/mapping/schema.json
echo "$(ls corpus/binder | wc -l) programs, $(ls corpus/mapping | wc -l) records"
