#include "accounts/pool_nobody.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.h"

namespace cruddur::accounts {
namespace {

constexpr std::string_view kSecret = "the tests' secret";

TEST(PoolNobody, IsKnownByItsId) {
  for (const char* name : {"londo@example.com", "~@~", "nobody", ""}) {
    const std::string id = NobodysId(kSecret, name);
    EXPECT_THAT(id, testing::MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-"
                                          "[0-9a-f]{12}"));
    EXPECT_EQ(NobodysId(kSecret, id), id) << name;
    EXPECT_NE(NobodysId("another secret", id), id) << name;
    std::string changed = id;
    changed.back() = changed.back() == '0' ? '1' : '0';
    EXPECT_NE(NobodysId(kSecret, changed), changed) << name;
  }
  EXPECT_EQ(NobodysId(kSecret, "Londo@Example.com"), NobodysId(kSecret, "londo@example.com"));
  EXPECT_NE(NobodysId(kSecret, "vir@example.com"), NobodysId(kSecret, "londo@example.com"));
  const std::string other = base::NewUuid();
  EXPECT_NE(NobodysId(kSecret, other), other);
}

TEST(PoolNobody, HasTheAddressesLetters) {
  EXPECT_EQ(NobodysAddress(kSecret, NobodysId(kSecret, "Londo@Example.com")), "l@e");
  EXPECT_EQ(NobodysAddress(kSecret, NobodysId(kSecret, "~@-")), "~@-");
  EXPECT_THAT(NobodysAddress(kSecret, NobodysId(kSecret, "nobody")),
              testing::MatchesRegex("[a-z]@[a-z]"));
}

}  // namespace
}  // namespace cruddur::accounts
