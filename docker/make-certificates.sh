#!/bin/sh
# Certificates for what runs inside: an authority made for this once, whose key is thrown away at the end, and for
# each part a key of its own by which it proves who it is (docs/operating.md, Encrypted inside). Run as root, so that
# each key can be read by its own container alone: docker/make-certificates.sh [folder] [days]
set -eu
umask 077
folder=${1:-certificates}
days=${2:-90}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

key="-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -sha256"

# shellcheck disable=SC2086
openssl req -x509 $key -days "$days" -subj "/CN=partnership inside" -keyout "$work/ca.key" -out "$work/ca.crt" \
	-addext "keyUsage=critical,keyCertSign" 2>"$work/told" || { cat "$work/told" >&2; exit 1; }

# part, the name it proves, what for, the group of the account it runs as
issue() {
	mkdir -p "$folder/$1"
	# shellcheck disable=SC2086
	openssl req -new $key -subj "/CN=$2" -keyout "$folder/$1/tls.key" -out "$work/$1.csr" 2>"$work/told" ||
		{ cat "$work/told" >&2; exit 1; }
	printf 'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=%s\n' "$3" >"$work/$1.ext"
	case $3 in *serverAuth*) printf 'subjectAltName=DNS:%s\n' "$2" >>"$work/$1.ext" ;; esac
	openssl x509 -req -in "$work/$1.csr" -CA "$work/ca.crt" -CAkey "$work/ca.key" -CAcreateserial -sha256 -days "$days" \
		-extfile "$work/$1.ext" -out "$folder/$1/tls.crt" 2>"$work/told" || { cat "$work/told" >&2; exit 1; }
	cp "$work/ca.crt" "$folder/$1/ca.crt"
	chmod 755 "$folder" "$folder/$1"
	chmod 644 "$folder/$1/tls.crt" "$folder/$1/ca.crt"
	[ "$(id -u)" -ne 0 ] || { chown "root:$4" "$folder/$1/tls.key" && chmod 640 "$folder/$1/tls.key"; }
}

issue db db serverAuth 999
issue redis redis serverAuth,clientAuth 1000
issue owner partnership_owner clientAuth 10001
issue app partnership_app clientAuth 10001
issue worker partnership_worker clientAuth 10001
echo "Certificates for $days days lie in $folder. Start everything anew: docker compose up --detach --wait --force-recreate"
