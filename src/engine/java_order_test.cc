#include "engine/java_order.h"

#include <gtest/gtest.h>

namespace cruddur::engine {
namespace {

using Names = std::vector<std::string_view>;

TEST(JavaOrder, HashesLikeJava) {
  EXPECT_EQ(JavaHash(""), 0u);
  EXPECT_EQ(JavaHash("a"), 97u);
  EXPECT_EQ(JavaHash("pk"), 3579u);
  EXPECT_EQ(JavaHash("lsi1sk"), 3201355159u);
}

TEST(JavaOrder, ListsEachNameOnceByItsBucket) {
  EXPECT_EQ(InJavaOrder({"pk", "sk", "a", "pk"}), (Names{"a", "sk", "pk"}));
  EXPECT_EQ(InJavaOrder({}), Names());
}

TEST(JavaOrder, HasMoreBucketsForMoreNames) {
  // Sixteen buckets take twelve; "a" and "q" are in one of them.
  Names names{"q", "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"};
  EXPECT_EQ(InJavaOrder(names)[0], "q");
  names.push_back("l");
  EXPECT_EQ(InJavaOrder(names)[0], "a");
}

}  // namespace
}  // namespace cruddur::engine
