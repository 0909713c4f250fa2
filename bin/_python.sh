#!/bin/sh
# Runs a script with the first Python on this machine that is new enough (3.11 or newer). PYTHON names another one.
for python in ${PYTHON:+"$PYTHON"} python3 python3.14 python3.13 python3.12 python3.11 python /usr/bin/python3; do
    if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        exec "$python" "$@"
    fi
done
echo "Common Hour needs Python 3.11 or newer, and there is none here. Install it (on Debian or Ubuntu:" >&2
echo "apt-get install python3 python3-venv), or name one: PYTHON=/path/to/python3.12 $0" >&2
exit 1
