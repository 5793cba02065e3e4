#include "stream/checkpoint.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace cruddur::stream {
namespace {

struct CheckpointTest : ::testing::Test {
  CheckpointTest()
      : path((std::filesystem::temp_directory_path() /
              ("cruddur-checkpoint-" + std::to_string(getpid())))
                 .string()) {}
  ~CheckpointTest() override { std::filesystem::remove(path); }

  void Write(std::string_view text) { std::ofstream(path) << text; }

  const std::string path;
  const Position position{"arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/2023",
                          "000000000000000000042"};
};

TEST_F(CheckpointTest, ComesBackAfterARestart) {
  ASSERT_TRUE(Checkpoint(path).Save({"other", "1"}, Checkpoint::Durability::kDisk));
  ASSERT_TRUE(Checkpoint(path).Save(position));
  EXPECT_EQ(Checkpoint(path).Load().value(), position);
  for (Position other : {Position{}, Position{.stream_arn = "arn", .since = base::Micros(42)},
                         Position{.stream_arn = "arn", .sequence_number = "1", .ended = true}}) {
    ASSERT_TRUE(Checkpoint(path).Save(other));
    EXPECT_EQ(Checkpoint(path).Load().value(), other);
  }
}

TEST_F(CheckpointTest, TellsNoFileFromADamagedOne) {
  EXPECT_EQ(Checkpoint(path).Load().value(), std::nullopt);
  for (const std::string_view text :
       {"", "cruddur checkpoint 1\n", "cruddur checkpoint 1\narn\n12\n",
        "cruddur checkpoint 1\narn\nabc\nend\n", "cruddur checkpoint 2\narn\n12\nend\n",
        "garbage\narn\n12\nend\n", "cruddur checkpoint 1\narn\n12\nsince x\nend\n",
        "cruddur checkpoint 1\narn\n12\nsince 1\n", "cruddur checkpoint 1\narn\n12\nmore\nend\n"}) {
    Write(text);
    const auto loaded = Checkpoint(path).Load();
    ASSERT_FALSE(loaded) << text;
    EXPECT_EQ(loaded.error().code, base::ErrorCode::kCorruption) << text;
  }
}

TEST_F(CheckpointTest, SaysWhereItCantBeWritten) {
  const auto saved = Checkpoint("/nonexistent/folder/checkpoint").Save(position);
  ASSERT_FALSE(saved);
  EXPECT_EQ(saved.error().code, base::ErrorCode::kIo);
}

TEST_F(CheckpointTest, WithoutAPathIsNotKept) {
  EXPECT_TRUE(Checkpoint("").Save(position));
  EXPECT_EQ(Checkpoint("").Load().value(), std::nullopt);
}

}  // namespace
}  // namespace cruddur::stream
