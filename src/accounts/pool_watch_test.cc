#include "accounts/pool_watch.h"

#include <fstream>

#include "accounts/built_in_token.h"
#include "accounts/pool_commands.h"
#include "accounts/pool_fixture.h"

namespace cruddur::accounts {
namespace {

using std::chrono::milliseconds;

constexpr std::chrono::hours kNever{24};

class Watched : public PoolTest {
 protected:
  // As a server that starts: looks once.
  std::string WhyNotElsewhere(const std::string& token) {
    Revocations revocations(clock_);
    const PoolWatch watch(options_, {}, revocations, clock_, kNever);
    TokenVerifier verifier(*access_keys_, BuiltInExpectation(), clock_, 100, &revocations);
    const auto identity = verifier.VerifyToken(token);
    return identity ? "" : identity.error().message;
  }
  template <class Predicate>
  static bool Soon(Predicate predicate) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!predicate()) {
      if (std::chrono::steady_clock::now() > end) return false;
      std::this_thread::sleep_for(milliseconds(2));
    }
    return true;
  }
};
INSTANTIATE_TEST_SUITE_P(Databases, Watched, testing::Values(Kind::kSqlite, Kind::kPostgres),
                         KindName);

TEST_P(Watched, SignInsThatEndedBeforeAStartAreKnown) {
  SignUpAndConfirm("londo", "londo@example.com");
  const std::string access = Member(Call("InitiateAuth", SigningIn("londo")), "AccessToken");
  EXPECT_EQ(WhyNotElsewhere(access), "");
  Call("GlobalSignOut", WithToken(access));
  EXPECT_EQ(WhyNotElsewhere(access), kRevoked);
}

TEST_P(Watched, SignInsThatEndElsewhereAreKnownSoon) {
  SignUpAndConfirm("londo", "londo@example.com");
  const std::string access = Member(Call("InitiateAuth", SigningIn("londo")), "AccessToken");
  Revocations revocations(clock_);
  TokenVerifier verifier(*access_keys_, BuiltInExpectation(), clock_, 100, &revocations);
  const PoolWatch watch(options_, {}, revocations, clock_, milliseconds(1));
  EXPECT_TRUE(verifier.VerifyToken(access));
  Must(SetPoolPassword(options_, "londo", "Another-Horse8", OldPassword::kReplace, clock_));
  EXPECT_TRUE(Soon([&] { return !verifier.VerifyToken(access); }));
  // What is read again and again makes nobody ask again.
  const uint64_t generation = revocations.Generation();
  EXPECT_EQ(generation, 1u);
}

TEST_P(Watched, TokensOfTheCommandAreEndedForAllTheirLife) {
  Must(SeedDatabase(options_, SeedUser{.handle = "vir"}, kTestTime));
  const std::string token =
      *Must(MintToken(options_, Keys(), "vir", std::chrono::hours(1'000), clock_));
  EXPECT_EQ(WhyNotElsewhere(token), "");
  EXPECT_EQ(Call("AdminUserGlobalSignOut", InPool(R"(,"Username":"vir")")), "{}");
  EXPECT_EQ(verifier_->VerifyToken(token).error().message, kRevoked);
  clock_.Advance(std::chrono::hours(999));
  EXPECT_EQ(verifier_->VerifyToken(token).error().message, kRevoked);
  EXPECT_EQ(WhyNotElsewhere(token), kRevoked);
}

TEST_P(Watched, ADatabaseThatComesLateIsReadThen) {
  SignUpAndConfirm("londo", "londo@example.com");
  const std::string access = Member(Call("InitiateAuth", SigningIn("londo")), "AccessToken");
  Call("GlobalSignOut", WithToken(access));
  // Away: a path and a port where nothing is yet.
  DatabaseOptions away = options_;
  if (kind_ == Kind::kPostgres) GTEST_SKIP() << "its server can't be brought back under a new port";
  away.sqlite_path = folder_ + "/later.sqlite";
  Revocations revocations(clock_);
  TokenVerifier verifier(*access_keys_, BuiltInExpectation(), clock_, 100, &revocations);
  const PoolWatch watch(away, {}, revocations, clock_, milliseconds(1));
  EXPECT_TRUE(verifier.VerifyToken(access));
  connection_.reset();
  std::filesystem::rename(options_.sqlite_path, away.sqlite_path);
  EXPECT_TRUE(Soon([&] { return !verifier.VerifyToken(access); }));
}

TEST(PoolKeys, ThatWereAddedElsewhereSignSoon) {
  std::string folder = (std::filesystem::temp_directory_path() / "cruddur-keys-XXXXXX").string();
  folder = mkdtemp(folder.data());
  base::SystemClock clock;
  const auto server = BuiltInKeys::Open(folder + "/keys", clock).value();
  const auto command = BuiltInKeys::Open(folder + "/keys", clock).value();
  const std::string before = server->signer().kid;
  EXPECT_FALSE(server->Look()) << "nothing has changed";
  ASSERT_TRUE(command->Rotate());
  EXPECT_EQ(server->signer().kid, before);
  EXPECT_TRUE(server->Look());
  EXPECT_EQ(server->signer().kid, command->signer().kid);
  EXPECT_NE(server->signer().kid, before);
  EXPECT_EQ(server->Keys()->size(), 2u) << "what the old one signed is verified";

  // One that is broken, or a folder that is gone, changes nothing.
  const std::string broken = folder + "/keys/token-0009.pem";
  std::ofstream(broken) << "no key";
  for (int i = 0; i < 2; ++i) EXPECT_FALSE(server->Look());
  // Mended, it is read, though its name is the same.
  std::filesystem::remove(broken);
  std::filesystem::copy_file(folder + "/keys/token-0001.pem", broken);
  EXPECT_TRUE(server->Look());
  EXPECT_EQ(server->signer().kid, before);
  std::filesystem::remove(broken);
  EXPECT_TRUE(server->Look());
  std::filesystem::rename(folder + "/keys", folder + "/away");
  EXPECT_FALSE(server->Look());
  std::filesystem::rename(folder + "/away", folder + "/keys");
  EXPECT_EQ(server->signer().kid, command->signer().kid);

  // A key goes when nothing that it signed can be alive.
  const auto replaced = std::filesystem::path(folder) / "keys/token-0002.pem";
  std::filesystem::last_write_time(
      replaced, std::filesystem::file_time_type::clock::now() - kRetiredKeyLife - milliseconds(1));
  ASSERT_TRUE(command->Rotate());
  EXPECT_FALSE(std::filesystem::exists(folder + "/keys/token-0001.pem"));
  EXPECT_TRUE(std::filesystem::exists(replaced));
  EXPECT_EQ(command->Keys()->size(), 2u);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace cruddur::accounts
