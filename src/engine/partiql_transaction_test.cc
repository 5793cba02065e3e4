#include "engine/partiql_fixture.h"

namespace cruddur::engine {
namespace {

class PartiqlTransaction : public PartiqlFixture {};

const std::string kMismatch = "ValidationError: The provided key element does not match the schema";

TEST_F(PartiqlTransaction, WritesAllOrNothing) {
  EXPECT_EQ(Transact({"INSERT INTO plain VALUE {'p': 'a', 'n': 1}",
                      "INSERT INTO songs VALUE {'p': 'a', 's': '1'}"}),
            "");
  EXPECT_EQ(Transact({"INSERT INTO plain VALUE {'p': 'b'}", "INSERT INTO plain VALUE {'p': 'a'}",
                      "UPDATE plain SET n = 2 WHERE p = 'c'",
                      "DELETE FROM plain WHERE p = 'd' AND n = 1"}),
            "None | DuplicateItem: Duplicate primary key exists in table | "
            "ConditionalCheckFailed: The conditional request failed | None");
  EXPECT_FALSE(Get("plain", {{"p", "b"}}));
}

TEST_F(PartiqlTransaction, ChecksConditionsWithExists) {
  MustPut("plain", {{"p", "a"}, {"k", "x"}});
  const std::string update = "UPDATE plain SET n = 1 WHERE p = 'a'";
  EXPECT_EQ(
      Transact({"EXISTS(SELECT * FROM songs WHERE p = 'a' AND s = '1' AND k IS MISSING)", update}),
      "ConditionalCheckFailed: The conditional request failed | None");
  MustPut("songs", {{"p", "a"}, {"s", "1"}});
  EXPECT_EQ(Transact({"EXISTS(SELECT * FROM songs WHERE (p = 'a' AND s = '1') AND k IS MISSING)",
                      update}),
            "");
  EXPECT_EQ(Transact({"EXISTS(SELECT * FROM songs WHERE p = 'a' AND s = '1' AND p = 'b' AND k IS "
                      "MISSING)",
                      update}),
            "ConditionalCheckFailed: The conditional request failed | None");
  for (const char* where :
       {"p = 'a' AND s = '1'", "p = 'a' AND k = 1", "p IN ['a'] AND s = '1' AND k = 1"}) {
    EXPECT_EQ(
        Transact({std::string("EXISTS(SELECT * FROM songs WHERE ") + where + ")", update}),
        "Validation failed in TransactStatements[0]: EXISTS() must contain a single item read "
        "with additional condition")
        << where;
  }
}

TEST_F(PartiqlTransaction, ReadsItemsByTheirKeys) {
  MustPut("songs", {{"p", "a"}, {"s", "1"}, {"n", model::Number(1)}});
  auto response = ExecuteTransaction(
      {.statements = {{.statement = "SELECT n FROM songs WHERE p IN ['a'] AND (s = '1')"},
                      {.statement = "SELECT * FROM songs WHERE p = ? AND s = ?",
                       .parameters = {"a", "2"}}},
       .return_consumed_capacity = model::ReturnConsumedCapacity::kTotal});
  ASSERT_TRUE(response);
  ASSERT_EQ(response->items.size(), 2);
  EXPECT_EQ(TextOf({*response->items[0]}), R"([{"n":{"N":"1"}}])");
  EXPECT_FALSE(response->items[1]);
  EXPECT_EQ(response->consumed_capacity[0].units.read, 4);
}

TEST_F(PartiqlTransaction, RefusesReadsOfAnythingElse) {
  const std::string select = "SELECT * FROM songs WHERE ";
  const std::string failed = "Validation failed in TransactStatements[0]: ";
  const std::string keyless =
      failed +
      "Select statements within ExecuteTransaction must specify the primary key in the "
      "where clause.";
  EXPECT_EQ(Transact({select + "p = 'a'"}), keyless);
  EXPECT_EQ(Transact({"SELECT * FROM songs"}), keyless);
  EXPECT_EQ(Transact({select + "p = 'a' AND s = '1' AND n = 1"}), keyless);
  EXPECT_EQ(Transact({select + "p = 'a' AND s = '1' AND p = 'b'"}), keyless);
  EXPECT_EQ(Transact({select + "p IN ['a', 'a'] AND s = '1'"}),
            failed + "Overlapping conditions with range keys are not supported in where clause");
  EXPECT_EQ(Transact({"SELECT * FROM songs.\"by-g\" WHERE g = 'x'"}),
            failed + "Reads on indices are not supported within transactions.");
  EXPECT_EQ(Transact({select + "p = 'a' AND s = '1'", select + "s = '1' AND p = 'a'"}),
            "Transaction request cannot include multiple operations on one item");
  EXPECT_EQ(Transact({select + "p = 'a' AND s = '1'", select + "p = 'a' AND s = '1'",
                      select + "p = 1 AND s = '1'"}),
            "None | None | " + kMismatch);
  EXPECT_EQ(Transact({select + "p = 'a' AND s = '1'", "DELETE FROM plain WHERE p = 'a'"}),
            "ExecuteTransaction API does not support both read and write operations in the same "
            "request.");
}

TEST_F(PartiqlTransaction, RefusesWhatHasNoPlaceInIt) {
  const std::string update = "UPDATE songs SET n = 1 WHERE ";
  const std::string missing = "UPDATE nothing SET n = 1 WHERE p = 'a'";
  EXPECT_EQ(Transact({update + "p = 'a' AND s = '1' RETURNING ALL NEW *"}),
            "Validation failed in TransactStatements[0]: RETURNING clause is not supported in "
            "ExecuteTransaction.");
  EXPECT_EQ(Transact({missing + " RETURNING ALL NEW *", missing}),
            "ResourceNotFound: Requested resource not found | ResourceNotFound: Requested resource "
            "not found");
  EXPECT_EQ(Transact({missing, update + "p = 'a' AND s = '1' RETURNING ALL NEW *"}),
            "Validation failed in TransactStatements[1]: RETURNING clause is not supported in "
            "ExecuteTransaction.");
  EXPECT_EQ(Transact({"SELECT * FROM songs WHERE"}),
            "Validation failed in TransactStatements[0]: Statement wasn't well formed, can't be "
            "processed: Unexpected term");
  EXPECT_EQ(
      Transact({update + "p = 'a'", update + "p IN ['a'] AND s = '1'", update + "p = 'a' AND s = 1",
                "DELETE FROM songs", "INSERT INTO songs VALUE {'p': 'a'}"}),
      kMismatch + " | " + kMismatch + " | " + kMismatch + " | " + kMismatch +
          " | ValidationError: One or more parameter values were invalid: Missing the key s "
          "in the item");
  EXPECT_EQ(Transact({update + "p = 'a' AND s = '1' AND p = 'b'"}),
            "ValidationError: Multiple conditions on same key p. Only single item "
            "Update/Insert/Delete are supported");
}

TEST_F(PartiqlTransaction, WordsTheTypesOfIndexKeysAsTransactWriteItemsDoes) {
  MustPut("songs", {{"p", "a"}, {"s", "1"}, {"n", model::Number(1)}});
  EXPECT_EQ(Transact({"UPDATE songs SET g = n WHERE p = 'a' AND s = '1'"}),
            "ValidationError: One or more parameter values were invalid: Type mismatch for Index "
            "Key g Expected: S Actual: N IndexName: by-g");
}

TEST_F(PartiqlTransaction, HappensOncePerToken) {
  MustPut("plain", {{"p", "a"}, {"n", model::Number(0)}});
  model::ExecuteTransactionRequest request{
      .statements = {{.statement = "UPDATE plain SET n = n + ? WHERE p = 'a'",
                      .parameters = {model::Number(1)}}},
      .client_request_token = "token",
      .return_consumed_capacity = model::ReturnConsumedCapacity::kTotal};
  auto first = ExecuteTransaction(request), again = ExecuteTransaction(request);
  ASSERT_TRUE(first && again);
  EXPECT_TRUE(first->items.empty());
  EXPECT_EQ(first->consumed_capacity[0].units.write, 2);
  EXPECT_EQ(again->consumed_capacity[0].units.read, 2);
  EXPECT_EQ(*Get("plain", {{"p", "a"}})->Find("n"), model::Number(1));
  request.statements[0].parameters = {model::Number(2)};
  auto other = ExecuteTransaction(request);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, model::DbErrorCode::kIdempotentParameterMismatch);
}

}  // namespace
}  // namespace cruddur::engine
