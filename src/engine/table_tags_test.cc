#include "engine/table_tags.h"

#include <gmock/gmock.h>

#include "base/result.h"
#include "engine/engine_fixture.h"

namespace cruddur::engine {
namespace {

using model::DbErrorCode;
using model::Tag;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

const std::string kArn = "arn:aws:dynamodb:us-east-1:000000000000:table/items";

EngineOptions OfAccount(std::string account) {
  EngineOptions options;
  options.account = std::move(account);
  return options;
}

class TableTags : public EngineFixture {
 protected:
  TableTags() : EngineFixture(Kept::kOnDisk) { Create(Request()); }
  explicit TableTags(EngineOptions options) : EngineFixture(Kept::kInMemory, std::move(options)) {}

  static model::CreateTableRequest Request(std::vector<Tag> tags = {}) {
    return {.table = "items", .keys = {{{"pk"}}, {}}, .tags = std::move(tags)};
  }
  DbStatus AddTags(std::vector<Tag> tags, const std::string& arn = kArn) {
    return Await<void>(
        [&](auto done) { engine().TagResource({arn, std::move(tags)}, std::move(done)); });
  }
  DbStatus Remove(std::vector<std::string> keys, const std::string& arn = kArn) {
    return Await<void>(
        [&](auto done) { engine().UntagResource({arn, std::move(keys)}, std::move(done)); });
  }
  DbResult<std::vector<Tag>> List(const std::string& arn = kArn) {
    TRY_ASSIGN(auto response, engine().ListTagsOfResource({arn}));
    return std::move(response.tags);
  }
};

TEST_F(TableTags, AreAddedReplacedRemovedAndKept) {
  EXPECT_THAT(*List(), ElementsAre());
  EXPECT_TRUE(AddTags({{"env", "test"}, {"team", ""}}));
  EXPECT_TRUE(AddTags({{"env", "production"}, {"owner", "anna"}}));
  EXPECT_TRUE(Remove({"team", "never there"}));
  Restart();
  EXPECT_THAT(*List(), ElementsAre(Tag{"env", "production"}, Tag{"owner", "anna"}));
  ASSERT_TRUE(Drop("items"));
  Create(Request({{"a", "b"}}));
  EXPECT_THAT(*List(), ElementsAre(Tag{"a", "b"})) << "not those of the table before";
}

TEST_F(TableTags, AreFiftyAtMostAndThenNothingChanges) {
  std::vector<Tag> fifty;
  for (int i = 0; i < 50; ++i) fifty.push_back({"k" + std::to_string(i), "v"});
  ASSERT_TRUE(AddTags(fifty));
  EXPECT_TRUE(AddTags({{"k7", "new"}}));
  const auto more = AddTags({{"k8", "new"}, {"k50", "v"}});
  EXPECT_EQ(ErrorOf(more), "Number of Tags exceed the current limit for the provided ResourceArn");
  EXPECT_EQ(List()->size(), 50u);
  EXPECT_EQ(List()->at(8), (Tag{"k8", "v"}));
}

TEST_F(TableTags, HaveKeysAndValuesOfABoundedKind) {
  EXPECT_EQ(ErrorOf(AddTags({})), "Atleast one Tag needs to be provided as Input.");
  EXPECT_EQ(ErrorOf(Remove({})), "Atleast one Tag Key needs to be provided as Input.");
  EXPECT_EQ(ErrorOf(AddTags({{"", "v"}})), "The Tag Key provided is invalid, Key: ");
  EXPECT_EQ(ErrorOf(AddTags({{"a#b", "v"}})), "The Tag Key provided is invalid, Key: a#b");
  EXPECT_EQ(ErrorOf(AddTags({{"a", "?"}})), "The Tag Value provided is invalid, Value: ?");
  EXPECT_EQ(ErrorOf(AddTags({{"aws:a", "v"}})), "Tag Key cannot be prefixed with aws:, Key: aws:a");
  EXPECT_EQ(ErrorOf(Remove({"aws:a"})), "Tag Key cannot be prefixed with aws:, Key: aws:a");
  EXPECT_EQ(ErrorOf(AddTags({{"a", "v"}, {"a", "w"}})),
            "Duplicate Tag Keys provided as input: Duplicate Tag Key found a");
  // Lengths are in characters.
  std::string key, value;
  for (int i = 0; i < 128; ++i) key += "ä", value += "öü";
  EXPECT_TRUE(AddTags({{key, value}}));
  EXPECT_THAT(ErrorOf(AddTags({{key + "a", "v"}})), StartsWith("The Tag Key provided is invalid"));
  EXPECT_THAT(ErrorOf(AddTags({{"a", value + "a"}})),
              StartsWith("The Tag Value provided is invalid"));
  const auto created = Await<model::TableDescription>([&](auto done) {
    auto request = Request({{"aws:a", "v"}});
    request.table = "other";
    request.billing = model::BillingMode::kPayPerRequest;
    engine().CreateTable(std::move(request), std::move(done));
  });
  EXPECT_EQ(ErrorOf(created), "Tag Key cannot be prefixed with aws:, Key: aws:a");
}

TEST_F(TableTags, BelongToTheTableOfAnArn) {
  const std::string before = "arn:aws:dynamodb:us-east-1:000000000000:";
  const auto refused = [&](const std::string& arn) { return ErrorOf(List(arn)); };
  EXPECT_EQ(refused(""), "Invalid TableArn");
  EXPECT_EQ(refused("items"),
            "One or more parameter values were invalid: ARNs must start with 'arn:': items");
  EXPECT_THAT(refused("arn:aws:s3:::items"),
              HasSubstr("Provided Arn is not a DynamoDB resource arn: arn:aws:s3:::items"));
  EXPECT_THAT(refused("arn:table/x:dynamodb:us-east-1:000000000000:table/items"),
              HasSubstr("Provided Arn is not a DynamoDB resource arn: arn:table/x:"));
  EXPECT_THAT(refused("arn:"), HasSubstr("Provided Arn is not a DynamoDB resource arn: arn:"));
  EXPECT_THAT(refused(before + "backup/items"), HasSubstr("is not a DynamoDB resource arn"));
  EXPECT_THAT(refused(before + "table/items/index/i"),
              HasSubstr("only table or stream is accepted. Provided resource arn: " + before));
  for (const std::string& arn :
       {before + "table/it", before + "table/items/stream/2020",
        std::string("arn:aws:dynamodb:eu-west-1:000000000000:table/items")}) {
    EXPECT_EQ(refused(arn), "Invalid TableArn: Invalid ResourceArn provided as input " + arn);
  }
  const auto foreign = List("arn:aws:dynamodb:us-east-1:123456789012:table/items");
  ASSERT_FALSE(foreign);
  EXPECT_EQ(foreign.error().code, DbErrorCode::kAccessDenied);
  const auto missing = AddTags({{"a", "b"}}, before + "table/none");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, DbErrorCode::kResourceNotFound);
  EXPECT_EQ(missing.error().message,
            "Requested resource not found: ResourcArn: " + before + "table/none not found");
}

TEST_F(TableTags, OfNobodysAccountAreDeniedWithTheirTable) {
  const auto missing = List(kArn + "-none");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, DbErrorCode::kAccessDenied);
}

class TagsOfSomebody : public TableTags {
 protected:
  TagsOfSomebody() : TableTags(OfAccount("123456789012")) { Create(Request()); }
};

TEST_F(TagsOfSomebody, AreNotFoundWithTheirTable) {
  const std::string arn = "arn:aws:dynamodb:us-east-1:123456789012:table/";
  EXPECT_TRUE(List(arn + "items"));
  const auto missing = List(arn + "none");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, DbErrorCode::kResourceNotFound);
}

}  // namespace
}  // namespace cruddur::engine
