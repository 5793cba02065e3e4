// A process that writes is killed at any moment. What it was told to be durable is there, and
// table, indexes, stream, counts and tokens agree.
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <charconv>
#include <thread>

#include "base/random.h"
#include "engine/consistency.h"
#include "engine/engine_fixture.h"

extern char** environ;

namespace cruddur::engine {
namespace {

using model::Item;
using model::Number;
using model::PutItemRequest;
using model::Type;

constexpr const char* kDirectoryVariable = "CRUDDUR_CRASH_DIRECTORY";
constexpr int kAcksDescriptor = 9;  // where the child tells what was acknowledged
constexpr int kWriters = 8, kKeysOfAWriter = 5;

std::string KeyOf(int writer, int64_t version) {
  return std::to_string(writer) + "-" + std::to_string(version % kKeysOfAWriter);
}

void CreateTables(Engine& engine) {
  for (const char* name : {"items", "copies"}) {
    model::CreateTableRequest request{.table = name};
    request.keys = {{{"pk", Type::kS}}, {}};
    request.billing = model::BillingMode::kPayPerRequest;
    request.stream_view = model::StreamViewType::kNewAndOldImages;
    request.indexes.push_back(
        {.name = "by-group", .global = true, .keys = {{{"g", Type::kN}}, {{"version", Type::kN}}}});
    // Exists already, except in the first round.
    (void)Await<model::TableDescription>(
        [&](auto done) { engine.CreateTable(std::move(request), std::move(done)); });
  }
}

int64_t VersionOf(const std::optional<Item>& item) {
  int64_t version = -1;
  const auto* value = item ? item->Find("version") : nullptr;
  if (value != nullptr) (void)value->As<Number>()->AsInt64(version);
  return version;
}

std::optional<Item> GetItem(Engine& engine, const std::string& table, const std::string& key) {
  const auto got = engine.GetItem({.table = table, .key = {{"pk", key}}});
  EXPECT_TRUE(got);
  return got ? got->item : std::nullopt;
}

// The highest version of a writer's items: a restarted one goes on behind it.
int64_t NewestVersion(Engine& engine, int writer) {
  int64_t newest = -1;
  for (int i = 0; i < kKeysOfAWriter; ++i) {
    newest = std::max(newest, VersionOf(GetItem(engine, "items", KeyOf(writer, i))));
  }
  return newest;
}

// One version after the other: each a transaction that puts the item into both tables, now and then
// a put and a delete of another item first.
void Write(Engine& engine, int writer, int64_t version) {
  for (;; ++version) {
    const Item item{{"g", Number(version % 3)},
                    {"pk", KeyOf(writer, version)},
                    {"text", std::string(version % 50, 'x')},
                    {"version", Number(version)}};
    if (version % 4 == 0) {
      const Item passing{{"g", Number(1)},
                         {"pk", "passing-" + std::to_string(writer)},
                         {"version", Number(version)}};
      (void)Await<model::WriteItemResponse>(
          [&](auto done) { engine.PutItem({.table = "items", .item = passing}, std::move(done)); });
      (void)Await<model::WriteItemResponse>([&](auto done) {
        engine.DeleteItem({.table = "items", .key = {{"pk", *passing.Find("pk")}}},
                          std::move(done));
      });
    }
    const auto written = Await<model::TransactWriteItemsResponse>([&](auto done) {
      engine.TransactWriteItems(
          {.items = {PutItemRequest{.table = "items", .item = item},
                     PutItemRequest{.table = "copies", .item = item}},
           .client_request_token = KeyOf(writer, 0) + ":" + std::to_string(version)},
          std::move(done));
    });
    if (!written) _exit(3);
    const std::string ack = std::to_string(writer) + " " + std::to_string(version) + "\n";
    if (write(kAcksDescriptor, ack.data(), ack.size()) < 0) _exit(4);
  }
}

// Not a test: the process that Crash starts and kills.
TEST(CrashChild, DISABLED_WritesUntilItIsKilled) {
  const char* directory = std::getenv(kDirectoryVariable);
  ASSERT_NE(directory, nullptr);
  auto engine = Engine::Open({.directory = directory});
  ASSERT_TRUE(engine) << engine.error().message;
  CreateTables(**engine);
  std::vector<std::thread> writers;
  for (int writer = 0; writer < kWriters; ++writer) {
    const int64_t first = NewestVersion(**engine, writer) + 1;
    writers.emplace_back([&engine, writer, first] { Write(**engine, writer, first); });
  }
  for (std::thread& writer : writers) writer.join();
}

class Child {
 public:
  explicit Child(const std::string& directory) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) std::abort();
    acks_ = ends[0];
    const std::string variable = std::string(kDirectoryVariable) + "=" + directory;
    std::vector<char*> environment;
    for (char** each = environ; *each != nullptr; ++each) environment.push_back(*each);
    environment.push_back(const_cast<char*>(variable.c_str()));
    environment.push_back(nullptr);
    const char* arguments[] = {"engine_test", "--gtest_filter=CrashChild.*",
                               "--gtest_also_run_disabled_tests", "--gtest_brief=1", nullptr};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], kAcksDescriptor);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    if (posix_spawn(&pid_, "/proc/self/exe", &actions, nullptr, const_cast<char**>(arguments),
                    environment.data()) != 0) {
      std::abort();
    }
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
  }
  ~Child() { close(acks_); }

  // Waits for the first acknowledgement, then a little more, and kills the process. The answer is
  // the newest acknowledged version of each writer.
  std::map<int, int64_t> KillAfter(std::chrono::microseconds pause) {
    std::string text(1, '\0');
    if (read(acks_, text.data(), 1) != 1) ADD_FAILURE() << "the child wrote nothing";
    std::this_thread::sleep_for(pause);
    kill(pid_, SIGKILL);
    int status = 0;
    waitpid(pid_, &status, 0);
    EXPECT_TRUE(WIFSIGNALED(status)) << "it ended by itself with " << WEXITSTATUS(status);
    char buffer[4096];
    for (ssize_t size; (size = read(acks_, buffer, sizeof buffer)) > 0;) {
      text.append(buffer, static_cast<size_t>(size));
    }
    std::map<int, int64_t> newest;
    for (size_t at = 0, end; (end = text.find('\n', at)) != std::string::npos; at = end + 1) {
      int writer = 0;
      int64_t version = 0;
      const auto space = text.find(' ', at);
      std::from_chars(text.data() + at, text.data() + space, writer);
      std::from_chars(text.data() + space + 1, text.data() + end, version);
      newest[writer] = std::max(newest[writer], version);
    }
    return newest;
  }

 private:
  pid_t pid_ = 0;
  int acks_ = -1;
};

void CheckAcknowledged(Engine& engine, const std::map<int, int64_t>& newest) {
  for (const auto& [writer, version] : newest) {
    // Each writer's versions are acknowledged in order: the last ones of its keys are all there.
    for (int64_t each = std::max<int64_t>(0, version - kKeysOfAWriter + 1); each <= version;
         ++each) {
      EXPECT_GE(VersionOf(GetItem(engine, "items", KeyOf(writer, each))), each) << writer;
    }
  }
}

TEST(Crash, LosesNothingAcknowledgedAndEverythingAgrees) {
  const TemporaryDirectory directory;
  constexpr int kRounds = 20;
  for (int round = 0; round < kRounds && !testing::Test::HasFailure(); ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    const auto pause = std::chrono::microseconds(base::RandomUint64() % 20'000);
    const std::map<int, int64_t> newest = Child(directory.path()).KillAfter(pause);
    EXPECT_FALSE(newest.empty());

    auto engine = Engine::Open({.directory = directory.path()});
    ASSERT_TRUE(engine) << engine.error().message;
    CheckAcknowledged(**engine, newest);
    ExpectConsistent(**engine, "items", true);
    ExpectConsistent(**engine, "copies", true);
    for (const Item& copy : ScanAll(**engine, "copies")) {
      const auto item = GetItem(**engine, "items", std::string(copy.FindString("pk")));
      EXPECT_EQ(item, copy) << "a transaction was done by half";
    }
  }
}

}  // namespace
}  // namespace cruddur::engine
