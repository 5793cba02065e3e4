#include "engine/stream_codec.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "model/stored_item.h"

namespace cruddur::engine {
namespace {

using model::Item;

std::string Encoded(const Item& item) {
  std::string bytes;
  model::EncodeItem(item, bytes);
  return bytes;
}

TEST(StreamCodec, RecordsReadBackAsTheyWere) {
  const Item keys{{"pk", "a"}}, before{{"n", model::Number(1)}, {"pk", "a"}},
      after{{"n", model::Number(2)}, {"pk", "a"}};
  const std::string new_image = Encoded(after), old_image = Encoded(before);
  NewStreamRecord made;
  made.event = model::StreamEventName::kModify;
  made.view = model::StreamViewType::kNewAndOldImages;
  made.created_at = base::Micros(1'679'651'101'561'513);
  made.size_bytes = 321;
  made.keys = keys;
  made.new_image = new_image;
  made.old_image = old_image;
  const std::string key = StreamRowKey(3, 1, 77);
  const auto record = DecodeStreamRecord(key, EncodeStreamRecord(made));
  ASSERT_TRUE(record) << record.error().message;
  EXPECT_EQ(record->event_name, model::StreamEventName::kModify);
  EXPECT_EQ(record->view, model::StreamViewType::kNewAndOldImages);
  EXPECT_EQ(record->created_at, made.created_at);
  EXPECT_EQ(record->size_bytes, 321);
  EXPECT_EQ(record->keys, keys);
  EXPECT_EQ(record->new_image, after);
  EXPECT_EQ(record->old_image, before);
  EXPECT_EQ(record->sequence_number, "100000000000000000077");
  EXPECT_EQ(record->event_id.size(), 32u);
  EXPECT_FALSE(record->by_ttl);
}

TEST(StreamCodec, RefusesEveryBrokenRecord) {
  NewStreamRecord made;
  made.keys = {{"pk", "a"}};
  const std::string image = Encoded({{"pk", "a"}, {"text", "something"}});
  made.new_image = image;
  const std::string key = StreamRowKey(3, 1, 77), value = EncodeStreamRecord(made);
  ASSERT_TRUE(DecodeStreamRecord(key, value));
  for (size_t length = 0; length < value.size(); ++length) {
    EXPECT_FALSE(DecodeStreamRecord(key, std::string_view(value).substr(0, length))) << length;
  }
  EXPECT_FALSE(DecodeStreamRecord(key, value + "x"));
  EXPECT_FALSE(DecodeStreamRecord(key.substr(1), value));
}

TEST(StreamCodec, SequenceNumbersKeepTheirOrderAsStrings) {
  EXPECT_TRUE(rc::check([](uint64_t a, uint64_t b) {
    RC_ASSERT((FormatSequence(a) < FormatSequence(b)) == (a < b));
    RC_ASSERT(FormatSequence(a).size() == 21u);
    uint64_t parsed = 0;
    RC_ASSERT(ParseSequence(FormatSequence(a), parsed));
    RC_ASSERT(parsed == a);
    RC_ASSERT((StreamRowKey(1, 1, a) < StreamRowKey(1, 1, b)) == (a < b));
  }));
}

TEST(StreamCodec, RefusesStrangeSequenceNumbers) {
  uint64_t sequence = 0;
  for (const char* text :
       {"", "1", "10000000000000000007", "1000000000000000000777", "10000000000000000007x",
        "200000000000000000077", "199999999999999999999"}) {
    EXPECT_FALSE(ParseSequence(text, sequence)) << text;
  }
}

}  // namespace
}  // namespace cruddur::engine
