#include "accounts/address_network.h"

#include <gtest/gtest.h>

namespace cruddur::accounts {
namespace {

TEST(AddressNetwork, IsTheBeginningOfAnAddress) {
  EXPECT_EQ(NetworkOf("192.0.2.1", 3), NetworkOf("192.0.2.254", 3));
  EXPECT_NE(NetworkOf("192.0.2.1", 3), NetworkOf("192.0.3.1", 3));
  EXPECT_NE(NetworkOf("192.0.2.1", 4), NetworkOf("192.0.2.254", 4));
  EXPECT_EQ(NetworkOf("192.0.2.1", 3), NetworkOf("::ffff:192.0.2.9", 3));
  EXPECT_EQ(NetworkOf("2001:db8::1", 3), NetworkOf("2001:db8::ffff:1", 3));
  EXPECT_NE(NetworkOf("2001:db8::1", 3), NetworkOf("2001:db8:0:1::1", 3));
  EXPECT_EQ(NetworkOf("no address", 3), "no address");
}

}  // namespace
}  // namespace cruddur::accounts
