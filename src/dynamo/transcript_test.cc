// Replays tests/wire against the wire server, byte for byte over real sockets. The format is
// described in tests/wire/README.md.
#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <fstream>
#include <map>

#include "dynamo/source_tree_fixture.h"
#include "dynamo/wire_server.h"
#include "engine/engine.h"
#include "net/loop_pool.h"
#include "net/server.h"
#include "net/test_peer.h"

namespace cruddur::dynamo {
namespace {

constexpr std::string_view kUsualRequest =
    "Host: localhost\r\n"
    "Content-Type: application/x-amz-json-1.0\r\n"
    "X-Amz-Date: 20230324T094501Z\r\n"
    "Authorization: AWS4-HMAC-SHA256 "
    "Credential=local/20230324/us-east-1/dynamodb/aws4_request, "
    "SignedHeaders=host;x-amz-date, "
    "Signature=0000000000000000000000000000000000000000000000000000000000000000\r\n";

struct Exchange {
  std::string name;
  std::vector<std::string> request, response;  // lines without their marks
};

std::vector<Exchange> ReadTranscript(const std::filesystem::path& path) {
  std::vector<Exchange> exchanges;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("=== ")) {
      exchanges.push_back({line.substr(4), {}, {}});
    } else if (line.starts_with(">") || line.starts_with("<")) {
      Exchange& last = exchanges.back();
      (line[0] == '>' ? last.request : last.response)
          .push_back(line.size() > 2 ? line.substr(2) : "");
    }
  }
  return exchanges;
}

// Everything behind the empty line that ends the headers.
std::string BodyOf(const std::vector<std::string>& lines) {
  auto at = std::ranges::find(lines, "");
  std::string body;
  if (at == lines.end()) return body;
  for (++at; at != lines.end(); ++at) {
    if (!body.empty()) body += '\n';
    body += *at;
  }
  return body;
}

using Captured = std::map<std::string, std::string>;

std::string Substitute(std::string text, const Captured& captured) {
  for (const auto& [name, value] : captured) {
    const std::string mark = "<" + name + ">";
    for (size_t at; (at = text.find(mark)) != std::string::npos;) {
      text.replace(at, mark.size(), value);
    }
  }
  return text;
}

std::string RequestBytes(const Exchange& exchange, const Captured& captured) {
  const std::string body = Substitute(BodyOf(exchange.request), captured);
  std::string bytes = exchange.request[0] + "\r\n";
  for (size_t i = 1; i < exchange.request.size() && !exchange.request[i].empty(); ++i) {
    if (exchange.request[i] == "[usual]") {
      bytes += kUsualRequest;
    } else {
      bytes += exchange.request[i] + "\r\n";
    }
  }
  if (!body.empty() || bytes.starts_with("POST")) {
    bytes += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  }
  return bytes + "\r\n" + body;
}

std::string_view ActualBody(std::string_view answer) {
  return answer.substr(std::min(answer.size(), answer.find("\r\n\r\n") + 4));
}

// The expected answer as a pattern: `[usual]` is written out for the body that came.
std::string Pattern(const Exchange& exchange, std::string_view actual, const Captured& captured) {
  const std::string_view body = ActualBody(actual);
  const auto sum = crc32_z(0, reinterpret_cast<const Bytef*>(body.data()), body.size());
  std::string pattern;
  bool in_headers = true;
  for (const std::string& line : exchange.response) {
    if (in_headers && line == "[usual]") {
      pattern +=
          "Date: <*>\r\nContent-Type: application/x-amz-json-1.0\r\nContent-Length: " +
          std::to_string(body.size()) +
          "\r\nServer: Server\r\nx-amzn-RequestId: <*>\r\nx-amz-crc32: " + std::to_string(sum) +
          "\r\n";
    } else {
      in_headers = in_headers && !line.empty();
      pattern += Substitute(line, captured) + (in_headers || line.empty() ? "\r\n" : "\n");
    }
  }
  // Lines of a body are joined, not ended. An empty last line stands for a final line end.
  if (pattern.ends_with("\n\r\n") && !BodyOf(exchange.response).empty()) {
    pattern.resize(pattern.size() - 2);
  } else if (pattern.ends_with("\n") && !pattern.ends_with("\r\n")) {
    pattern.pop_back();
  }
  return pattern;
}

// Where the text doesn't follow the pattern any more; npos if it does to the end. A mask covers
// anything but quotation marks and line ends.
size_t Mismatch(std::string_view pattern, std::string_view text, Captured& captured) {
  size_t position = 0;
  while (true) {
    const size_t end = pattern.find("*>");
    const size_t mask = end == pattern.npos ? pattern.npos : pattern.rfind('<', end);
    const std::string_view literal = pattern.substr(0, mask);
    if (!text.substr(position).starts_with(literal)) {
      auto rest = text.substr(position);
      return position +
             static_cast<size_t>(std::ranges::mismatch(literal, rest).in2 - rest.begin());
    }
    position += literal.size();
    if (mask == pattern.npos) return position == text.size() ? text.npos : position;
    const std::string_view name = pattern.substr(mask + 1, end - mask - 1);
    pattern.remove_prefix(end + 2);
    const std::string_view next = pattern.substr(0, std::min<size_t>(2, pattern.find('<')));
    const size_t stop = std::min(text.find(next, position), text.find_first_of("\"\r\n", position));
    if (stop == text.npos || stop == position) return position;
    if (name.ends_with('=')) {
      captured[std::string(name.substr(0, name.size() - 1))] =
          text.substr(position, stop - position);
    }
    position = stop;
  }
}

std::vector<std::string> TranscriptNames() {
  std::vector<std::string> names;
  const auto folder = FindInSourceTree("tests/wire");
  if (folder.empty()) return names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".txt") names.push_back(entry.path().stem());
  }
  std::ranges::sort(names);
  return names;
}

class Transcript : public testing::TestWithParam<std::string> {};

TEST_P(Transcript, IsAnsweredToTheLetter) {
  net::LoopPool loops(2);
  auto engine = engine::Engine::Open({.in_memory = true}).value();
  WireServer wire(*engine);
  auto server = net::Server::Start(loops, {.limits = WireServer::Limits()}, wire.handler(),
                                   WireServer::OnProtocolError)
                    .value();
  {
    net::TestPeer peer(server->port());
    Captured captured{{"run", "abcdef0123"}};
    const auto path = FindInSourceTree("tests/wire") / (GetParam() + ".txt");
    for (const Exchange& exchange : ReadTranscript(path)) {
      ASSERT_TRUE(peer.Send(RequestBytes(exchange, captured)));
      const std::string answer = peer.ReadAnswer();
      const std::string pattern = Pattern(exchange, answer, captured);
      const size_t at = Mismatch(pattern, answer, captured);
      EXPECT_EQ(at, std::string::npos)
          << exchange.name << "\nexpected: " << pattern << "\nactual:   " << answer
          << "\nfrom: " << answer.substr(std::min(at, answer.size()));
    }
  }
  server->Stop(std::chrono::milliseconds(100));
  engine.reset();
  loops.Stop();
}

INSTANTIATE_TEST_SUITE_P(Wire, Transcript, testing::ValuesIn(TranscriptNames()),
                         [](const auto& info) { return info.param; });

TEST(Transcripts, AreThere) { EXPECT_GE(TranscriptNames().size(), 9u); }

}  // namespace
}  // namespace cruddur::dynamo
