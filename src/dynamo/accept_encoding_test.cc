#include <gtest/gtest.h>

#include "dynamo/content_coding.h"

namespace cruddur::dynamo {
namespace {

TEST(AcceptEncoding, IsReadAsAwsReadsIt) {
  using enum AnswerCoding;
  const struct {
    const char* header;
    AnswerCoding chosen;
  } cases[] = {
      {"", kPlain},
      {"identity", kPlain},
      {"br", kPlain},
      {"x-gzip", kPlain},
      {"gzip", kGzip},
      {"GZIP, identity", kGzip},
      {"deflate", kDeflate},
      {"gzip, deflate", kGzip},
      {"br, identity, deflate, gzip", kDeflate},
      {"dog, gzip ,, cat", kGzip},
      // Weights.
      {"gzip;q=0.5, deflate;q=0.8", kDeflate},
      {"gzip;q=0.5,identity;q=0.8", kGzip},
      {"br,identity;q=0.5,gzip;q=0.0001", kGzip},
      {"gzip ;q=0", kPlain},
      {"gzip;q=0.000", kPlain},
      {"identity;q=0", kPlain},
      {"gzip;q=0, gzip;q=1, gzip;q=0", kGzip},
      // Anything else.
      {"*", kGzip},
      {"*;q=0", kPlain},
      {"*, deflate;q=0.5", kGzip},
      {"*, deflate", kDeflate},
      {"*, identity", kGzip},
      {"*, gzip;q=0.5", kDeflate},
      {"*;q=0.5,identity", kGzip},
      {"br;q=0.8,identity;q=0.5,*;q=0", kPlain},
      {"*, gzip;q=0, deflate;q=0", kPlain},
      // What isn't well-formed.
      {"\"gzip\"", kPlain},
      {"gzip br", kPlain},
      {"gzip:q=1", kPlain},
      {"gzip;q=31,deflate;q=51", kGzip},
      {"deflate;q=0.5, gzip;q=1;q=0.2", kGzip},
      {"deflate;q=0.5,gzip;q=0.", kDeflate},
      {"deflate;q=0.5,gzip;q=0.x", kGzip},
      {"deflate;q=0.5,gzip;q=0. x", kGzip},
      {"deflate;q=-0.5,gzip;q=0.2", kGzip},
      {"gzip;q= 0;q=1", kPlain},
      {"gzip;q =0;q=1", kGzip},
      {"gzip; q=0;q=1", kPlain},
      {"gzip;nq=0;q=1", kPlain},
  };
  for (const auto& each : cases) EXPECT_EQ(ChooseCoding(each.header), each.chosen) << each.header;
}

}  // namespace
}  // namespace cruddur::dynamo
