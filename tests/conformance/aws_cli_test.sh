#!/usr/bin/env bash
# The AWS CLI against a DynamoDB endpoint.
#   tests/conformance/aws_cli_test.sh http://localhost:8000
# Makes a table of its own and drops it. Closes with "N passed, N failed".
set -uo pipefail

endpoint=${1:-${CRUDDUR_TEST_ENDPOINT:-http://localhost:8000}}
aws_program=/usr/bin/aws
[[ -x $aws_program ]] || aws_program=$(command -v aws) || { echo "aws_cli_test: no aws" >&2; exit 1; }
export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local AWS_DEFAULT_REGION=us-east-1
export AWS_PAGER="" AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null AWS_MAX_ATTEMPTS=1
table="cli-$$-$RANDOM"
passed=0 failed=0

db() { "$aws_program" --endpoint-url "$endpoint" --output json dynamodb "$@"; }

# expect NAME WANTED COMMAND…: the command succeeds and its output, without blanks, holds WANTED.
expect() {
  local name=$1 wanted=$2 output; shift 2
  if output=$("$@" 2>&1) && [[ $(tr -d ' \n' <<<"$output") == *"$wanted"* ]]; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    printf '%s: wanted %s, got %s\n' "$name" "$wanted" "$output" >&2
  fi
}

# refuse NAME WANTED COMMAND…: the command fails and says WANTED.
refuse() {
  local name=$1 wanted=$2 output; shift 2
  if ! output=$("$@" 2>&1) && [[ $output == *"$wanted"* ]]; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    printf '%s: wanted the error %s, got %s\n' "$name" "$wanted" "$output" >&2
  fi
}

key='{"pk": {"S": "a"}, "sk": {"N": "1"}}'

expect "list-tables" '"TableNames":[' db list-tables
expect "create-table" '"TableStatus":"' db create-table --table-name "$table" \
  --attribute-definitions AttributeName=pk,AttributeType=S AttributeName=sk,AttributeType=N \
  --key-schema AttributeName=pk,KeyType=HASH AttributeName=sk,KeyType=RANGE \
  --provisioned-throughput ReadCapacityUnits=5,WriteCapacityUnits=5
expect "wait table-exists" "" db wait table-exists --table-name "$table"
expect "list-tables, now" "\"$table\"" db list-tables
expect "describe-table" '"TableStatus":"ACTIVE"' db describe-table --table-name "$table"
refuse "create-table again" ResourceInUseException db create-table --table-name "$table" \
  --attribute-definitions AttributeName=pk,AttributeType=S \
  --key-schema AttributeName=pk,KeyType=HASH --billing-mode PAY_PER_REQUEST

expect "put-item" "" db put-item --table-name "$table" \
  --item '{"pk": {"S": "a"}, "sk": {"N": "1"}, "text": {"S": "hello"}}'
expect "put-item, capacity" '"CapacityUnits":1.0' db put-item --table-name "$table" \
  --item '{"pk": {"S": "a"}, "sk": {"N": "2"}}' --return-consumed-capacity TOTAL
refuse "put-item, condition" ConditionalCheckFailedException db put-item --table-name "$table" \
  --item "$key" --condition-expression "attribute_not_exists(pk)"
expect "get-item" '"text":{"S":"hello"}' db get-item --table-name "$table" --key "$key"
expect "get-item, projection" '{"Item":{"text":{"S":"hello"}}}' db get-item \
  --table-name "$table" --key "$key" --projection-expression '#t' \
  --expression-attribute-names '{"#t": "text"}'
expect "query" '"Count":2' db query --table-name "$table" \
  --key-condition-expression "pk = :p" --expression-attribute-values '{":p": {"S": "a"}}'
expect "query, newest first" '"Items":[{"pk":{"S":"a"},"sk":{"N":"2"}}]' db query \
  --table-name "$table" --key-condition-expression "pk = :p" --no-scan-index-forward \
  --max-items 1 --expression-attribute-values '{":p": {"S": "a"}}'
expect "query, pages" '"ScannedCount":2' db query --table-name "$table" --page-size 1 \
  --key-condition-expression "pk = :p" --expression-attribute-values '{":p": {"S": "a"}}'
expect "scan" '"Count":2' db scan --table-name "$table"
expect "scan, count" '"Count":1' db scan --table-name "$table" --select COUNT \
  --filter-expression 'attribute_exists(#t)' --expression-attribute-names '{"#t": "text"}'
expect "update-item" '"n":{"N":"5"}' db update-item --table-name "$table" --key "$key" \
  --update-expression "SET n = :n" --expression-attribute-values '{":n": {"N": "5"}}' \
  --return-values UPDATED_NEW
refuse "update-item of the key" "This attribute is part of the key" db update-item \
  --table-name "$table" --key "$key" --update-expression "SET pk = :n" \
  --expression-attribute-values '{":n": {"S": "5"}}'
expect "delete-item" '"text":{"S":"hello"}' db delete-item --table-name "$table" --key "$key" \
  --return-values ALL_OLD
expect "batch-write-item" '"UnprocessedItems":{}' db batch-write-item --request-items "{\"$table\": [
  {\"PutRequest\": {\"Item\": {\"pk\": {\"S\": \"b\"}, \"sk\": {\"N\": \"1\"}}}},
  {\"DeleteRequest\": {\"Key\": {\"pk\": {\"S\": \"a\"}, \"sk\": {\"N\": \"2\"}}}}]}"
expect "batch-get-item" "{\"Responses\":{\"$table\":[{\"pk\":{\"S\":\"b\"},\"sk\":{\"N\":\"1\"}}]}" \
  db batch-get-item --request-items "{\"$table\": {\"Keys\": [
  {\"pk\": {\"S\": \"b\"}, \"sk\": {\"N\": \"1\"}}, {\"pk\": {\"S\": \"a\"}, \"sk\": {\"N\": \"2\"}}]}}"
expect "transact-write-items" "" db transact-write-items --transact-items "[
  {\"Put\": {\"TableName\": \"$table\", \"Item\": {\"pk\": {\"S\": \"t\"}, \"sk\": {\"N\": \"1\"}}}},
  {\"Delete\": {\"TableName\": \"$table\", \"Key\": {\"pk\": {\"S\": \"b\"}, \"sk\": {\"N\": \"1\"}}}}]"
refuse "transact-write-items, refused" "[None, ConditionalCheckFailed]" db transact-write-items \
  --transact-items "[
  {\"Put\": {\"TableName\": \"$table\", \"Item\": {\"pk\": {\"S\": \"u\"}, \"sk\": {\"N\": \"1\"}}}},
  {\"ConditionCheck\": {\"TableName\": \"$table\", \"Key\": {\"pk\": {\"S\": \"t\"}, \"sk\": {\"N\": \"9\"}},
   \"ConditionExpression\": \"attribute_exists(pk)\"}}]"
expect "transact-get-items" '{"Responses":[{"Item":{"pk":{"S":"t"},"sk":{"N":"1"}}},{}]}' \
  db transact-get-items --transact-items "[
  {\"Get\": {\"TableName\": \"$table\", \"Key\": {\"pk\": {\"S\": \"t\"}, \"sk\": {\"N\": \"1\"}}}},
  {\"Get\": {\"TableName\": \"$table\", \"Key\": {\"pk\": {\"S\": \"u\"}, \"sk\": {\"N\": \"1\"}}}}]"
refuse "get-item of no table" ResourceNotFoundException db get-item --table-name none-such --key "$key"
expect "delete-table" '"TableStatus":"DELETING"' db delete-table --table-name "$table"
expect "wait table-not-exists" "" db wait table-not-exists --table-name "$table"
refuse "describe-table, gone" ResourceNotFoundException db describe-table --table-name "$table"

echo "$passed passed, $failed failed"
exit $((failed > 0))
