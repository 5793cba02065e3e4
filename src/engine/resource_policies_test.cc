#include <gtest/gtest.h>

#include <thread>

#include "engine/engine_fixture.h"

namespace cruddur::engine {
namespace {

using model::DbErrorCode;

const std::string kTable = "guarded";
const std::string kArn = "arn:aws:dynamodb:us-east-1:000000000000:table/guarded";
const std::string kPolicy =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:root"},"Action":"*","Resource":"*"}]})";
const std::string kOther =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}]})";

class ResourcePolicies : public EngineFixture {
 protected:
  ResourcePolicies() : EngineFixture(Kept::kOnDisk) { Make(); }

  model::TableDescription Make(std::optional<std::string> policy = std::nullopt) {
    return Create({.table = kTable,
                   .keys = {{{"pk", model::Type::kS}}, {}},
                   .attribute_definitions = {{"pk", model::Type::kS}},
                   .stream_view = model::StreamViewType::kKeysOnly,
                   .resource_policy = std::move(policy)});
  }
  DbResult<model::PolicyRevision> Put(std::string policy,
                                      std::optional<std::string> expected = std::nullopt,
                                      std::string arn = kArn) {
    clock().Advance(std::chrono::milliseconds(1));
    return Await<model::PolicyRevision>([&](auto done) {
      engine().PutResourcePolicy({arn, std::move(policy), std::move(expected)}, std::move(done));
    });
  }
  DbResult<model::PolicyRevision> Delete(std::optional<std::string> expected = std::nullopt,
                                         std::string arn = kArn) {
    return Await<model::PolicyRevision>([&](auto done) {
      engine().DeleteResourcePolicy({arn, std::move(expected)}, std::move(done));
    });
  }
  DbResult<model::ResourcePolicy> Read(std::string arn = kArn) {
    return engine().GetResourcePolicy({std::move(arn)});
  }
};

TEST_F(ResourcePolicies, AreKeptWithTheirRevision) {
  EXPECT_EQ(Read().error().code, DbErrorCode::kPolicyNotFound);
  EXPECT_EQ(ErrorOf(Read()),
            "Resource-based policy not found for the provided ResourceArn: " + kArn);
  const std::string first = Put(kPolicy)->revision_id;
  EXPECT_EQ(Read()->policy, kPolicy);
  EXPECT_EQ(Read()->revision_id, first);
  EXPECT_EQ(Put(kPolicy)->revision_id, first);  // nothing new
  const std::string second = Put(kOther)->revision_id;
  EXPECT_NE(second, first);
  Restart();
  EXPECT_EQ(Read()->policy, kOther);
  EXPECT_EQ(Delete()->revision_id, second);
  EXPECT_EQ(Delete()->revision_id, "");
  EXPECT_EQ(Read().error().code, DbErrorCode::kPolicyNotFound);
}

TEST_F(ResourcePolicies, HaveANewRevisionWhateverTheClockSays) {
  const std::string first = Put(kPolicy)->revision_id;
  clock().Advance(std::chrono::milliseconds(-1));  // and one on, by Put: the same millisecond
  const std::string second = Put(kOther)->revision_id;
  clock().Advance(std::chrono::hours(-1));
  const std::string third = Put(kPolicy)->revision_id;
  EXPECT_EQ(std::stoll(second), std::stoll(first) + 1);
  EXPECT_EQ(std::stoll(third), std::stoll(first) + 2);
  EXPECT_FALSE(Put(kOther, first));
  EXPECT_TRUE(Put(kOther, third));
}

TEST_F(ResourcePolicies, GoWithTheStream) {
  const std::string stream = engine().DescribeTable(kTable)->stream_arn;
  ASSERT_TRUE(Put(kPolicy));
  clock().Advance(std::chrono::milliseconds(-1));
  ASSERT_TRUE(Put(kOther, std::nullopt, stream));
  ASSERT_TRUE(Update(model::UpdateTableRequest{.table = kTable, .stream_enabled = false}));
  EXPECT_EQ(Read(stream)->policy, kOther);
  const auto day = std::chrono::hours(25);
  clock().Advance(day);
  for (int i = 0; i < 2000 && engine().DescribeStream({.stream_arn = stream}); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  // A stream of the same label, as one has that begins in the same millisecond.
  clock().Advance(-day - std::chrono::milliseconds(1));
  ASSERT_TRUE(Update(
      {.table = kTable, .stream_enabled = true, .stream_view = model::StreamViewType::kKeysOnly}));
  ASSERT_EQ(engine().DescribeTable(kTable)->stream_arn, stream);
  EXPECT_EQ(Read(stream).error().code, DbErrorCode::kPolicyNotFound);
  EXPECT_EQ(Read()->policy, kPolicy);
}

TEST_F(ResourcePolicies, ChangeOnlyTheExpectedRevision) {
  const std::string not_found = "Resource-based policy not found for the provided ResourceArn: ";
  EXPECT_EQ(ErrorOf(Put(kPolicy, "1")),
            not_found +
                "Requested update for policy with revision id 1, but no policy is associated to "
                "target table guarded.");
  const std::string revision = Put(kPolicy, "NO_POLICY")->revision_id;
  EXPECT_EQ(ErrorOf(Put(kOther, "NO_POLICY")),
            not_found +
                "Requested policy update expecting none to be present for table guarded, but a "
                "policy exists with revision id " +
                revision + ".");
  EXPECT_EQ(ErrorOf(Put(kOther, "1")),
            not_found +
                "Requested update for policy with revision id 1, but the policy associated to "
                "target table guarded has revision id " +
                revision + ".");
  EXPECT_EQ(Delete("1").error().code, DbErrorCode::kPolicyNotFound);
  EXPECT_TRUE(Put(kOther, revision));
}

TEST_F(ResourcePolicies, AreOfATableOrItsStream) {
  const std::string stream = engine().DescribeTable(kTable)->stream_arn;
  EXPECT_TRUE(Put(kPolicy, "NO_POLICY", stream));
  EXPECT_EQ(Read(stream)->policy, kPolicy);
  EXPECT_FALSE(Read());
  const std::string invalid = "One or more parameter values were invalid: ";
  EXPECT_EQ(ErrorOf(Read(kTable)), invalid + "ARNs must start with 'arn:': guarded");
  EXPECT_EQ(
      ErrorOf(Read("arn:aws:dynamodb:eu-west-1:000000000000:table/guarded")),
      invalid + "Invalid resource Arn: arn:aws:dynamodb:eu-west-1:000000000000:table/guarded");
  EXPECT_EQ(ErrorOf(Read("arn:aws:dynamodb:us-east-1:111111111111:table/guarded")),
            "This action is only supported by accounts that match the resource owner’s account.");
  EXPECT_EQ(
      ErrorOf(Read(kArn + "/index/i")),
      invalid +
          "Invalid resource arn provided, only table or stream is accepted. Provided resource "
          "arn: " +
          kArn + "/index/i");
  EXPECT_EQ(ErrorOf(Read(kArn + "/backup/1")),
            invalid + "Provided Arn is not a DynamoDB resource arn: " + kArn + "/backup/1");
  EXPECT_EQ(ErrorOf(Read(kArn + "x")), "Requested resource not found: Table: guardedx not found");
  EXPECT_EQ(ErrorOf(Read(kArn + "/stream/then")),
            "Requested resource not found: Stream: then not found for Table: guarded");
}

TEST_F(ResourcePolicies, ComeWithATableAndGoWithIt) {
  ASSERT_TRUE(Put(kPolicy));
  ASSERT_TRUE(Drop(kTable));
  EXPECT_EQ(Read().error().code, DbErrorCode::kResourceNotFound);
  Make();
  EXPECT_EQ(Read().error().code, DbErrorCode::kPolicyNotFound);
  ASSERT_TRUE(Drop(kTable));
  Make(kOther);
  EXPECT_EQ(Read()->policy, kOther);
}

}  // namespace
}  // namespace cruddur::engine
