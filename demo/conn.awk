# Lines of a conn.log as lines for `broker publish --in text`: a topic, and an event with typed literals.
# "-" is an unset field; Zeek's own events have empty values there.
BEGIN { FS = "\t" }
/^#/ { next }
{
  service = $8 == "-" ? "" : $8
  duration = $9 == "-" ? "0s" : $9 "s"
  bytes = $10 == "-" ? 0 : $10
  printf "zeek/demo/conn connection_observed(\"%s\", %s, %s/%s, %s, %s/%s, enum:%s, \"%s\", %s, %s, %s)\n",
    $2, $3, $4, $7, $5, $6, $7, $7, service, duration, bytes, $13
}
