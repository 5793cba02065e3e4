#include "net/request_reader.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

namespace cruddur::net {
namespace {

constexpr size_t kMaxHeader = 2048, kMaxBody = 4096;

// What a reader makes of `bytes` that arrive in pieces of the given sizes (the last one repeats):
// a line for each request, "refused STATUS", or what it waits for at the end.
std::string Transcript(std::string_view bytes, const std::vector<size_t>& pieces) {
  RequestReader reader(kMaxHeader, kMaxBody, "127.0.0.1");
  std::string out;
  size_t next = 0;
  for (;;) {
    switch (reader.Advance()) {
      case RequestReader::Step::kRequest: {
        const Request& r = reader.request();
        out.append(r.method).append(" ").append(r.path).append("?").append(r.query);
        for (const HeaderView& h : r.headers) {
          out.append(" ").append(h.name).append("=").append(h.value);
        }
        out.append(" [").append(r.body).append(reader.keep_alive() ? "] keep\n" : "] close\n");
        reader.Consume();
        continue;
      }
      case RequestReader::Step::kRefused:
        return out + "refused " + std::to_string(reader.refusal());
      case RequestReader::Step::kNeedMore:
        break;
    }
    if (bytes.empty()) {
      static constexpr const char* kPhases[] = {"idle", "header", "body"};
      return out + kPhases[static_cast<int>(reader.phase())];
    }
    const size_t piece = pieces[std::min(next++, pieces.size() - 1)];
    const std::span<char> space = reader.Space();
    const size_t n = std::min({piece, bytes.size(), space.size()});
    std::memcpy(space.data(), bytes.data(), n);
    reader.Filled(n);
    bytes.remove_prefix(n);
  }
}

std::string Whole(std::string_view bytes) { return Transcript(bytes, {1'000'000}); }
std::string ByteByByte(std::string_view bytes) { return Transcript(bytes, {1}); }

TEST(RequestReader, TakesPipelinedRequestsApart) {
  const std::string bytes =
      "GET /a?x=1&y HTTP/1.1\r\nHost: h\r\n\r\n"
      "POST /b HTTP/1.1\r\nhost:h\r\nContent-Length:  5 \r\n\r\nhello"
      "PUT /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n"
      "3\r\nabc\r\n10;ext=\"v\"\r\n0123456789abcdef\r\n0\r\nTrailer: gone\r\n\r\n"
      "HEAD / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
  const std::string want =
      "GET /a?x=1&y Host=h [] keep\n"
      "POST /b? host=h Content-Length=5 [hello] keep\n"
      "PUT /c? Host=h Transfer-Encoding=Chunked [abc0123456789abcdef] keep\n"
      "HEAD /? Host=h Connection=close [] close\n"
      "idle";
  EXPECT_EQ(Whole(bytes), want);
  EXPECT_EQ(ByteByByte(bytes), want);
}

TEST(RequestReader, KeepsViewsRightWhileTheBufferGrows) {
  const std::string body(kMaxBody, 'b'), value(1000, 'v');
  const std::string bytes = "POST /long?query HTTP/1.1\r\nHost: h\r\nX-Value: " + value +
                            "\r\nContent-Length: 4096\r\n\r\n" + body;
  const std::string want =
      "POST /long?query Host=h X-Value=" + value + " Content-Length=4096 [" + body + "] keep\nidle";
  EXPECT_EQ(Whole(bytes), want);
  EXPECT_EQ(Transcript(bytes, {700, 1, 333}), want);
  EXPECT_EQ(Transcript("GET / HTTP/1.1\r\nHost: h\r\n\r\n" + bytes, {900, 7}),
            "GET /? Host=h [] keep\n" + want);
}

TEST(RequestReader, FollowsTheVersionOnKeepAlive) {
  EXPECT_EQ(Whole("GET / HTTP/1.0\r\n\r\n"), "GET /? [] close\nidle");
  EXPECT_EQ(Whole("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"),
            "GET /? Connection=Keep-Alive [] keep\nidle");
  EXPECT_EQ(Whole("GET / HTTP/1.1\r\nHost: h\r\nConnection: x, Close\r\n\r\n"),
            "GET /? Host=h Connection=x, Close [] close\nidle");
}

TEST(RequestReader, TakesEveryFormOfTarget) {
  const auto target = [](std::string_view text) {
    return Whole("GET " + std::string(text) + " HTTP/1.1\r\nHost: h\r\n\r\n");
  };
  EXPECT_EQ(target("http://h:80/p?q"), "GET /p?q Host=h [] keep\nidle");
  EXPECT_EQ(target("HTTPS://h"), "GET /? Host=h [] keep\nidle");
  EXPECT_EQ(target("http://h?q"), "GET /?q Host=h [] keep\nidle");
  EXPECT_EQ(target("*"), "GET *? Host=h [] keep\nidle");
  EXPECT_EQ(target("/a?b?c"), "GET /a?b?c Host=h [] keep\nidle");
}

TEST(RequestReader, ReadsOverEmptyLinesBetweenRequests) {
  EXPECT_EQ(Whole("\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n\r\n"), "GET /? Host=h [] keep\nidle");
  EXPECT_EQ(Whole("\r"), "header");
}

TEST(RequestReader, SaysWhatItWaitsFor) {
  EXPECT_EQ(Whole(""), "idle");
  EXPECT_EQ(Whole("GET / HT"), "header");
  EXPECT_EQ(Whole("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\na"), "body");
  EXPECT_EQ(Whole("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n"),
            "body");
}

std::string Post(std::string_view headers, std::string_view body) {
  return "POST / HTTP/1.1\r\nHost: h\r\n" + std::string(headers) + "\r\n\r\n" + std::string(body);
}

TEST(RequestReader, RefusesWhatParsersDisagreeAbout) {
  const std::string kGet = "GET / HTTP/1.1\r\nHost: h\r\n";
  const std::string kChunked = "Transfer-Encoding: chunked";
  const struct {
    std::string bytes;
    int status;
  } cases[] = {
      // Two lengths.
      {Post("Content-Length: 1\r\nTransfer-Encoding: chunked", "0\r\n\r\n"), 400},
      {Post("Transfer-Encoding: chunked\r\nContent-Length: 1", "0\r\n\r\n"), 400},
      {Post("Content-Length: 1\r\nContent-Length: 1", "a"), 400},
      {Post("Content-Length: 1\r\nContent-Length: 2", "ab"), 400},
      {Post("Content-Length: 1, 1", "a"), 400},
      // Lengths that are none.
      {Post("Content-Length: ", ""), 400},
      {Post("Content-Length: +1", "a"), 400},
      {Post("Content-Length: -1", "a"), 400},
      {Post("Content-Length: 0x1", "a"), 400},
      {Post("Content-Length: 1 1", "a"), 400},
      {Post("Content-Length: 18446744073709551617", "a"), 400},
      // Codings other than plain "chunked".
      {Post("Transfer-Encoding: gzip", ""), 400},
      {Post("Transfer-Encoding: gzip, chunked", "0\r\n\r\n"), 501},
      {Post("Transfer-Encoding: chunked, gzip", "0\r\n\r\n"), 400},
      {Post("Transfer-Encoding: chunked, chunked", "0\r\n\r\n"), 400},
      {Post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "0\r\n\r\n"), 400},
      {Post("Transfer-Encoding: identity\r\nTransfer-Encoding: chunked", "0\r\n\r\n"), 400},
      {Post("Transfer-Encoding: \x0b"
            "chunked",
            "0\r\n\r\n"),
       400},
      {Post("Transfer-Encoding: xchunked", "0\r\n\r\n"), 400},
      {Post("Transfer-Encoding:", "0\r\n\r\n"), 400},
      {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      // Names and lines.
      {Post("Transfer-Encoding : chunked", "0\r\n\r\n"), 400},
      {Post("Content-Length : 1", "a"), 400},
      {Post(" Content-Length: 1", "a"), 400},
      {kGet + "X: a\r\n b\r\n\r\n", 400},
      {kGet + "X: a\r\n\tb\r\n\r\n", 400},
      {kGet + "X:\r\n \r\n\r\n", 400},
      {"GET / HTTP/1.1\r\n Host: h\r\n\r\n", 400},
      {kGet + "X: a\nY: b\r\n\r\n", 400},
      {kGet + "X: a\rY: b\r\n\r\n", 400},
      {kGet + "X: a\r\r\n\r\n", 400},
      {"GET / HTTP/1.1\nHost: h\n\n", 400},
      {"\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {kGet + "X\r\n\r\n", 400},
      {kGet + ": a\r\n\r\n", 400},
      {kGet + "X Y: a\r\n\r\n", 400},
      {kGet + "X(: a\r\n\r\n", 400},
      {kGet + "\xc3\xa9: a\r\n\r\n", 400},
      {kGet + std::string("X: a\0b\r\n\r\n", 11), 400},
      {kGet + "X: \x01\r\n\r\n", 400},
      {kGet + "X: \x7f\r\n\r\n", 400},
      // Hosts.
      {"GET / HTTP/1.1\r\n\r\n", 400},
      {kGet + "Host: h\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400},
      // The request line.
      {"GET  / HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"GET /  HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"GET / HTTP/1.1 \r\nHost: h\r\n\r\n", 400},
      {"GET /a b HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"GET\t/ HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"GET /\r\nHost: h\r\n\r\n", 400},
      {"GET\r\n\r\n", 400},
      {"GET / http/1.1\r\nHost: h\r\n\r\n", 400},
      {"GET / HTTP/1\r\nHost: h\r\n\r\n", 400},
      {"GET / HTTP/11\r\nHost: h\r\n\r\n", 400},
      {"GET / XTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"GET / HTTP/2.0\r\nHost: h\r\n\r\n", 505},
      {"GET / HTTP/1.2\r\nHost: h\r\n\r\n", 505},
      {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
      {"GE(T / HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"GET /\x01 HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"GET /\xff HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"GET /#f HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {"GET /a\\b HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      {std::string("\x16\x03\x01\x02\x00", 5), 400},
      {std::string("\0", 1), 400},
      {" GET / HTTP/1.1\r\nHost: h\r\n\r\n", 400},
      // Chunks.
      {Post(kChunked, "\r\n"), 400},
      {Post(kChunked, "x\r\n"), 400},
      {Post(kChunked, "-1\r\n"), 400},
      {Post(kChunked, "0x1\r\na\r\n0\r\n\r\n"), 400},
      {Post(kChunked, " 1\r\na\r\n0\r\n\r\n"), 400},
      {Post(kChunked, "1\na\r\n0\r\n\r\n\r\n"), 400},
      {Post(kChunked, "1\r\nab\r\n0\r\n\r\n"), 400},
      {Post(kChunked, "1\r\na0\r\n\r\n"), 400},
      {Post(kChunked, "1\r\na\n0\r\n\r\n"), 400},
      {Post(kChunked, "1;\n\r\na\r\n0\r\n\r\n"), 400},
      {Post(kChunked, "1\r\na\r\n0\r\nBad Trailer: x\r\n\r\n"), 400},
      {Post(kChunked, "1\r\na\r\n0\r\nContent-Length: 7\r\n\r\n"), 400},
      {Post(kChunked, "1;x=\"\r\n\na\r\n0\r\n\r\n"), 400},
      {Post(kChunked, "1;x=\r\r\na\r\n0\r\n\r\n"), 400},
      {Post(kChunked, "1;\x01\r\na\r\n0\r\n\r\n"), 400},
      {Post(kChunked, "1 x\r\na\r\n0\r\n\r\n"), 400},
      {Post(kChunked, "+1\r\na\r\n0\r\n\r\n"), 400},
      {Post(kChunked, "1\r\na\r\n0\r\nX: a\nY: b\r\n\r\n"), 400},
      {Post(kChunked, "1\r\na\r\n0\r\nX: a\r\n b\r\n\r\n"), 400},
      {Post(kChunked, "1\r\na\r\n0\r\ntransfer-encoding: chunked\r\n\r\n"), 400},
      // Bounds.
      {Post(kChunked, "1001\r\n"), 413},
      {Post(kChunked, "ffffffffffffffff\r\n"), 413},
      {Post(kChunked, "10000000000000000\r\na\r\n"), 413},
      {Post(kChunked, "0\r\nX: " + std::string(kMaxHeader, 'a') + "\r\n\r\n"), 431},
      {Post(kChunked, "fff\r\n" + std::string(4095, 'a') + "\r\n2\r\naa\r\n0\r\n\r\n"), 413},
      {Post("Content-Length: 4097", ""), 413},
      {Post("Content-Length: 18446744073709551615", ""), 413},
      {"GET /" + std::string(kMaxHeader, 'a'), 431},
      {kGet + "X: " + std::string(kMaxHeader, 'a'), 431},
      {kGet + "X: " + std::string(kMaxHeader, 'a') + "\r\n\r\n", 431},
      {Post(kChunked, "1;" + std::string(kMaxHeader, 'a')), 431},
      // Expectations.
      {Post("Expect: something\r\nContent-Length: 1", "a"), 417},
  };
  for (const auto& c : cases) {
    const std::string want = "refused " + std::to_string(c.status);
    EXPECT_EQ(Whole(c.bytes), want) << c.bytes;
    EXPECT_EQ(ByteByByte(c.bytes), want) << c.bytes;
  }
}

TEST(RequestReader, AllowsWhatFitsExactly) {
  const std::string head = "GET / HTTP/1.1\r\nHost: h\r\nX: ";
  const std::string bytes = head + std::string(kMaxHeader - head.size() - 4, 'a') + "\r\n\r\n";
  EXPECT_TRUE(Whole(bytes).ends_with("keep\nidle")) << Whole(bytes);
  EXPECT_TRUE(ByteByByte(bytes).ends_with("keep\nidle"));
  EXPECT_TRUE(Whole(Post("Transfer-Encoding: chunked",
                         "1000\r\n" + std::string(4096, 'a') + "\r\n0\r\n\r\n"))
                  .ends_with("] keep\nidle"));
}

TEST(RequestReader, AsksForTheBodyOnlyOfAPeerThatWaits) {
  const auto asks = [](std::string_view bytes) {
    RequestReader reader(kMaxHeader, kMaxBody, "");
    const std::span<char> space = reader.Space();
    std::memcpy(space.data(), bytes.data(), bytes.size());
    reader.Filled(bytes.size());
    EXPECT_EQ(reader.Advance(), RequestReader::Step::kNeedMore);
    const bool first = reader.TakeContinue();
    EXPECT_FALSE(reader.TakeContinue());
    return first;
  };
  EXPECT_TRUE(asks(Post("Expect: 100-Continue\r\nContent-Length: 2", "")));
  EXPECT_TRUE(asks(Post("Expect: 100-continue\r\nTransfer-Encoding: chunked", "")));
  EXPECT_FALSE(asks(Post("Expect: 100-continue\r\nContent-Length: 2", "a")));
  EXPECT_FALSE(asks(Post("Content-Length: 2", "")));
  EXPECT_FALSE(asks("POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"));
}

// However bytes are cut up on their way, the reader sees the same requests and refuses the same.
TEST(RequestReader, DoesNotDependOnHowBytesArrive) {
  static const std::vector<std::string> kFragments = {
      "GET / HTTP/1.1\r\n",
      "POST /p?q HTTP/1.1\r\n",
      "GET / HTTP/1.0\r\n",
      "Host: h\r\n",
      "Content-Length: 3\r\n",
      "Transfer-Encoding: chunked\r\n",
      "Connection: close\r\n",
      "X: y\r\n",
      "\r\n",
      "abc",
      "3\r\nabc\r\n",
      "0\r\n\r\n",
      "\n",
      "\r",
      " ",
      ":",
      "0",
      "\t",
      "Expect: 100-continue\r\n",
      "GET /a HTTP/1.1\r\nHost: h\r\n\r\n",
      "PUT /a HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody",
      "PUT /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\nT: "
      "t\r\n\r\n",
  };
  EXPECT_TRUE(rc::check([] {
    std::string bytes;
    for (const auto& f :
         *rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(kFragments))) {
      bytes += f;
    }
    const auto pieces = *rc::gen::nonEmpty(
        rc::gen::container<std::vector<size_t>>(rc::gen::inRange<size_t>(1, 60)));
    RC_ASSERT(Transcript(bytes, pieces) == Whole(bytes));
  }));
}

}  // namespace
}  // namespace cruddur::net
