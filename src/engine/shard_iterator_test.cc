#include "engine/shard_iterator.h"

#include <gtest/gtest.h>

namespace cruddur::engine {
namespace {

StreamState Stream() {
  StreamState stream;
  stream.id = 7;
  stream.arn = "arn:aws:dynamodb:us-east-1:000000000000:table/Music/stream/2023-03-24T09:45:01.561";
  stream.table_id = "3f9c6a52-6d2b-4f0e-9d52-0a4a4a6b7c11";
  return stream;
}

constexpr ShardIterator kIterator{
    .shard = 3, .position = 0x1122334455667788, .issued_at = base::Micros(1'700'000'000'000'000)};

TEST(ShardIterator, ComesBackAsItWas) {
  const std::string text = EncodeShardIterator(Stream(), kIterator);
  EXPECT_EQ(StreamArnOf(text), Stream().arn);
  const auto iterator = DecodeShardIterator(Stream(), text);
  ASSERT_TRUE(iterator);
  EXPECT_EQ(iterator->shard, kIterator.shard);
  EXPECT_EQ(iterator->position, kIterator.position);
  EXPECT_EQ(iterator->issued_at, kIterator.issued_at);
}

TEST(ShardIterator, IsRefusedOnceAnyCharacterDiffers) {
  const std::string text = EncodeShardIterator(Stream(), kIterator);
  for (size_t i = 0; i < text.size(); ++i) {
    std::string changed = text;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(DecodeShardIterator(Stream(), changed)) << i;
    EXPECT_FALSE(DecodeShardIterator(Stream(), text.substr(0, i))) << i;
  }
  EXPECT_FALSE(DecodeShardIterator(Stream(), text + "AAAA"));
}

TEST(ShardIterator, BelongsToItsStream) {
  const std::string text = EncodeShardIterator(Stream(), kIterator);
  StreamState anew = Stream();  // the table was created anew within a millisecond
  anew.table_id[0] = '0';
  EXPECT_FALSE(DecodeShardIterator(anew, text));
}

TEST(ShardIterator, OfGarbageIsNone) {
  for (const char* text :
       {"", "|1|", "x", "||||", "|1|AAAA", "arn|1|", "arn|1|\xFF\xFF", "arn|2|"}) {
    const auto arn = StreamArnOf(text);
    EXPECT_TRUE(!arn || *arn == "arn") << text;
    EXPECT_FALSE(DecodeShardIterator(Stream(), text)) << text;
  }
}

}  // namespace
}  // namespace cruddur::engine
