#!/usr/bin/env bash
# The main job, on a copy of this example: version 1.0.0 with rows becomes version 1.1.0 by expand and contract while both
# versions of the application work, and at the end every count and every sum is what it was. Usage: demo.sh PATH_TO_CAMBIUM
set -euo pipefail
tool=$(realpath "${1:?usage: demo.sh PATH_TO_CAMBIUM}")
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r "$here" "$work/shop"
cd "$work/shop"
export SHOP_DEV_URL="sqlite://$work/shop.db"
rows=${ROWS:-20000}

title() { printf '\n\033[1m%s\033[0m\n' "$*"; }
run() { printf '\033[2m$ cambium %s\033[0m\n' "$*"; "$tool" "$@"; }
sql() { sqlite3 -batch "$work/shop.db" "PRAGMA foreign_keys = ON; $1"; }

title "1. The model compiles"
run check

title "2. Version 1.0.0 is built in an empty database"
run plan -e dev --to 1.0.0 -o "$work/first.plan" -q
run apply "$work/first.plan" -e dev --yes --no-progress

title "3. The application of 1.0.0 writes $rows clients, orders and order lines"
sql "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $rows)
     INSERT INTO client (email, fullname, nick, balance, status, legacy_code, created_at, updated_at)
     SELECT 'c' || i || '@example.com', CASE WHEN i % 11 THEN 'First' || (i % 97) || CASE WHEN i % 7 THEN '' ELSE ' von' END || ' Last' || (i % 89)
            ELSE 'Single' || i END, CASE WHEN i % 3 THEN 'nick' || i END,
            (i % 1000) / 4.0, CASE i % 3 WHEN 0 THEN 'closed' ELSE 'active' END, 'L' || i,
            '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z' FROM n;
     INSERT INTO product (sku, name, price) VALUES ('apple', 'Apple', 1.25), ('pear', 'Pear', 2.5);
     INSERT INTO \"order\" (code, client_id, status, placed_at)
     SELECT 1000 + id, id, 'placed', '2026-02-01T00:00:00.000Z' FROM client;
     INSERT INTO order_line (order_id, line_no, product_sku, quantity, price)
     SELECT id, 1, CASE id % 2 WHEN 0 THEN 'apple' ELSE 'pear' END, 1 + id % 5, 1.25 FROM \"order\";"
before=$(sql "SELECT count(*), sum(balance), sum(id) FROM client; SELECT count(*), sum(code), sum(client_id) FROM \"order\";
              SELECT count(*), sum(quantity), sum(price) FROM order_line; SELECT count(*), sum(price) FROM product;
              SELECT count(*), sum(length(fullname)), sum(length(nick)) FROM client;")
echo "$before" | tr '\n' ' ' && echo

title "4. What 1.1.0 changes, and the plan for it"
run diff 1.0.0 .
run plan -e dev -o "$work/second.plan"

title "5. Expand, backfill, validate, switch: both versions work"
run apply "$work/second.plan" -e dev --through switch --yes
echo "an application of 1.0.0 writes to client, one of 1.1.0 to customer:"
sql "INSERT INTO client (email, fullname, nick, created_at, updated_at)
     VALUES ('old@example.com', 'Old Application of 1.0.0', 'old', '2026-03-01T00:00:00.000Z', '2026-03-01T00:00:00.000Z');"
sql "INSERT INTO customer (email, first_name, last_name, nickname, country, created_at, updated_at)
     VALUES ('new@example.com', 'New', 'Application', 'new', 'BE', '2026-03-01T00:00:00.000Z', '2026-03-01T00:00:00.000Z');"
sqlite3 -batch -header -column "$work/shop.db" \
  "SELECT email, first_name, last_name, nickname, country FROM customer WHERE email IN ('old@example.com', 'new@example.com');
   SELECT email, fullname, nick FROM client WHERE email IN ('old@example.com', 'new@example.com');"
sql "DELETE FROM customer WHERE email IN ('old@example.com', 'new@example.com');"

title "6. The rollout is over: contract"
run apply "$work/second.plan" -e dev --yes
run status

title "7. Was anything lost?"
after=$(sql "SELECT count(*), sum(balance), sum(id) FROM customer;
             SELECT count(*), sum(CAST(replace(code, 'S-', '') AS INTEGER)), sum(customer_id) FROM \"order\";
             SELECT count(*), sum(quantity), sum(price) FROM order_line; SELECT count(*), sum(price) FROM product;
             SELECT count(*), sum(length(trim(first_name || ' ' || last_name))), sum(length(nickname)) FROM customer;")
printf 'before: %s\nafter:  %s\n' "$(echo "$before" | tr '\n' ' ')" "$(echo "$after" | tr '\n' ' ')"
if [ "$before" != "$after" ]; then
  echo "LOST: the counts or sums differ" >&2
  exit 1
fi
run drift -e dev --exit-code
echo "nothing was lost: every count and every sum is what it was"
