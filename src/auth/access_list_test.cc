#include "auth/access_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "auth/private_file.h"
#include "base/random.h"

namespace cruddur::auth {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr char kFile[] = R"({"Users": [
  {"UserName": "bayko", "AccessKeys": [
     {"AccessKeyId": "AK1", "SecretAccessKey": "very secret"},
     {"AccessKeyId": "AS1", "SecretAccessKey": "x", "SessionToken": "t"}],
   "Policies": [
     {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}},
     {"Statement": {"Effect": "Deny", "Action": "dynamodb:Scan", "Resource": "*"}}]},
  {"UserName": "nobody", "UserId": "AID", "AccessKeys": [], "Policies": []}]})";

struct NoFacts final : PolicyContext {
  std::optional<std::vector<std::string>> Find(std::string_view) const override {
    return std::nullopt;
  }
};

TEST(AccessList, FindsKeysAndJoinsPolicies) {
  const auto list = AccessList::Parse(kFile, {});
  ASSERT_TRUE(list) << list.error().message;
  EXPECT_EQ(list->Find("AK2"), nullptr);
  const AccessKey* key = list->Find("AK1");
  ASSERT_NE(key, nullptr);
  EXPECT_EQ(key->secret, "very secret");
  EXPECT_EQ(list->Find("AS1")->session_token, "t");
  EXPECT_EQ(key->user, list->Find("AS1")->user);
  EXPECT_EQ(key->user->id, "bayko");
  const NoFacts facts;
  EXPECT_EQ(Decide(*key->user, {"dynamodb:Query", "arn:a", facts}), Verdict::kAllowed);
  EXPECT_EQ(Decide(*key->user, {"dynamodb:Scan", "arn:a", facts}), Verdict::kDenied);
}

TEST(AccessList, SaysWhatIsWrongButNoSecret) {
  const auto changed = [](std::string_view from, std::string_view to) {
    std::string text = kFile;
    return text.replace(text.find(from), from.size(), to);
  };
  const struct {
    std::string json, why;
  } cases[] = {
      {"{", ""},
      {"[]", "the file must be an object"},
      {"{}", "the file needs a list 'Users'"},
      {R"({"Users": []})", "the file has no access key"},
      {changed("nobody", "bayko"), "the user 'bayko' comes twice"},
      {changed("nobody", "no/body"), "a UserName has 1 to 64 of"},
      {changed("AS1", "AK1"), "the access key id 'AK1' comes twice"},
      {changed("AS1", "A/1"), "an AccessKeyId that is none"},
      {changed("SecretAccessKey", "Secret"), "has an unknown member 'Secret'"},
      {changed("\"very secret\"", "1"), "needs a 'SecretAccessKey'"},
      {changed("dynamodb:Scan", "Scan"), "the user 'bayko', policy 2: 'Scan' is no action"},
      {changed("\"Policies\": []", "\"Groups\": []"), "has an unknown member 'Groups'"},
  };
  for (const auto& each : cases) {
    const auto list = AccessList::Parse(each.json, {});
    ASSERT_FALSE(list) << each.json;
    EXPECT_THAT(list.error().message, HasSubstr(each.why));
    EXPECT_THAT(list.error().message, Not(HasSubstr("very secret")));
  }
}

TEST(AccessList, LoadsFilesThatAreNotForEverybody) {
  const std::string path = std::filesystem::temp_directory_path() / (base::NewUuid() + ".json");
  EXPECT_EQ(AccessList::Load(path, {}).error().code, base::ErrorCode::kNotFound);
  ASSERT_TRUE(CreatePrivateFile(path, kFile));
  EXPECT_TRUE(AccessList::Load(path, {}));
  for (const mode_t mode : {0604, 0644, 0620, 0606}) {
    ASSERT_EQ(::chmod(path.c_str(), mode), 0);
    const auto list = AccessList::Load(path, {});
    ASSERT_FALSE(list);
    EXPECT_THAT(list.error().message, HasSubstr("chmod 600"));
  }
  ASSERT_EQ(::chmod(path.c_str(), 0640), 0);
  EXPECT_TRUE(AccessList::Load(path, {})) << "a service's group may read it";
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace cruddur::auth
