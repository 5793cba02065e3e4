#include "dynamo/wire_server.h"

#include <zlib.h>

#include <array>
#include <charconv>

#include "base/random.h"
#include "dynamo/content_coding.h"
#include "dynamo/thread_document.h"
#include "dynamo/wire_operations.h"

namespace cruddur::dynamo {
namespace {

namespace asio = base::asio;
using model::DbErrorCode;

constexpr std::string_view kAmzJson = "application/x-amz-json-1.0";
constexpr std::string_view kJson = "application/json";
constexpr size_t kMaxBodyBytes = 16 * 1024 * 1024;
constexpr size_t kLargeAnswerBytes = 4096;  // beyond, answers are compressed for those who like it

bool IsPacked(std::string_view coding) {
  return !coding.empty() && !net::EqualsIgnoreCase(coding, "identity");
}

// The content type to answer in, empty where DynamoDB would not read the body.
std::string_view AnswerType(const net::Request& request) {
  std::string_view type = request.Header("Content-Type").value_or("");
  type = type.substr(0, type.find(';'));
  while (type.ends_with(' ') || type.ends_with('\t')) type.remove_suffix(1);
  if (net::EqualsIgnoreCase(type, kAmzJson)) return kAmzJson;
  if (request.body.empty() || net::EqualsIgnoreCase(type, kJson)) return kJson;
  return {};
}

// Every answer ends here: clients check the sum and quote the id.
void Seal(net::Response& response) {
  std::array<char, 16> digits;
  auto sum = crc32_z(0, reinterpret_cast<const Bytef*>(response.body.data()), response.body.size());
  auto end = std::to_chars(digits.data(), digits.data() + digits.size(), sum).ptr;
  response.headers += "Server: Server\r\nx-amzn-RequestId: ";
  response.headers += base::NewRequestId();
  response.headers += "\r\nx-amz-crc32: ";
  response.headers.append(digits.data(), end);
  response.headers += "\r\n";
}

// A browser's question whether a page of another origin may make its call: every page may, as on
// AWS.
void AnswerPreflight(const net::Request& request, net::Response& response) {
  if (const auto headers = request.Header("Access-Control-Request-Headers")) {
    response.AddHeader("Access-Control-Allow-Headers", *headers);
  }
  if (const auto method = request.Header("Access-Control-Request-Method")) {
    response.AddHeader("Access-Control-Allow-Methods", *method);
  }
  response.AddHeader("Access-Control-Max-Age", "172800");
  response.content_type = {};
}

// What isn't a call at all: AWS answers with this, whatever was asked for.
void AnswerNotFound(net::Response& response) {
  response.status = 404;
  response.content_type = {};
  response.body = "<UnknownOperationException/>\n";
}

// AWS reads the JSON before it looks at the target and at the signature's form, and the types
// behind them. What is compressed isn't unpacked for nobody knows whom.
bool IsBrokenJson(const net::Request& request) {
  if (request.body.empty() || IsPacked(request.Header("Content-Encoding").value_or("")))
    return false;
  return ReadJson(
      request.body, [](json::Element) { return false; }, [](const std::string&) { return true; });
}

void Compress(const net::Request& request, net::Response& response) {
  const AnswerCoding coding = ChooseCoding(request.Header("Accept-Encoding").value_or(""));
  if (coding == AnswerCoding::kPlain) return;
  response.body = Pack(coding, response.body);
  response.AddHeader("Content-Encoding", coding == AnswerCoding::kGzip ? "gzip" : "deflate");
}

}  // namespace

WireServer::WireServer(engine::Engine& engine, WireServerOptions options)
    : engine_(engine), options_(std::move(options)) {}

net::ServerLimits WireServer::Limits() {
  net::ServerLimits limits;
  limits.max_body_bytes = kMaxBodyBytes;
  return limits;
}

void WireServer::OnProtocolError(net::Response& response) {
  response.content_type = kAmzJson;
  switch (response.status) {
    case 413:
      response.chunked = true;  // as it comes from AWS
      response.body = R"({"__type":"com.amazon.coral.service#RequestEntityTooLargeException",)"
                      R"("message":"Request size exceeded the limit of 16777216 bytes"})";
      break;
    case 408:
      response.body = R"({"__type":"com.amazon.coral.service#RequestTimeoutException",)"
                      R"("message":"The request was not received in time"})";
      break;
    case 500:
    case 503: {
      int status = response.status;
      AnswerError(response, {status == 500 ? DbErrorCode::kInternalServerError
                                           : DbErrorCode::kServiceUnavailable,
                             "", nullptr});
      break;
    }
    default:
      // Too long a header, among others, is a plain 400 at DynamoDB.
      AnswerError(response, {DbErrorCode::kSerialization, "", nullptr});
      break;
  }
  Seal(response);
}

base::Task<void> WireServer::Handle(const net::Request& request, net::Response& response) {
  // The order of checks is dynamodb-semantics.md section 4's: path and method, content type,
  // whether it is JSON at all, target, authentication, then what the operation reads of the body.
  if (request.Header("Origin")) {
    response.AddHeader("Access-Control-Allow-Origin", "*");
    response.AddHeader("Access-Control-Expose-Headers",
                       "x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date");
    if (request.method == "OPTIONS") {
      AnswerPreflight(request, response);
      Seal(response);
      co_return;
    }
  }
  const bool get = request.method == "GET" || request.method == "HEAD";
  const std::string_view type = AnswerType(request);
  const bool place = request.path == "/" || (get && request.path == "/ping");
  if (!place || !(get || (request.method == "POST" && !type.empty()))) {
    AnswerNotFound(response);
    Seal(response);
    co_return;
  }
  if (get) {
    response.content_type = "text/plain";
    response.body.append("healthy: dynamodb.").append(options_.region).append(".amazonaws.com ");
    Seal(response);
    co_return;
  }
  response.content_type = type;
  const WireOperation* operation = FindOperation(request.Header("X-Amz-Target").value_or(""));
  model::DbStatus admitted;
  std::string unpacked;
  std::unique_ptr<Caller> caller;
  if (operation == nullptr) {
    admitted = model::DbFail(DbErrorCode::kUnknownOperation, "");
  } else {
    admitted = CheckAuthorizationForm(request);
  }
  if (!admitted && IsBrokenJson(request)) {
    admitted = model::DbFail(DbErrorCode::kSerialization, "");
  }
  if (admitted && options_.authenticator) {
    auto authenticated = options_.authenticator->Authenticate(request);
    if (authenticated) {
      caller = *std::move(authenticated);
    } else {
      admitted = std::unexpected(std::move(authenticated).error());
    }
  }
  const std::string_view coding = request.Header("Content-Encoding").value_or("");
  if (admitted && IsPacked(coding)) {
    auto body = Unpack(coding, request.body, kMaxBodyBytes);
    if (body) {
      unpacked = *std::move(body);
    } else {
      admitted = std::unexpected(std::move(body).error());
    }
  }
  if (!admitted) {
    AnswerError(response, admitted.error());
  } else {
    // Where it is read to its end the unpacked body goes: it is no part of what a write waits with.
    const auto call_with = [&](const std::string& own) {
      return WireCall{engine_,     options_.region, IsPacked(coding) ? own : request.body,
                      response,    operation->name, request.Header("Host").value_or(""),
                      caller.get()};
    };
    if (operation->read) {
      operation->read(call_with(unpacked));
    } else {
      co_await asio::async_initiate<const asio::use_awaitable_t<base::Executor>&, void()>(
          [&](Resume resume, std::string own) {
            operation->write(call_with(own), std::move(resume));
          },
          base::kUseTask, std::move(unpacked));
    }
  }
  if (response.body.size() > kLargeAnswerBytes) Compress(request, response);
  Seal(response);
}

}  // namespace cruddur::dynamo
