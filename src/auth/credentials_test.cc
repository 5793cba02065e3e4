#include "auth/credentials.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>

namespace cruddur::auth {
namespace {

constexpr char kFile[] =
    "# of the team\n"
    "[default]\n"
    "aws_access_key_id = AKDEFAULT\n"
    "aws_secret_access_key=secret/with=equals+\r\n"
    "region = eu-central-1\n"
    "\n"
    "; the other account\n"
    "[ work ]\n"
    "\taws_access_key_id\t=\tAKWORK\n"
    "aws_secret_access_key = s2\n"
    "aws_session_token = t2\n"
    "[half]\n"
    "aws_access_key_id = AKHALF\n"
    "[empty]\n";

class CredentialsFile : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "cruddur-home-XXXXXX";
    home_ = mkdtemp(name.data());
    std::filesystem::create_directory(home_ + "/.aws");
    std::ofstream(home_ + "/.aws/credentials") << kFile;
  }
  void TearDown() override { std::filesystem::remove_all(home_); }

  base::Result<Credentials> Load(std::map<std::string, std::string> variables) {
    variables.try_emplace("HOME", home_);
    return LoadCredentials([&](const char* name) { return variables[name]; });
  }

  std::string home_;
};

TEST_F(CredentialsFile, YieldsToTheEnvironment) {
  EXPECT_EQ(*Load({{"AWS_ACCESS_KEY_ID", "AK"}, {"AWS_SECRET_ACCESS_KEY", "s"}}),
            (Credentials{"AK", "s", ""}));
  EXPECT_EQ(*Load({{"AWS_ACCESS_KEY_ID", "AK"},
                   {"AWS_SECRET_ACCESS_KEY", "s"},
                   {"AWS_SESSION_TOKEN", "t"},
                   {"AWS_PROFILE", "work"}}),
            (Credentials{"AK", "s", "t"}));
}

TEST_F(CredentialsFile, GivesTheProfileThatIsAskedFor) {
  EXPECT_EQ(*Load({}), (Credentials{"AKDEFAULT", "secret/with=equals+", ""}));
  EXPECT_EQ(*Load({{"AWS_PROFILE", "work"}}), (Credentials{"AKWORK", "s2", "t2"}));
}

TEST_F(CredentialsFile, MayLieElsewhere) {
  const std::string path = home_ + "/elsewhere";
  std::filesystem::rename(home_ + "/.aws/credentials", path);
  EXPECT_EQ(Load({{"AWS_SHARED_CREDENTIALS_FILE", path}})->access_key_id, "AKDEFAULT");
  const auto none = Load({});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, base::ErrorCode::kNotFound);
  EXPECT_NE(none.error().message.find(".aws/credentials"), std::string::npos);
}

TEST_F(CredentialsFile, NeverMixesTwoAccounts) {
  EXPECT_EQ(Load({{"AWS_ACCESS_KEY_ID", "AK"}}).error().code, base::ErrorCode::kInvalidArgument);
  EXPECT_EQ(Load({{"AWS_SECRET_ACCESS_KEY", "s"}}).error().code, base::ErrorCode::kInvalidArgument);
  EXPECT_EQ(Load({{"AWS_PROFILE", "half"}}).error().code, base::ErrorCode::kInvalidArgument);
}

TEST_F(CredentialsFile, NamesTheProfileThatIsMissing) {
  for (const char* profile : {"nobody", "empty"}) {
    const auto none = Load({{"AWS_PROFILE", profile}});
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code, base::ErrorCode::kNotFound);
    EXPECT_NE(none.error().message.find(profile), std::string::npos) << none.error().message;
  }
  EXPECT_FALSE(ParseCredentialsFile("[default\n", "default"));
}

}  // namespace
}  // namespace cruddur::auth
