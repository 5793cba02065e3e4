#include "messaging/cursor.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>

namespace cruddur::messaging {
namespace {

constexpr std::string_view kList = "MSG#5ae290ed-55d1-47a0-bc6d-fe2bc2700399";

TEST(Cursor, LeadsBackToItsSortKey) {
  rc::check("for any bytes", [](const std::string& key) {
    if (key.empty()) return;
    RC_ASSERT(DecodeCursor(kList, EncodeCursor(kList, key)).value() == key);
  });
}

TEST(Cursor, IsMadeOfUrlSafeCharacters) {
  const std::string cursor = EncodeCursor(kList, "2023-03-24T09:45:01.561513+00:00");
  EXPECT_EQ(cursor.find_first_not_of("0123456789abcdef"), std::string::npos);
}

TEST(Cursor, BelongsToOneList) {
  const std::string cursor = EncodeCursor(kList, "2023-03-24T09:45:01.561513+00:00");
  EXPECT_FALSE(DecodeCursor("GRP#5ae290ed-55d1-47a0-bc6d-fe2bc2700399", cursor));
}

TEST(Cursor, IsRefusedWhenAnythingIsWrongWithIt) {
  const std::string cursor = EncodeCursor(kList, "2023-03-24T09:45:01.561513+00:00");
  std::string upper = cursor;
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  std::string changed = cursor;
  changed[3] = changed[3] == '1' ? '2' : '1';
  for (const std::string& bad :
       {std::string(), std::string("00"), cursor.substr(2), cursor + "00", cursor.substr(1), upper,
        changed, std::string("next"), std::string(5000, '0'), std::string("\xff\x00", 2)}) {
    const auto key = DecodeCursor(kList, bad);
    ASSERT_FALSE(key) << bad;
    EXPECT_EQ(key.error().code, base::ErrorCode::kInvalidArgument);
  }
}

}  // namespace
}  // namespace cruddur::messaging
