# Lines of an ssh.log as events with a time, an address, a count of attempts and what the client says it is.
BEGIN { FS = "\t" }
/^#/ { next }
{ printf "zeek/demo/ssh password_guesses(time:%s, \"%s\", %s, %s/tcp, %s, \"%s\")\n", $1, $2, $3, $4, $9, $11 }
