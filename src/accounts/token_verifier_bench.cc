// What a request pays to be known: a token that was verified before, one that wasn't, and the user.
#include <benchmark/benchmark.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <filesystem>
#include <memory>

#include "accounts/built_in_token.h"
#include "accounts/token_verifier.h"
#include "accounts/user_directory.h"

namespace cruddur::accounts {
namespace {

struct Keys {
  Keys() {
    std::string name = (std::filesystem::temp_directory_path() / "cruddur-bench-XXXXXX").string();
    folder = mkdtemp(name.data());
    keys = *BuiltInKeys::Open(folder + "/keys", clock);
    header = "Bearer " +
             *SignAccessToken(*keys,
                              {.sub = "5ae290ed-55d1-47a0-bc6d-fe2bc2700399", .username = "bayko"},
                              kDefaultTokenLife, clock.Now());
  }
  ~Keys() { std::filesystem::remove_all(folder); }

  base::SystemClock clock;
  std::string folder;
  std::unique_ptr<BuiltInKeys> keys;
  std::string header;
};

Keys& Shared() {
  static Keys keys;
  return keys;
}

void VerifyAgain(benchmark::State& state) {
  static TokenVerifier verifier(*Shared().keys, BuiltInExpectation(), Shared().clock);
  for (auto _ : state) benchmark::DoNotOptimize(verifier.Verify(Shared().header));
}
BENCHMARK(VerifyAgain)->Threads(1)->Threads(2);

void VerifyFirst(benchmark::State& state) {
  TokenVerifier verifier(*Shared().keys, BuiltInExpectation(), Shared().clock);
  const std::string token = Shared().header.substr(7);
  for (auto _ : state) {
    benchmark::DoNotOptimize(verifier.Verify(Shared().header));
    verifier.Forget(token);
  }
}
BENCHMARK(VerifyFirst);

class OneUser final : public Users {
 public:
  Found FindByCognitoUserId(std::string id) override {
    co_return User{.uuid = "u", .handle = "h", .cognito_user_id = id};
  }
  Found FindByHandle(std::string) override { co_return std::nullopt; }
  Found FindByUuid(std::string) override { co_return std::nullopt; }
  base::Task<base::Result<std::vector<User>>> FindByUuids(std::vector<std::string>) override {
    co_return std::vector<User>();
  }
  base::Task<base::Result<std::vector<User>>> Search(std::string) override {
    co_return std::vector<User>();
  }
};

void DirectoryHit(benchmark::State& state) {
  OneUser users;
  UserDirectory directory(users, Shared().clock);
  base::Loop loop(1);
  auto run = [](UserDirectory& directory, benchmark::State& state) -> base::Task<> {
    for (auto _ : state) {
      benchmark::DoNotOptimize(
          co_await directory.ByCognitoUserId("5ae290ed-55d1-47a0-bc6d-fe2bc2700399"));
    }
  };
  base::asio::co_spawn(loop, run(directory, state), base::asio::detached);
  loop.run();
}
BENCHMARK(DirectoryHit);

}  // namespace
}  // namespace cruddur::accounts
